"""The proof: what private() takes away is in no byte that any provider sends or any delivery stores."""

from __future__ import absolute_import, division, print_function, unicode_literals

import gzip
import io
import json
import os
import sys

import pytest
import six
from hypothesis import given, settings
from hypothesis import strategies as st
from planted import COMMON, found, hits

import analytical
from analytical import privacy
from analytical.delivery import Outbox
from analytical.params import read
from analytical.testing import Collector

SECRET = "correct-horse-battery"
PLATFORMS = (
    ("amplitude", "key0123456789abcdef", {}),
    ("goatcounter", "shop", {"token": "t0k3n"}),
    ("googleanalytics", "UA-1-1", {}),
    ("googleanalytics4", "G-ABC1234567", {"api_secret": "planted-secret"}),
    ("googledatamanager", "G-ABC1234567", {"property_id": "123456789", "token": "t0k3n"}),
    ("matomo", 7, {"token_auth": "33dc3f2536d3025974cccb4b4d2d98f4", "dimensions": {"note": 1}}),
    ("mixpanel", "token0123456789abcdef", {}),
    ("pirsch", "example.com", {"access_key": "pa_1a2b3c"}),
    ("plausible", "example.com", {}),
    ("posthog", "phc_planted", {}),
    ("segment", "WRITEKEY", {}),
    ("snowplow", "shop", {}),
    ("umami", "94db1cb1-74f4-4a40-ad6c-962362670409", {}),
)


def platforms(url, **options):
    """Make all providers that send."""
    return [
        analytical.Provider(name, account, url=url, **dict(own, **options))
        for name, account, own in PLATFORMS
    ]


def wire(collector):
    """Give all that arrived: lines, headers and bodies, as they came and unpacked."""
    parts = []
    for request in collector.requests:
        parts += [request.target.encode("ascii"), request.raw_body, request.body]
        parts += [(name + ": " + request.headers[name]).encode("utf-8") for name in request.headers]
    return b"\n".join(parts)


def files(folder):
    """Read all files in a folder."""
    parts = []
    for name in sorted(os.listdir(folder)):
        try:
            with open(os.path.join(folder, name), "rb") as file:
                parts.append(file.read())
        except EnvironmentError:  # SQLite has taken away its -wal or -shm meanwhile
            assert name.endswith(("-wal", "-shm"))
    return b"\n".join(parts)


SEVERAL = st.lists(hits(), min_size=6, max_size=6)


def planted_in(several):
    """Give all that is planted in several hits."""
    return [value for _, _, planted in several for value in planted]


@pytest.fixture
def collector():
    """Give a collector."""
    with Collector() as server:
        yield server


@pytest.mark.parametrize("preset", ["private", "anonymous"])
def test_every_provider_directly(collector, preset):
    """No planted value is in any byte that a provider sends at once; the page itself is."""
    processors = privacy.private(SECRET) if preset == "private" else privacy.anonymous()
    providers = platforms(collector.url, processors=processors)

    @settings(max_examples=40)
    @given(hits())
    def check(hit):
        kind, params, planted = hit
        collector.clear()
        for provider in providers:
            provider.track_hit(kind, params)
        sent = wire(collector)
        assert found(sent, planted) == []
        assert b"example.com" in sent
        assert len(collector.requests) >= len(providers) - 1  # Pirsch takes none without address

    check()


def test_without_processors_it_would_be_found(collector):
    """The planted values are there to be found: without processors nearly all of them are."""

    @settings(max_examples=5)
    @given(hits())
    def check(hit):
        kind, params, planted = hit
        collector.clear()
        for provider in platforms(collector.url):
            provider.track_hit(kind, params)
        rare = planted[-1:] if planted[-1] not in params["ua"] else []
        assert set(found(wire(collector), planted)) == set(planted) - set(rare)

    check()


def test_background(collector):
    """The same through queue and thread, several at a time."""

    @settings(max_examples=3)
    @given(SEVERAL)
    def check(several):
        collector.clear()
        for provider in platforms(
            collector.url, processors=privacy.private(SECRET), delivery="background"
        ):
            assert all(provider.batch([hit[:2] for hit in several]))
            assert provider.close(30)
        assert found(wire(collector), planted_in(several)) == []
        assert len(collector.requests) >= len(PLATFORMS)

    check()


def test_outbox(collector, tmpdir):
    """Neither the outbox's files, while hits rest there, nor what leaves from them, holds any."""
    number = [0]

    @settings(max_examples=2)
    @given(SEVERAL)
    def check(several):
        number[0] += 1
        folder = tmpdir.mkdir("outbox-%d" % number[0])
        outbox = Outbox(str(folder.join("hits.outbox")))
        collector.clear()
        collector.answer(503)
        for provider in platforms(
            collector.url, processors=privacy.private(SECRET), delivery=outbox
        ):
            outcomes = provider.batch([hit[:2] for hit in several])
            assert {outcome.state for outcome in outcomes} == {"queued"}
        stored = files(str(folder))
        assert b"example.com" in stored and found(stored, planted_in(several)) == []
        collector.wait(1)
        outbox.close(0.0)
        assert found(wire(collector), planted_in(several)) == []

    check()


def test_local_providers(tmpdir, monkeypatch):
    """Nor does the embedded database, memory or the console hold any."""
    number = [0]

    @settings(max_examples=5)
    @given(SEVERAL)
    def check(several):
        number[0] += 1
        folder = tmpdir.mkdir("sqlite-%d" % number[0])
        options = {"processors": privacy.private(SECRET)}
        stream = six.StringIO()
        monkeypatch.setattr(sys, "stdout", stream)
        memory = analytical.Provider("memory", **options)
        database = analytical.Provider("sqlite", str(folder.join("a.db")), **options)
        console = analytical.Provider("console", **options)
        both = analytical.Provider("fanout", [memory, database, console])
        assert all(both.batch([hit[:2] for hit in several]))
        monkeypatch.undo()
        held = (json.dumps(memory.hits) + stream.getvalue()).encode("ascii")
        assert found(held + files(str(folder)), planted_in(several)) == []
        assert held.count(b"https://example.com/") >= 12

    check()


def test_explained(collector):
    """What explain() shows as leaving is as clean as what leaves."""

    @settings(max_examples=5)
    @given(hits())
    def check(hit):
        kind, params, planted = hit
        for provider in platforms(collector.url, processors=privacy.private(SECRET)):
            shown = json.dumps(provider.explain(kind, params).requests)
            assert found(shown.encode("ascii"), planted) == []

    check()
    assert collector.requests == []


def test_who_opted_out_is_not_sent(collector):
    """Nothing at all is sent of a visitor who opted out, refused, or is a bot."""
    provider = analytical.Provider(
        "plausible", "example.com", url=collector.url, processors=privacy.private(SECRET)
    )

    @settings(max_examples=20)
    @given(hits())
    def check(hit):
        kind, params, _ = hit
        for why in (
            {"dnt": True},
            {"gpc": True},
            {"consent": {"analytics": False}},
            {"ua": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"},
        ):
            outcome = provider.track_hit(kind, dict(params, **why))
            assert outcome.reason == "processor"

    check()
    assert collector.requests == []


def test_the_search_finds():
    """Each form in which a value could hide is searched."""
    value, data = "jane.doe@example.org", b"mail=jane.doe@example.org"
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb") as file:
        file.write(data)
    for form in (
        data,
        data.upper(),
        data.replace(b"@", b"%40"),
        data.replace(b"@", b"%2540"),
        data.replace(b"@", b"\\u0040"),
        packed.getvalue(),
        b"header" + packed.getvalue(),
    ):
        assert found(form, [value]) == [value]
    assert found(b"nothing", [value]) == []


def test_what_stays_possible():
    """What the presets promise to leave is there."""
    hit = read(
        "pageview",
        {
            "dl": "https://example.com/shop?utm_source=mail&id=1",
            "dr": "https://example.net/page",
            "dt": "Shop",
            "uip": "203.0.113.9",
            "ua": COMMON[0],
            "ul": "en-gb",
            "gclid": "Cj0K",
            "uid": "u-1",
        },
    )
    private, anonymous = privacy.private(SECRET), privacy.anonymous()
    for processors in (private, anonymous):
        result = hit
        for processor in processors:
            result = processor(result)
        assert result.get("url") == "https://example.com/shop?utm_source=mail"
        assert result.get("referrer").startswith("https://example.net")
        assert (result.get("title"), result.get("language")) == ("Shop", "en-gb")
        assert "Firefox" in result.get("user_agent") and "user_id" not in result.fields
        if processors is private:
            assert result.get("user_ip") == "203.0.0.0" and len(result.get("client_id")) == 36
        else:
            assert not {"user_ip", "client_id", "gclid"} & set(result.fields)


def test_presets_are_lists():
    """Each call gives a list of its own, to be edited."""
    one, other = privacy.private(), privacy.private()
    one.append(len)
    assert len(other) == len(one) - 1
    assert len(privacy.private(SECRET)) == len(other) + 1
    assert isinstance(privacy.anonymous(), list)
