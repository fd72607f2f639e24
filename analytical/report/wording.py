"""Numbers, days and changes in words, as the page shows them."""

from __future__ import absolute_import, division, print_function, unicode_literals

import calendar
import re
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Optional, Text, Tuple

DAY = 86400
MONTHS = (
    "January February March April May June July August September October November December"
).split()
WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
# Controls, and the characters that reorder or hide what stands around them.
_HARMFUL = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)
# "up", "down" or "same"; how much, in figures; and in words, for those who hear the page.
UP, DOWN, SAME = "up", "down", "same"


def shown(value):
    # type: (Any) -> Text
    r"""
    Give a text that a visitor sent as it can be shown: characters that act on their surroundings marked.

    >>> shown('a\u202eb') == 'a\ufffdb'
    True
    """
    return _HARMFUL.sub("\ufffd", "%s" % (value,))


def number(value):
    # type: (Any) -> Text
    """
    Write a number with separators, at most two decimals; None, a sum that is no number, as a dash.

    >>> print(number(1234567), number(2.50), number(3.0), number(None) == '\u2013')
    1,234,567 2.5 3 True
    """
    if value is None:
        return "\u2013"
    if isinstance(value, float):
        text = "{:,.2f}".format(value)
        return text.rstrip("0").rstrip(".")
    return "{:,}".format(value)


def counted(value, one, many):
    # type: (int, Text, Text) -> Text
    """
    Write a number and what it is a number of.

    >>> print(counted(1, 'day', 'days'), counted(2000, 'day', 'days'))
    1 day 2,000 days
    """
    return "%s %s" % (number(value), one if value == 1 else many)


def share(part, whole):
    # type: (float, float) -> Text
    """
    Write a part of a whole in percent.

    >>> print(share(1, 3), share(0, 3), share(1, 5000), share(3, 0))
    33.3% 0% <0.1% 0%
    """
    if not whole or not part:
        return "0%"
    percent = 100.0 * part / whole
    return "<0.1%" if percent < 0.05 else _percent(percent)


def _percent(value):
    # type: (float) -> Text
    decimals = 0 if value >= 99.95 else 1
    return number(round(value, decimals)) + "%"


def change(now, before, period):
    # type: (float, float, Text) -> Tuple[Text, Text, Text]
    """
    Compare a number with that of the period before: the direction, in figures, in words.

    >>> print(*change(150, 100, 'the 2 days before'), sep='; ')
    up; +50%; 50% more than 100 in the 2 days before
    """
    if now == before:
        return SAME, "\u00b10%", "the same as in %s" % period
    if not before:
        return UP, "new", "none in %s" % period
    percent = _percent(100.0 * abs(now - before) / before)
    direction, sign, words = (UP, "+", "more") if now > before else (DOWN, "\u2212", "less")
    told = "%s %s than %s in %s" % (percent, words, number(before), period)
    return direction, sign + percent, told


def midnight(day):
    # type: (Text) -> int
    """
    Give the Unix time at which a day begins.

    >>> midnight('1970-01-02')
    86400
    """
    year, month, number_of_day = _parts(day)
    return calendar.timegm((year, month, number_of_day, 0, 0, 0, 0, 0, 0))


def days_between(first, last):
    # type: (Text, Text) -> int
    """Count the days from one to another, both included."""
    return (midnight(last) - midnight(first)) // DAY + 1


def day(text, weekday=False):
    # type: (Text, bool) -> Text
    """
    Write a day for people.

    >>> print(day('2026-11-04'), '/', day('2026-11-04', weekday=True))
    4 November 2026 / Wednesday 4 November 2026
    """
    year, month, number_of_day = _parts(text)
    words = "%d %s %d" % (number_of_day, MONTHS[month - 1], year)
    if weekday:
        words = "%s %s" % (WEEKDAYS[calendar.weekday(year, month, number_of_day)], words)
    return words


def period(first, last):
    # type: (Text, Text) -> Text
    """
    Write a period for people, and say nothing twice.

    >>> print(period('2026-11-01', '2026-11-24'), '/', period('2026-10-28', '2026-11-24'))
    1 to 24 November 2026 / 28 October to 24 November 2026
    """
    if first == last:
        return day(first)
    start, end = _parts(first), _parts(last)
    if start[0] != end[0]:
        words = day(first)
    elif start[1] != end[1]:
        words = "%d %s" % (start[2], MONTHS[start[1] - 1])
    else:
        words = "%d" % start[2]
    return "%s to %s" % (words, day(last))


def moment(seconds):
    # type: (Optional[float]) -> Text
    """
    Write a Unix time for people, in UTC.

    >>> print(moment(0))
    1 January 1970, 00:00:00 UTC
    """
    if seconds is None:
        return "\u2013"
    parts = time.gmtime(seconds)
    return "%s, %02d:%02d:%02d UTC" % ((day("%d-%d-%d" % parts[:3]),) + parts[3:6])


def _parts(text):
    # type: (Text) -> Tuple[int, int, int]
    year, month, number_of_day = text.split("-")
    return int(year), int(month), int(number_of_day)
