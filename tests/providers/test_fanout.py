"""fanout: each hit goes to all providers, and one that fails harms no other."""

from __future__ import absolute_import, division, print_function, unicode_literals

import threading

import pytest

import analytical
from analytical._compat import monotonic
from analytical.delivery.base import Delivery, Outcome
from analytical.errors import (
    ConfigurationError,
    DeliveryError,
    InvalidHit,
    Rejected,
    TransportError,
    UnsupportedField,
)
from analytical.providers.guard import Guard
from analytical.providers.memory import Provider as Memory
from analytical.testing import Collector

PAGE = {"dl": "https://example.com/", "ua": "Mozilla/5.0", "uip": "203.0.113.9"}


class Broken(Memory):
    """A provider of somebody else's that raises wherever it can."""

    name = "broken"
    error = RuntimeError

    def deliver(self, envelopes):
        raise self.error("deliver")

    def flush(self, timeout=None):
        raise self.error("flush")

    close = flush


class Slow(Delivery):
    """A delivery that takes all the time it is given, and notes how much that was."""

    def __init__(self):
        self.given = []

    def submit(self, provider, envelope):
        return Outcome("queued")

    def flush(self, timeout):
        self.given.append(timeout)
        threading.Event().wait(timeout)
        return timeout > 0


def memory(**options):
    """Make a provider that keeps what it gets."""
    return analytical.Provider("memory", **options)


def fan(*providers, **options):
    """Make a fanout."""
    return analytical.Provider("fanout", list(providers), **options)


def drop(hit):
    """A processor that drops everything."""
    return None


def test_all_get_the_same_hit():
    """Id, time and fields are the same everywhere, and the outcome is true."""
    one, other = memory(), memory()
    outcome = fan(one, other).pageview(PAGE, title="Home")
    assert outcome
    assert outcome.state == "delivered"
    assert one.hits == other.hits
    assert len(one.hits) == 1
    assert one.hits[0]["title"] == "Home"


def test_outcomes_stand_under_names():
    """Each provider's outcome is there by its name; a second one of a name has a number."""
    outcome = fan(
        memory(), memory(), analytical.Provider("sqlite", "x.db", processors=[drop])
    ).event(ea="x")
    assert list(outcome.outcomes) == ["memory", "memory-2", "sqlite"]
    assert [each.state for each in outcome.outcomes.values()] == [
        "delivered",
        "delivered",
        "dropped",
    ]


def test_true_only_where_all_are_true():
    """One dropped hit makes the outcome false, whatever the others say."""
    outcome = fan(memory(), memory(processors=[drop])).pageview(PAGE)
    assert not outcome
    assert (outcome.state, outcome.reason) == ("dropped", "processor")
    assert outcome.detail == "memory-2: processor"


def test_a_loss_shows_before_a_choice():
    """Where one provider was to drop the hit and another lost it, the loss is what shows."""
    with Collector() as collector:
        collector.answer(400)
        lost = analytical.Provider("plausible", "example.com", url=collector.url)
        outcome = fan(memory(processors=[drop]), lost).pageview(PAGE)
    assert (outcome.state, outcome.reason, outcome.status) == ("rejected", "http_400", 400)
    assert outcome.detail == "memory: processor; plausible: http_400"


def test_queued_where_one_is_queued():
    """Delivered here and queued there is queued, as a whole."""
    outcome = fan(memory(), memory(delivery=Slow())).pageview(PAGE)
    assert outcome
    assert outcome.state == "queued"


def test_a_batch_goes_to_each_at_once():
    """A batch is one batch for each provider, and outcomes keep the order of the hits."""
    with Collector() as collector:
        collector.answer(200, b"{}")
        website = "94db1cb1-74f4-4a40-ad6c-962362670409"
        umami = analytical.Provider("umami", website, url=collector.url)
        one = memory()
        hits = [("pageview", PAGE), ("nothing", {}), ("event", dict(PAGE, ea="x"))]
        outcomes = fan(one, umami).batch(hits)
        assert [bool(outcome) for outcome in outcomes] == [True, False, True]
        assert [request.path for request in collector.requests] == ["/api/batch"]
    assert outcomes[1].outcomes == {}
    assert [hit["type"] for hit in one.hits] == ["pageview", "event"]


def test_own_processors_run_once_and_first():
    """Those of the fanout run once for all; then each provider's own, on a copy."""
    seen = []

    def first(hit):
        seen.append("first")
        return hit.replace(title="of all")

    def spoil(hit):
        seen.append(hit.get("title"))
        hit.fields["title"] = "spoiled"
        return hit

    one, other = memory(processors=[spoil]), memory()
    assert fan(one, other, processors=[first]).pageview(PAGE)
    assert seen == ["first", "of all"]
    assert [one.hits[0]["title"], other.hits[0]["title"]] == ["spoiled", "of all"]


def test_a_processor_may_drop_for_all():
    """A hit dropped before reaches none, and its outcome holds none."""
    one = memory()
    outcome = fan(one, processors=[drop], fail_silently=False).pageview(PAGE)
    assert (outcome.state, outcome.reason, outcome.outcomes) == ("dropped", "processor", {})
    assert one.hits == []


def test_a_raising_provider_harms_no_other():
    """An exception of one provider is its outcome; those before and after it get the hit."""
    Guard.swallow_faults = True
    one, other = memory(), memory()
    # The broken one asks for exceptions; the fanout does not.
    outcome = fan(one, Broken(fail_silently=False), other).pageview(PAGE)
    assert len(one.hits) == len(other.hits) == 1
    assert outcome.outcomes["memory"] and outcome.outcomes["memory-2"]
    broken = outcome.outcomes["broken"]
    assert (broken.state, broken.reason, broken.detail) == ("dropped", "fault", "RuntimeError")


def test_a_hit_that_breaks_a_provider_harms_no_other_hit():
    """Where one hit of a batch makes a provider raise, it still gets the others."""
    Guard.swallow_faults = True

    class Choosy(Memory):
        name = "choosy"

        def payload(self, hit):
            if hit.get("title") == "bad":
                raise RuntimeError("payload")
            return super(Choosy, self).payload(hit)

    choosy = Choosy(fail_silently=False)
    titles = ["good", "bad", "better"]
    outcomes = fan(choosy, memory()).batch([("pageview", {"dt": title}) for title in titles])
    assert [bool(outcome) for outcome in outcomes] == [True, False, True]
    assert [hit["title"] for hit in choosy.hits] == ["good", "better"]


@pytest.mark.parametrize("error", [ConfigurationError, RuntimeError])
def test_what_must_be_raised_is_raised_at_the_end(error):
    """What the guard does not keep from the caller comes after all others got the hit."""
    broken = Broken(fail_silently=False)
    broken.error = error
    one = memory()
    with pytest.raises(error):
        fan(broken, one).pageview(PAGE)
    assert len(one.hits) == 1


def test_errors_on_request():
    """With fail_silently=False the failure is raised, with all outcomes, after all were sent."""
    with Collector() as collector:
        collector.answer(400)
        one = memory()
        lost = analytical.Provider("plausible", "example.com", url=collector.url)
        with pytest.raises(Rejected) as caught:
            fan(lost, one, fail_silently=False).pageview(PAGE)
        assert caught.value.outcome.outcomes["memory"]
        assert "plausible: http_400" in str(caught.value)
    with pytest.raises(TransportError):
        fan(lost, one, fail_silently=False).pageview(PAGE)
    assert len(one.hits) == 2


def test_a_provider_that_asks_for_errors_asks_the_fanout():
    """Whether failures are raised is the fanout's choice alone."""
    with Collector() as collector:
        collector.answer(400)
        lost = analytical.Provider(
            "plausible", "example.com", url=collector.url, fail_silently=False
        )
        assert fan(lost).pageview(PAGE).reason == "http_400"


def test_a_value_that_one_refuses_may_suit_another():
    """A value of a wrong kind is judged by each provider, as Universal Analytics passes it on."""
    with Collector() as collector:
        ga = analytical.Provider("googleanalytics", "UA-1-1", url=collector.url)
        outcome = fan(ga, memory()).event(ec="a", ea="b", ev="many")
        assert len(collector.requests) == 1
    assert [each.state for each in outcome.outcomes.values()] == ["delivered", "rejected"]


def test_an_invalid_hit_is_an_invalid_hit():
    """With fail_silently=False a hit that a platform cannot take raises what its provider would."""
    with pytest.raises(InvalidHit):
        fan(memory(), fail_silently=False).event(ec="a", ea="b", ev="many")
    outcome = fan(memory()).event(ec="a", ea="b", ev="many")
    assert outcome.outcomes["memory"].reason == "invalid"


def test_the_error_is_that_of_the_first_lost_hit():
    """In a batch the first hit that was lost says what is raised; a chosen drop does not."""

    def drop_events(hit):
        return None if hit.type == "event" else hit

    choosy = memory(processors=[drop_events])
    with pytest.raises(InvalidHit):
        fan(choosy, fail_silently=False).batch(
            [("event", {"ea": "x"}), ("pageview", dict(PAGE, cm1="many"))]
        )
    assert choosy.hits == []


def test_problems_say_whose_they_are():
    """validate() merges what all find, with the provider's name before the field."""
    plausible = analytical.Provider("plausible", "example.com")
    problems = fan(plausible, memory()).validate("pageview", PAGE, client_id="1")
    assert [(each.field, each.code) for each in problems] == [
        ("plausible.client_id", "unsupported")
    ]


def test_strict_sends_nothing():
    """With strict=True a problem of one provider is raised before any gets the hit."""
    one = memory()
    plausible = analytical.Provider("plausible", "example.com", url="http://127.0.0.1:9")
    with pytest.raises(UnsupportedField) as caught:
        fan(one, plausible, strict=True).pageview(PAGE, client_id="1")
    assert "plausible.client_id" in str(caught.value)
    assert one.hits == []


def test_a_strict_provider_refuses_alone():
    """strict=True of one provider is its own business."""
    one = memory()
    plausible = analytical.Provider(
        "plausible", "example.com", url="http://127.0.0.1:9", strict=True
    )
    outcome = fan(plausible, one).pageview(PAGE, client_id="1")
    assert outcome.outcomes["plausible"].reason == "invalid"
    assert len(one.hits) == 1


def test_counts_of_all():
    """stats() counts what the fanout was given, and what each provider made of it."""
    both = fan(memory(), memory(processors=[drop]))
    both.pageview(PAGE)
    both.pageview(PAGE)
    stats = both.stats()
    assert (stats["accepted"], stats["dropped"]) == (2, {"processor": 2})
    assert stats["providers"]["memory"]["delivered"] == 2
    assert stats["providers"]["memory-2"]["dropped"] == {"processor": 2}


def test_on_drop_hears_of_each_hit_once():
    """on_drop of the fanout gets the hit and a reason, once for all providers."""
    told = []
    both = fan(
        memory(processors=[drop]),
        memory(processors=[drop]),
        on_drop=lambda hit, reason: told.append((hit.get("url"), reason)),
    )
    both.pageview(PAGE)
    assert told == [("https://example.com/", "processor")]


@pytest.mark.parametrize("method", ["flush", "close"])
def test_one_deadline_for_all(method):
    """The second of two slow providers gets what the first left: nothing, here."""
    first, second = Slow(), Slow()
    begun = monotonic()
    both = fan(memory(delivery=first), memory(delivery=second))
    assert getattr(both, method)(0.2) is False
    assert monotonic() - begun < 10
    assert first.given[0] == pytest.approx(0.2, abs=0.1)
    assert second.given == [0.0]


@pytest.mark.parametrize("method", ["flush", "close"])
def test_all_are_closed_though_one_fails(method):
    """A provider that raises keeps no other from bringing its hits out."""
    Guard.swallow_faults = True
    slow = Slow()
    assert getattr(fan(Broken(), memory(delivery=slow)), method)(0.1) is False
    assert len(slow.given) == 1


def test_flush_and_close_tell_of_success():
    """True where everything is out; with no timeout each may take as long as it needs."""
    both = fan(memory(), memory())
    assert both.flush() is True
    assert both.close(1) is True


def test_a_fanout_of_fanouts():
    """A fanout is a provider, so it may be one of another's."""
    one, other = memory(), memory()
    outcome = fan(fan(one), other).pageview(PAGE)
    assert outcome
    assert one.hits == other.hits
    assert list(outcome.outcomes["fanout"].outcomes) == ["memory"]


def test_preview():
    """What would leave is that of each provider, its own processors included."""
    from analytical.params import read

    umami = analytical.Provider("umami", "94db1cb1-74f4-4a40-ad6c-962362670409")
    made = fan(memory(), umami, memory(processors=[drop])).preview([read("pageview", PAGE)])
    assert made[0]["url"] == "https://example.com/"
    assert made[1].url == "https://cloud.umami.is/api/send"
    assert len(made) == 2


def test_places_of_all():
    """A field has a place where one provider has one."""
    plausible = analytical.Provider("plausible", "example.com")
    assert not fan(plausible).supports("client_id")
    assert fan(plausible, memory()).supports("client_id")


@pytest.mark.parametrize("account", [None, [], "memory", ["memory"], 7, {"a": 1}, Memory])
def test_the_account_is_a_list_of_providers(account):
    """Anything else is refused, and the error shows what is taken."""
    with pytest.raises(ConfigurationError) as caught:
        analytical.Provider("fanout", account)
    assert "analytical.Provider('memory')" in str(caught.value)


def test_no_address_says_a_fanout():
    """from_url cannot name several providers, and says so."""
    with pytest.raises(ConfigurationError):
        analytical.from_url("fanout://memory")


@pytest.mark.parametrize("option", ["delivery", "timeout", "at_least_once", "asynchronously"])
def test_what_each_provider_has_itself(option):
    """Options of one provider's way out are no options of the fanout."""
    with pytest.raises(ConfigurationError) as caught:
        fan(memory(), **{str(option): 1})
    assert option in str(caught.value)


def test_a_context_closes_all():
    """Leaving the context closes every provider."""
    slow = Slow()
    slow.flush = lambda timeout: slow.given.append(timeout) or True
    with fan(memory(delivery=slow)) as provider:
        assert provider.pageview(PAGE)
    assert slow.given == [None]


def test_a_hit_lost_by_a_delivery_is_a_delivery_error():
    """A hit that was dropped after the mapping is raised as such."""

    class Full(Slow):
        def submit(self, provider, envelope):
            return Outcome("dropped", "queue_full", sent=False)

    with pytest.raises(DeliveryError) as caught:
        fan(memory(delivery=Full()), fail_silently=False).pageview(PAGE)
    assert "queue_full" in str(caught.value)
