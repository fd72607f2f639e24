"""Daily roll-ups: what a day's hits come to, made again for each day whose hits have changed."""

from __future__ import absolute_import, division, print_function, unicode_literals

import sqlite3

from .._sqlite_file import StorageError, run
from ..moments import LATEST
from ..providers.rows import SCHEMA
from . import agents
from .dimensions import HOST, TOTALS, VISITOR
from .slices import counted, drop, transact

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List, Optional, Set, Text, Tuple

SECONDS = 86400  # of a day
LAST_DAY = int(LATEST) // SECONDS
ALL = ""  # the hits of all sites

# What is copied of the hits of a day, to be counted where nobody waits for it.
_COLUMNS = (
    "seq time type page referrer_host name category action value properties language status "
    "campaign_name campaign_source campaign_medium"
).split()
_OF_AGENTS = ("browser", "system", "device")
_USED = _COLUMNS + ["user_id", "client_id", "user_ip", "user_agent"]
_CACHE = 65536  # KiB of temporary tables that stay in memory


class Rollups(object):
    """
    The roll-ups of one file, through a connection that has both.

    :param connection: as :func:`analytical.report.opening.both` gives it
    """

    def __init__(self, connection):
        # type: (sqlite3.Connection) -> None
        self._connection = connection
        found = set()  # type: Set[Text]
        transact(connection, lambda: found.update(SCHEMA.read(connection, "source")[1]))
        if not found:
            raise StorageError("foreign", "the file holds no hits yet, and no tables at all")
        columns = [name if name in found else "NULL AS %s" % name for name in _USED]
        self._source = "(SELECT %s FROM source.hits)" % ", ".join(columns)
        self.counted = counted(connection)
        self._prepare()

    def _prepare(self):
        # type: () -> None
        """Make temporary tables for one day: its hits, and the slices made of them."""
        run(self._connection, "PRAGMA temp.cache_size=-%d" % _CACHE)
        # Numbers stand for visitors: texts of that length would take twice the time.
        run(
            self._connection,
            "CREATE TEMP TABLE people (visitor INTEGER PRIMARY KEY, person TEXT UNIQUE)",
        )
        names = ", ".join(_COLUMNS + ["visitor", "bot"] + list(_OF_AGENTS))
        run(self._connection, "CREATE TEMP TABLE copied (%s)" % names)
        run(self._connection, "CREATE TEMP VIEW hits AS SELECT * FROM copied WHERE NOT bot")
        run(
            self._connection,
            "CREATE TEMP TABLE made (dimension, item, part, detail, number, visitors, amount)",
        )

    def bounds(self):
        # type: () -> Tuple[Optional[float], Optional[float]]
        """Give the times of the first and the newest hit, None where there is none."""
        sql = "SELECT %s(time) FROM source.hits WHERE time >= 0 AND time < ?"
        low, high = (run(self._connection, sql % name, (LATEST,))[0][0] for name in ("min", "max"))
        return low, high

    def refresh(self, first, last, sites, progress):
        # type: (int, int, List[Text], Optional[Callable[[int, int], Any]]) -> None
        """
        Bring the days of a period up to date, for each of the sites.

        :param progress: called after each day that was made, with how many hits are counted of how many
        """
        self._drop_ends()
        marks = self._marks(first, last)
        stale = []  # type: List[Tuple[Text, int]]
        for site in sites:
            made = self._made(first, last, site)
            stale += [(site, day) for day in marks if made.get(day) != marks[day]]
            gone = [day for day in made if day not in marks]
            for day in gone:
                drop(self._connection, "day = ?", [day])
        todo, done = sum(marks[day][0] for _, day in stale), 0
        # The newest first: of two processes the second finds the days of the first, but for one.
        for site, day in sorted(stale, reverse=True):
            if self._made(day, day, site).get(day) != self._mark(day):
                self._make(day, site)
            done += marks[day][0]
            if progress is not None:
                progress(done, todo)

    def _drop_ends(self):
        # type: () -> None
        """Drop what is older than the first hit, or newer than the last, for that was deleted."""
        low, high = self.bounds()
        if low is None or high is None:
            low, high = LATEST + SECONDS, 0.0
        outside = [int(low // SECONDS), int(high // SECONDS)]
        sql = "day < ? OR day > ?"
        if run(self._connection, "SELECT 1 FROM days WHERE %s LIMIT 1" % sql, outside):
            drop(self._connection, sql, list(outside))

    def _marks(self, first, last):
        # type: (int, int) -> Dict[int, Tuple[int, float]]
        """Look, in the index alone, how many hits each day has, and what their seq add up to."""
        found = ((day, self._mark(day)) for day in range(first, last + 1))
        return {day: mark for day, mark in found if mark[0]}

    def _mark(self, day):
        # type: (int) -> Tuple[int, float]
        sql = "SELECT count(*), total(seq) FROM source.hits WHERE time >= ? AND time < ?"
        return tuple(run(self._connection, sql, _period(day))[0])

    def _made(self, first, last, site):
        # type: (int, int, Text) -> Dict[int, Tuple[int, float]]
        sql = "SELECT day, stored, mark FROM days WHERE site = ? AND day BETWEEN ? AND ?"
        return {row[0]: row[1:] for row in run(self._connection, sql, (site, first, last))}

    def _make(self, day, site):
        # type: (int, Text) -> None
        """Count a day anew. The hits are read in one short transaction, the roll-ups written in another."""
        for table in ("copied", "people", "made"):
            run(self._connection, "DELETE FROM %s" % table)
        self._learn_agents(day)
        mark = []  # type: List[Tuple[int, float]]

        def copy():
            # type: () -> None
            mark.append(self._mark(day))
            self._copy(day, site)

        transact(self._connection, copy)
        for dimension in self.counted:
            run(
                self._connection,
                "INSERT INTO made SELECT '%s', * FROM (%s)" % (dimension.name, dimension.slices()),
            )
        totals = ", ".join(sql.replace("{person}", "visitor") for _, sql in TOTALS)
        row = run(
            self._connection,
            "SELECT (SELECT count(*) FROM copied WHERE bot), %s FROM hits" % totals,
        )[0]
        transact(self._connection, lambda: self._store(day, site, mark[0] + tuple(row)))

    def _copy(self, day, site):
        # type: (int, Text) -> None
        names = _COLUMNS + ["visitor", "coalesce(bot, 0)"] + list(_OF_AGENTS)
        where = "WHERE time >= ? AND time < ?"
        values = _period(day)
        if site != ALL:
            where += " AND %s = ?" % HOST
            values += (site,)
        run(
            self._connection,
            "INSERT OR IGNORE INTO people (person) SELECT %s FROM %s %s"
            % (VISITOR, self._source, where),
            values,
        )
        run(
            self._connection,
            "INSERT INTO copied SELECT %s FROM %s LEFT JOIN agents ON agent = user_agent "
            "LEFT JOIN people ON person = %s %s" % (", ".join(names), self._source, VISITOR, where),
            values,
        )

    def _learn_agents(self, day):
        # type: (int) -> None
        """Read the user agents of a day that are not known yet; as bytes, for some may be no UTF-8."""
        sql = (
            "SELECT DISTINCT CAST(user_agent AS BLOB) FROM %s WHERE time >= ? AND time < ? "
            "AND typeof(user_agent) = 'text' AND user_agent NOT IN (SELECT agent FROM agents)"
        ) % self._source
        new = [bytes(row[0]) for row in run(self._connection, sql, _period(day))]
        if not new:
            return
        rows = [(sqlite3.Binary(raw),) + agents.read(raw.decode("utf-8", "replace")) for raw in new]

        def store():
            # type: () -> None
            for row in rows:
                run(
                    self._connection,
                    "INSERT OR IGNORE INTO agents VALUES (CAST(? AS TEXT), ?, ?, ?, ?)",
                    row,
                )

        transact(self._connection, store)

    def _store(self, day, site, row):
        # type: (int, Text, Tuple[Any, ...]) -> None
        sql = "INSERT OR REPLACE INTO days VALUES (%s)" % ", ".join("?" * (len(row) + 2))
        run(self._connection, sql, (site, day) + row)
        for dimension in self.counted:
            key = (site, dimension.name, day)
            run(
                self._connection,
                "DELETE FROM slices WHERE site = ? AND dimension = ? AND day = ?",
                key,
            )
        run(
            self._connection,
            "INSERT INTO slices SELECT ?, dimension, ?, item, part, detail, number, visitors, amount "
            "FROM made",
            (site, day),
        )


def _period(day):
    # type: (int) -> Tuple[Any, ...]
    return day * SECONDS, (day + 1) * SECONDS
