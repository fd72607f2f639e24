"""What the report page shows: the figures of a period, summed up from daily roll-ups."""

from __future__ import absolute_import, division, print_function, unicode_literals

import datetime
import os
import sqlite3
import time

import six

from .._sqlite_file import StorageError, native_path, run
from ..errors import ConfigurationError
from ..values import text as check_text
from .dimensions import TOTALS
from .making import ALL, SECONDS
from .opening import Damaged, both
from .queries import check_limit, finite
from .rollups import LAST_DAY, Rollups
from .slices import prepare, transact
from .weeks import spans

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List, Optional, Text, Tuple

USUAL_DAYS = 30  # of a period, where nobody says how long it is
MOST_DAYS = 36600  # a century
MOST_SITES = 50
_ATTEMPTS = 3  # to find roll-ups whole that others start anew meanwhile
_EPOCH = datetime.date(1970, 1, 1).toordinal()
_NUMBERS = [name for name, _ in TOTALS] + ["bots"]


def figures(path, first=None, last=None, site=None, limit=20, progress=None):
    # type: (Any, Any, Any, Optional[Text], int, Optional[Callable[[int, int], Any]]) -> Dict[Text, Any]
    """
    Sum up days of a file of the sqlite provider, without the hits of bots.

    The days' roll-ups are made where they are missing or the hits have changed, and kept beside the file
    under its name with ``.report``, which can be deleted at any time; where that cannot be written, in a
    temporary file for as long as the process runs. The file itself is only read.

    :param path: the file: text, bytes or a path object
    :param first: the first day, UTC: a date, or ISO 8601 text; 29 days before the last by default, or
        that of the first hit where it is later
    :param last: the last day, which counts as well; that of the newest hit by default
    :param str site: only hits of pages of this host
    :param int limit: the most rows of each table
    :param progress: called while roll-ups are made, with how many hits are counted, and of how many
    :returns: a dict that JSON can carry; its keys are on the page about report data
    :raises ConfigurationError: for a file that is missing, damaged or another program's, and for days,
        sites and limits that are none
    """
    limit = check_limit(limit)
    first, last = (_day(name, value) for name, value in (("first", first), ("last", last)))
    if site is not None:
        site = _site(site)
    try:
        return _sum_up(path, first, last, site, limit, progress)
    except Damaged:
        return _sum_up(path, first, last, site, limit, progress)


def _sum_up(path, first, last, site, limit, progress):
    # type: (Any, Optional[int], Optional[int], Optional[Text], int, Any) -> Dict[Text, Any]
    with both(path, prepare) as connection:
        rollups = Rollups(connection)
        bounds = rollups.bounds()
        first, last = _period(first, last, bounds)
        earlier = max(2 * first - last - 1, 0)
        reader = _Reader(connection, rollups, site or ALL, limit)
        result = {}  # type: Dict[Text, Any]
        for _ in range(_ATTEMPTS):
            rollups.refresh(earlier, last, site or ALL, progress)
            # In one transaction, so that all numbers are of one moment.
            transact(connection, lambda: result.update(reader.read(earlier, first, last)))
            if result.pop("whole"):
                break
        else:
            raise StorageError(
                "locked", "others start the roll-ups anew all the time: try again later"
            )
    if bounds[0] is None or bounds[0] >= first * SECONDS:
        result["before"] = None
    result.update(
        file=os.path.basename(six.ensure_text(native_path(path))),
        site=site,
        first=_iso(first),
        last=_iso(last),
        earliest=_date(bounds[0]),
        latest=_date(bounds[1]),
        newest=bounds[1],
        made=time.time(),
    )
    return result


class _Reader(object):
    """Reads what roll-ups hold of a site."""

    def __init__(self, connection, rollups, site, limit):
        # type: (sqlite3.Connection, Rollups, Text, int) -> None
        self._rollups = rollups
        self._connection = connection
        self._site = site
        self._limit = limit

    def read(self, earlier, first, last):
        # type: (int, int, int) -> Dict[Text, Any]
        """Read all of a period, and the totals of that before it."""
        before = self.totals(earlier, first - 1)  # type: Dict[Text, Any]
        before.update(first=_iso(earlier), last=_iso(first - 1))
        return {
            "whole": self._rollups.is_whole(earlier, last, self._site),
            "sites": self.sites(earlier, last),
            "totals": self.totals(first, last),
            "before": before,
            "days": self.days(first, last),
            "tables": {
                each.name: self.table(each, first, last)
                for each in self._rollups.counted
                if each.name != "sites"
            },
        }

    def totals(self, first, last):
        # type: (int, int) -> Dict[Text, int]
        sums = ", ".join("coalesce(sum(%s), 0)" % name for name in _NUMBERS)
        sql = "SELECT %s FROM days WHERE site = ? AND day BETWEEN ? AND ?" % sums
        return dict(zip(_NUMBERS, run(self._connection, sql, (self._site, first, last))[0]))

    def days(self, first, last):
        # type: (int, int) -> List[List[Any]]
        sql = (
            "SELECT day, pageviews, visitors, events FROM days "
            "WHERE site = ? AND day BETWEEN ? AND ?"
        )
        rows = run(self._connection, sql, (self._site, first, last))
        found = {row[0]: list(row[1:]) for row in rows}
        return [[_iso(day)] + found.get(day, [0, 0, 0]) for day in range(first, last + 1)]

    def sites(self, first, last):
        # type: (int, int) -> List[Text]
        sql = (
            "SELECT item FROM slices WHERE site = '' AND dimension = 'sites' AND day BETWEEN ? AND ? "
            "GROUP BY item ORDER BY sum(amount) DESC, item LIMIT ?"
        )
        return [row[0] for row in run(self._connection, sql, (first, last, MOST_SITES))]

    def table(self, dimension, first, last):
        # type: (Any, int, int) -> Dict[Text, Any]
        """Sum up one list; within SQLite, for there may be as many items as hits."""
        parts = ["item"] + (["part", "detail"] if dimension.keys else [])
        names = ", ".join(parts)
        run(self._connection, "DROP TABLE IF EXISTS temp.summed")
        source, values = [], []  # type: List[Text], List[Any]
        for low, high in spans(self._connection, self._site, first, last):
            source.append(
                "SELECT * FROM slices WHERE site = ? AND dimension = ? AND day BETWEEN ? AND ?"
            )
            values += [self._site, dimension.name, low, high]
        run(
            self._connection,
            "CREATE TEMP TABLE summed AS SELECT %s, sum(number) AS number, sum(visitors), sum(amount) "
            "FROM (%s) GROUP BY %s" % (names, " UNION ALL ".join(source), names),
            values,
        )
        items, total = run(
            self._connection, "SELECT count(*), coalesce(sum(number), 0) FROM summed"
        )[0]
        best = run(
            self._connection,
            "SELECT * FROM summed ORDER BY number DESC, %s LIMIT ?" % names,
            (self._limit,),
        )
        kept = len(parts) + (1 if dimension.keys else 3 if dimension.amount else 2)
        rows = [[finite(value) for value in row[:kept]] for row in best]
        return {"rows": rows, "items": items, "total": total}


def _period(first, last, bounds):
    # type: (Optional[int], Optional[int], Tuple[Optional[float], Optional[float]]) -> Tuple[int, int]
    """Fill in the days that nobody named."""
    today = int(time.time() // SECONDS)
    low, high = (today if bound is None else int(bound // SECONDS) for bound in bounds)
    if last is None:
        last = high if first is None else max(high, first)
    if first is None:
        first = min(max(last - USUAL_DAYS + 1, low, 0), last)
    if first > last:
        raise ConfigurationError("first= is after last=: the period has no day")
    if last - first >= MOST_DAYS:
        raise ConfigurationError("the period is longer than %d days: ask for less" % MOST_DAYS)
    return first, last


def _day(name, value):
    # type: (Text, Any) -> Optional[int]
    """Give the number of a day since 1970."""
    if value is None:
        return None
    if isinstance(value, datetime.datetime):
        value = None  # of which time zone its day would be, nobody knows
    elif isinstance(value, (six.text_type, bytes)):
        value = _parse(check_text(value))
    if not isinstance(value, datetime.date):
        raise ConfigurationError("%s= takes a date, or text such as 2026-11-24" % name)
    day = value.toordinal() - _EPOCH
    if not 0 <= day <= LAST_DAY:
        raise ConfigurationError("%s= takes a day from 1970 to 5138" % name)
    return day


def _parse(text):
    # type: (Text) -> Optional[datetime.date]
    try:
        return datetime.datetime.strptime(str(text), str("%Y-%m-%d")).date()
    except ValueError:  # UnicodeEncodeError, which Python 2 gives for other digits, is one
        return None


def _iso(day):
    # type: (int) -> Text
    return six.text_type(datetime.date.fromordinal(day + _EPOCH).isoformat())


def _date(moment):
    # type: (Optional[float]) -> Optional[Text]
    return None if moment is None else _iso(int(moment // SECONDS))


def _site(site):
    # type: (Any) -> Text
    try:
        host = check_text(site).strip().lower()
    except ValueError:
        host = ""
    if not host:
        raise ConfigurationError("site= takes the host of pages, such as www.example.com")
    return host
