"""Direct delivery and the values it hands around: outcomes, payloads, envelopes."""

from __future__ import absolute_import, division, print_function, unicode_literals

import copy
import json
import pickle

import pytest

import analytical
from analytical import delivery
from analytical.delivery.base import (
    DELIVERED,
    DROPPED,
    QUEUED,
    REJECTED,
    RETRY,
    Delivery,
    Envelope,
    Outcome,
    Payload,
    envelope_of,
)
from analytical.delivery.direct import Direct
from analytical.errors import ConfigurationError
from analytical.providers import memory
from analytical.testing import Collector


class TestOutcome:
    @pytest.mark.parametrize(
        ("state", "good"),
        [(DELIVERED, True), (QUEUED, True), (RETRY, False), (REJECTED, False), (DROPPED, False)],
    )
    def test_truth(self, state, good):
        """An outcome is true when nobody needs to worry about the hit."""
        assert bool(Outcome(state)) is good

    def test_is_a_value(self):
        """Outcomes with the same entries are equal, and can be counted in a set or sent on."""
        first = Outcome(RETRY, "http_503", 503, retry_after=7.0, detail="x")
        second = Outcome(RETRY, "http_503", 503, retry_after=7.0, detail="x")
        assert first == second and len({first, second}) == 1
        assert first != Outcome(RETRY, "http_503", 503) and first != "retry"
        assert pickle.loads(pickle.dumps(first, 2)) == copy.copy(first) == first

    def test_repr(self):
        """An outcome in a log says state and reason, and no detail."""
        assert repr(Outcome(RETRY, "timeout", detail="12.34.56.78")) == "Outcome(retry, timeout)"
        assert repr(Outcome(DELIVERED)) == "Outcome(delivered)"


class TestPayload:
    def test_is_a_dict(self):
        """A payload is a dict for whoever wants one, and knows its hit's id and time besides."""
        payload = Payload({"dt": "Home"}, "abc", 5.0)
        assert payload == {"dt": "Home"} and json.loads(json.dumps(payload)) == payload
        envelope = envelope_of(payload)
        assert (envelope.id, envelope.time, envelope.payload) == ("abc", 5.0, {"dt": "Home"})

    def test_plain_dict_gets_an_id_and_the_time_of_now(self):
        """A dict given to ``_send`` is a hit of now."""
        first, second = envelope_of({"dt": "Home"}), envelope_of({"dt": "Home"})
        assert first.id != second.id and len(first.id) == 32 and first.time > 1.5e9

    def test_reprs_hold_no_value(self):
        """An envelope in a log shows its id alone."""
        envelope = Envelope("abc", 5.0, {"uip": "12.34.56.78"})
        assert repr(envelope) == "Envelope(abc)"


class TestMake:
    def test_direct_is_the_default(self):
        """Without another word hits leave in the caller's thread."""
        assert type(analytical.Provider("memory").delivery) is Direct
        assert type(delivery.make("direct")) is type(delivery.make(b"direct")) is Direct

    def test_an_object_is_used_as_it_is(self):
        """A delivery of one's own, perhaps shared by several providers."""
        mine = Delivery()
        assert analytical.Provider("memory", delivery=mine).delivery is mine

    @pytest.mark.parametrize("given", ["carrier pigeon", "", b"\xff", 5, object(), Direct.submit])
    def test_what_is_none(self, given):
        """Anything else is refused with the known names."""
        with pytest.raises(ConfigurationError) as caught:
            delivery.make(given)
        assert "'direct'" in str(caught.value)

    def test_contract(self):
        """A delivery without a submit of its own says what it must have; its other methods have defaults."""
        with pytest.raises(NotImplementedError):
            Delivery().submit(None, None)
        assert Delivery().flush(1) and Delivery().close(None)


class TestDirect:
    def test_delivers_at_once(self):
        """When the call returns the platform has answered; one attempt, no more."""
        with Collector() as collector:
            provider = analytical.Provider("googleanalytics", "UA-1-1", url=collector.url)
            collector.answer(503, headers={"Retry-After": "7"})
            outcome = provider.pageview({"dl": "https://example.com/"})
            assert len(collector.requests) == 1
        assert not outcome
        assert (outcome.state, outcome.reason, outcome.status) == (RETRY, "http_503", 503)
        assert outcome.retry_after == 7.0

    def test_batch_in_order(self):
        """A batch is handed over whole, and answered in its order."""
        provider = memory.Provider()
        hits = [("pageview", {"dt": str(number)}) for number in range(50)]
        assert all(provider.batch(hits))
        assert [hit["title"] for hit in provider.hits] == [str(number) for number in range(50)]

    def test_nothing_waits(self):
        """There is nothing to flush; a provider works as a context manager, and after it."""
        with memory.Provider() as provider:
            provider.pageview()
        assert provider.flush(0) and provider.close(0) and provider.pageview()
