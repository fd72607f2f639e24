"""analytical event: a visitor did something."""

from __future__ import absolute_import, division, print_function, unicode_literals

from ..secrets import show_name
from .fields import add_fields, option, read_fields
from .hits import LINES, add_sending, send_lines, send_one

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Text

    from .parsing import Parser
    from .terminal import Terminal

_WORDS = ("category", "action", "label", "value")
_NAMES = ("name", "category", "action", "ec", "ea")


def configure(parser):
    # type: (Parser) -> None
    """Add the command's arguments."""
    parser.show_usage("CATEGORY ACTION [LABEL [VALUE]] | NAME | -")
    parser.add_words(
        "WORD", "CATEGORY ACTION [LABEL [VALUE]], or the event's NAME alone; - reads JSON lines"
    )
    add_sending(parser)
    add_fields(parser)


def run(parser, arguments, terminal):
    # type: (Parser, Any, Terminal) -> int
    """Do what the arguments say; give the exit code."""
    params = read_fields(arguments, parser.error)
    if arguments.words == [LINES]:
        return send_lines(terminal, arguments, "event", params)
    for name, value in _read_words(parser, arguments.words).items():
        if name in params:
            parser.error("%s is given twice, as a word and as an option" % show_name(option(name)))
        params[name] = value
    if not any(name in params for name in _NAMES):
        parser.error("it needs CATEGORY ACTION, or a NAME, or - to read JSON lines")
    return send_one(terminal, arguments, "event", params)


def _read_words(parser, words):
    # type: (Parser, List[Text]) -> Dict[Text, Text]
    if len(words) == 1:
        return {"name": words[0]}
    if len(words) > len(_WORDS):
        parser.error("it takes CATEGORY ACTION [LABEL [VALUE]]; put quotes around a text of words")
    return dict(zip(_WORDS, words))
