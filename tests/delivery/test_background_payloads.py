"""Background delivery makes payloads in its thread: what becomes of hits that have none, and who is told."""

from __future__ import absolute_import, division, print_function, unicode_literals

import threading
import time

import pytest

import analytical
from analytical.delivery.background import Background
from analytical.errors import InvalidHit
from analytical.providers.googleanalytics import Provider
from analytical.providers.guard import Guard
from analytical.testing import Collector, capture


class Picky(Provider):
    """Makes no payload of some hits, and remembers in which thread it makes those of others."""

    threads = ()

    def payload(self, hit):
        """Refuse one title, and stumble over another."""
        self.threads += (threading.current_thread(),)
        if hit.get("title") == "refused":
            raise InvalidHit("the title is refused")
        if hit.get("title") == "faulty":
            raise KeyError("a fault")
        return super(Picky, self).payload(hit)


class Seam(Provider):
    """Replaces the seam of 0.0.1."""

    given = ()

    def _send(self, payload):
        self.given += (payload,)
        return super(Seam, self)._send(payload)


def make(kind, collector, **options):
    """Make a provider whose delivery is of its own."""
    return kind("UA-1-1", url=collector.url, delivery=Background(interval=0.02), **options)


def titles(collector):
    """List the titles that arrived, in their order."""
    lines = [line for request in collector.requests for line in request.lines]
    return [dict(pair.split(b"=") for pair in line.split(b"&"))[b"dt"].decode() for line in lines]


def test_payloads_are_made_in_the_thread():
    """The caller pays for reading and processing a hit, and not for the platform's terms."""
    with Collector() as collector:
        provider = make(Picky, collector)
        assert provider.pageview(dp="/", title="one").state == "queued"
        assert provider.flush(10)
        assert titles(collector) == ["one"]
        assert threading.current_thread() not in provider.threads


def test_a_hit_without_a_payload_harms_no_other():
    """One that the platform's module refuses is rejected, counted, and given to on_drop; the others go."""
    lost = []
    with Collector() as collector:
        provider = make(Picky, collector, on_drop=lambda hit, why: lost.append((hit, why)))
        for title in ("one", "refused", "two", "refused", "three"):
            assert provider.pageview(dp="/", title=title)
        assert provider.flush(10)
        assert titles(collector) == ["one", "two", "three"]
        assert [(hit.get("title"), why) for hit, why in lost] == [("refused", "invalid")] * 2
        assert provider.stats()["rejected"] == {"invalid": 2}
        assert provider.stats()["delivered"] == 3


def test_a_fault_harms_no_other(monkeypatch):
    """So it is with a hit over which the platform's module stumbles, in a process that swallows faults."""
    monkeypatch.setattr(Guard, "swallow_faults", True)
    with Collector() as collector:
        provider = make(Picky, collector)
        for title in ("faulty", "one"):
            assert provider.pageview(dp="/", title=title)
        assert provider.flush(10)
        assert titles(collector) == ["one"]
        assert provider.stats()["dropped"] == {"fault": 1}


@pytest.mark.parametrize("options", [{"fail_silently": False}, {"strict": True}])
def test_who_asked_for_errors_gets_them_from_the_call(options):
    """A thread could only log them."""
    with Collector() as collector:
        provider = make(Picky, collector, **options)
        with pytest.raises(InvalidHit):
            provider.pageview(dp="/", title="refused")


def test_on_drop_gets_what_was_never_said():
    """A hit beyond the queue's limit, and one that is given up at close, come back as they were."""
    lost = []
    provider = Provider(
        "UA-1-1",
        url="http://127.0.0.1:9",
        delivery=Background(limit=1),
        on_drop=lambda hit, why: lost.append((hit.get("title"), why)),
    )
    assert provider.pageview(dp="/", title="one")
    assert not provider.pageview(dp="/", title="two")
    assert not provider.close(0.1)
    deadline = time.time() + 10
    while len(lost) < 2 and time.time() < deadline:  # the thread gives up when it has heard of it
        time.sleep(0.01)
    assert lost == [("two", "queue_full"), ("one", "closed")]


def test_the_seam_gets_payloads():
    """Whoever replaces _send, in a subclass or a test, is given the payload as ever."""
    with Collector() as collector:
        provider = make(Seam, collector)
        provider.pageview(dp="/", title="one")
        assert provider.given[0]["dt"] == "one"
        other, given = make(Provider, collector), []
        other._send = given.append
        other.pageview(dp="/", title="two")
        assert given[0]["dt"] == "two"
        assert provider.flush(10) and titles(collector) == ["one"]


def test_a_test_captures_payloads():
    """What is captured has its payload at once."""
    provider = analytical.Provider("googleanalytics", "UA-1-1", delivery="background")
    with capture() as sent:
        provider.pageview(dp="/", title="one")
        assert sent.payloads[0]["dt"] == "one"
        assert sent.hits[0].get("title") == "one"
