"""How many processes read the lines of logs, where hits may be made in others than this one."""

from __future__ import absolute_import, division, print_function, unicode_literals

import argparse
import contextlib
import multiprocessing
import os

import six

from .. import registry
from ..delivery import switch
from ..delivery.direct import Direct
from ..delivery.outbox import Outbox
from ..logs.pool import Workers
from ..logs.workers import collect_seldom
from .hits import LINES
from .target import url_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Iterator, Text

    from ..logs.importing import Import
    from .parsing import Parser
    from .sending import Sending

BIG = (
    1 << 24
)  # bytes from which on other processes pay: a second's work, and each takes a third to start
MOST = 2  # by default; this process, which stores what they make, is then as busy as each of them
LIMIT = 64  # processes; the first one cannot store what more of them make
_PACKED = (".gz", ".bz2", ".xz", ".zst")
_RATIO = 10  # of a log and its compressed file, roughly


def add_processes(parser):
    # type: (Parser) -> None
    """Add the option."""
    parser.add_argument(
        "--processes",
        type=_number,
        metavar="N",
        help="processes that read lines beside this one, where hits go into a file of this machine; 1: "
        "none. By default %d for files over %d MB on more than one core" % (MOST, BIG >> 20),
    )


def _number(text):
    # type: (Text) -> int
    if not text.isdigit() or not 1 <= int(text) <= LIMIT:
        raise argparse.ArgumentTypeError("takes 1 to %d" % LIMIT)
    return int(text)


@contextlib.contextmanager
def reading(arguments, sending, imported):
    # type: (Any, Sending, Import) -> Iterator[Callable[[Any], Any]]
    """Give the function that reads the blocks of a log: in this process, or in others too."""
    wanted = arguments.processes
    count = _default(arguments.words) if wanted is None else wanted
    before = collect_seldom()
    try:
        with _reading(arguments, sending, imported, count) as results:
            yield results
    finally:
        collect_seldom(*before)


@contextlib.contextmanager
def _reading(arguments, sending, imported, count):
    # type: (Any, Sending, Import, int) -> Iterator[Callable[[Any], Any]]
    if count < 2 or not _may(arguments, sending):
        yield imported.results
        return
    settings = {
        "url": url_of(arguments.to),
        "base": arguments.base,
        "rules": [arguments.keep, arguments.include, arguments.exclude],
        "private": not arguments.no_privacy,
    }
    unsupported = sending.target.provider.guard.counts.unsupported
    with Workers(count, settings, sending.terminal.warn, unsupported) as workers:
        yield lambda blocks: workers.results(imported, blocks)


def _may(arguments, sending):
    # type: (Any, Sending) -> bool
    """Tell whether hits may be made elsewhere: only where this process does nothing to each that counts."""
    provider = sending.target.provider
    _, _, options = registry.parse_url(url_of(arguments.to))
    if six.PY2 or arguments.dry_run or arguments.follow or provider.disabled or switch.tap:
        return False
    if set(options) & {"processors", "strict"}:
        return False
    local = provider.name == "sqlite" and isinstance(provider.delivery, Direct)
    return local or isinstance(provider.delivery, Outbox)


def _default(paths):
    # type: (Any) -> int
    # A pipe may be slow, and lines that are read ahead would wait for others.
    if LINES in paths:
        return 1
    size = sum(_size(path) for path in paths)
    return min(MOST, cores()) if size >= BIG else 1


def _size(path):
    # type: (Text) -> int
    size = os.path.getsize(path) if os.path.isfile(path) else 0
    return size * _RATIO if path.endswith(_PACKED) else size


def cores():
    # type: () -> int
    """Count the cores that this process may use."""
    try:
        return len(os.sched_getaffinity(0))  # novm - where there is none, the next line
    except (AttributeError, OSError):
        return multiprocessing.cpu_count()
