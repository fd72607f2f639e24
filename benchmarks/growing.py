"""The tasks of benchmarks.growth, each in a process and a folder of its own."""

from __future__ import absolute_import, division, print_function, unicode_literals

import contextlib
import os
import random
import resource
import time

from . import facts
from .ours import OUTBOX, make_provider

CALLS = 500
DELIVERED = 2000
EACH = 300  # calls of each of several processes
BEGIN, FIRST = 1788220800.0, "2026-09-01"  # the same day
DAYS = 90
MEMBERS = "amplitude googleanalytics4 mixpanel pirsch plausible posthog segment umami".split()


def outbox(url, waiting=0):
    """Make a provider with an outbox that holds so many hits already."""
    import analytical
    from analytical import _json
    from analytical.delivery import Outbox
    from analytical.delivery.outbox import key_of
    from analytical.params import read

    data, options = facts.ACCOUNTS["segment"]
    delivery = Outbox(os.path.abspath(OUTBOX), max_rows=10**7, max_bytes=1 << 36)
    provider = analytical.Provider("segment", data, url=url, delivery=delivery, **options)
    for start in range(0, waiting, 10000):
        hits = [read("pageview", facts.PAGEVIEW) for _ in range(start, min(start + 10000, waiting))]
        entries = [(hit.id, hit.time, _json.dumps(provider.payload(hit))) for hit in hits]
        delivery.file.add(key_of(provider), entries)
    return provider


def outbox_call(url, waiting):
    """Time calls by the clock of the calling thread alone; microseconds."""
    provider = outbox(url, waiting)
    for _ in range(50):
        provider.pageview(facts.PAGEVIEW)
    start = time.thread_time()
    for _ in range(CALLS):
        provider.pageview(facts.PAGEVIEW)
    return leave((time.thread_time() - start) / CALLS * 1e6)


def outbox_deliver(url, waiting):
    """Deliver some of what waits; microseconds of CPU a hit."""
    provider = outbox(url, waiting)
    wanted = min(waiting, DELIVERED) // 2
    provider.delivery.attach(provider)
    provider.delivery.flush(0.0)  # starts the thread
    wait_for(provider, 100)
    begun, start = settled(provider), time.process_time()
    wait_for(provider, begun + wanted)
    return leave((time.process_time() - start) / (settled(provider) - begun) * 1e6)


def settled(provider):
    """Count the hits that were delivered, those of other processes too."""
    return provider.guard.counts.snapshot()["delivered"]


def wait_for(provider, count):
    """Wait until so many hits are delivered."""
    deadline = time.time() + 300
    while settled(provider) < count:
        time.sleep(0.002)
        if time.time() > deadline:
            raise RuntimeError("%d of %d hits delivered" % (settled(provider), count))


def outbox_processes(url, count):
    """Write into one file from several processes at a time; microseconds of CPU a call."""
    outbox(url, 1).close(0.0)  # the file is there
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    children = []
    for _ in range(count):
        child = os.fork()
        if not child:
            provider = outbox(url)
            for _ in range(EACH):
                provider.pageview(facts.PAGEVIEW)
            os._exit(0)
        children.append(child)
    for child in children:
        os.waitpid(child, 0)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return leave(spent / count / EACH * 1e6)


def fanout_call(url, count):
    """Time calls of a fanout by the clock of the calling thread alone; microseconds."""
    import analytical

    members = [make_provider(name, url, "ours", 10**6) for name in MEMBERS[:count]]
    both = analytical.Provider("fanout", members)
    for _ in range(50):
        both.pageview(facts.PAGEVIEW)
    start = time.thread_time()
    for _ in range(CALLS):
        both.pageview(facts.PAGEVIEW)
    return leave((time.thread_time() - start) / CALLS * 1e6)


def summary(rows, path="analytics.db"):
    """Time the sums over so many rows, once the file has been read; seconds of CPU."""
    from analytical.report import queries

    fill(path, rows)
    queries.summary(path)
    start = time.process_time()
    queries.summary(path)
    return leave(time.process_time() - start)


def report_again(rows, path="analytics.db"):
    """Time the figures of the report over all days of so many rows, made once before; seconds of CPU."""
    from analytical.report.figures import figures

    fill(path, rows)
    figures(path, first=FIRST)
    start = time.process_time()
    figures(path, first=FIRST)
    return leave(time.process_time() - start)


def fill(path, rows):
    """Fill a file of the sqlite provider with the hits of visitors that come back; always the same ones."""
    from analytical._sqlite import Store
    from analytical.providers.rows import SCHEMA

    names = "id time type page referrer_host client_id name value title".split()
    sql = "INSERT INTO hits (%s) VALUES (%s)" % (", ".join(names), ", ".join("?" * len(names)))
    with contextlib.closing(Store(path, SCHEMA, timeout=60.0)) as store:
        with store.transaction() as connection:
            connection.executemany(sql, hits(rows))


def hits(rows):
    """Give rows in the order of their times: some thousand pages and sites, a visitor for every ten hits."""
    draw = random.Random(4711)
    for number in range(rows):
        visitor, page = draw.randrange(rows // 10 + 1), int(draw.paretovariate(1.0)) % 5000
        event = draw.random() < 0.1
        yield (
            "%032x" % draw.getrandbits(128),
            BEGIN + number * (DAYS * 86400.0 / rows),
            "event" if event else "pageview",
            "example.com/page/%d" % page,
            "site-%d.example" % (visitor % 3000) if draw.random() < 0.3 else None,
            "visitor-%d" % visitor,
            "signup" if event else None,
            1.0 if event else None,
            "Page %d" % page,
        )


def leave(cost):
    """Print the cost and end at once: what is queued or waits is of no interest."""
    print('{"cost": %r}' % cost, flush=True)
    os._exit(0)


TASKS = {
    each.__name__: each
    for each in (outbox_call, outbox_deliver, outbox_processes, fanout_call, summary, report_again)
}
