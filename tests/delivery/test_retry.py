"""The policy of retries: what is tried again, when, and when it is given up."""

from __future__ import absolute_import, division, print_function, unicode_literals

import pytest

from analytical.delivery.base import DELIVERED, REJECTED, RETRY, Outcome
from analytical.delivery.retry import Retry
from analytical.errors import ConfigurationError

NOT_SENT = Outcome(RETRY, "connection", sent=False)
UNANSWERED = Outcome(RETRY, "timeout", sent=True)
BUSY = Outcome(RETRY, "http_503", 503)


@pytest.mark.parametrize(
    "outcome, attempts, age, dedupes, why",
    [
        (Outcome(DELIVERED), 0, 0, False, "delivered"),
        (Outcome(REJECTED, "http_400", 400), 0, 0, True, "http_400"),
        (NOT_SENT, 0, 0, False, None),
        (NOT_SENT, 99, 0, False, "connection"),
        (UNANSWERED, 0, 0, False, "unanswered"),
        (UNANSWERED, 0, 0, True, None),
        (BUSY, 9, 0, False, None),
        (BUSY, 10, 0, False, "http_503"),
        (BUSY, 1, 3601, False, "too_old"),
    ],
)
def test_gives_up(outcome, attempts, age, dedupes, why):
    """Answers of 4xx never, what may have arrived only where it is safe, the rest within limits."""
    assert Retry().gives_up(outcome, attempts, age, dedupes) == why


def test_delays_grow_to_the_cap():
    """Delays are random below a bound that doubles, and never beyond the cap."""
    policy = Retry(base=1, cap=8)
    for failures, most in ((1, 1), (2, 2), (3, 4), (4, 8), (99, 8)):
        delays = [policy.delay(failures, BUSY) for _ in range(200)]
        assert 0 <= min(delays) < most / 2.0 < max(delays) <= most


def test_retry_after_is_obeyed_up_to_its_cap():
    """The platform's wish is the least delay, unless it is absurd."""
    asked = Outcome(RETRY, "http_429", 429, retry_after=30)
    absurd = Outcome(RETRY, "http_429", 429, retry_after=1e9)
    assert Retry(base=0.1, cap=1).delay(1, asked) == 30
    assert Retry(base=0.1, cap=1, retry_after_cap=60).delay(1, absurd) == 60


def test_is_a_value():
    """A policy cannot be changed, and makes no sense with senseless numbers."""
    with pytest.raises(AttributeError):
        Retry().attempts = 3
    with pytest.raises(ConfigurationError):
        Retry(attempts=0)
