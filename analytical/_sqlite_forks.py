"""SQLite and ``fork()``: nobody forks amid a transaction, and no connection crosses into a child."""

from __future__ import absolute_import, division, print_function, unicode_literals

import atexit
import os
import sqlite3
import threading
import time

from six.moves import _thread

from ._compat import monotonic, process

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List, Optional, Tuple

_get_ident = _thread.get_ident

FORK_PATIENCE = 5.0  # seconds that a fork waits for threads that are inside SQLite


class _ForkGate(object):
    """
    Keeps a fork away while a thread is inside SQLite, and threads out of SQLite during a fork.

    A thread that does not exist in the child would never give back what it holds: the mutexes that SQLite
    has for the whole process, for which the child would wait for ever; or the write lock of a file, which
    SQLite in the child would take for that of a thread next door. So a whole transaction is one stay
    inside. Before Python 3.7 nothing can be kept away.
    """

    def __init__(self):
        # type: () -> None
        self.when_empty = (
            lambda: None
        )  # type: Callable[[], Any]  # called before a fork, nobody inside
        self._open_anew()
        at_fork = getattr(os, "register_at_fork", None)  # since Python 3.7
        self._works = at_fork is not None
        if at_fork is not None:
            at_fork(before=self._shut, after_in_parent=self._open, after_in_child=self._open_anew)

    def _open_anew(self):
        # type: () -> None
        self._entrance = threading.RLock()
        self._stays = {}  # type: Dict[int, int]  # thread -> how many stays, one within another

    def _open(self):
        # type: () -> None
        self._entrance.release()

    def _shut(self):
        # type: () -> None
        deadline = monotonic() + FORK_PATIENCE
        self._entrance.acquire()
        me = {_get_ident()}
        while set(self._stays) - me and monotonic() < deadline:
            time.sleep(0.0005)
        if not self._stays:
            self.when_empty()

    def __enter__(self):
        # type: () -> None
        if not self._works:
            return
        me, stays = _get_ident(), self._stays
        if me in stays:
            stays[me] += 1
        else:
            with self._entrance:
                self._stays[me] = 1

    def __exit__(self, *exc_info):
        # type: (*Any) -> None
        me, stays = _get_ident(), self._stays
        if stays.get(me, 0) > 1:
            stays[me] -= 1
        else:
            stays.pop(me, None)

    def pause(self, seconds):
        # type: (float) -> None
        """Sleep outside, where no fork has to wait for it; inside where that would end a longer stay."""
        outside = self._stays.get(_get_ident()) == 1
        if outside:
            self.__exit__()
        try:
            time.sleep(seconds)
        finally:
            if outside:
                self.__enter__()


inside_sqlite = _ForkGate()

# Connections, with the processes that made them. They stay here until they are closed: one that comes into
# a child all the same must not be closed there, not even by the garbage collector, for it would delete the
# log file that others write by now (https://sqlite.org/howtocorrupt.html, section 2.6).
_made = {}  # type: Dict[int, Tuple[int, sqlite3.Connection]]

# Transactions, by process and handle, with the identities of their files. What a child finds of its parent's
# are files that SQLite in the child holds for locked, for ever.
amid = {}  # type: Dict[Tuple[int, int], Any]


def files_forked_amid():
    # type: () -> List[Any]
    """Give the identities of files that another thread wrote when this process was forked."""
    return [which for (pid, _), which in list(amid.items()) if pid != process.pid]


def _spare_inherited():
    # type: () -> None
    """Keep the parent's connections open through the end of a child, when all modules are cleared."""
    inherited = [connection for pid, connection in list(_made.values()) if pid != process.pid]
    if not inherited:
        return
    try:
        import ctypes

        for connection in inherited:
            ctypes.pythonapi.Py_IncRef(ctypes.py_object(connection))
    except (ImportError, AttributeError):
        pass  # PyPy has no such function, and closes nothing at its end


atexit.register(_spare_inherited)


def _close_all():
    # type: () -> None
    """
    Close what nobody uses, before a fork: SQLite in the child would take the parent's locks for its own.

    Both open the file anew at their next transaction.
    """
    for key, (pid, connection) in list(_made.items()):
        if pid == process.pid and _made.pop(key, None) is not None:
            try:
                connection.close()
            except sqlite3.Error:
                pass


inside_sqlite.when_empty = _close_all


class Handle(object):
    """A connection, and whose it is. It is closed with its thread, by the process that made it."""

    __slots__ = tuple(str(name) for name in ("connection", "identity", "pid", "mark", "busy"))

    def __init__(self, connection, identity):
        # type: (sqlite3.Connection, Optional[Tuple[int, int]]) -> None
        self.connection = connection
        self.identity = identity
        self.pid = process.pid
        self.mark = (self.pid, id(self))
        self.busy = False
        _made[id(connection)] = (self.pid, connection)

    def is_open(self):
        # type: () -> bool
        """Tell whether it may be used by this process."""
        return self.pid == process.pid and id(self.connection) in _made

    def begin(self):
        # type: () -> None
        """Say that a transaction begins."""
        self.busy = True
        amid[self.mark] = self.identity

    def end(self):
        # type: () -> None
        """Say that it has ended."""
        self.busy = False
        if self.pid == process.pid:
            amid.pop(self.mark, None)

    # The defaults are bound now, for modules may be gone at the end.
    def close(self, getpid=os.getpid, made=_made, gate=inside_sqlite):
        # type: (Any, Dict[int, Tuple[int, sqlite3.Connection]], Any) -> None
        with gate:  # or a fork could come between, that would not see that it is open
            if self.pid == getpid() and made.pop(id(self.connection), None):
                self.connection.close()

    __del__ = close
