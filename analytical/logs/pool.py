"""The processes that read lines of logs beside this one: started, given blocks, and missed where one is lost."""

from __future__ import absolute_import, division, print_function, unicode_literals

import collections
import signal
import subprocess  # nosec B404  # of this interpreter, and no shell
import sys

from ..delivery.base import Payload
from .importing import Found
from .workers import Maker, read, write

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Deque, Dict, Iterable, Iterator, List, Optional, Text, Tuple

    from .importing import Import, Task
    from .reader import Block

# Not -m, which would import from the folder that the command happens to run in.
CODE = "import sys; sys.path[:] = sys.argv[1:]; from analytical.logs import workers; workers.main()"
PIPE = 1 << 20  # bytes that a pipe should hold, where the system lets us say it
END = 5  # seconds that a worker gets to end
_SET_PIPE = 1031  # F_SETPIPE_SZ of Linux


class Alone(object):
    """No worker: this process reads lines and stores their hits at once, as a worker would."""

    def __init__(self, settings):
        # type: (Dict[Text, Any]) -> None
        self._maker = Maker(settings)

    def results(self, imported, blocks):
        # type: (Import, Iterable[Block]) -> Iterator[Tuple[Block, Found]]
        """Read blocks of one log; give each with what it holds."""
        for block in blocks:
            task, answer = imported.task(block), None  # type: Task, Any
            if task.format is not None:
                answer = self._maker.answer(task.format, task.log, block)
            yield block, imported.take(found_of(task, answer))


class Workers(object):
    """
    Some workers, which start with the first block.

    :param int count: how many
    :param dict settings: for :class:`~analytical.logs.workers.Maker`
    :param warn: called with a text where a worker is lost; its blocks are done here
    :param unsupported: called with the name of a field that the platform has no place for
    """

    def __init__(self, count, settings, warn, unsupported=None):
        # type: (int, Dict[Text, Any], Callable[[Text], Any], Optional[Callable[[Text], Any]]) -> None
        self._count, self._settings, self._warn = count, settings, warn
        self._unsupported = unsupported
        # A payload is long: who writes an answer and who writes a task would wait for each other.
        self._each = 2 if settings["stores"] else 1
        self._ready = (
            None
        )  # type: Optional[Deque[_Worker]]  # each as often as it may be given a task
        self._started = []  # type: List[_Worker]

    def results(self, imported, blocks):
        # type: (Import, Iterable[Block]) -> Iterator[Tuple[Block, Found]]
        """
        Read blocks of one log, in their order, some ahead.

        :returns: pairs of a block and what it holds: numbers of pageviews with their payloads, where nobody stored
            them; for one that only the provider can say something about, the hit
        """
        waiting = collections.deque()  # type: Deque[Tuple[Task, Optional[_Worker]]]
        for block in blocks:
            task = imported.task(block)
            waiting.append((task, self._give(task)))
            if len(waiting) >= self._count * self._each:
                yield self._next(imported, waiting)
        while waiting:
            yield self._next(imported, waiting)

    def _next(self, imported, waiting):
        # type: (Import, Deque[Tuple[Task, Optional[_Worker]]]) -> Tuple[Block, Found]
        task, worker = waiting.popleft()
        answer = self._receive(worker)
        return task.block, imported.take(found_of(task, answer, self._unsupported))

    def _give(self, task):
        # type: (Task) -> Optional[_Worker]
        """Give a task to a worker that has room; None where it is to be done here."""
        if task.format is None or not task.block:
            return None
        if self._ready is None:
            for _ in range(self._count):
                self._start()
            self._ready = collections.deque(self._started * self._each)
        while self._ready:
            worker = self._ready.popleft()
            if worker.give(task):
                return worker
            self._lost(worker)
        return None

    def _start(self):
        # type: () -> None
        try:
            self._started.append(_Worker(self._settings))
        except EnvironmentError as error:
            self._warn("no process can be started (%s)" % type(error).__name__)

    def _receive(self, worker):
        # type: (Optional[_Worker]) -> Any
        if worker is None:
            return None
        answer = worker.receive()
        if answer is None:
            self._lost(worker)
        elif self._ready is not None:
            self._ready.append(worker)
        return answer

    def _lost(self, worker):
        # type: (_Worker) -> None
        if not worker.lost:
            worker.close()
            self._warn("a process that read lines has ended; what it had is read again here")

    def pids(self):
        # type: () -> List[int]
        """Give the ids of the processes that were started."""
        return [worker.pid for worker in self._started]

    def close(self):
        # type: () -> None
        """End the workers, whatever they do."""
        started, self._started, self._ready = self._started, [], None
        for worker in started:
            worker.close()

    def __enter__(self):
        # type: () -> Workers
        return self

    def __exit__(self, *exc_info):
        # type: (*Any) -> None
        self.close()


def found_of(task, answer, unsupported=None):
    # type: (Task, Any, Optional[Callable[[Text], Any]]) -> Found
    """Say what a task's block holds, by the answer; where there is none, by reading it."""
    if not answer or "failed" in answer:
        return task.read()
    found = Found(len(task.block))
    found.left_out, found.bad = answer["left_out"], answer["bad"]
    found.first_bad = [(number, why) for number, why in answer["first_bad"]]
    found.stored = answer["stored"]
    for name in answer["unsupported"] if unsupported is not None else ():
        unsupported(name)  # type: ignore[misc]
    for number, id, time, entries in answer["hits"]:
        if entries is None:
            found.hits += task.read_line(number)
        else:
            found.hits.append((number, Payload(entries, id, time)))
    return found


class _Worker(object):
    """
    The parent's side of a worker; it is lost where one of its methods gives None or False.

    :ivar bool lost: whether it was closed
    """

    def __init__(self, settings):
        # type: (Dict[Text, Any]) -> None
        self.lost = False
        self._process = _start()
        self.pid = self._process.pid  # type: int
        self._input, self._output = self._process.stdin, self._process.stdout
        for stream in (self._input, self._output):
            _widen(stream)
        self._settings = settings  # type: Optional[Dict[Text, Any]]

    def give(self, task):
        # type: (Task) -> bool
        block = task.block
        header = {
            "format": task.format,
            "log": task.log,
            "place": block.place,
            "first": block.first,
            "skipped": block.skipped,
        }
        try:
            if self.lost:
                return False
            if self._settings is not None:
                write(self._input, self._settings)
                self._settings = None
            write(self._input, header, block.data or b"")
            return True
        except EnvironmentError:
            return False

    def receive(self):
        # type: () -> Any
        try:
            found = None if self.lost else read(self._output)
            return None if found is None else found[0]
        except (EnvironmentError, ValueError):
            return None

    def close(self):
        # type: () -> None
        self.lost = True
        for stream in (self._input, self._output):
            try:
                stream.close()
            except EnvironmentError:  # what was not written any more
                pass
        try:
            self._process.wait(END)  # novm - of Python 3, on which there are workers
        except subprocess.TimeoutExpired:  # novm - the same
            self._process.kill()
            self._process.wait()


def _start():
    # type: () -> Any
    # Ctrl-C is the parent's; a worker that sees it before it can ignore it would show a traceback.
    mask = getattr(signal, "pthread_sigmask", None)  # not on Windows
    before = mask and mask(signal.SIG_BLOCK, [signal.SIGINT])  # novm - where there is a mask
    try:
        return subprocess.Popen(  # nosec B603  # the same
            [sys.executable, "-c", CODE] + sys.path,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            close_fds=True,
        )
    finally:
        if mask is not None:
            mask(signal.SIG_SETMASK, before)  # novm - the same


def _widen(stream):
    # type: (Any) -> None
    try:
        import fcntl

        fcntl.fcntl(stream.fileno(), _SET_PIPE, PIPE)
    except (ImportError, EnvironmentError):  # it is a matter of speed only
        pass
