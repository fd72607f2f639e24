"""googledatamanager: what the golden requests do not show."""

from __future__ import absolute_import, division, print_function, unicode_literals

import json
import sys
import time

import pytest

import analytical
from analytical.errors import ConfigurationError, MissingDependency
from analytical.params import read
from analytical.providers.http import by_status
from analytical.testing import Collector, ProviderContract

TOKEN = "planted-ya29.token"
PAGE = {"dl": "https://example.com/", "cid": "1234567890.1700000000"}
GOOD = b'{"requestId":"r-1"}'


def make(account="G-ABC1234567", **options):
    """Make a provider with a token of its own."""
    options.setdefault("property_id", "123456789")
    if "credentials" not in options and "credentials_file" not in options:
        options.setdefault("token", TOKEN)
    return analytical.Provider("googledatamanager", account, **options)


def codes(problems):
    """Give field and code of each problem, sorted."""
    return sorted((problem.field, problem.code) for problem in problems)


def said(outcomes):
    """Say outcomes in two words each."""
    return [(outcome.state, outcome.reason) for outcome in outcomes]


def refusal(*fields, **more):
    """Make the body of an error that names fields, each with a reason."""
    details = [{"@type": "type.googleapis.com/google.rpc.RequestInfo", "requestId": "r-2"}]
    if "reason" in more:
        details.insert(0, {"reason": more["reason"], "metadata": more.get("metadata", {})})
    violations = [{"field": name, "reason": why, "description": "no"} for name, why in fields]
    details.append({"fieldViolations": violations})
    error = {"code": 400, "status": more.get("status", "INVALID_ARGUMENT"), "details": details}
    return json.dumps({"error": error})


def batch(answers, hits, **options):
    """Send a batch that gets these answers; give the outcomes and the numbers of events sent."""
    with Collector() as collector:
        for status, body in answers:
            collector.answer(status, body, times=1)
        outcomes = make(url=collector.url, **options).batch(hits)
        return outcomes, [len(each.json["events"]) for each in collector.requests]


class TestContract(ProviderContract):
    name, account = "googledatamanager", "G-ABC1234567"
    options = {"property_id": "123456789", "token": TOKEN}
    secrets = (TOKEN,)
    answer = GOOD


class TestApp(TestContract):
    account = None
    options = dict(TestContract.options, firebase_app_id="1:1234567890:android:abcdef")


@pytest.mark.parametrize(
    "options, way_out",
    [
        ({"property_id": None}, "property_id="),
        ({"property_id": "G-ABC"}, "property_id="),
        ({"account": "UA-1-1"}, "Universal Analytics"),
        ({"token": TOKEN, "credentials": lambda: "x"}, "one of"),
        ({"credentials": 7}, "callable"),
        ({"credentials_file": "/does/not/exist.json"}, "credentials_file="),
    ],
)
def test_account_and_options_are_checked(options, way_out):
    """What cannot work is refused when the provider is made, with the way out."""
    with pytest.raises(ConfigurationError) as caught:
        make(options.pop("account", "G-ABC1234567"), **options)
    assert way_out in str(caught.value)


@pytest.mark.parametrize(
    "content",
    ["", "[]", "{}", '{"type":"external_account"}', '{"private_key":"planted', "planted\xff"],
)
def test_a_file_that_holds_no_key_is_refused(tmpdir, content):
    """The error comes when the provider is made, and does not repeat what the file holds."""
    path = tmpdir.join("key.json")
    path.write_binary(content.encode("latin-1"))
    with pytest.raises(ConfigurationError) as caught:
        make(credentials_file=str(path))
    assert "credentials_file=" in str(caught.value)
    assert getattr(caught.value, "__context__", None) is None  # which would hold all that was read


def test_without_google_auth_the_error_says_what_to_install(monkeypatch):
    """Credentials need the library, and the error says so when the provider is made; a token does not."""
    monkeypatch.setitem(sys.modules, str("google.auth"), None)
    with pytest.raises(MissingDependency) as caught:
        analytical.Provider("googledatamanager", "G-ABC1234567", property_id="1")
    assert "pip install 'analytical[google]'" in str(caught.value)
    assert make(token=TOKEN) and make(credentials=lambda: TOKEN)


def test_the_token_goes_into_a_header():
    """A request holds the token once, in its Authorization header."""
    with Collector() as collector:
        collector.answer(200, GOOD)
        assert make(url=collector.url).pageview(PAGE)
        (request,) = collector.requests
    assert request.path == "/v1/events:ingest"
    assert request.headers["Authorization"] == "Bearer " + TOKEN
    assert TOKEN not in request.target and TOKEN.encode("ascii") not in request.body


def test_the_current_token_is_masked():
    """What --dry-run prints of a request masks the token, wherever it comes from."""
    with Collector() as collector:
        collector.answer(200, GOOD)
        provider = make(url=collector.url, credentials=lambda: "planted-other")
        provider.pageview(PAGE)
    assert [secret.reveal() for secret in provider.secrets()] == ["planted-other"]


def test_a_callable_is_asked_before_each_request():
    """A token that the program keeps itself is never used for longer than it says."""
    given = iter(["one", b"two"])
    with Collector() as collector:
        collector.answer(200, GOOD)
        provider = make(url=collector.url, credentials=lambda: next(given))
        assert provider.pageview(PAGE) and provider.pageview(PAGE)
        shown = [each.headers["Authorization"] for each in collector.requests]
        assert shown == ["Bearer one", "Bearer two"]
        outcome = provider.pageview(PAGE)
        assert (outcome.state, outcome.reason, outcome.sent) == ("retry", "token", False)
        assert "StopIteration" in outcome.detail and len(collector.requests) == 2


def test_a_good_answer_gives_the_id_of_the_request():
    """Google's diagnostics ask for it, so the outcome keeps it."""
    (outcome,), _ = batch([(200, GOOD)], [("pageview", PAGE)])
    assert (outcome.state, outcome.detail) == ("delivered", "request r-1")


def test_a_refused_client_is_a_rejection():
    """A warning about a client id means that its event counts for nobody; other warnings do not."""
    warnings = [
        {"field": "events.events[1].client_id", "reason": "WARNING_REASON_INVALID_CLIENT_ID"},
        {"field": "events.events[2].event_location", "reason": "WARNING_REASON_INVALID_REGION"},
        {"field": "events", "reason": "WARNING_REASON_INVALID_CLIENT_ID"},
    ]
    body = json.dumps({"requestId": "r-1", "fieldWarnings": warnings})
    outcomes, _ = batch([(200, body)], [("pageview", PAGE)] * 3)
    assert said(outcomes) == [
        ("delivered", ""),
        ("rejected", "dropped_by_platform"),
        ("delivered", ""),
    ]
    assert outcomes[1].detail == "WARNING_REASON_INVALID_CLIENT_ID: request r-1"


def test_one_bad_event_does_not_lose_the_others():
    """The hits that the answer names are rejected; the rest, of which nothing was stored, goes again."""
    hits = [("pageview", PAGE)] * 2 + [("pageview", dict(PAGE, pa="purchase", ti="A"))] * 2
    first = refusal(("events.events[3].transaction_id", "INVALID_TRANSACTION"), ("events[0]", ""))
    outcomes, sent = batch([(400, first), (200, GOOD)], hits)
    assert sent == [6, 3]
    assert said(outcomes) == [
        ("rejected", "http_400"),
        ("delivered", ""),
        ("rejected", "http_400"),
        ("delivered", ""),
    ]
    assert outcomes[2].detail == "INVALID_TRANSACTION"


def test_sending_again_has_an_end():
    """A server that finds another bad event each time is not asked for ever, and no hit is lost."""
    outcomes, sent = batch(
        [(400, refusal(("events[0]", "EVENT_TIME_INVALID")))] * 9, [("pageview", PAGE)] * 9
    )
    assert sent == [9, 8, 7, 6, 5, 4]
    assert said(outcomes) == [("rejected", "http_400")] * 6 + [("retry", "batch_refused")] * 3


@pytest.mark.parametrize(
    "status, body, expected, detail",
    [
        (400, refusal(reason="INVALID_DESTINATION"), ("rejected", "http_400"), "do not belong"),
        (400, refusal(("events[99]", "X")), ("rejected", "http_400"), "request r-2"),
        (403, refusal(reason="SERVICE_DISABLED"), ("rejected", "http_403"), "enable the Data"),
        (403, refusal(status="PERMISSION_DENIED"), ("rejected", "http_403"), "role Editor"),
        (409, refusal(status="ABORTED"), ("retry", "http_409"), "ABORTED"),
        (409, refusal(status="ALREADY_EXISTS"), ("rejected", "http_409"), ""),
        (429, refusal(status="RESOURCE_EXHAUSTED"), ("retry", "http_429"), ""),
        (500, refusal(status="INTERNAL"), ("retry", "http_500"), ""),
        (503, "busy", ("retry", "http_503"), ""),
        (504, "[]", ("retry", "http_504"), ""),
        (400, '{"error":[]}', ("rejected", "http_400"), ""),
        (200, "no JSON", ("delivered", ""), ""),
    ],
)
def test_errors_are_read(status, body, expected, detail):
    """Each error says whether to try again, and what to do about it."""
    (outcome,), _ = batch([(status, body)], [("pageview", PAGE)])
    assert (outcome.state, outcome.reason) == expected
    assert detail in outcome.detail


def test_a_quota_of_the_day_waits_for_long():
    """Where the quota of the day is spent, an hour is waited rather than a second."""
    spent = refusal(reason="RATE_LIMIT_EXCEEDED", metadata={"quota_limit": "WritesPerDay"})
    (outcome,), _ = batch([(429, spent)], [("pageview", PAGE)])
    assert outcome.retry_after == 3600
    spent = refusal(reason="RATE_LIMIT_EXCEEDED", metadata={"quota_limit": "WritesPerMinute"})
    (outcome,), _ = batch([(429, spent)], [("pageview", PAGE)])
    assert outcome.retry_after is None


@pytest.mark.parametrize("change", range(40))
def test_answers_of_any_shape_are_outcomes(change):
    """An answer whose parts have other types than documented is read as its status."""
    odd = [None, 1, "x", [1], {"a": 1}][change % 5]
    error = {
        "status": "INVALID_ARGUMENT",
        "details": [{"fieldViolations": [{"field": "events[0]"}], "reason": "R", "metadata": {}}],
    }
    body = {"requestId": "r", "fieldWarnings": [{"field": "events[0]"}], "error": error}
    places = [
        (body, "fieldWarnings"),
        (body["fieldWarnings"][0], "field"),
        (body, "requestId"),
        (body, "error"),
        (error, "details"),
        (error["details"][0], "fieldViolations"),
        (error["details"][0], "metadata"),
        (error["details"][0]["fieldViolations"][0], "field"),
    ]
    holder, key = places[change // 5]
    holder[key] = odd
    for status in (200, 400, 429):
        (outcome,), _ = batch([(status, json.dumps(body))], [("pageview", PAGE)])

        class Plain(object):
            headers = {}

        Plain.status = status
        assert outcome.status == status and outcome.state == by_status(Plain).state


def test_a_request_takes_2000_events():
    """Events are counted, not hits, and one request mixes visitors."""
    hits = [("pageview", dict(PAGE, cid="%d.1" % (number % 7 + 1))) for number in range(2001)]
    outcomes, sent = batch([(200, GOOD)] * 2, hits, timeout=30)
    assert all(outcomes) and sent == [2000, 1]


class TestToken(object):
    def test_a_401_renews_the_token_once(self):
        """A token that Google does not take is asked for again, and the hits sent again."""
        given = iter(["old", "new"])
        with Collector() as collector:
            collector.answer(401, refusal(status="UNAUTHENTICATED"), times=1)
            collector.answer(200, GOOD)
            provider = make(url=collector.url, credentials=lambda: next(given))
            assert provider.pageview(PAGE)
            shown = [each.headers["Authorization"] for each in collector.requests]
        assert shown == ["Bearer old", "Bearer new"]

    def test_a_second_401_is_final(self):
        """A token that does not help is not asked for without end."""
        with Collector() as collector:
            collector.answer(401, refusal(status="UNAUTHENTICATED"))
            outcome = make(url=collector.url).pageview(PAGE)
            assert (outcome.state, outcome.reason) == ("rejected", "http_401")
            assert "token" in outcome.detail
            assert len(collector.requests) == 2


class TestValidate(object):
    @pytest.mark.parametrize(
        "hit_type, params, found",
        [
            ("pageview", PAGE, []),
            ("event", {"name": "a b"}, [("name", "name")]),
            ("event", {"name": "a", "tcc": "X"}, [("coupon", "unsupported")]),
            ("event", {"name": "a", "sr": "big"}, [("screen_resolution", "type")]),
            ("event", {"name": "a", "items": [{"id": "x"}]}, [("items", "required")]),
            ("pageview", dict(PAGE, timestamp=time.time() + 999), [("timestamp", "in_future")]),
            ("pageview", dict(PAGE, timestamp=time.time() - 259000), [("timestamp", "too_old")]),
        ],
    )
    def test_problems_are_found(self, hit_type, params, found):
        """The rules of Google Analytics 4 hold, and those of the API beside them."""
        assert codes(make().validate(hit_type, params)) == found

    def ask(self, status, body):
        """Validate a hit online, and give the problems and the request."""
        with Collector() as collector:
            collector.answer(status, body)
            found = make(url=collector.url).validate("pageview", PAGE, online=True)
            return found, collector.requests

    def test_google_is_asked_without_storing(self):
        """The same endpoint checks a hit by validateOnly."""
        found, (request,) = self.ask(200, "{}")
        assert found == []
        assert request.json["validateOnly"] is True and len(request.json["events"]) == 1
        assert request.headers["Authorization"] == "Bearer " + TOKEN

    def test_warnings_and_violations_are_problems(self):
        """Each is reported by its field and reason."""
        warning = {"field": "events[0].client_id", "reason": "W", "description": "odd"}
        assert codes(self.ask(200, json.dumps({"fieldWarnings": [warning]}))[0]) == [
            ("events[0].client_id", "W")
        ]
        body = refusal(("events[0].currency", "INVALID_CURRENCY_CODE"))
        assert codes(self.ask(400, body)[0]) == [("events[0].currency", "INVALID_CURRENCY_CODE")]
        body = refusal(reason="INVALID_DESTINATION")
        (problem,) = self.ask(400, body)[0]
        assert problem.code == "INVALID_DESTINATION" and "property_id=" in problem.text

    def test_no_answer_is_the_problem(self):
        """What is no answer of the API is not taken for a good one."""
        assert codes(self.ask(500, "oops")[0]) == [("online", "unanswered")]
        assert codes(self.ask(200, "[]")[0]) == [("online", "unanswered")]

        def broken():
            raise ValueError

        found = make(credentials=broken).validate("pageview", PAGE, online=True)
        assert codes(found) == [("online", "unanswered")]


def test_a_quantity_with_a_fraction_is_left_out():
    """The API takes whole quantities, and one bad value would fail the whole request."""
    items = [{"item_id": "X", "quantity": 1.5, "price": 2}, "odd"]
    hit = read("event", {"name": "purchase", "properties": {"items": items}})
    (event,) = json.loads(make().preview([hit])[0].body.decode("utf-8"))["events"]
    assert event["cartData"]["items"] == [{"itemId": "X", "quantity": 1, "unitPrice": 2}]
