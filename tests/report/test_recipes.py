"""The recipes: plain SQL that gives the same by every tool that the documentation names."""

from __future__ import absolute_import, division, print_function, unicode_literals

import contextlib
import io
import json
import os
import random
import sqlite3
import subprocess
import sys

import pytest
from counting import expected, host, person, rows_of
from test_figures import START, datetime, fill

from analytical.report.dimensions import DIMENSIONS, RECIPES, available
from analytical.report.export import export
from analytical.report.queries import summary

DOCS = os.path.join(os.path.dirname(__file__), os.pardir, os.pardir, "docs")
PEOPLE = "user_agent IS NULL OR user_agent NOT LIKE '%bot%' AND user_agent <> '' AND length(user_agent) < 1025"


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    """Give the path of a file with hits of five days."""
    name = str(tmp_path_factory.mktemp("recipes").joinpath("analytics.db"))
    fill(name, random.Random(11), 700)
    return name


@contextlib.contextmanager
def connected(path):
    """Give a connection of sqlite3."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        yield connection


def usable():
    """List the recipes that this SQLite can run."""
    with connected(":memory:") as connection:
        left_out = {each.name for each in DIMENSIONS if not available(each, connection)}
    return sorted(set(RECIPES) - left_out)


def by_sqlite(path, name, limit=1000):
    """Give the rows of a recipe, and the names of its columns."""
    with connected(path) as connection:
        cursor = connection.execute(RECIPES[name], {"limit": limit})
        rows, names = cursor.fetchall(), [column[0] for column in cursor.description]
        cursor.close()
    return [list(row) for row in rows], names


def same(left, right):
    """Compare rows by their text, for a number may be a float in one tool and whole in the other."""
    return [[_plain(value) for value in row] for row in left] == [
        [_plain(value) for value in row] for row in right
    ]


def _plain(value):
    return float(value) if isinstance(value, (int, float)) else value


def test_counts(path):
    """With the bots deleted, the recipes give what Python counts, and so what figures() gives."""
    with connected(path) as connection:
        connection.execute("DELETE FROM hits WHERE NOT (%s)" % PEOPLE).close()
        connection.commit()
    wanted = expected(path, START, START + datetime.timedelta(4), limit=1000)
    for name in usable():
        if name in wanted["tables"]:
            rows = [row[:4] for row in by_sqlite(path, name)[0]]
            assert same(rows, wanted["tables"][name]["rows"]), name
    assert same(
        by_sqlite(path, "days")[0],
        [
            [20513 + number]
            + [each[key] for key in ("hits", "pageviews", "events", "visitors", "direct")]
            for number, each in enumerate(
                expected(path, day, day)["totals"]
                for day in (START + datetime.timedelta(n) for n in range(5))
            )
        ],
    )
    rows = rows_of(path)
    people = {person(row)[1] for row in rows if person(row)}
    assert by_sqlite(path, "everyone") == ([[len(people)]], ["visitors"])
    hosts = [host(row) for row in rows if host(row)]
    assert sorted(row[:2] for row in by_sqlite(path, "sites")[0]) == [
        [each, hosts.count(each)] for each in sorted(set(hosts))
    ]
    assert sum(row[1] for row in by_sqlite(path, "agents")[0]) > 0


def test_stats_uses_them(path):
    """What stats shows is what the recipes give."""
    found = summary(path, limit=1000)
    for name in ("pages", "referrers", "events"):
        assert found[name] == by_sqlite(path, name)[0]


@pytest.mark.parametrize("name", sorted(RECIPES))
def test_documented(name):
    """Each recipe stands in the documentation as it is."""
    with io.open(os.path.join(DOCS, "report-data.rst"), encoding="utf-8") as page:
        text = page.read()
    assert "\n%s\n" % "\n".join("    " + line for line in RECIPES[name].splitlines()) in text


@pytest.mark.parametrize("name", sorted(RECIPES))
def test_pandas(path, name):
    """pandas gives the same, through sqlite3."""
    pandas = pytest.importorskip("pandas")
    wanted, names = by_sqlite(path, name)
    with connected(path) as connection:
        found = pandas.read_sql_query(RECIPES[name], connection, params={"limit": 1000})
    assert list(found.columns) == names
    assert same(found.values.tolist(), wanted)


@pytest.mark.parametrize("name", sorted(RECIPES))
def test_duckdb(path, tmpdir, name):
    """DuckDB gives the same from the exported Parquet file; text of properties is in JSON's quotes."""
    duckdb = pytest.importorskip("duckdb")
    pytest.importorskip("pyarrow")
    output = str(tmpdir.join("hits.parquet"))
    export(path, output, "parquet")
    wanted, names = by_sqlite(path, name)
    with duckdb.connect() as connection:
        connection.execute("CREATE VIEW hits AS SELECT * FROM '%s'" % output)
        sql = RECIPES[name].replace(":limit", "$limit")
        found = connection.execute(sql, {"limit": 1000} if "$limit" in sql else None)
        assert [column[0] for column in found.description] == names
        rows = [list(row) for row in found.fetchall()]
    if name == "properties":
        unquoted = [row[:2] + [row[2].strip('"')] + row[3:] for row in rows]
        assert {tuple(row[:3]) for row in unquoted} == {tuple(row[:3]) for row in wanted}
        assert sum(row[3] for row in rows) == sum(row[3] for row in wanted) > 0
    else:
        assert same(rows, wanted)


def test_datasette(path):
    """Datasette gives the same, with the limit as a parameter."""
    pytest.importorskip("datasette")
    from six.moves.urllib.parse import urlencode

    for name in ("pages", "entries", "properties"):
        query = urlencode({"sql": RECIPES[name], "limit": 5, "_shape": "arrays"})
        address = "/%s.json?%s" % (os.path.splitext(os.path.basename(path))[0], query)
        command = [sys.executable, "-m", "datasette", path, "--get", address]
        found = json.loads(subprocess.check_output(command).decode("utf-8"))
        assert same(found["rows"], by_sqlite(path, name, 5)[0])
