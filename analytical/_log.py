"""
Warnings that do not flood: each reason is logged once a minute, however often it happens.

And credentials taken out of what other libraries log of our requests.
"""

from __future__ import absolute_import, division, print_function, unicode_literals

import logging
import threading

import six

from ._compat import monotonic
from .secrets import SHORTEST, mask

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, FrozenSet, Iterable, Optional, Text

    from .secrets import Secret

INTERVAL = (
    60.0  # seconds; long enough for a log that people read, short enough to see an outage end
)
# They log the path of requests, query and all: of each at DEBUG, of one with an odd answer as a warning.
_TALKERS = (
    "urllib3.connection",
    "urllib3.connectionpool",
    "requests.packages.urllib3.connectionpool",  # its name in old releases
    "urllib3.util.retry",
)


class RateLimitedLog(object):
    """
    Logs a warning when its key was not logged in the last minute; says how many it kept back.

    Keys are the few words of a closed vocabulary, so the memory it takes is bounded.
    """

    def __init__(self, logger, interval=INTERVAL):
        # type: (logging.Logger, float) -> None
        self._logger = logger
        self._interval = interval
        self._lock = threading.Lock()
        self._last = {}  # type: Dict[Any, float]
        self._held = {}  # type: Dict[Any, int]

    def warning(self, key, text, *args):
        # type: (Any, Text, *Any) -> bool
        """Log, unless this key was logged within the interval; returns whether it did."""
        # Never wait: a thread that held the lock at a fork() does not exist in the child.
        if not self._lock.acquire(False):
            return False
        try:
            held = self._due(key, monotonic())
        finally:
            self._lock.release()
        if held is None:
            return False
        if held:
            text += " (%d more of these since the last such line)" % held
        self._logger.warning(text, *args)
        return True

    def _due(self, key, now):
        # type: (Any, float) -> Optional[int]
        """Say how many warnings were held back since the last, or None where it is too early."""
        last = self._last.get(key)
        if last is not None and 0 <= now - last < self._interval:  # a clock may be set back
            self._held[key] = self._held.get(key, 0) + 1
            return None
        self._last[key] = now
        return self._held.pop(key, 0)


class _Mask(logging.Filter):
    """Masks what must not show in the lines of a logger; costs nothing while the logger is quiet."""

    def __init__(self):
        # type: () -> None
        super(_Mask, self).__init__()
        self.secrets = frozenset()  # type: FrozenSet[Secret]

    def filter(self, record):
        # type: (logging.LogRecord) -> bool
        text = six.ensure_text(record.getMessage(), errors="replace")
        masked = mask(text, self.secrets)
        if masked != text:
            record.msg, record.args = masked, ()
        if record.exc_info and record.exc_info[1] is not None:
            cause = six.text_type(repr(record.exc_info[1]))
            if mask(cause, self.secrets) != cause:
                record.exc_info = None  # handlers show more of it than can be masked
        return True


_mask = _Mask()


def mask_requests(secrets):
    # type: (Iterable[Secret]) -> None
    """Keep credentials that stand in addresses or headers out of the log of the HTTP library."""
    long_enough = [secret for secret in secrets if len(secret.reveal()) >= SHORTEST]
    _mask.secrets = _mask.secrets.union(long_enough)
    if _mask.secrets:
        for name in _TALKERS:
            logging.getLogger(name).addFilter(_mask)  # the same one again is no second one
