"""analytical stats: what a file of the sqlite provider holds, as tables."""

from __future__ import absolute_import, division, print_function, unicode_literals

import argparse
import os
import time

import six

from .. import moments, registry
from ..errors import ConfigurationError
from .parsing import DEFAULT_URL, add_json, limit
from .table import say_table
from .target import url_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Optional, Text

    from .parsing import Parser
    from .terminal import Terminal

LIMIT = 10  # rows of a table
SQLITE = "sqlite"


def configure(parser):
    # type: (Parser) -> None
    """Add the command's arguments."""
    parser.show_usage("[FILE]")
    parser.add_argument(
        "file",
        nargs="?",
        metavar="FILE",
        help="the file, or sqlite://FILE; by default what hits go to",
    )
    parser.add_argument(
        "--limit", type=limit, default=LIMIT, metavar="N", help="rows of a table; %d" % LIMIT
    )
    for name, meaning in (("since", "from this time on"), ("until", "before this time")):
        parser.add_argument(
            "--" + name,
            type=moment,
            metavar="TIME",
            help="count hits %s: Unix seconds or ISO 8601, UTC where no zone is given" % meaning,
        )
    add_json(parser)


def run(parser, arguments, terminal):
    # type: (Parser, Any, Terminal) -> int
    """Do what the arguments say; give the exit code."""
    # Only now, since --help needs no database.
    from ..report.queries import summary

    file = file_of(arguments.file)
    path = native(file)
    if not os.path.exists(path):
        makes = ": analytical pageview URL makes it" if DEFAULT_URL.endswith("//" + file) else ""
        raise ConfigurationError("there is no file %s here%s" % (file, makes))
    found = summary(path, arguments.limit, since=arguments.since, until=arguments.until)
    if arguments.json:
        terminal.json(found)
    else:
        say_summary(terminal, file, found)
    return 0


def moment(text):
    # type: (Text) -> float
    """Read a time; the type of an option."""
    try:
        return moments.time(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError("%s" % error)


def file_of(given):
    # type: (Optional[Text]) -> Text
    """
    Find the file that is asked for, or that hits go to by default.

    :raises ConfigurationError: where they go to another provider, which keeps what it has
    """
    if given and "://" not in given:
        return given
    name, account, _ = registry.parse_url(url_of(given))
    if name != SQLITE:
        raise ConfigurationError(
            "this reads files of the sqlite provider only, and hits go to %s: see its own pages, or "
            "name a FILE" % name
        )
    if account is None:
        raise ConfigurationError("the address sqlite:// names no file")
    return account


def native(path):
    # type: (Text) -> Any
    """Give a path in the type of the interpreter's own, as the sqlite provider does."""
    return six.ensure_str(path) if six.PY2 else path


# Key of the summary, title, and heads of the columns.
_TABLES = (
    ("pages", "Pages", ("page", "pageviews", "visitors")),
    ("referrers", "Referrers", ("site", "pageviews", "visitors")),
    ("events", "Events", ("event", "number", "visitors", "sum of values")),
)


def say_summary(terminal, file, found):
    # type: (Terminal, Text, Dict[Text, Any]) -> None
    """Print what queries.summary() found: the totals, then each table that has rows."""
    totals = found["totals"]
    if not totals["hits"]:
        terminal.say("%s holds no hits of that time" % terminal.shown(file))
        return
    first, last = (_minute(totals[name]) for name in ("first", "last"))
    terminal.say("%s, %s to %s UTC" % (terminal.shown(file), first, last))
    terminal.say()
    rows = [(name, totals[name]) for name in ("hits", "visitors", "pageviews", "events")]
    say_table(terminal, ("totals", "number"), rows)
    for key, title, heads in _TABLES:
        rows = found[key]
        if key == "referrers" and totals["direct"]:
            rows = rows + [["(direct)", totals["direct"], None]]
        if rows:
            terminal.say()
            terminal.say(title)
            terminal.say()
            say_table(terminal, heads, rows)


def _minute(seconds):
    # type: (float) -> Text
    return "%04d-%02d-%02d %02d:%02d" % time.gmtime(seconds)[:5]
