"""One run of a sending command: hits go out, or are shown, and what became of each is told and counted."""

from __future__ import absolute_import, division, print_function, unicode_literals

import time

from .._compat import monotonic
from ..delivery.base import DROPPED, Outcome
from ..errors import DeliveryError, InvalidHit
from . import results
from .preview import Preview
from .target import Target, url_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Iterable, List, Optional

    from ..delivery.retry import Retry
    from .results import Entry
    from .terminal import Terminal

CLOSE_TIMEOUT = 30  # seconds that a queue gets at the end
_PROGRESS_INTERVAL = 0.1  # seconds


class Sending(object):
    """
    Settles entries, in lists.

    :param arguments: what the options of :func:`~analytical.cli.hits.add_sending` say
    :param retry: the policy by which hits are tried again at once that the platform did not take; None: not
    :param pause: waits for so many seconds, less where ``stopped`` comes true
    :param stopped: tells whether to try no more
    :ivar int lines: how many lines were read
    :ivar int settled: the number of the last line whose hit has an outcome
    """

    def __init__(self, terminal, arguments, retry=None, pause=time.sleep, stopped=lambda: False):
        # type: (Terminal, Any, Optional[Retry], Callable[[float], Any], Callable[[], bool]) -> None
        self.terminal = terminal
        self._retry, self._pause, self._stopped = retry, pause, stopped
        self.target = Target(
            url_of(arguments.to), arguments.no_anonymize, getattr(arguments, "processors", ())
        )
        self.preview = Preview(terminal, self.target.provider, arguments.json)
        self.report = (results.JSONReport if arguments.json else results.Report)(
            terminal, self.target
        )
        self.dry_run = arguments.dry_run
        self.lines = self.settled = self.sent = self.failed = self.underway = 0
        self._refused = 0  # by the provider, as its batch() said
        self._shown = monotonic()

    def settle(self, entries):
        # type: (List[Entry]) -> None
        """Send entries that have no outcome yet, or show them; then report all, in their order."""
        ready = [entry for entry in entries if entry.outcome is None]
        self.underway = len(ready)
        if self.dry_run:
            self.preview.show([entry.hit for entry in ready if self._would_go(entry)])
        elif ready:
            self._send(ready)
        self._count(entry.outcome for entry in entries if entry.outcome is not None)
        # Told last: whoever reads the output may be gone, and what was sent is sent.
        for entry in entries:
            self.report.entry(entry)
        self.target.hits.clear()
        self.terminal.flush()

    def _send(self, entries):
        # type: (List[Entry]) -> None
        attempts = 0
        while entries:
            outcomes = self.target.provider.batch([entry.hit for entry in entries])
            attempts += 1
            for entry, outcome in zip(entries, outcomes):
                entry.outcome = outcome
                self._refused += results.is_failure(outcome)
            entries = [] if self._retry is None else self._again(entries, attempts, self._retry)

    def _again(self, entries, attempts, retry):
        # type: (List[Entry], int, Retry) -> List[Entry]
        """Choose the entries that are worth another attempt, and wait for its time."""
        repeats = self.target.provider.may_repeat()
        chosen = [
            entry
            for entry in entries
            if entry.outcome is not None
            and retry.gives_up(entry.outcome, attempts, 0.0, repeats) is None
        ]
        if not chosen or chosen[0].outcome is None or self._stopped():
            return []
        if attempts == 1:
            why = results.explain(chosen[0].outcome, self.target.provider.name)
            self.terminal.note("analytical: %s; trying again" % why)
        self._pause(retry.delay(attempts, chosen[0].outcome))
        return [] if self._stopped() else chosen

    def _would_go(self, entry):
        # type: (Entry) -> bool
        """Process a hit as for sending; note the outcome of one that would not go."""
        provider = self.target.provider
        try:
            entry.hit = provider.process(entry.hit)  # type: ignore[arg-type]
            if entry.hit is None:
                entry.outcome = Outcome(DROPPED, "processor", sent=False)
                return False
            provider.check(entry.hit)
            provider.preview([entry.hit])
        except InvalidHit as error:
            entry.outcome = results.invalid(error)
        except DeliveryError as error:
            entry.outcome = error.outcome
        return entry.outcome is None

    def _count(self, outcomes):
        # type: (Iterable[Outcome]) -> None
        for outcome in outcomes:
            self.sent += bool(outcome)
            self.failed += results.is_failure(outcome)
        self.underway, self.settled = 0, self.lines

    def progress(self):
        # type: () -> None
        """Show how far it is, now and then."""
        if monotonic() - self._shown >= _PROGRESS_INTERVAL:
            self._shown = monotonic()
            text = "{:,} lines read, {:,} sent, {:,} failed"
            self.terminal.progress(text.format(self.lines, self.sent, self.failed))

    def interrupted(self):
        # type: () -> None
        """Say what was sent, when the rest will not be."""
        text = "stopped after line %d: %d sent, %d failed" % (self.settled, self.sent, self.failed)
        if self.underway and not self.dry_run:
            text += "; of the next %d hits some may have been sent" % self.underway
        self.terminal.note("analytical: " + text)

    @property
    def late(self):
        # type: () -> int
        """Count the hits that were queued, and then not delivered."""
        return results.failures(self.target.provider) - self._refused

    def finish(self):
        # type: () -> int
        """Wait for what is queued; give the exit code."""
        out = self.target.provider.close(CLOSE_TIMEOUT)
        late = self.late
        if not out:
            self.terminal.error("not all hits that were queued are out yet")
        elif late > 0:
            self.terminal.error("hits that were queued and then not delivered: %d" % late)
        return 0 if out and late <= 0 and not self.failed else 1
