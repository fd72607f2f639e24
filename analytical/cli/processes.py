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
from ..logs.pool import Alone, Workers
from ..logs.workers import collect_seldom
from .hits import LINES
from .target import url_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Iterator, Text

    from ..logs.importing import Import
    from ..providers.base import BaseProvider
    from .parsing import Parser
    from .sending import Sending

# Bytes from which on other processes pay: a second's work of one, and each takes a third of one to start.
BIG = 1 << 25
MOST = 2  # by default; all of them write the one file, and this process hands out the lines
LIMIT = 64  # processes; one at a time can write the file
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
    provider = sending.target.provider
    stores = provider.name == "sqlite" and isinstance(provider.delivery, Direct)
    settings = {
        "url": url_of(arguments.to),
        "base": arguments.base,
        "rules": [arguments.keep, arguments.include, arguments.exclude],
        "private": not arguments.no_privacy,
        "stores": stores,
    }
    if not _may(arguments, provider) or not (stores or isinstance(provider.delivery, Outbox)):
        yield imported.results
    elif count > 1 and not (six.PY2 or arguments.follow):
        unsupported = provider.guard.counts.unsupported
        with Workers(count, settings, sending.terminal.warn, unsupported) as workers:
            yield lambda blocks: workers.results(imported, blocks)
    elif stores:
        alone = Alone(settings)
        yield lambda blocks: alone.results(imported, blocks)
    else:
        yield imported.results


def _may(arguments, provider):
    # type: (Any, BaseProvider) -> bool
    """Tell whether others may make hits than this provider: only where it does nothing to each that counts."""
    _, _, options = registry.parse_url(url_of(arguments.to))
    if arguments.dry_run or provider.disabled or switch.tap:
        return False
    return not set(options) & {"processors", "strict"}


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
