"""The contract of deliveries, kept by those that need no broker; and what it finds in bad ones."""

from __future__ import absolute_import, division, print_function, unicode_literals

import os

import pytest

from analytical.delivery import Outbox
from analytical.delivery.background import Background
from analytical.delivery.base import READY, Delivery
from analytical.delivery.direct import Direct
from analytical.delivery.retry import Retry
from analytical.testing import DeliveryContract

QUICK = Retry(base=0.01, cap=0.05)


class TestDirect(DeliveryContract):
    def delivery(self, folder):
        """Make the delivery that needs nothing."""
        return Direct()


class TestBackground(DeliveryContract):
    def delivery(self, folder):
        """Make one that does not wait long for company."""
        return Background(interval=0.02, retry=QUICK)


class TestOutbox(DeliveryContract):
    def delivery(self, folder):
        """Make one with a new file."""
        return Outbox(os.path.join(folder, "hits"), interval=0.02, retry=QUICK)


class Bad(Direct):
    """Sends one hit as it sends several, so that a mistake need be made only once."""

    def submit(self, provider, envelope):
        return self.submit_batch(provider, [envelope])[0]


class Forgetful(Bad):
    """Loses what it accepted."""

    def submit_batch(self, provider, envelopes):
        return [READY] * len(envelopes)


class Twice(Bad):
    """Delivers all twice."""

    def submit_batch(self, provider, envelopes):
        Direct.submit_batch(self, provider, envelopes)
        return Direct.submit_batch(self, provider, envelopes)


class Backwards(Bad):
    """Delivers the last of a batch first."""

    def submit_batch(self, provider, envelopes):
        return Direct.submit_batch(self, provider, envelopes[::-1])


class Talker(Bad):
    """Shows the account."""

    def submit_batch(self, provider, envelopes):
        self.seen = provider.data.reveal()
        return Direct.submit_batch(self, provider, envelopes)


class Liar(Delivery):
    """Says that all is out, always."""

    def __init__(self):
        self.waiting = []

    def submit(self, provider, envelope):
        self.waiting.append((provider, envelope))
        return READY


@pytest.mark.parametrize(
    ("kind", "promise"),
    [
        (Forgetful, "accepted_hits_arrive_once_and_in_order"),
        (Twice, "accepted_hits_arrive_once_and_in_order"),
        (Twice, "threads"),
        (Backwards, "accepted_hits_arrive_once_and_in_order"),
        (Forgetful, "a_rejected_hit_harms_no_other"),
        (Forgetful, "a_busy_platform_is_tried_again"),
        (Forgetful, "fork"),
        (Talker, "secrets_never_show"),
        (Liar, "flush_and_close_keep_their_time"),
        (Liar, "stats_add_up"),
    ],
)
def test_the_contract_sees(monkeypatch, kind, promise):
    """A delivery that breaks a promise fails the test of that promise."""

    class Contract(DeliveryContract):
        def delivery(self, folder):
            return kind()

    monkeypatch.setattr("analytical.testing.steps.PATIENCE", 1.0)
    with pytest.raises(AssertionError):
        getattr(Contract(), "test_" + promise)()
