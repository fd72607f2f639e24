"""Lane: the hits that wait for one provider, in their order, and when the next may go."""

from __future__ import absolute_import, division, print_function, unicode_literals

import collections

from .base import DROPPED, RETRY, Outcome

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Deque, Dict, List, Optional, Sequence, Tuple

    from ..providers.base import BaseProvider
    from .base import Envelope
    from .retry import Retry

PATIENCE = 3  # errors in a row, whatever they are, after which the host is taken for broken
SPLIT = 8  # how much smaller the batch after an error is; three steps from 500 to one
# Hits taken at a time of a platform that takes fewer in a request: each waits for the requests before its own.
FEW = 100


class Lane(object):
    """
    The waiting hits of one provider. Used by one thread.

    When the platform does not answer or is overloaded, the lane pauses: a dead host is not hammered,
    and order is kept. When it answers a batch with an error, the next batches are smaller, until the
    hit that causes it stands alone; that one is set aside, so that it holds up no other.
    """

    def __init__(self, provider, policy, size):
        # type: (BaseProvider, Retry, int) -> None
        self.provider = provider
        self._policy = policy
        self._full = min(size, max(FEW, getattr(provider, "MAX_COUNT", size)))
        self._size = self._full
        self._waiting = collections.deque()  # type: Deque[Envelope]
        self._aside = []  # type: List[Tuple[float, Envelope]]  # with the time of the next attempt
        self._attempts = (
            {}
        )  # type: Dict[Envelope, int]  # how many the platform answered with an error
        self._failures = 0  # in a row, of the host
        self.paused_until = 0.0

    def __len__(self):
        # type: () -> int
        return len(self._waiting) + len(self._aside)

    def add(self, envelopes, now):
        # type: (Sequence[Envelope], float) -> None
        """Put envelopes behind the others."""
        for envelope in envelopes:
            envelope.since = now
        self._waiting.extend(envelopes)

    def oldest(self):
        # type: () -> Optional[float]
        """Give the time at which the oldest waiting hit was accepted, or None with nothing waiting."""
        times = [envelope.since for _, envelope in self._aside]
        try:
            times.append(self._waiting[0].since)
        except IndexError:  # asked by another thread, while this one works
            pass
        return min(times) if times else None

    def drain(self):
        # type: () -> List[Envelope]
        """Take out everything."""
        envelopes = [envelope for _, envelope in self._aside] + list(self._waiting)
        self._aside = []
        self._waiting.clear()
        self._attempts.clear()
        return envelopes

    def hurry(self):
        # type: () -> None
        """Forget all pauses, for somebody waits and the next attempt may be the last."""
        self.paused_until = 0.0
        self._aside = [(0.0, envelope) for _, envelope in self._aside]

    def next_due(self):
        # type: () -> Optional[float]
        """Give the time (of the monotonic clock) of the next attempt, or None with nothing waiting."""
        if self._waiting:
            return self.paused_until
        if self._aside:
            return max(self.paused_until, min(due for due, _ in self._aside))
        return None

    def attempt(self, now):
        # type: (float) -> List[Tuple[Envelope, Outcome]]
        """Deliver one batch; give the envelopes that are settled, with what became of each."""
        batch = self._take(now)
        settled = list(zip(batch, deliver(self.provider, batch)))
        again = []  # type: List[Tuple[Envelope, Outcome]]
        if any(outcome.state == RETRY for _, outcome in settled):
            settled, again = self._sort(settled, now)
        if again:
            self._put_back(again, len(batch), now)
        else:
            self._failures = 0
            self._size = min(self._full, self._size * 2)
        if self._attempts:
            for envelope, _ in settled:
                self._attempts.pop(envelope, None)
        return settled

    def _take(self, now):
        # type: (float) -> List[Envelope]
        for each in self._aside:
            if each[0] <= now:
                # One at a time: it has already shown that it spoils the company it travels in.
                self._aside.remove(each)
                return [each[1]]
        waiting = self._waiting
        return [waiting.popleft() for _ in range(min(self._size, len(waiting)))]

    def _sort(self, results, now):
        # type: (List[Tuple[Envelope, Outcome]], float) -> Tuple[List[Tuple[Envelope, Outcome]], List[Tuple[Envelope, Outcome]]]
        settled, again = [], []
        may_repeat = self.provider.may_repeat()
        for envelope, outcome in results:
            if outcome.state != RETRY:
                settled.append((envelope, outcome))
                continue
            attempts = self._attempts.get(envelope, 0)
            if outcome.status is not None and len(results) == 1:
                # Only alone does it show that the error is its own.
                attempts = self._attempts[envelope] = attempts + 1
            reason = self._policy.gives_up(outcome, attempts, now - envelope.since, may_repeat)
            if reason is None:
                again.append((envelope, outcome))
            else:
                settled.append((envelope, final(outcome, reason)))
        return settled, again

    def _put_back(self, again, tried, now):
        # type: (List[Tuple[Envelope, Outcome]], int, float) -> None
        envelope, outcome = again[0]
        self._failures += 1
        self.provider.guard.counts.retried(len(again))
        overloaded = outcome.of_host()
        if overloaded or self._failures > PATIENCE:
            self.paused_until = now + self._policy.delay(self._failures, outcome)
        if not overloaded and tried == 1:
            due = now + self._policy.delay(self._attempts.get(envelope, 0), outcome)
            self._aside.append((due, envelope))
            return
        if not overloaded:
            self._size = max(1, tried // SPLIT)
        self._waiting.extendleft(envelope for envelope, _ in reversed(again))


def deliver(provider, envelopes):
    # type: (BaseProvider, List[Envelope]) -> List[Outcome]
    """Deliver for a thread or process that must live, whatever a provider does."""
    try:
        return provider.deliver(envelopes)
    except Exception as error:  # deliver() promises not to raise; its text may hold anything
        return [Outcome(DROPPED, "fault", detail=type(error).__name__)] * len(envelopes)


def final(outcome, reason):
    # type: (Outcome, str) -> Outcome
    """Say of a hit that could have been tried again that it is given up."""
    if outcome.state != RETRY:
        return outcome
    return Outcome(DROPPED, reason, outcome.status, outcome.sent, detail=outcome.detail)
