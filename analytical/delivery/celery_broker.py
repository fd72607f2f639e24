"""Celery tasks into a broker, without ever waiting long for it: connections of our own, each kept for reuse."""

from __future__ import absolute_import, division, print_function, unicode_literals

import logging
import os
import time
from collections import deque

from .._compat import monotonic
from .base import QUEUED, RETRY, Outcome

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Deque, Dict, List, Sequence, Text, Tuple

log = logging.getLogger(__name__)

NAME = "analytical.deliver"
PAUSE = 5.0  # seconds without a try after one that timed out

ACCEPTED = Outcome(QUEUED)


class Broker(object):
    """
    The broker of a Celery application; shared by threads, and begun anew in a forked child.

    :param app: the application, or None for Celery's current one
    :param float timeout: seconds that a try to connect, or to write, may take
    """

    def __init__(self, app, timeout):
        # type: (Any, float) -> None
        self.app = app
        self.timeout = timeout
        self._start()

    def _start(self):
        # type: () -> None
        self._pid = os.getpid()
        self._idle = deque()  # type: Deque[Tuple[Any, Any]]  # of (app, connection)
        self._down_until = 0.0

    def close(self):
        # type: () -> None
        """Give back the connections; another task makes one again."""
        while self._pid == os.getpid() and self._idle:
            _release(self._idle.pop()[1])

    def take(self, source, rows):
        # type: (Dict[Text, Any], List[List[Any]]) -> Outcome
        """Send one task; never raises."""
        if self._pid != os.getpid():
            self._parents = self._idle  # kept open: closing would end the parent's connections
            self._start()
        start = monotonic()
        if start < self._down_until:
            return Outcome(RETRY, "broker", sent=False, detail="paused")
        try:
            app = current_app() if self.app is None else self.app
            if not (self._idle and self._publish(app, self._reuse(app), source, rows, True)):
                self._publish(app, self._connect(app), source, rows, False)
            return ACCEPTED
        except Exception as error:
            # Of any broker's client; its text may hold the broker's password.
            now = monotonic()
            if now - start >= self.timeout / 2:
                self._down_until = now + PAUSE
            return Outcome(RETRY, "broker", sent=False, detail=type(error).__name__)

    def _publish(self, app, connection, source, rows, again):
        # type: (Any, Any, Dict[Text, Any], List[List[Any]], bool) -> bool
        """Send a task. False where ``again`` says that a connection that went stale is no error."""
        try:
            app.tasks[NAME].apply_async(
                args=[source, rows],
                kwargs={"accepted": time.time()},
                connection=connection,
                retry=False,
                argsrepr=shown(rows),
                kwargsrepr="{}",
            )
        except Exception:
            _release(connection)
            if not again:
                raise
            return False
        self._idle.append((app, connection))
        return True

    def _reuse(self, app):
        # type: (Any) -> Any
        try:
            made_for, connection = self._idle.pop()
        except IndexError:  # another thread was quicker
            return self._connect(app)
        if made_for is app:
            return connection
        _release(connection)
        return self._connect(app)

    def _connect(self, app):
        # type: (Any) -> Any
        """Make a connection that never waits long: those of Celery's own pool may wait for ever."""
        connection = app.connection_for_write()
        connection.connect_timeout = self.timeout
        limits = {
            "max_retries": 1,
            "interval_start": 0,
            "interval_step": 0,
            "interval_max": 0,
            "connect_retries_timeout": self.timeout,
            "confirm_publish": True,  # RabbitMQ says that it has the task, before we say it
            "read_timeout": self.timeout,
            "write_timeout": self.timeout,
            "socket_timeout": self.timeout,  # and Redis by these two
            "socket_connect_timeout": self.timeout,
        }
        connection.transport_options = dict(connection.transport_options or {}, **limits)
        return connection


def current_app():
    # type: () -> Any
    """Give the application that Celery takes for the current one in this thread."""
    from celery import current_app

    return current_app._get_current_object()


def _release(connection):
    # type: (Any) -> None
    try:
        connection.release()
    except Exception as error:  # it is given up in any case
        log.debug("the broker's connection did not close: %s", type(error).__name__)


def shown(rows):
    # type: (Sequence[Any]) -> Text
    """Say what a task holds, for Celery's logs and monitors, which would show visitors' data."""
    return "(%d hits)" % len(rows)
