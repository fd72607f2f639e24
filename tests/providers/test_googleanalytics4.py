"""googleanalytics4: what the golden requests do not show."""

from __future__ import absolute_import, division, print_function, unicode_literals

import json
import time

import pytest

import analytical
from analytical.errors import ConfigurationError, InvalidHit, UnsupportedField
from analytical.testing import Collector, ProviderContract

SECRET = "planted-Zx9/8~7+6=5"
PAGE = {"dl": "https://example.com/", "cid": "1234567890.1700000000"}
APP = "1:1234567890:android:abcdef"


def make(account="G-ABC1234567", **options):
    """Make a provider with a secret."""
    return analytical.Provider("ga4", account, api_secret=SECRET, **options)


def codes(problems):
    """Give field and code of each problem, sorted."""
    return sorted((problem.field, problem.code) for problem in problems)


class TestContract(ProviderContract):
    name, account = "googleanalytics4", "G-ABC1234567"
    options = {"api_secret": SECRET}
    secrets = (SECRET, "planted-Zx9", "9/8~7", "9%2F8")
    ok, answer = 204, b""


class TestApp(TestContract):
    account = None
    options = {"api_secret": SECRET, "firebase_app_id": APP}


@pytest.mark.parametrize(
    "account, way_out",
    [
        ("UA-1234-5", "Universal Analytics"),
        ("GTM-ABC12", "Tag Manager"),
        ("AW-12345", "Google Ads"),
        ("123456789", "property or stream"),
        (APP, "firebase_app_id="),
        ("G-ABC 123", "measurement id"),
        ("", "measurement id"),
        (None, "measurement id"),
        (7, "measurement id"),
    ],
)
def test_the_account_is_a_measurement_id(account, way_out):
    """Any other id is refused, and the error says what it is and what to give."""
    with pytest.raises(ConfigurationError) as caught:
        make(account)
    assert way_out in str(caught.value)


@pytest.mark.parametrize(
    "options, way_out",
    [
        ({"firebase_app_id": "abc"}, "1:1234567890:android:abcdef"),
        ({"firebase_app_id": APP, "account": "G-ABC1234567"}, "web or of an app"),
        ({"currency": "euro"}, "ISO 4217"),
        ({"region": "mars"}, "'eu'"),
    ],
)
def test_options_are_checked(options, way_out):
    """An option that cannot work is refused when the provider is made."""
    account = options.pop("account", None if "firebase_app_id" in options else "G-ABC1234567")
    with pytest.raises(ConfigurationError) as caught:
        make(account, **options)
    assert way_out in str(caught.value)


def test_the_secret_is_needed():
    """Google would throw every hit away without a word, so a missing secret is an error at once."""
    with pytest.raises(ConfigurationError) as caught:
        analytical.Provider("googleanalytics4", "G-ABC1234567")
    assert "api_secret=" in str(caught.value)


def test_small_letters_do_as_well():
    """The measurement id is taken in any case, and sent as Google writes it."""
    assert make("g-abc1234567").data == "G-ABC1234567"


def test_a_204_is_delivered_and_says_that_nothing_is_known():
    """Google answers the same to all hits: the outcome says where more can be learned."""
    with Collector() as collector:
        collector.answer(204)
        outcome = make(url=collector.url).pageview(PAGE)
    assert (outcome.state, outcome.status) == ("delivered", 204)
    assert "validate(online=True)" in outcome.detail


@pytest.mark.parametrize(
    "status, said",
    [(429, ("retry", "http_429")), (500, ("retry", "http_500")), (404, ("rejected", "http_404"))],
)
def test_other_answers_are_failures(status, said):
    """429 and 5xx are tried again, other answers are final."""
    with Collector() as collector:
        collector.answer(status)
        outcome = make(url=collector.url).pageview(PAGE)
    assert (outcome.state, outcome.reason) == said


def test_a_request_takes_25_events():
    """Events are counted, not hits: a purchase that rides on a pageview is two."""
    purchase = dict(PAGE, pa="purchase", ti="A-1", tr=1, cu="EUR")
    with Collector() as collector:
        collector.answer(204)
        outcomes = make(url=collector.url).batch(
            [("pageview", PAGE)] * 24 + [("pageview", purchase)] * 2
        )
        assert all(outcomes) and len(outcomes) == 26
        assert [len(each.json["events"]) for each in collector.requests] == [24, 4]


def test_a_request_takes_130_kilobytes():
    """A batch is split before its body is too long, by exact bytes."""
    page = dict(PAGE, ua="x" * 10000, dt="x" * 29700)
    with Collector() as collector:
        collector.answer(204)
        make(url=collector.url).batch([("pageview", page)] * 8)
        assert [len(each.json["events"]) for each in collector.requests] == [4, 4]
        assert all(129000 < len(each.body) <= 130000 for each in collector.requests)


def test_a_hit_that_is_too_large_is_rejected_alone():
    """Its size is named, and the hits around it arrive."""
    with Collector() as collector:
        collector.answer(204)
        outcomes = make(url=collector.url).batch(
            [("pageview", PAGE), ("pageview", dict(PAGE, dt="x" * 130000)), ("pageview", PAGE)]
        )
        assert [outcome.reason for outcome in outcomes] == ["", "too_large", ""]
        assert "130000" in outcomes[1].detail
        assert [len(each.json["events"]) for each in collector.requests] == [2]


def test_the_day_stands_for_a_session_of_our_own_ids_only():
    """An id from Google's tag gets no session of ours, for the tag keeps its own."""
    own = make().payload(analytical.params.read("pageview", dict(PAGE, cid="a" * 64)))
    tag = make().payload(analytical.params.read("pageview", PAGE))
    assert int(own["events"][0]["params"]["session_id"]) % 86400 == 0
    assert "session_id" not in tag["events"][0]["params"]


def test_a_hit_without_ids_is_a_new_visitor():
    """Two such hits are never taken for one visitor, and a queued one keeps its id."""
    provider = make()
    hits = [analytical.params.read("pageview", {"dl": "https://example.com/"}) for _ in range(2)]
    ids = [provider.payload(hit)["client_id"] for hit in hits + hits]
    assert ids[:2] == ids[2:] and ids[0] != ids[1]


class TestValidate(object):
    def test_a_good_hit_has_no_problems(self):
        """What the golden requests hold is not complained about."""
        purchase = {"ti": "A-1", "tr": "9", "cu": "EUR", "pa": "purchase", "pr1id": "X"}
        assert make().validate("pageview", PAGE) == []
        assert make().validate("event", PAGE, ec="cart", ea="add", ev=1) == []
        assert make().validate("pageview", PAGE, **purchase) == []

    @pytest.mark.parametrize(
        "hit_type, params, found",
        [
            ("pageview", {}, [("url", "required")]),
            ("event", {"ec": "x"}, [("name", "required")]),
            ("event", {"name": "a b"}, [("name", "name")]),
            ("event", {"name": "a" * 41}, [("name", "name")]),
            ("event", {"name": "session_start"}, [("name", "name")]),
            ("event", {"ec": "a", "ea": "error"}, [("action", "reserved")]),
            ("event", {"name": "a", "properties": {"ga_x": 1}}, [("ga_x", "name")]),
            ("event", {"name": "a", "properties": {"x": "y" * 101}}, [("properties", "limit")]),
            ("event", {"name": "search"}, [("properties", "required")]),
            ("event", {"name": "a", "geo_id": "1023191"}, [("geo_id", "unsupported")]),
            ("event", {"name": "a", "sc": "end"}, [("session_control", "unsupported")]),
            ("event", {"name": "a", "consent": {"analytics": False}}, [("consent", "refused")]),
            ("event", {"name": "a", "tr": 1}, [("currency", "required")]),
            ("event", {"name": "a", "tr": 1, "cu": "EURO"}, [("currency", "type")]),
            ("event", {"ec": "a", "ea": "b", "pa": "look"}, [("product_action", "type")]),
            (
                "event",
                {"name": "purchase"},
                [("items", "required"), ("revenue", "required"), ("transaction_id", "required")],
            ),
            (
                "event",
                {"name": "a", "items": [{"brand": "x"}], "cu": "EUR"},
                [("items", "required")],
            ),
            (
                "event",
                {"name": "a", "items": [dict({"p%d" % n: n for n in range(11)}, id="x")]},
                [("items", "limit")],
            ),
            (
                "event",
                {"name": "a", "properties": {"p%d" % n: n for n in range(30)}},
                [("properties", "limit")],
            ),
            ("pageview", dict(PAGE, dt="x" * 301), [("title", "limit")]),
            ("pageview", dict(PAGE, uid="x" * 257), [("user_id", "limit")]),
            ("pageview", dict(PAGE, timestamp=time.time() - 260000), [("timestamp", "too_old")]),
        ],
    )
    def test_problems_are_found(self, hit_type, params, found):
        """Each rule of Google's reference is checked, and only what breaks it is reported."""
        assert codes(make().validate(hit_type, params)) == found

    def test_user_properties_are_checked(self):
        """Those passed raw have limits of their own."""
        given = {
            "a": "x",
            "b": {"value": "x" * 37},
            "ga_c": {"value": 1},
            "d" * 25: {"value": 1},
            "e": {"value": "x"},
        }
        found = make().validate(
            "pageview", PAGE, extra={"googleanalytics4": {"user_properties": given}}
        )
        assert codes(found) == [
            ("a", "type"),
            ("b", "limit"),
            ("d" * 25, "limit"),
            ("ga_c", "reserved"),
        ]

    def test_an_app_needs_the_id_of_its_installation(self):
        """Google knows only ids that its own SDK has used, so others are told of."""
        provider = make(None, firebase_app_id=APP)
        assert codes(provider.validate("event", name="a", client_id="x")) == [("client_id", "type")]
        assert provider.validate("event", name="a", client_id="0" * 32) == []

    def test_the_size_of_a_hit_is_checked(self):
        """A hit that no request can carry is found before it is sent."""
        many = [{"id": "x" * 50, "name": "y" * 50} for _ in range(1200)]
        assert codes(make().validate("event", name="a", items=many)) == [("hit", "limit")]

    def test_strict_raises(self):
        """With strict=True a problem is an error, and nothing is sent."""
        provider = make(strict=True, url="http://127.0.0.1:9")
        with pytest.raises(InvalidHit):
            provider.event(name="session_start")
        with pytest.raises(UnsupportedField):
            provider.pageview(PAGE, unknown=1)
        assert "geo_id" not in provider.stats()["unsupported"]

    def test_what_has_no_place_is_counted(self):
        """A place by number and the end of a session are left out, and seen in stats()."""
        with Collector() as collector:
            collector.answer(204)
            provider = make(url=collector.url)
            provider.pageview(PAGE, geo_id="1023191", sc="end")
            assert provider.stats()["unsupported"] == {"geo_id": 1, "session_control": 1}
            assert "user_location" not in collector.requests[0].json

    def test_no_problem_shows_a_value(self):
        """Problems go to logs, so none holds what was passed."""
        value = "planted value"
        params = {"name": value, "cu": value, "tr": 1, "geo_id": value, "pa": value, "sc": value}
        found = make().validate("event", params, properties={"a": value * 20})
        assert len(found) >= 5
        assert not [problem for problem in found if value in "%s %s" % (problem.code, problem.text)]


class TestOnline(object):
    def ask(self, status, body, **options):
        """Validate a hit online, and give the problems and the request."""
        with Collector() as collector:
            collector.answer(status, body)
            found = make(url=collector.url, **options).validate("pageview", PAGE, online=True)
            return found, collector.requests

    def test_the_validation_server_is_asked(self):
        """The hit goes to /debug/mp/collect, with the strictest rules, and is not recorded."""
        found, (request,) = self.ask(200, b'{"validationMessages":[]}')
        assert found == []
        assert request.path == "/debug/mp/collect"
        assert request.query == {"measurement_id": "G-ABC1234567", "api_secret": SECRET}
        assert request.json["validation_behavior"] == "ENFORCE_RECOMMENDATIONS"
        assert request.json["events"][0]["name"] == "page_view"

    def test_its_messages_are_problems(self):
        """Each message names the field, a code and what Google says."""
        message = {
            "fieldPath": "events",
            "description": "Event at index: [0] has invalid name.",
            "validationCode": "NAME_INVALID",
        }
        found, _ = self.ask(200, json.dumps({"validationMessages": [message]}))
        assert codes(found) == [("events", "NAME_INVALID")]
        assert found[0].text == message["description"]

    @pytest.mark.parametrize(
        "status, body",
        [
            (204, b""),
            (200, b"<html>"),
            (200, b"{}"),
            (200, b'{"validationMessages":[1]}'),
            (500, b"[]"),
        ],
    )
    def test_no_answer_is_the_problem(self, status, body):
        """What is no validation result is not taken for a good one."""
        found, _ = self.ask(status, body)
        assert codes(found) == [("online", "unanswered")]

    def test_a_server_that_is_gone_is_the_problem(self):
        """Without an answer nothing raises."""
        with Collector() as collector:
            provider = make(url=collector.url)
        assert codes(provider.validate("pageview", PAGE, online=True)) == [("online", "unanswered")]

    def test_the_live_server_never_gets_the_behaviour(self):
        """There Google would throw away more, even where extra asks for it."""
        raw = {"validation_behavior": "ENFORCE_RECOMMENDATIONS", "validationBehavior": "x"}
        with Collector() as collector:
            collector.answer(204)
            make(url=collector.url).pageview(PAGE, extra={"googleanalytics4": raw})
            assert sorted(collector.requests[0].json) == ["client_id", "events"]


def test_url_may_be_base_or_whole():
    """url= takes a server, or the endpoint with a query of its own; sibling paths are derived."""
    with Collector() as collector:
        collector.answer(204)
        for url in (collector.url, collector.url + "/mp/collect?x=1", collector.url + "/gtm/"):
            make(url=url).pageview(PAGE)
        first, second, third = collector.requests
    assert (first.path, second.path, third.path) == (
        "/mp/collect",
        "/mp/collect",
        "/gtm/mp/collect",
    )
    assert second.query == {"x": "1", "measurement_id": "G-ABC1234567", "api_secret": SECRET}
