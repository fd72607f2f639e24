"""Measurement Protocol v1: hits checked by the reference, offline by table and online by the collector."""

from __future__ import absolute_import, division, print_function, unicode_literals

import json
import logging

import pytest

from analytical.delivery.http import Response
from analytical.errors import InvalidHit
from analytical.providers import googleanalytics, measurement
from analytical.testing import Collector
from analytical.vocabulary import FIELDS

NO_PROBLEM = [
    ("pageview", {"dl": "https://example.com/"}),
    ("pageview", {"dh": "example.com", "dp": "/"}),
    ("pageview", {"dp": "/"}),
    ("pageview", {"dl": "a", "v": "1", "t": "pageview", "tid": "UA-1-1", "qt": 0, "z": "1"}),
    ("pageview", {"dl": "a", "je": True, "fl": "10 1", "linkid": "x", "plt": 5, "xid": "x" * 40}),
    ("pageview", {"dl": "a", "cd1": "a", "cd200": "b", "cm7": "1.5", "cg1": "a", "cg9": "b"}),
    (
        "pageview",
        {"dl": "a", "pa": "detail", "pr1nm": "a", "pr200qt": 2, "pr1cd3": "b", "pr2cm4": 1},
    ),
    ("pageview", {"dl": "a", "il1nm": "a", "il1pi2id": "b", "il10pi20cd30": "c", "promo1cr": "d"}),
    ("pageview", {"dl": "a", "sc": "start"}),
    ("screenview", {"cd": "Home"}),
    ("event", {"ec": "a", "ea": "b", "ev": 0}),
    ("event", {"ec": "a", "ea": "b", "ev": "3"}),
    ("event", {"name": "signup"}),
    ("transaction", {"ti": "A-1", "tr": "$12.50"}),
    ("item", {"ti": "A-1", "in": "Mug"}),
    ("exception", {}),
]
PROBLEMS = [
    ("pageview", {}, [("url", "required")]),
    ("pageview", {"dl": ""}, [("url", "required")]),
    ("pageview", {"dh": "example.com"}, [("url", "required")]),
    ("screenview", {"an": "App"}, [("screen_name", "required")]),
    ("event", {}, [("action", "required"), ("category", "required")]),
    ("event", {"ec": "", "ea": "b"}, [("category", "required")]),
    ("transaction", {}, [("transaction_id", "required")]),
    ("item", {"ti": "A-1"}, [("items", "required")]),
    ("item", {"ti": "A-1", "items": [{"name": "a"}, {"name": "b"}]}, [("items", "limit")]),
    ("social", {"sn": "x"}, [("social_action", "required"), ("social_target", "required")]),
    (
        "timing",
        {"utc": "x", "utt": "1.5"},
        [("timing_time", "type"), ("timing_variable", "required")],
    ),
    ("event", {"ec": "a", "ea": "b", "ev": -1}, [("value", "type")]),
    ("event", {"ec": "a", "ea": "b", "ev": 1.5}, [("value", "type")]),
    ("event", {"ec": "a", "ea": "b", "ev": "many"}, [("value", "type")]),
    ("pageview", {"dl": "a", "sc": "restart"}, [("session_control", "type")]),
    ("pageview", {"dl": "a", "pa": "buy", "pr1nm": "x"}, [("product_action", "type")]),
    ("pageview", {"dl": "a", "pr1nm": "x"}, [("product_action", "required")]),
    ("pageview", {"dl": "a", "cm1": "many"}, [("custom_metrics", "type")]),
    ("pageview", {"dl": "a", "cd1": "x" * 151}, [("custom_dimensions", "limit")]),
    ("pageview", {"dl": "a", "fl": "x" * 21}, [("fl", "limit")]),
    ("pageview", {"dl": "a", "xid": "x" * 41}, [("xid", "limit")]),
    ("pageview", {"dl": "a", "session_id": "x"}, [("session_id", "unsupported")]),
    ("pageview", {"dl": "a", "ip": "192.0.2.1"}, [("ip", "unknown")]),
    ("pageview", {"dl": "a", "cd0": "x"}, [("cd0", "unknown")]),
    ("pageview", {"dl": "a", "foo": "x"}, [("foo", "unknown")]),
    ("pageview", {"dl": "a", "url": "b"}, [("url", "conflict")]),
    ("pageview", {"dl": "a", "ua": "x" * 9000}, [("hit", "limit")]),
    ("nonsense", {}, [("params", "type")]),
    ("pageview", [], [("params", "type")]),
]


@pytest.fixture
def ga():
    return googleanalytics.Provider("UA-1-1", url="http://127.0.0.1:1")


@pytest.fixture
def collector():
    with Collector() as running:
        yield running


def found(problems):
    return sorted((problem.field, problem.code) for problem in problems)


class TestOffline:
    @pytest.mark.parametrize(("hit_type", "params"), NO_PROBLEM)
    def test_good(self, ga, hit_type, params):
        """What the reference allows has no problem."""
        assert ga.validate(hit_type, params) == []

    @pytest.mark.parametrize(("hit_type", "params", "expected"), PROBLEMS)
    def test_bad(self, ga, hit_type, params, expected):
        """What the reference forbids is a problem by the field's name."""
        assert found(ga.validate(hit_type, params)) == expected

    @pytest.mark.parametrize(("hit_type", "params", "expected"), PROBLEMS)
    def test_strict_raises_the_same(self, hit_type, params, expected):
        """With strict=True the same is an InvalidHit, and nothing is sent to anywhere."""
        strict = googleanalytics.Provider("UA-1-1", url="http://127.0.0.1:1", strict=True)
        with pytest.raises(InvalidHit) as caught:
            strict.track_hit(hit_type, params)
        if expected != [("params", "type")]:
            assert found(caught.value.problems) == expected

    @pytest.mark.parametrize(
        "field", [field for field in FIELDS if field.limit], ids=lambda field: str(field.name)
    )
    def test_limits_are_bytes_of_utf_8(self, ga, field):
        """Each limit of the table is held, in bytes: two for a letter with an accent."""
        fits, too_long = "\xe9" * (field.limit // 2), "\xe9" * (field.limit // 2 + 1)
        if field.kind == "texts":
            fits, too_long = {1: fits}, {1: too_long}
        assert (field.name, "limit") not in found(ga.validate("event", {field.name: fits}))
        problems = ga.validate("event", {field.name: too_long})
        (problem,) = [problem for problem in problems if problem.field == field.name]
        size = field.limit // 2 * 2 + 2
        assert "%d bytes" % size in problem.text and "%d:" % field.limit in problem.text

    def test_misspelt_names(self, ga):
        """A name that nobody knows is answered with the nearest that is known."""
        (problem,) = ga.validate("pageview", {"dl": "a"}, titel="x")
        assert "did you mean title?" in problem.text

    def test_checking_does_not_count(self, ga):
        """Checking a hit leaves no trace in the numbers."""
        before = ga.stats()
        for hit_type, params in NO_PROBLEM:
            ga.validate(hit_type, params)
        assert ga.stats() == before


class TestOnline:
    def ask(self, collector, hit_type="pageview", params=None, **options):
        made = googleanalytics.Provider("UA-1-1", url=collector.url, **options)
        return made.validate(hit_type, params or {"dl": "a", "cid": 5}, online=True)

    @staticmethod
    def result(valid, messages=()):
        return {"hitParsingResult": [{"valid": valid, "parserMessage": list(messages), "hit": "/"}]}

    def test_valid(self, collector):
        """The hit itself is asked about at /debug/collect; an empty list of messages is no problem."""
        collector.answer(200, json.dumps(self.result(True)))
        assert self.ask(collector) == []
        (request,) = collector.requests
        assert (request.method, request.path) == ("POST", "/debug/collect")
        assert request.form == {"v": "1", "tid": "UA-1-1", "t": "pageview", "dl": "a", "cid": "5"}

    def test_messages(self, collector):
        """What the platform says becomes problems by parameter, code and text."""
        message = {"messageType": "ERROR", "description": "The tid is caf\xe9.", "parameter": "tid"}
        plain = {"messageType": "WARN", "messageCode": "VALUE_MISSING"}
        collector.answer(200, json.dumps(self.result(False, [message, plain])))
        first, second = self.ask(collector)
        assert (first.field, first.code, first.text) == ("tid", "ERROR", "The tid is caf\xe9.")
        assert (second.field, second.code) == ("hit", "VALUE_MISSING") and second.text
        assert str(first) and repr(first)

    def test_invalid_without_a_word(self, collector):
        """A hit that is found invalid is a problem, even if the platform does not say why."""
        collector.answer(200, json.dumps(self.result(False)))
        assert found(self.ask(collector)) == [("hit", "online")]

    def test_together_with_offline(self, collector):
        """Problems of both kinds are listed together."""
        collector.answer(200, json.dumps(self.result(False, [{"parameter": "ev"}])))
        problems = self.ask(collector, "event", {"ec": "a", "ea": "b", "ev": "x"})
        assert found(problems) == [("ev", "online"), ("value", "type")]

    def test_what_cannot_be_read_is_not_asked(self, collector):
        """A hit that is none is reported once, and nobody is asked."""
        assert found(self.ask(collector, params={"dl": "a", "url": "b"})) == [("url", "conflict")]
        assert not collector.requests

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"GIF89a\xff",
            b"<html>",
            b"[]",
            b"null",
            b"5",
            b"{}",
            b'{"hitParsingResult": 5}',
            b'{"hitParsingResult": [5]}',
            b'{"hitParsingResult": [{"parserMessage": [5]}]}',
            b'{"hitParsingResult": null}',
            b"[" * 100000,
        ],
        ids=lambda body: repr(body[:20]),
    )
    def test_answers_of_others(self, collector, body):
        """A collector that answers something else gave no answer."""
        collector.answer(200, body)
        (problem,) = self.ask(collector)
        assert (problem.field, problem.code) == ("online", "unanswered") and "200" in problem.text

    @pytest.mark.parametrize(
        "message",
        [
            {"parameter": 5, "description": ["x"], "messageCode": {}},
            {"parameter": "\ud800", "description": "\ud800"},
            {"parameter": "x" * 1000, "messageCode": "y" * 1000},
        ],
    )
    def test_odd_messages(self, message):
        """Messages of odd types can still be shown."""
        body = json.dumps(self.result(False, [message])).encode("ascii")
        (problem,) = measurement.read_validation(Response(200, {}, body))
        assert len(repr(problem)) < 200 and str(problem) and problem.text

    def test_no_answer(self, collector):
        """A silent or refusing collector is the problem that is reported; nothing is raised."""
        collector.hang()
        assert found(self.ask(collector, timeout=0.2)) == [("online", "unanswered")]
        collector.answer(500)
        assert found(self.ask(collector)) == [("online", "unanswered")]

    def test_collectors_that_would_record_it(self, collector):
        """Where there is no place to ask without recording the hit, nobody is asked."""
        made = googleanalytics.Provider("UA-1-1", url=collector.url + "/com.google.analytics/v1")
        assert found(made.validate("pageview", {"dl": "a"}, online=True)) == [
            ("online", "unanswered")
        ]
        assert not collector.requests


class TestRetired:
    @pytest.fixture(autouse=True)
    def nothing_said_yet(self, monkeypatch, caplog):
        monkeypatch.setattr(measurement, "_warned", set())
        caplog.set_level(logging.WARNING)

    @pytest.mark.parametrize(
        "url", ["https://www.google-analytics.com", "https://ssl.google-analytics.com/collect"]
    )
    def test_is_said_once_a_process(self, caplog, url):
        """Where hits go to Google, which throws them away, one warning a process says so."""
        for _ in range(3):
            measurement.warn_if_retired(url)
        (record,) = caplog.records
        assert "googleanalytics4" in record.getMessage() and "2023" in record.getMessage()

    def test_when_the_first_hit_leaves(self, caplog, collector, monkeypatch):
        """The warning comes with the first hit, not when a provider is made."""
        monkeypatch.setattr(measurement, "GOOGLE_HOSTS", (collector.url.partition("://")[2],))
        ga = googleanalytics.Provider("UA-1-1", url=collector.url)
        assert not caplog.records
        ga.pageview({"dl": "a"})
        ga.pageview({"dl": "a"})
        assert len(caplog.records) == 1

    @pytest.mark.parametrize("url", ["https://stats.example.com", "https://[", ""])
    def test_other_collectors(self, caplog, url):
        """Of other collectors nothing is said."""
        measurement.warn_if_retired(url)
        assert not caplog.records
