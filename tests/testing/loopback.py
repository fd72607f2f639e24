"""Clients made of plain sockets and threads, for the tests of the collector."""

from __future__ import absolute_import, division, print_function, unicode_literals

import contextlib
import errno
import socket
import threading

import pytest

DEADLINE = 20  # seconds; a safety net, not a measure
GET = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"


@contextlib.contextmanager
def connected(collector, data=b""):
    with contextlib.closing(
        socket.create_connection(("127.0.0.1", collector.port), timeout=DEADLINE)
    ) as client:
        client.sendall(data)
        yield client


def read_all(client):
    """Read up to the end of the connection; a reset ends it with an error."""
    data = b""
    while True:
        more = client.recv(65536)
        if not more:
            return data
        data += more


def read_until_reset(client):
    """Read up to the reset, which must come, and not a plain end."""
    data = b""
    with pytest.raises(socket.error) as caught:
        while True:
            more = client.recv(65536)
            assert more, "closed, not reset"
            data += more
    assert caught.value.errno == errno.ECONNRESET
    return data


def run_threads(count, function):
    threads = [threading.Thread(target=function, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.daemon = True
        thread.start()
    for thread in threads:
        thread.join(DEADLINE)
    assert not any(thread.is_alive() for thread in threads)


def close_within_deadline(collector):
    """Close it, and check that neither the call nor a thread of the collector is left."""
    before = set(threading.enumerate())
    closer = threading.Thread(target=collector.close)
    closer.daemon = True
    closer.start()
    closer.join(DEADLINE)
    assert not closer.is_alive()
    left = [thread.name for thread in before if thread.is_alive()]
    assert "analytical-collector" not in left
