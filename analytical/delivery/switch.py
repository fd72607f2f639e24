"""What keeps hits from going out: a provider that is disabled, and a test that captures them."""

from __future__ import absolute_import, division, print_function, unicode_literals

import os

from ..errors import ConfigurationError, TransportError
from ..values import boolean
from .base import DROPPED, RETRY, Delivery, Outcome

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import List, Optional, Sequence

    from ..providers.base import BaseProvider
    from .base import Envelope

VARIABLE = "ANALYTICAL_DISABLED"
DISABLED = Outcome(DROPPED, "disabled", sent=False)
# For hits that were accepted elsewhere, and wait in an outbox or a broker: they can go on waiting.
HELD = Outcome(RETRY, "disabled", sent=False)

# Stands before the delivery of every provider while a test captures; set by analytical.testing.capture().
tap = None  # type: Optional[Delivery]


class Disabled(Delivery):
    """The delivery of a disabled provider: it takes nothing."""

    def submit(self, provider, envelope):
        # type: (BaseProvider, Envelope) -> Outcome
        return DISABLED


def is_disabled(option):
    # type: (bool) -> bool
    """
    Tell whether a provider is disabled: by its option, or for this process by ANALYTICAL_DISABLED.

    :raises ConfigurationError: where the variable says neither yes nor no
    """
    value = os.environ.get(str(VARIABLE), "").strip()
    problem = None
    try:
        return option or (bool(value) and boolean(value))
    except ValueError as error:
        problem = error
    raise ConfigurationError("the environment's %s %s" % (VARIABLE, problem))


def refuse_requests(disabled):
    # type: (bool) -> None
    """
    Keep a request from the network, for a disabled provider and while a test captures.

    :raises TransportError: for either
    """
    if disabled:
        raise TransportError("nothing is sent: the provider is disabled", "disabled", False)
    if tap is not None:
        raise TransportError(
            "nothing is sent while analytical.testing.capture() is active", "captured", False
        )


def held(envelopes):
    # type: (Sequence[Envelope]) -> List[Outcome]
    """Give the outcomes of envelopes that a disabled provider is to deliver."""
    return [HELD] * len(envelopes)
