"""The logs command goes on where it was; what it says where it cannot, or has to stop."""

from __future__ import absolute_import, division, print_function, unicode_literals

import gzip
import os
import signal
import sqlite3
import threading
import time

import pytest

from analytical.cli import logs, stopping
from analytical.delivery.retry import Retry
from analytical.logs.state import SCHEMA

AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
LINE = '203.0.113.%d - - [%s] "GET /%d HTTP/1.1" 200 9 "-" "%s"\n'
BASE = ("--base", "https://example.com")


def log_text(count, start=0, moment="10/Oct/2025:13:55:36 -0700"):
    """Write lines, each a pageview."""
    return "".join(
        LINE % (number % 250, moment, number, AGENT) for number in range(start, start + count)
    )


@pytest.fixture
def log(tmpdir):
    """A log of 30 pageviews."""
    path = tmpdir.join("access.log")
    path.write(log_text(30))
    return path


@pytest.fixture
def database(tmpdir):
    """Where hits go."""
    return tmpdir.join("a.db")


def stored(database):
    """Count the hits in a file."""
    connection = sqlite3.connect(str(database))
    try:
        return connection.execute("SELECT count(*) FROM hits").fetchone()[0]
    finally:
        connection.close()


def to(database):
    """Give the options that send to a file."""
    return ("--to", "sqlite://%s" % database) + BASE


@pytest.fixture
def facts(run_json):
    """Run the command and give (lines read, those that earlier runs read, hits sent)."""

    def runner(*arguments):
        code, (summary,) = run_json("logs", *arguments)
        assert code == 0
        return summary["lines"], summary["before"], summary["sent"]

    return runner


def test_going_on(facts, run, log, database, tmpdir):
    """Each run reads what is new, whatever the log is called meanwhile, and says what it passed over."""
    assert facts(str(log), *to(database)) == (30, 0, 30)
    assert facts(str(log), *to(database)) == (0, 30, 0)
    log.write(log_text(10, 30), mode="a")
    assert facts(str(log), *to(database)) == (10, 30, 10)
    log.write(log_text(5, 40), mode="a")
    with gzip.open(str(tmpdir.join("access.log.2.gz")), "wb") as file:
        file.write(log.read_binary())
    log.write(log_text(7, 100))
    files = sorted(str(path) for path in tmpdir.listdir("access.log*"))
    assert facts(*(tuple(files) + to(database))) == (12, 40, 12)
    assert facts(*(tuple(files) + to(database))) == (0, 52, 0)
    assert "lines that earlier runs read (--restart" in run("logs", str(log), *to(database)).out
    assert stored(database) == 52


def test_restart(facts, log, database):
    """With --restart or --no-state a log is read from its first line, and no hit is stored twice."""
    assert facts(str(log), *to(database)) == (30, 0, 30)
    assert facts(str(log), "--restart", *to(database)) == (30, 0, 30)
    assert facts(str(log), "--no-state", *to(database)) == (30, 0, 30)
    assert facts(str(log), *to(database)) == (0, 30, 0)
    assert stored(database) == 30


def test_dry_run(run, log, database):
    """A dry run begins where a run would, and moves nothing."""
    for _ in range(2):
        assert run("logs", str(log), "--dry-run", *to(database)).out.count('"type"') == 30
    run("logs", str(log), *to(database))
    assert run("logs", str(log), "--dry-run", *to(database)).out.count('"type"') == 0
    ran = run("logs", str(log), "--dry-run", "--restart", *to(database))
    assert ran.out.count('"type"') == 30
    assert run("logs", str(log), "--dry-run", *to(database)).out.count('"type"') == 0


def test_disabled(run, log, database, monkeypatch):
    """While nothing is sent, no position moves."""
    monkeypatch.setenv(str("ANALYTICAL_DISABLED"), str("1"))
    run("logs", str(log), *to(database))
    monkeypatch.delenv(str("ANALYTICAL_DISABLED"))
    run("logs", str(log), *to(database))
    assert stored(database) == 30


def test_columns(run, tmpdir, database):
    """A log whose columns are named once goes on with them, as they were named last."""
    path = tmpdir.join("u_ex.log")
    row = "2025-10-10 13:55:36 %s 203.0.113.9 200\n"
    path.write(
        "#Fields: date time cs-uri-stem cs-method c-ip sc-status\n"
        + row % "/a GET"
        + "#Fields: date time cs-method cs-uri-stem c-ip sc-status\n"
        + row % "GET /b"
    )
    run("logs", str(path), "--keep", "bot", *to(database))
    path.write(row % "GET /c" + "bad\n", mode="a")
    ran = run("logs", str(path), "--keep", "bot", *to(database))
    assert stored(database) == 3
    assert "line 6 has 1 columns" in ran.err


def test_deleted_target(run, log, database):
    """Where the file of the hits was deleted, logs are read again, with a warning."""
    run("logs", str(log), *to(database))
    database.remove()
    ran = run("logs", str(log), *to(database))
    assert "fewer hits than were stored" in ran.err
    assert stored(database) == 30


def test_state_file(run, log, database, tmpdir):
    """The file of positions stands beside that of the hits, or where --state says."""
    run("logs", str(log), *to(database))
    assert tmpdir.join("a.db.logs").check()
    run("logs", str(log), "--state", str(tmpdir.join("mine")), *to(tmpdir.join("b.db")))
    assert tmpdir.join("mine").check() and not tmpdir.join("b.db.logs").check()


def spoil(path, how):
    """Make a file of positions unusable."""
    if how == "corrupt":
        path.write_binary(b"\0\1\2 no database" * 1000)
    elif how == "folder":
        path.mkdir()
    elif how == "read_only":
        path.write_binary(b"")
        path.chmod(0o444)
    else:
        connection = sqlite3.connect(str(path))
        body = ", ".join('"%s" %s' % column for column in SCHEMA.columns)
        table = "(%s)" % body if how == "newer" else "(x)"
        connection.execute('CREATE TABLE "positions" ' + table)
        connection.execute("PRAGMA user_version = 99")
        connection.close()


@pytest.mark.parametrize("how", ["corrupt", "folder", "read_only", "newer", "foreign"])
class TestUnusable:
    """A file of positions that cannot be used."""

    @pytest.fixture
    def state(self, tmpdir, how):
        """Such a file."""
        if how == "read_only" and hasattr(os, "geteuid") and os.geteuid() == 0:
            pytest.skip("root may write all files")
        path = tmpdir.join("state")
        spoil(path, how)
        return path

    def test_ids_protect(self, run, log, database, state):
        """Where a hit counts once, logs are read from their start, with a warning."""
        for _ in range(2):
            ran = run("logs", str(log), "--state", str(state), *to(database))
            assert ran.code == 0
            assert "warning: the positions of logs cannot be kept" in ran.err
        assert stored(database) == 30

    def test_nothing_protects(self, run, log, state):
        """Elsewhere hits would count twice: it is an error that says the ways out."""
        ran = run("logs", str(log), "--state", str(state), "--to", "memory://", *BASE)
        assert ran.code == 2
        assert "--no-state" in ran.err and "--state FILE" in ran.err
        ran = run("logs", str(log), "--state", str(state), "--no-state", "--to", "memory://", *BASE)
        assert ran.code == 0


def test_foreign_folder(run, log, database, tmpdir):
    """A state in a folder that does not exist is told."""
    ran = run("logs", str(log), "--state", str(tmpdir.join("no", "state")), *to(database))
    assert "directory does not exist" in ran.err


def test_home(run_json, log, tmpdir, monkeypatch):
    """For other providers the positions are in the user's own folder, which is made."""
    code, (summary,) = run_json("logs", str(log), "--to", "memory://", *BASE)
    assert code == 0
    assert summary["state"].startswith(str(tmpdir.join("home")))
    assert run_json("logs", str(log), "--to", "memory://", *BASE)[1][0]["before"] == 30
    tmpdir.join("file").write("")
    for name in ("XDG_STATE_HOME", "LOCALAPPDATA", "HOME"):
        monkeypatch.setenv(str(name), str(tmpdir.join("file")))
    assert run_json("logs", str(log), "--to", "memory://", *BASE)[0] == 2


class TestFailures:
    """A platform that does not take hits."""

    @pytest.fixture(autouse=True)
    def quick(self, monkeypatch):
        """Do not wait long for it."""
        quick = Retry(attempts=3, base=0.001, cap=0.001)
        monkeypatch.setattr(logs, "RETRIES", quick)

    @pytest.fixture
    def send(self, run, log, collector):
        """Import the log into Mixpanel, as the collector plays it."""
        log.write(log_text(30, 0, time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime())))
        url = collector.url.replace(":", "%3A").replace("/", "%2F")

        def runner(*more):
            address = "mixpanel://c0ffee0123456789?insecure=true&url=" + url
            return run("logs", str(log), "--to", address + "".join(more), *BASE)

        return runner

    def test_trying_again(self, send, collector):
        """What fails for a while is tried again, and said once."""
        collector.answer(503, times=2)
        ran = send()
        assert ran.code == 0
        assert ran.err.count("trying again") == 1
        assert [request.json for request in collector.requests].count(
            collector.requests[0].json
        ) == 3

    @pytest.mark.parametrize("status", [503, 401])
    def test_stopping(self, send, collector, status):
        """What lasts ends the run before the hit that failed; the next one sends it."""
        collector.answer(status)
        ran = send()
        assert ran.code == 1
        assert "stopped, for a hit may be taken later: mixpanel" in ran.err
        assert "stopped after line 0: 0 sent" in ran.err
        assert "the same command goes on there" in ran.err
        collector.answer(200, b"{}")
        collector.clear()
        assert send().code == 0
        assert sum(len(request.json) for request in collector.requests) == 30
        collector.clear()
        assert send().code == 0
        assert not collector.requests

    def test_refused_hits(self, send, collector):
        """Hits that the platform refuses for what they hold are passed over."""
        collector.answer(422, b"{}")
        assert send().code == 1
        collector.clear()
        assert send().code == 0
        assert not collector.requests

    def test_queued(self, send, collector):
        """A position does not pass hits that wait in memory, and then are lost."""
        collector.answer(401)
        assert send("&delivery=background").code == 1
        collector.answer(200, b"{}")
        collector.clear()
        assert send("&delivery=background").code == 0
        assert sum(len(request.json) for request in collector.requests) == 30


def test_damaged(run, log, database, tmpdir):
    """A compressed file that is not whole is told, others are read, and it goes on once it is whole."""
    packed = tmpdir.join("access.log.2.gz")
    with gzip.open(str(packed), "wb") as file:
        file.write(log_text(20, 100).encode("ascii"))
    whole = packed.read_binary()
    packed.write_binary(whole[:-20])
    ran = run("logs", str(packed), str(log), *to(database))
    assert ran.code == 1
    assert "not whole yet" in ran.err and "access.log.2.gz" in ran.err
    assert stored(database) == 30
    packed.write_binary(whole)
    assert run("logs", str(packed), str(log), *to(database)).code == 0
    assert stored(database) == 50


HARD = [
    b"\0" * 300,
    bytes(bytearray(range(256))).replace(b"\n", b""),
    b"x" * (1 << 20),
    LINE.encode("ascii")[:40],
    "gr\u00fcn".encode("latin-1") + b" gr\xc3\xbcn \xff\xfe",
    b'203.0.113.9 - - [10/Oct/2025:13:55:36 -0700] "GET /\xff HTTP/1.1" 200 9 "-" "\xf0\x28"',
]


def test_hard_lines(facts, log, database):
    """Lines of any bytes are counted, and are no hindrance to going on."""
    log.write_binary(log.read_binary() + b"\n".join(HARD) + b"\n")
    assert facts(str(log), *to(database))[:2] == (36, 0)
    with open(str(log), "ab") as file:
        file.write(b"\n".join(HARD[:3]) + b"\n")
    assert facts(str(log), *to(database))[:2] == (3, 36)
    assert facts(str(log), *to(database))[:2] == (0, 39)


@pytest.mark.skipif(os.name == "nt", reason="no such signals there")
class TestStopping:
    """Signals."""

    def test_noted(self):
        """The first signal is noted; the second one interrupts; after that all is as before."""
        held = signal.getsignal(signal.SIGTERM)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        with stopping.Stopping() as stop:
            assert not stop()
            os.kill(os.getpid(), signal.SIGTERM)
            stop.pause(10)
            assert stop() and stop.signal == signal.SIGTERM
            with pytest.raises(KeyboardInterrupt):
                os.kill(os.getpid(), signal.SIGINT)
                time.sleep(10)
        assert signal.getsignal(signal.SIGTERM) == held

    def test_at_once(self):
        """Where the command may be waiting for others, the first one interrupts."""
        with stopping.Stopping(at_once=True) as stop, pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(10)
        assert stop.signal == signal.SIGTERM

    def test_ignored(self):
        """A signal that is ignored stays so."""
        held = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            with stopping.Stopping() as stop:
                os.kill(os.getpid(), signal.SIGINT)
                stop.pause(0.2)
                assert not stop()
        finally:
            signal.signal(signal.SIGINT, held)

    def test_threads(self):
        """In another thread, where signals cannot be taken, it works without."""
        seen = []

        def enter():
            with stopping.Stopping() as stop:
                seen.append(stop())

        thread = threading.Thread(target=enter)
        thread.start()
        thread.join()
        assert seen == [False]

    @pytest.mark.skipif(not hasattr(os, "fork"), reason="needs os.fork")
    def test_children(self):
        """A child that was forked within ends by SIGTERM, as its parent expects."""
        with stopping.Stopping() as stop:
            ready, tell = os.pipe()
            child = os.fork()
            if child == 0:
                os.write(tell, b"!")
                for _ in range(200):  # on Python 2 a signal cuts a sleep short
                    time.sleep(0.1)
                os._exit(0)
            os.read(ready, 1)
            os.kill(child, signal.SIGINT)
            os.kill(child, signal.SIGTERM)
            assert os.waitpid(child, 0)[1] == signal.SIGTERM
            assert not stop()
            os.close(ready)
            os.close(tell)


def test_state_shows_no_credential(run, log, collector, tmpdir):
    """The file of positions does not hold the credentials of the provider."""
    url = collector.url.replace(":", "%3A").replace("/", "%2F")
    address = "mixpanel://c0ffee0123456789?insecure=true&url=" + url
    run("logs", str(log), "--state", str(tmpdir.join("state")), "--to", address, *BASE)
    held = b"".join(path.read_binary() for path in tmpdir.listdir("state*"))
    assert b"mixpanel" in held and b"c0ffee" not in held
