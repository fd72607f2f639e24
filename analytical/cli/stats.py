"""analytical stats: what a file of the sqlite provider holds, as tables."""

from __future__ import absolute_import, division, print_function, unicode_literals

import argparse
import time

from .. import moments
from .parsing import add_json
from .stored import add_file, find
from .table import say_table

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Text

    from .parsing import Parser
    from .terminal import Terminal


def configure(parser):
    # type: (Parser) -> None
    """Add the command's arguments."""
    parser.show_usage("[FILE]")
    add_file(parser)
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

    file, path = find(arguments.file)
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
