"""The shortcuts of the import give what the long way gives, over lines of all sorts."""

from __future__ import absolute_import, division, print_function, unicode_literals

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytical._memo import Memo
from analytical.logs.cleaning import Clean
from analytical.logs.combined import COMBINED, COMMON
from analytical.logs.entry import BadLine
from analytical.logs.formats import named
from analytical.logs.importing import Reading
from analytical.logs.pageviews import Rules, hit_of
from analytical.logs.pattern import PatternFormat
from analytical.logs.reader import Block, line_id, text_of
from analytical.params import read
from analytical.privacy import drop_bots, private

PATTERNS = {
    "combined": COMBINED,
    "common": COMMON,
    "vhost_combined": "%v:%p " + COMBINED,
    "vhost_common": "%v " + COMMON,
}
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
LONG = "x" * 600
# What stands in a field of a line, from the usual to what breaks it.
FIELDS = [
    [
        "203.0.113.9",
        "2001:db8::1",
        "203.0.113.9:80",
        "[2001:db8::1]:80",
        "127.0.0.1",
        "-",
        "",
        "a b",
    ],
    ["-", "ann", "", "a\tb", "a ["],
    [
        "10/Oct/2000:13:55:36 -0700",
        "10/Oct/2000:13:55:59 -0700",
        "10/Oct/2000:13:55:60 -0700",
        "10/Oct/2000:13:55:61 -0700",
        "10/Oct/2000:13:55:7  -0700",
        "10/Oct/2000:13:55:36.123",
        "29/Feb/2023:13:55:36 +0000",
        "01/Jan/1969:00:00:00 +0000",
        "10/Okt/2000:13:55:36 -0700",
        "10/Oct/2000:13:55:36 -0700]",
        "-",
        "",
    ],
    [
        "GET /a?b=1 HTTP/1.1",
        "GET / HTTP/2.0",
        "GET / HTTP/3.0",
        "GET /a b HTTP/1.1",
        "GET /style.css HTTP/1.1",
        "GET /HTTP/1.1",
        "GET /a",
        "GET http://[2001:db8::2]:80/a HTTP/1.1",
        "GET //double HTTP/1.1",
        "GET /gr\\xc3\\xbcn HTTP/1.1",
        "GET /gr\xfcn HTTP/1.1",
        "GET /%s HTTP/1.1" % LONG,
        "POST /a HTTP/1.1",
        "OPTIONS * HTTP/1.1",
        "get / HTTP/1.1",
        "-",
        "",
        "\\x16\\x03",
    ],
    ["200", "304", "301", "404", "101", "099", "1000", "+200", "-", "", "2\xb2"],
    ["2326", "-", "", "0", "1" * 18, "1" * 19, "1" * 5000, "-1", "1_0", "\u0663", "\xb2", "x"],
    [
        "https://example.net/a",
        "-",
        "",
        "https://www.example.com/b?c=d#e",
        "\\x22",
        "/b",
        LONG,
        "\xfc",
    ],
    [FIREFOX, "curl/8.5.0", "-", "", 'a\\"b', "x" * 2000, FIREFOX + "\t"],
    ["", " ", ' "-"', " x", "x", '"', "\t9", "\r", "\n"],
    [" ", " ", " ", "  ", "\t"],
]
USUAL = [each[0] for each in FIELDS]
HOSTS = ["www.example.com", "www.example.com:443", "[2001:db8::3]:443", "-:80", ":", "", "a b"]


def line_of(name, host, fields):
    """Write a line in a format, or nearly so."""
    ip, user, time, request, status, size, referrer, agent, end, blank = fields
    line = "%s -%s%s [%s]%s\"%s\" %s%s%s" % (
        ip, blank, user, time, " ", request, status, blank, size,
    )  # fmt: skip
    if name.endswith("combined"):
        line += ' "%s"%s"%s"%s' % (referrer, blank, agent, end)
    else:
        line += end
    return host + " " + line if name.startswith("vhost") else line


def lines_of(name, count=4000):
    """Give lines: each value of each field among usual ones, and mixtures."""
    choose = random.Random(7)
    for host in HOSTS:
        yield line_of(name, host, USUAL)
    host = HOSTS[1] if name == "vhost_combined" else HOSTS[0]
    for place, values in enumerate(FIELDS):
        for value in values:
            yield line_of(name, host, USUAL[:place] + [value] + USUAL[place + 1 :])
    for _ in range(count):
        fields = [
            choose.choice(values) if choose.random() < 0.25 else values[0] for values in FIELDS
        ]
        yield line_of(name, host if choose.random() < 0.9 else choose.choice(HOSTS), fields)


def outcome(parse, line):
    """Say what a format reads in a line."""
    try:
        found = parse(line)
    except BadLine as error:
        return "%s" % error
    return found.said()


@pytest.mark.parametrize("name", sorted(PATTERNS))
def test_split_lines(name):
    """What the shortcut reads is what the expression reads, and it reads the usual lines."""
    plain, quick, split = (
        PatternFormat(name, PATTERNS[name], name.endswith("combined")),
        named(name),
        0,
    )
    for line in lines_of(name):
        assert outcome(quick.parse, line) == outcome(plain.parse, line), repr(line)
        split += quick.split(line) is not None
    assert split > 500


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(sorted(PATTERNS)),
    st.integers(0, 10**6),
    st.lists(
        st.tuples(st.integers(0, 400), st.sampled_from('" []\\:-\t\r\n0aG/\xfc\u2003')), max_size=3
    ),
)
def test_spoiled_lines(name, number, changes):
    """So it is with lines in which characters were replaced."""
    plain, quick = PatternFormat(name, PATTERNS[name], name.endswith("combined")), named(name)
    lines = list(lines_of(name, 50))
    line = lines[number % len(lines)]
    for place, letter in changes:
        place %= len(line)
        line = line[:place] + letter + line[place + 1 :]
    assert outcome(quick.parse, line) == outcome(plain.parse, line)


def block_of(lines, first=0):
    """Make a block of lines; those with a line feed in them are more than one."""
    return Block("\n".join(lines).encode("utf-8"), 7, first)


@pytest.mark.parametrize(
    "keep", [("bot",), ("bot", "static", "method", "error", "redirect", "internal")]
)
@pytest.mark.parametrize("name", sorted(PATTERNS))
def test_reading(name, keep):
    """A block of lines gives the hits and counts that each line gives alone, by the expression."""
    base = "https://www.example.com"
    rules = Rules(keep, exclude=["/double"])
    block = block_of(lines_of(name, 500), 10)
    found = Reading(rules, named(name), base).read(block, "ab")
    plain = PatternFormat(name, PATTERNS[name], name.endswith("combined"))
    hits, left_out, bad = [], {}, []
    for number, (place, line) in enumerate(block):
        if not line.strip():
            continue
        try:
            entry = plain.parse(text_of(line))
        except BadLine as error:
            bad.append((number + 11, "%s" % error))
            continue
        reason = Rules(keep, exclude=["/double"]).reason(entry)
        if reason is None:
            hits.append((number + 11, hit_of(entry, base, line_id("ab", place, line))))
        else:
            left_out[reason] = left_out.get(reason, 0) + 1
    assert found.hits == hits and len(hits) > 20
    assert (found.left_out, found.bad, found.first_bad) == (left_out, len(bad), bad[:5])


def chain(hit):
    """Clean a hit by the preset, but for bots."""
    for processor in private():
        if hit is not None and repr(processor) != repr(drop_bots()):
            hit = processor(hit)
    return hit


@pytest.mark.parametrize("name", sorted(PATTERNS))
@pytest.mark.parametrize(
    "base", ["", "https://www.example.com", "http://192.0.2.1:80", "https://a_b"]
)
def test_cleaning(name, base):
    """Hits are cleaned as by the preset, also those that come again."""
    keep = ("bot", "static", "method", "error", "redirect", "internal")
    block = block_of(lines_of(name, 500))
    hits = [hit for _, hit in Reading(Rules(keep), named(name), base).read(block, "").hits]
    clean = Clean()
    assert len(hits) > 20
    for hit in hits + hits:
        assert clean(hit) == chain(hit)


texts = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        "/u/jo%40example.com /a?utm_source=x&key=1 https://www.example.com/a?b https://WWW.example.com/ "
        "https://user:pw@www.example.com/ //x/y /;s=1 https://www.example.com:443/12345678901 /#a "
        "https://2001.example.net/eyJhbGciOiJI.eyJ android-app://com.example".split()
    ),
)


@settings(max_examples=500, deadline=None)
@given(
    texts,
    texts,
    st.sampled_from(["https://www.example.com", "http://a", "", "https://a@b", "x://y"]),
)
def test_cleaning_any(target, referrer, origin):
    """Whatever addresses a hit has, they are cleaned as by the preset."""
    fields = {"referrer": referrer, "user_ip": "203.0.113.9", "user_agent": FIREFOX}
    fields.update({"url": origin + target} if origin else {"path": target})
    hit, clean = read("pageview", fields), Clean()
    clean(read("pageview", {"url": "https://www.example.com/", "referrer": referrer}))
    assert clean(hit) == chain(hit) == clean(hit)


def test_other_fields():
    """A hit with more than a log says is cleaned as by the preset too."""
    clean = Clean()
    for fields in (
        {"uid": "ann"},
        {"dt": "ann@example.com"},
        {"dnt": "1"},
        {"strange": "12.34.56.78"},
    ):
        hit = read("pageview", dict(fields, dl="https://www.example.com/"))
        assert clean(hit) == chain(hit)


def test_memo_is_bounded():
    """A memo asks once, and never holds more than it may."""
    asked = []
    memo = Memo(lambda text: asked.append(text) or len(text), limit=3, longest=4)
    assert [memo[text] for text in ("a", "bb", "a", "long text", "long text")] == [1, 2, 1, 9, 9]
    assert asked == ["a", "bb", "long text", "long text"]
    for number in range(20):
        memo["%d" % number]
        assert len(memo) <= 3
