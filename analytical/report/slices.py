"""
The file of the roll-ups: a row for each item of each day, from which any period is summed up.

It can be deleted at any time. Each of its transactions leaves whole days, so that a kill does no harm.
"""

from __future__ import absolute_import, division, print_function, unicode_literals

import hashlib
import sqlite3

from .._sqlite_file import StorageError, run
from . import agents
from .dimensions import DIMENSIONS, HOST, TOTALS, VISITOR, available

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable, List, Sequence, Text

    from .dimensions import Dimension

_TABLES = (
    "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT)",
    "CREATE TABLE agents (agent TEXT PRIMARY KEY, bot INTEGER, browser TEXT, system TEXT, device TEXT) "
    "WITHOUT ROWID",
    # seq and id of the first hit and of the last.
    "CREATE TABLE seen (seq INTEGER PRIMARY KEY, id TEXT)",
    # stored and mark: how many hits the file had of the day, and the sum of their seq, when it was made.
    "CREATE TABLE days (site TEXT, day INTEGER, stored INTEGER, mark REAL, bots INTEGER, %s, "
    "PRIMARY KEY (site, day)) WITHOUT ROWID" % ", ".join("%s INTEGER" % name for name, _ in TOTALS),
    # Those of seven days that are summed up among the slices.
    "CREATE TABLE weeks (site TEXT, week INTEGER, PRIMARY KEY (site, week)) WITHOUT ROWID",
    # part and detail: key and value of a property.
    "CREATE TABLE slices (site TEXT, dimension TEXT, day INTEGER, item TEXT, part TEXT, detail TEXT, "
    "number INTEGER, visitors INTEGER, amount REAL, "
    "PRIMARY KEY (site, dimension, day, item, part, detail)) WITHOUT ROWID",
)
_OURS = {"meta", "seen", "agents", "days", "weeks", "slices"}


def prepare(connection):
    # type: (sqlite3.Connection) -> None
    """
    Bring a file of roll-ups up to date: what another version made, or by other rules, goes.

    :raises StorageError: ``foreign``
    """
    signature = _signature(connection)
    if _read_signature(connection) != signature:
        _configure(connection)
        _start_anew(connection, signature)
    for statement in ("BEGIN IMMEDIATE", "COMMIT"):  # fails where it can only be read
        run(connection, statement)
    run(connection, "PRAGMA synchronous=NORMAL")


def _configure(connection):
    # type: (sqlite3.Connection) -> None
    try:
        run(connection, "PRAGMA journal_mode=WAL")
    except sqlite3.Error:
        pass  # others are at it; until they are done, the mode it has works as well


def _read_signature(connection):
    # type: (sqlite3.Connection) -> Text
    """Give what a file was made by, empty for a new one."""
    found = {
        row[0] for row in run(connection, "SELECT name FROM sqlite_master WHERE type = 'table'")
    }
    if found - _OURS or (found and "meta" not in found):
        raise StorageError("foreign")
    if not found:
        return ""
    rows = run(connection, "SELECT value FROM meta WHERE name = 'signature'")
    return rows[0][0] if rows else "none"


def _signature(connection):
    # type: (sqlite3.Connection) -> Text
    """Sum up all that the numbers depend on besides the hits."""
    parts = list(_TABLES) + [VISITOR, HOST, agents.versions()]
    parts += [sql for _, sql in TOTALS]
    parts += [each.name + each.slices() for each in counted(connection)]
    return hashlib.sha256("\n".join(parts).encode("utf-8")).hexdigest()


def counted(connection):
    # type: (sqlite3.Connection) -> List[Dimension]
    """List what this SQLite can count."""
    return [each for each in DIMENSIONS if available(each, connection)]


def _start_anew(connection, signature):
    # type: (sqlite3.Connection, Text) -> None
    run(connection, "BEGIN IMMEDIATE")
    try:
        if _read_signature(connection) != signature:  # others may have come first
            for table in sorted(_OURS):
                run(connection, "DROP TABLE IF EXISTS %s" % table)
            for statement in _TABLES:
                run(connection, statement)
            run(connection, "INSERT INTO meta VALUES ('signature', ?)", (signature,))
        run(connection, "COMMIT")
    except Exception:
        roll_back(connection)
        raise


def roll_back(connection):
    # type: (sqlite3.Connection) -> None
    """Undo a transaction, where SQLite itself has not done so."""
    try:
        run(connection, "ROLLBACK")
    except sqlite3.Error:
        pass


def transact(connection, work):
    # type: (sqlite3.Connection, Callable[[], None]) -> None
    """
    Do work in one transaction, whose first statement says what is locked, and how.

    BEGIN IMMEDIATE would lock the hits as well, for all files that a connection has attached.
    """
    run(connection, "BEGIN")
    try:
        work()
        run(connection, "COMMIT")
    except BaseException:
        roll_back(connection)
        raise


def drop(connection, sql, parameters):
    # type: (sqlite3.Connection, Text, List[object]) -> None
    """
    Delete days by a condition, and with them what is known of user agents.

    Those are personal data, and would stay when the hits they came with are deleted.
    """

    transact(connection, lambda: erase(connection, sql, parameters))


def erase(connection, sql="1", parameters=()):
    # type: (sqlite3.Connection, Text, Sequence[object]) -> None
    """Do the same within a transaction; by default with all days."""
    for table in ("days", "slices"):
        run(connection, "DELETE FROM %s WHERE %s" % (table, sql), parameters)
    run(connection, "DELETE FROM slices WHERE day < 0")
    for table in ("weeks", "agents"):
        run(connection, "DELETE FROM " + table)
