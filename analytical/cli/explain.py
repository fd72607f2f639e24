"""analytical explain: what would leave for a hit, and why, for people who must know."""

from __future__ import absolute_import, division, print_function, unicode_literals

from .. import registry
from ..delivery.base import REJECTED
from .fields import add_fields, read_fields
from .hit import check_type
from .hits import with_defaults
from .lines import BadLine, hit_type, read_line
from .parsing import add_json, add_target
from .target import url_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Text, Tuple

    from .parsing import Parser
    from .terminal import Terminal


def configure(parser):
    # type: (Parser) -> None
    """Add the command's arguments."""
    parser.show_usage("URL | JSON")
    parser.add_argument(
        "given",
        metavar="URL | JSON",
        help='the page\'s full address, or a hit as a JSON object, such as {"type": "event", ...}',
    )
    parser.add_argument(
        "--type", metavar="TYPE", help="the hit type, pageview where the JSON says none"
    )
    add_target(parser)
    add_json(parser)
    add_fields(parser, leave_out=("url",))
    parser.epilog = (
        "The processors are those that the provider's address names, such as processors=private; "
        "commands that send anonymize address and agent besides. Values of the hit are shown, credentials "
        "are masked."
    )


def run(parser, arguments, terminal):
    # type: (Parser, Any, Terminal) -> int
    """Do what the arguments say; give the exit code."""
    kind, params = _hit(parser, arguments)
    provider = registry.from_url(url_of(arguments.to))
    explanation = provider.explain(check_type(parser, kind), params)
    provider.close()
    if arguments.json:
        terminal.json(explanation.as_dict())
    else:
        for line in explanation.lines():
            terminal.say(terminal.shown(line))
    return 1 if explanation.result == REJECTED or explanation.failed else 0


def _hit(parser, arguments):
    # type: (Parser, Any) -> Tuple[Text, Dict[Text, Any]]
    """Read the hit type and the params."""
    params = read_fields(arguments, parser.error)
    if not arguments.given.lstrip().startswith("{"):
        params["url"] = arguments.given
        return arguments.type or "pageview", params
    try:
        given = read_line(arguments.given.encode("utf-8")) or {}
        if "type" not in given and "t" not in given:
            return arguments.type or "pageview", with_defaults(given, params)
        kind, rest = hit_type(given, arguments.type)
    except BadLine as error:
        return parser.error("the JSON %s" % error)
    return kind, with_defaults(rest, params)
