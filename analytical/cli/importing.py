"""One run of ``analytical logs``: lines become hits, and what became of the hits moves the position on."""

from __future__ import absolute_import, division, print_function, unicode_literals

from .._compat import monotonic
from .._sqlite_file import WAYS_OUT, StorageError
from ..delivery.base import DROPPED, QUEUED, REJECTED, RETRY, Outcome
from ..delivery.outbox import Outbox
from .hits import BATCH
from .results import Entry
from .sending import CLOSE_TIMEOUT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List, Optional, Text

    from ..logs.importing import Found, Import
    from ..logs.reader import Block
    from ..logs.state import State
    from .progress import Progress
    from .sending import Sending

SAVE_EVERY = 1.0  # seconds between two positions that are saved; a batch should take less
FIRST_BATCH = 50  # hits sent at a time, until it is known how long that takes
# Statuses of an answer that speaks of the hit; all others above 300 speak of the account or the address.
_OF_HIT = (400, 409, 413, 414, 422, 431)
LATE = Outcome(DROPPED, "queued")
_NO_ROOM = ("queue_full", "unwritable", "closed")


def ends(outcome):
    # type: (Outcome) -> bool
    """Tell whether a hit may be taken at another time, so that the position must not pass it."""
    if outcome.state == REJECTED:
        refused = outcome.status is not None and outcome.status >= 300
        return outcome.reason in WAYS_OUT or (refused and outcome.status not in _OF_HIT)
    return outcome.state == RETRY or (outcome.state == DROPPED and outcome.reason in _NO_ROOM)


class Run(object):
    """
    Imports logs, and keeps their positions.

    :param state: where positions are saved; None: nowhere
    :param stopped: asked after each batch; true: end
    :ivar failed: the outcome that ended the run, or None
    :ivar int before: how many lines were read by earlier runs
    :ivar list files: of each file what the summary for machines says
    :ivar bool unsaved: whether the position could not be saved
    """

    def __init__(self, sending, imported, progress, state, stopped):
        # type: (Sending, Import, Progress, Optional[State], Callable[[], bool]) -> None
        self._sending, self._imported = sending, imported
        self._progress, self._state, self._stopped = progress, state, stopped
        self._batch = FIRST_BATCH
        self._saved = monotonic()
        self._source = self._mark = self._kept = None  # type: Any
        self._lines = self._bytes = 0  # of the sources before this one
        self._volatile = False  # whether hits wait in memory
        self.failed = None  # type: Optional[Outcome]
        self.before = 0
        self.files = []  # type: List[Dict[Text, Any]]
        self.unsaved = False

    def begin(self, source):
        # type: (Any) -> None
        """Begin with a source, at its mark."""
        mark = source.mark
        self._source, self._mark, self._kept = source, mark, None
        self.before += mark.line
        self._progress.skipped += source.place
        self.files.append({"file": source.name, "start": mark.position, "end": mark.position})
        if mark.line:
            self._imported.begin(source.log, source.first, mark.columns)
        else:
            self._imported.begin()

    def take(self, block, found):
        # type: (Block, Found) -> bool
        """Send what a block holds and nobody stored, in batches; False where the run ends with it."""
        self._sending.sent += found.stored
        entries, start = [Entry(number, hit) for number, hit in found.hits], 0
        while start < len(entries):
            batch = entries[start : start + self._batch]
            start += len(batch)
            began = monotonic()
            self._sending.settle(batch)
            self._adapt(monotonic() - began)
            last = entries[start - 1].number if start < len(entries) else None
            if not self._passed(block, batch, last):
                return False
        if not entries and block:
            self._mark = block.mark(block.first + len(block))
        self._show()
        return self._save_if_due() and not self._stopped()

    def _adapt(self, seconds):
        # type: (float) -> None
        """Send as many at a time as leave enough moments for a position to be saved."""
        if seconds > SAVE_EVERY:
            self._batch = max(self._batch // 2, 1)
        elif seconds < SAVE_EVERY / 4:
            self._batch = min(self._batch * 2, BATCH)

    def _passed(self, block, batch, last):
        # type: (Block, List[Entry], Optional[int]) -> bool
        """Move the mark behind what has an outcome: up to line ``last``, or all of the block."""
        for entry in batch:
            if entry.outcome is not None and ends(entry.outcome):
                self.failed, last = entry.outcome, (entry.number or 0) - 1
                break
            self._volatile = self._volatile or self._is_volatile(entry.outcome)
        line = block.first + len(block) if last is None else last
        if line > block.first:
            self._mark = block.mark(line)
        if self.failed is not None or self._stopped():
            return False
        return self._save_if_due()

    def _save_if_due(self):
        # type: () -> bool
        return self.save() if monotonic() - self._saved >= SAVE_EVERY else True

    def _is_volatile(self, outcome):
        # type: (Any) -> bool
        if outcome is None or outcome.state != QUEUED:
            return False
        kept = isinstance(self._sending.target.provider.delivery, Outbox)
        return outcome.reason == "in_memory" or not kept

    def _show(self):
        # type: () -> None
        self._progress.done = self._bytes + self._source.place
        sending = self._sending
        self._progress.show(self._imported.lines, sending.sent, sending.failed)

    @property
    def settled(self):
        # type: () -> int
        """Count the lines read of which all is known."""
        return self._lines + self._mark.line - self._source.mark.line if self._source else 0

    def save(self, ended=False):
        # type: (bool) -> bool
        """
        Save the position; False where the run ends, for hits that were queued are lost.

        :param ended: whether it is the end of the source
        """
        self._saved = monotonic()
        if self.failed is LATE or (self._volatile and not self._flush()):
            return self.failed is None
        self.files[-1]["end"] = self._mark.position
        row = self._source.position(self._mark, ended)
        if self._state is None or row is None or not row.mark.line or row == self._kept:
            return True
        try:
            self._state.save(row._replace(stored=self._sending.target.stored()))
            self._kept, self.unsaved = row, False
        except StorageError as error:
            if not self.unsaved:
                self._sending.terminal.warn("the position is not saved: %s" % error.detail)
            self.unsaved = True
        return True

    def _flush(self):
        # type: () -> bool
        """Bring out what waits in memory, for a position must not pass a hit that a crash would lose."""
        out = self._sending.target.provider.flush(CLOSE_TIMEOUT)
        if self._sending.late > 0:
            self.failed = LATE
        self._volatile = not out
        return out and self.failed is None

    def end(self, complete):
        # type: (bool) -> None
        """
        End with a source.

        :param complete: whether it is read to its end
        """
        self.save(complete and self.failed is None)
        self._lines = self.settled
        self._bytes += self._source.size
        self._mark = self._source.mark  # these lines are counted
