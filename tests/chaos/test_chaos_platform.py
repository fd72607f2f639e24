"""A platform that misbehaves in every way: what was accepted arrives when it is well again."""

from __future__ import absolute_import, division, print_function, unicode_literals

import pytest
from turmoil import LONG, Books, Platform

from analytical.delivery.outbox_file import OutboxFile

TIMES = 60 if LONG else 9
COUNT = 1000 if LONG else 60

# Two providers, one of each delivery, meet the trouble; then it ends, and both must become empty.
THROUGH = """
providers = [make("memory"), make("file")]
for provider, who in zip(providers, ("memory", "file")):
    send(provider, who, int(os.environ["COUNT"]))
wait(lambda: all(p.stats()["retried"] or p.stats()["delivered"] for p in providers))
exec(os.environ.get("MEND", ""))
for provider in providers:
    assert provider.close(50), provider.stats()
    stats = provider.stats()
    assert stats["delivered"] == stats["accepted"] and not stats["queued"], stats
"""

# The platform never gets well: the process sends and ends.
NEVER = """
providers = [make("memory"), make("file")]
for provider, who in zip(providers, ("memory", "file")):
    send(provider, who, 20)
"""

TROUBLES = {
    "500": lambda it: it.answer(500, times=TIMES),
    "429 with Retry-After": lambda it: it.answer(429, headers={"Retry-After": "1"}, times=2),
    "reset": lambda it: it.reset(times=TIMES),
    "accept and hang": lambda it: it.hang(times=2),
}
ANSWERED = {  # with a status that says that the hits were taken
    "reset in mid-answer": lambda it: it.reset_mid_answer(times=TIMES),
    "slow": lambda it: it.drip(body=b"{}", interval=0.01, times=2),
}
FOR_EVER = {
    "busy": lambda it: it.answer(503),
    "reset": lambda it: it.reset(times=None),
    "hang": lambda it: it.hang(times=None),
    "slow": lambda it: it.drip(body=b"{}", interval=5, times=None),
}
NAME_IS_BACK = """
import socket
look_up = socket.getaddrinfo
socket.getaddrinfo = lambda host, *rest, **named: look_up("127.0.0.1", *rest, **named)
"""
CERTIFICATE_IS_KNOWN = """
os.environ[str("REQUESTS_CA_BUNDLE")] = os.environ["CERTIFICATE"]
"""


@pytest.mark.parametrize("trouble", sorted(TROUBLES))
def test_what_was_not_taken_is_sent_again(tmpdir, trouble):
    """Errors, resets and silence cost no hit and invent none, and the process ends by itself."""
    with Platform() as platform:
        TROUBLES[trouble](platform.collector)
        books = Books(tmpdir, platform)
        books.run(THROUGH, COUNT=COUNT, TIMEOUT=0.5 if "hang" in trouble else 20)
        assert len(books.noted("+")) == 2 * COUNT
        books.check()


@pytest.mark.parametrize("trouble", sorted(ANSWERED))
def test_an_answer_that_does_not_end(tmpdir, trouble):
    """A status is the answer, whatever becomes of its body."""
    with Platform() as platform:
        ANSWERED[trouble](platform.collector)
        books = Books(tmpdir, platform)
        books.run(THROUGH, COUNT=COUNT)
        books.check(platform.arrived(), exactly=True)


def test_no_such_host(tmpdir):
    """While the platform's name cannot be found, hits wait; when it can, they are sent, once."""
    with Platform() as platform:
        url = "http://collector.invalid:%d" % platform.collector.port
        books = Books(tmpdir, platform, url)
        books.run(THROUGH, COUNT=COUNT, MEND=NAME_IS_BACK)
        books.check(exactly=True)


def test_no_trust(tmpdir, certificate):
    """While the platform's certificate is refused, hits wait; when it is accepted, they are sent, once."""
    with Platform(certfile=certificate[0], keyfile=certificate[1]) as platform:
        books = Books(tmpdir, platform)
        books.run(THROUGH, COUNT=COUNT, MEND=CERTIFICATE_IS_KNOWN, CERTIFICATE=certificate[0])
        books.check(exactly=True)


def test_no_trouble_keeps_a_process(tmpdir):
    """Where the platform never gets well, processes end in time all the same, and the outbox keeps its hits."""
    troubles = sorted(FOR_EVER) + ["no name"]
    platforms = [Platform() for _ in troubles]
    all_books = []
    try:
        for trouble, platform in zip(troubles, platforms):
            platform.collector.start()
            url = None
            if trouble in FOR_EVER:
                FOR_EVER[trouble](platform.collector)
            else:
                url = "http://collector.invalid:%d" % platform.collector.port
            all_books.append(Books(tmpdir.mkdir(trouble), platform, url))
        programs = [books.start(NEVER) for books in all_books]
        for books, program in zip(all_books, programs):
            books.finish(program)
    finally:
        for platform in platforms:
            platform.collector.close()
    for trouble, books in zip(troubles, all_books):
        kept = {title for title in books.noted("+") if title.startswith("file")}
        assert rows(books.file) == len(kept) == 20, books.errors()
        if trouble in FOR_EVER:
            with books.platform.well():
                books.sweep()
            assert kept <= {title for title, _ in books.platform.taken}


def rows(path):
    """Count what waits in an outbox."""
    return sum(entry["waiting"] for entry in OutboxFile(path).status()["waiting"])
