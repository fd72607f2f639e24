"""Background delivery: a bounded queue in memory, and one daemon thread that empties it."""

from __future__ import absolute_import, division, print_function, unicode_literals

import collections
import itertools
import operator

from .._compat import process
from ..errors import ConfigurationError
from .base import DROPPED, QUEUED, Outcome, envelope_of
from .worker import BATCH, INTERVAL, Worker

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Deque, Optional, Tuple, Union

    from ..hit import Hit
    from ..providers.base import BaseProvider
    from .base import Envelope
    from .retry import Retry

LIMIT = 10000  # hits; some 10 MB
SLICE = 100  # hits that are moved at a time

ACCEPTED = Outcome(QUEUED)
FULL = Outcome(DROPPED, "queue_full", sent=False)
_provider = operator.itemgetter(0)


class Background(Worker):
    """
    Sends from a thread of its own; a call reads and processes the hit, and appends it to a queue.

    The thread starts with the first hit, and again in a forked child, whose queue starts empty: what
    the parent accepted, the parent sends. At the end of the process what is queued gets two seconds.

    :param int limit: the most hits that wait; the newest beyond are dropped (``queue_full``), counted
        and given to ``on_drop``
    :param int batch: how many hits are delivered at a time, at most; where a request carries fewer, 100 at most
    :param float interval: seconds that a hit waits for others to travel with
    :param Retry retry: the policy of retries
    :raises ConfigurationError: for numbers below 1, or a negative interval
    """

    takes_hits = True

    def __init__(self, limit=LIMIT, batch=BATCH, interval=INTERVAL, retry=None):
        # type: (int, int, float, Optional[Retry]) -> None
        if limit < 1:
            raise ConfigurationError("Background takes limit >= 1")
        self.limit = limit
        super(Background, self).__init__(batch, interval, retry)

    def start_empty(self):
        # type: () -> None
        super(Background, self).start_empty()
        self._queue = collections.deque()  # type: Deque[Tuple[BaseProvider, Union[Hit, Envelope]]]
        self._moved = 0  # hits on their way from the queue to the lanes

    def submit(self, provider, envelope):
        # type: (BaseProvider, Union[Hit, Envelope]) -> Outcome
        """Queue an envelope or a hit; true unless the queue is full."""
        if self._pid != process.pid:  # as check_process() asks
            self.start_empty()
        queue = self._queue
        if len(queue) + self._held >= self.limit:
            return FULL
        queue.append((provider, envelope))
        if len(queue) < self._wake_at and self._thread is not None:  # as wake() would find
            return ACCEPTED
        return ACCEPTED if self.wake() else self._deliver_here()

    def _deliver_here(self):
        # type: () -> Outcome
        """Deliver in the caller's thread, where no other runs."""
        provider, given = self._queue.pop()
        return provider.deliver([envelope_of(given)])[0]

    def pending(self):
        # type: () -> int
        return len(self._queue)

    def waiting(self):
        # type: () -> int
        return len(self._queue) + self._moved + self._held

    def take_in(self, now):
        # type: (float) -> None
        queue = self._queue
        while queue:
            # Counted before they are taken, so that flush() waits for them at every moment.
            self._moved = min(len(queue), SLICE)
            taken = [queue.popleft() for _ in range(self._moved)]
            self._held += self._moved
            self._moved = 0
            for provider, group in itertools.groupby(taken, _provider):
                self.hold(provider, [envelope_of(given) for _, given in group], now)
