"""How far logs are read: a small SQLite file, in which each log has a place for each provider."""

from __future__ import absolute_import, division, print_function, unicode_literals

import collections
import time

import six

from .._sqlite import Schema, Store
from .._sqlite_file import StorageError, native_path, run
from .reader import Mark

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List, Optional, Text

SCHEMA = Schema(
    "positions",
    (
        ("target", "TEXT NOT NULL"),  # which provider, as a hash
        ("log", "TEXT NOT NULL"),  # log_id(): a hash of its first line
        ("file", "TEXT NOT NULL"),  # device and inode, where it was read last
        ("position", "INTEGER NOT NULL"),  # those of a Mark
        ("line", "INTEGER NOT NULL"),
        ("place", "INTEGER NOT NULL"),
        ("digest", "TEXT NOT NULL"),
        ("columns", "TEXT NOT NULL"),
        ("size", "INTEGER"),  # bytes of a compressed file that is read to its end
        ("path", "TEXT NOT NULL"),  # what it was called
        ("stored", "INTEGER"),  # how many rows the target had then
        ("saved", "REAL NOT NULL"),  # when, Unix seconds
    ),
    ['CREATE UNIQUE INDEX "positions_log" ON "positions" ("target", "log", "file")'],
)
_INSERT = "INSERT OR IGNORE INTO positions (%s) VALUES (%s)" % (
    ", ".join('"%s"' % name for name, _ in SCHEMA.columns),
    ", ".join("?" * len(SCHEMA.columns)),
)
_NAMES = "log, file, position, line, place, digest, columns, size, path, stored, saved"

Position = collections.namedtuple("Position", "log file mark size path stored saved")


class State(object):
    """
    The places of one provider.

    Every method is one transaction, and raises :class:`~analytical._sqlite_file.StorageError`.

    :param path: the file
    :param target: which provider, in words that hold no credential
    :param stored: how many hits the provider was ever given, where it can tell
    :ivar bool behind: whether a position was passed over, since the provider has fewer hits than it
        had: its file was deleted, or is an older one
    """

    def __init__(self, path, target, stored=None):
        # type: (Any, Text, Optional[int]) -> None
        self.path = six.ensure_text(native_path(path))
        self.behind = False
        self._store = Store(native_path(path), SCHEMA)
        self._target = target
        self._stored = stored

    def find(self, log, file):
        # type: (Text, Text) -> List[Any]
        """Give the positions saved for a log: that of the same file first, then those that are farthest."""
        sql = "WHERE target = ? AND log = ? ORDER BY file = ? DESC, position DESC"
        found = self._select(sql, (self._target, log, file))
        lost = [row for row in found if (row.stored or 0) > (self._stored or 0)]
        for row in lost:
            self.behind = True
            self.forget(row.log, row.file)
        return [row for row in found if row not in lost]

    def latest(self, path):
        # type: (Text) -> Optional[Any]
        """Give the position saved last of what had a name."""
        sql = "WHERE target = ? AND path = ? ORDER BY saved DESC LIMIT 1"
        found = self._select(sql, (self._target, path))
        return found[0] if found else None

    def _select(self, sql, parameters):
        # type: (Text, Any) -> List[Any]
        with self._store.transaction() as connection:
            rows = run(connection, "SELECT %s FROM positions %s" % (_NAMES, sql), parameters)
        return [
            Position(row[0], row[1], Mark(*row[2:6] + (row[6].encode("utf-8"),)), *row[7:])
            for row in rows
            if _is_sound(row)
        ]

    def check(self):
        # type: () -> None
        """Find out whether the file can be used."""
        with self._store.transaction() as connection:
            if run(connection, "PRAGMA quick_check(1)")[0][0] != "ok":
                raise StorageError("corrupt")

    def save(self, row):
        # type: (Any) -> None
        """Keep a position; of two processes that read the same log, that of the one which is farther."""
        key = (self._target, row.log, row.file)
        mark = tuple(row.mark)[:4] + (row.mark.columns.decode("utf-8", "replace"),)
        values = key + mark + (row.size, row.path, row.stored, time.time())
        with self._store.transaction() as connection:
            run(
                connection,
                "DELETE FROM positions WHERE target = ? AND log = ? AND file = ? AND position <= ?",
                key + (row.mark.position,),
            )
            run(connection, _INSERT, values)

    def forget(self, log, file=None):
        # type: (Text, Optional[Text]) -> None
        """Delete what is saved of a log, in one file or all."""
        sql, values = "DELETE FROM positions WHERE target = ? AND log = ?", (self._target, log)
        if file is not None:
            sql, values = sql + " AND file = ?", values + (file,)  # type: ignore[assignment]
        with self._store.transaction() as connection:
            run(connection, sql, values)

    def close(self):
        # type: () -> None
        """Close the file."""
        self._store.close()


def _is_sound(row):
    # type: (Any) -> bool
    """Tell whether a row has what the columns are for; SQLite would hold anything."""
    numbers = row[2:5] + tuple(value for value in (row[7], row[9]) if value is not None)
    texts = row[:2] + row[5:7] + row[8:9]
    return all(isinstance(value, six.integer_types) and value >= 0 for value in numbers) and all(
        isinstance(value, six.text_type) for value in texts
    )
