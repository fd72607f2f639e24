"""The logs command with several processes: what one does, whatever becomes of the others."""

from __future__ import absolute_import, division, print_function, unicode_literals

import io
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time

import pytest
import six

import analytical
from analytical.cli import processes
from analytical.cli.stopping import Stopping
from analytical.logs import reader
from analytical.logs.importing import Import
from analytical.logs.pageviews import Rules
from analytical.logs.pool import Workers
from analytical.logs.reader import Block, Lines
from analytical.logs.workers import MOST_LEFT, Maker, read, write

AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.%d"
LINE = (
    '203.0.113.%d - ann [10/Oct/2025:13:%02d:%02d -0700] "GET /%s-%d?utm_source=a&key=%d HTTP/1.1" %d 9 '
    '"https://example.net/%d" "%s"\n'
)
COUNT = 8000
DEADLINE = 30  # seconds
BASE = "https://www.example.com"

pytestmark = pytest.mark.skipif(six.PY2, reason="one process there")


def log_text(count=COUNT):
    """Write lines of all sorts: pages, errors, images, bad and over-long ones, other encodings."""
    lines = []
    for number in range(count):
        kind, status = ("shop", 404) if number % 10 == 9 else ("blog", 200)
        agent = AGENT % (number % 7) if number % 8 else "curl/8.5.0"
        line = LINE % (
            number % 250, number // 60 % 60, number % 60, kind, number % 900, number, status, number % 50, agent,
        )  # fmt: skip
        if number % 1000 == 500:
            line = "garbage %d\n" % number
        elif number % 1000 == 600:
            line = line.replace("/blog", "/%s" % ("x" * 70000))
        elif number % 100 == 50:
            line = line.replace("/blog", "/gr\\xc3\\xbcn").replace(
                "GET ", "GET http://other.example:80"
            )
        elif number % 100 == 60:
            line = "\n"
        lines.append(line.encode("utf-8") if number % 100 != 70 else line.encode("utf-16"))
    return b"".join(lines)


def rows(path):
    """Give all that a file of the sqlite provider holds; which row of a batch comes first hangs on its columns."""
    connection = sqlite3.connect(str(path))
    try:
        found = connection.execute("SELECT * FROM hits ORDER BY time, id").fetchall()
        return [row[1:] for row in found]
    finally:
        connection.close()


@pytest.fixture(scope="module")
def log(tmpdir_factory):
    """A log of several blocks."""
    path = tmpdir_factory.mktemp("logs").join("access.log")
    path.write_binary(log_text())
    return path


@pytest.mark.parametrize(
    "more",
    [(), ("--no-privacy", "--keep", "bot", "--exclude", "/blog-1", "--base", "https://a_b")],
)
def test_same_rows(run_json, log, tmpdir, monkeypatch, more):
    """Several processes, and one that takes the shortcut, store what hits one by one give, and count the same."""
    found = []
    for count in ("3", "1", "0"):
        to = ("--to", "sqlite://%s" % tmpdir.join(count), "--base", BASE)
        if count == "0":
            monkeypatch.setattr(processes, "_may", lambda *given: False)
        else:
            to += ("--processes", count)
        code, (summary,) = run_json("logs", str(log), *(to + more))
        for name in ("seconds", "lines_per_second", "state"):  # what hangs on the run
            summary.pop(name, None)
        found.append((code, summary, rows(tmpdir.join(count))))
    assert found[0] == found[1] == found[2]
    assert (found[0][1]["lines"], found[0][1]["bad"]) == (COUNT, 2 * COUNT // 1000 + COUNT // 100)
    assert len(found[0][2]) > COUNT // 2


def settings(url="sqlite:///nowhere.db", stores=False):
    """What a worker is told first."""
    return {"url": url, "base": BASE, "rules": [[], [], []], "private": True, "stores": stores}


def blocks(log):
    """Read the log."""
    return Lines(io.BytesIO(log.read_binary())).blocks()


def numbers(results, after=None):
    """Collect the numbers of pageviews; call a function after the first block."""
    found = []
    for number, (_, block) in enumerate(results):
        found += [line for line, _ in block.hits]
        if after is not None and not number:
            after()
    return found


def expected(log):
    """The same by one process."""
    return numbers(Import(Rules(), None, BASE).results(blocks(log)))


@pytest.mark.skipif(os.name == "nt", reason="no such signal there")
def test_lost_workers(log):
    """What a killed worker had is done here, once, with a warning for each; nothing is lost."""
    said = []
    imported = Import(Rules(), None, BASE)
    with Workers(2, settings(), said.append) as workers:

        def kill():
            for pid in workers.pids():
                os.kill(pid, signal.SIGKILL)

        assert numbers(workers.results(imported, blocks(log)), kill) == expected(log)
    assert len(said) == 2 and "is read again here" in said[0]
    assert imported.lines == COUNT


@pytest.mark.skipif(os.name == "nt", reason="no such signal there")
def test_lost_while_storing(log, tmpdir, monkeypatch):
    """What killed workers had is read here, whether they stored it or not, and each hit is there once."""
    monkeypatch.setattr(reader, "CHUNK", 1 << 16)
    to, said, left = "sqlite://%s" % tmpdir.join("a.db"), [], []
    imported = Import(Rules(), None, BASE)
    with Workers(2, settings(to, True), said.append) as workers:
        for number, (_, found) in enumerate(workers.results(imported, blocks(log))):
            left += [hit for _, hit in found.hits]
            if number == 3:
                assert not left
                for pid in workers.pids():
                    os.kill(pid, signal.SIGKILL)
    assert len(said) == 2 and left
    assert imported.hits == len(expected(log))
    provider = analytical.from_url(to)
    assert all(provider.batch(left))
    provider.close()
    assert len(rows(tmpdir.join("a.db"))) == imported.hits


@pytest.mark.parametrize("count", ["1", "2"])
def test_locked(run, log, tmpdir, monkeypatch, count):
    """A file that others keep locked is tried again, as one hit would be, and nothing is left out."""
    path = tmpdir.join("a.db")
    to = ("--to", "sqlite://%s?timeout=0.01" % path, "--base", BASE, "--processes", count)
    analytical.Provider("sqlite", str(path)).pageview(url=BASE)
    other = sqlite3.connect(str(path), isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    waits = []

    def pause(stopping, seconds):
        waits.append(seconds)
        if len(waits) == 1:
            other.execute("COMMIT")

    monkeypatch.setattr(Stopping, "pause", pause)
    ran = run("logs", str(log), *to)
    other.close()
    assert waits and "trying again" in ran.err
    assert ran.code == 0
    assert len(rows(path)) == len(expected(log)) + 1


@pytest.mark.parametrize("count", ["1", "2"])
def test_unusable_file(run, log, tmpdir, count):
    """Where the file cannot be used the run ends before the first hit, and says why."""
    path = tmpdir.join("a.db")
    path.write("no database")
    to = ("--to", "sqlite://%s" % path, "--base", BASE, "--processes", count, "--no-state")
    ran = run("logs", str(log), *to)
    assert ran.code == 1
    assert "corrupt" in ran.err and "stopped after line 1:" in ran.err
    assert "Stored 0 hits" in ran.out


def test_too_much_left():
    """An answer that would not fit into a pipe is none: the block is read again by who asked."""
    maker = Maker(settings("sqlite:///nowhere.db", True))
    maker._provider.processors = [lambda hit: None]
    unusual = (LINE % (1, 1, 1, "a", 1, 1, 200, 1, AGENT % 1)).strip().replace("GET /", "GET  /")
    for count, failed in ((MOST_LEFT, False), (MOST_LEFT + 1, True)):
        block = Block("\n".join([unusual] * count).encode("ascii"), 0, 0)
        answer = maker.answer("combined", "", block)
        assert ("failed" in answer) == failed
        assert failed or (answer["stored"], len(answer["hits"])) == (0, count)


def test_useless_workers(log, capfd):
    """Workers that end at once, since they cannot make the provider, cost nothing but a warning each."""
    said = []
    with Workers(2, settings("nothing://x"), said.append) as workers:
        assert numbers(workers.results(Import(Rules(), None, BASE), blocks(log))) == expected(log)
    assert len(said) == 2


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="it looks into /proc")
def test_credentials(log):
    """What the provider's address holds stands neither in a worker's command line nor in its environment."""
    told = "segment://s3cretkey?url=https%3A%2F%2Fexample.com"
    with Workers(2, settings(told), pytest.fail) as workers:

        def look():
            for pid in workers.pids():
                for name in ("cmdline", "environ"):
                    with io.open("/proc/%d/%s" % (pid, name), "rb") as file:
                        assert b"s3cret" not in file.read()

        found = numbers(workers.results(Import(Rules(), None, BASE), blocks(log)), look)
        assert found == expected(log)


def test_abandoned(log):
    """Closed amid its work, it leaves no process."""
    workers = Workers(2, settings(), pytest.fail)
    next(workers.results(Import(Rules(), None, BASE), blocks(log)))
    pids = workers.pids()
    assert len(pids) == 2
    workers.close()
    for pid in pids:
        with pytest.raises(OSError):
            os.kill(pid, 0)


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="it looks into /proc")
@pytest.mark.parametrize("way", [signal.SIGINT, signal.SIGKILL])
def test_interrupted(log, tmpdir, way):
    """Ctrl-C, which all processes of a terminal get, and even a kill leave no process, and no traceback."""
    mark = str(tmpdir.mkdir("marks-this-run"))
    database = tmpdir.join("a.db")
    process = subprocess.Popen(
        [sys.executable, "-m", "analytical", "logs"] + [str(log)] * 200
        + ["--no-state", "--to", "sqlite://%s" % database, "--base", BASE, "--processes", "2"],
        env=dict(os.environ, PYTHONPATH=os.pathsep.join([mark] + sys.path)),
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        # A group as that of a terminal; and a shell in the background has its children ignore it.
        preexec_fn=lambda: (os.setsid(), signal.signal(signal.SIGINT, signal.default_int_handler)),
    )  # fmt: skip
    try:
        wait_until(lambda: len(running(mark)) == 3 and database.check())
        if way == signal.SIGINT:
            os.killpg(process.pid, way)
        else:
            process.kill()
        error = process.communicate()[1]
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
    assert process.returncode == (130 if way == signal.SIGINT else -way)
    assert b"Traceback" not in error
    wait_until(lambda: not running(mark))


def running(mark):
    """List the processes that were started with a path in their arguments or environment."""
    found = []
    for name in os.listdir("/proc"):
        try:
            with io.open("/proc/%s/environ" % name, "rb") as file:
                if name.isdigit() and mark.encode("ascii") in file.read():
                    found.append(int(name))
        except EnvironmentError:
            pass
    return found


def wait_until(is_so):
    """Wait for something to become so."""
    end = time.time() + DEADLINE
    while not is_so():
        assert time.time() < end
        time.sleep(0.05)


def test_where(run, log, tmpdir, monkeypatch):
    """Small inputs, other platforms, dry runs and processors of one's own are done in one process."""
    started = []
    monkeypatch.setattr(
        processes, "Workers", lambda *given: started.append(given) or Workers(*given)
    )
    to = ("--base", BASE, "--no-state")
    file = "sqlite://%s" % tmpdir.join("a.db")
    assert run("logs", str(log), "--to", file, *to).code == 0
    several = to + ("--processes", "2")
    assert run("logs", str(log), "--to", file + "?processors=private", *several).code == 0
    assert run("logs", str(log), "--to", "memory://", *several).code == 0
    assert run("logs", str(log), "--to", file, "--dry-run", *several).code == 0
    assert not started
    assert run("logs", str(log), "--to", file + "?synchronous=full", *several).code == 0
    monkeypatch.setattr(processes, "BIG", 1000)
    monkeypatch.setattr(processes, "cores", lambda: 4)
    assert run("logs", str(log), "--to", file, *to).code == 0
    assert [given[0] for given in started] == [2, processes.MOST]


def test_outbox(run, log, tmpdir):
    """Hits for an outbox are made in several processes too, and wait there."""
    box = "outbox:%%2F%%2F%s" % str(tmpdir.join("box.db")).replace("/", "%2F")
    to = "segment://key?delivery=%s&url=http%%3A%%2F%%2F127.0.0.1%%3A1" % box
    ran = run("logs", str(log), "--to", to, "--base", BASE, "--no-state", "--processes", "2")
    assert "{:,}".format(len(expected(log))) in ran.out


@pytest.mark.parametrize("number", ["0", "-1", "x", "65"])
def test_number(run, log, number):
    """A number of processes that cannot be is a mistake in the command."""
    ran = run("logs", str(log), "--processes=" + number)
    assert (ran.code, "takes 1 to 64" in ran.err) == (2, True)


def test_frames():
    """A frame comes out as it went in, and one that is cut off is the end."""
    stream = io.BytesIO()
    write(stream, {"a": "\xfc"}, b"12\n")
    stream.seek(0)
    assert read(stream) == ({"a": "\xfc"}, b"12\n")
    assert read(stream) is None
    for length in range(len(stream.getvalue())):
        assert read(io.BytesIO(stream.getvalue()[:length])) is None


def test_refused_hits():
    """Of a hit that the provider refuses only the number is told, so that the refusal happens where it counts."""
    maker = Maker(dict(settings("memory://"), base=""))
    maker._provider.processors = [lambda hit: None]
    line = (LINE % (1, 1, 1, "a", 1, 1, 200, 1, AGENT % 1)).strip().encode("ascii")
    answer = maker.answer("combined", "", Block(line, 0, 0))
    assert [(hit[0], hit[3]) for hit in answer["hits"]] == [(1, None)]


def test_unsupported_fields():
    """Each field that the platform has no place for is told, once."""
    maker = Maker(settings("plausible://example.com"))
    line = {
        "time_iso8601": "2025-10-10T13:55:36+00:00",
        "request": "GET /a HTTP/1.1",
        "status": 200,
        "http_user_agent": AGENT % 1,
        "http_accept_language": "en",
    }
    block = Block(json.dumps(line).encode("ascii"), 0, 0)
    told = [maker.answer("json", "", block) for _ in range(2)]
    assert [answer["unsupported"] for answer in told] == [["language"], []]
    assert all(hit[3] is not None for answer in told for hit in answer["hits"])
