"""
Processes that read lines of logs and make payloads of them, while the one that started them delivers these.

A worker is an interpreter of its own, told over its standard input what to do: first the settings, then tasks,
and it answers each on its standard output. Frames of both are the length, four bytes, and JSON; behind that of a
task stand the places of its lines and the lines. Credentials go this way only. A worker gets the next task when its
answer is read, so neither ever waits for the other to read; it ends when its input does.
"""

from __future__ import absolute_import, division, print_function, unicode_literals

import gc
import io
import os
import signal
import struct

from .. import _json, registry
from .cleaning import Clean
from .formats import named
from .importing import Reading
from .pageviews import Rules

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Set, Text, Tuple

_LENGTHS = struct.Struct(str("<III"))  # of JSON, places and lines
OBJECTS = 50000  # made between two looks of the garbage collector: payloads are no garbage
_fast = getattr(_json, "orjson")  # noqa: B009 - None where it is not installed
_dumps = _json.dumps if _fast is None else _fast.dumps
_loads = _json.loads if _fast is None else _fast.loads


def write(stream, header, places=b"", lines=b""):
    # type: (Any, Any, bytes, bytes) -> None
    """Write a frame."""
    head = _dumps(header)
    stream.write(_LENGTHS.pack(len(head), len(places), len(lines)))
    for part in (head, places, lines):
        stream.write(part)
    stream.flush()


def read(stream):
    # type: (Any) -> Optional[Tuple[Any, bytes, bytes]]
    """Read a frame; None at the end of the stream, also within a frame."""
    start = stream.read(_LENGTHS.size)
    if len(start) < _LENGTHS.size:
        return None
    parts = []
    for length in _LENGTHS.unpack(start):
        part = stream.read(length)
        if len(part) < length:
            return None
        parts.append(part)
    return _loads(parts[0]), parts[1], parts[2]


class Maker(object):
    """
    What a worker does: payloads of lines.

    :param settings: ``url``, the address of the provider; ``rules``, the arguments of
        :class:`~analytical.logs.pageviews.Rules`; ``base``; ``private``, whether hits are cleaned
    """

    def __init__(self, settings):
        # type: (Dict[Text, Any]) -> None
        name, account, options = registry.parse_url(settings["url"])
        options.pop(str("delivery"), None)  # it is the parent's
        options[str("processors")] = [Clean()] if settings["private"] else []
        self._provider = registry.make(name, account, options)
        self._rules = Rules(*settings["rules"])
        self._base = settings["base"]
        self._readings = {}  # type: Dict[Text, Reading]
        self._told = set()  # type: Set[Text]

    def answer(self, header, places, lines):
        # type: (Dict[Text, Any], bytes, bytes) -> Dict[Text, Any]
        """Do a task."""
        texts = list(lines.split(b"\n"))  # type: List[Optional[bytes]]
        for index in header["long"]:
            texts[index] = None
        block = list(zip(struct.unpack(str("<%dQ" % len(texts)), places), texts))
        name = header["format"]
        if name not in self._readings:
            self._readings[name] = Reading(self._rules, named(name), self._base)
        found = self._readings[name].read(block, header["log"], header["number"])
        hits = [self._entry(number, hit) for number, hit in found.hits]
        unsupported = set(self._provider.stats()["unsupported"]) - self._told
        self._told |= unsupported
        return {
            "left_out": found.left_out,
            "bad": found.bad,
            "first_bad": found.first_bad,
            "unsupported": sorted(unsupported),
            "hits": hits,
        }

    def _entry(self, number, hit):
        # type: (int, Any) -> Tuple[int, Text, float, Any]
        provider, undone = self._provider, (number, hit.id, hit.time, None)
        try:
            cleaned = provider.process(hit)
            if cleaned is None:
                return undone
            provider.check(cleaned)
            payload = provider.payload(cleaned)
        except Exception:  # the parent will meet it too, and has somebody to tell
            return undone
        return number, payload.id, payload.time, payload


def collect_seldom(*thresholds):
    # type: (*int) -> Tuple[int, ...]
    """Have the garbage collector look seldom, or as often as thresholds say; give those before."""
    if not hasattr(gc, "set_threshold"):  # PyPy collects in another way
        return ()
    before = gc.get_threshold()
    gc.set_threshold(*(thresholds or (OBJECTS,) + before[1:]))
    return before


def main():
    # type: () -> None
    """Be a worker: answer tasks until the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    collect_seldom()
    source = io.open(0, "rb", closefd=False)
    answers = io.open(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever else is printed must not come between
    try:
        first = read(source)
        maker = None if first is None else Maker(first[0])
        while maker is not None:
            task = read(source)
            if task is None:
                break
            try:
                write(answers, maker.answer(*task))
            except (ValueError, TypeError, RuntimeError, LookupError, AttributeError) as error:
                write(answers, {"failed": type(error).__name__})
    except EnvironmentError:  # the parent is gone
        os._exit(1)
