"""Exports of the provider's file: all hits of a period, a bounded number of them in memory at a time."""

from __future__ import absolute_import, division, print_function, unicode_literals

import contextlib
import csv
import importlib
import io
import os
import stat
import tempfile

import six

from .._sqlite_file import native_path, run
from ..errors import ConfigurationError, MissingDependency
from ..providers.rows import SCHEMA
from .queries import moment, reading

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3
    from typing import Any, Callable, Iterator, List, Text, Tuple

    Columns = List[Tuple[Text, Text]]

CHUNK = 20000  # hits in memory; one row group of Parquet
# What spreadsheets take for a formula, or skip before one
# (https://owasp.org/www-community/attacks/CSV_Injection).
_FORMULA = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
_KINDS = {"INTEGER": "int64", "REAL": "float64"}  # all else is text


def export(path, output, kind="csv", since=None, until=None, raw=False):
    # type: (Any, Any, Text, Any, Any, bool) -> int
    """
    Write the hits of a file of the sqlite provider to another file, or to a stream.

    The columns are those of the table, the rows in the order of storing. An output file appears when it is
    complete. Hits that are stored meanwhile are left for the next time.

    CSV is UTF-8 with the names of the columns first; NULL and empty text are both empty in it. Titles, agents
    and campaigns are strangers' text: where a text begins as a formula does, an apostrophe is put before it,
    lest a spreadsheet runs it. Parquet keeps types and text as they are.

    :param path: the file: text, bytes or a path object
    :param output: likewise, or, for CSV, a stream of bytes
    :param str kind: ``csv``, or ``parquet``, which needs the extra of that name
    :param since: only hits from then on: Unix seconds, a datetime (a naive one is UTC), or ISO 8601 text
    :param until: only hits before then, likewise
    :param bool raw: whether text that begins as a formula stays as it is in CSV
    :returns: how many hits were written
    :raises ConfigurationError: for a file that is missing, damaged or another program's, and for times that
        are none
    :raises MissingDependency: without pyarrow
    """
    write = _parquet() if kind == "parquet" else _csv(raw)
    with reading(path) as connection:
        run(connection, "BEGIN")
        SCHEMA.read(connection)
        columns = [
            (row[1], _KINDS.get(row[2], "string"))
            for row in run(connection, 'PRAGMA table_info("hits")')
        ]
        run(connection, "COMMIT")
        chunks = _chunks(
            connection, columns, moment("since", since, None), moment("until", until, None)
        )
        if hasattr(output, "write"):
            return write(columns, chunks, output)
        with _file(native_path(path), native_path(output)) as stream:
            return write(columns, chunks, stream)


def _chunks(connection, columns, since, until):
    # type: (sqlite3.Connection, Columns, Any, Any) -> Iterator[List[Tuple[Any, ...]]]
    """Give the rows, each lot by a query of its own, so that no writer ever waits long for a reader."""
    # Types are those of the columns, whatever other programs stored in them.
    names = {"int64": "INTEGER", "float64": "REAL", "string": "TEXT"}
    wanted = ", ".join(
        'CAST("%s" AS %s)' % (name.replace('"', '""'), names[kind]) for name, kind in columns
    )
    where = "seq > :seen AND seq <= :last"
    where += " AND time >= :since" if since is not None else ""
    where += " AND time < :until" if until is not None else ""
    sql = "SELECT %s, seq FROM hits WHERE %s ORDER BY seq LIMIT %d" % (wanted, where, CHUNK)
    last = run(connection, "SELECT max(seq) FROM hits")[0][0]
    values = {"seen": -(2**63), "last": last, "since": since, "until": until}
    while last is not None:
        rows = run(connection, sql, values)
        if not rows:
            return
        values["seen"] = rows[-1][-1]
        yield [row[:-1] for row in rows]


@contextlib.contextmanager
def _file(source, path):
    # type: (str, str) -> Iterator[Any]
    """Give a stream to a file that takes its place at the end, readable to those who may read the hits."""
    if os.path.exists(path) and (
        not os.path.isfile(path) or os.path.samefile(source, path)
    ):  # novm
        raise ConfigurationError("the output is the file itself, or no regular file: name another")
    folder = os.path.dirname(path) or "."
    descriptor, part = tempfile.mkstemp(str(".part"), os.path.basename(path), folder)
    try:
        with os.fdopen(descriptor, str("wb")) as stream:
            yield stream
        os.chmod(part, stat.S_IMODE(os.stat(source).st_mode) & 0o666 | 0o600)
        getattr(os, "replace", os.rename)(part, path)
    except BaseException:
        os.remove(part)
        raise


def _csv(raw):
    # type: (bool) -> Callable[[Columns, Iterator[List[Tuple[Any, ...]]], Any], int]
    def write(columns, chunks, stream):
        # type: (Columns, Iterator[List[Tuple[Any, ...]]], Any) -> int
        text = stream if six.PY2 else io.TextIOWrapper(stream, encoding="utf-8", newline="")
        writer = csv.writer(text)
        writer.writerow([_cell(name, raw) for name, _ in columns])
        count = 0
        for rows in chunks:
            writer.writerows([_cell(value, raw) for value in row] for row in rows)
            count += len(rows)
        text.flush()
        if not six.PY2:
            text.detach()  # or it would close what is the caller's
        return count

    return write


def _cell(value, raw):
    # type: (Any, bool) -> Any
    """Make text harmless in a spreadsheet; for Python 2, whose csv takes bytes, encode it."""
    if not isinstance(value, six.text_type):
        return value
    if not raw and value.startswith(_FORMULA):
        value = "'" + value
    return value.encode("utf-8") if six.PY2 else value


def _parquet():
    # type: () -> Callable[[Columns, Iterator[List[Tuple[Any, ...]]], Any], int]
    try:
        arrow = importlib.import_module(str("pyarrow"))
        parquet = importlib.import_module(str("pyarrow.parquet"))
    except ImportError:
        raise MissingDependency(
            "Parquet needs the package pyarrow: pip install 'analytical[parquet]'"
        )

    def write(columns, chunks, stream):
        # type: (Columns, Iterator[List[Tuple[Any, ...]]], Any) -> int
        schema = arrow.schema([(name, getattr(arrow, kind)()) for name, kind in columns])
        count = 0
        with parquet.ParquetWriter(stream, schema) as writer:
            for rows in chunks:
                arrays = [
                    arrow.array(values, type=field.type)
                    for values, field in zip(zip(*rows), schema)
                ]
                writer.write_table(arrow.Table.from_arrays(arrays, schema=schema))
                count += len(rows)
        return count

    return write
