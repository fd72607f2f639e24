"""Keeping the provider's file small: hits deleted by age, and the room they took given back."""

from __future__ import absolute_import, division, print_function, unicode_literals

import contextlib
import os
import sqlite3
import time

from .._sqlite import Store
from .._sqlite_file import explain, native_path, open_to_read, run
from .._sqlite_forks import inside_sqlite
from ..providers.rows import SCHEMA
from .making import SECONDS
from .opening import both, rollups_of, worded
from .slices import drop, prepare

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Optional, Tuple

BATCH = 2000  # hits deleted at once, which takes some hundredths of a second
PATIENCE = 30.0  # seconds to wait for others


def cutoff(days):
    # type: (int) -> int
    """Give the day, numbered since 1970, before which hits are older than so many whole days, UTC."""
    return max(int(time.time() // SECONDS) - days, 0)


def count_before(path, day):
    # type: (Any, int) -> int
    """
    Count the hits before a day.

    :raises ConfigurationError: for a file that is missing, damaged or another program's
    """
    path = native_path(path)
    with worded(path), contextlib.closing(open_to_read(path)) as connection:
        run(connection, "BEGIN")
        SCHEMA.read(connection)
        sql = "SELECT count(*) FROM hits WHERE time < ?"
        return int(run(connection, sql, (day * SECONDS,))[0][0])


def prune(path, day, progress=None):
    # type: (Any, int, Optional[Callable[[int, int], Any]]) -> int
    """
    Delete the hits before a day, and what roll-ups hold of them. Others go on writing meanwhile.

    What is deleted is overwritten in the file, so that nobody can read it there. The file stays as large as
    it was, for the room is used again; :func:`vacuum` gives it back.

    :param path: the file of the sqlite provider
    :param int day: the first day to keep, numbered since 1970, UTC
    :param progress: called with how many hits are deleted, of how many
    :returns: how many hits were deleted
    :raises ConfigurationError: for a file that is missing, damaged or another program's
    :raises StorageError: where it cannot be written; what was deleted before that stays deleted
    """
    path = native_path(path)
    todo = count_before(path, day)
    store, done = Store(path, SCHEMA, PATIENCE), 0
    try:
        while done < todo:
            started = time.time()
            count = _delete(store, day)
            if not count:  # another process was at it too
                break
            done += count
            if progress is not None:
                progress(done, max(todo, done))
            # As long as it took: whoever waits for the file gets it.
            time.sleep(min(max(time.time() - started, 0.0), 1.0))
    finally:
        store.close()
    if os.path.exists(rollups_of(path)):
        with both(path, prepare) as connection:
            run(connection, "PRAGMA main.secure_delete=1")
            drop(connection, "day < ?", [day])
    return done


def _delete(store, day):
    # type: (Store, int) -> int
    with store.transaction() as connection:
        run(connection, "PRAGMA secure_delete=1")
        cursor = connection.execute(
            "DELETE FROM hits WHERE seq IN (SELECT seq FROM hits WHERE time < ? ORDER BY time LIMIT ?)",
            (day * SECONDS, BATCH),
        )
        count = cursor.rowcount
        cursor.close()
    return count


def vacuum(path):
    # type: (Any) -> Tuple[int, int]
    """
    Write the file anew without the room that deleted hits took; its roll-ups too.

    It takes as much disk again for a moment, and nobody can write meanwhile: what a hit waits longer than
    the provider's ``timeout=`` for is ``locked``.

    :returns: the size before and after, in bytes
    :raises ConfigurationError: for a file that is missing, damaged or another program's
    :raises StorageError: where it cannot be written
    """
    path = native_path(path)
    count_before(path, 0)  # to say what is wrong with it
    before = os.path.getsize(path)
    _vacuum(path)
    if os.path.exists(rollups_of(path)):
        with both(path, prepare) as connection:
            run(connection, "VACUUM main")
    return before, os.path.getsize(path)


def _vacuum(path):
    # type: (str) -> None
    try:
        with inside_sqlite:
            connection = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)
        with contextlib.closing(connection):
            run(connection, "VACUUM")
            run(connection, "PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.Error as error:
        problem = explain(error, path)
    else:
        return
    raise problem
