"""amplitude: what the golden requests do not show."""

from __future__ import absolute_import, division, print_function, unicode_literals

import json

import pytest

import analytical
from analytical.errors import ConfigurationError
from analytical.params import read
from analytical.testing import Collector, ProviderContract

PAGE = {"dl": "https://example.com/", "cid": "c-1"}
KEY = "planted0123456789"


class TestContract(ProviderContract):
    name, account = "amplitude", KEY
    secrets = (KEY,)
    answer = b'{"code": 200, "events_ingested": 1}'


def batch(status, answer, hits=None, headers=None):
    """Give what becomes of three hits, or of these, when the server answers like this."""
    body = answer if isinstance(answer, bytes) else json.dumps(answer).encode("ascii")
    with Collector() as collector:
        collector.answer(status, body, headers=headers)
        provider = analytical.Provider("amplitude", KEY, url=collector.url)
        found = provider.batch(hits or [("pageview", PAGE)] * 3)
        assert len(collector.requests) == 1
    return found


def states(*args, **more):
    """The same, as pairs of state and reason."""
    return [(each.state, each.reason) for each in batch(*args, **more)]


@pytest.mark.parametrize(
    "key, value",
    [
        ("events_with_invalid_fields", {"time": [1]}),
        ("events_with_missing_fields", {"event_type": [1]}),
        ("events_with_invalid_id_lengths", {"user_id": [1]}),
    ],
)
def test_a_400_names_the_bad_events(key, value):
    """What a 400 names is rejected; the others are to be sent again, without it."""
    assert states(400, {"code": 400, "error": "invalid", key: value}) == [
        ("retry", "refused_with_others"),
        ("rejected", "invalid"),
        ("retry", "refused_with_others"),
    ]


def test_a_400_may_name_several_and_silenced_ones():
    """Events of several fields and of silenced devices are told apart."""
    answer = {"events_with_invalid_fields": {"time": [0], "ip": [0]}, "silenced_events": [2]}
    assert states(400, answer) == [
        ("rejected", "invalid"),
        ("retry", "refused_with_others"),
        ("rejected", "silenced"),
    ]


def test_silenced_events_of_a_200_are_no_success():
    """Events that the answer calls silenced were thrown away, whatever the status."""
    answer = {"code": 200, "silenced_events": [0]}
    assert states(200, answer) == [("rejected", "silenced"), ("delivered", ""), ("delivered", "")]


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"[]",
        {"error": "Invalid API key"},
        {"events_with_invalid_fields": {"time": ["x", 7.5]}},
    ],
)
def test_a_400_that_names_none(answer):
    """A 400 that names no event refuses a hit alone, and is tried in smaller batches otherwise."""
    assert states(400, answer, [("pageview", PAGE)]) == [("rejected", "http_400")]
    assert states(400, answer) == [("retry", "http_400")] * 3


def test_too_large_is_tried_in_parts():
    """A 413 refuses a hit alone, and is tried in smaller batches otherwise."""
    assert states(413, b"", [("pageview", PAGE)]) == [("rejected", "http_413")]
    assert states(413, b"") == [("retry", "http_413")] * 3


def test_throttled_events_wait():
    """A 429 that names throttled events asks for half a minute, unless a header says more."""
    found = batch(429, {"code": 429, "throttled_events": [1], "throttled_devices": {"c-1": 31}})
    assert [(each.state, each.retry_after) for each in found] == [("retry", 30)] * 3
    found = batch(429, {"throttled_events": [1]}, headers={"Retry-After": "90"})
    assert found[0].retry_after == 90
    assert batch(429, b"")[0].retry_after is None


def test_over_the_quota_of_a_day():
    """Hits of visitors over their quota are given up; those of others are not."""
    answer = {
        "exceeded_daily_quota_devices": {"c-1": 500001},
        "exceeded_daily_quota_users": {"u-1": 500001},
    }
    hits = [
        ("pageview", PAGE),
        ("pageview", dict(PAGE, cid="c-2")),
        ("pageview", dict(PAGE, cid="c-2", uid="u-1")),
    ]
    assert states(429, answer, hits) == [
        ("rejected", "daily_quota"),
        ("retry", "http_429"),
        ("rejected", "daily_quota"),
    ]


@pytest.mark.parametrize(
    "status, state", [(200, "delivered"), (403, "rejected"), (408, "retry"), (504, "retry")]
)
def test_other_statuses(status, state):
    """A refusal by the firewall is final; faults of the server are not."""
    assert [each[0] for each in states(status, b"no")] == [state] * 3


def test_a_retry_counts_once():
    """Nothing of a request changes from attempt to attempt."""
    provider = analytical.Provider("amplitude", KEY)
    envelope = analytical.delivery.base.envelope_of(provider.payload(read("pageview", PAGE)))
    bodies = {provider.requests([envelope], now)[0].body for now in (1750000000, 1750003600)}
    assert len(bodies) == 1
    assert b'"min_id_length":1' in bodies.pop()
    assert provider.may_repeat()


@pytest.mark.parametrize(
    "session, sent",
    [
        ("1749999400", 1749999400000),
        ("1749999400123", 1749999400123),
        ("visit-1", None),
        ("7", None),
    ],
)
def test_sessions_are_their_start(session, sent):
    """A session id that is Unix seconds or milliseconds is Amplitude's; any other is a property."""
    provider = analytical.Provider("amplitude", KEY)
    payload = provider.payload(read("pageview", PAGE, {"session_id": session}))
    assert payload.get("session_id") == sent
    assert payload["event_properties"].get("session_id") == (None if sent else session)


def test_revenue():
    """An order has revenue, also as the sum of its items; a refund has none."""
    provider = analytical.Provider("amplitude", KEY)

    def made(**fields):
        return provider.payload(read("event", PAGE, fields))

    items = [{"id": "a", "price": 2.5, "quantity": 2}]
    order = made(product_action="purchase", items=items, currency="eur")
    assert (order["revenue"], order["currency"]) == (5.0, "EUR")
    assert "currency" not in made(product_action="purchase", items=items, currency="euros")
    refund = made(product_action="refund", revenue=5)
    assert "revenue" not in refund
    assert refund["event_properties"]["revenue"] == 5


@pytest.mark.parametrize("word", ["anonymous", " None ", "0", "-1", "lmy47d", ""])
def test_ids_that_are_none(word):
    """An id that Amplitude does not take is never sent, and validate() names its field."""
    provider = analytical.Provider("amplitude", KEY)
    params = {"url": "https://example.com/", "user_id": word, "client_id": word}
    first, second = [provider.payload(read("pageview", params)) for _ in range(2)]
    assert first["device_id"] != second["device_id"]
    assert "user_id" not in first
    codes = [(each.field, each.code) for each in provider.validate("pageview", params)]
    assert codes == [("client_id", "reserved"), ("user_id", "reserved")]


@pytest.mark.parametrize("account", [None, "", 7, "a\nb", "UA-12345-6", "G-ABC1234567"])
def test_accounts_that_cannot_work(account):
    """What is no API key is refused at once."""
    with pytest.raises(ConfigurationError):
        analytical.Provider("amplitude", account)


@pytest.mark.parametrize(
    "options, endpoint",
    [
        ({}, "https://api2.amplitude.com/2/httpapi"),
        ({"region": "EU"}, "https://api.eu.amplitude.com/2/httpapi"),
        ({"url": "https://example.com/a/batch"}, "https://example.com/a/2/httpapi"),
    ],
)
def test_addresses(options, endpoint):
    """Regions and the sibling path lead to the same path."""
    assert analytical.Provider("amplitude", KEY, **options).endpoint() == endpoint


def test_a_large_hit_is_rejected_alone():
    """A hit over the limit harms no other of its batch."""
    with Collector() as collector:
        provider = analytical.Provider("amplitude", KEY, url=collector.url)
        large = dict(PAGE, dt="x" * 1000000)
        found = provider.batch([("pageview", PAGE), ("pageview", large), ("pageview", PAGE)])
        assert [each.reason for each in found] == ["", "too_large", ""]
        assert len(collector.requests) == 1


def test_validate_knows_the_rules():
    """Long texts, names that Amplitude keeps, and events without a name are problems."""
    provider = analytical.Provider("amplitude", KEY)
    found = provider.validate("event", name="x" * 1025, client_id="c-1")
    assert [(each.field, each.code) for each in found] == [("name", "limit")]
    found = provider.validate("event", name="[Amplitude] Revenue", client_id="c-1")
    assert [(each.field, each.code) for each in found] == [("name", "reserved")]
    assert [each.code for each in provider.validate("event", client_id="c-1")] == ["required"]
    assert provider.validate("pageview", PAGE) == []


def test_a_bad_hit_harms_no_other():
    """A background delivery sends the others again, without the one that the answer names."""
    taken = []

    def amplitude(received):
        events = json.loads(received.raw_body.decode("utf-8"))["events"]
        names = [event["event_type"] for event in events]
        if "bad" in names:
            answer = {"events_with_invalid_fields": {"time": [names.index("bad")]}}
            return 400, None, json.dumps(answer)
        taken.extend(names)
        return 200, None, b"{}"

    with Collector() as collector:
        collector.answer_with(amplitude)
        provider = analytical.Provider("amplitude", KEY, url=collector.url, delivery="background")
        provider.batch(
            [("event", {"name": name}) for name in ("one", "bad", "two", "bad", "three")]
        )
        assert provider.close(20)
        assert provider.stats()["delivered"] == 3
    assert sorted(taken) == ["one", "three", "two"]
