"""analytical pageview: a visitor saw a page."""

from __future__ import absolute_import, division, print_function, unicode_literals

from .fields import add_fields, read_fields
from .hits import LINES, add_sending, send_lines, send_one

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .parsing import Parser
    from .terminal import Terminal

_PAGE = ("path", "dl", "dp")  # say which page it was, when the URL does not


def configure(parser):
    # type: (Parser) -> None
    """Add the command's arguments."""
    parser.show_usage("URL | -")
    parser.add_argument(
        "url", nargs="?", metavar="URL", help="the page's full address; - reads JSON lines"
    )
    add_sending(parser)
    add_fields(parser, leave_out=("url",))


def run(parser, arguments, terminal):
    # type: (Parser, Any, Terminal) -> int
    """Do what the arguments say; give the exit code."""
    params = read_fields(arguments, parser.error)
    if arguments.url == LINES:
        return send_lines(terminal, arguments, "pageview", params)
    if arguments.url:
        params["url"] = arguments.url
    elif not any(name in params for name in _PAGE):
        parser.error("it needs the page's URL, or - to read JSON lines")
    return send_one(terminal, arguments, "pageview", params)
