"""
SQLite files that many threads and processes write at once: what the sqlite provider and the outbox share.

Write-ahead logging (``journal_mode=WAL``) with ``synchronous=NORMAL``: what is committed outlives the
process, killed or not; the last commits before a power cut may be lost, and the file stays whole.
"""

from __future__ import absolute_import, division, print_function, unicode_literals

import contextlib
import random
import sqlite3
import threading

from ._compat import monotonic, process
from ._sqlite_file import StorageError, explain, identity, make_file, run
from ._sqlite_forks import Handle, amid, files_forked_amid, inside_sqlite

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator, Optional, Sequence, Set, Text, Tuple

FIRST_PAUSE = 0.001  # seconds; doubled up to
LONGEST_PAUSE = 0.05
FORKED = (
    "this process was forked while a thread of its parent wrote to the file: fork before hits are sent, "
    "or use Python 3.7 or newer"
)


class _Hopeless(StorageError):
    """The file is locked, and no waiting would change it."""


def _roll_back(connection):
    # type: (sqlite3.Connection) -> None
    try:
        run(connection, "ROLLBACK")
    except sqlite3.Error:
        pass  # SQLite itself has ended the transaction, as it does when the disk is full


class Schema(object):
    """
    What a file holds: one table of ours, and what belongs to it.

    The file's version (``PRAGMA user_version``) is the number of migrations it went through. A new
    column is no new version, for older programs can write around it: it is added wherever it is missing.

    :ivar str table: the name of the table
    :ivar columns: pairs (name, declaration); those with NOT NULL or PRIMARY KEY cannot be added later
    :ivar migrations: SQL statements; the n-th makes version n out of n - 1
    """

    def __init__(self, table, columns, migrations):
        # type: (Text, Sequence[Tuple[Text, Text]], Sequence[Text]) -> None
        self.table = table
        self.columns = tuple(columns)
        self.migrations = tuple(migrations)
        self.version = len(self.migrations)
        self.required = {
            name for name, kind in columns if "NOT NULL" in kind or "PRIMARY KEY" in kind
        }

    def read(self, connection, database="main"):
        # type: (sqlite3.Connection, Text) -> Tuple[int, Set[Text]]
        """
        Give a file's version and the columns of its table, none where the file is new.

        It takes several looks, so it needs a transaction around it.

        :param str database: the name under which the connection has the file attached
        :raises StorageError: ``foreign`` or ``newer``
        """
        version = run(connection, "PRAGMA %s.user_version" % database)[0][0]
        ask = 'PRAGMA %s.table_info("%s")' % (database, self.table)
        found = {row[1] for row in run(connection, ask)}
        used = version or run(connection, "SELECT 1 FROM %s.sqlite_master LIMIT 1" % database)
        if used and not self.required <= found:
            raise StorageError("foreign")
        if version > self.version:
            raise StorageError("newer")
        return version, found

    def is_current(self, connection):
        # type: (sqlite3.Connection) -> bool
        """Tell whether a file needs nothing; raises as :meth:`read`."""
        run(connection, "BEGIN")
        try:
            version, found = self.read(connection)
        finally:
            _roll_back(connection)
        return version == self.version and all(name in found for name, _ in self.columns)

    def prepare(self, connection):
        # type: (sqlite3.Connection) -> None
        """Bring a file up to date, once, however many processes open it at the same time."""
        if self.is_current(connection):
            return
        run(connection, "BEGIN IMMEDIATE")
        try:
            self._upgrade(connection, *self.read(connection))  # others may have come first
            run(connection, "COMMIT")
        except Exception:
            _roll_back(connection)
            raise

    def _upgrade(self, connection, version, found):
        # type: (sqlite3.Connection, int, Set[Text]) -> None
        if not found:
            body = ", ".join('"%s" %s' % column for column in self.columns)
            run(connection, 'CREATE TABLE "%s" (%s)' % (self.table, body))
        else:
            for name, kind in self.columns:
                if name not in found:
                    run(
                        connection, 'ALTER TABLE "%s" ADD COLUMN "%s" %s' % (self.table, name, kind)
                    )
        for statement in self.migrations[version:]:
            run(connection, statement)
        run(connection, "PRAGMA user_version = %d" % self.version)


class Store(object):
    """
    One file, written in transactions. Makes a connection for each thread of each process, at its first
    transaction, and anew after a fork, an error, or when the file was deleted or replaced.

    :param str path: the file, in the type of the interpreter's own paths
    :param schema: a :class:`Schema`
    :param float timeout: seconds to wait for a lock
    :param str synchronous: ``NORMAL``, or ``FULL`` to wait for the disk at each commit
    """

    def __init__(self, path, schema, timeout=3.0, synchronous="NORMAL"):
        # type: (str, Schema, float, Text) -> None
        self.path = path
        self.schema = schema
        self.timeout = timeout
        self.synchronous = synchronous
        self._local = threading.local()

    @contextlib.contextmanager
    def transaction(self):
        # type: () -> Iterator[sqlite3.Connection]
        """
        Give a connection that holds the file's write lock; commit at the end, undo all on an error.

        :raises StorageError: in place of any error of SQLite's
        """
        with inside_sqlite:
            handle = self._begin()
            try:
                yield handle.connection
                handle.connection.execute("COMMIT").close()
            except sqlite3.Error as error:
                _roll_back(handle.connection)
                raise self._explain(error)
            except BaseException:
                _roll_back(handle.connection)
                raise
            finally:
                handle.end()

    def write(self, sql, parameters):
        # type: (Text, Sequence[Any]) -> None
        """
        Execute one statement as a transaction of its own, which takes half the time of a longer one.

        :raises StorageError: in place of any error of SQLite's
        """
        with inside_sqlite:
            self._begin(sql, parameters).end()

    def checkpoint(self):
        # type: () -> None
        """
        Move what the log holds into the file, as far as nobody reads it; others write meanwhile.

        A log that is written faster is left to SQLite, which does the same amid a call, at so many pages.

        :raises StorageError: in place of any error of SQLite's
        """
        with inside_sqlite:
            handle = self._handle()
            try:
                run(handle.connection, "PRAGMA wal_checkpoint(PASSIVE)")
            except sqlite3.Error as error:
                raise self._explain(error)

    def _begin(self, sql="BEGIN IMMEDIATE", parameters=()):
        # type: (Text, Sequence[Any]) -> Handle
        """
        Begin a transaction, waiting for the write lock in short random pauses.

        SQLite's own way to wait looks ever less often, so that whoever waits longest gets it last.
        """
        deadline, longest = None, FIRST_PAUSE  # type: Optional[float], float
        while True:
            try:
                return self._try_to_begin(sql, parameters)
            except StorageError as error:
                if error.reason != "locked" or isinstance(error, _Hopeless):
                    raise
                if deadline is None:
                    deadline = monotonic() + self.timeout
                if monotonic() >= deadline:
                    raise
            inside_sqlite.pause(random.uniform(0, longest))  # nosec B311  # no secret
            longest = min(longest * 2, LONGEST_PAUSE)

    def _try_to_begin(self, sql, parameters):
        # type: (Text, Sequence[Any]) -> Handle
        handle = self._handle()
        handle.begin()
        try:
            handle.connection.execute(sql, parameters).close()
        except BaseException as error:
            handle.end()
            if isinstance(error, sqlite3.Error):
                raise self._explain(error)
            _roll_back(handle.connection)
            raise
        return handle

    def _explain(self, error):
        # type: (sqlite3.Error) -> StorageError
        problem = explain(error, self.path)
        if problem.reason != "locked":
            self._drop()
        return problem

    def close(self):
        # type: () -> None
        """Close the connection of this thread; those of others are closed as their threads end."""
        self._drop()

    def _drop(self):
        # type: () -> None
        handle = self._local.__dict__.pop("handle", None)
        if handle is not None:
            handle.close()

    def _handle(self):
        # type: () -> Handle
        handle = getattr(self._local, "handle", None)  # type: Optional[Handle]
        if handle is not None and handle.busy and handle.pid == process.pid:
            raise _Hopeless("locked", "called by a signal handler amid another transaction")
        which = identity(self.path)
        if amid and which in files_forked_amid():
            raise _Hopeless("locked", FORKED)
        if handle is None or handle.identity != which or not handle.is_open():
            self._drop()
            self._local.handle = handle = self._open()
        return handle

    def _open(self):
        # type: () -> Handle
        try:
            make_file(self.path, self.timeout)
            # Taken before connecting: if the file is replaced in between, the next call sees it.
            which = identity(self.path)
            # PyPy's collector may close it from another thread than its own.
            connection = sqlite3.connect(
                self.path, timeout=0.0, isolation_level=None, check_same_thread=False
            )
        except (sqlite3.Error, EnvironmentError) as error:
            raise explain(error, self.path)
        handle = Handle(connection, which)
        try:
            self.schema.is_current(connection)  # raises before another program's file is changed
            self._configure(connection)
            self.schema.prepare(connection)
        except sqlite3.Error as error:
            handle.close()
            raise explain(error, self.path)
        except BaseException:
            handle.close()
            raise
        return handle

    def _configure(self, connection):
        # type: (sqlite3.Connection) -> None
        # Where the file system cannot share memory, the mode stays another, and works. There a commit waits
        # for readers too, and has to do so inside SQLite.
        for ask in ("PRAGMA journal_mode", "PRAGMA journal_mode=WAL"):
            if run(connection, ask)[0][0] == "wal":
                break
        else:
            run(connection, "PRAGMA busy_timeout=%d" % (self.timeout * 1000))
        run(connection, "PRAGMA synchronous=%s" % self.synchronous)
        # Four times the default: each checkpoint waits for the disk, 10 to 40 ms of somebody's call.
        run(connection, "PRAGMA wal_autocheckpoint=4000")
