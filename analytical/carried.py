"""Values as they came: what a hit holds in ``raw`` and ``other``."""

from __future__ import absolute_import, division, print_function, unicode_literals

import decimal
import numbers

import six

from . import values

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_MAX_PLACES = 64  # of a Decimal that is written out; 1E+999999 has a million


def carry(value):
    # type: (Any) -> Any
    """
    Give a single value as it came, in a type that JSON and forms can carry.

    :raises ValueError: where there is none
    """
    if isinstance(value, bool):
        return value
    as_text = values.text(value)
    if type(value) is six.text_type:
        return as_text
    if isinstance(value, decimal.Decimal):
        plain = max(abs(value.adjusted()), -int(value.as_tuple().exponent)) <= _MAX_PLACES
        return "{:f}".format(value) if plain else as_text
    if isinstance(value, six.integer_types):
        return int(value)
    return values.number(value) if isinstance(value, numbers.Number) else as_text


def carried(value):
    # type: (Any) -> Any
    """The same, with None where there is none."""
    try:
        return carry(value)
    except ValueError:
        return None


def same(one, other):
    # type: (Any, Any) -> bool
    """Tell whether two values are equal and of one type."""
    return type(one) is type(other) and bool(one == other)  # True == 1
