"""pirsch: what the golden requests do not show."""

from __future__ import absolute_import, division, print_function, unicode_literals

import pytest

import analytical
from analytical.errors import ConfigurationError
from analytical.testing import Collector, ProviderContract

KEY = "pa_planted-1a2b3c"
PAGE = {"dl": "https://example.com/", "ua": "Mozilla/5.0", "uip": "203.0.113.9"}


def make(collector, **options):
    """Make a provider that sends to a collector."""
    options = dict({"access_key": KEY}, url=collector.url, **options)
    return analytical.Provider("pirsch", "example.com", **options)


class TestContract(ProviderContract):
    name, account = "pirsch", "example.com"
    options = {"access_key": KEY}
    secrets = (KEY,)
    ok, answer = 200, b""


@pytest.mark.parametrize("account", [None, "", 7, "https://example.com", "example.com/shop", KEY])
def test_the_account_is_a_domain(account):
    """What is no domain is refused; a key in its place is not repeated."""
    with pytest.raises(ConfigurationError) as caught:
        analytical.Provider("pirsch", account, access_key=KEY)
    assert KEY not in str(caught.value)


def test_the_access_key_is_needed():
    """Without a key nothing could be sent, and the error names the option."""
    with pytest.raises(ConfigurationError) as caught:
        analytical.Provider("pirsch", "example.com")
    assert "access_key=" in str(caught.value)


def test_the_key_goes_in_the_header_alone():
    """The access key is a bearer token, and stands neither in the body nor in the address."""
    with Collector() as collector:
        assert make(collector).pageview(PAGE)
        request = collector.requests[0]
    assert request.headers["Authorization"] == "Bearer " + KEY
    assert KEY.encode("ascii") not in request.raw_body and KEY not in request.target


@pytest.mark.parametrize("path", ["", "/", "/api/v1/hit", "/api/v1/event/batch"])
def test_the_address_may_be_whole(path):
    """A base address and that of any endpoint lead to the endpoints that are needed."""
    with Collector() as collector:
        provider = analytical.Provider(
            "pirsch", "example.com", access_key=KEY, url=collector.url + path
        )
        assert provider.pageview(PAGE) and provider.event(PAGE, ea="click")
        paths = [request.path for request in collector.requests]
    assert paths == ["/api/v1/hit/batch", "/api/v1/event/batch"]


def test_a_hit_that_would_break_the_batch_is_refused_alone():
    """Without address or agent a hit is not sent, and the outcome says what it needs."""
    with Collector() as collector:
        outcomes = make(collector).batch(
            [("pageview", PAGE), ("pageview", dict(PAGE, uip=None)), ("event", {"ea": "click"})]
        )
        assert len(collector.requests) == 1
        assert len(collector.requests[0].json) == 1
    assert [bool(outcome) for outcome in outcomes] == [True, False, False]
    assert "user_ip" in outcomes[1].detail
    assert "user_ip and user_agent" in outcomes[2].detail


def test_a_refusal_names_fields_and_no_values():
    """The answer's messages may repeat a visitor's data, so only the fields' names are kept."""
    body = b'{"validation":{"url":"bad https://example.com/secret"},"error":[],"context":{}}'
    with Collector() as collector:
        collector.answer(400, body)
        outcome = make(collector).pageview(PAGE)
    assert (outcome.state, outcome.reason, outcome.detail) == ("rejected", "http_400", "url")


@pytest.mark.parametrize("body", [b"", b"no", b"[]", b'{"validation":null}', b'{"error":["x"]}'])
def test_a_refusal_that_says_nothing(body):
    """A body that cannot be read leaves the status."""
    with Collector() as collector:
        collector.answer(400, body)
        outcome = make(collector).pageview(PAGE)
    assert (outcome.reason, outcome.detail) == ("http_400", "")


def test_busy_and_unknown_key():
    """A limit is waited for as long as it says; a wrong key is final."""
    with Collector() as collector:
        provider = make(collector)
        collector.answer(429, headers={"Retry-After": "7"}, times=1)
        busy = provider.pageview(PAGE)
        collector.answer(401, times=1)
        unknown = provider.pageview(PAGE)
    assert (busy.state, busy.retry_after) == ("retry", 7)
    assert (unknown.state, unknown.reason) == ("rejected", "http_401")


def test_batches_are_cut():
    """A request carries at most a hundred hits."""
    with Collector() as collector:
        assert all(make(collector).batch([("pageview", PAGE)] * 101))
        assert [len(request.json) for request in collector.requests] == [100, 1]


def test_validate():
    """What Pirsch needs, and what it has no place for, is said without sending."""
    provider = analytical.Provider("pirsch", "example.com", access_key=KEY)
    assert [p.field for p in provider.validate("pageview")] == ["url", "user_agent", "user_ip"]
    problems = provider.validate("event", PAGE, ea="add", items=[{"id": "MUG-1"}], client_id="x")
    assert [(p.field, p.code) for p in problems] == [
        ("client_id", "unsupported"),
        ("items", "unsupported"),
    ]
