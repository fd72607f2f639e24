"""analytical validate: what is wrong with a hit, without recording it."""

from __future__ import absolute_import, division, print_function, unicode_literals

import six

from ..errors import InvalidHit
from ..hit import Problem
from .fields import add_fields, read_fields
from .hit import check_type
from .hits import LINES, with_defaults
from .lines import BadLine, blocks, hit_type, read_line, standard_input
from .parsing import add_json, add_target
from .target import Target, url_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Text

    from .parsing import Parser
    from .terminal import Terminal


def configure(parser):
    # type: (Parser) -> None
    """Add the command's arguments."""
    parser.show_usage("[TYPE | -]")
    parser.add_argument(
        "type",
        nargs="?",
        metavar="TYPE",
        default="pageview",
        help='the hit type, pageview by default; - reads JSON lines, each with its own "type"',
    )
    add_target(parser)
    parser.add_argument(
        "--online",
        action="store_true",
        help="ask the platform too, where it offers that; address and agent are anonymized",
    )
    add_json(parser)
    add_fields(parser)


def run(parser, arguments, terminal):
    # type: (Parser, Any, Terminal) -> int
    """Do what the arguments say; give the exit code."""
    params = read_fields(arguments, parser.error)
    if arguments.type != LINES:
        check_type(parser, arguments.type)
    check = Check(parser, arguments, terminal)
    if arguments.type != LINES:
        check.one(None, arguments.type, params)
    else:
        number = 0
        for lines in blocks(standard_input()):
            for line in lines:
                number += 1
                check.line(number, line, params)
            terminal.flush()
    return check.finish()


class Check(object):
    """Validates hits one by one, tells what is wrong with each, and counts."""

    def __init__(self, parser, arguments, terminal):
        # type: (Parser, Any, Terminal) -> None
        self.terminal = terminal
        self.json = arguments.json
        self.provider = Target(url_of(arguments.to)).provider
        self.options = {}  # type: Dict[str, Any]
        if arguments.online:
            if not _takes_online(self.provider):
                parser.error("--online: %s offers no such check" % self.provider.name)
            self.options[str("online")] = True
        self.checked = self.bad = 0

    def line(self, number, line, params):
        # type: (int, Optional[bytes], Dict[Text, Any]) -> None
        """Check the hit in one line of JSON."""
        try:
            given = read_line(line)
            if given is not None:
                kind, fields = hit_type(given, None)
                self.one(number, kind, with_defaults(fields, params))
        except (BadLine, InvalidHit) as error:
            self._tell(number, [Problem("line", "unreadable", six.text_type(error))])

    def one(self, number, kind, params):
        # type: (Optional[int], Any, Dict[Text, Any]) -> None
        """Check one hit; ``number`` is that of its line, where it stands in one."""
        self._tell(number, self.provider.validate(kind, params, **self.options))

    def _tell(self, number, problems):
        # type: (Optional[int], List[Problem]) -> None
        self.checked += 1
        self.bad += bool(problems)
        if self.json:
            self._tell_machine(number, problems)
            return
        for problem in problems:
            where = "" if number is None else "line %d: " % number
            text = self.terminal.shown("%s%s: %s" % (where, problem.field, problem.text))
            self.terminal.say(text)

    def _tell_machine(self, number, problems):
        # type: (Optional[int], List[Problem]) -> None
        names = ("field", "code", "text")
        found = [{name: getattr(problem, name) for name in names} for problem in problems]
        result = {"valid": not problems, "problems": found}  # type: Dict[Text, Any]
        if number is not None:
            result["line"] = number
        self.terminal.json(result)

    def finish(self):
        # type: () -> int
        """Say how many are valid; give the exit code."""
        self.provider.close()
        if not self.json:
            self.terminal.say(
                "{:,} of {:,} valid for {}".format(
                    self.checked - self.bad, self.checked, self.provider.name
                )
            )
        return 1 if self.bad else 0


def _takes_online(provider):
    # type: (Any) -> bool
    """Tell whether a provider's validate() has the keyword ``online``; to others it would be a field."""
    code = six.get_function_code(six.get_method_function(provider.validate))
    return "online" in code.co_varnames[: code.co_argcount]
