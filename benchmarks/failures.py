"""Parts about bad days: a collector that is down or hangs, a process that is killed, exits or forks."""

from __future__ import absolute_import, division, print_function, unicode_literals

import collections
import concurrent.futures
import time

from .bench import Collector, in_folder, label, nobody
from .speed import QUEUES
from .table import Column, show

CLIENTS = ("floor", "ours:segment", "ours-outbox:segment") + QUEUES
COUNT = 1030  # calls of a process that is killed, exits or forks
SETTLE = 0.3  # seconds for what is in the sockets when a process ends


def down(bench):
    """Time and memory of 200,000 calls with nobody listening, stopped after seven seconds."""
    count, seconds = (10000, 1) if bench.quick else (200000, 7)
    columns = [
        Column("us/call", "us", "%.1f"),
        Column("CPU us/call", "cpu", "%.1f"),
        Column("calls", "made", "%.0f"),
        Column("seconds", "seconds", "%.1f"),
        Column("more MB", "megabytes", "%.1f"),
    ]
    tasks = collections.OrderedDict(
        (label(name), lambda name=name: fallen(bench, name, count, seconds))
        for name in CLIENTS
        if bench.has(name)
    )
    show("collector down", columns, bench.by_turns(tasks, 100, 2), ours())


def ours():
    """Name the row that others are compared with."""
    return label("ours:segment")


def fallen(bench, name, count, seconds):
    """Measure one client with the collector down."""
    limit = seconds + 4
    found = bench.run("down", limit, client=name, url=nobody(), count=count, seconds=seconds)
    if "made" not in found:
        return {"note": found.get("note", "a call did not return in %d s" % limit)}
    found["us"] = found["seconds"] / found["made"] * 1e6
    return found


def exits(bench):
    """How long a process stays after its last line, when the collector takes requests and never answers."""
    limit, clients = 4 if bench.quick else 20, [name for name in CLIENTS if bench.has(name)]
    with concurrent.futures.ThreadPoolExecutor(len(clients)) as pool:
        # All at once, as they only wait.
        found = list(pool.map(lambda name: lingering(bench, name, limit), clients))
    rows = collections.OrderedDict((label(name), [each]) for name, each in zip(clients, found))
    show("exit, collector hangs", [Column("seconds", "seconds", "%.1f")], rows, ours())


def lingering(bench, name, limit):
    """Measure one client's exit."""
    with Collector(bench, "hang") as collector:
        found = bench.run("leave", limit, client=name, url=collector.url, count=COUNT)
    if "called" not in found:
        return {"note": found.get("note", "a call did not return in %d s" % limit)}
    if "late" in found:
        return {"note": "still there after %d s" % limit}
    return {"seconds": found["ended"] - found["called"]}


def loss(bench):
    """How many of 1,030 accepted calls come when the process is killed, ends without close(), or forks."""
    columns = [Column("arrived", "arrived", "%.0f"), Column("came again", "again", "%.0f")]
    with Collector(bench) as collector:
        for title, lose in (("SIGKILL", killed), ("plain exit", ended), ("forked child", forked)):
            tasks = collections.OrderedDict(
                (label(name), lambda name=name, lose=lose: lose(bench, collector, name))
                for name in CLIENTS
                if bench.has(name)
            )
            show(title + " after 1,030", columns, bench.by_turns(tasks, 25, 2))


def killed(bench, collector, name):
    """Kill a process after its last call; an outbox is then brought out by another process."""
    options = {"client": name, "url": collector.url}
    with in_folder() as folder:
        found = bench.run("leave", 20, folder, count=COUNT, kill=True, **options)
        if "-outbox" in name:
            bench.run("bring", 30, folder, **options)
        return counted(collector, found)


def ended(bench, collector, name):
    """End a process as a script ends."""
    found = bench.run("leave", 20, client=name, url=collector.url, count=COUNT)
    return counted(collector, found)


def forked(bench, collector, name):
    """Make the calls in a forked child."""
    found = bench.run("fork", 20, client=name, url=collector.url, count=COUNT)
    return counted(collector, found, 100, "the child hung" if found.get("hung") else None)


def counted(collector, found, lowest=0, note=None):
    """Count what came."""
    time.sleep(SETTLE)
    report = collector.report(lowest)
    if "late" in found:
        note = "killed after %d s" % found["late"]
    note = found.get("note", note)
    result = {"arrived": report["arrived"], "again": report["again"]}
    return dict(result, note=note) if note else result
