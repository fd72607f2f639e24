"""disabled=True and ANALYTICAL_DISABLED: a provider that sends and stores nothing."""

from __future__ import absolute_import, division, print_function, unicode_literals

import logging

import pytest

import analytical
from analytical.delivery.base import envelope_of
from analytical.testing import Collector

PAGE = "https://example.com/"
VARIABLE = str("ANALYTICAL_DISABLED")


@pytest.fixture(params=["option", "environment"])
def make(request, monkeypatch):
    """Make providers that are disabled in one of the two ways."""
    if request.param == "environment":
        monkeypatch.setenv(VARIABLE, str("1"))
        return analytical.Provider
    return lambda *args, **options: analytical.Provider(*args, disabled=True, **options)


def test_outcome(make):
    """A call says that the hit was dropped, and why; it is false, counted, and no error."""
    provider = make("memory", fail_silently=False)
    outcome = provider.pageview(url=PAGE)
    assert (outcome.state, outcome.reason, bool(outcome)) == ("dropped", "disabled", False)
    assert [each.reason for each in provider.batch([("event", {"ea": "a"})] * 2)] == [
        "disabled"
    ] * 2
    assert provider.stats()["dropped"] == {"disabled": 3}
    assert (provider.disabled, provider.hits) == (True, [])
    assert provider.flush(0) and provider.close(0)


@pytest.mark.parametrize("delivery", ["direct", "background", "outbox"])
def test_nothing_happens(make, tmpdir, delivery):
    """No request, no thread, no file."""
    if delivery == "outbox":
        delivery = "outbox://" + str(tmpdir.join("hits.outbox")).replace("\\", "/")
    with Collector() as collector:
        provider = make("googleanalytics", "UA-1-1", url=collector.url, delivery=delivery)
        assert not provider.pageview(url=PAGE)
        assert getattr(provider.delivery, "_thread", None) is None
        (problem,) = provider.validate("pageview", url=PAGE, cid="1", online=True)
        assert "disabled" in problem.text
        (outcome,) = provider.deliver([envelope_of({"v": "1"})])
        assert (outcome.state, outcome.reason, outcome.sent) == ("retry", "disabled", False)
        assert not collector.requests
    assert not tmpdir.listdir()


def test_local_file(make, tmpdir):
    """No database is made, not even by a worker that hits come to from elsewhere."""
    provider = make("sqlite", str(tmpdir.join("analytics.db")))
    provider.pageview(url=PAGE)
    (outcome,) = provider.deliver([envelope_of({"type": "pageview"})])
    assert outcome.reason == "disabled"
    (outcome,) = make("memory").deliver([envelope_of({"type": "pageview"})])
    assert outcome.reason == "disabled"
    assert not tmpdir.listdir()


def test_no_warning(make, caplog):
    """Somebody chose it: nothing is logged. A dropped hit is given to on_drop with its reason."""
    told = []
    provider = make("memory", on_drop=lambda hit, reason: told.append((hit.type, reason)))
    with caplog.at_level(logging.INFO):
        provider.pageview(url=PAGE)
    assert (told, caplog.records) == ([("pageview", "disabled")], [])


def test_mistakes_are_still_found(make):
    """Processors run, and wrong hits and options fail as they would elsewhere."""
    seen = []
    provider = make("memory", strict=True, processors=[lambda hit: seen.append(hit) or hit])
    assert provider.pageview(url=PAGE).reason == "disabled"
    with pytest.raises(analytical.InvalidHit):
        provider.event(value="many")
    assert len(seen) == 2
    with pytest.raises(analytical.ConfigurationError):
        make("memory", delivery="pigeon")


def test_fanout(make):
    """A disabled fanout asks none of its providers."""
    memory = analytical.Provider("memory")
    provider = make("fanout", [memory])
    outcome = provider.pageview(url=PAGE)
    assert (outcome.reason, outcome.outcomes) == ("disabled", {})
    assert provider.stats()["dropped"] == {"disabled": 1}
    assert memory.stats()["accepted"] == 0


@pytest.mark.parametrize(
    ("value", "disabled"), [("", False), ("0", False), ("no", False), ("TRUE", True)]
)
def test_environment(monkeypatch, value, disabled):
    """The variable takes the words for yes and no; it is read when the provider is made."""
    monkeypatch.setenv(VARIABLE, str(value))
    provider = analytical.Provider("memory")
    monkeypatch.setenv(VARIABLE, str("1"))
    assert (provider.disabled, bool(provider.pageview(url=PAGE))) == (disabled, not disabled)


def test_environment_wins(monkeypatch):
    """Code that says disabled=False cannot send where the environment forbids it."""
    monkeypatch.setenv(VARIABLE, str("1"))
    assert analytical.Provider("memory", disabled=False).disabled


def test_environment_with_another_word(monkeypatch):
    """A word that is neither is a mistake that is named, not guessed at."""
    monkeypatch.setenv(VARIABLE, str("perhaps"))
    with pytest.raises(analytical.ConfigurationError) as caught:
        analytical.Provider("memory")
    assert VARIABLE in str(caught.value)
    assert "perhaps" not in str(caught.value)


def test_from_url_and_configured():
    """An address and a configured name can be disabled."""
    assert analytical.from_url("memory://?disabled=true").disabled
    analytical.configure("quiet", "memory")
    assert analytical.Provider("quiet", disabled=True).disabled
