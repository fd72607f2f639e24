"""matomo: what the golden requests do not show."""

from __future__ import absolute_import, division, print_function, unicode_literals

import time

import pytest

import analytical
from analytical.errors import ConfigurationError, InvalidHit
from analytical.testing import Collector, ProviderContract

PAGE = {"dl": "https://example.com/", "cid": "visitor-1", "uip": "203.0.113.9"}
ORDER = {"ti": "A-1", "tr": "21.40", "cid": "visitor-1"}
TOKEN = "planted-33dc3f2536d3025974cccb4b"


def make(collector, **options):
    """Make a provider that sends to a collector."""
    return analytical.Provider("matomo", 7, url=collector.url, **options)


def batch(answer, hits, status=200, **options):
    """Send a batch and have it answered; give the outcomes."""
    with Collector() as collector:
        collector.answer(status, answer)
        return make(collector, **options).batch(hits)


def said(outcomes):
    """Say outcomes in a word each."""
    return [outcome.reason or outcome.state for outcome in outcomes]


class TestContract(ProviderContract):
    name, account = "matomo", 7
    options = {"token_auth": TOKEN}
    secrets = (TOKEN,)
    ok, answer = 204, b""


class TestWithoutToken(ProviderContract):
    name, account = "matomo", "7"
    ok, answer = 200, b"GIF89a"


@pytest.mark.parametrize("account", ["UA-1234-1", "G-ABC1234567", "0", -1, None, "", True, 1.5])
def test_the_account_is_the_number_of_a_site(account):
    """What is no number above 0 is refused, and the error says where the number is found."""
    with pytest.raises(ConfigurationError) as caught:
        analytical.Provider("matomo", account, url="https://stats.example.com")
    assert "idsite" in str(caught.value)


def test_the_address_of_the_server_is_needed():
    """Matomo has no address of its own, so url= must be given."""
    with pytest.raises(ConfigurationError) as caught:
        analytical.Provider("matomo", 1)
    assert "url=" in str(caught.value)


@pytest.mark.parametrize(
    "url, endpoint",
    [
        ("https://stats.example.com", "https://stats.example.com/matomo.php"),
        ("https://stats.example.com/m/", "https://stats.example.com/m/matomo.php"),
        ("https://stats.example.com/matomo.php", "https://stats.example.com/matomo.php"),
        ("https://stats.example.com/piwik.php", "https://stats.example.com/piwik.php"),
        ("https://stats.example.com/js/", "https://stats.example.com/js/"),
    ],
)
def test_the_script_is_added_where_it_is_missing(url, endpoint):
    """A bare address and one that ends in a script both work."""
    assert analytical.Provider("matomo", 1, url=url).endpoint() == endpoint


def test_an_address_with_a_query_is_refused():
    """Matomo takes a bulk only at an address without a query."""
    with pytest.raises(ConfigurationError):
        analytical.Provider("matomo", 1, url="https://stats.example.com/matomo.php?x=1")


@pytest.mark.parametrize("given", [{"plan": 0}, {"plan": "first"}, {1: None}, "plan=1", [1]])
def test_dimensions_are_numbers(given):
    """What dimensions= cannot mean is refused when the provider is made."""
    with pytest.raises(ConfigurationError):
        analytical.Provider("matomo", 1, url="https://stats.example.com", dimensions=given)


def test_dimensions_as_json():
    """A provider's address can hold dimensions= as JSON."""
    provider = analytical.from_url(
        "matomo://1?url=https%3A%2F%2Fstats.example.com&dimensions=%7B%22plan%22%3A4%7D"
    )
    assert (provider.data, provider.dimension("plan"), provider.dimension(1)) == (1, 4, None)


@pytest.mark.parametrize("hits", [1, 2])
def test_the_token_stands_in_one_place(hits):
    """The token goes in the body, once, and neither in the address nor in a header."""
    with Collector() as collector:
        make(collector, token_auth=TOKEN).batch([("pageview", PAGE)] * hits)
        request = collector.requests[0]
    assert request.raw_body.count(TOKEN.encode("ascii")) == 1
    assert TOKEN not in request.target
    assert not any(TOKEN in request.headers[name] for name in request.headers)


def test_a_bulk_where_nothing_was_taken():
    """A bulk is answered 200 and "success" even if all its hits are invalid."""
    answer = b'{"status":"success","tracked":0,"invalid":2}'
    assert said(batch(answer, [("pageview", PAGE)] * 2)) == ["invalid", "invalid"]


def test_a_bulk_says_which_hits_are_invalid():
    """With the token of a superuser each hit has its own outcome."""
    answer = b'{"status":"success","tracked":2,"invalid":1,"invalid_indices":[1]}'
    outcomes = batch(answer, [("pageview", PAGE)] * 3)
    assert said(outcomes) == ["delivered", "invalid", "delivered"]


def test_a_line_of_a_pair_is_counted_for_its_hit():
    """The numbers of a bulk count lines, of which a hit with a cart has two."""
    cart = dict(PAGE, pa="add", pr1id="MUG-1")
    answer = b'{"status":"success","tracked":3,"invalid":1,"invalid_indices":[2]}'
    outcomes = batch(answer, [("pageview", PAGE), ("pageview", cart), ("pageview", PAGE)])
    assert said(outcomes) == ["delivered", "invalid", "delivered"]


def test_a_bulk_that_does_not_say_which():
    """As many hits as were invalid are rejected, those that need a valid token first."""
    hits = [("pageview", dict(PAGE, uip=None)), ("pageview", PAGE), ("pageview", PAGE)]
    answer = b'{"status":"success","tracked":1,"invalid":2}'
    outcomes = batch(answer, hits, token_auth=TOKEN)
    assert said(outcomes) == ["delivered", "invalid", "invalid"]
    assert "2 of 3" in outcomes[1].detail


@pytest.mark.parametrize("answer", [b"", b"GIF89a", b"[]", b'{"invalid":"many"}', b"\xff"])
def test_an_answer_that_says_nothing(answer):
    """Where the body cannot be read, the status decides."""
    assert said(batch(answer, [("pageview", PAGE)] * 2)) == ["delivered", "delivered"]


def test_an_error_of_the_server_is_tried_later():
    """A bulk that met an error of the database is rolled back, so all of it may come again."""
    answer = b'{"status":"error","tracked":1,"invalid":0}'
    assert said(batch(answer, [("pageview", PAGE)] * 2, 500)) == ["http_500", "http_500"]


def test_an_order_that_is_there_already():
    """A 400 to an order is no alarm: on a retry it means that the first attempt arrived."""
    (outcome,) = batch(b"", [("transaction", ORDER)], 400)
    assert (outcome.state, outcome.reason, outcome.status) == ("rejected", "repeated_order", 400)
    assert "attempt before" in outcome.detail


def test_a_page_view_with_an_order_that_is_there_already():
    """Of a pair one line may be invalid: the page view was taken, its order is a repetition."""
    hits = [("pageview", dict(PAGE, pa="purchase", ti="A-1"))]
    assert said(batch(b'{"tracked":1,"invalid":1}', hits)) == ["repeated_order"]
    assert said(batch(b'{"tracked":0,"invalid":2}', hits)) == ["invalid"]
    assert said(batch(b'{"tracked":2,"invalid":0}', hits)) == ["delivered"]


def test_a_refused_page_view_is_no_repeated_order():
    """A 400 to anything else is what its status says."""
    assert said(batch(b"", [("pageview", PAGE)], 400)) == ["http_400"]


def test_old_hits_need_a_token():
    """What is older than a day goes only with a token, for without one Matomo refuses it."""
    old = dict(PAGE, timestamp=time.time() - 90000)
    with Collector() as collector:
        assert make(collector).pageview(old).reason == "too_old"
        assert make(collector, token_auth=TOKEN).pageview(old)
        assert len(collector.requests) == 1


def test_a_hit_over_the_limit_harms_no_other():
    """A hit that no PHP would read is rejected alone, by its size."""
    hits = [("pageview", PAGE), ("pageview", dict(PAGE, dt="x" * 8000001)), ("pageview", PAGE)]
    outcomes = batch(b'{"tracked":2,"invalid":0}', hits)
    assert said(outcomes) == ["delivered", "too_large", "delivered"]


def test_validate_says_what_a_token_is_for():
    """The address and the place of a visitor have no place without a token."""
    provider = analytical.Provider("matomo", 1, url="https://stats.example.com")
    problems = provider.validate("pageview", PAGE, geo_id="DE", cd1="x", properties={"plan": "a"})
    assert [(p.field, p.code) for p in problems] == [
        ("user_ip", "unsupported"),
        ("geo_id", "unsupported"),
        ("properties", "unsupported"),
    ]
    with_token = analytical.Provider(
        "matomo", 1, url="https://stats.example.com", token_auth=TOKEN, dimensions={"plan": 1}
    )
    problems = with_token.validate("pageview", PAGE, geo_id="DE", cd1="x", properties={"plan": "a"})
    assert [(p.field, p.code) for p in problems] == [("custom_dimensions", "unsupported")]


def test_validate_limits_and_needs():
    """What Matomo would cut, and what it needs, is said with limit and length."""
    provider = analytical.Provider("matomo", 1, url="https://stats.example.com", strict=True)
    problems = provider.validate("pageview", dl="https://example.com/" + "a" * 1024)
    assert [(p.field, p.code) for p in problems] == [("url", "limit")]
    assert "1044" in str(problems[0]) and "1024" in str(problems[0])
    assert [p.field for p in provider.validate("event", ec="docs")] == ["action"]
    with pytest.raises(InvalidHit):
        provider.event(ec="docs")


def test_fields_without_a_place_are_counted():
    """What Matomo has no parameter for is left out and counted."""
    with Collector() as collector:
        provider = make(collector)
        provider.pageview(PAGE, viewport_size="1200x800", geo_id="2276", properties={"plan": "a"})
        counted = provider.stats()["unsupported"]
    assert counted == {"viewport_size": 1, "user_ip": 1, "geo_id": 1, "properties": 1}
