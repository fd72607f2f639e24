"""What the sending commands share: their options, and the way of one hit or of many lines."""

from __future__ import absolute_import, division, print_function, unicode_literals

from ..errors import InvalidHit
from ..params import read
from ..vocabulary import BY_NAME
from .lines import BadLine, blocks, hit_type, read_line, standard_input
from .parsing import add_json, add_target
from .results import Entry, invalid
from .sending import Sending

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Text

    from .parsing import Parser
    from .terminal import Terminal

LINES = "-"  # in place of a command's first word: read JSON lines
BATCH = 500  # lines sent at a time; providers split them as their platform wants it


def add_sending(parser):
    # type: (Parser) -> None
    """Add the options of every command that sends."""
    add_target(parser)
    parser.add_argument(
        "--no-anonymize",
        action="store_true",
        help="keep user_ip and user_agent as they are; else the address loses its last two bytes, and "
        "a rare agent is replaced",
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="print what would leave this machine; send nothing"
    )
    add_json(parser)


def send_one(terminal, arguments, kind, params):
    # type: (Terminal, Any, Text, Dict[Text, Any]) -> int
    """Send the hit that the command line describes; give the exit code."""
    hit = read(kind, params)
    sending = Sending(terminal, arguments)
    try:
        sending.settle([Entry(None, hit)])
        return sending.finish()
    except KeyboardInterrupt:
        if not sending.dry_run:
            terminal.note("analytical: stopped; the hit may have been sent")
        raise


def send_lines(terminal, arguments, kind, params):
    # type: (Terminal, Any, Optional[Text], Dict[Text, Any]) -> int
    """
    Send a hit for each JSON line of the standard input; give the exit code.

    :param kind: the hit type, or None where each line says its own
    :param params: fields for the lines that do not say them
    """
    stream = standard_input()
    sending = Sending(terminal, arguments)
    try:
        for lines in blocks(stream):
            _send_block(sending, lines, kind, params)
        code = sending.finish()
    except (KeyboardInterrupt, EnvironmentError):
        sending.interrupted()
        raise
    if not sending.dry_run:
        sending.report.summary(sending.sent, sending.failed)
    return code


def _send_block(sending, lines, kind, params):
    # type: (Sending, List[Optional[bytes]], Optional[Text], Dict[Text, Any]) -> None
    """Send lines that came together, at once: others may be long in coming."""
    entries = []
    for line in lines:
        sending.lines += 1
        entry = _read_entry(sending.lines, line, kind, params)
        if entry is not None:
            entries.append(entry)
        if len(entries) == BATCH:
            sending.settle(entries)
            entries = []
    sending.settle(entries)
    sending.progress()


def _read_entry(number, line, kind, params):
    # type: (int, Optional[bytes], Optional[Text], Dict[Text, Any]) -> Optional[Entry]
    try:
        given = read_line(line)
        if given is None:
            return None
        line_kind, fields = hit_type(given, kind)
        return Entry(number, read(line_kind, with_defaults(fields, params)))
    except (BadLine, InvalidHit) as error:
        return Entry(number, None, invalid(error))


def with_defaults(fields, params):
    # type: (Dict[Text, Any], Dict[Text, Any]) -> Dict[Text, Any]
    """Add the command line's fields to those of a line, which come first, by whichever name."""
    result = dict(fields)
    for name, value in params.items():
        field = BY_NAME.get(name)
        if name not in fields and (field is None or field.parameter not in fields):
            result[name] = value
    return result
