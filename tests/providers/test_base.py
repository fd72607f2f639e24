"""The path of a hit through BaseProvider: payload, processors, batches and the numbers."""

from __future__ import absolute_import, division, print_function, unicode_literals

import threading

import pytest
from one_platform import HIT, PERSONAL, Platform, lines

import analytical
from analytical.delivery.base import DROPPED, QUEUED, Delivery, Outcome
from analytical.errors import ConfigurationError, InvalidHit
from analytical.hit import Hit
from analytical.params import read
from analytical.providers import memory

pytestmark = pytest.mark.usefixtures("fresh_log")


class TestPayload:
    def test_renames_hooks_and_extra(self):
        """A payload is made of renamed fields, of hooks, and of the raw parameters for this platform alone."""
        platform = Platform()
        extra = {"platform": {"u": "raw", "new": [1]}, "other": {"x": 1}}
        assert platform.pageview({"dl": "a", "uip": "1.2.3.4"}, extra=extra)
        assert platform.taken == [{"u": "raw", "ip": "1.2.3.4!", "new": [1]}]

    def test_unsupported_fields_are_left_out_and_counted(self):
        """A field without a place is left out, and seen in the numbers; control fields are no loss."""
        platform = Platform()
        for _ in range(2):
            assert platform.pageview({"dl": "a", "ec": "b", "foo": "c", "z": "1", "v": "1"})
        assert platform.taken[0] == {"u": "a"}
        assert platform.stats()["unsupported"] == {"category": 2, "foo": 2}

    def test_count_of_names_is_bounded(self):
        """Names that come from visitors cannot fill the memory, nor the screen."""
        platform = Platform()
        for number in range(1000):
            platform.pageview({"dl": "a", "name%d" % number + "x" * 100: "b"})
        counted = platform.stats()["unsupported"]
        assert len(counted) <= 201 and sum(counted.values()) == 1000
        assert max(map(len, counted)) <= 40

    def test_processed_hit_has_no_old_values(self):
        """What a processor replaced is nowhere in the payload, not even as it was passed."""
        given = {"cid": 5, "tr": "$5", "cd1": 7, "pr1pr": "$8", "ua": b"agent"}
        names = ("client_id", "revenue", "custom_dimensions", "items", "user_agent")
        drop = dict.fromkeys(str(name) for name in names)
        provider = analytical.Provider(
            "googleanalytics", "UA-1-1", processors=[lambda hit: hit.replace(**drop)]
        )
        provider._send = lambda payload: payload
        assert set(provider.event(given)) == {"v", "tid", "t", "cid"}


class TestProcessors:
    def test_run_in_order(self):
        """Each gets what the one before gave."""
        titles = [lambda hit, add=add: hit.replace(title=hit.get("title") + add) for add in "abc"]
        platform = Platform(processors=titles)
        assert platform.pageview({"dl": "u", "dt": ""}) and platform.taken[0]["t"] == "abc"

    def test_drop(self, caplog):
        """None drops the hit: nothing is sent, logged or raised; it is counted, and on_drop is told."""
        dropped, later = [], []
        platform = Platform(
            processors=(lambda hit: None, later.append),
            on_drop=lambda hit, reason: dropped.append((hit.get("user_ip"), reason)),
            fail_silently=False,
        )
        outcome = platform.pageview(HIT)
        assert (outcome.state, outcome.reason, outcome.sent) == (DROPPED, "processor", False)
        assert dropped == [(PERSONAL[0], "processor")] and not later and not platform.taken
        assert platform.stats()["dropped"] == {"processor": 1} and not caplog.records

    def test_error_drops_the_hit(self, swallow, caplog):
        """A processor that fails lets nothing through unprocessed, and never breaks the caller."""

        def fail(hit):
            raise KeyError(hit.get("user_ip"))

        platform = Platform(processors=[fail])
        outcome = platform.pageview(HIT)
        assert not outcome and outcome.reason == "fault" and not platform.taken
        assert lines(caplog) == ["platform: a hit was dropped: fault: KeyError"]

    def test_error_reaches_who_asked_for_errors(self, swallow):
        """With fail_silently=False the processor's own error is raised."""
        with pytest.raises(ZeroDivisionError):
            Platform(processors=[lambda hit: 1 // 0], fail_silently=False).pageview()

    def test_configuration_error_passes(self, swallow):
        """What says that the program is wrong is raised whatever fail_silently says."""

        def fail(hit):
            raise ConfigurationError("no such list")

        with pytest.raises(ConfigurationError):
            Platform(processors=[fail]).pageview()

    @pytest.mark.parametrize("result", [True, {}, "hit"])
    def test_result_that_is_no_hit(self, result):
        """A processor gives a hit or None; anything else is named as its mistake."""
        with pytest.raises(TypeError) as caught:
            Platform(processors=[lambda hit: result], fail_silently=False).pageview({"dl": "a"})
        assert "processor returns a hit" in str(caught.value)


class TestBatch:
    def test_entries(self):
        """Pairs, dicts with the type as ``t``, and hits; one outcome for each, in their order."""
        provider = memory.Provider()
        hit = read("timing", {"utv": "c"})
        entries = [("pageview", {"dt": "a"}), ["event", None], {"t": "item", "in": "b"}, hit]
        assert all(provider.batch(entry for entry in entries))
        assert [each["type"] for each in provider.hits] == ["pageview", "event", "item", "timing"]
        assert provider.hits[3]["id"] == hit.id

    def test_a_bad_one_harms_no_other(self):
        """Bad entries are rejected in their places, the others delivered."""
        provider = memory.Provider(
            processors=[lambda hit: hit if hit.get("title") != "x" else None]
        )
        bad = [5, "text", (), ("pageview",), {}, {"t": "nonsense"}, ("event", {"ev": "z"}), None]
        entries = [("pageview", {"dt": "a"})] + bad + [("pageview", {"dt": "x"}), {"t": "event"}]
        outcomes = provider.batch(entries)
        assert [bool(outcome) for outcome in outcomes] == [True] + [False] * 9 + [True]
        assert [outcome.reason for outcome in outcomes[1:10]] == ["invalid"] * 8 + ["processor"]
        stats = provider.stats()
        assert (stats["accepted"], stats["delivered"]) == (11, 2)
        assert stats["rejected"] == {"invalid": 8} and stats["dropped"] == {"processor": 1}

    def test_error_after_all_were_sent(self):
        """With fail_silently=False the first failure is raised once all others are out."""
        provider = memory.Provider(fail_silently=False)
        with pytest.raises(InvalidHit):
            provider.batch([("event", {"ev": "z"}), ("pageview", {}), ("pageview", {})])
        assert len(provider.hits) == 2

    def test_fault(self, swallow):
        """A delivery that fails as a whole fails each hit, and the caller not at all."""
        outcomes = Platform(RuntimeError()).batch([("pageview", {}), ("nonsense", {})])
        assert [outcome.reason for outcome in outcomes] == ["fault", "invalid"]

    def test_one_hit(self):
        """track_hit takes a Hit that is made already, with its id and time; beside it there is nothing to say."""
        provider = memory.Provider()
        hit = Hit("event", {"category": "cart", "action": "add"}, 1700000000.0, "0" * 32)
        assert provider.track_hit(hit)
        assert provider.hits[0]["category"] == "cart"
        assert provider.track_hit(hit, {"label": "x"}).reason == "invalid"
        assert provider.track_hit(hit, label="x").reason == "invalid"
        assert len(provider.hits) == 1

    def test_nothing(self):
        """An empty batch is none."""
        assert Platform().batch([]) == Platform().batch(iter(())) == []


class TestStats:
    def test_numbers(self):
        """Every hit is accepted once and has one end; what is queued is not yet delivered."""

        class Queue(Delivery):
            def submit(self, provider, envelope):
                return Outcome(QUEUED)

        platform = Platform(delivery=Queue())
        platform.pageview(HIT)
        platform.track_hit("nonsense")
        stats = platform.stats()
        assert (stats["accepted"], stats["queued"], stats["delivered"]) == (2, 1, 0)
        assert (stats["retry"], stats["rejected"]) == ({}, {"invalid": 1})

    def test_is_a_copy(self):
        """What a caller does to the numbers does not change them."""
        platform = Platform()
        platform.stats()["dropped"]["x"] = 5
        assert platform.stats()["dropped"] == {}

    def test_threads(self):
        """No hit of many threads is lost from the numbers."""
        platform = Platform()
        work = lambda: [platform.pageview(HIT) for _ in range(200)]  # noqa: E731
        threads = [threading.Thread(target=work) for _ in range(5)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert platform.stats()["delivered"] == 1000
