"""Background delivery against a real collector, in real processes."""

from __future__ import absolute_import, division, print_function, unicode_literals

import os
import subprocess
import sys
import textwrap
import threading
import time

import pytest

import analytical
from analytical.delivery.background import Background
from analytical.delivery.retry import Retry
from analytical.errors import ConfigurationError
from analytical.testing import Collector

QUICK = Retry(base=0.01, cap=0.05)


def make(collector, **options):
    """Make a provider whose hits are told apart by their title."""
    options.setdefault("delivery", Background(interval=0.02, retry=QUICK))
    return analytical.Provider("googleanalytics", "UA-1-1", url=collector.url, **options)


def titles(collector):
    """List the titles that arrived, in their order."""
    found = []
    for request in collector.requests:
        for line in request.lines:
            pairs = dict(pair.split(b"=") for pair in line.split(b"&"))
            found.append(pairs[b"dt"].decode("ascii"))
    return found


def run(script, collector, timeout=30):
    """Run a script in a process of its own; give its exit status and how long it took."""
    start = time.time()
    environment = dict(os.environ, URL=str(collector.url))
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script)], env=environment, stderr=subprocess.PIPE
    )
    killer = threading.Timer(timeout, process.kill)
    killer.start()
    _, errors = process.communicate()
    killer.cancel()
    assert b"Traceback" not in errors, errors
    return process.returncode, time.time() - start


def test_hits_arrive_in_order_and_in_batches():
    """What is accepted is sent in its order, many hits in a request."""
    with Collector() as collector:
        provider = make(collector)
        expected = ["t%d" % number for number in range(200)]
        for title in expected:
            assert provider.pageview(dp="/", title=title).state == "queued"
        assert provider.flush(10)
        assert titles(collector) == expected
        assert len(collector.requests) < 30
        assert provider.stats()["delivered"] == 200
        assert provider.stats()["queued"] == 0


def test_construction_starts_no_thread():
    """The thread begins with the first hit, and close() ends it."""
    with Collector() as collector:
        provider = make(collector)
        assert provider.delivery._thread is None
        provider.pageview(dp="/", title="a")
        thread = provider.delivery._thread
        assert thread.is_alive() and thread.daemon
        assert provider.close(10)
        assert not thread.is_alive()
        provider.pageview(dp="/", title="b")
        assert provider.close(10)
        assert titles(collector) == ["a", "b"]


def test_a_full_queue_drops_the_newest():
    """Beyond the limit the newest is dropped, counted, and given to on_drop."""
    lost = []
    with Collector() as collector:
        collector.hang(seconds=20)
        delivery = Background(limit=3, interval=0.01, retry=QUICK)
        provider = make(
            collector,
            delivery=delivery,
            on_drop=lambda hit, why: lost.append((hit.get("title"), why)),
        )
        outcomes = [provider.pageview(dp="/", title="t%d" % number) for number in range(5)]
        assert [bool(outcome) for outcome in outcomes] == [True] * 3 + [False] * 2
        assert outcomes[-1].reason == "queue_full"
        assert lost == [("t3", "queue_full"), ("t4", "queue_full")]
        assert provider.stats()["dropped"] == {"queue_full": 2}
        assert provider.stats()["queued"] == 3


def test_errors_are_tried_again():
    """After 503 and refused connections the same hits arrive, once each and in order."""
    with Collector() as collector:
        collector.answer(503, times=3)
        provider = make(collector)
        for number in range(30):
            provider.pageview(dp="/", title="t%d" % number)
        deadline = time.time() + 20
        while provider.stats()["delivered"] < 30 and time.time() < deadline:
            time.sleep(0.02)
        good = titles(collector)[-30:]
        assert good == ["t%d" % number for number in range(30)]
        assert provider.stats()["retried"] > 0


def test_a_poisoned_hit_stands_alone():
    """A hit that the platform fails on is isolated and given up; all others arrive."""

    def answer(request):
        return (500 if b"poison" in request.body else 200), {}, b""

    with Collector() as collector:
        collector.answer_with(answer)
        provider = make(collector, delivery=Background(interval=0.05, retry=Retry(3, 0.01, 0.02)))
        for number in range(40):
            provider.pageview(dp="/", title="poison" if number == 7 else "t%d" % number)
        deadline = time.time() + 20
        while provider.stats()["queued"] and time.time() < deadline:
            time.sleep(0.02)
        assert provider.stats()["delivered"] == 39
        assert provider.stats()["dropped"] == {"http_500": 1}


def test_a_dead_host_is_not_hammered():
    """While nothing answers, attempts are few, however many hits wait."""
    with Collector() as collector:
        collector.reset(times=10000)
        provider = make(
            collector,
            at_least_once=True,
            delivery=Background(interval=0.01, retry=Retry(base=0.5, cap=5)),
        )
        for number in range(500):
            provider.pageview(dp="/", title="t%d" % number)
        time.sleep(1.0)
        assert 1 <= len(collector.requests) <= 30
        assert provider.stats()["queued"] == 500


def test_unanswered_hits_are_not_doubled():
    """A platform that does not de-duplicate is not sent again what may have arrived."""
    with Collector() as collector:
        collector.reset(times=1)
        provider = make(collector)
        provider.pageview(dp="/", title="a")
        assert provider.flush(10)
        assert provider.stats()["dropped"] == {"unanswered": 1}
        assert len(collector.requests) == 1


def test_exit_sends_what_is_queued():
    """A process that ends without close() sends its hits first."""
    script = """
    import analytical, os
    p = analytical.Provider("googleanalytics", "UA-1-1", url=os.environ["URL"], delivery="background")
    for n in range(300):
        p.pageview(dp="/", title="t%d" % n)
    """
    with Collector() as collector:
        status, _ = run(script, collector)
        assert status == 0
        assert len(titles(collector)) == 300


def test_exit_is_quick_when_the_collector_hangs():
    """A silent collector holds the end of a process for two seconds, not for its timeout."""
    script = """
    import analytical, os
    p = analytical.Provider(
        "googleanalytics", "UA-1-1", url=os.environ["URL"], delivery="background", timeout=60
    )
    p.pageview(dp="/", title="a")
    """
    with Collector() as collector:
        collector.hang(seconds=100)
        status, took = run(script, collector)
        assert status == 0
        assert took < 20


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_fork_in_mid_queue():
    """A child sends its own hits and none of the parent's; the parent sends its own once."""
    script = """
    import analytical, os, sys
    p = analytical.Provider("googleanalytics", "UA-1-1", url=os.environ["URL"], delivery="background")
    for n in range(50):
        p.pageview(dp="/", title="parent%d" % n)
    child = os.fork()
    who = "after" if child else "child"
    for n in range(50):
        p.pageview(dp="/", title="%s%d" % (who, n))
    if child:
        os.waitpid(child, 0)
    sys.exit(0)
    """
    with Collector() as collector:
        status, _ = run(script, collector)
        assert status == 0
        expected = ["%s%d" % (who, n) for who in ("parent", "after", "child") for n in range(50)]
        assert sorted(titles(collector)) == sorted(expected)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_children_of_multiprocessing():
    """Children of multiprocessing, which leave past atexit, send their hits too."""
    script = """
    import analytical, multiprocessing, os
    p = analytical.Provider("googleanalytics", "UA-1-1", url=os.environ["URL"], delivery="background")

    def work(who):
        for n in range(20):
            p.pageview(dp="/", title="%s-%d" % (who, n))

    p.pageview(dp="/", title="first")
    children = [multiprocessing.Process(target=work, args=(who,)) for who in range(4)]
    for child in children:
        child.start()
    for child in children:
        child.join()
    """
    if sys.version_info >= (3, 4):
        script = script.replace("p = ana", "multiprocessing.set_start_method('fork')\n    p = ana")
    with Collector() as collector:
        status, _ = run(script, collector)
        assert status == 0
        expected = ["%d-%d" % (who, n) for who in range(4) for n in range(20)] + ["first"]
        assert sorted(titles(collector)) == sorted(expected)


def test_many_threads():
    """Hits of many threads arrive, each once."""
    with Collector() as collector:
        provider = make(collector)

        def work(who):
            for number in range(100):
                provider.pageview(dp="/", title="%d-%d" % (who, number))

        threads = [threading.Thread(target=work, args=(who,)) for who in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert provider.flush(20)
        assert sorted(titles(collector)) == sorted(
            "%d-%d" % (w, n) for w in range(8) for n in range(100)
        )
        assert provider.stats()["accepted"] == provider.stats()["delivered"] == 800


def test_close_gives_up_in_time():
    """What a dead platform did not take by the end of close() is dropped and counted, not tried on."""
    lost = []
    with Collector() as collector:
        collector.answer(503)
        provider = make(collector, on_drop=lambda hit, why: lost.append(why))
        for number in range(3):
            provider.pageview(dp="/", title="t%d" % number)
        assert not provider.close(0.2)
        deadline = time.time() + 10
        while len(lost) < 3 and time.time() < deadline:
            time.sleep(0.01)
        assert lost == ["closed"] * 3
        assert provider.stats()["queued"] == 0
        collector.answer(200)
        provider.pageview(dp="/", title="again")
        assert provider.flush(10)
        assert titles(collector)[-1] == "again"


def test_uwsgi_without_threads(monkeypatch):
    """Under uWSGI without threads hits are sent directly, for a thread would never run."""

    class Module(object):
        opt = {b"master": b"true"}

    monkeypatch.setitem(sys.modules, "uwsgi", Module())
    with Collector() as collector:
        assert make(collector).pageview(dp="/", title="a").state == "delivered"
        Module.opt[b"enable-threads"] = b"true"
        provider = make(collector)
        assert provider.pageview(dp="/", title="b").state == "queued"
        assert provider.close(10)


@pytest.mark.parametrize("options", [{"limit": 0}, {"batch": 0}, {"interval": -1}])
def test_senseless_numbers(options):
    """Numbers that make no delivery are refused."""
    with pytest.raises(ConfigurationError):
        Background(**options)
