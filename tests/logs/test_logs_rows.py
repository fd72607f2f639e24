"""Rows of logs, which are made at once, are those which hits give."""

from __future__ import absolute_import, division, print_function, unicode_literals

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import analytical
from analytical.delivery.base import envelope_of
from analytical.logs.cleaning import Clean
from analytical.logs.formats import named
from analytical.logs.importing import Reading
from analytical.logs.pageviews import Rules, plain_hit
from analytical.logs.reader import Block
from analytical.logs.rows import COLUMNS, Rows
from analytical.providers.rows import row

AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
ORIGINS = [
    "https://www.example.com",
    "http://Example.com",
    "",
    "https://a@b",
    "https://192.0.2.1:80",
]
KEPT = ("bot", "static", "method", "error", "redirect", "internal")
ADDRESSES = (
    "/u/jo%40example.com /a?utm_source=x&key=1 https://www.example.com/a?b https://WWW.example.com/ / //x/y "
    "https://user:pw@www.example.com/ /;s=1 https://www.example.com:443/12345678901 /#a /a?b\u2003 "
    "https://2001.example.net/eyJhbGciOiJI.eyJ android-app://com.example http://example.com/b?utm_source=y"
).split(" ")


@pytest.fixture(scope="module", params=[True, False], ids=["private", "as it is"])
def both(request, tmpdir_factory):
    """Two ways to a row: at once, and by the provider from a cleaned hit."""
    clean = Clean() if request.param else None
    path = tmpdir_factory.mktemp("rows").join("a.db")
    processors = [] if clean is None else [clean]
    return Rows(clean), analytical.Provider("sqlite", str(path), processors=processors)


def quick(rows, *line):
    """Make a row at once; None where the other way has to."""
    made = rows.make(*line)
    return said(COLUMNS, made) if isinstance(made, tuple) else None


def slow(provider, hit):
    """Make a row of a hit."""
    return said(*row(envelope_of(provider.payload(provider.process(hit)))))


def said(columns, values):
    """Give the values that a row has, by column."""
    return {name: value for name, value in zip(columns, values) if value is not None}


@pytest.mark.parametrize("origin", ORIGINS)
def test_all_values(both, origin):
    """Each address with each referrer, and what may be missing, gives the same row both ways."""
    rows, provider = both
    made = 0
    for target in [address for address in ADDRESSES if address[0] == "/"]:
        for referrer in ADDRESSES + [None, "x" * 700]:
            for ip, agent in (
                ("203.0.113.9", AGENT),
                ("nobody", None),
                ("2001:db8::1", "x" * 2000),
            ):
                line = (origin, 7.0, ip, target, 200, referrer, agent, "1" * 32, "GET")
                found = quick(rows, *line)
                assert found is None or found == slow(provider, plain_hit(*line))
                made += found is not None
    assert bool(made) == (origin in ORIGINS[:3])


@settings(max_examples=500, deadline=None)
@given(st.text(max_size=30), st.text(max_size=30), st.sampled_from(ORIGINS), st.text(max_size=9))
def test_any_values(both, target, referrer, origin, ip):
    """So does any text."""
    rows, provider = both
    line = (origin, 7.5, ip, "/" + target, 304, referrer, target + AGENT, "1" * 32, "GET")
    found = quick(rows, *line)
    assert found is None or found == slow(provider, plain_hit(*line))


def test_half_a_pair(both):
    """Half of a surrogate pair, which no row can hold, goes the other way, where it is refused."""
    rows = both[0]
    for values in (("/\ud800", None, None), ("/", "/\ud800", None), ("/", None, "\ud800")):
        line = ("", 7.0, "203.0.113.9", values[0], 200, values[1], values[2], "1" * 32, "GET")
        if both[1].processors and values[2]:  # cleaned, it is a rare user agent
            assert quick(rows, *line) == slow(both[1], plain_hit(*line))
        else:
            assert quick(rows, *line) is None


def test_reading(both):
    """Lines give the rows that their hits give, with the same ids and numbers."""
    rows, provider = both
    line = '203.0.113.%d - ann [10/Oct/2025:13:%02d:%02d -0700] "%s HTTP/1.1" %d 9 "%s" "%s"'
    requests = [
        "GET /%d?a=b",
        "POST /a/%d",
        "GET /gr\xfcn%d",
        "GET http://other.example/%d",
        "HEAD /%d",
    ]
    lines = [
        line % (number, number, number, requests[number % 5] % number, 200 + number % 3, "-", AGENT)
        for number in range(60)
    ]
    block, base = Block("\n".join(lines).encode("utf-8"), 100, 9), "https://www.example.com"
    ways = [Reading(Rules(KEPT), named("combined"), base, make) for make in (rows.make, plain_hit)]
    made, hits = [reading.read(block, "0" * 32).hits for reading in ways]
    assert [number for number, _ in made] == [number for number, _ in hits]
    assert sum(isinstance(each, tuple) for _, each in made) > 30
    for (_, each), (_, hit) in zip(made, hits):
        assert each == hit or said(COLUMNS, each) == slow(provider, hit)
