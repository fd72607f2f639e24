"""analytical logs: the pageviews in access logs of web servers."""

from __future__ import absolute_import, division, print_function, unicode_literals

import argparse

from ..delivery.retry import Retry
from ..logs.cleaning import Clean
from ..logs.formats import NAMES
from ..logs.importing import Import
from ..logs.pageviews import REASONS, Rules
from ..logs.zones import Zone
from .hits import LINES
from .parsing import add_json, add_target
from .processes import add_processes
from .reading import Reading
from .sending import Sending
from .stopping import Stopping
from .table import say_table

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Text

    from .parsing import Parser
    from .terminal import Terminal


BEFORE = "lines that earlier runs read (--restart reads them again)"
RETRIES = Retry(attempts=8)  # half a minute, more or less
ENDLESS = Retry(attempts=10**9)


def configure(parser):
    # type: (Parser) -> None
    """Add the command's arguments."""
    parser.show_usage("FILE ... | -")
    parser.add_words("FILE", "a log, plain or compressed; - reads the standard input")
    add_target(parser)
    parser.add_argument(
        "--no-privacy",
        action="store_true",
        help="keep all that lines say; by default analytical.privacy.private() cleans each hit",
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="print what would leave this machine; send nothing"
    )
    add_json(parser)
    parser.add_argument(
        "--format",
        help="one of %s, or the string of the server's configuration; by default found by the first "
        "lines" % ", ".join(NAMES),
    )
    parser.add_argument(
        "--base",
        metavar="URL",
        default="",
        help="scheme and host for lines that do not say theirs, such as https://example.com",
    )
    parser.add_argument(
        "--timezone",
        metavar="ZONE",
        help="that of lines which name none, such as Europe/Berlin or +02:00; by default UTC",
    )
    _add_rules(parser)
    add_processes(parser)
    parser.add_argument(
        "--follow", action="store_true", help="wait for lines that are written to the (one) file"
    )
    _add_state(parser)


def _add_state(parser):
    # type: (Parser) -> None
    parser.add_argument(
        "--state",
        metavar="FILE",
        help="where it is kept how far logs are read; by default beside the file of the hits, else in your "
        "folder for such",
    )
    parser.add_argument(
        "--no-state", action="store_true", help="begin with the first line, and keep nothing"
    )
    parser.add_argument(
        "--restart", action="store_true", help="begin with the first line, whatever was read before"
    )


def _add_rules(parser):
    # type: (Parser) -> None
    parser.add_argument(
        "--keep",
        action="append",
        default=[],
        choices=sorted(set(REASONS) - {"no_request", "excluded"}),
        metavar="REASON",
        help="keep lines that are left out for this reason: one of %(choices)s; may be given again",
    )
    for name, text in (("include", "only these paths"), ("exclude", "leave these paths out")):
        parser.add_argument(
            "--" + name,
            action="append",
            default=[],
            metavar="PATH",
            help="%s and all below them; * stands for any text; may be given again" % text,
        )


def run(parser, arguments, terminal):
    # type: (Parser, Any, Terminal) -> int
    """Do what the arguments say; give the exit code."""
    files = arguments.words
    if not files:
        parser.error("it needs a FILE, or - to read the standard input")
    if arguments.follow and (len(files) != 1 or files[0] == LINES):
        parser.error("--follow takes one FILE")
    rules = Rules(arguments.keep, arguments.include, arguments.exclude)
    zone = Zone(arguments.timezone) if arguments.timezone else None
    imported = Import(rules, arguments.format, arguments.base, zone)
    with Stopping(at_once=LINES in files) as stopping:
        retry = ENDLESS if arguments.follow else RETRIES
        options = _sending_options(arguments)
        sending = Sending(terminal, options, retry, stopping.pause, stopping)
        return Reading(arguments, terminal, imported, sending, stopping, _summarize).run()


def _sending_options(arguments):
    # type: (Any) -> Any
    # Bots are counted by the rules; and one line for each hit is no help to a machine either.
    options = {
        "no_anonymize": True,  # private() does it
        "processors": [] if arguments.no_privacy else [Clean()],
        "json": arguments.json and arguments.dry_run,
    }
    return argparse.Namespace(**dict(vars(arguments), **options))


def _summarize(command):
    # type: (Reading) -> None
    terminal, sending, imported = command.terminal, command.sending, command.imported
    if command.arguments.json:
        terminal.json(_facts(command))
        return
    sending.report.summary(sending.sent, sending.failed)
    terminal.say()
    rows = [("lines", imported.lines), ("pageviews", imported.hits), ("bad lines", imported.bad)]
    if command.importing.before:
        rows.append((BEFORE, command.importing.before))
    say_table(terminal, ("Read as %s" % (", ".join(imported.formats) or "nothing"), "Number"), rows)
    left_out = sorted(imported.left_out.items(), key=lambda row: -row[1])
    if left_out:
        terminal.say()
        rows = [("%s: %s" % (reason, REASONS[reason]), count) for reason, count in left_out]
        say_table(terminal, ("Left out (--keep REASON keeps them)", "Lines"), rows)
    for number, why in imported.first_bad:
        terminal.note("analytical: line %d %s" % (number, why))


def _facts(command):
    # type: (Reading) -> Dict[Text, Any]
    sending, imported, seconds = command.sending, command.imported, command.progress.seconds
    return {
        "lines": imported.lines,
        "pageviews": imported.hits,
        "sent": sending.sent,
        "failed": sending.failed,
        "bad": imported.bad,
        "left_out": imported.left_out,
        "formats": imported.formats,
        "seconds": round(seconds, 3),
        "lines_per_second": int(imported.lines / seconds),
        "before": command.importing.before,
        "files": command.importing.files,
        "state": None if command.state is None else command.state.path,
    }
