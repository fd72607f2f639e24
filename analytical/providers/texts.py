"""Values as the text that platforms take: properties, numbers, sizes."""

from __future__ import absolute_import, division, print_function, unicode_literals

import json
import re
from decimal import Decimal

import six

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Optional, Text, Tuple

_SIZE = re.compile(r"\s*([0-9]{1,5})\s*[xX]\s*([0-9]{1,5})\s*\Z")
# Sorted, so that a text within a payload is the same on every Python.
_as_json = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")
).encode


def plain(value):
    # type: (Any) -> Text
    """Write a property as text: ``true`` and ``false``, plain numbers, lists and dicts as JSON."""
    if isinstance(value, six.text_type):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (dict, list)):
        return json_text(value)
    return decimal_text(value)


def json_text(value):
    # type: (Any) -> Text
    """Write a value as compact JSON with sorted keys."""
    return six.ensure_text(_as_json(value))


def decimal_text(number):
    # type: (Any) -> Text
    """Write a number without an exponent."""
    if isinstance(number, float):
        return "{:f}".format(Decimal(repr(number)))
    return six.text_type(number)


def pixels(text):
    # type: (Text) -> Optional[Tuple[int, int]]
    """Read a size such as ``1920x1080``; None for what is none."""
    match = _SIZE.match(text)
    return (int(match.group(1)), int(match.group(2))) if match else None


def cut_bytes(text, most):
    # type: (Text, int) -> Text
    """Cut text to so many bytes of UTF-8, at the edge of a character."""
    if len(text) * 4 <= most:
        return text
    return text.encode("utf-8")[:most].decode("utf-8", "ignore")
