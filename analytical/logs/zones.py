"""The time zone of logs whose lines name none."""

from __future__ import absolute_import, division, print_function, unicode_literals

import datetime
import importlib
import re

from ..errors import ConfigurationError
from ..secrets import show_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Text

_OFFSET = re.compile(r"([+-])([0-9]{1,2}):?([0-9]{2})?\Z")
_EPOCH = datetime.datetime(1970, 1, 1)
_MODULES = (
    "zoneinfo",
    "backports.zoneinfo",
)  # Python 3.9 has it, for 3.6 to 3.8 there is the other


class Zone(object):
    """
    A time zone. It can be pickled.

    An hour that comes twice, where summer time ends, is the first of the two.

    >>> Zone('+02:00').utc(7200.0), Zone('-0330').utc(0.0)
    (0.0, 12600.0)

    :param name: an offset such as ``+02:00``, ``UTC``, or a name such as ``Europe/Berlin``
    :raises ConfigurationError: for one that is not known here
    """

    def __init__(self, name):
        # type: (Text) -> None
        self.name = name
        self._offset = _offset(name)
        self._zone = _load(name) if self._offset is None else None  # type: Any

    def utc(self, seconds):
        # type: (float) -> float
        """Give Unix seconds of a local time that was read as if it were UTC."""
        if self._offset is not None:
            return float(seconds - self._offset)
        local = _EPOCH + datetime.timedelta(seconds=int(seconds))
        ahead = local.replace(tzinfo=self._zone).utcoffset() or datetime.timedelta(0)
        return seconds - ahead.total_seconds()

    def __reduce__(self):
        # type: () -> Any
        return Zone, (self.name,)


def _offset(name):
    # type: (Text) -> Any
    if name.upper() in ("UTC", "GMT", "Z"):
        return 0
    match = _OFFSET.match(name)
    if match is None:
        return None
    seconds = int(match.group(2)) * 3600 + int(match.group(3) or 0) * 60
    if seconds > 24 * 3600:
        raise ConfigurationError("--timezone takes an offset of at most 24 hours")
    return -seconds if match.group(1) == "-" else seconds


def _load(name):
    # type: (Text) -> Any
    for module in _MODULES:
        try:
            found = importlib.import_module(str(module))
        except ImportError:
            continue
        try:
            return found.ZoneInfo(name)
        except (LookupError, ValueError, EnvironmentError):
            break
    else:
        raise ConfigurationError(
            "time zones by name need Python 3.9, or the package backports.zoneinfo: give the offset, "
            "such as --timezone=+02:00"
        )
    raise ConfigurationError(
        "there is no time zone %s: give a name such as Europe/Berlin (which on Windows needs pip install "
        "tzdata), or an offset such as --timezone=+02:00" % show_name(name)
    )
