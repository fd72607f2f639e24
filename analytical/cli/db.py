"""analytical db: keep a file of the sqlite provider small, and take its hits elsewhere."""

from __future__ import absolute_import, division, print_function, unicode_literals

import argparse
import re
import sys

from ..errors import ConfigurationError
from .parsing import add_action, add_json
from .stats import moment
from .stored import native

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Text

    from .parsing import Parser
    from .terminal import Terminal

KINDS = ("csv", "parquet")
_MEBIBYTE = 1048576.0


def configure(parser):
    # type: (Parser) -> None
    """Add the command's arguments."""
    actions = "prune: delete old hits; export them; vacuum: give the room of deleted ones back"
    add_action(parser, ACTIONS, actions, "the file of the sqlite provider")
    parser.add_argument(
        "--older-than",
        type=days,
        metavar="DAYS",
        help="prune: delete the hits of days before this many, as in 400d; days are those of UTC",
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="prune: only count what would be deleted"
    )
    _add_export(parser)
    add_json(parser)


def _add_export(parser):
    # type: (Parser) -> None
    parser.add_argument(
        "--output",
        "-o",
        metavar="PATH",
        help="export: the file to write; CSV goes to the standard output without it",
    )
    parser.add_argument(
        "--format",
        choices=KINDS,
        metavar="FORMAT",
        help="export: csv or parquet; by default what the output's name ends in, else csv",
    )
    parser.add_argument(
        "--raw",
        action="store_true",
        help="export: keep text in CSV that a spreadsheet would take for a formula as it is",
    )
    for name, meaning in (("since", "from this time on"), ("until", "before this time")):
        parser.add_argument(
            "--" + name,
            type=moment,
            metavar="TIME",
            help="export: only hits %s: Unix seconds or ISO 8601, UTC where no zone is given"
            % meaning,
        )


def days(text):
    # type: (Text) -> int
    """Read a number of days; the type of an option."""
    match = re.match("([0-9]{1,6})d?$", text)
    if match is None or not int(match.group(1)):
        raise argparse.ArgumentTypeError("takes a number of days, 1 or more, such as 400d")
    return int(match.group(1))


def run(parser, arguments, terminal):
    # type: (Parser, Any, Terminal) -> int
    """Do what the arguments say; give the exit code."""
    return ACTIONS[arguments.action](arguments, terminal)


def _prune(arguments, terminal):
    # type: (Any, Terminal) -> int
    from ..report import retention

    if arguments.older_than is None:
        raise ConfigurationError("prune needs --older-than DAYS, such as 400d")
    path, day = native(arguments.file), retention.cutoff(arguments.older_than)

    def progress(done, todo):
        # type: (int, int) -> None
        terminal.progress("%d of %d hits deleted" % (done, todo))

    if arguments.dry_run:
        count = retention.count_before(path, day)
    else:
        count = retention.prune(path, day, progress)
    if arguments.json:
        terminal.json({"hits": count})
    else:
        would = "would be " if arguments.dry_run else ""
        terminal.say("{:,} hits {}deleted".format(count, would))
    return 0


def _export(arguments, terminal):
    # type: (Any, Terminal) -> int
    from ..report.export import export

    output = arguments.output
    kind = arguments.format
    if kind is None:
        kind = "parquet" if output and output.lower().endswith(".parquet") else "csv"
    options = {"since": arguments.since, "until": arguments.until, "raw": arguments.raw}
    if not output or output == "-":
        stream = _standard_output(kind)
        export(native(arguments.file), stream, kind, **options)
        return 0
    count = export(native(arguments.file), native(output), kind, **options)
    if arguments.json:
        terminal.json({"hits": count})
    else:
        terminal.say("{:,} hits written to {}".format(count, terminal.shown(output)))
    return 0


def _standard_output(kind):
    # type: (Text) -> Any
    if kind == "parquet":
        raise ConfigurationError("Parquet needs --output PATH")
    if sys.stdout.isatty():  # which strangers' text could control
        raise ConfigurationError("a terminal is no place for an export: name one by --output PATH")
    sys.stdout.flush()
    return getattr(sys.stdout, "buffer", sys.stdout)


def _vacuum(arguments, terminal):
    # type: (Any, Terminal) -> int
    from ..report import retention

    before, after = retention.vacuum(native(arguments.file))
    if arguments.json:
        terminal.json({"before": before, "after": after})
    else:
        terminal.say("%.1f MiB, before %.1f" % (after / _MEBIBYTE, before / _MEBIBYTE))
    return 0


ACTIONS = {"prune": _prune, "export": _export, "vacuum": _vacuum}
