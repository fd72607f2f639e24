"""How a day is counted: its hits are copied, told apart by visitor and user agent, and summed up."""

from __future__ import absolute_import, division, print_function, unicode_literals

import sqlite3

from .._sqlite_file import run
from . import agents, weeks
from .dimensions import HOST, TOTALS, VISITOR
from .slices import counted, transact

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List, Set, Text, Tuple

SECONDS = 86400  # of a day
ALL = ""  # the hits of all sites

# What is copied of the hits of a day, to be counted where nobody waits for it.
_COLUMNS = (
    "seq time type page referrer_host name category action value properties language status "
    "campaign_name campaign_source campaign_medium"
).split()
_OF_AGENTS = ("browser", "system", "device")
_UNKNOWN = "CASE WHEN agent IS NULL AND typeof(user_agent) = 'text' THEN user_agent END"
_USED = _COLUMNS + ["user_id", "client_id", "user_ip", "user_agent"]
_CACHE = 65536  # KiB of temporary tables that stay in memory
# Which sites have hits on a day, be they only those of bots.
_HOSTS = "INSERT INTO made SELECT DISTINCT 'hosts', {0}, '', '', 0, 0, 0 FROM copied WHERE {0} <> ''".format(
    HOST
)


class Maker(object):
    """
    Makes the roll-ups of days.

    :param connection: as :func:`analytical.report.opening.both` gives it
    :param found: the columns that the file has
    :ivar counted: the dimensions that this SQLite can count
    """

    def __init__(self, connection, found):
        # type: (sqlite3.Connection, Set[Text]) -> None
        self._connection = connection
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
        names = ", ".join(_COLUMNS + ["visitor", "bot", "unknown"] + list(_OF_AGENTS))
        run(self._connection, "CREATE TEMP TABLE copied (%s)" % names)
        run(self._connection, "CREATE TEMP VIEW hits AS SELECT * FROM copied WHERE NOT bot")
        run(
            self._connection,
            "CREATE TEMP TABLE made (dimension, item, part, detail, number, visitors, amount)",
        )

    def mark(self, day):
        # type: (int) -> Tuple[int, float]
        """Look, in the index alone, how many hits a day has, and what their seq add up to."""
        sql = "SELECT count(*), total(seq) FROM source.hits WHERE time >= ? AND time < ?"
        return tuple(run(self._connection, sql, _period(day))[0])

    def make(self, day, site):
        # type: (int, Text) -> None
        """Count a day anew. The hits are read in one short transaction, the roll-ups written in another."""
        for table in ("copied", "people", "made"):
            run(self._connection, "DELETE FROM %s" % table)
        mark = []  # type: List[Tuple[int, float]]

        def copy():
            # type: () -> None
            mark.append(self.mark(day))
            self._copy(day, site)

        transact(self._connection, copy)
        self._learn_agents()
        for dimension in self.counted:
            run(
                self._connection,
                "INSERT INTO made SELECT '%s', * FROM (%s)" % (dimension.name, dimension.slices()),
            )
        if site == ALL:
            run(self._connection, _HOSTS)
        totals = ", ".join(sql.replace("{person}", "visitor") for _, sql in TOTALS)
        row = run(
            self._connection,
            "SELECT (SELECT count(*) FROM copied WHERE bot), %s FROM hits" % totals,
        )[0]
        transact(self._connection, lambda: self._store(day, site, mark[0] + tuple(row)))

    def _copy(self, day, site):
        # type: (int, Text) -> None
        names = _COLUMNS + ["visitor", "coalesce(bot, 0)", _UNKNOWN] + list(_OF_AGENTS)
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

    def _learn_agents(self):
        # type: () -> None
        """Read the user agents that were not known yet; as bytes, for some may be no UTF-8."""
        sql = "SELECT DISTINCT CAST(unknown AS BLOB) FROM copied WHERE unknown IS NOT NULL"
        new = [bytes(row[0]) for row in run(self._connection, sql)]
        if not new:
            return
        rows = [(sqlite3.Binary(raw),) + agents.read(raw.decode("utf-8", "replace")) for raw in new]

        def store():
            # type: () -> None
            sql = "INSERT OR IGNORE INTO agents VALUES (CAST(? AS TEXT), ?, ?, ?, ?)"
            for row in rows:
                run(self._connection, sql, row)
            found = "%s = (SELECT %s FROM agents WHERE agent = unknown)"
            wanted = ", ".join(found % (name, name) for name in ("bot",) + _OF_AGENTS)
            run(self._connection, "UPDATE copied SET %s WHERE unknown IS NOT NULL" % wanted)

        transact(self._connection, store)

    def _store(self, day, site, row):
        # type: (int, Text, Tuple[Any, ...]) -> None
        sql = "INSERT OR REPLACE INTO days VALUES (%s)" % ", ".join("?" * (len(row) + 2))
        run(self._connection, sql, (site, day) + row)
        week = day // weeks.LENGTH
        run(self._connection, "DELETE FROM weeks WHERE site = ? AND week = ?", (site, week))
        for name in [dimension.name for dimension in self.counted] + ["hosts"]:
            run(
                self._connection,
                "DELETE FROM slices WHERE site = ? AND dimension = ? AND day IN (?, ?)",
                (site, name, day, -1 - week),
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
