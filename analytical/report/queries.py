"""
Queries over the file of the sqlite provider, which are never in the way of those who write it.

They are the ``RECIPES``: SQL for anyone who uses the file directly, in sqlite3, Datasette, DuckDB or pandas.
They use nothing but what those share. ``:limit`` is the number of rows wanted.
"""

from __future__ import absolute_import, division, print_function, unicode_literals

import contextlib
import sqlite3

import six

from .._sqlite_file import StorageError, native_path, open_to_read, run
from ..errors import ConfigurationError
from ..moments import LATEST
from ..moments import time as unix_time
from ..providers.rows import SCHEMA
from .dimensions import NUMBERS, RECIPES
from .opening import worded

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterator, List, Optional, Text


def summary(path, limit=10, since=None, until=None):
    # type: (Any, int, Any, Any) -> Dict[Text, Any]
    """
    Sum up a file of the sqlite provider, all of it from one moment.

    :param path: the file: text, bytes or a path object
    :param int limit: the most rows of each list
    :param since: only hits from then on: Unix seconds, a datetime (a naive one is UTC), or ISO 8601 text
    :param until: only hits before then, likewise
    :returns: a dict that JSON can carry: ``totals``, a dict with the numbers ``hits``, ``pageviews``,
        ``events``, ``visitors`` and ``direct`` (pageviews without a referrer), and the Unix times ``first``
        and ``last``, None where there is no hit; ``pages``, lists of page (host and path), pageviews and
        visitors; ``referrers``, lists of host, pageviews and visitors, the pages' own hosts left out;
        ``events``, lists of name (or category/action), number, visitors and sum of values. A visitor is
        counted once a day
    :raises ConfigurationError: for a file that is missing, damaged or another program's, and for times
        and limits that are none
    """
    values = {
        "since": moment("since", since, 0),
        "until": moment("until", until, LATEST),
        "limit": check_limit(limit),
    }
    bounded = since is not None or until is not None
    with reading(path) as connection:
        run(connection, "BEGIN")  # so that all queries see the same hits
        found = SCHEMA.read(connection)[1]
        if not found:
            raise StorageError("foreign", "the file holds no hits yet, and no tables at all")
        source = _source(found, bounded)
        result = {
            name: _rows(connection, source + RECIPES[name], values)
            for name in ("pages", "referrers", "events")
        }  # type: Dict[Text, Any]
        result["totals"] = _totals(connection, source + RECIPES["totals"], values)
    return result


@contextlib.contextmanager
def reading(path):
    # type: (Any) -> Iterator[sqlite3.Connection]
    """Give a connection that only reads; word all that goes wrong with the file."""
    path = native_path(path)
    with worded(path), contextlib.closing(open_to_read(path)) as connection:
        # Others may have written what is no UTF-8: better shown with a mark than not at all.
        connection.text_factory = lambda data: data.decode("utf-8", "replace")
        yield connection


def _source(found, bounded):
    # type: (Any, bool) -> Text
    """Word what stands before a recipe where it shall see fewer hits, or the file has fewer columns."""
    missing = [name for name, _ in SCHEMA.columns if name not in found]
    if not missing and not bounded:
        return ""
    columns = ", ".join(["*"] + ['NULL AS "%s"' % name for name in missing])
    period = "WHERE time >= :since AND time < :until" if bounded else ""
    return "WITH hits AS (SELECT %s FROM main.hits %s)" % (columns, period)


def _rows(connection, sql, values):
    # type: (sqlite3.Connection, Text, Dict[Text, Any]) -> List[List[Any]]
    return [[finite(value) for value in row] for row in run(connection, sql, values)]


def finite(value):
    # type: (Any) -> Any
    """Give None for the sum of numbers that is too large for a number."""
    return None if value in (float("inf"), float("-inf")) else value


def _totals(connection, sql, values):
    # type: (sqlite3.Connection, Text, Dict[Text, Any]) -> Dict[Text, Any]
    return dict(zip(NUMBERS, run(connection, sql, values)[0]))


def moment(name, value, default):
    # type: (Text, Any, Optional[float]) -> Optional[float]
    """Give the Unix seconds of a time that an option names."""
    if value is None:
        return default
    try:
        return unix_time(value)
    except ValueError as error:
        raise ConfigurationError("%s= %s" % (name, error))


def check_limit(limit):
    # type: (Any) -> int
    """Take a number of rows."""
    if isinstance(limit, bool) or not isinstance(limit, six.integer_types) or limit < 1:
        raise ConfigurationError("limit= takes a whole number, 1 or more")
    return int(limit)
