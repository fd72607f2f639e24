"""snowplow: what the golden requests do not show."""

from __future__ import absolute_import, division, print_function, unicode_literals

import json
import time
import uuid

import pytest

import analytical
from analytical.errors import ConfigurationError
from analytical.params import read
from analytical.providers import snowplow
from analytical.testing import Collector, ProviderContract

URL = "https://collector.example.com"
PAGE = {"dl": "https://example.com/", "cid": "visitor-1", "uip": "203.0.113.9"}
SCHEMA = "iglu:com.example/search/jsonschema/1-0-0"


def make(**options):
    """Make a provider that sends nowhere."""
    return analytical.Provider("snowplow", "shop", url=URL, **options)


def events(provider, hit_type, params, now):
    """Give the events of a hit as they stand in the body of a request."""
    hit = read(hit_type, params)
    envelope = analytical.delivery.base.Envelope(hit.id, hit.time, provider.payload(hit))
    return json.loads(provider.requests([envelope], now)[0].body.decode("utf-8"))["data"]


class TestContract(ProviderContract):
    name, account = "snowplow", "shop"
    ok, answer = 200, b"ok"


@pytest.mark.parametrize("account", [None, "", "  ", 7])
def test_the_account_is_an_app_id(account):
    """An app id is text with something in it."""
    with pytest.raises(ConfigurationError):
        analytical.Provider("snowplow", account, url=URL)


def test_the_address_of_the_collector_is_needed():
    """There is no collector but one's own, so url= must be given."""
    with pytest.raises(ConfigurationError) as caught:
        analytical.Provider("snowplow", "shop")
    assert "url=" in str(caught.value)


@pytest.mark.parametrize(
    "options",
    [
        {"platform": "browser"},
        {"path": "track"},
        {"entity": "com.example/hit"},
        {"schemas": {"search": "search"}},
        {"schemas": {"search": 1}},
        {"schemas": "search"},
    ],
)
def test_options_that_would_lose_events_are_refused(options):
    """A schema, platform or path that cannot be is named when the provider is made."""
    with pytest.raises(ConfigurationError) as caught:
        make(**options)
    assert list(options)[0] + "=" in str(caught.value)


def test_the_sent_time_is_that_of_the_attempt():
    """A retry has a new stm and else the same events, or delays would shift the time of the hit."""
    provider = make()
    hit = read("pageview", dict(PAGE, pa="purchase", ti="A-1", pr1id="MUG-1"), now=1750000000)
    envelope = analytical.delivery.base.Envelope(hit.id, hit.time, provider.payload(hit))
    first, later = [
        json.loads(provider.requests([envelope], now)[0].body.decode("utf-8"))["data"]
        for now in (1750000001, 1750003600)
    ]
    assert {event.pop("stm") for event in first} == {"1750000001000"}
    assert {event.pop("stm") for event in later} == {"1750003600000"}
    assert first == later


def test_every_value_is_text_and_every_key_known():
    """Not even extra= brings another type, and each event has an id and a session that are UUIDs."""
    params = dict(
        PAGE,
        session_id="s-1",
        pa="purchase",
        ti="A-1",
        tr="21.40",
        pr1id="MUG-1",
        pr1qt="2",
        pr2nm="Tea",
        extra={"snowplow": {"vid": 1, "cookie": True, "co": {"schema": "iglu:x", "data": []}}},
    )
    found = events(make(), "pageview", params, time.time())
    assert [event["e"] for event in found] == ["pv", "tr", "ti", "ti"]
    for event in found:
        assert all(isinstance(value, type("")) and value for value in event.values())
        assert str(uuid.UUID(event["eid"])) == event["eid"]
        assert str(uuid.UUID(event["sid"])) == event["sid"]
    assert len({event["eid"] for event in found}) == 4
    assert json.loads(found[0]["co"]) == {"schema": "iglu:x", "data": []}


def test_events_of_orders_count_for_the_size_of_a_request():
    """A hit of many events takes their room in a batch."""
    order = dict(PAGE, pa="purchase", ti="A-1", items=[{"id": "%d" % n} for n in range(22)])
    with Collector() as collector:
        provider = analytical.Provider("snowplow", "shop", url=collector.url)
        assert all(provider.batch([("pageview", order)] * 3))
        counts = [len(request.json["data"]) for request in collector.requests]
    assert counts == [48, 24]


def test_a_hit_over_the_limit_harms_no_other():
    """An event that the collector would throw away is rejected alone, by its size."""
    hits = [("pageview", PAGE), ("pageview", dict(PAGE, dt="x" * 1000001))]
    with Collector() as collector:
        provider = analytical.Provider("snowplow", "shop", url=collector.url)
        outcomes = provider.batch(hits)
        assert len(collector.requests) == 1
    assert [outcome.reason for outcome in outcomes] == ["", "too_large"]
    assert "1000000" in outcomes[1].detail


@pytest.mark.parametrize(
    "status, state", [(200, "delivered"), (413, "rejected"), (503, "retry"), (429, "retry")]
)
def test_answers(status, state):
    """The status is all a collector says; what is too large is not sent again."""
    with Collector() as collector:
        collector.answer(status)
        provider = analytical.Provider("snowplow", "shop", url=collector.url)
        assert provider.pageview(PAGE).state == state


def test_what_needs_an_entity_is_said_and_counted():
    """A page view has no key for properties: without entity= they are a problem."""
    provider = make()
    params = dict(PAGE, cd1="beta", properties={"plan": "pro"}, ec="docs")
    fields = [problem.field for problem in provider.validate("pageview", params)]
    assert fields == ["category", "custom_dimensions", "properties"]
    provider.payload(read("pageview", params))
    assert provider.stats()["unsupported"] == dict.fromkeys(fields, 1)
    assert make(entity=SCHEMA).validate("pageview", params) == []
    assert provider.validate("event", dict(params, ea="search")) == []


def test_an_event_with_a_schema_leaves_the_rest_to_the_entity():
    """Fields beside the properties of a self-describing event need entity=."""
    provider = make(schemas={"search": SCHEMA})
    params = dict(PAGE, ea="search", el="mug", properties={"q": "mug"})
    assert [p.field for p in provider.validate("event", params)] == ["action", "label"]
    assert provider.validate("event", PAGE, name="search", properties={"q": "mug"}) == []


def test_validate_limits_and_needs():
    """Over-long fields fail in the pipeline, where nobody would see it."""
    problems = make().validate("event", ea="x" * 1001)
    assert [(p.field, p.code) for p in problems] == [("action", "limit")]
    assert "1001" in str(problems[0]) and "1000" in str(problems[0])
    assert [p.field for p in make().validate("pageview")] == ["url"]


def test_the_tracker_is_named_by_version():
    """The name of the tracker tells the release that sent an event."""
    assert snowplow.TRACKER == "analytical-" + analytical.__version__.rpartition(".")[0]
