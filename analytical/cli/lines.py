"""JSON lines from the standard input: read in bounded memory, whatever stands in them."""

from __future__ import absolute_import, division, print_function, unicode_literals

import io
import json
import sys

from .. import _json
from ..errors import ConfigurationError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterator, List, Optional, Text, Tuple

MAX_LINE = 1 << 20  # bytes; hundreds of times what a platform takes for one hit
MAX_DIGITS = 400  # of a number; Python needs quadratic time to read an integer
CHUNK = 1 << 16  # bytes; what a pipe holds
_BOM = b"\xef\xbb\xbf"


class BadLine(ValueError):
    """A line that holds no hit; the text says why, without what stands in it."""


def standard_input():
    # type: () -> Any
    """Give the standard input as a stream of bytes."""
    if sys.stdin is None:
        raise ConfigurationError("- reads the standard input, and it is closed")
    stream = getattr(sys.stdin, "buffer", None)
    return io.open(sys.stdin.fileno(), "rb", closefd=False) if stream is None else stream


def blocks(stream):
    # type: (Any) -> Iterator[List[Optional[bytes]]]
    """
    Give the lines of a stream as they come in, in lists of those that came together.

    A line over MAX_LINE bytes is None; no more than that is held of it.
    """
    rest, skipping = b"", False
    while True:
        chunk = stream.read1(CHUNK)
        parts = chunk.split(b"\n")
        parts[0] = rest + parts[0]
        rest = parts.pop() if chunk else b""
        lines = []  # type: List[Optional[bytes]]
        for part in parts:
            lines.append(None if skipping or len(part) > MAX_LINE else part)
            skipping = False
        if len(rest) > MAX_LINE:
            rest, skipping = b"", True
        if not chunk:
            yield lines if lines != [b""] else []
            return
        yield lines


def read_line(line):
    # type: (Optional[bytes]) -> Optional[Dict[Text, Any]]
    """
    Read the JSON object in a line; None for a blank one.

    :raises BadLine: for anything else
    """
    if line is None:
        raise BadLine("has more than %d bytes" % MAX_LINE)
    if line.startswith(_BOM):
        line = line[len(_BOM) :]
    try:
        text = line.decode("utf-8").strip()
        _json.check_depth(text)
        value = json.loads(text, parse_int=_integer) if text else None
    except UnicodeDecodeError as error:
        raise BadLine("is not UTF-8 (byte %d)" % (error.start + 1))
    except _json.TooDeep as error:
        raise BadLine("%s" % error)
    except ValueError as error:
        position = getattr(error, "pos", None)  # since Python 3.5
        where = "" if position is None else " (character %d)" % (position + 1)
        raise BadLine("is no JSON that can be read" + where)
    if text and not isinstance(value, dict):
        raise BadLine('holds no JSON object, such as {"url": "https://example.com/"}')
    return value


def _integer(digits):
    # type: (Text) -> int
    if len(digits) > MAX_DIGITS:
        raise ValueError("a number of too many digits")
    return int(digits)


def hit_type(params, fixed):
    # type: (Dict[Text, Any], Optional[Text]) -> Tuple[Any, Dict[Text, Any]]
    """
    Take the hit type out of params.

    :param fixed: the type that the command says; a line may repeat it
    :raises BadLine: for a line without a type, with two, or with another than the command's
    """
    rest = {name: value for name, value in params.items() if name not in ("t", "type")}
    given = [params[name] for name in ("type", "t") if params.get(name) is not None]
    given += [fixed] if fixed else []
    if not given:
        raise BadLine('has no hit type: give it as "type", such as "pageview"')
    if any(other != given[0] for other in given):
        raise BadLine("has another hit type than the command" if fixed else "has two hit types")
    return given[0], rest
