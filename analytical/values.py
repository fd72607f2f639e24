"""
One converter for each kind of value in the vocabulary: what a caller may pass -> what a hit holds.

A converter returns the normal form, or raises ``ValueError`` with a text that fits after the field's
name and holds no value. They are called once, when the hit is made.
"""

from __future__ import absolute_import, division, print_function, unicode_literals

import datetime
import decimal
import math
import numbers
import re
import uuid

import six

from ._compat import encodable
from .secrets import describe, show_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List, Optional, Text, Union

INTEGER_LIMIT = 2**63  # signed 64 bit: the protocol's integers, and SQLite's
MAX_INDEX = 200  # dimensions and metrics of Universal Analytics 360; 20 in a standard property
MAX_BITS = 256  # of an integer that stands for text, such as a UUID's
MAX_DEPTH = 6  # of nested properties
MAX_AMOUNT = 64  # characters of an amount of money
_MONEY = re.compile(r"[^0-9.\-]*(-?[0-9]*\.?[0-9]+)\Z")
_WHOLE = re.compile(r"[+-]?[0-9]{1,30}\Z")
_DECIMAL = re.compile(r"[+-]?[0-9.]{1,64}(?:[eE][+-]?[0-9]{1,3})?\Z")
_TRUE = ("1", "true", "yes", "on")
_FALSE = ("0", "false", "no", "off", "")


def text(value):
    # type: (Any) -> Text
    """Text, bytes of UTF-8, a number or a UUID -> text."""
    if type(value) is not six.text_type:
        value = _as_text(value)
    if not encodable(value):
        raise ValueError(
            "holds half of a surrogate pair, which UTF-8 cannot carry (%s): decode the source with "
            "errors='replace'" % describe(value)
        )
    return value  # type: ignore[no-any-return]


def _as_text(value):
    # type: (Any) -> Text
    if isinstance(value, six.text_type):  # of a subclass, which may show itself as something else
        return six.text_type.__getitem__(value, slice(None))
    if isinstance(value, bytes):
        return _decode(value)
    if isinstance(value, uuid.UUID) or _is_lazy(value):
        return six.text_type(value)
    if isinstance(value, bool) or not isinstance(value, numbers.Number):
        raise ValueError("takes text, not %s" % describe(value))
    if isinstance(value, six.integer_types) and int(value).bit_length() <= MAX_BITS:
        return six.text_type(int(value))
    return six.text_type(number(value))


def _decode(value):
    # type: (bytes) -> Text
    decoded = None  # type: Optional[Text]
    try:
        decoded = value.decode("utf-8")
    except UnicodeDecodeError:  # holds the bytes, so the error below must not carry it
        pass
    if decoded is None:
        raise ValueError("holds bytes that are not UTF-8 (%s)" % describe(value))
    return decoded


def _is_lazy(value):
    # type: (Any) -> bool
    """Tell whether an object stands for text, as the lazy translations of web frameworks do."""
    return all(hasattr(value, name) for name in ("encode", "splitlines", "title"))


def number(value):
    # type: (Any) -> Union[int, float]
    """A number, or text that spells one -> int or float, finite."""
    if isinstance(value, (six.text_type, bytes)):
        return _parse_number(text(value))
    if isinstance(value, bool):
        raise ValueError("takes a number, not bool")
    if isinstance(value, numbers.Integral):
        whole = int(value)
        if -INTEGER_LIMIT <= whole < INTEGER_LIMIT:
            return whole
        raise ValueError("is beyond 64 bits")
    if isinstance(value, (numbers.Real, decimal.Decimal)):
        result = _float(value)
        if result is None:
            raise ValueError("is not a finite number")
        return result
    raise ValueError("takes a number, not %s" % describe(value))


def _parse_number(value):
    # type: (Text) -> Union[int, float]
    stripped = value.strip()
    if _WHOLE.match(stripped):
        return number(int(stripped))
    result = None  # type: Optional[float]
    if _DECIMAL.match(stripped):
        result = _float(stripped)
    if result is None:
        raise ValueError("takes a finite number, not %s" % describe(value))
    return result


def _float(value):
    # type: (Any) -> Optional[float]
    """Give a finite float or None; the error of float() repeats the value, so it goes no further."""
    try:
        result = float(value)
    except (ValueError, OverflowError):
        return None
    return None if math.isnan(result) or math.isinf(result) else result


def integer(value):
    # type: (Any) -> int
    """A whole number of 64 bits, or text that spells one -> int."""
    result = number(value)
    if isinstance(result, float):
        if result != int(result):
            raise ValueError("takes a whole number, not one with a fraction")
        return number(int(result))  # type: ignore[return-value]
    return result


def money(value):
    # type: (Any) -> Union[int, float]
    """An amount; what stands before the first digit, sign or point is dropped, as in ``$-55.00``."""
    if isinstance(value, (six.text_type, bytes)):
        amount = text(value).strip()
        match = _MONEY.match(amount) if len(amount) <= MAX_AMOUNT else None
        if match is None:
            raise ValueError("takes an amount like 12.50, not %s" % describe(value))
        return number(match.group(1))
    return number(value)


def boolean(value):
    # type: (Any) -> bool
    """True or False, 1 or 0, or the words for them."""
    if isinstance(value, bool):
        return value
    if isinstance(value, (six.text_type, bytes)):
        word = text(value).strip().lower()
        if word in _TRUE:
            return True
        if word in _FALSE:
            return False
    elif isinstance(value, six.integer_types) and value in (0, 1):
        return bool(value)
    raise ValueError("takes True or False, not %s" % describe(value))


def presence(value):
    # type: (Any) -> bool
    """What is true by being there, as ``aip`` is in the protocol: ``aip=0`` anonymizes too."""
    return value is not False


def properties(value):
    # type: (Any) -> Dict[Text, Any]
    """A dict of names to what JSON can carry -> a copy of it in plain types."""
    if not hasattr(value, "keys"):
        raise ValueError("takes a dict, not %s" % describe(value))
    return _plain(value, 0)  # type: ignore[no-any-return]


def _plain(value, depth):
    # type: (Any, int) -> Any
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, (datetime.datetime, datetime.date)):
        return six.text_type(value.isoformat())
    if depth > MAX_DEPTH:
        raise ValueError("is nested deeper than %d levels" % MAX_DEPTH)
    if hasattr(value, "keys"):
        return {_name(key): _plain(value[key], depth + 1) for key in value}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(entry, depth + 1) for entry in value]
    if isinstance(value, numbers.Number):
        return number(value)
    return text(value)


def _name(key):
    # type: (Any) -> Text
    try:
        return text(key)
    except ValueError as error:
        raise ValueError("has a name that %s" % error)


def indexed(convert):
    # type: (Callable[[Any], Any]) -> Callable[[Any], Dict[int, Any]]
    """Make the converter of a dict from an index (1 to 200) to a value."""

    def converter(value):
        # type: (Any) -> Dict[int, Any]
        if not hasattr(value, "keys"):
            raise ValueError("takes a dict like {1: ...}, not %s" % describe(value))
        return {index(key): convert(value[key]) for key in value if value[key] is not None}

    return converter


def index(key):
    # type: (Any) -> int
    """A number from 1 to 200, or text that spells one -> int."""
    result = integer(key)
    if not 1 <= result <= MAX_INDEX:
        raise ValueError("takes indexes from 1 to %d" % MAX_INDEX)
    return result


def consent(value):
    # type: (Any) -> Dict[Text, bool]
    """A dict with ``analytics`` and/or ``ads``, each True or False."""
    if not hasattr(value, "keys"):
        raise ValueError(
            "takes a dict like {'analytics': True, 'ads': False}, not %s" % describe(value)
        )
    result = {_name(key): boolean(value[key]) for key in value if value[key] is not None}
    for key in result:
        if key not in ("analytics", "ads"):
            raise ValueError("knows 'analytics' and 'ads', not %s" % show_name(key))
    return result


def extra(value):
    # type: (Any) -> Dict[Text, Dict[Text, Any]]
    """A dict from a provider's name to the raw parameters that go to that provider alone."""
    result = properties(value)
    for name, parameters in result.items():
        if not isinstance(parameters, dict):
            raise ValueError(
                "takes {'provider': {...}}; under %s stands %s"
                % (show_name(name), describe(parameters))
            )
    return result


def items(value):
    # type: (Any) -> List[Dict[Text, Any]]
    """A list of dicts, one for each product; the known keys take their types, others stay as they are."""
    if hasattr(value, "keys") or not isinstance(value, (list, tuple)):
        raise ValueError("takes a list of dicts, not %s" % describe(value))
    return [_item(entry) for entry in value]


ITEM_KINDS = {
    "id": text,
    "name": text,
    "brand": text,
    "category": text,
    "variant": text,
    "coupon": text,
    "price": money,
    "quantity": integer,
    "position": integer,
}  # type: Dict[Text, Callable[[Any], Any]]


def _item(entry):
    # type: (Any) -> Dict[Text, Any]
    if not hasattr(entry, "keys"):
        raise ValueError("takes a list of dicts; one entry is %s" % describe(entry))
    result = {}  # type: Dict[Text, Any]
    for key in entry:
        name = _name(key)
        try:
            if entry[key] is not None:
                result[name] = ITEM_KINDS.get(name, _property)(entry[key])
        except ValueError as error:
            raise ValueError("has an item whose %s %s" % (show_name(name), error))
    return result


def _property(value):
    # type: (Any) -> Any
    return _plain(value, 1)
