"""The outbox's file: one table of waiting envelopes, leased by processes, and one of rejected ones."""

from __future__ import absolute_import, division, print_function, unicode_literals

import os
import socket
import time

import six

from .._sqlite import Schema, Store
from .._sqlite_file import run

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Sequence, Text, Tuple

DURABLE = {"normal": "NORMAL", "full": "FULL"}
LEASE = 60.0  # seconds; renewed while the process lives, so it is only how long a lost machine holds rows
MAX_REJECTED = 1000  # rows that are kept for a look
CHECK_EVERY = 1000  # additions between two looks at the bounds
LOGGED = 1000  # additions, some 10 MB of the log of SQLite, that are moved into the file at a time

MAX_MARKS = 500  # SQLite takes 999 in a statement

COLUMNS = (
    ("row", "INTEGER PRIMARY KEY"),
    ("id", "TEXT NOT NULL"),
    ("time", "REAL NOT NULL"),  # when the hit happened, Unix seconds
    ("created", "REAL NOT NULL"),  # when it was accepted
    ("provider", "TEXT NOT NULL"),  # delivery.outbox.key_of()
    ("payload", "BLOB NOT NULL"),  # JSON
    ("owner", "TEXT"),  # host:pid of the process that has it
    ("leased", "REAL"),  # when that process last said so
)
MIGRATIONS = (
    "CREATE INDEX envelopes_provider ON envelopes (provider)",
    "CREATE INDEX envelopes_owner ON envelopes (owner) WHERE owner IS NOT NULL",
    "CREATE TABLE rejected (row INTEGER PRIMARY KEY, id TEXT NOT NULL, time REAL NOT NULL, "
    "created REAL NOT NULL, provider TEXT NOT NULL, payload BLOB NOT NULL, reason TEXT NOT NULL)",
)
INSERT = "INSERT INTO envelopes (id, time, created, provider, payload) VALUES (?, ?, ?, ?, ?)"
SCHEMA = Schema("envelopes", COLUMNS, MIGRATIONS)


class OutboxFile(object):
    """The SQL of the outbox. Every method is one transaction, and raises StorageError."""

    def __init__(self, path, durable="normal", max_rows=10**9, max_bytes=1 << 60, max_age=1e12):
        # type: (Any, Text, int, int, float) -> None
        self._store = Store(six.ensure_str(path), SCHEMA, synchronous=DURABLE[durable])
        self._bounds = (max_rows, max_bytes, max_age)
        self._check_every = min(CHECK_EVERY, max_rows)
        self._added = 0
        self._logged = 0  # additions since this process last tidied up

    def add(self, provider, rows):
        # type: (Text, Sequence[Tuple[Text, float, bytes]]) -> int
        """Add rows (id, time, payload); give how many old ones were dropped for want of room."""
        now = time.time()
        self._added += len(rows)
        due, dropped = self._added >= self._check_every, 0
        if len(rows) == 1 and not due:
            id, moment, payload = rows[0]
            self._store.write(INSERT, (id, moment, now, provider, _blob(payload)))
        else:
            entries = [(id, moment, now, provider, _blob(payload)) for id, moment, payload in rows]
            with self._store.transaction() as connection:
                for entry in entries:
                    run(connection, INSERT, entry)
                if due:
                    self._added = 0
                    dropped = self._make_room(connection)
        self._logged += len(rows)  # now that they are in the log, for the thread looks at any time
        return dropped

    def _make_room(self, connection):
        # type: (Any) -> int
        # Each by itself is looked up at an end of the table; both in one query would read all of it.
        first, last = [
            run(connection, "SELECT %s(row) FROM envelopes" % end)[0][0] for end in ("min", "max")
        ]
        pages, free, size = [
            run(connection, "PRAGMA " + name)[0][0]
            for name in ("page_count", "freelist_count", "page_size")
        ]
        share = (pages - free) * size / float(self._bounds[1])
        rows = last - first + 1 if last is not None else 0
        if (
            rows > self._bounds[0] or share > 1
        ):  # only then, for to count a long table takes a while
            rows = run(connection, "SELECT count(*) FROM envelopes")[0][0]
        excess = max(rows - self._bounds[0], int(rows * (1 - 1 / share)) if share > 1 else 0)
        if excess > 0:
            run(
                connection,
                "DELETE FROM envelopes WHERE row IN (SELECT row FROM envelopes ORDER BY row LIMIT ?)",
                (excess,),
            )
        return int(max(excess, 0))

    def tidy(self):
        # type: () -> None
        """Move what was added from SQLite's log into the file, once it is much."""
        if self._logged >= LOGGED:
            self._logged = 0
            self._store.checkpoint()

    def lease(self, provider, count):
        # type: (Text, int) -> Tuple[List[Tuple[int, Text, float, float, bytes]], int]
        """Take the oldest free rows of a provider; also give how many were dropped for their age."""
        now, me = time.time(), owner()
        with self._store.transaction() as connection:
            self._free_dead(connection, now)
            expired = self._expire(connection, provider, now)
            found = run(
                connection,
                "SELECT row, id, time, created, payload FROM envelopes "
                "WHERE provider = ? AND owner IS NULL ORDER BY row LIMIT ?",
                (provider, count),
            )
            if found:
                run(
                    connection,
                    "UPDATE envelopes SET owner = ?, leased = ? "
                    "WHERE provider = ? AND owner IS NULL AND row BETWEEN ? AND ?",
                    (me, now, provider, found[0][0], found[-1][0]),
                )
        return [tuple(entry[:4]) + (bytes(entry[4]),) for entry in found], expired

    def _free_dead(self, connection, now):
        # type: (Any, float) -> None
        """Give back the rows of processes that are gone, and of machines that say nothing any more."""
        held = "SELECT DISTINCT owner FROM envelopes WHERE owner IS NOT NULL"
        for (who,) in run(connection, held):
            if is_dead(who):
                run(connection, "UPDATE envelopes SET owner = NULL WHERE owner = ?", (who,))
        # A clock that was set back makes leases of the future; they count as over too.
        run(
            connection,
            "UPDATE envelopes SET owner = NULL WHERE owner IS NOT NULL AND abs(leased - ?) > ?",
            (now, LEASE),
        )

    def _expire(self, connection, provider, now):
        # type: (Any, Text, float) -> int
        oldest = now - self._bounds[2]
        free = " FROM envelopes WHERE provider = ? AND owner IS NULL "
        first = run(connection, "SELECT created" + free + "ORDER BY row LIMIT 1", (provider,))
        if not first or first[0][0] >= oldest:
            return 0
        old = (provider, oldest)
        count = run(connection, "SELECT count(*)" + free + "AND created < ?", old)[0][0]
        run(connection, "DELETE" + free + "AND created < ?", old)
        return int(count)

    def keep(self):
        # type: () -> None
        """Say that this process still has what it has taken."""
        with self._store.transaction() as connection:
            run(
                connection,
                "UPDATE envelopes SET leased = ? WHERE owner = ?",
                (time.time(), owner()),
            )

    def remove(self, done):
        # type: (Sequence[Tuple[int, Optional[Text]]]) -> None
        """Take settled rows away; those with a reason are kept among the rejected, the newest thousand."""
        with self._store.transaction() as connection:
            for row, reason in done:
                if reason is not None:
                    run(
                        connection,
                        "INSERT INTO rejected (id, time, created, provider, payload, reason) "
                        "SELECT id, time, created, provider, payload, ? FROM envelopes WHERE row = ?",
                        (reason, row),
                    )
            for start in range(0, len(done), MAX_MARKS):
                rows = [row for row, _ in done[start : start + MAX_MARKS]]
                marks = ", ".join("?" * len(rows))
                run(connection, "DELETE FROM envelopes WHERE row IN (%s)" % marks, rows)
            if any(reason is not None for _, reason in done):
                run(
                    connection,
                    "DELETE FROM rejected WHERE row <= (SELECT max(row) FROM rejected) - ?",
                    (MAX_REJECTED,),
                )

    def release(self):
        # type: () -> None
        """Give back all that this process has taken."""
        with self._store.transaction() as connection:
            run(connection, "UPDATE envelopes SET owner = NULL WHERE owner = ?", (owner(),))

    def left(self, providers, last):
        # type: (Sequence[Text], int) -> Tuple[int, int]
        """Count the waiting rows of some providers up to a row; also give that row, or the newest before."""
        with self._store.transaction() as connection:
            newest = run(connection, "SELECT max(row) FROM envelopes")[0][0] or 0
            # Below it where the table was empty meanwhile, for then SQLite numbers anew.
            last = min(last, int(newest))
            marks = ", ".join("?" * len(providers))
            sql = "SELECT count(*) FROM envelopes WHERE provider IN (%s) AND row <= ?" % marks
            return int(run(connection, sql, tuple(providers) + (last,))[0][0]), last

    def status(self):
        # type: () -> Dict[Text, Any]
        """Count by provider what waits, is taken and was rejected, and give the oldest's time."""
        with self._store.transaction() as connection:
            waiting = run(
                connection,
                "SELECT provider, count(*), count(owner), min(created) FROM envelopes GROUP BY provider",
            )
            rejected = run(
                connection,
                "SELECT provider, reason, count(*) FROM rejected GROUP BY provider, reason",
            )
        return {
            "waiting": [
                dict(zip(("provider", "waiting", "taken", "oldest"), entry)) for entry in waiting
            ],
            "rejected": [dict(zip(("provider", "reason", "count"), entry)) for entry in rejected],
        }

    def rejected(self):
        # type: () -> List[Tuple[Text, Text, Text]]
        """List what was rejected, oldest first: id, provider, reason."""
        with self._store.transaction() as connection:
            return run(connection, "SELECT id, provider, reason FROM rejected ORDER BY row")

    def retry(self):
        # type: () -> int
        """Put all rejected rows among the waiting ones again; give how many."""
        with self._store.transaction() as connection:
            count = run(connection, "SELECT count(*) FROM rejected")[0][0]
            run(
                connection,
                "INSERT INTO envelopes (id, time, created, provider, payload) "
                "SELECT id, time, ?, provider, payload FROM rejected ORDER BY row",
                (time.time(),),
            )
            run(connection, "DELETE FROM rejected")
        return int(count)

    def purge(self, waiting=False):
        # type: (bool) -> int
        """Delete the rejected rows, and with ``waiting`` all others too; give how many."""
        tables = ("rejected", "envelopes") if waiting else ("rejected",)
        with self._store.transaction() as connection:
            counts = [run(connection, "SELECT count(*) FROM " + table)[0][0] for table in tables]
            for table in tables:
                run(connection, "DELETE FROM " + table)
        return int(sum(counts))

    def close(self):
        # type: () -> None
        """Close this thread's connection."""
        self._store.close()


def _blob(payload):
    # type: (bytes) -> Any
    return payload if six.PY3 else buffer(payload)  # type: ignore[name-defined] # noqa: F821


def owner():
    # type: () -> Text
    """Name this process among all that may share a file."""
    return six.ensure_text("%s:%d" % (socket.gethostname(), os.getpid()))


def is_dead(who):
    # type: (Text) -> bool
    """Tell whether a process of this machine is gone; of others' nothing is known."""
    host, _, pid = who.rpartition(":")
    if host != six.ensure_text(socket.gethostname()) or not hasattr(os, "kill") or os.name == "nt":
        return False
    try:
        os.kill(int(pid), 0)
    except OSError as error:
        return error.errno == 3  # ESRCH; EPERM says that it lives, as somebody else's
    return False
