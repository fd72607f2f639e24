"""analytical hit: a hit of any type."""

from __future__ import absolute_import, division, print_function, unicode_literals

from ..providers.options import suggestion
from ..secrets import show_name
from ..vocabulary import HIT_TYPES
from .fields import add_fields, read_fields
from .hits import LINES, add_sending, send_lines, send_one

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Optional, Text

    from .parsing import Parser
    from .terminal import Terminal


def configure(parser):
    # type: (Parser) -> None
    """Add the command's arguments."""
    parser.show_usage("TYPE | TYPE - | -")
    parser.add_argument(
        "type",
        nargs="?",
        metavar="TYPE",
        help='one of %s; - reads JSON lines, each with its own "type"' % ", ".join(HIT_TYPES),
    )
    parser.add_argument(
        "lines", nargs="?", metavar="-", help="after TYPE: read JSON lines, all of that type"
    )
    add_sending(parser)
    add_fields(parser)


def run(parser, arguments, terminal):
    # type: (Parser, Any, Terminal) -> int
    """Do what the arguments say; give the exit code."""
    params = read_fields(arguments, parser.error)
    if arguments.lines not in (None, LINES):
        parser.error("after TYPE only - can stand; fields are options")
    if arguments.type == LINES:
        return send_lines(terminal, arguments, None, params)
    kind = check_type(parser, arguments.type)
    if arguments.lines:
        return send_lines(terminal, arguments, kind, params)
    return send_one(terminal, arguments, kind, params)


def check_type(parser, kind):
    # type: (Parser, Optional[Text]) -> Text
    """Give a hit type, or say which there are."""
    if kind is None:
        parser.error("it needs a TYPE, or - to read JSON lines")
    if kind not in HIT_TYPES:
        parser.error(
            "there is no hit type %s%s; there are %s"
            % (show_name(kind), suggestion(kind, HIT_TYPES), ", ".join(HIT_TYPES))
        )
    return kind
