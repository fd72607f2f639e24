"""From event loops a call never waits for the network: asyncio, trio and gevent, in processes of their own."""

from __future__ import absolute_import, division, print_function, unicode_literals

import os
import subprocess
import sys
import threading

import pytest

from analytical.testing import Collector

# Each script has sent a hit, and the collector never answers it: a call that waited would wait for ever.
START = """
import os, sys, time
import analytical
provider = analytical.Provider(
    "mixpanel", "c0ffee0123456789", url=os.environ["URL"], delivery=os.environ["DELIVERY"], timeout=600
)
order = []

def call(count=50):
    for _ in range(count):
        assert provider.pageview(url="https://example.com/", client_id="1.2").state == "queued"
    order.append("calls")

def end():
    slices = " ".join(order)
    assert slices.count("calls") == 61, slices
    assert "calls calls calls" not in slices, slices  # trio runs what is ready in any order
    stats = provider.stats()
    assert stats["accepted"] == stats["queued"] == 3001, stats
    sys.stdout.write("all calls returned")
    sys.stdout.flush()

call(1)
while not os.path.exists(os.environ["HANGS"]):
    time.sleep(0.005)
"""

ASYNCIO = """
import asyncio

async def calls():
    for _ in range(60):
        call()
        await asyncio.sleep(0)
    return True

async def ticks(other):
    while not other.done():
        order.append("tick")
        await asyncio.sleep(0)

async def main():
    other = asyncio.ensure_future(calls())
    await ticks(other)
    assert other.result()

asyncio.new_event_loop().run_until_complete(main())
end()
os._exit(0)
"""

TRIO = """
import trio

done = []

async def calls():
    for _ in range(60):
        call()
        await trio.sleep(0)
    done.append(True)

async def ticks():
    while not done:
        order.append("tick")
        await trio.sleep(0)

async def main():
    async with trio.open_nursery() as nursery:
        nursery.start_soon(ticks)
        nursery.start_soon(calls)

trio.run(main)
end()
os._exit(0)
"""

# With everything patched the delivery's own thread is a greenlet too; and the process must still end.
GEVENT = """
from gevent import monkey
monkey.patch_all()
%s
import gevent

def calls():
    for _ in range(60):
        call()
        gevent.sleep(0)

def ticks(other):
    while not other.ready():
        order.append("tick")
        gevent.sleep(0)

other = gevent.spawn(calls)
ticks(other)
other.get()
end()
"""

SCRIPTS = {"asyncio": START + ASYNCIO, "trio": START + TRIO, "gevent": GEVENT % START}


def need(name):
    """Skip where a library is not installed; fail where it has to be."""
    if "EVENT_LOOPS" in os.environ:
        __import__(name)
    else:
        pytest.importorskip(name)


@pytest.mark.parametrize("delivery", ["background", "outbox"])
@pytest.mark.parametrize("loop", ["asyncio", "trio", "gevent"])
def test_a_loop_never_waits_for_the_network(tmpdir, loop, delivery):
    """While the platform hangs, thousands of calls return and the loop's other task goes on."""
    need(loop)
    address = "outbox://" + str(tmpdir.join("hits")) if delivery == "outbox" else delivery
    hangs = tmpdir.join("hangs")
    with Collector() as collector:
        collector.hang(times=None)
        environment = {"URL": collector.url, "DELIVERY": address, "HANGS": str(hangs)}
        child = subprocess.Popen(
            [sys.executable, "-c", SCRIPTS[loop]],
            env=dict(os.environ, **{str(key): str(value) for key, value in environment.items()}),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        killer = threading.Timer(60, child.kill)
        killer.start()
        try:
            collector.wait(1, 60)
            hangs.write("")
            said, errors = child.communicate()
        finally:
            killer.cancel()
        assert (child.returncode, said) == (0, b"all calls returned"), errors
        assert b"Traceback" not in errors, errors
        assert 1 <= len(collector.requests)
