"""googleanalytics: hits of every type in both vocabularies, on the wire of a real collector."""

from __future__ import absolute_import, division, print_function, unicode_literals

import decimal
import time

import pytest

import analytical
from analytical.errors import ConfigurationError, InvalidHit, UnsupportedField
from analytical.params import read
from analytical.providers import googleanalytics
from analytical.testing import Collector
from analytical.vocabulary import FIELDS, HIT_TYPES

SNOWPLOW = "/com.google.analytics/v1"
FIXED = {"v": "1", "tid": "UA-1-1", "cid": "5"}
# Hit type -> protocol names, and the same in readable names.
HITS = {
    "pageview": (
        {"dl": "https://example.com/", "dt": "Home", "dr": "https://example.net/", "ul": "en-gb"},
        {
            "url": "https://example.com/",
            "title": "Home",
            "referrer": "https://example.net/",
            "language": "en-gb",
        },
    ),
    "screenview": ({"an": "App", "cd": "Home"}, {"app_name": "App", "screen_name": "Home"}),
    "event": (
        {"ec": "docs", "ea": "search", "el": "install", "ev": "3", "ni": "1"},
        {
            "category": "docs",
            "action": "search",
            "label": "install",
            "value": 3,
            "non_interaction": True,
        },
    ),
    "transaction": (
        {"ti": "A-1", "ta": "Shop", "tr": "21.4", "ts": "2.0", "tt": "3.4", "cu": "EUR"},
        {
            "transaction_id": "A-1",
            "affiliation": "Shop",
            "revenue": 21.4,
            "shipping": 2.0,
            "tax": 3.4,
            "currency": "EUR",
        },
    ),
    "item": (
        {"ti": "A-1", "in": "Mug", "ip": "8.0", "iq": "2", "ic": "MUG-1", "iv": "kitchen"},
        {
            "transaction_id": "A-1",
            "items": [
                {
                    "name": "Mug",
                    "price": 8.0,
                    "quantity": 2,
                    "id": "MUG-1",
                    "category": "kitchen",
                }
            ],
        },
    ),
    "social": (
        {"sn": "net", "sa": "like", "st": "https://example.com/"},
        {
            "social_network": "net",
            "social_action": "like",
            "social_target": "https://example.com/",
        },
    ),
    "exception": (
        {"exd": "IOError", "exf": "0"},
        {"exception_description": "IOError", "exception_fatal": False},
    ),
    "timing": (
        {"utc": "load", "utv": "page", "utt": "123", "utl": "x"},
        {
            "timing_category": "load",
            "timing_variable": "page",
            "timing_time": 123,
            "timing_label": "x",
        },
    ),
}


@pytest.fixture
def collector():
    with Collector() as running:
        yield running


@pytest.fixture
def ga(collector):
    return googleanalytics.Provider("UA-1-1", url=collector.url)


def form(collector):
    """Give the fields of the one request that came."""
    (request,) = collector.requests
    return request.form


class TestHits:
    @pytest.mark.parametrize("names", [0, 1], ids=["protocol", "readable"])
    @pytest.mark.parametrize("hit_type", HIT_TYPES)
    def test_types(self, ga, collector, hit_type, names):
        """Every type of hit, named either way, is the same form on the wire."""
        assert ga.track_hit(hit_type, HITS[hit_type][names], client_id=5)
        assert form(collector) == dict(HITS[hit_type][0], t=hit_type, **FIXED)

    @pytest.mark.parametrize("hit_type", HIT_TYPES)
    def test_samples_have_no_problem(self, ga, hit_type):
        """These hits are what the reference asks for."""
        for params in HITS[hit_type]:
            assert ga.validate(hit_type, params) == []

    def test_every_parameter_is_sent(self, ga, collector):
        """Each field of the vocabulary that the protocol has goes out under the protocol's name."""
        fields = [field for field in FIELDS if field.parameter]
        assert ga.event({field.name: "1" for field in fields})
        sent = form(collector)
        assert {field.parameter for field in fields} <= set(sent)
        assert ga.stats()["unsupported"] == {}

    def test_custom_dimensions_and_metrics(self, ga, collector):
        """Numbered parameters, readable dicts and both together."""
        ga.event({"cd3": "c", "cm2": "1.50", "cid": 5}, custom_dimensions={1: "a", 200: 7})
        expected = {"cd1": "a", "cd3": "c", "cd200": "7", "cm2": "1.50", "t": "event"}
        assert form(collector) == dict(expected, **FIXED)

    def test_products(self, ga, collector):
        """Items ride on any hit as pr<N>; their keys have the protocol's suffixes."""
        items = [
            {"id": "1", "name": "Mug", "brand": "B", "category": "C", "variant": "V"},
            {"price": decimal.Decimal("8.50"), "quantity": 2, "coupon": "X", "position": 4},
        ]
        ga.event(client_id=5, product_action="add", items=items)
        assert form(collector) == dict(
            FIXED,
            t="event",
            pa="add",
            pr1id="1",
            pr1nm="Mug",
            pr1br="B",
            pr1ca="C",
            pr1va="V",
            pr2pr="8.5",
            pr2qt="2",
            pr2cc="X",
            pr2ps="4",
        )

    def test_flags(self, ga, collector):
        """A flag that is off is left out, since being there sets it; only exf is sent when off."""
        flags = {"aip": False, "npa": False, "ni": False, "je": False, "exf": False, "cid": 5}
        ga.pageview(flags)
        assert form(collector) == dict(FIXED, t="pageview", exf="0")
        collector.clear()
        ga.pageview({name: True for name in flags if name != "cid"}, cid=5)
        sent = form(collector)
        assert [sent[name] for name in ("aip", "npa", "ni", "je", "exf")] == ["1"] * 5

    def test_aip_is_set_by_being_there(self, ga, collector):
        """aip=0 anonymizes, as the reference says, and so goes out as it came."""
        ga.pageview({"aip": 0})
        assert form(collector)["aip"] == "0"

    def test_consent(self, ga, collector):
        """No consent to advertising is said in the protocol's word for it."""
        ga.pageview(consent={"analytics": True, "ads": False})
        assert form(collector)["npa"] == "1"

    def test_name(self, ga, collector):
        """The name of an event is its action, in the category ``event``, and all that it needs."""
        assert ga.validate("event", name="signup") == []
        ga.event(name="signup", client_id=5)
        assert form(collector) == dict(FIXED, t="event", ec="event", ea="signup")

    def test_numbers(self, ga, collector):
        """Numbers are written without exponent, in full, and with a point."""
        ga.event({"cid": 5, "cm1": 1e21, "cm2": 1e-7, "cm3": 0.1, "tr": 1e16, "cd1": 2**70})
        sent = form(collector)
        assert (sent["cm1"], sent["cm2"]) == ("1000000000000000000000", "0.0000001")
        assert (sent["cm3"], sent["tr"]) == ("0.1", "10000000000000000")
        assert sent["cd1"] == str(2**70)

    def test_extra(self, ga, collector):
        """Raw parameters for this platform are sent last, over all others."""
        ga.pageview(
            {"dt": "a"}, extra={"googleanalytics": {"dt": "b", "ms": 1}, "matomo": {"x": 1}}
        )
        sent = form(collector)
        assert (sent["dt"], sent["ms"]) == ("b", "1") and "x" not in sent

    def test_extra_that_no_form_can_carry(self, ga):
        """A list in extra is a problem by its name, when validated and when sent."""
        extra = {"googleanalytics": {"x": [1]}}
        (problem,) = ga.validate("pageview", {"dl": "a"}, extra=extra)
        assert (problem.field, problem.code) == ("x", "type")
        outcome = ga.pageview({"dl": "a"}, extra=extra)
        assert outcome.reason == "invalid" and "x: takes text" in outcome.detail

    def test_unsupported_fields(self, ga, collector):
        """What the protocol has no place for is left out and counted, or refused in strict mode."""
        fields = {"session_id": "1", "properties": {"a": 1}, "cid": 5}
        ga.pageview(fields)
        assert form(collector) == dict(FIXED, t="pageview")
        assert ga.stats()["unsupported"] == {"session_id": 1, "properties": 1}
        with pytest.raises(UnsupportedField):
            googleanalytics.Provider("UA-1-1", strict=True).pageview(fields, dl="a")

    def test_visitors_agent_and_address(self, ga, collector):
        """ua and uip are the visitor's, whatever our own request says of itself."""
        ga.pageview({"ua": "Mozilla/5.0", "uip": "12.34.56.78"})
        (request,) = collector.requests
        assert (request.form["ua"], request.form["uip"]) == ("Mozilla/5.0", "12.34.56.78")
        assert "Mozilla" not in request.headers["User-Agent"]
        assert "X-Forwarded-For" not in request.headers


class TestAge:
    def test_hit_of_now(self, ga, collector):
        """A hit that goes out as it is made says nothing of its age."""
        ga.pageview({"dl": "a"})
        assert "qt" not in form(collector)

    def test_time_given(self, ga, collector):
        """A hit of the past is sent with its age in milliseconds."""
        ga.pageview({"dl": "a"}, timestamp=time.time() - 60)
        assert 60000 <= int(form(collector)["qt"]) < 120000

    def test_age_given(self, ga, collector):
        """An age that was passed is sent as it was passed, as long as it is right."""
        ga.pageview({"dl": "a", "qt": "1500"})
        assert form(collector)["qt"] == "1500"

    @pytest.mark.parametrize(("params", "age"), [({}, 90000), ({"qt": 1500}, 91500)])
    def test_age_grows_while_a_hit_waits(self, ga, params, age):
        """The age is that of the moment of sending: a hit that waited is older than it was."""
        hit = read("pageview", params, now=1e9)
        envelope = googleanalytics.envelope_of(ga.payload(hit))
        (request,) = ga.requests([envelope], 1e9 + 90)
        assert ("qt=%d" % age).encode("ascii") in request.body.split(b"&")

    def test_four_hours(self, ga, collector):
        """What is older than the protocol takes is dropped, rather than sent with a false time."""
        now = time.time()
        outcome = ga.pageview({"dl": "a"}, timestamp=now - 4 * 3600 - 5)
        assert (outcome.state, outcome.reason) == ("dropped", "too_old")
        assert ga.pageview({"dl": "a"}, timestamp=now - 4 * 3600 + 60)
        assert len(collector.requests) == 1

    def test_time_to_come(self, ga, collector):
        """The protocol knows no future: such a hit is one of now."""
        assert ga.pageview({"dl": "a"}, timestamp=time.time() + 3600)
        assert "qt" not in form(collector)


class TestBatch:
    def test_twenty_hits_a_request(self, ga, collector):
        """Many hits go to /batch, one line each, twenty at most; one alone goes to /collect."""
        outcomes = ga.batch([("event", {"ec": "a", "ea": str(n), "cid": n}) for n in range(41)])
        assert all(outcomes) and len(outcomes) == 41
        requests = collector.requests
        assert [r.path for r in requests] == ["/batch", "/batch", "/collect"]
        assert [len(r.lines) for r in requests] == [20, 20, 1]
        lines = [line for r in requests for line in r.lines]
        assert [
            int(dict(pair.split(b"=") for pair in line.split(b"&"))[b"ea"]) for line in lines
        ] == list(range(41))

    def test_16384_bytes_a_request(self, ga, collector):
        """A body has 16,384 bytes at most, line feeds included; it is filled up to that."""
        size = len(ga.requests([envelope(ga, "")], time.time())[0].body)
        title = "x" * ((16384 - 3) // 4 - size)  # four lines and three line feeds
        hits = [("pageview", {"cid": 5, "dt": title}) for _ in range(8)]
        spare = 16384 - 3 - 4 * (size + len(title))
        hits[3] = ("pageview", {"cid": 5, "dt": title + "x" * spare})
        assert all(ga.batch(hits))
        assert [len(request.body) for request in collector.requests][0] == 16384
        assert [len(request.lines) for request in collector.requests] == [4, 4]

    def test_8192_bytes_a_hit(self, ga, collector):
        """A hit has 8,192 bytes at most, as it stands in the form; a longer one is refused alone."""
        size = len(ga.requests([envelope(ga, "")], time.time())[0].body)
        fits, too_long = "x" * (8192 - size), "x" * (8193 - size)
        outcomes = ga.batch([("pageview", {"cid": 5, "dt": title}) for title in (fits, too_long)])
        assert [outcome.reason for outcome in outcomes] == ["", "too_large"]
        assert outcomes[1].detail == "8193 bytes, and the platform takes 8192"
        assert [len(request.body) for request in collector.requests] == [8192]

    def test_line_breaks_are_escaped(self, ga, collector):
        """A line break in a title does not cut a hit in two."""
        ga.batch([("pageview", {"dt": "a\r\nb\n"}), ("pageview", {"dt": "c"})])
        assert len(collector.requests[0].lines) == 2

    def test_order_with_item_hits(self, ga, collector):
        """A transaction and its items, under one client id, go together in their order."""
        hits = [dict(HITS[t][0], t=t, cid="5") for t in ("transaction", "item", "item")]
        assert all(ga.batch(hits))
        assert [line.split(b"t=")[-1] != b"" for line in collector.requests[0].lines] == [True] * 3
        assert collector.requests[0].lines[0].count(b"tr=") == 1


def envelope(ga, title):
    hit = read("pageview", {"cid": 5, "dt": title})
    return googleanalytics.envelope_of(ga.payload(hit))


class TestEndpoint:
    def test_google(self):
        """Without url= it is Google's, over https."""
        ga = googleanalytics.Provider("UA-1-1")
        assert ga.endpoint() == "https://www.google-analytics.com/collect"
        assert ga.endpoint("/batch") == "https://www.google-analytics.com/batch"

    @pytest.mark.parametrize("base", ["", SNOWPLOW, SNOWPLOW + "/", "/proxy" + SNOWPLOW])
    def test_snowplow(self, base):
        """Snowplow takes one hit and many at one path."""
        ga = googleanalytics.Provider("UA-1-1", url="https://snowplow.example.com" + base)
        if base:
            assert ga.endpoint() == ga.endpoint("/batch") == "https://snowplow.example.com" + base
        else:
            assert ga.endpoint("/batch") == "https://snowplow.example.com/batch"

    def test_ga4_id(self):
        """An id of the later product is refused with the provider's name for it."""
        with pytest.raises(ConfigurationError) as caught:
            analytical.Provider("googleanalytics", "G-ABC1234567")
        assert "googleanalytics4" in str(caught.value)


def test_strict_sends_a_good_hit(collector):
    """strict=True refuses what validate() finds, and nothing else."""
    ga = googleanalytics.Provider("UA-1-1", url=collector.url, strict=True)
    assert ga.event(HITS["event"][0])
    with pytest.raises(InvalidHit) as caught:
        ga.event({"ec": "a"})
    assert caught.value.problems[0].field == "action" and len(collector.requests) == 1
