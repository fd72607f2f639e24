"""A drop-in replacement for analytical 0.0.1: what programs written for it did goes on working."""

from __future__ import absolute_import, division, print_function, unicode_literals

import hashlib

import pytest
import requests
import responses
from requests.adapters import HTTPAdapter
from six.moves.urllib.parse import parse_qsl

import analytical
from analytical.providers import googleanalytics
from analytical.providers.base import BaseProvider
from analytical.testing import Collector

COLLECT = "https://www.google-analytics.com/collect"
PAGEVIEW = {
    "ua": "user-agent",
    "uip": "12.34.56.78",
    "cid": "12345678",
    "dl": "https://example.com",
    "dt": "page title",
}
EVENT = {
    "ua": "user-agent",
    "uip": "12.34.56.78",
    "cid": "12345678",
    "ec": "event-category",
    "ea": "event-action",
    "el": "event-label",
    "ev": "0",
}


@pytest.fixture
def ga():
    """A provider made as 0.0.1's own tests make it: its _send gives back what it gets."""
    provider = googleanalytics.Provider("UA-XXXXX-Y")
    provider._send = lambda params: params
    return provider


@pytest.fixture
def collector():
    with Collector() as running:
        yield running


class TestInterface:
    def test_provider_is_a_base_provider(self, ga):
        """Code that asks for BaseProvider gets what it asked for."""
        assert isinstance(ga, BaseProvider)

    def test_the_factory_takes_the_options_of_old(self):
        """All options of 0.0.1 are taken by their names."""
        made = analytical.Provider(
            "googleanalytics", "UA-1-1", timeout=3, fail_silently=True, asynchronously=False
        )
        assert (made.property_id, made.timeout) == ("UA-1-1", 3)
        assert (made.fail_silently, made.asynchronously) == (True, False)

    def test_positional_arguments(self):
        """The order of the constructor's arguments is that of 0.0.1."""
        made = googleanalytics.Provider("UA-1-1", 5, False, False)
        assert (made.property_id, made.timeout) == ("UA-1-1", 5)
        assert (made.fail_silently, made.asynchronously) == (False, False)

    def test_account_by_keyword(self):
        """The first parameter keeps its name."""
        assert googleanalytics.Provider(initial_data="UA-1-1").property_id == "UA-1-1"

    def test_class_attributes(self):
        """The class says where it sends, how long it waits and what every hit holds."""
        assert googleanalytics.Provider.ANALYTICS_API_URL == COLLECT
        assert googleanalytics.Provider.DEFAULT_TIMEOUT == 3
        assert googleanalytics.Provider.DEFAULT_DATA == {"v": "1"}

    def test_unknown_provider(self):
        """An unknown name is a ValueError."""
        with pytest.raises(ValueError):
            analytical.Provider("unknown", "")

    def test_async_is_a_keyword_that_is_refused_or_obeyed(self):
        """``asynchronously=True`` never falls back to sending in the caller's thread."""
        try:
            made = analytical.Provider("googleanalytics", "UA-1-1", asynchronously=True)
        except analytical.ConfigurationError as error:
            assert "celery" in str(error)
        else:
            assert type(made.delivery).__name__ == "Celery"


class TestPayload:
    @pytest.mark.parametrize(("method", "params"), [("pageview", PAGEVIEW), ("event", EVENT)])
    def test_whole_payload_goes_to_send(self, ga, method, params):
        """``_send`` gets version, property, type and the params, no more and no less."""
        expected = dict({"v": "1", "tid": "UA-XXXXX-Y", "t": method}, **params)
        assert getattr(ga, method)(params) == expected
        assert ga.track_hit(method, params) == expected

    def test_params_are_not_changed(self, ga):
        """The caller's dict is the caller's."""
        params = dict(PAGEVIEW, cd1="x", pr1nm="y", foo="z")
        ga.pageview(params)
        assert params == dict(PAGEVIEW, cd1="x", pr1nm="y", foo="z")

    def test_missing_client_id_is_made_up(self, ga):
        """Without cid and uid each hit gets a new client id."""
        first = ga.pageview({"dl": "https://example.com"})
        second = ga.pageview({"dl": "https://example.com"})
        assert len(first["cid"]) == 64 and first["cid"] != second["cid"]
        assert "cid" not in ga.pageview({"dl": "https://example.com", "uid": "17"})

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("v", "2"),
            ("tid", "UA-2-2"),
            ("t", "event"),
            ("cid", 12345678),
            ("cid", "1.2"),
            ("ev", 1),
            ("ev", "1"),
            ("ev", "abc"),
            ("ev", 1.5),
            ("ni", 1),
            ("ni", "1"),
            ("ni", True),
            ("aip", 1),
            ("aip", ""),
            ("exf", "0"),
            ("tr", "$-55.00"),
            ("tr", "12.50"),
            ("tr", 12.5),
            ("qt", 560),
            ("qt", "560"),
            ("utt", "12"),
            ("z", "random"),
            ("cd1", "gold"),
            ("cd200", 7),
            ("cm1", "3.50"),
            ("cm1", "many"),
            ("pr1nm", "Mug"),
            ("pr12pr", "8.00"),
            ("pr1qt", "two"),
            ("pr1cd3", "x"),
            ("il1pi2nm", "x"),
            ("promo1id", "x"),
            ("cg9", "x"),
            ("cd201", "x"),
            ("in", "x"),
            ("linkid", "x"),
            ("dt", ""),
            ("dt", 404),
            ("someday", "x"),
            ("someday", 1.5),
            ("someday", True),
        ],
    )
    def test_values_are_untouched(self, ga, name, value):
        """A value under a protocol name is in the payload as it was passed, even one that looks wrong."""
        sent = ga.pageview(dict(PAGEVIEW, **{str(name): value}))
        assert sent[name] == value and type(sent[name]) is type(value)

    def test_none_is_left_out(self, ga):
        """None never reached the wire, since requests leaves it out; here it is gone before."""
        assert "dt" not in ga.pageview({"dl": "https://example.com", "dt": None})


class TestSubclasses:
    def test_send_is_overridden(self):
        """A subclass may look at the payload and pass it on, or send one of its own."""
        seen = []

        class Mine(googleanalytics.Provider):
            def _send(self, params):
                seen.append(params)
                return super(Mine, self)._send(dict(params, ds="mine"))

        with Collector() as collector:
            outcome = Mine("UA-1-1", url=collector.url).pageview(PAGEVIEW)
            (request,) = collector.requests
        assert outcome and seen[0]["dl"] == "https://example.com"
        assert request.form == dict(seen[0], ds="mine")

    def test_address_and_timeout_are_overridden(self, collector):
        """The class attributes are looked at, on a subclass and on an instance."""

        class Mine(googleanalytics.Provider):
            ANALYTICS_API_URL = collector.url + "/our/collector"
            DEFAULT_TIMEOUT = 7

        mine = Mine("UA-1-1")
        assert mine.timeout == 7
        assert mine.pageview(PAGEVIEW)
        mine.ANALYTICS_API_URL = collector.url + "/other"
        assert mine.pageview(PAGEVIEW)
        assert [request.path for request in collector.requests] == ["/our/collector", "/other"]

    def test_track_hit_is_called_for_both(self):
        """A subclass that overrides track_hit sees pageviews and events."""

        class Mine(googleanalytics.Provider):
            def track_hit(self, hit_type, params=None, **fields):
                return hit_type, params

        assert Mine("UA-1-1").pageview({"dl": "x"}) == ("pageview", {"dl": "x"})
        assert Mine("UA-1-1").event({"ec": "x"}) == ("event", {"ec": "x"})


class TestWire:
    def test_form_body(self, collector):
        """The request is a POST of a form in UTF-8; the very bytes, in the order of Python's dict."""
        params = {"dl": "https://example.com/?a=b&c", "dt": "caf\xe9 \u6f22 ~\r\n+", "cid": "1"}
        provider = analytical.Provider("googleanalytics", "UA-1-1", url=collector.url)
        assert provider.pageview(params)
        (request,) = collector.requests
        assert (request.method, request.target) == ("POST", "/collect")
        assert request.headers["Content-Type"] == "application/x-www-form-urlencoded"
        assert sorted(request.body.split(b"&")) == [
            b"cid=1",
            b"dl=https%3A%2F%2Fexample.com%2F%3Fa%3Db%26c",
            b"dt=caf%C3%A9%20%E6%BC%A2%20~%0D%0A%2B",
            b"t=pageview",
            b"tid=UA-1-1",
            b"v=1",
        ]

    @responses.activate
    def test_mocked_by_responses(self):
        """Programs that mock HTTP with ``responses`` go on doing so."""
        responses.add(responses.POST, COLLECT, status=200)
        assert analytical.Provider("googleanalytics", "UA-1-1").pageview(PAGEVIEW)
        body = responses.calls[0].request.body
        body = body.decode("ascii") if isinstance(body, bytes) else body
        assert dict(parse_qsl(body)) == dict(PAGEVIEW, v="1", tid="UA-1-1", t="pageview")

    @responses.activate
    def test_own_session(self):
        """The user's own session is used as it is, with its headers."""
        responses.add(responses.POST, COLLECT, status=200)
        session = requests.Session()
        session.headers["X-Mine"] = "1"
        provider = analytical.Provider("googleanalytics", "UA-1-1", session=session)
        assert provider.pageview(PAGEVIEW)
        assert responses.calls[0].request.headers["X-Mine"] == "1"

    def test_own_adapter(self):
        """Requests go through the adapters of the user's session, never around them."""
        sent = []

        class Adapter(HTTPAdapter):
            def send(self, request, **options):
                sent.append((request.url, options["timeout"]))
                answer = requests.Response()
                answer.status_code, answer._content, answer.raw = 200, b"", None
                answer._content_consumed = True
                return answer

        session = requests.Session()
        session.mount("https://", Adapter())
        provider = googleanalytics.Provider("UA-1-1", 2, session=session)
        assert provider.pageview(PAGEVIEW)
        assert sent == [(COLLECT, 2)]


class TestClientId:
    def test_known_ids(self):
        """Visitors keep their ids: these are what 0.0.1 gives."""
        make = googleanalytics.generate_client_id
        assert make("my-secret$1") == (
            "3702e19d3ab5a0c477fd5ba8e1f827ebd30ca4c0840079801229e06ff36e6714"
        )

    @pytest.mark.parametrize(
        "secret", ["my-secret$1", "caf\xe9 \u6f22", b"bytes \xff", "x" * 10000]
    )
    def test_salt_and_secret(self, secret):
        """The id is the hex SHA-256 of the salt and the secret's UTF-8 bytes."""
        raw = secret if isinstance(secret, bytes) else secret.encode("utf-8")
        expected = hashlib.sha256(b"analytical-googleanalytics-client" + raw).hexdigest()
        assert googleanalytics.generate_client_id(secret) == expected

    @pytest.mark.parametrize("secret", [None, "", b""])
    def test_no_secret(self, secret):
        """Without a secret every id is a new one."""
        make = googleanalytics.generate_client_id
        assert make(secret) != make(secret) and len(make(secret)) == 64

    @pytest.mark.parametrize("secret", [5, 1.5, ["x"], {"a": 1}])
    def test_what_is_no_text(self, secret):
        """A secret of another type is refused, as two visitors could share its id."""
        with pytest.raises(TypeError):
            googleanalytics.generate_client_id(secret)
