"""What became of the hits of one provider in this process, counted by state and reason."""

from __future__ import absolute_import, division, print_function, unicode_literals

import collections
import itertools
import json
import logging
import threading
import weakref

from .._compat import process
from .._exits import at_exit
from ..delivery.base import DELIVERED, DROPPED, QUEUED, REJECTED, RETRY
from ..secrets import show_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Optional, Sequence, Text

    from ..delivery.base import Outcome
    from .base import BaseProvider

log = logging.getLogger(__name__)

MAX_NAMES = 200  # of fields counted apart: callers may make names of what visitors send
OTHERS = "(others)"


class Counts(object):
    """Counters that threads share; a forked child starts from zero."""

    def __init__(self):
        # type: () -> None
        self._start()

    def _start(self):
        # type: () -> None
        self._pid = process.pid
        at_exit(_say_all, last=True)  # once all that is queued had its chance
        # A lock that another thread held at the fork would never be given back in the child.
        self._lock = threading.Lock()
        self._accepted = 0
        self._retried = 0
        states = (DELIVERED, QUEUED, RETRY, REJECTED, DROPPED)
        # A delivery that somebody else wrote may know states of its own.
        self._states = collections.defaultdict(
            dict, ((state, {}) for state in states)
        )  # type: Dict[Text, Dict[Text, int]]
        self._unsupported = {}  # type: Dict[Text, int]

    def outcome(self, outcome):
        # type: (Outcome) -> None
        """Count one hit and what became of it."""
        if self._pid != process.pid:
            self._start()
        with self._lock:
            self._accepted += 1
            reasons = self._states[outcome.state]
            reasons[outcome.reason] = reasons.get(outcome.reason, 0) + 1

    def settle(self, outcomes):
        # type: (Sequence[Outcome]) -> None
        """Count what became of hits that were counted as queued before."""
        if self._pid != process.pid:
            self._start()
        queued = self._states[QUEUED]
        with self._lock:
            queued[""] = queued.get("", 0) - len(outcomes)
            # The hits of one request have one outcome in common, as a rule.
            for _, same in itertools.groupby(outcomes, id):
                alike = list(same)
                reasons, reason = self._states[alike[0].state], alike[0].reason
                reasons[reason] = reasons.get(reason, 0) + len(alike)

    def lost(self, reason, count):
        # type: (Text, int) -> None
        """Count queued hits that were dropped without an outcome of their own."""
        if self._pid != process.pid:
            self._start()
        with self._lock:
            dropped, queued = self._states[DROPPED], self._states[QUEUED]
            if count:
                dropped[reason] = dropped.get(reason, 0) + count
                queued[""] = queued.get("", 0) - count

    def retried(self, count):
        # type: (int) -> None
        """Count hits that are tried again."""
        if self._pid != process.pid:
            self._start()
        with self._lock:
            self._retried += count

    def unsupported(self, name):
        # type: (Text) -> None
        """Count one field that the platform has no place for."""
        if self._pid != process.pid:
            self._start()
        with self._lock:
            if name in self._unsupported:  # shown before, so it is fit to be
                self._unsupported[name] += 1
                return
            name = show_name(name)
            if len(self._unsupported) >= MAX_NAMES and name not in self._unsupported:
                name = OTHERS
            self._unsupported[name] = self._unsupported.get(name, 0) + 1

    def snapshot(self):
        # type: () -> Dict[Text, Any]
        """Give the numbers as a plain dict."""
        if self._pid != process.pid:
            self._start()
        with self._lock:
            result = {
                state: sum(reasons.values()) if state in (DELIVERED, QUEUED) else dict(reasons)
                for state, reasons in self._states.items()
            }  # type: Dict[Text, Any]
            # An outbox also settles hits that other processes accepted.
            result[QUEUED] = max(result[QUEUED], 0)
            result["accepted"] = self._accepted
            result["retried"] = self._retried
            result["unsupported"] = dict(self._unsupported)
        return result


_providers = weakref.WeakSet()  # type: weakref.WeakSet[BaseProvider]
_said_pid = None  # type: Optional[int]


def say_at_exit(provider):
    # type: (BaseProvider) -> None
    """Log the numbers of a provider at DEBUG when the process ends, if it is still there and had a hit."""
    _providers.add(provider)


def _say_all():
    # type: () -> None
    global _said_pid
    if _said_pid == process.pid or not log.isEnabledFor(logging.DEBUG):
        return
    _said_pid = process.pid
    for provider in list(_providers):
        try:
            numbers = provider.stats()
            if numbers["accepted"]:
                log.debug("%s at exit: %s", provider.name, json.dumps(numbers, sort_keys=True))
        except Exception:  # nosec B110  # the process ends as it would
            pass  # a delivery that somebody else wrote may be gone by now
