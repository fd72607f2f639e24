"""
One measurement in a process of its own, so that none finds another's memory, threads or warm caches.

    python -m benchmarks.child TASK '{"client": "posthog", "url": "http://127.0.0.1:PORT", ...}'

Prints what it found as JSON.
"""

from __future__ import absolute_import, division, print_function, unicode_literals

import json
import logging
import os
import platform
import signal
import sys
import time

from . import growing, micro, report
from .clients import open_client


def keep_to_loopback(event, arguments):
    """End the process that wants to connect to another machine, whatever an SDK has in mind."""
    if event == "socket.connect" and isinstance(arguments[1], tuple):
        if arguments[1][0] != "127.0.0.1":
            os.write(2, b"refused: a connection to another machine\n")
            os._exit(9)


def versions(modules):
    """Say which of the modules can be imported here: {module: version of its package}."""
    from importlib import metadata, util

    found = {}
    for module, package in modules.items():
        try:
            if util.find_spec(module):
                found[module] = metadata.version(package)
        except (ImportError, metadata.PackageNotFoundError):
            pass
    return dict(found, python=platform.python_version())


def calls(client, url, count, pause=0.0):
    """Time single calls, without or with a pause between them; microseconds."""
    call, close = open_client(client, url)
    for number in range(100):  # imports, threads and connections of the first
        call(number)
    time.sleep(0.2)
    spent, clock = [], time.perf_counter_ns
    for number in range(count):
        start = clock()
        call(number)
        spent.append(clock() - start)
        if pause:
            time.sleep(pause)
    spent = sorted(each / 1000 for each in spent)
    at = {name: spent[int(count * part)] for name, part in PARTS_OF_CALLS}
    close(10)
    return dict(at, mean=sum(spent) / count)


PARTS_OF_CALLS = (("p50", 0.5), ("p99", 0.99), ("p999", 0.999))


def rate(client, url, count):
    """Bring hits to the collector; its report has the end."""
    call, close = open_client(client, url, limit=2 * count)
    cpu, start = time.process_time(), time.time()
    for number in range(count):
        call(number)
    called = time.time() - start
    close(60)
    return {"start": start, "called": called, "cpu": time.process_time() - cpu}


def down(client, url, count, seconds):
    """Call with nobody listening; stop after so many seconds."""
    call, _ = open_client(client, url)
    call(0)
    time.sleep(0.1)
    before, cpu, start = memory("VmRSS"), time.process_time(), time.perf_counter()
    made = 0
    while made < count and time.perf_counter() - start < seconds:
        for number in range(made, min(made + 200, count)):
            call(number)
        made = min(made + 200, count)
    spent, cpu = time.perf_counter() - start, time.process_time() - cpu
    time.sleep(0.2)
    found = {"made": made, "seconds": spent, "cpu": cpu / made * 1e6}
    found["megabytes"] = memory("VmHWM") - before
    answer(found)
    os._exit(0)  # how it leaves is another part's question


def memory(field):
    """Give the megabytes of memory: VmRSS now, VmHWM at most."""
    with open("/proc/self/status") as file:
        for line in file:
            if line.startswith(field):
                return int(line.split()[1]) / 1024
    raise RuntimeError("no %s in /proc/self/status" % field)


def leave(client, url, count, kill=False):
    """Make calls and end without close(): by SIGKILL, or as a script ends."""
    call, _ = open_client(client, url)
    for number in range(count):
        call(number)
    answer({"called": time.time()})
    if kill:
        os.kill(os.getpid(), signal.SIGKILL)


def fork(client, url, count):
    """Make 100 calls, and the rest in a forked child; both end as a script ends."""
    call, _ = open_client(client, url)
    for number in range(100):
        call(number)
    pid = os.fork()
    if not pid:
        for number in range(100, 100 + count):
            call(number)
        return None
    deadline = time.time() + 6
    while time.time() < deadline and not os.waitpid(pid, os.WNOHANG)[0]:
        time.sleep(0.02)
    if time.time() >= deadline:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        return {"hung": True}
    return {"hung": False}


def bring(client, url):
    """Deliver what an outbox holds."""
    provider = open_client(client, url)[1].__self__
    provider.delivery.attach(provider)
    return {"flushed": provider.flush(20)}


def answer(found):
    """Print what was found."""
    print(json.dumps(found), flush=True)


TASKS = {each.__name__: each for each in (versions, calls, rate, down, leave, fork, bring)}
TASKS.update(micro.TASKS, **growing.TASKS)
TASKS["figures"] = report.figures


def main(task, options):
    """Do one task."""
    logging.disable(logging.CRITICAL)  # what SDKs log for each event would count against them
    sys.addaudithook(keep_to_loopback)
    found = TASKS[task](**json.loads(options))
    if found is not None:
        answer(found)


if __name__ == "__main__":
    main(*sys.argv[1:])
