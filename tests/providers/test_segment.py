"""segment, and RudderStack and Jitsu: what the golden requests do not show."""

from __future__ import absolute_import, division, print_function, unicode_literals

import json

import pytest

import analytical
from analytical.errors import ConfigurationError
from analytical.params import read
from analytical.testing import Collector, ProviderContract

PAGE = {"dl": "https://example.com/", "cid": "c-1"}
ORDER = dict(PAGE, pa="purchase", ti="A-1", tr="12.50", cu="EUR", pr1id="MUG-1")
KEY = "planted0123456789"
NOW = 1750000000
RUDDERSTACK = {"flavor": "rudderstack", "url": "https://acme.dataplane.rudderstack.com"}
JITSU = {"flavor": "jitsu", "url": "https://jitsu.example.com"}


class TestContract(ProviderContract):
    name, account = "segment", KEY
    secrets = (KEY,)
    answer = b'{"success": true}'


class TestRudderStackContract(TestContract):
    options = {"flavor": "rudderstack"}
    answer = b"OK"


class TestJitsuContract(TestContract):
    account = "key1:" + KEY
    options = {"flavor": "jitsu"}


def outcome(status, body, headers=None, **options):
    """Say what becomes of a hit when the server answers like this."""
    with Collector() as collector:
        collector.answer(status, body, headers=headers)
        return analytical.Provider("segment", KEY, url=collector.url, **options).pageview(PAGE)


@pytest.mark.parametrize("body", [b'{"success": true}', b"OK", b"", b"[]", b"\xff"])
def test_a_200_is_good(body):
    """JSON, a plain OK, and what cannot be read count as delivered."""
    assert outcome(200, body).state == "delivered"


def test_success_false_is_rejected():
    """A 200 that says it is none is no success."""
    found = outcome(200, b'{"success": false}')
    assert (found.state, found.reason) == ("rejected", "invalid")


@pytest.mark.parametrize(
    "status, state",
    [
        (400, "rejected"),
        (401, "rejected"),
        (404, "rejected"),
        (408, "retry"),
        (410, "retry"),
        (413, "rejected"),
        (429, "retry"),
        (460, "retry"),
        (500, "retry"),
        (501, "rejected"),
        (503, "retry"),
        (505, "rejected"),
    ],
)
def test_statuses(status, state):
    """Statuses mean what Segment's own libraries take them for."""
    found = outcome(status, b"no", headers={"Retry-After": "7"})
    assert (found.state, found.reason) == (state, "http_%d" % status)
    assert found.retry_after == (7 if state == "retry" else None)


def test_sent_at_is_of_the_attempt():
    """The moment of sending is that of each attempt, and nothing else of a hit changes."""
    provider = analytical.Provider("segment", KEY)
    envelope = analytical.delivery.base.envelope_of(provider.payload(read("event", ORDER, now=NOW)))
    first, second = [provider.requests([envelope], NOW + late)[0].body for late in (1, 3600)]
    assert b'"sentAt":"2025-06-15T15:06:41.000Z"' in first
    assert first.replace(b"T15:06:41", b"T16:06:40") == second


def test_only_segment_counts_once():
    """A hit without an answer is repeated where messageId is documented to count it once."""
    assert analytical.Provider("segment", KEY).may_repeat()
    assert not analytical.Provider("segment", KEY, **RUDDERSTACK).may_repeat()
    assert not analytical.Provider("segment", "a:b", **JITSU).may_repeat()
    assert analytical.Provider("segment", KEY, at_least_once=True, **RUDDERSTACK).may_repeat()


def test_calls_of_a_hit_have_ids_of_their_own():
    """The calls that follow a hit have other message ids, the same on every attempt."""
    provider = analytical.Provider("segment", KEY)
    with Collector() as collector:
        analytical.Provider("segment", KEY, url=collector.url).pageview(ORDER)
        batch = json.loads(collector.requests[0].raw_body.decode("utf-8"))["batch"]
    assert [call["type"] for call in batch] == ["page", "track"]
    assert batch[1]["messageId"] == batch[0]["messageId"] + "-2"
    assert batch[1]["anonymousId"] == "c-1"
    envelope = analytical.delivery.base.envelope_of(provider.payload(read("pageview", ORDER)))
    assert provider.weight(envelope) == 2


def test_a_hit_without_ids_is_a_new_visitor():
    """A call without an id is refused, so each such hit has an id of its own."""
    provider = analytical.Provider("segment", KEY)
    made = [provider.payload(read("pageview", {"dl": "https://example.com/"})) for _ in range(2)]
    assert made[0]["anonymousId"] == made[0]["messageId"] != made[1]["anonymousId"]
    assert "userId" not in made[0]


def test_sessions_of_rudderstack_are_numbers():
    """A session becomes a number of 10 digits or more, stable for a visitor; a number stays."""
    provider = analytical.Provider("segment", KEY, **RUDDERSTACK)

    def number(**fields):
        fields = dict({"session_id": "visit-1"}, **fields)
        return provider.payload(read("pageview", PAGE, fields))["context"]["sessionId"]

    assert number() == number() >= 10**9
    assert number() != number(session_id="visit-2")
    assert number(session_id="1749999400") == 1749999400


def test_a_large_call_is_rejected_alone():
    """32 KB are the limit of one call, not of a hit that is several, and not of RudderStack."""
    large = dict(ORDER, dt="x" * 15000)  # stands twice in a page call, once in the order
    too_large = dict(PAGE, dt="x" * 20000)
    with Collector() as collector:
        provider = analytical.Provider("segment", KEY, url=collector.url)
        hits = [("pageview", PAGE), ("pageview", large), ("pageview", too_large)]
        assert [each.reason for each in provider.batch(hits)] == ["", "", "too_large"]
        assert len(collector.requests) == 1
    assert outcome(200, b"OK", flavor="rudderstack")
    rudderstack = analytical.Provider("segment", KEY, **RUDDERSTACK)
    envelope = analytical.delivery.base.envelope_of(
        rudderstack.payload(read("pageview", too_large))
    )
    assert rudderstack.refusal(envelope, rudderstack.encode(envelope, NOW), NOW) is None


@pytest.mark.parametrize("account", [None, "", 7, "a\nb", "UA-12345-6", "keyId:secret"])
def test_accounts_that_cannot_work(account):
    """What is no write key is refused at once; a key of Jitsu names the flavor."""
    with pytest.raises(ConfigurationError):
        analytical.Provider("segment", account)


@pytest.mark.parametrize(
    "options",
    [
        {"flavor": "jitsu"},
        {"flavor": "rudderstack"},
        {"flavor": "rudder"},
        {"region": "mars"},
        dict(JITSU, compress=True),
    ],
)
def test_options_that_cannot_work(options):
    """RudderStack and Jitsu need an address; unknown flavors and regions are named."""
    with pytest.raises(ConfigurationError):
        analytical.Provider("segment", KEY, **options)


@pytest.mark.parametrize(
    "options, endpoint",
    [
        ({"region": "eu"}, "https://events.eu1.segmentapis.com/v1/batch"),
        ({"url": "https://example.com/v1/track"}, "https://example.com/v1/batch"),
        (dict(JITSU, url="https://example.com/v1/batch"), "https://example.com/api/s/s2s/batch"),
    ],
)
def test_addresses(options, endpoint):
    """Regions and sibling paths lead to the path of batches."""
    assert analytical.Provider("segment", KEY, **options).endpoint() == endpoint


def test_validate_knows_the_rules():
    """Events without a name, and names that Jitsu does not take, are problems."""
    provider = analytical.Provider("segment", KEY)
    assert provider.validate("pageview", ORDER) == []
    assert [each.code for each in provider.validate("event", client_id="c-1")] == ["required"]
    jitsu = analytical.Provider("segment", "a:b", **JITSU)
    for name in ("x" * 65, "a;b", "a--b"):
        assert [each.field for each in jitsu.validate("event", name=name)] == ["name"]
        assert provider.validate("event", name=name) == []
    assert jitsu.validate("event", name="Signed Up") == []


def test_a_refused_batch_is_tried_in_parts():
    """RudderStack refuses a batch for one bad call, so its hits are tried in smaller ones."""
    with Collector() as collector:
        collector.answer(400)
        provider = analytical.Provider("segment", KEY, url=collector.url, flavor="rudderstack")
        found = provider.batch([("pageview", PAGE), ("pageview", PAGE)])
    assert [each.state for each in found] == ["retry", "retry"]


def test_a_bad_hit_harms_no_other():
    """A background delivery finds the call for which RudderStack refuses a batch, and sends the others."""
    taken = []

    def rudderstack(received):
        batch = json.loads(received.raw_body.decode("utf-8"))["batch"]
        names = [call["event"] for call in batch]
        if "bad" in names:
            return 400, None, b"bad request"
        taken.extend(names)
        return 200, None, b"OK"

    with Collector() as collector:
        collector.answer_with(rudderstack)
        provider = analytical.Provider(
            "segment", KEY, url=collector.url, flavor="rudderstack", delivery="background"
        )
        provider.batch([("event", {"name": name}) for name in ("one", "bad", "two", "three")])
        assert provider.close(20)
        assert provider.stats()["delivered"] == 3
    assert sorted(taken) == ["one", "three", "two"]
