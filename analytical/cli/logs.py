"""analytical logs: the pageviews in access logs of web servers."""

from __future__ import absolute_import, division, print_function, unicode_literals

import argparse

from ..logs.cleaning import Clean
from ..logs.formats import NAMES
from ..logs.importing import Import
from ..logs.pageviews import REASONS, Rules
from ..logs.reader import Lines, follow, is_compressed, open_log
from .hits import BATCH, LINES
from .lines import standard_input
from .parsing import add_json, add_target
from .results import Entry
from .sending import Sending
from .table import say_table

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterator, List, Text

    from ..logs.reader import Line
    from .parsing import Parser
    from .terminal import Terminal


AGAIN = (
    "started again, it begins with the first line, and hits have the ids they had: what counts a hit "
    "once, as sqlite does, holds none twice"
)


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
    _add_rules(parser)
    parser.add_argument(
        "--follow", action="store_true", help="wait for lines that are written to the (one) file"
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
    imported = Import(rules, arguments.format, arguments.base)
    sending = Sending(terminal, _sending_options(arguments))
    try:
        for path in files:
            imported.begin()
            for block in _blocks(path, arguments.follow):
                _send(sending, imported, block)
        code = sending.finish()
    except (KeyboardInterrupt, EnvironmentError):
        sending.interrupted()
        terminal.note("analytical: " + AGAIN)
        raise
    if not arguments.dry_run:
        _summarize(terminal, arguments, sending, imported)
    return code


def _sending_options(arguments):
    # type: (Any) -> Any
    # Bots are counted by the rules; and one line for each hit is no help to a machine either.
    options = {
        "no_anonymize": True,  # private() does it
        "processors": [] if arguments.no_privacy else [Clean()],
        "json": arguments.json and arguments.dry_run,
    }
    return argparse.Namespace(**dict(vars(arguments), **options))


class _Pipe(object):
    """The standard input, read as it comes: others may be long in writing a whole block."""

    def __init__(self, stream):
        # type: (Any) -> None
        self.read = stream.read1


def _blocks(path, following):
    # type: (Text, bool) -> Iterator[List[Line]]
    if following:
        for block in follow(path):
            yield block
        return
    stream = _Pipe(standard_input()) if path == LINES else open_log(path)  # type: Any
    try:
        lines = Lines(stream)
        for block in lines.blocks():
            yield block
        if path == LINES or is_compressed(stream):  # nobody is still writing the last line
            yield lines.last()
    finally:
        if path != LINES:
            stream.close()


def _send(sending, imported, block):
    # type: (Sending, Import, List[Line]) -> None
    entries = [Entry(number, hit) for number, hit in imported.read(block)]
    for start in range(0, len(entries), BATCH):
        sending.settle(entries[start : start + BATCH])
    sending.lines = sending.settled = imported.lines
    sending.progress()


def _summarize(terminal, arguments, sending, imported):
    # type: (Terminal, Any, Sending, Import) -> None
    if arguments.json:
        terminal.json(_facts(sending, imported))
        return
    sending.report.summary(sending.sent, sending.failed)
    terminal.say()
    rows = [("lines", imported.lines), ("pageviews", imported.hits), ("bad lines", imported.bad)]
    say_table(terminal, ("Read as %s" % (", ".join(imported.formats) or "nothing"), "Number"), rows)
    left_out = sorted(imported.left_out.items(), key=lambda row: -row[1])
    if left_out:
        terminal.say()
        rows = [("%s: %s" % (reason, REASONS[reason]), count) for reason, count in left_out]
        say_table(terminal, ("Left out (--keep REASON keeps them)", "Lines"), rows)
    for number, why in imported.first_bad:
        terminal.note("analytical: line %d %s" % (number, why))


def _facts(sending, imported):
    # type: (Sending, Import) -> Dict[Text, Any]
    return {
        "lines": imported.lines,
        "pageviews": imported.hits,
        "sent": sending.sent,
        "failed": sending.failed,
        "bad": imported.bad,
        "left_out": imported.left_out,
        "formats": imported.formats,
    }
