"""Imports of logs that are killed, stopped, doubled and rotated away: each pageview is stored once."""

from __future__ import absolute_import, division, print_function, unicode_literals

import gzip
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time

import pytest
from turmoil import LONG, PATIENCE, SEED

pytestmark = pytest.mark.skipif(os.name == "nt", reason="no such signals there")
LINES = 100000 if LONG else 12000
KILLS = 100 if LONG else 8
AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
LINE = '203.0.113.%d - - [10/Oct/2025:13:%02d:%02d +0000] "GET /%d HTTP/1.1" %d 9 "-" "%s"\n'
# A second is long, where all takes three.
PROGRAM = """
import sys
from analytical.cli import importing, main
importing.SAVE_EVERY = 0.02
sys.exit(main())
"""


def log_text(count, start=0):
    """Write lines, one of ten an error."""
    return "".join(
        LINE % (n % 250, n // 60 % 60, n % 60, n, 404 if n % 10 == 9 else 200, AGENT)
        for n in range(start, start + count)
    ).encode("ascii")


def start(log, database, *more):
    """Start an import."""
    words = ["logs", str(log), "--to", "sqlite://%s" % database, "--base", "https://example.com"]
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM] + words + ["--json"] + list(more),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )


def finish(process):
    """Wait for an import; give its exit code, its summary and what it said."""
    end = time.time() + PATIENCE
    while process.poll() is None and time.time() < end:
        time.sleep(0.01)
    if process.poll() is None:
        process.kill()
    out, err = [text.decode("utf-8") for text in process.communicate()]
    assert "Traceback" not in err, "CHAOS_SEED=%d\n%s" % (SEED, err)
    return process.returncode, json.loads(out) if out else None, err


def end_now(process):
    """Kill an import, unless it has ended: Python 2 would raise then."""
    if process.poll() is None:
        process.kill()
    process.communicate()


def kill(process, database, chance):
    """Kill an import at some point: while it starts, or after some more hits are stored, or all."""
    if chance.random() < 0.8:
        wanted = count(database) + chance.randrange(1, LINES // 3)
        end = time.time() + PATIENCE
        while count(database) < wanted and process.poll() is None and time.time() < end:
            time.sleep(0.01)
    time.sleep(chance.uniform(0.0, 0.1))
    end_now(process)


def rows(database):
    """Give all that a file holds but the numbers of its rows, in their order."""
    connection = sqlite3.connect(str(database))
    try:
        cursor = connection.execute("SELECT * FROM hits ORDER BY seq")
        return [row[1:] for row in cursor.fetchall()]
    finally:
        connection.close()


def count(database):
    """Count the hits that a file holds."""
    connection = sqlite3.connect(str(database))
    try:
        return connection.execute("SELECT count(*) FROM hits").fetchone()[0]
    except sqlite3.OperationalError:  # not made yet
        return 0
    finally:
        connection.close()


def urls(database):
    """Give the addresses that a file holds, in their order."""
    connection = sqlite3.connect(str(database))
    try:
        return connection.execute("SELECT url FROM hits ORDER BY seq").fetchall()
    finally:
        connection.close()


def wait_for(database, wanted, process):
    """Wait until a file holds so many hits."""
    end = time.time() + PATIENCE
    while count(database) < wanted:
        assert time.time() < end and process.poll() is None, "CHAOS_SEED=%d" % SEED
        time.sleep(0.02)


@pytest.fixture
def chance():
    """The seeded source of all that is random here."""
    return random.Random(SEED)


@pytest.fixture(scope="module")
def log(tmpdir_factory):
    """A log, which no test changes."""
    path = tmpdir_factory.mktemp("logs").join("access.log")
    path.write_binary(log_text(LINES))
    return path


@pytest.fixture(scope="module")
def undisturbed(log):
    """What one run stores that nothing disturbs."""
    database = log.dirpath("undisturbed.db")
    assert finish(start(log, database))[0] == 0
    stored = rows(database)
    assert len(stored) == LINES * 9 // 10
    return stored


def test_killed(log, undisturbed, tmpdir, chance):
    """Killed at any points and run again until it is done, an import stores what an undisturbed one does."""
    database = tmpdir.join("a.db")
    for _ in range(KILLS):
        kill(start(log, database), database, chance)
    code, facts, _ = finish(start(log, database))
    assert code == 0
    assert rows(database) == undisturbed, "CHAOS_SEED=%d" % SEED
    assert facts["lines"] + facts["before"] == LINES
    assert facts["before"] > 0


def test_little_is_repeated(log, undisturbed, tmpdir):
    """What a kill makes the next run repeat is what was underway, not what has an outcome."""
    database = tmpdir.join("a.db")
    process = start(log, database)
    wait_for(database, LINES // 2, process)
    end_now(process)
    before = len(rows(database))
    code, facts, _ = finish(start(log, database))
    assert (code, rows(database)) == (0, undisturbed)
    assert facts["sent"] + before - len(undisturbed) < LINES // 4


def test_killed_and_rotated(log, undisturbed, tmpdir, chance):
    """The same while the log grows, is renamed and compressed between the runs."""
    database, current = tmpdir.join("a.db"), tmpdir.join("access.log")
    old, packed = tmpdir.join("access.log.1"), tmpdir.join("access.log.1.gz")
    text = log.read_binary()
    # Cut in the middle of a line now and then, as logs are that are being written.
    part = len(text) * 2 // 3
    current.write_binary(text[:part])
    for _ in range(KILLS // 3 + 1):
        kill(start(current, database), database, chance)
    current.write_binary(text)
    kill(start(current, database), database, chance)
    current.rename(old)
    current.write_binary(b"")
    for _ in range(KILLS // 3 + 1):
        kill(start(old, database), database, chance)
    with gzip.open(str(packed), "wb") as file:
        file.write(text)
    old.remove()
    for _ in range(KILLS // 3 + 1):
        kill(start(packed, database), database, chance)
    assert finish(start(packed, database))[0] == 0
    assert rows(database) == undisturbed, "CHAOS_SEED=%d" % SEED
    assert finish(start(packed, database))[1]["sent"] == 0


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_stopped(log, undisturbed, tmpdir, name):
    """A signal ends an import between two hits: the next one goes on there, and repeats nothing."""
    database, number = tmpdir.join("a.db"), getattr(signal, name)
    lines = sent = stops = 0
    for share in (0.1, 0.4, 0.6):
        process = start(log, database)
        wait_for(database, int(len(undisturbed) * share), process)
        process.send_signal(number)
        code, facts, err = finish(process)
        stops += code == 128 + number
        if code:
            assert "the same command goes on there" in err
        sent += facts["sent"]
        lines += facts["lines"]
        assert len(rows(database)) == sent
    code, facts, _ = finish(start(log, database))
    assert code == 0 and stops
    assert sent + facts["sent"] == len(undisturbed)
    assert rows(database) == undisturbed


def test_two_at_once(log, undisturbed, tmpdir):
    """Two imports of the same log at the same time store each pageview once."""
    database = tmpdir.join("a.db")
    processes = [start(log, database) for _ in range(2)]
    assert [finish(process)[0] for process in processes] == [0, 0]
    assert sorted(rows(database)) == sorted(undisturbed)
    assert finish(start(log, database))[1]["before"] == LINES


def test_followed(log, undisturbed, tmpdir, chance):
    """A log that is followed, by processes that are killed, through rotations that they do not see."""
    database, current = tmpdir.join("a.db"), tmpdir.join("access.log")
    current.write_binary(b"")
    text = log.read_binary().splitlines(True)
    step = len(text) // 6
    process = start(current, database, "--follow")
    with open(str(current), "ab") as file:
        file.write(text[0])
    wait_for(database, 1, process)
    time.sleep(0.5)  # a position is saved
    text[0] = b""
    for number in range(6):
        with open(str(current), "ab") as file:
            for place in range(number * step, (number + 1) * step, 500):
                file.write(b"".join(text[place : min(place + 500, (number + 1) * step)]))
                file.flush()
                time.sleep(0.01)
        if chance.random() < 0.6:
            end_now(process)
        old = tmpdir.join("access.log-%d" % number)
        current.rename(old)
        current.write_binary(b"")
        if process.poll() is not None and chance.random() < 0.5:
            with gzip.open(str(old) + ".gz", "wb") as file:
                file.write(old.read_binary())
            tmpdir.join(old.basename + ".gz").setmtime(old.mtime())
            old.remove()
        if process.poll() is not None:
            process = start(current, database, "--follow")
    last = 6 * step
    with open(str(current), "ab") as file:
        file.write(b"".join(text[last:]) + log_text(10, LINES))
    wait_for(database, len(undisturbed) + 9, process)
    process.send_signal(signal.SIGTERM)
    assert finish(process)[0] == 128 + signal.SIGTERM
    assert urls(database)[: len(undisturbed)] == urls(log.dirpath("undisturbed.db"))
    assert len(urls(database)) == len(undisturbed) + 9
