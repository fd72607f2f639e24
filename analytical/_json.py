"""JSON as bytes: compact, strict, and by orjson where it is installed (extra ``fast``)."""

from __future__ import absolute_import, division, print_function, unicode_literals

import json
import re

import six

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Text

try:
    import orjson
except ImportError:
    orjson = None

MAX_DEPTH = 100  # objects and lists within one another, in an answer; platforms have a handful
_BRACKETS = re.compile(r"[][{}]")
# A kept encoder: json.dumps with these settings would make one for each call.
_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode


def dumps(value):
    # type: (Any) -> bytes
    """
    Write a value as JSON in UTF-8.

    :raises ValueError: for NaN and infinities, which JSON does not have
    :raises TypeError: for a value of another type than JSON has
    """
    if orjson is not None:
        return _fast(value)
    return six.ensure_binary(_encode(value))


def _fast(value):
    # type: (Any) -> bytes
    try:
        written = orjson.dumps(value)
        if b"null" in written:  # perhaps a NaN, which it takes for None
            _encode(value)
        return written  # type: ignore[no-any-return]
    except TypeError:  # it takes no subclass of dict and no integer beyond 64 bits
        return six.ensure_binary(_encode(value))


def loads(data):
    # type: (bytes) -> Any
    """
    Read JSON from bytes of UTF-8.

    :raises ValueError: for what is no JSON
    """
    return json.loads(data.decode("utf-8"))


def loads_answer(data):
    # type: (bytes) -> Any
    """
    Read JSON that somebody else wrote.

    Some Pythons end the process when they read what is nested a thousand times, so none is given that.

    :raises ValueError: for what is no JSON, or nested too deep
    """
    text = data.decode("utf-8")
    if text.count("[") + text.count("{") > MAX_DEPTH and _depth(text) > MAX_DEPTH:
        raise ValueError("nested too deep")
    return json.loads(text)


def _depth(text):
    # type: (Text) -> int
    """Give how deep it is nested, or more: brackets within strings count."""
    depth = most = 0
    for bracket in _BRACKETS.findall(text):
        depth += 1 if bracket in "[{" else -1
        most = max(most, depth)
    return most
