"""What became of hits, for people and for machines."""

from __future__ import absolute_import, division, print_function, unicode_literals

import six
from six.moves import shlex_quote

from ..delivery import switch
from ..delivery.base import QUEUED, REJECTED, RETRY, Outcome
from ..providers.guard import INTENDED
from ..vocabulary import FIELDS
from .parsing import DEFAULT_URL
from .terminal import cut

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Optional, Text

    from ..hit import Hit
    from ..providers.base import BaseProvider
    from .target import Target
    from .terminal import Terminal

_STATES = {RETRY: "not delivered"}
_LONGEST = 300  # columns of a value shown
NOTHING_GOES = (
    "nothing is sent or stored: the provider is disabled (disabled= in its address, or %s in the "
    "environment)" % switch.VARIABLE
)


class Entry(object):
    """
    One hit of a command, and what became of it.

    :ivar int number: that of its line; None for the one hit of a command line
    :ivar hit: the hit; None for a line that holds none
    :ivar outcome: its Outcome; None until it has one
    """

    def __init__(self, number, hit=None, outcome=None):
        # type: (Optional[int], Optional[Hit], Optional[Outcome]) -> None
        self.number = number
        self.hit = hit
        self.outcome = outcome


def invalid(error):
    # type: (Exception) -> Outcome
    """Make the outcome of what cannot be sent as it was given."""
    return Outcome(REJECTED, "invalid", sent=False, detail=six.text_type(error))


def is_failure(outcome):
    # type: (Outcome) -> bool
    """Tell whether a hit is lost that nobody chose to lose."""
    return not outcome and outcome.reason not in INTENDED


def failures(provider):
    # type: (BaseProvider) -> int
    """Count the hits of a provider that were lost."""
    counts = provider.stats()
    return sum(
        number
        for state in ("retry", "rejected", "dropped")
        for reason, number in counts[state].items()
        if reason not in INTENDED
    )


def explain(outcome, name):
    # type: (Outcome, Text) -> Text
    """Say in words what became of a hit that did not arrive at the provider of this name."""
    if outcome.reason == "invalid" and outcome.detail:
        return outcome.detail
    if outcome.reason == "disabled":
        return NOTHING_GOES
    parts = (name, _STATES.get(outcome.state, outcome.state), outcome.reason, outcome.detail)
    return ": ".join(part for part in parts if part)


class Report(object):
    """Tells a person what was stored, and why what was not."""

    def __init__(self, terminal, target):
        # type: (Terminal, Target) -> None
        self.terminal = terminal
        self.target = target

    def entry(self, entry):
        # type: (Entry) -> None
        """Tell of one entry; of the lines that went well, only their sum is told."""
        outcome = entry.outcome
        if outcome is None or (outcome and entry.number is not None):
            return
        if entry.number is not None and outcome.reason == "disabled":
            return  # the summary tells it once
        if outcome and entry.hit is not None:
            self._stored(entry.hit, outcome)
            return
        why = explain(outcome, self.target.provider.name)
        if not is_failure(outcome):
            self.terminal.note("analytical: " + why)
        elif entry.number is None:
            self.terminal.error(why)
        else:
            self.terminal.note("analytical: line %d: %s" % (entry.number, why))

    def _stored(self, given, outcome):
        # type: (Hit, Outcome) -> None
        hit = self.target.hits.get(given.id, given)
        self.terminal.say("%s: %s" % (self._done(outcome), hit.type))
        self._fields(hit)
        if "user_ip" in given.fields and "user_ip" not in hit.fields:
            self.terminal.warn("user_ip is left out, for it is no IP address")
        self.closing()

    def _fields(self, hit):
        # type: (Hit) -> None
        rows = [
            (field.name, hit.fields[field.name]) for field in FIELDS if field.name in hit.fields
        ]
        rows += sorted(hit.other.items())
        labels = [self.terminal.shown(name) for name, _ in rows]
        for label, (_, value) in zip(labels, rows):
            width = max(len(label) for label in labels)
            self.terminal.say("  %-*s  %s" % (width, label, self._value(value)))

    def _value(self, value):
        # type: (Any) -> Text
        return cut(self.terminal.shown(value), _LONGEST)

    def _done(self, outcome):
        # type: (Outcome) -> Text
        verb = "Stored in" if self.target.is_file else "Sent to"
        if outcome.state == QUEUED:
            verb = "Queued for"
        return "%s %s" % (verb, self.terminal.shown(self.target.place))

    def summary(self, sent, failed):
        # type: (int, int) -> None
        """Tell what became of many lines."""
        if self.target.provider.disabled:
            self.terminal.note("analytical: " + NOTHING_GOES)
            return
        text = "Stored {:,} hits in {}" if self.target.is_file else "Sent {:,} hits to {}"
        text = text.format(sent, self.terminal.shown(self.target.place))
        self.terminal.say(text + ("; {:,} failed".format(failed) if failed else ""))
        self.closing()

    def closing(self):
        # type: () -> None
        """Tell what was left out, and what can be done next."""
        left_out = self.target.left_out()
        if left_out:
            names = self.terminal.shown(", ".join(left_out))
            self.terminal.say(
                "Left out, for %s has no place: %s" % (self.target.provider.name, names)
            )
        if self.target.is_file:
            file = self.terminal.shown(shlex_quote(self.target.place))
            default = DEFAULT_URL.endswith("//" + self.target.place)
            self.terminal.say("See it: analytical stats" + ("" if default else " " + file))


class JSONReport(Report):
    """Prints one line of JSON for each hit, and on the standard error why one failed."""

    def entry(self, entry):
        # type: (Entry) -> None
        outcome = entry.outcome
        if outcome is None:
            return
        if is_failure(outcome):
            super(JSONReport, self).entry(entry)
        line = {
            "outcome": outcome.state,
            "reason": outcome.reason,
            "id": entry.hit.id if entry.hit is not None else None,
        }  # type: Dict[Text, Any]
        if entry.number is not None:
            line["line"] = entry.number
        self.terminal.json(line)

    def summary(self, sent, failed):
        # type: (int, int) -> None
        """Nothing: whoever reads the lines can count them."""
