"""Measurements of single functions; times of calls are in microseconds."""

from __future__ import absolute_import, division, print_function, unicode_literals

import http.client
import json
import os
import socket
import sqlite3
import time
import timeit

from . import facts, privacy
from .ours import OUTBOX, make_provider

TABLE = "create table hits (id integer primary key, body blob)"


def per_call(function, number=2000):
    """Measure the CPU of a call, after a first one that may load what it needs."""
    function()
    return timeit.timeit(function, number=number, timer=time.process_time) / number * 1e6


def anonymize():
    """The anonymizers of whatever package is called analytical here."""
    from analytical.utils import anonymize_ip_address, anonymize_user_agent

    return {
        "ipv4": per_call(lambda: anonymize_ip_address(facts.ADDRESS)),
        "ipv6": per_call(lambda: anonymize_ip_address(facts.ADDRESS6)),
        "agent": per_call(lambda: anonymize_user_agent(facts.AGENT), 500),
    }


def anonymize_floor():
    """The least: the system's own functions for addresses, and a dict of the agents."""
    known = {facts.AGENT: facts.AGENT}

    def masked(family, address):
        packed = socket.inet_pton(family, address)
        return socket.inet_ntop(family, packed[:-2] + b"\0\0")

    return {
        "ipv4": per_call(lambda: masked(socket.AF_INET, facts.ADDRESS)),
        "ipv6": per_call(lambda: masked(socket.AF_INET6, facts.ADDRESS6)),
        "agent": per_call(lambda: known.get(facts.AGENT)),
    }


def mapping():
    """Read the params of a pageview, and map it for each platform."""
    import analytical
    from analytical.params import read

    hit = read("pageview", facts.PAGEVIEW)
    found = {"read(params)": per_call(lambda: read("pageview", facts.PAGEVIEW))}
    for name, (account, options) in facts.ACCOUNTS.items():
        if name not in facts.PLATFORMS:
            provider = analytical.Provider(name, account, **options)
            found[name] = per_call(lambda provider=provider: provider.payload(hit), 1000)
    return found


def processors():
    """The processors of analytical.privacy."""
    return privacy.measure(per_call)


def stages(account, url):
    """The stages of a platform's hit."""
    from . import (
        stages as stages_of,
    )  # analytical 0.0.1, which is measured too, has no such modules

    return stages_of.measure(per_call, account, url)


def timed(call, count):
    """Call so often; give the rate, and the time that half of the calls stay under."""
    spent = []
    for number in range(count):
        start = time.perf_counter()
        call(number)
        spent.append(time.perf_counter() - start)
    return {"rate": count / sum(spent), "p50": sorted(spent)[count // 2] * 1e6}


def outbox(url, count, waiting):
    """Accept hits into an outbox where so many wait already, with nobody listening."""
    provider = make_provider("segment", url, "ours-outbox", None)
    page = ("pageview", {"url": facts.URL, "title": facts.MARK % 0, "client_id": facts.VISITOR})
    for start in range(0, waiting, 1000):
        provider.batch([page] * min(1000, waiting - start))

    def call(number):
        provider.pageview(
            url=facts.URL,
            title=facts.MARK % number,
            referrer=facts.REFERRER,
            client_id=facts.VISITOR,
            user_ip=facts.ADDRESS,
            user_agent=facts.AGENT,
            language=facts.LANGUAGE,
        )

    call(0)
    found = timed(call, count)
    found["megabytes"] = sum(map(os.path.getsize, _files())) / 1e6
    return found


def _files():
    return [name for name in (OUTBOX, OUTBOX + "-wal") if os.path.exists(name)]


def insert(count):
    """The least for a durable call: a dict as JSON into SQLite, a transaction each."""
    connection = sqlite3.connect("floor.sqlite", isolation_level=None)
    connection.execute("pragma journal_mode=wal")
    connection.execute("pragma synchronous=normal")
    connection.execute(TABLE)

    def call(number):
        body = json.dumps(dict(facts.PAGEVIEW, dt=facts.MARK % number))
        connection.execute("insert into hits (body) values (?)", (body,))

    return timed(call, count)


def append(count):
    """The least without a database: a line added to a file."""
    with open("floor.log", "ab", buffering=0) as file:
        return timed(
            lambda number: file.write(
                json.dumps(dict(facts.PAGEVIEW, dt=facts.MARK % number)).encode() + b"\n"
            ),
            count,
        )


def single(kind, url, count):
    """Send requests of one hit each, ready to go, with the tools that people take."""
    body = json.dumps({"name": "pageview", "url": facts.URL, "title": facts.MARK % 0}).encode()
    headers = {"Content-Type": "application/json", "User-Agent": facts.AGENT}
    cpu, start = time.process_time(), time.perf_counter()
    SINGLE[kind](url, body, headers, count)
    spent = time.perf_counter() - start
    return {"rate": count / spent, "cpu": (time.process_time() - cpu) / count * 1e6}


def _session(url, body, headers, count):
    import requests

    with requests.Session() as session:
        for _ in range(count):
            session.post(url, data=body, headers=headers, timeout=3)


def _each(url, body, headers, count):
    import requests

    for _ in range(count):
        requests.post(url, data=body, headers=headers, timeout=3)


def _kept(url, body, headers, count):
    connection = http.client.HTTPConnection(url.partition("//")[2])
    for _ in range(count):
        connection.request("POST", "/", body, headers)
        connection.getresponse().read()


SINGLE = {"session": _session, "requests": _each, "http.client": _kept}
TASKS = {
    each.__name__: each
    for each in (
        anonymize,
        anonymize_floor,
        mapping,
        processors,
        stages,
        outbox,
        insert,
        append,
        single,
    )
}
