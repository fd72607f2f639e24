"""plausible: what the golden requests do not show."""

from __future__ import absolute_import, division, print_function, unicode_literals

import time

import pytest

import analytical
from analytical.errors import ConfigurationError
from analytical.testing import Collector, ProviderContract

PAGE = {"dl": "https://example.com/", "ua": "Mozilla/5.0", "uip": "203.0.113.9"}


class TestContract(ProviderContract):
    name, account = "plausible", "example.com"
    ok, answer = 202, b"ok"


def found(hit_type, params):
    """List the problems of a hit as (field, code)."""
    problems = analytical.Provider("plausible", "example.com").validate(hit_type, params)
    return [(problem.field, problem.code) for problem in problems]


def answered(account="example.com", *answer, **options):
    """Give the outcome of a pageview that a server answers like this."""
    with Collector() as collector:
        collector.answer(*answer, **options)
        return analytical.Provider("plausible", account, url=collector.url).pageview(PAGE)


@pytest.mark.parametrize("account", [None, "", 7, "https://example.com", "a.example,", "two sites"])
def test_the_account_is_a_site(account):
    """What is no site's name is refused, and the error says what is one."""
    with pytest.raises(ConfigurationError) as caught:
        analytical.Provider("plausible", account)
    assert "such as example.com" in str(caught.value)


def test_an_address_is_told_the_way_out():
    """An address given as the site learns where an address goes, and is not repeated."""
    with pytest.raises(ConfigurationError) as caught:
        analytical.Provider("plausible", "https://stats.example.org")
    assert "url=" in str(caught.value)
    assert "stats.example.org" not in str(caught.value)


def test_only_known_headers_carry_the_address():
    """A header that Plausible does not read would make all visitors one."""
    with pytest.raises(ConfigurationError) as caught:
        analytical.Provider("plausible", "example.com", ip_header="X-Real-IP")
    assert "X-Plausible-IP" in str(caught.value)


def test_accepted_is_delivered():
    """A 202 without the header of dropped events is a success."""
    assert answered("example.com", 202, b"ok").state == "delivered"


def test_thrown_away_is_rejected():
    """A 202 with x-plausible-dropped is no success."""
    outcome = answered("example.com", 202, b"ok", headers={"X-Plausible-Dropped": "1"})
    assert (outcome.state, outcome.reason) == ("rejected", "dropped_by_platform")


def test_one_of_two_sites_is_a_delivery():
    """A hit that one of two sites took is delivered, and its detail says so."""
    sites, header = "example.com,example.org", str("X-Plausible-Dropped")
    outcome = answered(sites, 202, b"ok", headers={header: "1"})
    assert (outcome.state, outcome.detail) == ("delivered", "1 of 2 sites threw it away")
    assert answered(sites, 202, b"ok", headers={header: "2"}).state == "rejected"


@pytest.mark.parametrize("body", [b"", b"no json", b"[1]", b"7", b'{"errors": 1}', b"[" * 100000])
def test_an_unknown_error_body_is_no_fault(body):
    """A 400 with any body is a rejection."""
    outcome = answered("example.com", 400, body)
    assert (outcome.state, outcome.reason) == ("rejected", "http_400")


def test_a_refusal_names_its_fields():
    """The fields that a 400 is about are named, and the server's texts are not repeated."""
    outcome = answered("example.com", 400, b'{"errors": {"url": ["is https://secret.example"]}}')
    assert outcome.detail == "url"


def test_limited_is_for_later():
    """A 429 is tried again when the server says."""
    outcome = answered("example.com", 429, b"", headers={"Retry-After": "7"})
    assert (outcome.state, outcome.retry_after) == ("retry", 7.0)


def test_old_hits_are_not_given_a_false_time():
    """A hit that Plausible would date wrongly is dropped with a reason."""
    with Collector() as collector:
        provider = analytical.Provider("plausible", "example.com", url=collector.url)
        outcome = provider.pageview(PAGE, timestamp=time.time() - 3600)
        assert (outcome.state, outcome.reason) == ("dropped", "too_old")
        assert collector.requests == []


def test_a_line_break_in_the_agent_starts_no_header():
    """An agent that would break the header is refused, and nothing is sent."""
    with Collector() as collector:
        provider = analytical.Provider("plausible", "example.com", url=collector.url)
        assert provider.pageview({"dl": "https://example.com/"})
        bad = dict(PAGE, ua="Mozilla\r\nX-Forwarded-For: 192.0.2.1")
        assert provider.pageview(bad).reason == "invalid"
        assert len(collector.requests) == 1


def test_a_good_hit_has_no_problem():
    """What Plausible takes passes."""
    assert found("pageview", PAGE) == []
    assert found("event", dict(PAGE, ea="Signup", properties={"plan": "pro"})) == []


@pytest.mark.parametrize("name", ["url", "user_agent", "user_ip"])
def test_what_a_pageview_needs(name):
    """Without page, agent or address there is a problem that names the field."""
    parameter = {"url": "dl", "user_agent": "ua", "user_ip": "uip"}[name]
    given = {key: value for key, value in PAGE.items() if key != parameter}
    assert found("pageview", given) == [(name, "required")]


def test_the_whole_address_counts_in_bytes():
    """Bytes count, not characters, and those of the campaign too."""
    url = "https://example.com/" + "\u00e9" * 990
    assert found("pageview", dict(PAGE, dl=url)) == []
    assert found("pageview", dict(PAGE, dl=url + "a")) == [("url", "limit")]
    assert found("pageview", dict(PAGE, dl=url, cs="mail")) == [("url", "limit")]


def test_names_of_events():
    """A long name and one that means something to Plausible are problems."""
    assert found("event", dict(PAGE, ea="n" * 121)) == [("name", "limit")]
    assert found("event", dict(PAGE, ea="engagement")) == [("name", "reserved")]


def test_props_over_their_limits():
    """Props that would be cut, left out or thrown away are problems."""
    for properties in ({"a": "b" * 2001}, {"k" * 301: "b"}, {"k%d" % n: 1 for n in range(31)}):
        assert found("event", dict(PAGE, ea="x", properties=properties)) == [
            ("properties", "limit")
        ]


def test_ids_have_no_place():
    """Ids of visitors are unsupported, for Plausible's rules forbid them."""
    assert found("pageview", dict(PAGE, cid="1", uid="2")) == [
        ("client_id", "unsupported"),
        ("user_id", "unsupported"),
    ]
