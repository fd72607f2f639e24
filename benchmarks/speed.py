"""Parts about speed with a collector that answers: calls, rates, single requests, the outbox."""

from __future__ import absolute_import, division, print_function, unicode_literals

import collections
import statistics

from .bench import Collector, label, nobody
from .table import Column, show, values

QUEUES = ("posthog", "segment", "rudder", "mixpanel", "amplitude", "snowplow")
DIRECT = ("ga4mp", "old")  # one request a call, in the caller's thread

LATENCY = [
    Column("p50 us", "p50", "%.1f"),
    Column("p99 us", "p99", "%.0f"),
    Column("p99.9 us", "p999", "%.0f"),
    Column("mean us", "mean", "%.1f"),
]
RATE = [
    Column("hits/s", "rate", "%.0f"),
    Column("CPU us/hit", "cpu", "%.1f"),
    Column("CPU saved x", "saved", "%.2f"),
    Column("bytes/hit", "size", "%.0f"),
    Column("hits/request", "batch", "%.0f"),
    Column("collector %", "share", "%.0f"),
]


def calls(bench):
    """What a call costs the caller, in a burst and with a millisecond between calls."""
    clients = ["floor", "ours:segment", "ours-json:segment", "ours-outbox:segment"] + list(QUEUES)
    for title, count, pause in (
        ("calls, burst", 2000 if bench.quick else 5000, 0),
        ("calls, one each ms", 600, 0.001),
    ):
        if pause and bench.quick:
            break
        names = clients + ([] if pause else list(DIRECT))
        with Collector(bench) as collector:
            tasks = collections.OrderedDict(
                (label(name), latency(bench, collector, name, count, pause))
                for name in names
                if bench.has(name)
            )
            show(title, LATENCY, bench.by_turns(tasks, 40), label("ours:segment"))


def latency(bench, collector, name, count, pause):
    """Make the measurement of one client's calls."""
    count = min(count, 200) if name in DIRECT else count

    def measure():
        found = bench.run("calls", client=name, url=collector.url, count=count, pause=pause)
        collector.report()
        return found

    return measure


def rates(bench):
    """Hits from the first call to the collector, on each peer's protocol; the client's CPU."""
    count = 2000 if bench.quick else 10000
    peers = [peer for peer in QUEUES + DIRECT if bench.has(peer)] or ["segment"]
    with Collector(bench) as collector:
        clients = ["floor", "floor_json"]
        for peer in peers:
            clients += ["ours:" + peer, "ours-json:" + peer, peer]
        tasks = collections.OrderedDict(
            (name, throughput(bench, collector, name, count)) for name in clients if bench.has(name)
        )
        found = bench.by_turns(tasks, 130)
    for peer in peers:
        names = ["floor", "floor_json", "ours:" + peer, "ours-json:" + peer, peer]
        rows = collections.OrderedDict(
            (label(name), found[name]) for name in names if name in found
        )
        base = label(peer if bench.has(peer) else "ours:" + peer)
        compare(rows, base)
        show("protocol of " + label(peer), RATE, rows, base)


def compare(rows, base):
    """Say how many times the CPU of a row is in that of the base: it does not depend on who else is busy."""
    reference = statistics.median(values(rows[base], "cpu") or [0])
    for found in rows.values():
        for each in found:
            if "cpu" in each:
                each["saved"] = reference / each["cpu"]


def throughput(bench, collector, name, count):
    """Make the measurement of one client's rate."""
    count = min(count, 1000) if name in DIRECT else count

    def measure():
        found = bench.run("rate", client=name, url=collector.url, count=count)
        report = collector.report()
        if "start" not in found or not report["arrived"]:
            return {"note": found.get("note", "nothing came")}
        seconds, arrived = report["last"] - found["start"], report["arrived"]
        result = {
            "rate": arrived / seconds,
            "cpu": found["cpu"] / arrived * 1e6,
            "size": report["bytes"] / arrived,
            "batch": arrived / report["requests"],
            "share": report["collector_cpu"] / seconds * 100,
        }
        if arrived < count:
            result["note"] = "%d of %d came" % (arrived, count)
        return result

    return measure


def single(bench):
    """Platforms that take one hit a request: ours, and the usual ways to send a request."""
    count = 100 if bench.quick else 600
    columns = [Column("hits/s", "rate", "%.0f"), Column("CPU us/hit", "cpu", "%.0f")]
    with Collector(bench) as collector:

        def ready(kind):
            return lambda: bench.run("single", kind=kind, url=collector.url, count=count)

        tasks = collections.OrderedDict()
        for title, kind in (
            ("http.client, kept", "http.client"),
            ("requests.Session.post", "session"),
            ("requests.post", "requests"),
        ):
            tasks[title] = ready(kind)
        for name in ("ours:plausible", "ours-direct:plausible") + DIRECT:
            if bench.has(name):
                tasks[label(name)] = throughput(bench, collector, name, count)
        collector.report()
        rows = bench.by_turns(tasks, 20)
        collector.report()
    show("one hit a request", columns, rows, "requests.Session.post")


def outbox(bench):
    """Calls that outlive the process: into an outbox, with nobody listening, and with many waiting."""
    count = 1000 if bench.quick else 10000
    columns = [
        Column("calls/s", "rate", "%.0f"),
        Column("p50 us", "p50", "%.1f"),
        Column("file MB", "megabytes", "%.0f"),
    ]
    tasks = collections.OrderedDict(
        [
            ("floor: a line to a file", lambda: bench.run("append", count=count)),
            ("floor: an insert, SQLite", lambda: bench.run("insert", count=count)),
        ]
    )
    for waiting in (0,) if bench.quick else (0, 50000):
        tasks["analytical, %d waiting" % waiting] = lambda waiting=waiting: bench.run(
            "outbox", url=nobody(), count=count, waiting=waiting
        )
    show("outbox", columns, bench.by_turns(tasks, 40), "analytical, 0 waiting")
