"""Warnings are logged once a minute for each reason, with the number of those held back."""

from __future__ import absolute_import, division, print_function, unicode_literals

import logging
import threading

import pytest

from analytical import _log
from analytical._log import RateLimitedLog

log = logging.getLogger("analytical.tests.log")


@pytest.fixture
def clock(monkeypatch):
    """The time of the log, which a test sets."""
    now = [1000.0]
    monkeypatch.setattr(_log, "monotonic", lambda: now[0])
    return now


@pytest.fixture
def limited(caplog):
    caplog.set_level(logging.WARNING, logger=log.name)
    return RateLimitedLog(log)


def test_once_a_minute(limited, clock, caplog):
    """The first of a kind is logged, the next only after a minute, with the number of those between."""
    assert limited.warning("timeout", "no answer from %s", "example.com")
    assert not any(limited.warning("timeout", "no answer") for _ in range(3))
    clock[0] += 60.0
    assert limited.warning("timeout", "no answer")
    clock[0] += 60.0
    assert limited.warning("timeout", "no answer")
    assert [record.getMessage() for record in caplog.records] == [
        "no answer from example.com",
        "no answer (3 more of these since the last such line)",
        "no answer",
    ]


def test_clock_set_back(limited, clock, caplog):
    """On Python 2 the clock can be set back, which must not silence the log until it has caught up."""
    limited.warning("key", "text")
    clock[0] -= 5000.0
    assert limited.warning("key", "text")


def test_keys_are_apart(limited, clock, caplog):
    """One reason does not hide another."""
    assert limited.warning(("a", "timeout"), "a") and limited.warning(("b", "timeout"), "b")
    assert len(caplog.records) == 2


def test_percent_signs_are_no_format(limited, clock, caplog):
    """A text without arguments may hold any character."""
    limited.warning("key", "100% %s of it")
    assert caplog.records[0].getMessage() == "100% %s of it"


def test_threads_do_not_wait(limited, clock, caplog):
    """A thread that finds the log in use goes on: after a fork its user may not exist."""
    limited._lock.acquire()
    answers = []
    thread = threading.Thread(target=lambda: answers.append(limited.warning("key", "text")))
    thread.daemon = True
    thread.start()
    thread.join(20)
    assert answers == [False] and not caplog.records


def test_many_threads(limited, clock, caplog):
    """However many threads meet one reason at once, it is one line."""
    threads = [threading.Thread(target=limited.warning, args=("key", "text")) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(caplog.records) == 1
