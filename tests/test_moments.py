"""Points in time: datetimes, Unix seconds and ISO 8601, in one unit and from 1970 on."""

from __future__ import absolute_import, division, print_function, unicode_literals

import datetime

import pytest

from analytical.moments import time

NOON = 1704110400.0  # 2024-01-01 12:00 UTC


class Zone(datetime.tzinfo):
    """A fixed offset; Python 2 has none of its own."""

    def __init__(self, hours):
        self._offset = datetime.timedelta(hours=hours)

    def utcoffset(self, moment):
        return self._offset

    def dst(self, moment):
        return datetime.timedelta(0)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (datetime.datetime(2024, 1, 1, 12), NOON),
        (datetime.datetime(2024, 1, 1, 12, 0, 0, 250000), NOON + 0.25),
        (datetime.datetime(2024, 1, 1, 12, tzinfo=Zone(0)), NOON),
        (datetime.datetime(2024, 1, 1, 17, 30, tzinfo=Zone(5.5)), NOON),
        (datetime.datetime(2024, 1, 1, 4, tzinfo=Zone(-8)), NOON),
        (datetime.datetime(1970, 1, 1), 0.0),
        (NOON, NOON),
        (int(NOON), NOON),
        ("1704110400", NOON),
        (b"1704110400.5", NOON + 0.5),
        (0, 0.0),
        ("2024-01-01T12:00:00Z", NOON),
        ("2024-01-01 12:00", NOON),
        (" 2024-01-01T12:00:00.25 ", NOON + 0.25),
        ("2024-01-01T12:00:00,123456789Z", NOON + 0.123456),
        ("2024-01-01T17:30:00+05:30", NOON),
        ("2024-01-01T04:00:00 -0800", NOON),
        (b"2024-01-01", NOON - 12 * 3600),
        ("2024-02-29", 1709164800.0),
    ],
)
def test_takes(value, expected):
    """A naive datetime is UTC, an aware one says what it is; text is ISO 8601 or a number."""
    result = time(value)
    assert result == expected and type(result) is float


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (NOON * 1000, "milliseconds"),
        ("1704110400000", "milliseconds"),
        (NOON * 1e9, "another unit"),
        (-1, "1970"),
        (datetime.datetime(1969, 12, 31, 23, 59, 59), "1970"),
        ("1969-12-31", "1970"),
        (datetime.datetime(1, 1, 1, tzinfo=Zone(5)), "1970"),
        (datetime.datetime(9999, 12, 31, 23, tzinfo=Zone(-5)), "1970"),
        ("9999-12-31", "another unit"),
        (datetime.date(2024, 1, 1), "takes a number, not date"),
        (datetime.timedelta(1), "takes a number, not timedelta"),
        (True, "bool"),
        (None, "NoneType"),
        ("", "number"),
        ("yesterday", "number"),
        ("2024-13-01", "exists"),
        ("2023-02-29T10:00", "exists"),
        ("2024-01-01T25:00:00", "exists"),
        ("\u0662\u0660\u0662\u0664-01-01", "number"),
        ("2024-01-01T12:00:00Zulu", "number"),
        (float("nan"), "finite"),
        (float("inf"), "finite"),
        (10**400, "64 bits"),
        ("\ud800", "surrogate"),
        (b"\xff", "UTF-8"),
    ],
)
def test_refuses(value, why):
    """Another unit, a time that does not exist or one before 1970 is refused, alike on every Python."""
    with pytest.raises(ValueError) as caught:
        time(value)
    assert why in str(caught.value)
    assert getattr(caught.value, "__context__", None) is None
