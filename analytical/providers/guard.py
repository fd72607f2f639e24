"""The guard: counts what became of each hit, and decides who hears of a lost one and how."""

from __future__ import absolute_import, division, print_function, unicode_literals

import logging

import six

from .._log import RateLimitedLog
from ..delivery.base import DROPPED, REJECTED, RETRY, TAKEN, Outcome
from ..errors import ConfigurationError, DeliveryError, InvalidHit, Rejected, TransportError
from .counts import Counts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Optional, Sequence, Text, Tuple

    from ..delivery.base import Envelope
    from ..hit import Hit

log = logging.getLogger(__name__)
_warnings = RateLimitedLog(log)

# Reasons that somebody chose: no loss, so neither a warning nor an error.
INTENDED = ("processor", "disabled")
_WORDS = {RETRY: "not delivered"}


class Guard(object):
    """
    Obeys ``fail_silently``, ``strict`` and ``on_drop`` for one provider.

    Errors of configuration pass it, for they say that the program is wrong, not the network.
    """

    # Our own tests turn this off, so that a fault in the package fails them instead of being logged.
    swallow_faults = True

    def __init__(self, name, fail_silently, strict, on_drop):
        # type: (Text, bool, bool, Optional[Callable[[Optional[Hit], Text], Any]]) -> None
        self.name = name
        self.fail_silently = fail_silently
        self.strict = strict
        self.on_drop = on_drop
        self.counts = Counts()

    def passes(self, error):
        # type: (Exception) -> bool
        """Tell whether an error goes up at once: the program is wrong, not one hit."""
        return not self.swallow_faults or isinstance(
            error, (ConfigurationError, NotImplementedError)
        )

    def swallows(self, error):
        # type: (Exception) -> bool
        """Tell whether an error that nobody foresaw is kept from the caller."""
        return self.fail_silently and not self.passes(error)

    def fault(self, error):
        # type: (Exception) -> Outcome
        """Give the outcome of a hit that a fault lost on its way out; to be called where it is caught."""
        if self.passes(error):
            raise
        return Outcome(DROPPED, "fault", detail=type(error).__name__)

    def lost(self, error):
        # type: (Exception) -> Outcome
        """The same within a call of the user's, who may have asked for errors."""
        if not self.swallows(error):
            raise
        return Outcome(DROPPED, "fault", detail=type(error).__name__)

    def record(self, outcome, hit=None, error=None):
        # type: (Outcome, Optional[Hit], Optional[Exception]) -> Outcome
        """Count an outcome; where the hit is lost, log it once a minute and tell ``on_drop``."""
        self.counts.outcome(outcome)
        if not outcome:
            self._say(outcome, hit, error)
        return outcome

    def settle(self, results):
        # type: (Sequence[Tuple[Envelope, Outcome]]) -> None
        """Record what became of hits that were queued before; nobody waits for them, so nothing is raised."""
        self.counts.settle([outcome for _, outcome in results])
        for envelope, outcome in results:
            if outcome.state not in TAKEN:
                self._say(outcome, envelope.hit, None)

    def _say(self, outcome, hit, error):
        # type: (Outcome, Optional[Hit], Optional[Exception]) -> None
        if outcome.reason not in INTENDED:
            self._warn(outcome, error)
        if self.on_drop is not None:
            self._tell(hit, outcome.reason)

    def _warn(self, outcome, error):
        # type: (Outcome, Optional[Exception]) -> None
        why = outcome.detail
        if error is not None:
            # The text of an InvalidHit is ours and holds no value; that of another error may hold anything.
            why = six.text_type(error) if isinstance(error, InvalidHit) else type(error).__name__
        # Put together only where it is logged: a full queue drops hits by the thousand.
        _warnings.warning(
            (self.name, outcome.reason),
            "%s: a hit was %s: %s%s",
            self.name,
            _WORDS.get(outcome.state, outcome.state),
            outcome.reason,
            ": " + why if why else "",
        )

    def _tell(self, hit, reason):
        # type: (Optional[Hit], Text) -> None
        try:
            self.on_drop(hit, reason)  # type: ignore[misc]
        except Exception as error:  # whoever called pageview() must not meet it
            if not self.swallow_faults:
                raise
            _warnings.warning("on_drop", "%s: on_drop raised %s", self.name, type(error).__name__)

    def finish(self, outcome, error=None):
        # type: (Outcome, Optional[Exception]) -> Outcome
        """Give the outcome to the caller, or raise where the caller asked for errors."""
        if outcome or outcome.reason in INTENDED:
            return outcome
        if not self.fail_silently or (self.strict and isinstance(error, InvalidHit)):
            raise error if error is not None else failure(self.name, outcome)
        return outcome


def failure(name, outcome):
    # type: (Text, Outcome) -> DeliveryError
    """Make the error that says the same as an outcome."""
    text = "%s: the hit was not delivered: %s" % (name, outcome.reason or outcome.state)
    if outcome.detail:
        text += ": " + outcome.detail
    if outcome.status is not None or outcome.state == REJECTED:
        return Rejected(text, outcome)
    if outcome.state == RETRY:
        return TransportError(text, outcome.reason, outcome.sent, outcome)
    return DeliveryError(text, outcome)
