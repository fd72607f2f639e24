"""SQLite files from the outside: what is wrong with one, how one is made, and how one is only read."""

from __future__ import absolute_import, division, print_function, unicode_literals

import contextlib
import errno
import os
import sqlite3
import sys
import time

import six
from six.moves.urllib.parse import quote

from ._compat import monotonic
from ._sqlite_forks import inside_sqlite
from .errors import AnalyticalError, ConfigurationError
from .secrets import describe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator, List, Optional, Text, Tuple

WAYS_OUT = {
    "locked": "others kept the file locked for longer than timeout=: keep their transactions short, "
    "or raise timeout=",
    "read_only": "this user may not use the file or its directory: change their owner or mode, or "
    "choose another path",
    "full": "the disk or a quota is full: make room",
    "corrupt": "the file is damaged, or no SQLite database: move it and its -wal and -shm files away, "
    "and restore a backup or start anew",
    "missing": "the directory does not exist: make it, or choose another path",
    "newer": "a newer version of analytical wrote the file: upgrade this one",
    "foreign": "the file holds the tables of another program: choose another path",
    "storage": "SQLite cannot use the file",
}

# Parts of SQLite's own texts, which every version of Python passes on; codes came with 3.11.
_SIGNS = (
    ("locked", "locked"),
    ("locking protocol", "locked"),
    ("readonly", "read_only"),
    ("disk is full", "full"),
    ("not a database", "corrupt"),
    ("malformed", "corrupt"),
)
_ERRNOS = {
    errno.ENOENT: "missing",
    errno.ENOTDIR: "missing",
    errno.EACCES: "read_only",
    errno.EPERM: "read_only",
    errno.EROFS: "read_only",
    errno.ENOSPC: "full",
    getattr(errno, "EDQUOT", errno.ENOSPC): "full",
}


class StorageError(AnalyticalError):
    """
    A file could not be used, and nothing of the transaction was written. It does not leave the package.

    :ivar str reason: a key of ``WAYS_OUT``
    :ivar str detail: what to do, in words; holds no value that was to be stored
    """

    def __init__(self, reason, detail=""):
        # type: (Text, Text) -> None
        self.reason = reason
        self.detail = detail or WAYS_OUT[reason]
        super(StorageError, self).__init__("%s: %s" % (reason, self.detail))


def native_path(data):
    # type: (Any) -> str
    """
    Give a path, passed as text, bytes or a path object, in the type of the interpreter's own.

    :raises ConfigurationError: for what is no path
    """
    if hasattr(data, "__fspath__"):
        data = data.__fspath__()
    if not isinstance(data, (six.text_type, bytes)) or not data:
        raise ConfigurationError(
            "sqlite takes the path of a file, such as analytics.db, not %s" % describe(data)
        )
    try:
        text = six.ensure_text(data)
        text.encode("utf-8")  # as SQLite takes it
        if not six.PY2:  # there the bytes are used
            text.encode(sys.getfilesystemencoding())
    except UnicodeError:
        raise ConfigurationError(
            "the path of the file cannot be encoded (%s): use UTF-8, here and in the system's locale"
            % describe(data)
        )
    path = six.ensure_str(text)
    if str("\0") in path:
        raise ConfigurationError("the path of the file holds a NUL (%s)" % describe(data))
    return path


def explain(error, path):
    # type: (Exception, str) -> StorageError
    """Say in our words what sqlite3, or the system, raised."""
    if isinstance(error, EnvironmentError):
        return StorageError(_ERRNOS.get(error.errno or 0, "storage"))
    text = six.text_type(error)
    if "unable to open" in text or "Could not open" in text:  # the latter is PyPy's
        return _explain_unopened(path)
    for sign, reason in _SIGNS:
        if sign in text:
            return StorageError(reason)
    return StorageError("storage", "%s: %s" % (WAYS_OUT["storage"], text))


def _explain_unopened(path):
    # type: (str) -> StorageError
    directory = os.path.dirname(path) or "."
    if os.path.isdir(path):
        return StorageError("corrupt", "the path is a directory: name a file in it")
    if not os.path.isdir(directory):
        return StorageError("missing")
    concerned = [directory, path] if os.path.exists(path) else [directory]
    if not all(os.access(name, os.W_OK) for name in concerned):
        return StorageError("read_only")
    return StorageError("storage", "SQLite cannot open the file; perhaps too many files are open")


def run(connection, sql, parameters=()):
    # type: (sqlite3.Connection, Text, Any) -> List[Any]
    """Execute one statement and give all its rows; on PyPy an open cursor would bar the next commit."""
    with inside_sqlite:
        cursor = connection.cursor()
        try:
            cursor.execute(sql, parameters)
            return cursor.fetchall()
        finally:
            cursor.close()


def identity(path):
    # type: (str) -> Optional[Tuple[int, int]]
    """Tell one file from another that later stands at the same path; None where there is none."""
    try:
        found = os.stat(path)
    except EnvironmentError:
        return None
    return found.st_dev, found.st_ino


def make_file(path, timeout, mode=0o600):
    # type: (str, float, int) -> None
    """
    Make an empty file where there is none, by default one that its owner alone may read: it will hold visitors' data.

    SQLite gives its other files, -wal and -shm, the mode of this one.
    SQLite would do so itself, but beside a deleted file its -shm may remain, through which processes
    that still have the old file open would spoil the new one (https://sqlite.org/howtocorrupt.html).

    :raises EnvironmentError: where it cannot be made
    """
    path = os.path.realpath(path)
    if os.path.exists(path):
        return
    with _lock(os.path.dirname(path), timeout):
        if not os.path.exists(path):
            for suffix in ("-wal", "-shm"):
                _remove(path + str(suffix))
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, mode))


def _remove(path):
    # type: (str) -> None
    try:
        os.remove(path)
    except EnvironmentError as error:
        if error.errno != errno.ENOENT:
            raise


@contextlib.contextmanager
def _lock(directory, timeout):
    # type: (str, float) -> Iterator[None]
    """Let one process at a time make a file in a directory; at best, for not every system locks those."""
    try:
        descriptor = os.open(directory, os.O_RDONLY)
    except EnvironmentError:
        yield
        return
    try:
        deadline = monotonic() + timeout
        while not _try_lock(descriptor) and monotonic() < deadline:
            time.sleep(0.005)
        yield
    finally:
        os.close(descriptor)


def _try_lock(descriptor):
    # type: (int) -> bool
    try:
        import fcntl
    except ImportError:  # Windows, where nobody can delete a file in use
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except EnvironmentError as error:
        # A network file system that locks no directories gives another error.
        return error.errno not in (errno.EAGAIN, errno.EACCES)
    return True


def open_to_read(path, timeout=3.0):
    # type: (str, float) -> sqlite3.Connection
    """
    Connect to a file that is there, for queries only; the file is neither made nor changed.

    :raises StorageError: ``missing``, ``corrupt``, ``locked`` ...
    """
    return _open_to_read(path, timeout)[0]


def name_to_read(path, timeout=3.0):
    # type: (str, float) -> str
    """
    Give the name by which another connection, one that knows addresses, can attach a file for queries.

    :raises StorageError: as :func:`open_to_read`
    """
    connection, name = _open_to_read(path, timeout)
    connection.close()
    return name


def _open_to_read(path, timeout):
    # type: (str, float) -> Tuple[sqlite3.Connection, str]
    if not os.path.exists(path):
        raise StorageError("missing", "there is no such file: check the path")
    try:
        return _connect_to_read(path, timeout), path
    except StorageError as error:
        if error.reason != "read_only" or six.PY2 or os.path.exists(path + str("-wal")):
            raise
        # In a directory that cannot be written, SQLite wants to be told that nobody else writes.
        name = "file:%s?immutable=1" % quote(path)
        return _connect_to_read(path, timeout, name), name


def _connect_to_read(path, timeout, uri=None):
    # type: (str, float, Optional[str]) -> sqlite3.Connection
    options = {str("uri"): True} if uri else {}  # Python 2 does not know the option
    connection = None
    try:
        with inside_sqlite:
            connection = sqlite3.connect(
                uri or path, timeout=timeout, isolation_level=None, **options
            )
        run(connection, "PRAGMA query_only=1")
        run(connection, "SELECT count(*) FROM sqlite_master")
        return connection
    except sqlite3.Error as error:
        if connection is not None:
            connection.close()
        raise explain(error, path)
