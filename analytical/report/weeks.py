"""
Slices of seven days, so that long periods are summed up from fewer rows.

They stand among the slices of days, as days before 1970: week n, of the days from 7 n on, is day -1 - n. Who
stores or drops a day drops its week in the same transaction, so that a week that is there is the sum of its days.
"""

from __future__ import absolute_import, division, print_function, unicode_literals

import functools
import sqlite3

from .._sqlite_file import run
from .slices import transact

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import List, Sequence, Set, Text, Tuple

LENGTH = 7  # days


def whole(first, last):
    # type: (int, int) -> Tuple[int, int]
    """
    Give the first of the weeks that lie within a period, and that after the last.

    >>> whole(7, 20), whole(8, 20)
    ((1, 3), (2, 3))
    """
    return -(-first // LENGTH), (last + 1) // LENGTH


def make(connection, site, dimensions, first, last):
    # type: (sqlite3.Connection, Text, Sequence[Text], int, int) -> None
    """Make the weeks of a period that are missing, from days that are all there."""
    there = _made(connection, site, first, last)
    for week in range(*whole(first, last)):
        if week not in there:
            transact(connection, functools.partial(_sum_up, connection, site, dimensions, week))


def _made(connection, site, first, last):
    # type: (sqlite3.Connection, Text, int, int) -> Set[int]
    sql = "SELECT week FROM weeks WHERE site = ? AND week BETWEEN ? AND ?"
    low, end = whole(first, last)
    return {row[0] for row in run(connection, sql, (site, low, end - 1))}


def _sum_up(connection, site, dimensions, week):
    # type: (sqlite3.Connection, Text, Sequence[Text], int) -> None
    # First, since it locks what the rest reads.
    run(connection, "INSERT OR REPLACE INTO weeks VALUES (?, ?)", (site, week))
    low = week * LENGTH
    for dimension in dimensions:
        run(
            connection,
            "INSERT OR REPLACE INTO slices SELECT site, dimension, ?, item, part, detail, sum(number), "
            "sum(visitors), sum(amount) FROM slices WHERE site = ? AND dimension = ? "
            "AND day BETWEEN ? AND ? GROUP BY item, part, detail",
            (-1 - week, site, dimension, low, low + LENGTH - 1),
        )


def spans(connection, site, first, last):
    # type: (sqlite3.Connection, Text, int, int) -> List[Tuple[int, int]]
    """Give the ranges of days, weeks among them, that make up a period, whatever weeks are there."""
    there = _made(connection, site, first, last)
    start = end = whole(first, last)[0]
    while end in there:
        end += 1
    if end == start:
        return [(first, last)]
    found = [(first, start * LENGTH - 1), (-end, -1 - start), (end * LENGTH, last)]
    return [(low, high) for low, high in found if low <= high]
