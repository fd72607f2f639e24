"""Daily roll-ups: what a day's hits come to, made again for each day whose hits have changed."""

from __future__ import absolute_import, division, print_function, unicode_literals

import sqlite3

from .._sqlite_file import StorageError, run
from ..moments import LATEST
from ..providers.rows import SCHEMA
from . import weeks
from .making import ALL, SECONDS, Maker
from .slices import drop, erase, transact

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List, Optional, Set, Text, Tuple

    Marks = Dict[int, Tuple[int, float]]  # day -> hits, sum of their seq

LAST_DAY = int(LATEST) // SECONDS


class Rollups(object):
    """
    The roll-ups of one file, through a connection that has both.

    :param connection: as :func:`analytical.report.opening.both` gives it
    :ivar counted: the dimensions that this SQLite can count
    :raises StorageError: for another program's file
    """

    def __init__(self, connection):
        # type: (sqlite3.Connection) -> None
        self._connection = connection
        found = set()  # type: Set[Text]
        transact(connection, lambda: found.update(SCHEMA.read(connection, "source")[1]))
        if not found:
            raise StorageError("foreign", "the file holds no hits yet, and no tables at all")
        self._maker = Maker(connection, found)
        self.counted = self._maker.counted
        self._promised = set()  # type: Set[int]

    def bounds(self):
        # type: () -> Tuple[Optional[float], Optional[float]]
        """Give the times of the first and the newest hit, None where there is none."""
        sql = "SELECT %s(time) FROM source.hits WHERE time >= 0 AND time < ?"
        low, high = (run(self._connection, sql % name, (LATEST,))[0][0] for name in ("min", "max"))
        return low, high

    def refresh(self, first, last, site, progress):
        # type: (int, int, Text, Optional[Callable[[int, int], Any]]) -> None
        """
        Bring the days of a period up to date, for all sites and for one.

        :param progress: called after each day that was made, with how many hits are counted of how many
        """
        low, high = self._recognise()
        marks = self._marks(max(first, low), min(last, high))
        self._bring(ALL, first, last, marks, progress)
        if site != ALL:
            held = set(self._days_of(site, first, last))
            marks = {day: mark for day, mark in marks.items() if day in held}
            self._bring(site, first, last, marks, progress)
        # But that of the newest day, which soon changes.
        names = [each.name for each in self.counted]
        weeks.make(self._connection, site, names, first, min(last, high - 1))

    def is_whole(self, first, last, site):
        # type: (int, int, Text) -> bool
        """Tell whether what refresh() made is still there, for another process may start anew."""
        promised = {ALL: self._promised}
        if site != ALL:
            promised[site] = set(self._days_of(site, first, last))
        return all(days <= set(self._made(first, last, each)) for each, days in promised.items())

    def _bring(self, site, first, last, marks, progress):
        # type: (Text, int, int, Marks, Optional[Callable[[int, int], Any]]) -> None
        made = self._made(first, last, site)
        for day in set(made) - set(marks):
            everywhere = site == ALL  # without hits on a day, no site has any
            drop(self._connection, "day = ? AND (? OR site = ?)", [day, everywhere, site])
        if site == ALL:
            self._promised = set(marks)
        stale = [day for day in marks if made.get(day) != marks[day]]
        todo, done = sum(marks[day][0] for day in stale), 0
        for day in sorted(stale, reverse=True):
            # Where two processes make the same days, one may have come first.
            if self._made(day, day, site).get(day) != self._maker.mark(day):
                self._maker.make(day, site)
            done += marks[day][0]
            if progress is not None:
                progress(done, todo)

    def _recognise(self):
        # type: () -> Tuple[int, int]
        """
        Start anew where another file stands in the place; drop days before the first hit and after the last.

        Gives these two.
        """
        ends = run(
            self._connection,
            "SELECT seq, id FROM source.hits WHERE seq IN "
            "((SELECT min(seq) FROM source.hits), (SELECT max(seq) FROM source.hits)) ORDER BY seq",
        )
        signs = [tuple(row) for row in ends]
        known = self._signs()
        if signs != known:
            same = any(row == sign for sign in known for row in self._row(sign[0]))
            transact(self._connection, lambda: self._remember(signs, bool(known) and not same))
        low, high = self.bounds()
        if low is None or high is None:
            low, high = LATEST + SECONDS, 0.0
        outside = [int(low // SECONDS), int(high // SECONDS)]
        sql = "day < ? OR day > ?"
        if run(self._connection, "SELECT 1 FROM days WHERE %s LIMIT 1" % sql, outside):
            drop(self._connection, sql, list(outside))
        return outside[0], outside[1]

    def _signs(self):
        # type: () -> List[Tuple[int, Text]]
        """Give seq and id of the first and the last hit that the file had when it was last looked at."""
        return run(self._connection, "SELECT seq, id FROM seen ORDER BY seq")

    def _row(self, seq):
        # type: (int) -> List[Tuple[int, Text]]
        return run(self._connection, "SELECT seq, id FROM source.hits WHERE seq = ?", (seq,))

    def _remember(self, signs, anew):
        # type: (List[Tuple[int, Text]], bool) -> None
        run(self._connection, "DELETE FROM seen")
        for sign in signs:
            run(self._connection, "INSERT INTO seen VALUES (?, ?)", sign)
        if anew:
            erase(self._connection)

    def _days_of(self, site, first, last):
        # type: (Text, int, int) -> List[int]
        """List the days that have hits of a site, bots included."""
        sql = (
            "SELECT day FROM slices WHERE site = '' AND dimension = 'hosts' AND item = ? "
            "AND day BETWEEN ? AND ?"
        )
        return [row[0] for row in run(self._connection, sql, (site, first, last))]

    def _marks(self, first, last):
        # type: (int, int) -> Dict[int, Tuple[int, float]]
        found = ((day, self._maker.mark(day)) for day in range(first, last + 1))
        return {day: mark for day, mark in found if mark[0]}

    def _made(self, first, last, site):
        # type: (int, int, Text) -> Dict[int, Tuple[int, float]]
        sql = "SELECT day, stored, mark FROM days WHERE site = ? AND day BETWEEN ? AND ?"
        return {row[0]: row[1:] for row in run(self._connection, sql, (site, first, last))}
