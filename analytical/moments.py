"""The converter of points in time: what a caller may pass -> Unix seconds."""

from __future__ import absolute_import, division, print_function, unicode_literals

import calendar
import datetime
import re

import six

from .values import number, text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Optional

LATEST = 1e11  # Unix seconds, in the year 5138; as milliseconds it is in 1973
# Digits are spelled out, for what \d takes differs between Python versions.
_ISO_TIME = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})"
    r"(?:[T ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]{1,6})[0-9]*)?)?"
    r" *(Z|[+-][0-9]{2}:?[0-9]{2})?)?\Z"
)


def time(value):
    # type: (Any) -> float
    """A datetime (a naive one is UTC), Unix seconds, or ISO 8601 text -> Unix seconds, from 1970 on."""
    seconds = _seconds(value)
    if not 0 <= seconds < LATEST:
        raise ValueError(
            "takes Unix seconds from 1970 on; this is before, or in another unit, such as milliseconds"
        )
    return seconds


def _seconds(value):
    # type: (Any) -> float
    if isinstance(value, datetime.datetime):
        try:
            return _unix(value)
        except (OverflowError, ValueError):  # its time zone moves it out of the calendar
            return -1.0
    if isinstance(value, (six.text_type, bytes)):
        match = _ISO_TIME.match(text(value).strip()[:64])
        if match is not None:
            return _parse_time(match)
    return float(number(value))


def _parse_time(match):
    # type: (Any) -> float
    year, month, day, hour, minute, second, fraction, zone = match.groups()
    seconds = None  # type: Optional[float]
    try:
        moment = datetime.datetime(
            int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0)
        )
        seconds = _unix(moment)
    except ValueError:
        pass
    if seconds is None:  # said here, for an error keeps the one that was being handled
        raise ValueError("takes an ISO 8601 time that exists")
    seconds += float("0." + (fraction or "0"))
    if zone and zone != "Z":
        offset = int(zone[1:3]) * 3600 + int(zone[-2:]) * 60
        seconds -= -offset if zone[0] == "-" else offset
    return seconds


def _unix(moment):
    # type: (datetime.datetime) -> float
    return calendar.timegm(moment.utctimetuple()) + moment.microsecond / 1e6
