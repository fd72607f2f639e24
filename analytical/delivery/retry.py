"""Retry: one immutable policy that says which hits are tried again, when, and when to give up."""

from __future__ import absolute_import, division, print_function, unicode_literals

import random

from ..errors import ConfigurationError
from .base import RETRY

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Optional, Text

    from .base import Outcome

HOUR = 3600.0
DAY = 24 * HOUR


class Retry(object):
    """
    A policy of retries: a value; make another one to change it.

    What was not sent is tried again; what was answered with 408, 429 or 5xx too. What was sent and not
    answered is tried again where the platform de-duplicates, or where the user prefers a hit counted
    twice over one lost (``at_least_once=True``).

    :param int attempts: how often a hit is tried that the platform answers with an error
    :param float base: seconds; the first delay is a random time up to this, doubled each time
    :param float cap: seconds; the longest delay
    :param float retry_after_cap: seconds; the longest ``Retry-After`` that is obeyed
    :param float max_age: seconds after which a hit is given up
    :raises ConfigurationError: for numbers that make no policy
    """

    def __init__(self, attempts=10, base=0.5, cap=60.0, retry_after_cap=600.0, max_age=HOUR):
        # type: (int, float, float, float, float) -> None
        if attempts < 1 or base <= 0 or cap < base or retry_after_cap < 0 or max_age <= 0:
            raise ConfigurationError(
                "Retry takes attempts >= 1, base > 0, cap >= base, retry_after_cap >= 0, max_age > 0"
            )
        self.attempts = attempts
        self.base = base
        self.cap = cap
        self.retry_after_cap = retry_after_cap
        self.max_age = max_age
        self._made = True

    def __setattr__(self, name, value):
        # type: (str, Any) -> None
        if hasattr(self, "_made"):
            raise AttributeError("a Retry is a value: make another one")
        super(Retry, self).__setattr__(name, value)

    def __repr__(self):
        # type: () -> str
        names = ("attempts", "base", "cap", "retry_after_cap", "max_age")
        return str("Retry(%s)" % ", ".join("%s=%s" % (name, getattr(self, name)) for name in names))

    def gives_up(self, outcome, attempts, age, dedupes):
        # type: (Outcome, int, float, bool) -> Optional[Text]
        """
        Say why a hit is not tried again, or None where it is.

        :param outcome: of the last attempt
        :param int attempts: how many attempts the platform has answered
        :param float age: seconds since the hit was made
        :param bool dedupes: whether sending twice is safe
        """
        if outcome.state != RETRY:
            return outcome.reason or outcome.state
        if outcome.status is None and outcome.sent and not dedupes:
            return "unanswered"
        if attempts >= self.attempts:
            return outcome.reason
        if age >= self.max_age:
            return "too_old"
        return None

    def delay(self, failures, outcome):
        # type: (int, Outcome) -> float
        """
        Choose the seconds to wait after so many failures in a row: exponential, with full jitter.

        :returns: a random time up to ``base * 2 ** (failures - 1)`` and ``cap``, and no less than the
            platform asked for in ``Retry-After``
        """
        # Nothing secret about jitter: it only keeps many senders from coming back at one moment.
        most = min(self.cap, self.base * 2 ** min(max(failures - 1, 0), 32))
        asked = min(outcome.retry_after or 0.0, self.retry_after_cap)
        return max(random.uniform(0, most), asked)  # nosec B311  # no secret
