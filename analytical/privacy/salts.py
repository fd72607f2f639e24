"""Salts of visitor ids: one for each period, derived from the secret, or random and then deleted."""

from __future__ import absolute_import, division, print_function, unicode_literals

import binascii
import calendar
import hashlib
import hmac
import os
import time

import six

from .._sqlite import Schema, Store
from .._sqlite_file import native_path, run
from ..errors import ConfigurationError
from ..secrets import describe
from ..utils import force_bytes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Optional, Text, Tuple

    from ..secrets import Secret

DAY = 24 * 3600
SALT_BYTES = 32
_TIMEOUT = 1.0  # seconds to wait for a lock: somebody's request waits too
_PURPOSE = b"analytical-visitor:"

SALTS = Schema(
    "visitor_salts",
    (("period", "TEXT PRIMARY KEY NOT NULL"), ("salt", "TEXT NOT NULL")),
    ("SELECT 1",),
)


class Key(object):
    """HMAC-SHA256 (RFC 2104) with one key for many texts, which is read only once."""

    __slots__ = (str("_start"),)

    def __init__(self, key):
        # type: (bytes) -> None
        self._start = hmac.new(key, digestmod=hashlib.sha256)

    def digest(self, text):
        # type: (bytes) -> bytes
        """Give the code of a text."""
        code = self._start.copy()
        code.update(text)
        return code.digest()


def day(moment):
    # type: (float) -> Tuple[Text, float, float]
    """Give the name, beginning and end of the day in UTC that a moment (Unix seconds) is of."""
    start = moment // DAY * DAY
    return six.ensure_text(time.strftime(str("%Y-%m-%d"), time.gmtime(start))), start, start + DAY


def month(moment):
    # type: (float) -> Tuple[Text, float, float]
    """The same for a month."""
    year, number = time.gmtime(moment)[:2]
    start, end = (
        calendar.timegm((year + past // 12, past % 12 + 1, 1, 0, 0, 0))
        for past in (number - 1, number)
    )
    return "%04d-%02d" % (year, number), start, end


def always(moment):
    # type: (float) -> Tuple[Text, float, float]
    """The same for a time that has no end."""
    return "", float("-inf"), float("inf")


PERIODS = {"day": day, "month": month, None: always}


class Salts(object):
    """
    Gives the key of a moment's period, and holds no other.

    :param store: where random salts are kept; None to derive them from the secret
    """

    def __init__(self, secret, rotate, store):
        # type: (Secret, Optional[Text], Any) -> None
        if rotate not in PERIODS:
            raise ConfigurationError("rotate= takes 'day', 'month' or None")
        if store is not None and rotate is None:
            raise ConfigurationError(
                "store= keeps a salt until the end of its period: give rotate= 'day' or 'month'"
            )
        self._period = PERIODS[rotate]  # type: Callable[[float], Tuple[Text, float, float]]
        self._main = Key(_PURPOSE + secret.reveal().encode("utf-8"))
        self._store = make_store(store)
        # Replaced as one, so that threads need no lock.
        self._kept = None  # type: Optional[Tuple[float, float, Key]]

    def key(self, moment):
        # type: (float) -> Optional[Key]
        """Give the key of a moment; None where the salt of its time is gone, or of a time to come."""
        now = moment if self._store is None else time.time()
        kept = self._kept
        if kept is not None and kept[0] <= moment < kept[1] and now < kept[1]:
            return kept[2]
        name, start, end = self._period(now)
        if kept is None or kept[0] != start:
            salt = name.encode("ascii") if self._store is None else self._stored(name)
            kept = self._kept = (start, end, Key(self._main.digest(salt)))
        return kept[2] if start <= moment < end else None

    def _stored(self, name):
        # type: (Text) -> bytes
        found = self._store.get(name)
        if not found:
            self._store.put(name, new_salt())
            found = self._store.get(name)  # another process may have been first
        if not found or len(found) < SALT_BYTES:
            raise ValueError("the store gave no salt that put() could have kept")
        return force_bytes(found)


def new_salt():
    # type: () -> Text
    """Make a random salt, as hex digits."""
    return binascii.hexlify(os.urandom(SALT_BYTES)).decode("ascii")


def make_store(store):
    # type: (Any) -> Any
    """
    Give an object with ``get`` and ``put``: itself, or one for the file at a path.

    :raises ConfigurationError: for anything else
    """
    if store is None or (hasattr(store, "get") and hasattr(store, "put")):
        return store
    if not isinstance(store, (six.text_type, bytes)) and not hasattr(store, "__fspath__"):
        raise ConfigurationError(
            "store= takes a path, or an object with get(period) and put(period, salt), not %s"
            % describe(store)
        )
    return FileStore(native_path(store))


class FileStore(object):
    """One salt in an SQLite file that processes share; what it deletes is overwritten."""

    def __init__(self, path):
        # type: (str) -> None
        self._file = Store(path, SALTS, _TIMEOUT)

    def get(self, period):
        # type: (Text) -> Optional[Text]
        """Give the salt of a period, or None."""
        try:
            with self._file.transaction() as connection:
                rows = run(connection, "SELECT salt FROM visitor_salts WHERE period = ?", (period,))
        finally:
            self._file.close()
        return rows[0][0] if rows else None

    def put(self, period, salt):
        # type: (Text, Text) -> None
        """Keep a salt unless the period has one, and forget those of all other periods."""
        try:
            with self._file.transaction() as connection:
                run(connection, "PRAGMA secure_delete = ON")
                run(connection, "DELETE FROM visitor_salts WHERE period <> ?", (period,))
                run(connection, "INSERT OR IGNORE INTO visitor_salts VALUES (?, ?)", (period, salt))
        finally:
            self._file.close()  # the last to close merges SQLite's log into the file, and deletes it
