"""Lane: the hits that wait for one provider, in their order, and when the next may go."""

from __future__ import absolute_import, division, print_function, unicode_literals

import collections

from .base import DROPPED, RETRY, Outcome

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Deque, List, Optional, Tuple

    from ..providers.base import BaseProvider
    from .base import Envelope
    from .retry import Retry

PATIENCE = 3  # errors in a row, whatever they are, after which the host is taken for broken
SPLIT = 8  # how much smaller the batch after an error is; two steps from a hundred to one


class Entry(object):
    """One waiting envelope; times are those of the monotonic clock."""

    __slots__ = (str("envelope"), str("since"), str("attempts"), str("due"))

    def __init__(self, envelope, since):
        # type: (Envelope, float) -> None
        self.envelope = envelope
        self.since = since  # when it was accepted
        self.attempts = 0  # how many of them the platform answered
        self.due = 0.0  # when it may be tried again


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
        self._full = size
        self._size = size
        self._waiting = collections.deque()  # type: Deque[Entry]
        self._aside = []  # type: List[Entry]
        self._failures = 0  # in a row, of the host
        self.paused_until = 0.0

    def __len__(self):
        # type: () -> int
        return len(self._waiting) + len(self._aside)

    def add(self, envelope, now):
        # type: (Envelope, float) -> None
        """Put an envelope behind the others."""
        self._waiting.append(Entry(envelope, now))

    def oldest(self):
        # type: () -> Optional[float]
        """Give the time at which the oldest waiting hit was accepted, or None with nothing waiting."""
        times = [entry.since for entry in self._aside]
        if self._waiting:
            times.append(self._waiting[0].since)
        return min(times) if times else None

    def drain(self):
        # type: () -> List[Envelope]
        """Take out everything."""
        entries = self._aside + list(self._waiting)
        self._aside = []
        self._waiting.clear()
        return [entry.envelope for entry in entries]

    def hurry(self):
        # type: () -> None
        """Forget all pauses, for somebody waits and the next attempt may be the last."""
        self.paused_until = 0.0
        for entry in self._aside:
            entry.due = 0.0

    def next_due(self):
        # type: () -> Optional[float]
        """Give the time (of the monotonic clock) of the next attempt, or None with nothing waiting."""
        if self._waiting:
            return self.paused_until
        if self._aside:
            return max(self.paused_until, min(entry.due for entry in self._aside))
        return None

    def attempt(self, now):
        # type: (float) -> List[Tuple[Envelope, Outcome]]
        """Deliver one batch; give the envelopes that are settled, with what became of each."""
        batch = self._take(now)
        outcomes = deliver(self.provider, [entry.envelope for entry in batch])
        settled, again = self._sort(list(zip(batch, outcomes)), now)
        if not again:
            self._failures = 0
            self._size = min(self._full, self._size * 2)
        else:
            self._put_back(batch, again, now)
        return settled

    def _take(self, now):
        # type: (float) -> List[Entry]
        due = [entry for entry in self._aside if entry.due <= now]
        if due:
            # One at a time: it has already shown that it spoils the company it travels in.
            self._aside.remove(due[0])
            return [due[0]]
        count = min(self._size, len(self._waiting))
        return [self._waiting.popleft() for _ in range(count)]

    def _sort(self, results, now):
        # type: (List[Tuple[Entry, Outcome]], float) -> Tuple[List[Tuple[Envelope, Outcome]], List[Tuple[Entry, Outcome]]]
        settled, again = [], []
        may_repeat = self.provider.may_repeat()
        for entry, outcome in results:
            if outcome.state != RETRY:
                settled.append((entry.envelope, outcome))
                continue
            # Only alone does it show that the error is its own.
            entry.attempts += outcome.status is not None and len(results) == 1
            reason = self._policy.gives_up(outcome, entry.attempts, now - entry.since, may_repeat)
            if reason is None:
                again.append((entry, outcome))
            else:
                settled.append((entry.envelope, final(outcome, reason)))
        return settled, again

    def _put_back(self, batch, again, now):
        # type: (List[Entry], List[Tuple[Entry, Outcome]], float) -> None
        outcome = again[0][1]
        self._failures += 1
        self.provider.guard.counts.retried(len(again))
        overloaded = outcome.of_host()
        if overloaded or self._failures > PATIENCE:
            self.paused_until = now + self._policy.delay(self._failures, outcome)
        if not overloaded and len(batch) == 1:
            entry = again[0][0]
            entry.due = now + self._policy.delay(entry.attempts, outcome)
            self._aside.append(entry)
            return
        if not overloaded:
            self._size = max(1, len(batch) // SPLIT)
        self._waiting.extendleft(entry for entry, _ in reversed(again))


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
