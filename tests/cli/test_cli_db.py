"""analytical db: hits deleted by age, exported, and the room given back."""

from __future__ import absolute_import, division, print_function, unicode_literals

import contextlib
import csv
import io
import json
import os
import sqlite3
import subprocess
import sys
import threading
import time

import pytest
import six

import analytical
from analytical.report import export as exporting
from analytical.report import retention
from analytical.report.figures import figures

DAY = 86400
TODAY = int(time.time() // DAY)


@pytest.fixture
def path(tmpdir):
    """Give the path of a file with ten hits on each of the last ten days."""
    name = str(tmpdir.join("hits.db"))
    store(name, [(TODAY - day) * DAY + second for day in range(10) for second in range(10)])
    return name


def store(path, times, **fields):
    """Store pageviews of these times."""
    page = dict({"url": "https://example.com/", "cid": "1", "user_agent": "secret agent"}, **fields)
    with analytical.Provider("sqlite", path) as provider:
        assert all(provider.batch([("pageview", dict(page, timestamp=moment)) for moment in times]))


def query(path, sql):
    """Give all rows of a query."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql).fetchall()


def read_csv(text):
    """Give the rows of CSV as dicts."""
    if six.PY2:
        rows = list(csv.reader(io.BytesIO(text.encode("utf-8"))))
        rows = [[cell.decode("utf-8") for cell in row] for row in rows]
    else:
        rows = list(csv.reader(io.StringIO(text, newline="")))
    return [dict(zip(rows[0], row)) for row in rows[1:]]


class TestPrune(object):
    def test_whole_days(self, run_json, path):
        """Days before the last so many go, whole; the others stay whole."""
        assert run_json("db", "prune", path, "--older-than", "3d", "--dry-run") == (
            0,
            [{"hits": 60}],
        )
        assert run_json("db", "prune", path, "--older-than", "3d") == (0, [{"hits": 60}])
        days = query(path, "SELECT CAST(time / 86400 AS INTEGER) d, count(*) FROM hits GROUP BY d")
        assert days == [(TODAY - 3 + day, 10) for day in range(4)]
        assert run_json("db", "prune", path, "--older-than", "3d") == (0, [{"hits": 0}])

    def test_says_how_many(self, run, path):
        """Without --json it is a sentence."""
        assert run("db", "prune", path, "--older-than", "9", "--dry-run").out == (
            "0 hits would be deleted\n"
        )
        assert run("db", "prune", path, "--older-than", "8").out == "10 hits deleted\n"

    def test_nothing_of_them_stays(self, run, path):
        """Neither the file nor the roll-ups hold what was deleted, not even unused pages."""
        store(
            path,
            [(TODAY - 9) * DAY],
            url="https://example.com/hidden-place",
            user_agent="OldAgent/7",
        )
        assert "example.com/hidden-place" in str(figures(path))
        run("db", "prune", path, "--older-than", "5d")
        for name in (path, path + ".report"):
            query(name, "PRAGMA wal_checkpoint(TRUNCATE)")
            with open(name, "rb") as stream:
                held = stream.read()
            assert b"hidden-place" not in held
            assert b"OldAgent" not in held
        assert figures(path)["totals"]["hits"] == 60
        assert figures(path, first="2020-01-01")["earliest"] == figures(path)["first"]

    def test_no_roll_ups_are_made(self, run, path):
        """Where there are no roll-ups, none appear."""
        run("db", "prune", path, "--older-than", "5d")
        assert not os.path.exists(path + ".report")

    def test_writers_go_on(self, path, monkeypatch):
        """Between the lots that are deleted, others write."""
        monkeypatch.setattr(retention, "BATCH", 5)
        written = []

        def write(done, todo):
            with analytical.Provider("sqlite", path, timeout=0.5) as provider:
                written.append(bool(provider.pageview(url="https://example.com/")))

        assert retention.prune(path, TODAY - 5, write) == 40
        assert written == [True] * 8
        assert query(path, "SELECT count(*) FROM hits") == [(68,)]

    def test_two_at_once(self, path, monkeypatch):
        """Two that prune at the same time delete each hit once, and both end."""
        monkeypatch.setattr(retention, "BATCH", 3)
        counts = []

        def prune():
            counts.append(retention.prune(path, TODAY - 5))

        threads = [threading.Thread(target=prune) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sum(counts) == 40

    @pytest.mark.parametrize("arguments", [(), ("--older-than", "0d"), ("--older-than", "1y")])
    def test_ages_that_are_none(self, run, path, arguments):
        """Without an age, or with one that is none, nothing is deleted."""
        ran = run("db", "prune", path, *arguments)
        assert (ran.code, ran.out) == (2, "") and "--older-than" in ran.err
        assert query(path, "SELECT count(*) FROM hits") == [(100,)]


class TestVacuum(object):
    def test_room_is_given_back(self, run, run_json, path):
        """The file is smaller after it, and holds the same."""
        store(path, [(TODAY - 20) * DAY + second for second in range(3000)])
        run("db", "prune", path, "--older-than", "15d")
        code, (found,) = run_json("db", "vacuum", path)
        assert code == 0
        assert found["after"] == os.path.getsize(path) < found["before"] / 2
        assert query(path, "SELECT count(*) FROM hits") == [(100,)]
        assert "MiB" in run("db", "vacuum", path).out

    def test_a_busy_file(self, run, path, monkeypatch):
        """Where another holds the file for longer than it waits, that is the one line of error."""
        monkeypatch.setattr(retention, "PATIENCE", 0.1)
        with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE").close()
            for arguments in (("vacuum",), ("prune", "--older-than", "3d")):
                ran = run("db", arguments[0], path, *arguments[1:])
                assert (ran.code, ran.out) == (1, "")
                assert ran.err.startswith("analytical: error: locked: ")


@pytest.mark.parametrize("arguments", [("prune", "--older-than", "3d"), ("vacuum",), ("export",)])
@pytest.mark.parametrize("kind", ["missing", "text", "foreign"])
def test_files_that_are_not_ours(run, tmpdir, arguments, kind):
    """A missing file is not made, and another program's is left as it was."""
    path = tmpdir.join("odd.db")
    if kind == "text":
        path.write_binary(b"no database\n" * 100)
    elif kind == "foreign":
        query(str(path), "CREATE TABLE users (name TEXT)")
    before = path.read_binary() if kind != "missing" else None
    ran = run("db", arguments[0], str(path), *arguments[1:])
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert "cannot be read" in ran.err
    assert path.exists() == (before is not None)
    assert before is None or path.read_binary() == before


class TestExport(object):
    def test_csv(self, run, path, tmpdir, monkeypatch):
        """All columns and rows are there, in the order of storing, however many lots they take."""
        monkeypatch.setattr(exporting, "CHUNK", 7)
        store(path, [0.25], title='a "quoted", \u65e5\u672c\r\ntitle', value=2.5)
        output = tmpdir.join("out.csv")
        ran = run("db", "export", path, "-o", str(output))
        assert (ran.code, ran.out) == (0, "101 hits written to %s\n" % output)
        rows = read_csv(output.read_binary().decode("utf-8"))
        assert [int(row["seq"]) for row in rows] == list(range(1, 102))
        assert list(rows[0])[:3] == ["seq", "id", "time"] or sys.version_info < (3, 7)
        names = [row[1] for row in query(path, "PRAGMA table_info(hits)")]
        assert set(names) == set(rows[0])
        assert rows[-1]["title"] == 'a "quoted", \u65e5\u672c\r\ntitle'
        assert (rows[-1]["time"], rows[-1]["value"], rows[-1]["label"]) == ("0.25", "2.5", "")
        assert os.listdir(str(tmpdir)).count("out.csv") == 1
        assert not [name for name in os.listdir(str(tmpdir)) if name.endswith(".part")]

    def test_period(self, run_json, path, tmpdir):
        """--since and --until bound the time of the hits."""
        times = ("--since", "%d" % ((TODAY - 2) * DAY), "--until", "%d" % ((TODAY - 1) * DAY + 3))
        output = str(tmpdir.join("out"))
        assert run_json("db", "export", path, "-o", output, *times) == (0, [{"hits": 13}])

    def test_formulas(self, run, path, tmpdir):
        """Text that a spreadsheet would run is made harmless, unless it shall stay raw; numbers stay."""
        harmful = ["=1+1", "+x", "-x", "@x", "\tx", "\rx", "\n=x", "\uff1dx"]
        for number, text in enumerate(harmful):
            store(path, [number], title=text, value=-1)
        for option, mark in (((), "'"), (("--raw",), "")):
            output = tmpdir.join("out.csv")
            run("db", "export", path, "-o", str(output), *option)
            rows = read_csv(output.read_binary().decode("utf-8"))[100:]
            assert [row["title"] for row in rows] == [mark + text for text in harmful]
            assert {row["value"] for row in rows} == {"-1.0"}

    def test_standard_output(self, path):
        """Without --output CSV goes to the standard output, as UTF-8, and nothing else does."""
        store(path, [5], title="\u65e5")
        command = [sys.executable, "-m", "analytical", "db", "export", path]
        environment = dict(os.environ, PYTHONPATH=os.pathsep.join(sys.path))
        output = subprocess.check_output(command, env=environment)
        rows = read_csv(output.decode("utf-8"))
        assert len(rows) == 101 and rows[-1]["title"] == "\u65e5"

    def test_an_export_that_fails(self, run, path, tmpdir, monkeypatch):
        """What was there before stays, and no part of the new one does."""
        output = tmpdir.join("out.csv")
        output.write("before")

        def fail(value, raw):
            raise IOError(28, "No space left on device")

        monkeypatch.setattr(exporting, "_cell", fail)
        assert run("db", "export", path, "-o", str(output)).code == 1
        assert output.read() == "before"
        assert not [name for name in os.listdir(str(tmpdir)) if name.endswith(".part")]

    def test_outputs_that_are_none(self, run, path, tmpdir):
        """The file itself, a folder, and Parquet on the standard output are refused."""
        for arguments in (("-o", path), ("-o", str(tmpdir)), ("--format", "parquet")):
            ran = run("db", "export", path, *arguments)
            assert ran.code == 2 and ran.err.startswith("analytical: error: ")
        assert query(path, "SELECT count(*) FROM hits") == [(100,)]

    def test_parquet_is_missing(self, run, path, tmpdir, monkeypatch):
        """Without pyarrow the pip command is told."""
        monkeypatch.setitem(sys.modules, "pyarrow", None)
        ran = run("db", "export", path, "-o", str(tmpdir.join("out.parquet")))
        assert (ran.code, os.listdir(str(tmpdir)).count("out.parquet")) == (2, 0)
        assert "pip install 'analytical[parquet]'" in ran.err

    def test_parquet(self, run_json, path, tmpdir, monkeypatch):
        """Parquet has the table's columns with their types, NULL apart from empty text."""
        parquet = pytest.importorskip("pyarrow.parquet")
        monkeypatch.setattr(exporting, "CHUNK", 30)
        store(path, [7], title="=1", referrer="https://example.com/", value=2, properties={"a": 1})
        with contextlib.closing(sqlite3.connect(path)) as connection:
            connection.execute("UPDATE hits SET value = 'much', title = x'6162' WHERE seq = 1")
            connection.commit()
        output = str(tmpdir.join("out.parquet"))
        assert run_json("db", "export", path, "-o", output) == (0, [{"hits": 101}])
        found = parquet.ParquetFile(output)
        assert found.num_row_groups == 4
        rows = found.read().to_pylist()
        assert (rows[0]["value"], rows[0]["title"]) == (0.0, "ab")
        last = rows[-1]
        assert (last["seq"], last["time"], last["value"]) == (101, 7.0, 2.0)
        assert (last["title"], last["referrer_host"], last["label"]) == ("=1", "", None)
        assert json.loads(last["properties"]) == {"a": 1}
