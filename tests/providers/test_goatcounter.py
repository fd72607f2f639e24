"""goatcounter: what the golden requests do not show."""

from __future__ import absolute_import, division, print_function, unicode_literals

import pytest

import analytical
from analytical.errors import ConfigurationError
from analytical.testing import Collector, ProviderContract

TOKEN = "planted-t0k3n"
PAGE = {"dl": "https://example.com/", "cid": "visitor-1"}


def make(collector):
    """Make a provider that sends to a collector."""
    return analytical.Provider("goatcounter", "shop", token=TOKEN, url=collector.url)


def batch(count, status, body=b"", headers=None):
    """Send a batch of page views and have it answered; give the outcomes."""
    with Collector() as collector:
        collector.answer(status, body, headers=headers)
        return make(collector).batch([("pageview", PAGE)] * count)


def said(outcomes):
    """Say outcomes in a word each."""
    return [outcome.reason or outcome.state for outcome in outcomes]


class TestContract(ProviderContract):
    name, account = "goatcounter", "shop"
    options = {"token": TOKEN}
    secrets = (TOKEN,)
    ok, answer = 202, b'{"status":"ok"}'


@pytest.mark.parametrize(
    "account, endpoint",
    [
        ("shop", "https://shop.goatcounter.com/api/v0/count"),
        ("Shop", "https://shop.goatcounter.com/api/v0/count"),
        ("shop.goatcounter.com", "https://shop.goatcounter.com/api/v0/count"),
        ("stats.example.com:8443", "https://stats.example.com:8443/api/v0/count"),
    ],
)
def test_the_account_is_a_code_or_a_host(account, endpoint):
    """The code of a hosted site and the host of any other lead to their endpoint."""
    assert analytical.Provider("goatcounter", account, token=TOKEN).endpoint() == endpoint


@pytest.mark.parametrize(
    "account", [None, "", 7, "https://shop.goatcounter.com", "my shop", "shop/count", "-"]
)
def test_no_account(account):
    """What is neither code nor host is refused when the provider is made."""
    with pytest.raises(ConfigurationError):
        analytical.Provider("goatcounter", account, token=TOKEN)


def test_the_token_is_needed():
    """Without a token nothing could be sent, and the error names the option."""
    with pytest.raises(ConfigurationError) as caught:
        analytical.Provider("goatcounter", "shop")
    assert "token=" in str(caught.value)


def test_an_address_stands_before_the_account():
    """With url= hits go there: to a server of one's own, under the path that it needs."""
    for url in ("https://stats.example.com", "https://stats.example.com/count"):
        provider = analytical.Provider("goatcounter", "shop", token=TOKEN, url=url)
        assert provider.endpoint() == "https://stats.example.com/api/v0/count"


def test_the_token_goes_in_the_header_alone():
    """The token stands neither in the body nor in the address."""
    with Collector() as collector:
        assert make(collector).pageview(PAGE)
        request = collector.requests[0]
    assert request.headers["Authorization"] == "Bearer " + TOKEN
    assert TOKEN.encode("ascii") not in request.raw_body and TOKEN not in request.target


def test_a_refusal_of_some_hits():
    """A 400 that names hits is about those alone: all others were taken, and must not come again."""
    outcomes = batch(4, 400, b'{"errors":{"1":"path: too long","3":"bad"}}')
    assert said(outcomes) == ["delivered", "invalid", "delivered", "invalid"]
    assert [outcome.state for outcome in outcomes][1] == "rejected"


@pytest.mark.parametrize(
    "body", [b'{"error":"no such field"}', b'{"errors":{}}', b'{"errors":{"x":"y"}}', b"", b"[1]"]
)
def test_a_refusal_of_all_hits(body):
    """A 400 that names no hits is about all of them."""
    assert said(batch(2, 400, body)) == ["http_400", "http_400"]


def test_hits_that_the_site_ignores():
    """A hit from an address that the site ignores is accepted and thrown away: no success."""
    outcomes = batch(4, 202, b'{"status":"ok"}', {"X-Goatcounter-Filter": "0, 2, 9"})
    assert said(outcomes) == [
        "dropped_by_platform",
        "delivered",
        "dropped_by_platform",
        "delivered",
    ]


def test_refused_and_ignored_in_one_answer():
    """Both lists may come at once."""
    headers = {"X-Goatcounter-Filter": "0"}
    outcomes = batch(3, 400, b'{"errors":{"1":"bad"}}', headers)
    assert said(outcomes) == ["dropped_by_platform", "invalid", "delivered"]


@pytest.mark.parametrize(
    "headers, seconds",
    [
        ({"X-Rate-Limit-Reset": "42"}, 42),
        ({"Retry-After": "3", "X-Rate-Limit-Reset": "42"}, 3),
        ({"X-Rate-Limit-Reset": "soon"}, None),
        (None, None),
    ],
)
def test_the_rate_limit_says_how_long(headers, seconds):
    """A 429 is waited for as long as it says, in GoatCounter's own header too."""
    (outcome,) = batch(1, 429, headers=headers)
    assert (outcome.state, outcome.retry_after) == ("retry", seconds)


@pytest.mark.parametrize("status", [401, 403])
def test_a_wrong_token(status):
    """A token that is unknown, or may not record, is final."""
    assert said(batch(2, status)) == ["http_%d" % status] * 2


def test_a_hit_that_would_break_the_batch_is_refused_alone():
    """The server decodes strictly: one key that it does not know loses the whole request."""
    bad = dict(PAGE, extra={"goatcounter": {"colour": "red"}})
    with Collector() as collector:
        outcomes = make(collector).batch([("pageview", PAGE), ("pageview", bad)])
        assert len(collector.requests[0].json["hits"]) == 1
    assert said(outcomes) == ["delivered", "invalid"]
    assert "colour" in outcomes[1].detail


def test_batches_are_cut():
    """A request carries at most five hundred hits, for with more nothing is stored."""
    with Collector() as collector:
        assert all(make(collector).batch([("pageview", PAGE)] * 501))
        assert [len(request.json["hits"]) for request in collector.requests] == [500, 1]


def test_validate():
    """What GoatCounter needs, its limits, and what it has no place for, is said without sending."""
    provider = analytical.Provider("goatcounter", "shop", token=TOKEN)
    assert [p.field for p in provider.validate("pageview")] == ["url"]
    assert [p.field for p in provider.validate("event", ec="docs")] == ["name"]
    problems = provider.validate("pageview", PAGE, dt="x" * 1025, value=1, properties={"a": "b"})
    assert [(p.field, p.code) for p in problems] == [
        ("title", "limit"),
        ("properties", "unsupported"),
        ("value", "unsupported"),
    ]


def test_a_place_that_is_no_country_is_counted():
    """Google's numbers of places mean nothing to GoatCounter."""
    with Collector() as collector:
        provider = make(collector)
        provider.pageview(PAGE, geo_id="1014221")
        assert "location" not in collector.requests[0].json["hits"][0]
        assert provider.stats()["unsupported"] == {"geo_id": 1}
