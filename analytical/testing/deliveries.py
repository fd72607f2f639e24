"""DeliveryContract: what every delivery keeps, ours and yours; inherit it in your tests."""

from __future__ import absolute_import, division, print_function, unicode_literals

import contextlib
import logging
import os
import shutil
import tempfile
import threading
import unittest

from . import steps
from .collector import Collector

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator, List, Text, Tuple

    from ..delivery.base import Delivery
    from ..providers.base import BaseProvider

SECRET = "planted-c0ffee-0123456789"


class DeliveryContract(object):
    """
    The promises of a delivery as tests. Subclass it under a name that pytest collects::

        class TestQuick(DeliveryContract):
            def delivery(self, folder):
                return Quick(path=folder + "/hits")

    A hit is accepted when its outcome is true. The hits go to Mixpanel's provider, since it has a
    credential, batches, answers that refuse single hits, and de-duplication.

    :cvar bool settles_here: whether hits are settled in the process that accepted them, so that ``flush``
        waits for them and ``stats`` follows them; False where workers elsewhere do it
    """

    settles_here = True

    def delivery(self, folder):
        # type: (Text) -> Delivery
        """Make a new delivery; files of its own go into the folder, which is empty."""
        raise NotImplementedError("a DeliveryContract needs delivery(folder)")

    def make(self, collector, folder, **options):
        # type: (Collector, Text, **Any) -> BaseProvider
        """Make the provider that delivers by it to a collector; for deliveries that need more than that."""
        import analytical

        delivery = self.delivery(folder)
        options.setdefault(str("timeout"), 20)  # a request that is only slow must not be sent twice
        return analytical.Provider(
            "mixpanel", SECRET, url=collector.url, delivery=delivery, **options
        )

    @contextlib.contextmanager
    def _sending(self, **options):
        # type: (**Any) -> Iterator[Tuple[Collector, Any]]
        folder = tempfile.mkdtemp()
        try:
            with Collector() as collector:
                collector.answer_with(steps.take)
                provider = self.make(collector, folder, **options)
                provider.folder = folder  # type: ignore[attr-defined]
                try:
                    yield collector, provider
                finally:
                    provider.close(1.0)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _finish(self, collector, provider, expected):
        # type: (Collector, Any, List[Text]) -> None
        """Flush, and check that these titles have arrived, each once; in any order."""
        assert provider.flush(steps.PATIENCE)
        steps.until(lambda: len(steps.titles(collector)) >= len(expected))
        assert sorted(steps.titles(collector)) == sorted(expected)

    def test_accepted_hits_arrive_once_and_in_order(self):
        # type: () -> None
        """Hits sent one by one and in batches arrive, each once, in the order they were accepted."""
        expected = ["t%03d" % number for number in range(90)]
        with self._sending() as (collector, provider):
            for start in range(0, 90, 30):
                outcomes = [
                    steps.pageview(provider, title) for title in expected[start : start + 20]
                ]
                some = expected[start + 20 : start + 30]
                outcomes += provider.batch([("pageview", steps.params(title)) for title in some])
                assert [bool(outcome) for outcome in outcomes] == [True] * 30
            self._finish(collector, provider, expected)
            assert steps.titles(collector) == expected

    def test_threads(self):
        # type: () -> None
        """Threads that share a provider have all their hits delivered, each once."""
        names = [["%d-%d" % (who, number) for number in range(20)] for who in range(4)]
        with self._sending() as (collector, provider):
            accepted = []  # type: List[bool]

            def work(some):
                # type: (List[Text]) -> None
                accepted.extend([bool(steps.pageview(provider, title)) for title in some])

            threads = [threading.Thread(target=work, args=(some,)) for some in names]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(steps.PATIENCE)
            assert accepted == [True] * 80
            self._finish(collector, provider, sum(names, []))

    def test_a_rejected_hit_harms_no_other(self):
        # type: () -> None
        """What the platform refuses is counted as rejected; the hits around it arrive."""
        with self._sending() as (collector, provider):
            outcomes = [steps.pageview(provider, title) for title in ("a", steps.POISON, "b")]
            assert outcomes[0] and outcomes[2]
            steps.until(lambda: {"a", "b", steps.POISON} <= set(steps.titles(collector)))
            self._finish(collector, provider, ["a", steps.POISON, "b"])
            if self.settles_here:
                stats = provider.stats()
                assert stats["rejected"] == {"invalid": 1} and stats["delivered"] == 2

    def test_a_busy_platform_is_tried_again(self):
        # type: () -> None
        """After 503 an accepted hit waits as long as Retry-After says, then arrives; others say so."""
        with self._sending() as (collector, provider):
            collector.answer(503, headers={"Retry-After": "1"}, times=1)
            outcome = steps.pageview(provider, "a")
            if not outcome:
                assert (outcome.state, outcome.retry_after) == ("retry", 1.0)
                assert provider.stats()["retry"] == {"http_503": 1}
                return
            first, second = collector.wait(2, steps.PATIENCE)[:2]
            assert steps.titles_of(first) == steps.titles_of(second) == ["a"]
            assert second.time - first.time > 0.9
            assert provider.flush(steps.PATIENCE)
            if self.settles_here:
                assert provider.stats()["delivered"] == 1 and provider.stats()["retried"] == 1

    def test_flush_and_close_keep_their_time(self):
        # type: () -> None
        """While the platform hangs they return and say that hits wait; later all is sent."""
        with self._sending(timeout=0.5) as (collector, provider):
            collector.hang(times=None)
            accepted = [title for title in ("a", "b") if steps.pageview(provider, title)]
            done = steps.returns(lambda: provider.flush(0.1))
            if self.settles_here:
                assert done == (not accepted)
            collector.answer_with(steps.take)
            assert provider.flush(steps.PATIENCE)
            steps.until(lambda: set(accepted) <= set(steps.titles(collector)))
            assert provider.close(steps.PATIENCE) and provider.close(steps.PATIENCE)
            collector.clear()
            assert steps.pageview(provider, "after close")
            self._finish(collector, provider, ["after close"])
            collector.hang(times=None)
            steps.pageview(provider, "c")
            steps.returns(lambda: provider.close(0.1))

    def test_fork(self):
        # type: () -> None
        """Parent and child each have what they accepted delivered, once, with hits queued at the fork."""
        if not hasattr(os, "fork"):
            raise unittest.SkipTest("needs os.fork")
        with self._sending() as (collector, provider):
            outcomes = [steps.pageview(provider, "before-%d" % number) for number in range(5)]
            child = steps.fork()
            who = "parent" if child else "child"
            if not child:
                steps.leave(
                    lambda: steps.send_some(provider, who) and provider.close(steps.PATIENCE)
                )
            assert steps.send_some(provider, who)
            assert os.waitpid(child, 0)[1] == 0
            assert all(outcomes)
            expected = [
                "%s-%d" % (who, n) for who in ("before", "parent", "child") for n in range(5)
            ]
            self._finish(collector, provider, expected)

    def test_secrets_never_show(self):
        # type: () -> None
        """No repr, log line or file of the delivery holds the provider's credential."""
        records = []  # type: List[Text]
        handler = logging.Handler(logging.DEBUG)
        handler.emit = (  # type: ignore[method-assign]
            lambda record: records.append(logging.Formatter().format(record))
        )
        root = logging.getLogger()
        level = root.level
        root.addHandler(handler)
        root.setLevel(logging.DEBUG)
        try:
            with self._sending() as (collector, provider):
                collector.answer(503)
                steps.pageview(provider, "a")
                provider.flush(0.5)
                files = steps.read_all(provider.folder)
                shown = repr(provider.delivery) + repr(provider.delivery.__dict__)
                collector.answer(400)
                steps.pageview(provider, steps.POISON)
                provider.flush(0.5)
                files += steps.read_all(provider.folder)
        finally:
            root.setLevel(level)
            root.removeHandler(handler)
        assert SECRET not in shown and SECRET not in "".join(records)
        assert SECRET.encode("ascii") not in files

    def test_stats_add_up(self):
        # type: () -> None
        """Every hit is counted once, by what became of it; in the end nothing waits."""
        with self._sending(processors=[steps.no_robots]) as (collector, provider):
            for title in ("a", steps.POISON, "robot", "b", "c"):
                steps.pageview(provider, title)
                assert steps.total(provider.stats()) == provider.stats()["accepted"]
            provider.pageview({"dl": object()})
            self._finish(collector, provider, ["a", steps.POISON, "b", "c"])
            stats = provider.stats()
            assert steps.total(stats) == stats["accepted"] == 6
            assert stats["dropped"] == {"processor": 1}
            if self.settles_here:
                assert (stats["queued"], stats["delivered"], stats["oldest_age"]) == (0, 3, 0.0)
                assert stats["rejected"] == {"invalid": 2}
