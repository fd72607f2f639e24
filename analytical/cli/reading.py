"""The files of ``analytical logs``, one after the other: what comes before each, and what ends them."""

from __future__ import absolute_import, division, print_function, unicode_literals

import os

from ..delivery.base import RETRY
from ..logs.following import follow
from ..logs.opening import DamagedLog
from ..logs.sources import Piped, Source
from .hits import LINES
from .importing import Run
from .lines import standard_input
from .positions import open_state
from .processes import reading
from .progress import Progress
from .results import explain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Iterator, List, Text

    from ..logs.importing import Import
    from .sending import Sending
    from .stopping import Stopping
    from .terminal import Terminal

AGAIN = (
    "started again, it begins with the first line, and hits have the ids they had: what counts a hit "
    "once, as sqlite does, holds none twice"
)
SAME = "the same command goes on there; --restart begins with the first line"


class Reading(object):
    """
    Reads the files of one command, and stops where it has to.

    :ivar state: the :class:`~analytical.logs.state.State`, or None
    :ivar importing: the :class:`~analytical.cli.importing.Run`
    """

    def __init__(self, arguments, terminal, imported, sending, stopping, summarize):
        # type: (Any, Terminal, Import, Sending, Stopping, Callable[[Reading], None]) -> None
        self.arguments, self.terminal, self.imported = arguments, terminal, imported
        self.sending, self.stopping, self._summarize = sending, stopping, summarize
        target = sending.target
        again = arguments.restart and arguments.dry_run
        self.state = None if again else open_state(terminal, arguments, target)
        kept = not arguments.dry_run and not target.provider.disabled
        self.progress = Progress(terminal, 0 if arguments.follow else _total(arguments.words))
        state = self.state if kept else None
        self.importing = Run(sending, imported, self.progress, state, stopping)
        self.damaged = False
        self._results = imported.results  # type: Callable[[Any], Any]

    def run(self):
        # type: () -> int
        """Do it; give the exit code."""
        try:
            with reading(self.arguments, self.sending, self.imported) as self._results:
                for path in self.arguments.words:
                    if self._goes_on():
                        self._read(path)
            self._tell_end()
            code = self.sending.finish()
        except (KeyboardInterrupt, EnvironmentError) as error:
            self._interrupted()
            if isinstance(error, KeyboardInterrupt) and self.stopping.signal:
                return 128 + self.stopping.signal
            raise
        if not self.arguments.dry_run:
            self._summarize(self)
        if self.stopping.signal:
            return 128 + self.stopping.signal
        bad = self.damaged or self.importing.failed is not None or self.importing.unsaved
        return 1 if bad else code

    def _goes_on(self):
        # type: () -> bool
        return self.importing.failed is None and not self.stopping()

    def _read(self, path):
        # type: (Text) -> None
        try:
            for source in self._sources(path):
                self._read_source(source)
                if not self._goes_on():
                    return
        except DamagedLog as error:  # others may be well
            self.terminal.error("%s: %s" % (self.terminal.shown(path), error))
            self.damaged = True

    def _sources(self, path):
        # type: (Text) -> Iterator[Any]
        restart, state = self.arguments.restart, self.state
        if path == LINES:
            yield Piped(LINES, _Pipe(standard_input()))
        elif self.arguments.follow:
            for each in follow(path, state, restart, self.stopping, self.stopping.pause):
                yield each
        else:
            source = Source(path)
            try:
                yield source.go_on(state, restart)
            finally:
                source.close()

    def _read_source(self, source):
        # type: (Any) -> None
        self.importing.begin(source)
        complete = False
        try:
            for block, found in self._results(source.blocks()):
                if not self.importing.take(block, found):
                    break
            else:
                complete = True
        finally:
            self.importing.end(complete)

    def _interrupted(self):
        # type: () -> None
        self.sending.settled = self.importing.settled
        self.sending.interrupted()
        self.terminal.note("analytical: " + (AGAIN if self.state is None else SAME))

    def _tell_end(self):
        # type: () -> None
        """Say what ended it before the end, and how to go on."""
        failed = self.importing.failed
        if failed is not None:
            provider = self.sending.target.provider
            text = "stopped, for a hit may be taken later: %s" % explain(failed, provider.name)
            unsure = failed.state == RETRY and failed.sent and failed.status is None
            if unsure and not provider.may_repeat():
                text += " (it may have arrived, and the platform would count it twice)"
            self.terminal.error(text)
        if not self._goes_on():
            self._interrupted()
        if self.state is not None and self.state.behind:
            self.terminal.warn(
                "%s holds fewer hits than were stored in it: logs were read from their start"
                % self.terminal.shown(self.sending.target.place)
            )


def _total(paths):
    # type: (List[Text]) -> int
    """Count the bytes of files; 0 where one says nothing of its size."""
    sizes = [os.path.getsize(path) for path in paths if os.path.isfile(path)]
    return sum(sizes) if len(sizes) == len(paths) else 0


class _Pipe(object):
    """The standard input, read as it comes: others may be long in writing a whole block."""

    def __init__(self, stream):
        # type: (Any) -> None
        self.read = stream.read1
