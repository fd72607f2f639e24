"""Outbox delivery: real files, real processes that are really killed."""

from __future__ import absolute_import, division, print_function, unicode_literals

import io
import os
import sqlite3
import subprocess
import sys
import textwrap
import threading
import time

import pytest

import analytical
from analytical.delivery import Outbox
from analytical.delivery.outbox import key_of
from analytical.delivery.outbox_file import OutboxFile
from analytical.delivery.retry import Retry
from analytical.errors import ConfigurationError
from analytical.testing import Collector

QUICK = Retry(base=0.01, cap=0.05, max_age=3600)


@pytest.fixture
def path(tmpdir):
    """A file that does not exist yet."""
    return str(tmpdir.join("hits.outbox"))


def make(url, path, **options):
    """Make a provider over an outbox; hits are told apart by their title."""
    settings = {"interval": 0.01, "retry": QUICK}
    settings.update(options)
    outbox = Outbox(path, **settings)
    return analytical.Provider("googleanalytics", "UA-1-1", url=url, delivery=outbox)


def titles(collector):
    """List the titles that arrived."""
    found = []
    for request in collector.requests:
        for line in request.lines:
            found.append(dict(pair.split(b"=") for pair in line.split(b"&"))[b"dt"].decode("ascii"))
    return found


def start(script, **environment):
    """Start a script in a process of its own."""
    environment = {str(key): str(value) for key, value in environment.items()}
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script)],
        env=dict(os.environ, **environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def rows(path, table="envelopes"):
    """Count the rows of a table."""
    connection = sqlite3.connect(path)
    try:
        cursor = connection.execute("SELECT count(*) FROM " + table)
        count = cursor.fetchone()[0]
        cursor.close()
        return count
    finally:
        connection.close()


def test_hits_go_through_the_file(path):
    """What is accepted is delivered, in its order, and deleted after."""
    with Collector() as collector:
        provider = make(collector.url, path)
        expected = ["t%d" % number for number in range(250)]
        for title in expected:
            assert provider.pageview(dp="/", title=title).state == "queued"
        assert provider.flush(20)
        assert titles(collector) == expected
        assert rows(path) == 0
        assert provider.stats()["delivered"] == 250
        assert provider.close(10)


SENDER = """
import analytical, os, sys
p = analytical.Provider(
    "googleanalytics", "UA-1-1", url=os.environ["URL"],
    delivery=analytical.delivery.Outbox(os.environ["FILE"]),
)
n = 0
while n < 2000:
    if p.pageview(dp="/", title="%s-%d" % (os.environ["WHO"], n)):
        os.write(1, ("%s-%d\\n" % (os.environ["WHO"], n)).encode("ascii"))
    n += 1
"""


def test_a_killed_process_loses_nothing(path):
    """Every hit whose call returned true is delivered after SIGKILL, by another process."""
    # Nothing listens there while the first process lives, so that all its hits are still in the file.
    with Collector() as collector:
        url = collector.url
        port = collector.port
    process = start(SENDER, URL=url, FILE=path, WHO="a")
    seen = process.stdout.readline() + process.stdout.readline()
    process.kill()
    accepted = (seen + process.communicate()[0]).decode("ascii").split()
    assert len(accepted) >= 2
    with Collector(port=port) as collector:
        provider = make(collector.url, path)
        provider.delivery.attach(provider)
        assert provider.flush(30)
        assert set(accepted) <= set(titles(collector))
        assert provider.close(10)


def test_many_processes_share_a_file(path):
    """Four processes on one file, one of them killed: each accepted hit arrives, none is invented."""
    with Collector() as collector:
        children = [start(SENDER, URL=collector.url, FILE=path, WHO=who) for who in "abcd"]
        first = children[0].stdout.readline()
        children[0].kill()
        accepted = first.split()
        for child in children:
            output, errors = child.communicate()
            assert child is children[0] or not errors, errors
            accepted += output.split()
        provider = make(collector.url, path)
        provider.delivery.attach(provider)
        assert provider.flush(60)
        arrived = set(titles(collector))
        assert {each.decode("ascii") for each in accepted} <= arrived
        assert len(arrived) <= 4 * 2000
        assert provider.close(10)


def test_others_cannot_hold_up_a_flush(path):
    """A flush waits for the hits that are there when it is called, however many others go on to write."""
    with Collector() as collector:
        writer = start(SENDER.replace("n < 2000", "True"), URL=collector.url, FILE=path, WHO="a")
        reader = threading.Thread(target=writer.communicate)  # or it would stop at a full pipe
        reader.start()
        try:
            provider = make(collector.url, path)
            for number in range(10):
                assert provider.pageview(dp="/", title="mine%d" % number)
            assert provider.flush(30)
            assert writer.poll() is None
            assert {"mine%d" % number for number in range(10)} <= set(titles(collector))
        finally:
            writer.kill()
            reader.join()
        provider.close(0.1)


def test_a_silent_platform_keeps_the_rows(path):
    """While the platform is away rows wait; they arrive when it is back."""
    with Collector() as collector:
        collector.answer(503)
        provider = make(collector.url, path)
        for number in range(30):
            provider.pageview(dp="/", title="t%d" % number)
        assert not provider.flush(0.3)
        assert rows(path) == 30
        collector.answer(200)
        assert provider.flush(20)
        assert rows(path) == 0
        assert provider.close(10)


def test_rejected_rows_are_kept_aside(path):
    """What the platform refuses is kept with its reason, can be tried again, and be deleted."""
    with Collector() as collector:
        collector.answer(400)
        provider = make(collector.url, path)
        provider.pageview(dp="/", title="a")
        assert provider.flush(10)
        file = OutboxFile(path)
        assert [reason for _, _, reason in file.rejected()] == ["http_400"]
        assert file.status()["rejected"][0]["count"] == 1
        collector.answer(200)
        assert file.retry() == 1
        assert provider.flush(10)
        assert titles(collector) == ["a", "a"]
        assert file.purge() == 0
        assert provider.close(10)


def test_a_fork_shares_the_file(path):
    """A child forked in mid-queue and its parent deliver each hit once."""
    script = """
    import analytical, os, sys
    p = analytical.Provider(
        "googleanalytics", "UA-1-1", url=os.environ["URL"],
        delivery=analytical.delivery.Outbox(os.environ["FILE"]),
    )
    for n in range(40):
        p.pageview(dp="/", title="parent%d" % n)
    child = os.fork()
    for n in range(40):
        p.pageview(dp="/", title="%s%d" % ("after" if child else "child", n))
    if child:
        os.waitpid(child, 0)
    sys.exit(0)
    """
    with Collector() as collector:
        process = start(script, URL=collector.url, FILE=path)
        _, errors = process.communicate()
        assert process.returncode == 0, errors
        provider = make(collector.url, path)
        provider.delivery.attach(provider)
        assert provider.flush(20)
        expected = ["%s%d" % (who, n) for who in ("parent", "after", "child") for n in range(40)]
        assert sorted(titles(collector)) == sorted(expected)
        assert provider.close(10)


def test_an_unusable_file_sends_from_memory(tmpdir):
    """A corrupt file or a missing folder harms nobody: hits go out from memory, and it is said."""
    corrupt = tmpdir.join("corrupt")
    corrupt.write("this is no database " * 100)
    for path in (str(corrupt), str(tmpdir.join("no", "such", "folder"))):
        with Collector() as collector:
            provider = make(collector.url, path)
            outcome = provider.pageview(dp="/", title="a")
            assert (outcome.state, outcome.reason) == ("queued", "in_memory")
            assert provider.flush(10)
            assert titles(collector) == ["a"]
            provider.close(10)


def test_a_deleted_file_is_made_anew(path):
    """When the file is deleted underneath, the next hits are in a new one."""
    with Collector() as collector:
        provider = make(collector.url, path)
        provider.pageview(dp="/", title="a")
        assert provider.flush(10)
        for name in (path, path + "-wal", path + "-shm"):
            if os.path.exists(name):
                os.remove(name)
        assert provider.pageview(dp="/", title="b").state == "queued"
        assert provider.flush(10)
        assert titles(collector) == ["a", "b"]
        assert provider.close(10)


def test_bounds(path):
    """Beyond the bound the oldest rows are dropped and counted."""
    with Collector() as collector:
        collector.answer(503)
        provider = make(collector.url, path, max_rows=10)
        for number in range(25):
            provider.pageview(dp="/", title="t%d" % number)
        assert rows(path) <= 20
        assert provider.stats()["dropped"]["outbox_full"] >= 5
        provider.close(0.1)


def test_gaps_are_not_counted(path):
    """The room of rows that were delivered is there for others, wherever they stood."""
    file = OutboxFile(path, max_rows=10)
    add = lambda count: file.add("x-1", [("a" * 32, 1.0, b"{}")] * count)  # noqa: E731
    assert add(9) == 0
    leased, _ = file.lease("x-1", 9)
    file.remove([(row[0], None) for row in leased[1:]])
    assert add(9) == 0
    assert rows(path) == 10
    assert add(10) == 10
    assert rows(path) == 10
    file.close()


def test_the_log_is_moved_into_the_file(path):
    """What was added goes from SQLite's log into the file when asked for and much, and is all there."""
    file = OutboxFile(path)
    file.add("x-1", [("%032x" % 0, 1.0, b"{}")])
    before = os.path.getsize(path)
    file.tidy()
    assert os.path.getsize(path) == before
    file.add("x-1", [("%032x" % number, 1.0, b"{}") for number in range(1, 1000)])
    assert os.path.getsize(path) == before
    file.tidy()
    moved = os.path.getsize(path)
    assert moved > before + 50000
    assert len(file.lease("x-1", 1000)[0]) == 1000
    file.tidy()
    assert os.path.getsize(path) == moved
    file.close()


def test_the_thread_moves_the_log(path):
    """The thread of an outbox does so beside the calls, though nobody listens."""
    provider = make("http://127.0.0.1:9", path)
    provider.pageview(dp="/", title="a")
    before = os.path.getsize(path)
    provider.batch([("pageview", {"dp": "/", "title": "b"})] * 1000)
    deadline = time.time() + 20
    while os.path.getsize(path) <= before + 50000 and time.time() < deadline:
        time.sleep(0.01)
    assert os.path.getsize(path) > before + 50000
    assert rows(path) == 1001
    provider.close(0.1)


def test_many_rows_are_removed_at_once(path):
    """More rows than SQLite takes names for in a statement."""
    file = OutboxFile(path)
    file.add("x-1", [("%032x" % number, 1.0, b"{}") for number in range(1203)])
    leased, _ = file.lease("x-1", 1202)
    file.remove([(row[0], "http_400" if row[0] == 7 else None) for row in leased])
    assert rows(path) == 1
    assert rows(path, "rejected") == 1
    file.close()


def test_old_rows_are_dropped(path):
    """A row older than max_age is dropped and counted, not sent."""
    with Collector() as collector:
        provider = make(collector.url, path, max_age=0.01)
        OutboxFile(path).add(key_of(provider), [("a" * 32, time.time(), b"{}")])
        time.sleep(0.05)
        provider.delivery.attach(provider)
        assert provider.flush(10)
        assert provider.stats()["dropped"] == {"too_old": 1}
        assert collector.requests == []
        assert provider.close(10)


def test_no_credential_in_the_file(path):
    """The file holds payloads and no secret, neither of the address nor of the account."""
    secret = "planted-0123456789"
    with Collector() as collector:
        collector.answer(503)
        provider = analytical.Provider(
            "googleanalytics",
            "UA-1-1",
            url=collector.url + "/" + secret,
            delivery=Outbox(path, interval=0.01),
        )
        assert provider.pageview(dp="/", title="a")
        provider.close(0.1)
    for name in (path, path + "-wal"):
        if os.path.exists(name):
            with io.open(name, "rb") as file:
                assert secret.encode("ascii") not in file.read()


def test_threads_share_a_file(path):
    """Hits of many threads are all in the file when their calls return."""
    with Collector() as collector:
        collector.answer(503)
        provider = make(collector.url, path)

        def work():
            for _ in range(25):
                assert provider.pageview(dp="/", title="a")

        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert rows(path) == 200
        collector.answer(200)
        assert provider.flush(30)
        assert provider.close(10)


@pytest.mark.parametrize(
    "given",
    [{"path": 5}, {"path": ""}, {"path": "x", "durable": "no"}, {"path": "x", "max_rows": 0}],
)
def test_senseless_options(given):
    """A path or number that cannot work is refused."""
    with pytest.raises(ConfigurationError):
        Outbox(**given)


def test_by_url(path):
    """An outbox can be named in a provider's address."""
    with Collector() as collector:
        address = "googleanalytics://UA-1-1?url=%s&delivery=outbox://%s" % (collector.url, path)
        provider = analytical.from_url(address)
        assert provider.pageview(dp="/", title="a")
        assert provider.flush(20)
        assert titles(collector) == ["a"]
        assert provider.close(10)


def test_rows_of_a_dead_process_are_given_back(path):
    """What a process had taken when it died is delivered by another, without waiting for a lease."""
    with Collector() as collector:
        collector.hang(seconds=60)
        process = start(SENDER, URL=collector.url, FILE=path, WHO="a")
        collector.wait(1, timeout=30)  # it has taken rows, and waits for the answer
        process.kill()
        accepted = process.communicate()[0].decode("ascii").split()
        collector.clear()
        collector.answer(200)
        provider = make(collector.url, path)
        provider.delivery.attach(provider)
        assert provider.flush(30)
        assert set(accepted) <= set(titles(collector))
        assert provider.close(10)
