"""The guard: silent or loud, strict, and telling on_drop; never a personal datum in the log."""

from __future__ import absolute_import, division, print_function, unicode_literals

import pytest
from one_platform import HIT, PERSONAL, Platform, lines

from analytical.delivery.base import DROPPED, RETRY, Outcome
from analytical.errors import DeliveryError, InvalidHit, Rejected, TransportError, UnsupportedField
from analytical.providers import memory

pytestmark = pytest.mark.usefixtures("fresh_log")


class TestFailSilently:
    """The default: whatever happens, the caller gets a false outcome and the log one line."""

    @pytest.mark.parametrize(
        ("hit_type", "params", "named"),
        [
            ("nonsense", {}, "hit type"),
            ("pageview", [1], "takes a dict"),
            ("pageview", {"dl": "a", "url": "b"}, "twice"),
            ("event", {"value": object()}, "value"),
            ("event", {None: 1}, "no text"),
        ],
    )
    def test_invalid_hits(self, caplog, hit_type, params, named):
        """A hit that cannot be sent is rejected, with a line that says what to change."""
        outcome = Platform().track_hit(hit_type, params)
        assert (outcome.state, outcome.reason, outcome.sent) == ("rejected", "invalid", False)
        assert named in outcome.detail and named in lines(caplog)[0]

    @pytest.mark.parametrize(
        "answer",
        [
            Outcome(RETRY, "timeout"),
            Outcome(RETRY, "http_503", 503),
            Outcome("rejected", "http_400", 400, detail="a word"),
            Outcome(DROPPED, "too_old", sent=False),
            Outcome("unheard-of", "strange"),
        ],
    )
    def test_what_the_delivery_says(self, caplog, answer):
        """An outcome is handed on; a false one is one line that names platform and reason."""
        assert Platform(answer).pageview(HIT) is answer
        (line,) = lines(caplog)
        assert "platform" in line and answer.reason in line and answer.detail in line

    @pytest.mark.parametrize("error", [RuntimeError, UnicodeError, KeyError, OSError, MemoryError])
    def test_faults(self, swallow, caplog, error):
        """A delivery that raises loses its hit, not the caller's request; its text is not logged."""
        outcome = Platform(error(PERSONAL[0])).pageview(HIT)
        assert (outcome.state, outcome.reason, outcome.detail) == (DROPPED, "fault", error.__name__)
        assert lines(caplog) == ["platform: a hit was dropped: fault: " + error.__name__]

    @pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
    def test_interrupts_pass(self, swallow, error):
        """Ctrl-C and exits are not swallowed."""
        platform = Platform()
        platform.deliver = lambda envelopes: (_ for _ in ()).throw(error)
        with pytest.raises(error):
            platform.pageview()

    def test_no_personal_datum_is_logged(self, swallow, caplog):
        """Whatever goes wrong, no record holds anything of the hit, in its text, arguments or traceback."""
        bad = dict(HIT, ev=object(), cm1="x", cd1=[PERSONAL[0]])
        for platform in (
            Platform(Outcome(RETRY, "timeout")),
            Platform(RuntimeError(repr(HIT))),
            Platform(strict=True, fail_silently=True),
            Platform(processors=[lambda hit: hit.replace(value=PERSONAL[0])]),
            Platform(Outcome(RETRY, "timeout"), on_drop=lambda hit, reason: {}[hit.get("user_ip")]),
            memory.Provider(),
        ):
            for params in (HIT, bad, dict(HIT, dt="x" * 10), dict(HIT, url=PERSONAL[1])):
                try:
                    platform.track_hit("pageview", params)
                except InvalidHit as error:
                    assert not any(datum in str(error) + repr(error) for datum in PERSONAL)
                    assert getattr(error, "__context__", None) is None
                platform.batch([("pageview", params)] if not platform.guard.strict else [])
        assert caplog.records
        for record in caplog.records:
            assert not any(datum in repr(vars(record)) for datum in PERSONAL)
            assert record.exc_info is None

    def test_one_line_a_minute(self, caplog):
        """An outage of thousands of hits is one line, and the numbers."""
        platform = Platform(Outcome(RETRY, "timeout"))
        for _ in range(50):
            platform.pageview(HIT)
        assert len(caplog.records) == 1 and platform.stats()["retry"] == {"timeout": 50}


class TestFailLoudly:
    @pytest.mark.parametrize(
        ("answer", "error"),
        [
            (Outcome(RETRY, "timeout"), TransportError),
            (Outcome(RETRY, "connection", sent=False), TransportError),
            (Outcome(RETRY, "http_503", 503), Rejected),
            (Outcome("rejected", "http_400", 400), Rejected),
            (Outcome("rejected", "too_large"), Rejected),
            (Outcome(DROPPED, "too_old"), DeliveryError),
        ],
    )
    def test_delivery_errors(self, answer, error):
        """With fail_silently=False a false outcome is an error that carries it, and counted as well."""
        platform = Platform(answer, fail_silently=False)
        with pytest.raises(error) as caught:
            platform.pageview(HIT)
        assert type(caught.value) is error and caught.value.outcome is answer
        assert answer.reason in str(caught.value)
        if error is TransportError:
            assert (caught.value.reason, caught.value.sent) == (answer.reason, answer.sent)
        assert platform.stats()["accepted"] == 1

    def test_invalid_hit(self):
        """The caller's mistake is an InvalidHit, a ValueError, with the fields in ``problems``."""
        with pytest.raises(InvalidHit) as caught:
            Platform(fail_silently=False).event({"value": object(), "cm1": [1]})
        assert [problem.field for problem in caught.value.problems] == ["cm1", "value"]

    def test_faults(self, swallow):
        """With fail_silently=False a fault is raised as it is."""
        with pytest.raises(RuntimeError):
            Platform(RuntimeError("x"), fail_silently=False).pageview()


class TestStrict:
    def test_unsupported_field(self):
        """A field without a place is an error that names field, platform and way out."""
        with pytest.raises(UnsupportedField) as caught:
            Platform(strict=True).pageview({"dl": "a", "ec": "b", "foo": "c"})
        text = str(caught.value)
        assert "category" in text and "foo" in text and "extra={'platform'" in text

    @pytest.mark.parametrize(
        ("params", "field", "code"),
        [
            ({}, "url", "required"),
            ({"dh": "example.com"}, "url", "required"),
            ({"dl": "a", "dt": "123456"}, "title", "limit"),
            ({"dl": "a", "ev": "x"}, "value", "type"),
        ],
    )
    def test_problems(self, params, field, code):
        """What validate() finds is raised, although fail_silently is on; validate itself raises nothing."""
        platform = Platform(strict=True)
        with pytest.raises(InvalidHit) as caught:
            platform.pageview(params)
        assert (field, code) in [(each.field, each.code) for each in caught.value.problems]
        assert platform.validate("pageview", params) == list(caught.value.problems)
        assert platform.stats()["rejected"] == {"invalid": 1}

    def test_good_hit(self):
        """A hit without a problem is sent."""
        assert Platform(strict=True).pageview({"dl": "a", "dt": "12345"}, timestamp=1e9)

    @pytest.mark.parametrize("params", [5, {None: 1}, {"dl": "a", "url": "b"}])
    def test_validate_reports_what_cannot_be_read(self, params):
        """validate() reports what reading refuses too, as problems."""
        assert Platform().validate("pageview", params)


class TestOnDrop:
    def test_is_told_of_each_lost_hit(self):
        """on_drop gets the hit, as processed, and the reason; not of those that went well."""
        told = []
        platform = Platform(on_drop=lambda hit, reason: told.append((hit, reason)))
        platform.pageview({"dl": "a"})
        platform.answer = Outcome(RETRY, "timeout")
        platform.pageview({"dl": "b"})
        platform.batch([("event", {"dl": "c"})])
        platform.pageview({"ev": object()})
        platform.track_hit("nonsense")
        assert [hit and hit.get("url") for hit, _ in told] == ["b", "c", None, None]
        assert [reason for _, reason in told] == ["timeout", "timeout", "invalid", "invalid"]

    def test_that_raises(self, swallow, caplog):
        """An on_drop that fails is logged, and breaks neither the caller nor the counts."""
        platform = Platform(Outcome(RETRY, "timeout"), on_drop=lambda hit, reason: 1 // 0)
        assert platform.pageview(HIT).reason == "timeout"
        assert "platform: on_drop raised ZeroDivisionError" in lines(caplog)
        assert platform.stats()["retry"] == {"timeout": 1}
