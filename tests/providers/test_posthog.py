"""posthog: what the golden requests do not show."""

from __future__ import absolute_import, division, print_function, unicode_literals

import uuid

import pytest

import analytical
from analytical.errors import ConfigurationError
from analytical.params import read
from analytical.secrets import Secret
from analytical.testing import Collector, ProviderContract

PAGE = {"dl": "https://example.com/", "cid": "c-1"}
KEY = "phc_planted0123456789"
DAY = 1749945600  # the start of a day in UTC


class TestContract(ProviderContract):
    name, account = "posthog", KEY
    secrets = (KEY,)
    answer = b'{"status": "Ok"}'


def session(session_id, moment, **fields):
    """Give the session id that PostHog is sent for a hit at a moment."""
    params = dict({"url": "https://example.com/", "client_id": "c-1"}, **fields)
    hit = read("pageview", params, {"session_id": session_id, "timestamp": moment})
    return analytical.Provider("posthog", KEY).payload(hit)["properties"]["$session_id"]


def outcome(status, body, headers=None):
    """Say what becomes of a hit when the server answers like this."""
    with Collector() as collector:
        collector.answer(status, body, headers=headers)
        found = analytical.Provider("posthog", KEY, url=collector.url).pageview(PAGE)
    return found.state, found.reason


@pytest.mark.parametrize("body", [b'{"status": "Ok"}', b'{"status": 1}', b"", b"[]", b"\xff"])
def test_a_200_is_good(body):
    """Old and new forms of the answer, and none that can be read, count as delivered."""
    assert outcome(200, body) == ("delivered", "")


def test_over_quota_is_rejected():
    """A 200 whose quota_limited names events says that they were thrown away."""
    limited = b'{"status": "Ok", "quota_limited": ["events"]}'
    assert outcome(200, limited) == ("rejected", "quota_limited")
    assert outcome(200, limited.replace(b"events", b"recordings")) == ("delivered", "")
    assert outcome(200, b'{"quota_limited": 1}') == ("delivered", "")


@pytest.mark.parametrize(
    "status, state",
    [(400, "rejected"), (401, "rejected"), (413, "rejected"), (429, "retry"), (503, "retry")],
)
def test_other_statuses(status, state):
    """Bad requests and keys are final; rate limits and faults of the server are not."""
    assert outcome(status, b"no") == (state, "http_%d" % status)


def test_sent_at_is_of_the_attempt():
    """The moment of sending is that of each attempt, and nothing else of a hit changes."""
    provider = analytical.Provider("posthog", KEY)
    hit = read("pageview", PAGE, now=DAY)
    envelope = analytical.delivery.base.envelope_of(provider.payload(hit))
    first, second = [provider.requests([envelope], DAY + late)[0].body for late in (1, 3600)]
    assert b'"sent_at":"2025-06-15T00:00:01.000Z"' in first
    assert first.replace(b"T00:00:01", b"T01:00:00") == second
    assert provider.may_repeat()


def test_sessions_are_of_version_7():
    """A session becomes a UUIDv7 whose time is the start of the day, at most that of its first event."""
    made = uuid.UUID(session("visit-1", DAY + 3600.5))
    assert (made.version, made.variant) == (7, uuid.RFC_4122)
    assert made.int >> 80 == DAY * 1000


def test_sessions_are_stable():
    """The same session of the same visitor has one id all day; another visitor's has another."""
    assert session("visit-1", DAY + 1) == session("visit-1", DAY + 86399)
    assert session("visit-1", DAY + 1) != session("visit-1", DAY + 1, client_id="c-2")
    assert session("visit-1", DAY + 1) != session("visit-2", DAY + 1)


def test_a_session_id_that_is_a_time_is_its_start():
    """Unix seconds or milliseconds as a session id, such as Google's, give the session's time."""
    start = DAY - 600
    for spelled in ("%d" % start, "%d000" % start):
        assert uuid.UUID(session(spelled, DAY + 60)).int >> 80 == start * 1000
    for not_within_a_day in ("%d" % (DAY + 120), "%d" % (DAY - 90000), "1234567890"):
        assert uuid.UUID(session(not_within_a_day, DAY + 60)).int >> 80 == DAY * 1000


def test_a_session_id_of_posthog_stays():
    """A UUIDv7 goes out as it is; a UUID of another version does not."""
    own = "018f2f3e-7c1a-7a33-9f4e-1c2d3e4f5a6b"
    assert session(own, DAY) == session(own.upper(), DAY) == own
    assert session("35009a79-1a05-49d7-b876-2b884d0f825b", DAY) != own


@pytest.mark.parametrize("word", ["anonymous", " Guest ", "0", "[object Object]", "NaN", ""])
def test_ids_that_are_none(word):
    """An id that would merge all visitors is never sent, and validate() names its field."""
    provider = analytical.Provider("posthog", KEY)
    params = {"url": "https://example.com/", "user_id": word, "client_id": word}
    first, second = [provider.payload(read("pageview", params)) for _ in range(2)]
    assert first["distinct_id"] != second["distinct_id"]
    codes = [(each.field, each.code) for each in provider.validate("pageview", params)]
    assert codes == [("client_id", "reserved"), ("user_id", "reserved")]


def test_the_callers_properties_win():
    """Properties of the caller replace ours, so that PostHog's own can be set."""
    provider = analytical.Provider("posthog", KEY)
    properties = {"$process_person_profile": True, "$set": {"plan": "pro"}}
    payload = provider.payload(read("pageview", PAGE, {"properties": properties}))
    assert payload["properties"]["$process_person_profile"] is True
    assert payload["properties"]["$set"] == {"plan": "pro"}


@pytest.mark.parametrize("account", [None, "", " ", 7, "phc_a\nb", "UA-12345-6", "G-ABC1234567"])
def test_accounts_that_cannot_work(account):
    """What is no project key is refused at once."""
    with pytest.raises(ConfigurationError):
        analytical.Provider("posthog", account)


def test_a_personal_key_is_refused_and_not_shown():
    """A personal API key is named for what it is, without its text."""
    with pytest.raises(ConfigurationError, match="personal API key") as caught:
        analytical.Provider("posthog", "phx_planted")
    assert "planted" not in str(caught.value)


def test_the_key_may_be_a_secret():
    """A Secret, bytes and text with white space around are the same account."""
    for account in (Secret(KEY), KEY.encode("ascii"), " %s\n" % KEY):
        provider = analytical.Provider("posthog", account)
        assert provider.data == Secret(KEY)
        assert provider.data in provider.secrets()


@pytest.mark.parametrize(
    "url, endpoint",
    [
        ("https://eu.posthog.com", "https://eu.i.posthog.com/batch/"),
        ("https://app.posthog.com/", "https://us.i.posthog.com/batch/"),
        ("https://example.com/ingest", "https://example.com/ingest/batch/"),
        ("https://example.com/capture/", "https://example.com/batch/"),
    ],
)
def test_addresses(url, endpoint):
    """The address of PostHog's site, of a proxy and of a sibling path lead to the same path."""
    assert analytical.Provider("posthog", KEY, url=url).endpoint() == endpoint


def test_a_large_hit_is_rejected_alone():
    """A hit over the limit harms no other of its batch."""
    with Collector() as collector:
        provider = analytical.Provider("posthog", KEY, url=collector.url)
        large = dict(PAGE, dt="x" * 1000000)
        found = provider.batch([("pageview", PAGE), ("pageview", large), ("pageview", PAGE)])
        assert [each.reason for each in found] == ["", "too_large", ""]
        assert len(collector.requests) == 1


def test_validate_knows_the_limits():
    """Names and ids over 200 characters, and events without a name, are problems."""
    provider = analytical.Provider("posthog", KEY)
    found = provider.validate("event", name="x" * 201, client_id="c" * 201)
    assert sorted(each.field for each in found) == ["client_id", "name"]
    assert [each.code for each in provider.validate("event", client_id="c-1")] == ["required"]
    assert provider.validate("pageview", PAGE) == []


@pytest.mark.parametrize("status", [400, 413])
def test_a_refused_batch_is_tried_in_parts(status):
    """One bad hit may be why a batch is refused, so its hits are tried in smaller ones."""
    with Collector() as collector:
        collector.answer(status)
        found = analytical.Provider("posthog", KEY, url=collector.url).batch(
            [("pageview", PAGE), ("pageview", PAGE)]
        )
    assert [each.state for each in found] == ["retry", "retry"]
