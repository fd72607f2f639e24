"""
A collector in a process of its own: it answers at once, and reads what it got only when asked.

    python -m benchmarks.collector ok|hang

Prints its port; ends when stdin does. ``GET /report/N`` gives what came since the last report as JSON,
of hits numbered from N on. With ``hang`` nothing else is answered.
"""

from __future__ import absolute_import, division, print_function, unicode_literals

import asyncio
import gzip
import json
import re
import resource
import sys
import time

from .facts import MARK

# One answer for all: mixpanel wants a status of 1, amplitude a code.
BODY = b'{"status": 1, "code": 200}'
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
OK = ANSWER % (len(BODY), BODY)
LENGTH = re.compile(rb"\r\ncontent-length: *([0-9]+)", re.I)
NUMBER = re.compile(MARK.partition("%")[0].encode() + rb"([0-9]{7})")


class Arrivals(object):
    """What came in since the last report."""

    def __init__(self):
        self.start()

    def start(self):
        """Forget everything."""
        self.bodies, self.first, self.last, self.cpu = [], None, None, cpu()

    def add(self, body):
        """Keep a body."""
        self.last = time.time()
        self.first = self.first or self.last
        self.bodies.append(body)

    def report(self, lowest):
        """Count the hits, those that came again, and what this process took for it."""
        spent, seen, again = cpu() - self.cpu, set(), 0
        for body in self.bodies:
            numbers = set(map(int, NUMBER.findall(plain(body))))
            numbers -= set(range(lowest))
            again += len(seen & numbers)
            seen |= numbers
        return {
            "arrived": len(seen),
            "again": again,
            "requests": len(self.bodies),
            "bytes": sum(map(len, self.bodies)),
            "first": self.first,
            "last": self.last,
            "collector_cpu": spent,
        }


def cpu():
    """Give the seconds of CPU that this process has taken."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def plain(body):
    """Undo gzip, which rudder uses."""
    return gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body


class Exchange(asyncio.Protocol):
    """One connection."""

    def __init__(self, arrivals, hang):
        self.arrivals, self.hang = arrivals, hang
        self.buffer, self.head, self.need = bytearray(), b"", 0

    def connection_made(self, transport):
        """Keep the way back."""
        self.transport = transport

    def data_received(self, data):
        """Take in what came, and answer whole requests."""
        self.buffer += data
        while self.has_head() and len(self.buffer) >= self.need:
            body = bytes(self.buffer[: self.need])
            del self.buffer[: self.need]
            head, self.head = self.head, b""
            self.answer(head, body)

    def has_head(self):
        """Find the end of the head, once for each request."""
        if not self.head:
            end = self.buffer.find(b"\r\n\r\n")
            if end < 0:
                return False
            self.head = bytes(self.buffer[: end + 4])
            del self.buffer[: end + 4]
            length = LENGTH.search(self.head)
            self.need = int(length.group(1)) if length else 0
        return True

    def answer(self, head, body):
        """Answer one request."""
        if head.startswith(b"GET /report/"):
            lowest = int(head.split()[1].rpartition(b"/")[2])
            text = json.dumps(self.arrivals.report(lowest)).encode()
            self.arrivals.start()
            self.transport.write(ANSWER % (len(text), text))
            return
        self.arrivals.add(body)
        if not self.hang:
            self.transport.write(OK)


async def serve(hang):
    """Serve until stdin ends."""
    loop, arrivals, ended = asyncio.get_running_loop(), Arrivals(), asyncio.Event()
    server = await loop.create_server(lambda: Exchange(arrivals, hang), "127.0.0.1", 0, backlog=512)
    print(server.sockets[0].getsockname()[1], flush=True)
    loop.add_reader(sys.stdin, ended.set)
    await ended.wait()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1] == "hang"))
