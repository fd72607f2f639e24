"""The processes that read lines of logs beside this one: started, given blocks, and missed where one is lost."""

from __future__ import absolute_import, division, print_function, unicode_literals

import collections
import signal
import struct
import subprocess  # nosec B404  # of this interpreter, and no shell
import sys

from ..delivery.base import Payload
from .importing import Found
from .workers import read, write

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Deque, Dict, Iterable, Iterator, List, Optional, Text, Tuple

    from .importing import Import, Task

# Not -m, which would import from the folder that the command happens to run in.
CODE = "import sys; sys.path[:] = sys.argv[1:]; from analytical.logs import workers; workers.main()"
PIPE = 1 << 20  # bytes that a pipe should hold, where the system lets us say it
END = 5  # seconds that a worker gets to end
_SET_PIPE = 1031  # F_SETPIPE_SZ of Linux


class Workers(object):
    """
    Some workers, which start with the first block.

    :param int count: how many
    :param dict settings: for :class:`~analytical.logs.workers.Maker`
    :param warn: called with a text where a worker is lost; its block is done here
    :param unsupported: called with the name of a field that the platform has no place for
    """

    def __init__(self, count, settings, warn, unsupported=None):
        # type: (int, Dict[Text, Any], Callable[[Text], Any], Optional[Callable[[Text], Any]]) -> None
        self._count, self._settings, self._warn = count, settings, warn
        self._unsupported = unsupported
        self._workers = None  # type: Optional[Deque[_Worker]]  # those without a task
        self._started = []  # type: List[_Worker]

    def results(self, imported, blocks):
        # type: (Import, Iterable[Any]) -> Iterator[Tuple[Any, List[Any]]]
        """
        Read blocks of one log, in their order, some ahead.

        :returns: pairs of a block, and the numbers of its pageviews with their payloads; for one that only the
            provider can say something about, the hit
        """
        waiting = collections.deque()  # type: Deque[Tuple[Task, Optional[_Worker]]]
        for block in blocks:
            task = imported.task(block)
            if len(waiting) >= self._count:
                first, worker = waiting.popleft()
                answer = self._receive(worker)
                waiting.append((task, self._give(task)))
                yield first.block, imported.take(self._found(first, answer))
            else:
                waiting.append((task, self._give(task)))
        while waiting:
            first, worker = waiting.popleft()
            yield first.block, imported.take(self._found(first, self._receive(worker)))

    def _give(self, task):
        # type: (Task) -> Optional[_Worker]
        """Give a task to a worker that has none; None where it is to be done here."""
        if task.format is None or not task.block:
            return None
        if self._workers is None:
            self._workers = collections.deque()
            for _ in range(self._count):
                self._start(self._workers)
        while self._workers:
            worker = self._workers.popleft()
            if worker.give(task):
                return worker
            self._lost(worker)
        return None

    def _start(self, workers):
        # type: (Deque[_Worker]) -> None
        try:
            workers.append(_Worker(self._settings))
            self._started.append(workers[-1])
        except EnvironmentError as error:
            self._warn("no process can be started (%s)" % type(error).__name__)

    def _receive(self, worker):
        # type: (Optional[_Worker]) -> Any
        if worker is None:
            return None
        answer = worker.receive()
        if answer is None:
            self._lost(worker)
        elif self._workers is not None:
            self._workers.append(worker)
        return answer

    def _lost(self, worker):
        # type: (_Worker) -> None
        worker.close()
        self._warn("a process that read lines has ended; what it had is read again here")

    def _found(self, task, answer):
        # type: (Task, Any) -> Found
        if not answer or "failed" in answer:
            return task.read()
        found = Found(len(task.block))
        found.left_out, found.bad = answer["left_out"], answer["bad"]
        found.first_bad = [(number, why) for number, why in answer["first_bad"]]
        for name in answer["unsupported"] if self._unsupported is not None else ():
            self._unsupported(name)  # type: ignore[misc]
        for number, id, time, entries in answer["hits"]:
            if entries is None:
                found.hits += task.read_line(number)
            else:
                found.hits.append((number, Payload(entries, id, time)))
        return found

    def pids(self):
        # type: () -> List[int]
        """Give the ids of the processes that were started."""
        return [worker.pid for worker in self._started]

    def close(self):
        # type: () -> None
        """End the workers, whatever they do."""
        started, self._started, self._workers = self._started, [], None
        for worker in started:
            worker.close()

    def __enter__(self):
        # type: () -> Workers
        return self

    def __exit__(self, *exc_info):
        # type: (*Any) -> None
        self.close()


class _Worker(object):
    """The parent's side of a worker; it is lost where one of its methods gives None or False."""

    def __init__(self, settings):
        # type: (Dict[Text, Any]) -> None
        self._process = _start()
        self.pid = self._process.pid  # type: int
        self._input, self._output = self._process.stdin, self._process.stdout
        for stream in (self._input, self._output):
            _widen(stream)
        self._settings = settings  # type: Optional[Dict[Text, Any]]

    def give(self, task):
        # type: (Task) -> bool
        places = struct.pack(str("<%dQ" % len(task.block)), *[place for place, _ in task.block])
        lines = b"\n".join([line or b"" for _, line in task.block])
        header = {
            "format": task.format,
            "log": task.log,
            "number": task.number,
            "long": [index for index, (_, line) in enumerate(task.block) if line is None],
        }
        try:
            if self._settings is not None:
                write(self._input, self._settings)
                self._settings = None
            write(self._input, header, places, lines)
            return True
        except EnvironmentError:
            return False

    def receive(self):
        # type: () -> Any
        try:
            found = read(self._output)
            return None if found is None else found[0]
        except (EnvironmentError, ValueError):
            return None

    def close(self):
        # type: () -> None
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
