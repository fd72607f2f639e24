"""JSON as bytes: compact, strict, and by orjson where it is installed (extra ``fast``)."""

from __future__ import absolute_import, division, print_function, unicode_literals

import json
import re

import six

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Text, Union

try:
    import orjson
except ImportError:
    orjson = None

MAX_DEPTH = 200  # objects and lists within one another; platforms and logs have a handful
_ESCAPE, _STRING, _BRACKETS = [re.compile(each) for each in (r"\\.", r'"[^"]*"', r"[][{}]")]


def _encoder():
    # type: () -> Callable[[Any], Text]
    """
    Keep an encoder: json.dumps would make one for each value, and JSONEncoder one in C, as PyPy has none.

    The latter takes a microsecond, of five to nine. Kept, it looks for no circle: that is nested too deep.
    """
    made = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    make = getattr(json.encoder, "c_make_encoder", None)
    if make is None or six.PY2:
        return made.encode
    escape = json.encoder.encode_basestring
    write = make(None, made.default, escape, None, ":", ",", False, False, False)
    return lambda value: "".join(write(value, 0))


_encode = _encoder()


class TooDeep(ValueError):
    """JSON that is nested too deep to be read."""


def dumps(value):
    # type: (Any) -> bytes
    """
    Write a value as JSON in UTF-8.

    :raises ValueError: for NaN and infinities, which JSON does not have
    :raises TypeError: for a value of another type than JSON has
    """
    if orjson is not None:
        try:
            written = orjson.dumps(value)
            # A null is perhaps a NaN, which it takes for None. Others than rfind() take as long as writing.
            if written.rfind(b"null") < 0:
                return written  # type: ignore[no-any-return]
        except TypeError:  # it takes no integer beyond 64 bits
            return six.ensure_binary(_encode(value))
        _encode(value)
        return written  # type: ignore[no-any-return]
    return six.ensure_binary(_encode(value))


def loads(data):
    # type: (Union[bytes, Text]) -> Any
    """
    Read JSON from text, or from bytes of UTF-8.

    :raises TooDeep: (a ``ValueError``) for what is nested deeper than MAX_DEPTH
    :raises ValueError: for what is no JSON
    """
    text = data.decode("utf-8") if isinstance(data, bytes) else data
    check_depth(text)
    return json.loads(text)


def check_depth(text):
    # type: (Text) -> None
    """
    Refuse JSON that some Pythons would end the process over: before 3.9 they may not recover from the stack
    overflow of what is nested a thousand times.

    :raises TooDeep: for what is nested deeper than MAX_DEPTH
    """
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return
    depth = 0
    for bracket in _BRACKETS.findall(_STRING.sub("", _ESCAPE.sub("", text))):
        depth += 1 if bracket in "[{" else -1
        if depth > MAX_DEPTH:
            raise TooDeep("is nested too deep")
