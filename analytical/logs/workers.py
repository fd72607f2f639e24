"""
What reads lines of logs for a provider: in processes beside the one that started them, or in that one alone.

Where hits go into a file of SQLite, what is read is stored at once, and only numbers are told; else payloads are made,
and the process that started the others delivers them.

A worker is an interpreter of its own, told over its standard input what to do: first the settings, then tasks,
and it answers each on its standard output. Frames of both are two lengths, four bytes each, then JSON; behind that of
a task stand the lines. Credentials go this way only. It ends when its input does.
"""

from __future__ import absolute_import, division, print_function, unicode_literals

import gc
import io
import os
import signal
import struct

from .. import _json, registry
from .._sqlite_file import StorageError
from ..delivery.base import envelope_of
from ..providers.rows import row
from .cleaning import Clean
from .formats import named
from .importing import Reading
from .pageviews import Rules, plain_hit
from .reader import Block
from .rows import COLUMNS, Rows

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Set, Text, Tuple

    from .importing import Found

_LENGTHS = struct.Struct(str("<II"))  # of JSON and lines
MOST_LEFT = (
    200  # hits in the answer of one that stores: it must fit into a pipe while nobody reads it
)
OBJECTS = 50000  # made between two looks of the garbage collector: payloads are no garbage
_fast = getattr(_json, "orjson")  # noqa: B009 - None where it is not installed
_dumps = _json.dumps if _fast is None else _fast.dumps
_loads = _json.loads if _fast is None else _fast.loads


def write(stream, header, lines=b""):
    # type: (Any, Any, bytes) -> None
    """Write a frame."""
    head = _dumps(header)
    stream.write(_LENGTHS.pack(len(head), len(lines)))
    stream.write(head)
    stream.write(lines)
    stream.flush()


def read(stream):
    # type: (Any) -> Optional[Tuple[Any, bytes]]
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
    return _loads(parts[0]), parts[1]


class Maker(object):
    """
    Reads lines, and stores their hits or makes payloads of them.

    :param settings: ``url``, the address of the provider; ``rules``, the arguments of
        :class:`~analytical.logs.pageviews.Rules`; ``base``; ``private``, whether hits are cleaned; ``stores``,
        whether hits are stored, for which the provider has to be sqlite
    """

    def __init__(self, settings):
        # type: (Dict[Text, Any]) -> None
        name, account, options = registry.parse_url(settings["url"])
        options.pop(str("delivery"), None)  # it is the parent's
        clean = Clean() if settings["private"] else None
        options[str("processors")] = [] if clean is None else [clean]
        self._provider = registry.make(name, account, options)  # type: Any
        self._rules = Rules(*settings["rules"])
        self._base, self._stores = settings["base"], settings["stores"]
        self._make = Rows(clean).make if self._stores else plain_hit
        self._readings = {}  # type: Dict[Text, Reading]
        self._told = set()  # type: Set[Text]

    def answer(self, format, log, block):
        # type: (Text, Text, Block) -> Dict[Text, Any]
        """
        Do a task.

        :param format: what :func:`analytical.logs.formats.named` makes the format of
        :param log: the log's identity
        :returns: with ``failed`` where nothing came of it; else what was found. ``hits`` has for each pageview that
            is not stored the number of its line, its id, its time and the payload; of one that only the process which
            counts can say something about, the payload is None
        """
        try:
            if format not in self._readings:
                self._readings[format] = Reading(self._rules, named(format), self._base, self._make)
            return self._answer(self._readings[format].read(block, log))
        except (ValueError, TypeError, RuntimeError, LookupError, AttributeError) as error:
            return {"failed": type(error).__name__}
        except StorageError as error:
            return {"failed": error.reason}

    def _answer(self, found):
        # type: (Found) -> Dict[Text, Any]
        hits = (
            self._store(found.hits) if self._stores else [self._entry(*hit) for hit in found.hits]
        )
        unsupported = set(self._provider.stats()["unsupported"]) - self._told
        self._told |= unsupported
        return {
            "left_out": found.left_out,
            "bad": found.bad,
            "first_bad": found.first_bad,
            "unsupported": sorted(unsupported),
            "stored": len(found.hits) - len(hits),
            "hits": hits,
        }

    def _store(self, found):
        # type: (List[Tuple[int, Any]]) -> List[Any]
        """Store hits, and rows in place of some, in one transaction; give the entries of those that cannot be."""
        rows, left = [], []  # type: List[Any], List[Any]
        groups = {COLUMNS: rows}  # type: Dict[Any, List[Any]]
        for number, made in found:
            if type(made) is tuple:
                rows.append(made)
                continue
            entry = self._entry(number, made)
            try:
                columns, values = row(envelope_of(entry[3]))
            except (ValueError, TypeError, RuntimeError, AttributeError):
                left.append(entry[:3] + (None,))
            else:
                groups.setdefault(columns, []).append(values)
        if len(left) > MOST_LEFT:
            raise ValueError("too much for one answer")
        if len(found) > len(left):
            self._provider.insert(groups)
        return left

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
            header, lines = task
            block = Block(lines, header["place"], header["first"], header["skipped"])
            write(answers, maker.answer(header["format"], header["log"], block))
    except EnvironmentError:  # the parent is gone
        os._exit(1)
