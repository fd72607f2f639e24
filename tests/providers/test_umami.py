"""umami: what the golden requests do not show."""

from __future__ import absolute_import, division, print_function, unicode_literals

import json

import pytest

import analytical
from analytical.errors import ConfigurationError
from analytical.testing import Collector, ProviderContract

WEBSITE = "94db1cb1-74f4-4a40-ad6c-962362670409"
STORED = b'{"cache": "x", "sessionId": "y", "visitId": "z"}'
PAGE = {"dl": "https://example.com/", "ua": "Mozilla/5.0", "uip": "203.0.113.9"}


class TestContract(ProviderContract):
    name, account = "umami", WEBSITE
    ok, answer = 200, STORED


def make(collector, **options):
    """Make a provider that sends to a collector."""
    return analytical.Provider("umami", WEBSITE, url=collector.url, **options)


def answered(status, body, hits=1):
    """Give the outcomes of so many pageviews in one request with this answer."""
    with Collector() as collector:
        collector.answer(status, body if isinstance(body, bytes) else json.dumps(body))
        outcomes = make(collector).batch([("pageview", PAGE)] * hits)
        assert len(collector.requests) == 1
    return [(outcome.state, outcome.reason) for outcome in outcomes]


def found(hit_type, params):
    """List the problems of a hit as (field, code)."""
    problems = analytical.Provider("umami", WEBSITE).validate(hit_type, params)
    return [(problem.field, problem.code) for problem in problems]


@pytest.mark.parametrize(
    "account",
    [None, "", 7, "example.com", "G-ABC1234567", "https://umami.example.org", WEBSITE[1:]],
)
def test_the_account_is_a_uuid(account):
    """What is no website id is refused, and the error says where the id is found."""
    with pytest.raises(ConfigurationError) as caught:
        analytical.Provider("umami", account)
    assert "a UUID such as" in str(caught.value)


def test_a_uuid_in_capitals_is_one():
    """The server's form of the id is sent, however it was typed."""
    assert analytical.Provider("umami", WEBSITE.upper()).data == WEBSITE


def test_the_cloud_is_the_default():
    """Without url= hits go to Umami's cloud."""
    assert analytical.Provider("umami", WEBSITE).endpoint() == "https://cloud.umami.is/api/send"


@pytest.mark.parametrize("ending", ["", "/", "/api/send", "/api/batch"])
def test_a_server_below_a_path(ending):
    """A server's base address, with a path perhaps, and its endpoints lead to the same place."""
    own = analytical.Provider("umami", WEBSITE, url="https://example.org/stats" + ending)
    assert own.endpoint() == "https://example.org/stats/api/send"
    assert own.endpoint("/api/batch") == "https://example.org/stats/api/batch"


def test_stored_is_delivered():
    """An answer with a session is a success."""
    assert answered(200, STORED) == [("delivered", "")]


def test_a_bot_is_rejected():
    """A 200 that says beep boop is no success: the hit was thrown away."""
    assert answered(200, {"beep": "boop"}) == [("rejected", "dropped_by_platform")]


def test_a_disabled_website_is_rejected():
    """A 200 that says disabled is no success."""
    assert answered(200, {"disabled": True}) == [("rejected", "dropped_by_platform")]


@pytest.mark.parametrize(
    "status, outcome",
    [
        (400, ("rejected", "http_400")),
        (403, ("rejected", "http_403")),
        (301, ("rejected", "http_301")),
        (429, ("retry", "http_429")),
        (500, ("retry", "http_500")),
        (503, ("retry", "http_503")),
    ],
)
@pytest.mark.parametrize("hits", [1, 3])
def test_errors(status, outcome, hits):
    """An error is about all hits of the request; only what may pass later is tried again."""
    assert answered(status, {"error": {"message": "x"}}, hits) == [outcome] * hits


def test_items_of_a_batch_fail_alone():
    """A batch's answer is read hit by hit; a failing server is no refusal."""
    refused = {"error": {"message": "x", "status": 400}}
    failed = {"error": {"message": "x", "status": 500}}
    answer = {
        "size": 4,
        "processed": 1,
        "errors": 3,
        "details": [
            {"index": 0, "response": refused},
            {"index": 2, "response": failed},
            {"index": 3, "response": {}},
        ],
    }
    assert answered(200, answer, 4) == [
        ("rejected", "http_400"),
        ("delivered", ""),
        ("retry", "http_500"),
        ("rejected", "invalid"),
    ]


def test_a_batch_that_failed_as_a_whole():
    """As many errors as hits are a rejection of all, though no detail says so."""
    answer = {"size": 2, "processed": 0, "errors": 2, "details": []}
    assert answered(200, answer, 2) == [("rejected", "invalid")] * 2


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"OK",
        b"[]",
        b"7",
        b"null",
        b'{"details": 1}',
        b'{"details": [1]}',
        b'{"details": [{"response": {}}]}',
        b'{"details": [{"index": 9}], "errors": "x"}',
        b'{"details": [{"index": "a"}]}',
        b'{"details": [{"index": [0]}]}',
        b"[" * 100000,
    ],
)
@pytest.mark.parametrize("hits", [1, 2])
def test_an_unknown_body_is_no_fault(body, hits):
    """A 200 with any other body counts by its status."""
    assert answered(200, body, hits) == [("delivered", "")] * hits


def test_a_batch_holds_a_hundred():
    """The hundred and first hit goes into a request of its own."""
    with Collector() as collector:
        outcomes = make(collector).batch([("pageview", PAGE)] * 101)
        assert len(outcomes) == 101
        batch, single = collector.requests
    assert (batch.path, len(json.loads(batch.raw_body.decode("utf-8")))) == ("/api/batch", 100)
    assert single.path == "/api/send"


def test_a_hit_over_the_size_is_rejected_alone():
    """A hit that no request can carry harms no other."""
    with Collector() as collector:
        big = dict(PAGE, properties={"text": "x" * 1000000})
        outcomes = make(collector).batch([("pageview", big), ("pageview", PAGE)])
        assert len(collector.requests) == 1
    assert [outcome.reason for outcome in outcomes] == ["too_large", ""]


def test_a_good_hit_has_no_problem():
    """What Umami takes passes."""
    assert found("pageview", PAGE) == []
    assert found("event", dict(PAGE, ea="signup", properties={"plan": "pro"})) == []


@pytest.mark.parametrize(
    "params, problem",
    [
        ({"dt": "t" * 501}, ("title", "limit")),
        ({"ul": "l" * 36}, ("language", "limit")),
        ({"sr": "123456x12345"}, ("screen_resolution", "limit")),
        ({"name": "n" * 51}, ("name", "limit")),
        ({"name": "@home"}, ("name", "type")),
        ({"ni": "1"}, ("non_interaction", "unsupported")),
    ],
)
def test_problems(params, problem):
    """A limit, a guarded name and a field without a place are problems."""
    assert found("event", dict(dict(PAGE, name="x"), **params)) == [problem]


def test_what_tells_visitors_apart_is_needed():
    """Without address and agent all visitors would be one."""
    assert found("event", {"ea": "x"}) == [("user_agent", "required"), ("user_ip", "required")]
