"""The parser that all commands share: usage errors in one line, and no value of a visitor in them."""

from __future__ import absolute_import, division, print_function, unicode_literals

import argparse

import six

from ..errors import ConfigurationError
from ..secrets import show_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterable, List, NoReturn, Optional, Sequence, Text  # novm

MAX_LIMIT = 10000  # rows of a table; more is a matter for the database itself
VARIABLE = "ANALYTICAL_URL"
DEFAULT_URL = "sqlite://analytics.db"


class UsageError(ConfigurationError):
    """Arguments that a command does not understand; the text names the way to its help."""


class Parser(argparse.ArgumentParser):
    """
    An ArgumentParser that raises :class:`UsageError`, and takes words and options in any order.

    :param str command: the command's name, as typed
    :param str summary: what it does, in a sentence
    """

    def __init__(self, command, summary, **options):
        # type: (Text, Text, **Any) -> None
        if six.PY3:  # abbreviations would break when the vocabulary grows
            options["allow_abbrev"] = False
        super(Parser, self).__init__(
            prog=str("analytical " + command if command else "analytical"),
            description=summary,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            **options
        )
        self._words = None  # type: Optional[Text]

    def show_usage(self, words):
        # type: (Text) -> None
        """Say in help what words the command takes; its many options are listed below that."""
        self.usage = "%s %s [options]" % (self.prog, words)

    def error(self, message):
        # type: (Any) -> NoReturn
        what, found, _ = message.partition(": ignored explicit argument")
        if found:  # what follows is the value
            message = "%s takes no value" % what
        raise UsageError("%s (%s --help tells more)" % (message, self.prog))

    def add_words(self, name, help_text):
        # type: (Text, Text) -> None
        """Take any number of words, as ``arguments.words``; argparse alone wants them side by side."""
        self._words = "words"
        self.add_argument("words", nargs="*", metavar=name, help=help_text)

    def read(self, arguments):
        # type: (Sequence[Text]) -> Any
        """
        Parse arguments that are text.

        :raises UsageError: for what the command does not take
        """
        found, rest = self.parse_known_args(list(arguments))
        if "--" in rest:  # old versions leave it, as where all that follows are words
            rest.remove("--")
        unknown = [word for word in rest if word.startswith("-") and len(word) > 1]
        if unknown:
            self.error("there is no option %s" % show_name(unknown[0].partition("=")[0]))
        if rest and self._words is None:
            self.error("%d more words than it takes" % len(rest))
        if rest:
            found.words += rest
        return found


def add_target(parser):
    # type: (Parser) -> None
    """Add the option that says which provider hits are for."""
    parser.add_argument(
        "--to",
        metavar="URL",
        help="the provider, as name://account?option=value; by default what the environment variable "
        "%s says, or %s" % (VARIABLE, DEFAULT_URL),
    )


def add_action(parser, actions, help_text, file_help):
    # type: (Parser, Iterable[Text], Text, Text) -> None
    """Add what to do, and with which file."""
    parser.show_usage("ACTION FILE")
    parser.add_argument("action", choices=sorted(actions), metavar="ACTION", help=help_text)
    parser.add_argument("file", metavar="FILE", help=file_help)


def add_json(parser):
    # type: (Parser) -> None
    """Add the option for machine-readable output."""
    parser.add_argument("--json", action="store_true", help="print JSON, for machines")


def limit(text):
    # type: (Text) -> int
    """Read a number of rows; the type of an option."""
    if text.isdigit() and len(text) < 9 and 1 <= int(text) <= MAX_LIMIT:
        return int(text)
    raise argparse.ArgumentTypeError("takes a whole number from 1 to %d" % MAX_LIMIT)


def listing(rows):
    # type: (List[Any]) -> Text
    """Lay out names and meanings as argparse does in its help."""
    width = max(len(name) for name, _ in rows)
    return "\n".join("  %-*s  %s" % (width, name, meaning) for name, meaning in rows)
