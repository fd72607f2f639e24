"""
sqlite: keeps hits in a file on this machine, for which no account and no network is needed.

The file holds one table, ``hits``, with a row for each hit. Any tool for SQLite reads it, also while it is
written: sqlite3, Datasette, DuckDB, pandas.

================= ======= ==============================================================================
column            type    what it holds
================= ======= ==============================================================================
``seq``           INTEGER the order of storing, 1, 2, 3 ...; a number is never given twice
``id``            TEXT    the hit's id, 32 hex digits; a hit that comes twice is stored once
``time``          REAL    when it happened: Unix seconds, UTC; indexed
``type``          TEXT    ``pageview``, ``event``, ``transaction`` ...
``page``          TEXT    host, in lower case, and path of the page, without query and fragment: made of
                          ``url``, ``host`` and ``path``
``referrer_host`` TEXT    host of the referrer, in lower case, without ``www.``; empty where it is the
                          page's own host, NULL without a referrer
each field        by kind the vocabulary in its order, under the readable names: text is TEXT, numbers and
                          amounts REAL, whole numbers INTEGER, true and false the INTEGERs 1 and 0
compound fields   TEXT    JSON: ``properties``, ``items``, ``custom_dimensions``, ``custom_metrics``,
                          ``consent``
``other``         TEXT    JSON: what was passed under names that the vocabulary does not know
================= ======= ==============================================================================

The unique index ``hits_time_id``, on ``time`` and ``id``, serves queries of a period as well.
``timestamp`` and ``extra`` have no column: the one is ``time``, the other goes into the columns it names.
``PRAGMA user_version`` is the version of the schema, 1. A field new in the vocabulary is a new column,
added to older files when they are first written.
"""

from __future__ import absolute_import, division, print_function, unicode_literals

import itertools
import os

import six

from .._sqlite import Store
from .._sqlite_file import StorageError, native_path
from ..delivery import switch
from ..delivery.base import REJECTED, RETRY, Outcome
from ..errors import ConfigurationError
from ..secrets import describe
from .local import STORED, LocalProvider
from .options import Option
from .rows import SCHEMA, Unfit, row

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Sequence, Text, Tuple

    from ..delivery.base import Envelope

AT_ONCE = 20  # rows that one statement inserts, where there are as many: a third less time than one by one
_VARIABLES = 999  # that a statement may have in any SQLite
# What will not go away by itself; anything else may be better at the next attempt.
_LASTING = ("corrupt", "foreign", "newer", "read_only")


class Provider(LocalProvider):
    """
    Writes hits into a SQLite file, which is made at the first hit.

    Threads and processes may write the same file at once. When a call says that a hit is delivered, it is
    in the file, whatever becomes of the process.

    :param data: the file: text, bytes or a path object; relative to where the program was when the
        provider was made
    :param timeout: seconds to wait while others write; 3
    """

    name = "sqlite"
    OPTIONS = (
        Option(
            "synchronous",
            "text",
            "normal",
            "normal, or full: wait for the disk at each hit, so that a power cut loses none",
        ),
    )

    def __init__(self, data=None, **options):
        # type: (Any, **Any) -> None
        super(Provider, self).__init__(data, **options)
        synchronous = self.options["synchronous"].lower()
        if synchronous not in ("normal", "full"):
            raise ConfigurationError(
                "synchronous= takes normal or full, not %s" % describe(self.options["synchronous"])
            )
        self._store = Store(self.data, SCHEMA, self.timeout, synchronous)
        self._statements = {}  # type: Dict[Tuple[Tuple[Text, ...], int], Text]

    def check_account(self, data):
        # type: (Any) -> str
        path = native_path(data)
        if path == str(":memory:"):
            raise ConfigurationError(
                "sqlite takes the path of a file, for each thread would have a :memory: of its own: "
                "use the provider memory to keep hits in the process"
            )
        return os.path.abspath(path)

    def deliver(self, envelopes):
        # type: (Sequence[Envelope]) -> List[Outcome]
        """Store envelopes in one transaction: all of them that are sound, or none."""
        if self.disabled:
            return switch.held(envelopes)
        outcomes = []
        groups = {}  # type: Dict[Tuple[Text, ...], List[Sequence[Any]]]
        for envelope in envelopes:
            try:
                columns, values = row(envelope)
            except (ValueError, TypeError, RuntimeError) as error:  # the last: nested too deep
                outcomes.append(_invalid(error))
            else:
                groups.setdefault(columns, []).append(values)
                outcomes.append(STORED)
        try:
            if groups:
                self.insert(groups)
        except StorageError as error:
            state = REJECTED if error.reason in _LASTING else RETRY
            failed = Outcome(state, error.reason, sent=False, detail=error.detail)
            return [failed if outcome is STORED else outcome for outcome in outcomes]
        return outcomes

    def insert(self, groups):
        # type: (Dict[Tuple[Text, ...], List[Sequence[Any]]]) -> None
        """
        Store rows, as :func:`~analytical.providers.rows.row` makes them, by their columns: all, or none.

        :raises StorageError: where the file cannot be used
        """
        with self._store.transaction() as connection:
            for columns, rows in groups.items():
                count = min(AT_ONCE, _VARIABLES // len(columns))
                whole = len(rows) - len(rows) % count
                if whole:
                    joined = [
                        tuple(itertools.chain.from_iterable(rows[start : start + count]))
                        for start in range(0, whole, count)
                    ]
                    connection.executemany(self._statement(columns, count), joined).close()
                if whole < len(rows):
                    connection.executemany(self._statement(columns), rows[whole:]).close()

    def _statement(self, columns, count=1):
        # type: (Tuple[Text, ...], int) -> Text
        """Word the INSERT of some columns: a statement of all of them would take twice as long."""
        statement = self._statements.get((columns, count))
        if statement is None:
            names = ", ".join('"%s"' % name for name in columns)
            marks = "(%s)" % ", ".join("?" * len(columns))
            # A repeated hit is all that can be ignored, since row() leaves no column empty that must not be.
            statement = 'INSERT OR IGNORE INTO "hits" (%s) VALUES %s' % (
                names,
                ", ".join([marks] * count),
            )
            if len(self._statements) >= 256:
                self._statements.clear()
            self._statements[columns, count] = statement
        return statement

    def close(self, timeout=None):
        # type: (Optional[float]) -> bool
        """Flush, and close this thread's connection; other threads' close as the threads end."""
        done = super(Provider, self).close(timeout)
        self._store.close()
        return done


def _invalid(error):
    # type: (Exception) -> Outcome
    detail = "the payload holds what JSON cannot carry (%s)" % type(error).__name__
    if isinstance(error, Unfit):
        detail = six.text_type(error)
    return Outcome(REJECTED, "invalid", sent=False, detail=detail)
