"""Opening the provider's file, and that of its roll-ups; all that goes wrong with the first in words."""

from __future__ import absolute_import, division, print_function, unicode_literals

import atexit
import contextlib
import os
import sqlite3
import stat
import tempfile

import six

from .._sqlite_file import (
    StorageError,
    explain,
    make_file,
    name_to_read,
    native_path,
    run,
)
from .._sqlite_forks import inside_sqlite
from ..errors import ConfigurationError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, Iterator, Optional, Tuple

SUFFIX = ".report"
TIMEOUT = 10.0  # seconds to wait for others, each of whom writes for a small part of one
_HEADER = b"SQLite format 3\0"

# Where the folder cannot be written: process and provider's file -> a file that ends with the process.
_private = {}  # type: Dict[Tuple[int, str], str]


class Damaged(ConfigurationError):
    """The file of roll-ups was damaged, and is deleted: the next attempt makes it anew."""


@contextlib.contextmanager
def worded(path):
    # type: (str) -> Iterator[None]
    """Say in our words what goes wrong with a file that is read."""
    try:
        yield
    except sqlite3.Error as error:
        problem = explain(error, path)
    except StorageError as error:
        problem = error
    else:
        return
    raise ConfigurationError("the file cannot be read: %s: %s" % (problem.reason, problem.detail))


@contextlib.contextmanager
def both(path, prepare):
    # type: (Any, Callable[[sqlite3.Connection], None]) -> Iterator[sqlite3.Connection]
    """
    Give a connection to the roll-ups of a file; the file itself is ``source`` in it, and is only read.

    :param prepare: makes the tables, or raises StorageError for those of another program
    :raises Damaged: where the roll-ups turned out to be damaged
    """
    path = os.path.abspath(native_path(path))
    with worded(path):
        name = name_to_read(path)
        connection = _connect(path, prepare)
        with contextlib.closing(connection):
            # Others may have written what is no UTF-8: better shown with a mark than not at all.
            connection.text_factory = lambda data: data.decode("utf-8", "replace")
            run(connection, "ATTACH DATABASE ? AS source", (six.ensure_text(name),))
            try:
                yield connection
            except sqlite3.DatabaseError as error:
                if explain(error, path).reason == "corrupt" and _is_damaged(connection):
                    if forget(path):
                        raise Damaged("the roll-ups were damaged, and are deleted: try again")
                raise


def _is_damaged(connection):
    # type: (sqlite3.Connection) -> bool
    """Tell whether it is the roll-ups, rather than the hits."""
    try:
        return run(connection, "PRAGMA main.quick_check(1)") != [("ok",)]
    except sqlite3.Error:
        return True


def _connect(path, prepare):
    # type: (str, Callable[[sqlite3.Connection], None]) -> sqlite3.Connection
    """Open the file of roll-ups; anew where it is damaged, elsewhere where it is not ours."""
    beside = rollups_of(path)
    for _ in range(2):
        try:
            return _open(beside, path, prepare)
        except StorageError as error:
            if error.reason != "corrupt" or not forget(path):
                break
    return _open(_elsewhere(path), path, prepare)


def rollups_of(path):
    # type: (str) -> str
    """Name the file of roll-ups, which stands beside the provider's."""
    return os.path.realpath(path) + str(SUFFIX)


def forget(path):
    # type: (str) -> bool
    """Delete the roll-ups beside a file, where they are SQLite's; tell whether that was done."""
    beside = rollups_of(path)
    try:
        with open(beside, "rb") as stream:
            header = stream.read(len(_HEADER))
        if header and header != _HEADER:
            return False
        os.remove(beside)  # what SQLite keeps beside it goes when it is made anew
    except EnvironmentError:
        return False
    return True


def _elsewhere(path):
    # type: (str) -> str
    key = (os.getpid(), path)
    if key not in _private:  # two threads may both make one, of which one is used
        descriptor, made = tempfile.mkstemp(str(SUFFIX), str("analytical-"))
        os.close(descriptor)
        if _private.setdefault(key, made) != made:
            os.remove(made)
    return _private[key]


@atexit.register
def _clear():
    # type: () -> None
    for (pid, _), made in list(_private.items()):
        for suffix in ("", "-wal", "-shm"):
            if pid == os.getpid() and os.path.exists(made + str(suffix)):
                os.remove(made + str(suffix))


def _open(beside, path, prepare):
    # type: (str, str, Callable[[sqlite3.Connection], None]) -> sqlite3.Connection
    # Python 2 does not know the option, without which a name is never an address.
    options = {} if six.PY2 else {str("uri"): True}  # type: Dict[str, Any]
    connection = None  # type: Optional[sqlite3.Connection]
    try:
        # As readable as the hits themselves, and not more.
        make_file(beside, TIMEOUT, stat.S_IMODE(os.stat(path).st_mode) & 0o666 | 0o600)
        with inside_sqlite:
            connection = sqlite3.connect(beside, timeout=TIMEOUT, isolation_level=None, **options)
        prepare(connection)
        return connection
    except (sqlite3.Error, EnvironmentError, StorageError) as error:
        if connection is not None:
            connection.close()
        raise error if isinstance(error, StorageError) else explain(error, beside)
