"""The roll-ups follow the hits, whatever becomes of either file, and of who makes them."""

from __future__ import absolute_import, division, print_function, unicode_literals

import contextlib
import datetime
import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time

import pytest
import six
from counting import DAY, rows_of
from test_figures import MIDNIGHT, START, check, execute, fill

import analytical
from analytical.report import making, opening, slices
from analytical.report.figures import figures

as_root = hasattr(os, "geteuid") and os.geteuid() == 0


@pytest.fixture
def path(tmpdir):
    """Give the path of a file with hits of five days."""
    name = str(tmpdir.join("analytics.db"))
    fill(name, random.Random(3), 400)
    return name


@pytest.fixture
def made(monkeypatch):
    """List the days that are counted from here on."""
    days = []
    original = making.Maker.make

    def make(self, day, site):
        days.append(day - MIDNIGHT // DAY)
        original(self, day, site)

    monkeypatch.setattr(making.Maker, "make", make)
    return days


def contents(path):
    """Give the bytes of a file."""
    with open(path, "rb") as stream:
        return stream.read()


class TestChanges(object):
    def test_nothing_is_counted_twice(self, path, made):
        """Days whose hits are the same as before are not counted again."""
        check(path)
        assert sorted(made) == [0, 1, 2, 3, 4]
        check(path)
        check(path, first=datetime.date(2026, 3, 2))
        assert len(made) == 5

    def test_new_and_late_hits(self, path, made):
        """A new hit has its own day counted anew, be it today's or one long past, and no other."""
        check(path)
        del made[:]
        with analytical.Provider("sqlite", path) as provider:
            provider.pageview(
                url="https://a.example/new", cid="1", timestamp=MIDNIGHT + 4 * DAY + 9
            )
        check(path)
        assert made == [4]
        with analytical.Provider("sqlite", path) as provider:
            provider.pageview(url="https://a.example/late", cid="1", timestamp=MIDNIGHT + 9)
        check(path)
        assert made == [4, 0]

    @pytest.mark.parametrize(
        "where",
        [
            "seq % 7 = 3",
            "time < %d" % (MIDNIGHT + 2 * DAY),
            "time >= %d" % (MIDNIGHT + 3 * DAY),
            "time >= {0} AND time < {0} + 86400".format(MIDNIGHT + 2 * DAY),
            "seq = (SELECT max(seq) FROM hits)",
            "seq = (SELECT min(seq) FROM hits)",
            "1",
        ],
    )
    @pytest.mark.parametrize("site", [None, "a.example"])
    def test_deleted_hits(self, path, where, site):
        """Hits that anyone deletes leave the figures, and their days and agents the roll-ups."""
        check(path, site=site)
        check(path, site="b.example")
        execute(path, "DELETE FROM hits WHERE " + where)
        check(path, site=site)
        with rolled(path) as connection:
            days = {row[0] for row in connection.execute("SELECT DISTINCT day FROM days")}
            assert days == {int(row["time"] // DAY) for row in rows_of(path)}

    def test_a_replaced_file(self, path, tmpdir):
        """Another file in the place of the old, with as many hits on the same days, is counted anew."""
        with analytical.Provider("sqlite", str(tmpdir.join("a.db"))) as provider:
            provider.pageview(url="https://a.example/old", cid="1", timestamp=MIDNIGHT)
        with analytical.Provider("sqlite", str(tmpdir.join("b.db"))) as provider:
            provider.pageview(url="https://a.example/new", cid="1", timestamp=MIDNIGHT)
        check(str(tmpdir.join("a.db")))
        os.rename(str(tmpdir.join("b.db")), str(tmpdir.join("a.db")))
        assert check(str(tmpdir.join("a.db")))["tables"]["pages"]["rows"] == [
            ["a.example/new", 1, 1]
        ]

    def test_other_rules(self, path, made, monkeypatch):
        """What was counted by other rules, or with another list of bots, is counted anew."""
        check(path)
        monkeypatch.setattr("analytical.report.agents.versions", lambda: "another")
        check(path)
        assert len(made) == 10

    @pytest.mark.parametrize("site", [None, "a.example"])
    def test_weeks(self, path, site):
        """Long periods, for which weeks are kept, follow new, late and deleted hits as days do."""
        chance, days = random.Random(21), 40
        fill(path, chance, 900, days)
        for step in range(6):
            for low, high in ((0, days - 1), (3, 31), (5, 10), (days - 9, days + 20)):
                first, last = (START + datetime.timedelta(day) for day in (low, high))
                check(path, first, last, site=site)
            with rolled(path) as connection:
                assert connection.execute("SELECT count(*) FROM weeks").fetchone()[0] >= 4
            if step % 2:
                execute(path, "DELETE FROM hits WHERE seq %% 50 = %d" % step)
            else:
                fill(path, chance, 3, days)

    def test_an_old_sqlite(self, path, monkeypatch):
        """What this SQLite cannot count is left out, and comes with one that can."""
        monkeypatch.setattr(slices, "available", lambda dimension, _: dimension.name != "entries")
        assert "entries" not in figures(path)["tables"]
        assert figures(path)["tables"]["pages"]["total"] > 0
        monkeypatch.undo()
        check(path)

    def test_sites_nobody_has(self, path, made):
        """A site without hits takes no place, however many are asked for."""
        check(path)
        del made[:]
        for number in range(3):
            check(path, site="%d.example" % number)
        assert made == []

    def test_progress(self, path):
        """While roll-ups are made it is told how many of the hits are counted."""
        told = []
        figures(path, progress=lambda done, todo: told.append((done, todo)))
        assert len(told) == 5 and told[-1] == (400, 400)
        assert told == sorted(told) and {todo for _, todo in told} == {400}
        del told[:]
        figures(path, progress=lambda done, todo: told.append((done, todo)))
        assert told == []


def rolled(path):
    """Connect to the file of roll-ups."""
    return contextlib.closing(sqlite3.connect(path + ".report"))


class TestFiles(object):
    def test_the_hits_are_only_read(self, path):
        """Not a byte of the provider's file changes."""
        before = contents(path)
        check(path)
        check(path, site="b.example")
        assert contents(path) == before
        names = {
            name
            for name in os.listdir(os.path.dirname(path))
            if not name.endswith(("-wal", "-shm"))
        }
        assert names == {"analytics.db", "analytics.db.report"}

    @pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
    def test_the_mode_of_the_hits(self, path):
        """Who may not read the hits may not read the roll-ups."""
        os.chmod(path, 0o600)
        check(path)
        assert os.stat(path + ".report").st_mode & 0o777 == 0o600

    @pytest.mark.parametrize("also", ["", "-wal", "-shm"])
    def test_deleted_or_damaged(self, path, also):
        """Roll-ups that are deleted, or overwritten in the middle, are made anew."""
        check(path)
        os.remove(path + ".report")
        check(path)
        size = os.stat(path + ".report").st_size
        with open(path + ".report", "r+b") as stream:
            stream.seek(4096)
            stream.write(b"\xff" * (size - 4096))
        if also:
            with open(path + ".report" + also, "wb") as stream:
                stream.write(b"no log" * 100)
        check(path)
        check(path)

    def test_damaged_within(self, path):
        """Damage that shows only while slices are read has them made anew, too."""
        check(path)
        with rolled(path) as connection:
            connection.execute("PRAGMA journal_mode=DELETE").close()
            (root,) = connection.execute(
                "SELECT rootpage FROM sqlite_master WHERE name = 'slices'"
            ).fetchone()
        with open(path + ".report", "r+b") as stream:
            stream.seek((root - 1) * 4096)
            stream.write(b"\xff" * 4096)
        check(path)

    @pytest.mark.parametrize("content", ["text", "table"])
    def test_a_file_of_others_in_the_place(self, path, content):
        """What stands there and is not ours stays as it is; the roll-ups are made elsewhere."""
        if content == "text":
            with open(path + ".report", "w") as stream:
                stream.write("my report " * 1000)
        else:
            execute(path + ".report", "CREATE TABLE mine (x)")
        before = contents(path + ".report")
        check(path)
        check(path)
        assert contents(path + ".report") == before

    @pytest.mark.skipif(
        as_root or os.name == "nt" or six.PY2,
        reason="root may write everywhere; sqlite3 of Python 2 cannot be told that nobody writes",
    )
    def test_a_folder_that_cannot_be_written(self, path, made):
        """Roll-ups are kept for as long as the process runs."""
        os.chmod(os.path.dirname(path), 0o555)
        try:
            self.without_writing(path, made)
        finally:
            os.chmod(os.path.dirname(path), 0o755)

    def test_a_place_that_cannot_be_written(self, path, made):
        """A folder in the place is as good as one that cannot be written, for root too."""
        os.mkdir(path + ".report")
        self.without_writing(path, made)

    @staticmethod
    def without_writing(path, made):
        check(path)
        check(path)
        assert len(made) == 5
        private = opening._private[os.getpid(), path]
        assert os.path.exists(private)
        opening._clear()
        assert not os.path.exists(private)

    def test_agents_that_come_meanwhile(self, path, monkeypatch):
        """A hit of an agent never seen, stored amid the making of its day, counts as what it is."""
        original = making.Maker._learn_agents

        def learn(self):
            fill(path, random.Random(1), 1)
            with analytical.Provider("sqlite", path) as provider:
                provider.pageview(
                    url="https://a.example/", user_agent="Newbot/1.0", timestamp=MIDNIGHT + 7
                )
            original(self)

        monkeypatch.setattr(making.Maker, "_learn_agents", learn)
        figures(path)
        monkeypatch.undo()
        check(path)
        assert check(path)["totals"]["bots"] > 0

    def test_odd_rows(self, path):
        """Rows that other programs wrote, with wrong JSON, types and encodings, are counted as they are."""
        check(path)
        sql = "INSERT INTO hits (id, time, type, page, user_agent, properties, name) VALUES (?, ?, ?, ?, %s, ?, ?)"
        for number, (agent, properties) in enumerate(
            [
                ("CAST(x'ff61' AS TEXT)", "{"),
                ("x'6162'", "5"),
                ("7", "[1, 2]"),
                ("NULL", '{"a": {"b": 1}}'),
            ]
        ):
            row = ("odd%d" % number, MIDNIGHT + number, "event", "a.example/", properties, "odd")
            execute(path, sql % agent, row)
        execute(path, "UPDATE hits SET page = CAST(x'ff61' AS TEXT) WHERE id = 'odd0'")
        execute(path, "INSERT INTO hits (id, time, type) VALUES ('early', -5, 'pageview')")
        execute(path, "INSERT INTO hits (id, time, type) VALUES ('late', 1e300, 'pageview')")
        found = figures(path, last="2026-03-05", limit=1000)
        assert (found["earliest"], found["latest"]) == ("2026-03-01", "2026-03-05")
        assert ["odd", 4] in [row[:2] for row in found["tables"]["events"]["rows"]]
        rows = [row for row in found["tables"]["properties"]["rows"] if row[0] == "odd"]
        assert sorted(rows) == [
            ["odd", "0", "1", 1],
            ["odd", "1", "2", 1],
            ["odd", "a", '{"b":1}', 1],
        ]


CHILD = """
import sys
from analytical.report.figures import figures
print('ready')
sys.stdout.flush()
figures(sys.argv[1])
print('done')
"""


def start(path):
    """Start a process that makes the figures of a file."""
    return subprocess.Popen(
        [sys.executable, "-c", CHILD, path],
        stdout=subprocess.PIPE,
        env=dict(os.environ, PYTHONPATH=os.pathsep.join(sys.path)),
    )


class TestProcesses(object):
    @pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
    def test_kills(self, path):
        """Killed at any moment, the next one finds or makes what is right."""
        fill(path, random.Random(8), 3000)
        for attempt in range(6):
            child = start(path)
            child.stdout.readline()
            time.sleep(0.03 * attempt)
            child.send_signal(signal.SIGKILL)
            child.stdout.close()
            assert child.wait() in (-signal.SIGKILL, 0)
            if attempt % 2:
                fill(path, random.Random(attempt), 20)
        check(path)

    def test_several_at_once(self, path):
        """Processes and threads that make the same roll-ups, while hits come, all find what is right."""
        children = [start(path) for _ in range(3)]
        failed = []

        def make():
            try:
                figures(path)
            except Exception as error:
                failed.append(error)

        threads = [threading.Thread(target=make) for _ in range(3)]
        for thread in threads:
            thread.start()
        for seed in range(5):
            fill(path, random.Random(seed), 50)
        for thread in threads:
            thread.join()
        for child in children:
            assert child.communicate()[0].split() == [b"ready", b"done"]
            assert child.returncode == 0
        assert failed == []
        check(path)

    def test_writers_are_not_in_the_way(self, path):
        """Figures are made while a writer holds the file, and a writer writes while they are made."""
        with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as writer:
            writer.execute("BEGIN IMMEDIATE").close()
            assert figures(path)["totals"]["hits"] > 0
            writer.execute("COMMIT").close()

        def write(done, todo):
            with analytical.Provider("sqlite", path, timeout=1) as provider:
                assert provider.pageview(url="https://a.example/", timestamp=MIDNIGHT + 3 * DAY)

        fill(path, random.Random(9), 50)
        figures(path, progress=write)
        check(path)
