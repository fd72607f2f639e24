"""Worker: a delivery with a daemon thread; started at the first hit, fork-safe, ended within seconds."""

from __future__ import absolute_import, division, print_function, unicode_literals

import threading
import weakref

import six

from .._compat import monotonic, process
from .._exits import at_exit
from ..errors import ConfigurationError
from .base import DROPPED, Delivery, Outcome
from .lane import Lane
from .retry import Retry
from .threads import threads_run

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Dict, List, Optional, Tuple

    from ..providers.base import BaseProvider
    from .base import Envelope

BATCH = 500  # hits taken at a time, at most; providers split them as their platform wants it
INTERVAL = 0.5  # seconds that a hit waits for company
EXIT_TIMEOUT = 2.0  # seconds that the end of the process may take
LAST_MOMENT = 0.3 if six.PY2 else 0.0  # seconds for threads that are about to end
CLOSED = Outcome(DROPPED, "closed")
_NEVER = float("inf")

_all = weakref.WeakSet()  # type: weakref.WeakSet[Worker]


class Worker(Delivery):
    """
    The thread of a delivery. A subclass says what waits (``waiting``), how many may be taken in now
    (``pending``), takes it into lanes (``take_in``), and what to do with a settled hit (``settle``).
    """

    POLL = None  # type: Optional[float]  # seconds between looks for hits that nobody announced
    ending = False  # whether the process is about to be gone

    def __init__(self, batch, interval, retry):
        # type: (int, float, Optional[Retry]) -> None
        if batch < 1 or interval < 0:
            raise ConfigurationError("%s takes batch >= 1, interval >= 0" % type(self).__name__)
        self.batch = batch
        self.interval = interval
        self.retry = Retry() if retry is None else retry
        self.start_empty()
        _all.add(self)

    def start_empty(self):
        # type: () -> None
        """Begin in this process: locks that a vanished thread held, and the parent's hits, are left."""
        self._pid = process.pid
        self._lock = threading.Lock()
        self._thread = None  # type: Optional[threading.Thread]
        self._lanes = {}  # type: Dict[int, Lane]
        self._held = 0  # hits in the lanes and in flight
        self._wake = threading.Event()
        self._wake_at = 1.0  # the number of pending hits at which the thread wants to be woken
        self._settled = threading.Event()  # a hint for those who wait until nothing waits
        self._hurry = False
        self._closing = False
        self._stop = False

    def pending(self):
        # type: () -> int
        """Count the hits that are not yet in a lane, cheaply; it may be a guess from below."""
        raise NotImplementedError

    def waiting(self):
        # type: () -> int
        """Count the hits that are not settled."""
        raise NotImplementedError

    def take_in(self, now):
        # type: (float) -> None
        """Put what is pending into lanes, by hold()."""
        raise NotImplementedError

    def settle(self, provider, results):
        # type: (BaseProvider, List[Tuple[Envelope, Outcome]]) -> None
        """Record what became of hits."""
        provider.guard.settle(results)

    # In the caller's thread.

    def check_process(self):
        # type: () -> None
        """Start anew in a forked child."""
        if self._pid != process.pid:
            self.start_empty()

    def wake(self):
        # type: () -> bool
        """Announce a pending hit to the thread, started if need be; False where none can run."""
        if self._thread is None and not self._start():
            return False
        if self.pending() >= self._wake_at:
            self._wake_at = _NEVER  # once is enough: it may take a while until the thread runs
            self._wake.set()
        return True

    def _start(self):
        # type: () -> bool
        with self._lock:
            if self._thread is not None:
                return True
            if not threads_run():
                return False
            thread = threading.Thread(target=self._run, name="analytical-delivery")
            thread.daemon = True
            self._closing = False
            self._thread = thread
            try:
                thread.start()
            except RuntimeError:  # none can start any more at the end of the process
                self._thread = None
                return False
        at_exit(_end)  # what is queued gets its seconds
        return True

    def flush(self, timeout=None):
        # type: (Optional[float]) -> bool
        """Wait until all hits are settled, at most ``timeout`` seconds; tell whether they are."""
        self.check_process()
        deadline = None if timeout is None else monotonic() + timeout
        if self._thread is None and self.waiting():
            self._start()
        self._hurry = True
        self._wake.set()
        while self.waiting():
            left = 0.1 if deadline is None else min(deadline - monotonic(), 0.1)
            if left <= 0 or self._thread in (None, threading.current_thread()):
                return False
            self._settled.clear()
            if self.waiting():
                self._settled.wait(left)
        return True

    def close(self, timeout=None):
        # type: (Optional[float]) -> bool
        """
        Flush, and end the thread; another hit starts one again.

        What could not be sent in time is given up: dropped as ``closed``, or left in an outbox's file.
        """
        done = self.flush(timeout)
        thread = self._thread
        if thread is not None:
            self._closing, self._stop = True, not done
            self._wake.set()
            if done and thread is not threading.current_thread():
                thread.join(1.0)
        return done

    def oldest_age(self):
        # type: () -> float
        """Give the seconds that the oldest waiting hit has waited; 0 with nothing waiting."""
        times = [lane.oldest() for lane in list(self._lanes.values())]
        waiting = [time for time in times if time is not None]
        return monotonic() - min(waiting) if waiting and self._pid == process.pid else 0.0

    # In the thread.

    def _run(self):
        # type: () -> None
        try:
            self._loop()
        except:  # noqa: E722, B001 - Python 2 clears modules, Exception too, while daemon threads still run
            if not self.ending:
                raise

    def _loop(self):
        # type: () -> None
        while True:
            self._wait_for_work()
            hurry, self._hurry = self._hurry, False
            self.take_in(monotonic())
            for lane in self._lanes.values() if hurry else ():
                lane.hurry()
            self._work()
            if self._stop:
                self._stop = False
                self.abandon()
            if not self._held and not self.pending():
                self._settled.set()
                if self._closing and self._end():
                    return

    def abandon(self):
        # type: () -> None
        """Give up the hits in the lanes."""
        for lane in self._lanes.values():
            results = [(envelope, CLOSED) for envelope in lane.drain()]
            self.settle(lane.provider, results)
            self._held -= len(results)

    def _end(self):
        # type: () -> bool
        with self._lock:
            if self.pending():
                return False
            self._thread = None
            return True

    def _wait_for_work(self):
        # type: () -> None
        pause = self._pause()
        if pause is None or pause > 0:
            self._sleep(1, pause)
        if self.pending() and not self._hurry:  # wait for company
            self._sleep(self.batch, self.interval)

    def _sleep(self, count, timeout):
        # type: (float, Optional[float]) -> None
        self._wake.clear()
        self._wake_at = count
        ends = self._closing and not self._held
        # Counted after wake_at is set, so that no hit can slip in unseen between.
        if self.pending() < count and not (ends or self._hurry or self._stop):
            self._wake.wait(timeout)
        self._wake_at = _NEVER

    def _pause(self):
        # type: () -> Optional[float]
        """Give the seconds until a lane may be tried, or those until the next look."""
        times = [lane.next_due() for lane in self._lanes.values()]
        pauses = [max(time - monotonic(), 0.0) for time in times if time is not None]
        pauses += [] if self.POLL is None else [self.POLL]
        return min(pauses) if pauses else None

    def hold(self, provider, envelopes, now):
        # type: (BaseProvider, List[Envelope], float) -> None
        """Put hits into their provider's lane."""
        lane = self._lanes.get(id(provider))
        if lane is None:
            lane = self._lanes[id(provider)] = Lane(provider, self.retry, self.batch)
        lane.add(envelopes, now)

    def _work(self):
        # type: () -> None
        for key, lane in list(self._lanes.items()):
            due = lane.next_due()
            if due is None:
                del self._lanes[key]  # a provider that is no longer used can be freed
            elif due <= monotonic():
                results = lane.attempt(monotonic())
                self._held -= len(results)
                if (
                    self.ending
                ):  # a fault may be that of a module that is gone, and say nothing of the hit
                    results = [each for each in results if each[1].reason != "fault"]
                self.settle(lane.provider, results)


def _end():
    # type: () -> None
    """Close all at the end of the process."""
    threads = [delivery._thread for delivery in list(_all)]
    close_all()
    Worker.ending = True
    deadline = monotonic() + LAST_MOMENT
    # Python 2 may crash where a thread still runs while it takes itself apart; later ones stop threads first.
    for thread in threads:
        if thread is not None:
            thread.join(max(deadline - monotonic(), 0.0))


def close_all(timeout=EXIT_TIMEOUT):
    # type: (float) -> None
    """Close every delivery with a thread of this process, within the time for all of them."""
    deadline = monotonic() + timeout
    for delivery in list(_all):
        delivery.close(max(deadline - monotonic(), 0.0))
