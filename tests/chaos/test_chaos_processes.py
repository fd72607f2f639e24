"""Processes that are killed, forked and many, clocks that jump, disks that are full: no accepted hit is lost."""

from __future__ import absolute_import, division, print_function, unicode_literals

import os
import signal
import time

import pytest
from turmoil import LONG, SEED, Books, Platform

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs os.fork")
KILLS = 100 if LONG else 6
FORKS = 20 if LONG else 4
COUNT = 500 if LONG else 50

# Each child opens the outbox anew and is killed at some point: while it opens, writes, delivers or waits.
KILLED = """
make("file")  # all is imported before the forks, and nothing opened
for number in range(int(os.environ["KILLS"])):
    child = os.fork()
    if child == 0:
        provider = make("file")
        send(provider, "child%d" % number, 200)
        time.sleep(60)
        os._exit(1)
    time.sleep(random.uniform(0.0, 0.2))
    os.kill(child, signal.SIGKILL)
    assert os.waitpid(child, 0)[1] == signal.SIGKILL
"""

# Forked amid writers and deliveries of both kinds; children end as programs do.
FORKED = """
providers = {"memory": make("memory"), "file": make("file")}
go_on = [True]

def work(who):
    number = 0
    while go_on:
        for kind in providers:
            send(providers[kind], "%s-%s-%d" % (kind, who, number), 2)
        number += 1
        time.sleep(0.002)

threads = []
if hasattr(os, "register_at_fork"):  # before, a fork amid a transaction of another thread is not safe
    threads = [threading.Thread(target=work, args=(who,)) for who in "ab"]
for thread in threads:
    thread.daemon = True
    thread.start()
children = []
for fork in range(int(os.environ["FORKS"])):
    for kind in providers:
        send(providers[kind], "%s-parent-%d" % (kind, fork), 20)
    child = os.fork()
    if child == 0:
        for kind in providers:
            send(providers[kind], "%s-child-%d" % (kind, fork), 20)
            assert providers[kind].close(50), providers[kind].stats()
        os._exit(0)
    children.append(child)
for child in children:
    assert os.waitpid(child, 0)[1] == 0
del go_on[:]
for thread in threads:
    thread.join()
for kind in providers:
    assert providers[kind].close(50), providers[kind].stats()
"""

EIGHT = """
children = []
for number in range(8):
    child = os.fork()
    if child == 0:
        random.seed(number)
        provider = make("file")
        send(provider, "child%d" % number, int(os.environ["COUNT"]))
        sys.exit(0)
    children.append(child)
for child in children:
    assert os.waitpid(child, 0)[1] == 0
"""

JUMP = """
shift = [0.0]
true_time = time.time
time.time = lambda: true_time() + shift[0]
providers = {"memory": make("memory"), "file": make("file")}
for number, jump in enumerate([0.0, -3600.0, 3600.0, 0.0]):
    shift[0] = jump
    for kind in providers:
        send(providers[kind], "%s-%d" % (kind, number), int(os.environ["COUNT"]))
for kind in providers:
    assert providers[kind].close(50), providers[kind].stats()
    stats = providers[kind].stats()
    assert stats["delivered"] == stats["accepted"], stats
"""

# The file grows until it may not; hits go to memory then, and to the file again when there is room.
FULL = """
import resource
provider = make("file")
send(provider, "before", 20)
soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (300000, hard))
send(provider, "while", 200, size=5000)
assert provider.delivery._memory.waiting(), "the disk was not full"
resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
send(provider, "after", 20)
os.rename(os.environ["LOG"] + ".full", os.environ["LOG"] + ".well")
assert provider.close(50), provider.stats()
"""


def test_killed_at_random_points(tmpdir):
    """What processes accepted before they were killed, others deliver; no hit gets a second id."""
    with Platform() as platform:
        platform.busy = 0.2
        books = Books(tmpdir, platform)
        books.run(KILLED, KILLS=KILLS)
        platform.busy = 0.0
        books.sweep()
        assert len(books.noted("+")) > KILLS
        books.check()


def test_forks_in_mid_queue(tmpdir):
    """Parent, threads and children have what each accepted delivered, and nothing twice."""
    with Platform() as platform:
        books = Books(tmpdir, platform)
        books.run(FORKED, FORKS=FORKS)
        books.sweep()
        assert len(books.noted("+")) >= FORKS * 80
        books.check(exactly=True)


def test_eight_processes_on_one_outbox(tmpdir):
    """Eight processes write and deliver one file while the platform is busy: every hit is there once."""
    with Platform() as platform:
        platform.busy = 0.3
        books = Books(tmpdir, platform)
        books.run(EIGHT, COUNT=COUNT)
        platform.busy = 0.0
        books.sweep()
        assert len(books.noted("+")) == 8 * COUNT
        books.check(exactly=True)


def test_the_clock_jumps(tmpdir):
    """A clock that is set back an hour, and forth, costs no hit."""
    with Platform() as platform:
        platform.busy = 0.3
        books = Books(tmpdir, platform)
        books.run(JUMP, COUNT=COUNT)
        assert len(books.noted("+")) == 8 * COUNT
        books.check()


@pytest.mark.skipif(not hasattr(signal, "SIGXFSZ"), reason="needs a limit of file sizes")
def test_the_disk_is_full(tmpdir):
    """Without room in the file hits wait in memory; with room again all that was accepted arrives."""
    with Platform() as platform:
        platform.collector.answer(503, headers={"Retry-After": "0"})
        books = Books(tmpdir, platform)
        program = books.start(FULL)
        full = tmpdir.join("log.full")
        full.write("")
        while program.poll() is None and full.check():
            time.sleep(0.01)
        platform.well()
        books.finish(program)
        assert "hits wait in memory" in books.errors()
        books.sweep()
        assert len(books.noted("+")) == 240, SEED
        books.check()
