"""The logs command: pageviews of access logs in any provider, each once."""

from __future__ import absolute_import, division, print_function, unicode_literals

import os
import signal
import sqlite3
import subprocess
import sys
import time

import pytest

AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
LINE = '203.0.113.%d - - [10/Oct/2025:13:55:36 -0700] "GET /%d HTTP/1.1" %d 9 "-" "%s"\n'
DEADLINE = 30  # seconds


def log_text(count, start=0):
    """Write lines, one of ten an error."""
    return "".join(
        LINE % (number % 250, number, 404 if number % 10 == 9 else 200, AGENT)
        for number in range(start, start + count)
    )


def rows(path, columns="url"):
    """Give what a file of the sqlite provider holds."""
    connection = sqlite3.connect(str(path))
    try:
        return connection.execute("SELECT %s FROM hits ORDER BY seq" % columns).fetchall()
    finally:
        connection.close()


@pytest.fixture
def log(tmpdir):
    """A log of 30 lines, of which 27 are pageviews, and one that is none."""
    path = tmpdir.join("access.log")
    path.write(log_text(30) + "garbage\n")
    return path


@pytest.fixture
def database(tmpdir):
    """Where hits go."""
    return tmpdir.join("a.db")


def to(database):
    """Give the options that send to a file."""
    return ("--to", "sqlite://%s" % database, "--base", "https://example.com")


def test_import(run, log, database):
    """Pageviews are stored at their time, anonymized; all else is counted, and bad lines are shown."""
    ran = run("logs", str(log), *to(database))
    assert ran.code == 0
    assert "Stored 27 hits" in ran.out
    assert "Read as combined" in ran.out and "error: answers of 400 and above" in ran.out
    assert ran.err == "analytical: line 31 is not in the format combined\n"
    assert rows(database, "url, time, user_ip, status")[0] == (
        "https://example.com/0",
        1760129736.0,
        "203.0.0.0",
        200,
    )


def test_summary(run_json, log, database):
    """The summary for machines counts everything, and tells how fast it was and where to go on."""
    code, (facts,) = run_json("logs", str(log), *to(database))
    assert code == 0
    assert facts.pop("seconds") > 0
    assert facts.pop("lines_per_second") > 0
    assert facts == {
        "bad": 1,
        "before": 0,
        "failed": 0,
        "files": [{"end": len(log.read()), "file": "access.log", "start": 0}],
        "formats": ["combined"],
        "left_out": {"error": 3},
        "lines": 31,
        "pageviews": 27,
        "sent": 27,
        "state": "%s.logs" % database,
    }


def test_zone(run, tmpdir, database):
    """Lines that name no zone are in that of --timezone."""
    path = tmpdir.join("haproxy.log")
    path.write(
        "203.0.113.9:33317 [10/Oct/2025:13:55:36.655] http-in static/srv1 10/0/30/69/109 200 2750 - - "
        '---- 1/1/1/1/0 0/0 {Firefox} "GET /index.html HTTP/1.1"\n'
    )
    ran = run("logs", str(path), "--keep", "bot", "--timezone", "-0700", *to(database))
    assert ran.code == 0
    assert rows(database, "time") == [(1760129736.655,)]


def test_standard_input(run, database):
    """The standard input is a log too; its last line needs no end."""
    text = log_text(3).rstrip("\n").encode("ascii")
    ran = run("logs", "-", *to(database), stdin=text)
    assert (ran.code, len(rows(database))) == (0, 3)


def test_options(run, log, database):
    """What is kept and left out can be chosen, and the format be given."""
    string = '%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i"'
    ran = run(
        "logs", str(log), "--keep", "error", "--exclude", "/1*", "--format", string, *to(database)
    )
    assert ran.code == 0
    assert len(rows(database)) == 30 - 11
    assert "excluded: paths that you left out" in ran.out


def test_privacy(run, log, database, tmpdir):
    """Each hit is cleaned as by private(), unless all is to be kept."""
    log.write(log_text(1).replace("GET /0", "GET /0?email=ann%40example.com&utm_source=mail"))
    assert run("logs", str(log), *to(database)).code == 0
    assert rows(database, "url, user_ip") == [
        ("https://example.com/0?utm_source=mail", "203.0.0.0")
    ]
    other = tmpdir.join("b.db")
    assert run("logs", str(log), "--no-privacy", *to(other)).code == 0
    assert rows(other, "url, user_ip, user_agent") == [
        ("https://example.com/0?email=ann%40example.com&utm_source=mail", "203.0.113.0", AGENT)
    ]


def test_dry_run(run, log, database):
    """A dry run shows what would be stored, and makes no file."""
    ran = run("logs", str(log), "--dry-run", *to(database))
    assert ran.code == 0
    assert ran.out.count('"type": "pageview"') == 27
    assert not database.check()


def test_other_platforms(run, log, collector):
    """Hits go to any platform, which refuses those it cannot back-date."""
    url = collector.url.replace(":", "%3A").replace("/", "%2F")
    ran = run(
        "logs",
        str(log),
        "--base",
        "https://example.com",
        "--to",
        "plausible://example.com?url=" + url,
    )
    assert ran.code == 1
    assert "too_old" in ran.err
    assert not collector.requests


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "it needs a FILE"),
        (("a", "b", "--follow"), "--follow takes one FILE"),
        (("a", "--format", "combned"), "did you mean combined?"),
        (("a", "--keep", "nothing"), "--keep"),
        (("a", "--timezone", "Utopia/City"), "such as"),
    ],
)
def test_usage(run, arguments, says):
    """A mistake in the command is told, and its exit code is 2."""
    ran = run("logs", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert says in ran.err


def test_no_format(run, tmpdir, database):
    """A log of no known format is refused before anything is sent, with the way out."""
    path = tmpdir.join("other.log")
    path.write("nothing known\n" * 5)
    ran = run("logs", str(path), *to(database))
    assert ran.code == 2
    assert "give --format" in ran.err
    assert run("logs", str(tmpdir.join("missing")), *to(database)).code == 1


@pytest.mark.skipif(os.name == "nt", reason="no such signal there")
def test_follow(log, database):
    """A log that grows is imported as it grows, until the command is interrupted, which it says."""
    process = subprocess.Popen(
        [sys.executable, "-m", "analytical", "logs", str(log), "--follow"] + list(to(database)),
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        # A shell in the background has its children ignore it.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    try:
        wait_for(database, 27)
        log.write(log_text(10, 30), mode="a")
        wait_for(database, 36)
        process.send_signal(signal.SIGINT)
        error = process.communicate()[1].decode("ascii")
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
    assert process.returncode == 130
    assert "stopped after line 41: 36 sent" in error
    assert "the same command goes on there" in error


def wait_for(database, count):
    """Wait until a file holds so many hits."""
    end = time.time() + DEADLINE
    while time.time() < end:
        try:
            if len(rows(database)) >= count:
                break
        except sqlite3.Error:  # not made yet
            pass
        time.sleep(0.05)
    assert len(rows(database)) == count
