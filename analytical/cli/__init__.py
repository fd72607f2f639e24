"""
The ``analytical`` command.

A command is a row of :data:`COMMANDS` and a module of this package with two functions:
``configure(parser)`` adds its arguments, ``run(parser, arguments, terminal)`` does the work and gives
the exit code: 0 when all is well, 1 when hits failed or are invalid, 2 for usage and configuration.
"""

from __future__ import absolute_import, division, print_function, unicode_literals

import errno
import importlib
import sys

import six

from .. import __version__
from ..errors import AnalyticalError, ConfigurationError
from .terminal import Terminal, argument_texts, discard_output

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import List, Optional, Sequence, Text

OK, FAILED, USAGE = 0, 1, 2
INTERRUPTED = 130  # as shells report an end by SIGINT
BROKEN_PIPE = 141  # and by SIGPIPE

# Name, module, what it does.
COMMANDS = (
    ("pageview", "pageview", "record that a visitor saw a page"),
    ("event", "event", "record that a visitor did something"),
    ("hit", "hit", "record a hit of any type: transaction, timing, exception ..."),
    ("logs", "logs", "import the pageviews in access logs of web servers"),
    ("stats", "stats", "show what a local file holds"),
    ("report", "report", "write what a local file holds as a page for browsers"),
    ("serve", "serve", "show that page live, to browsers on this machine"),
    ("db", "db", "delete old hits of a local file, or export them"),
    ("outbox", "outbox", "look into an outbox, and deliver from it"),
    ("providers", "providers", "list the platforms, or describe one"),
    ("validate", "validate", "check a hit without recording it"),
    ("explain", "explain", "show what would leave for a hit, and what the processors change"),
)
DESCRIPTION = (
    "Sends pageviews and events to analytics platforms, or keeps them in a local file.\n"
    "Addresses and user agents are anonymized first."
)
MORE = "analytical COMMAND --help tells what a command takes."


def main(argv=None):
    # type: (Optional[Sequence[Text]]) -> int
    """
    Run the command.

    :param argv: the arguments after the command's name; those of the process by default
    :returns: the exit code
    """
    terminal = Terminal()
    arguments = argument_texts(sys.argv[1:] if argv is None else argv)
    try:
        code = _run(arguments, terminal)
        terminal.flush()
        return code
    except SystemExit as stop:  # argparse, after --help
        return stop.code if isinstance(stop.code, int) else OK
    except KeyboardInterrupt:
        return INTERRUPTED
    except AnalyticalError as error:
        terminal.error(six.text_type(error))
        return USAGE if isinstance(error, ConfigurationError) else FAILED
    except EnvironmentError as error:
        return _failed_io(error, terminal)


def _failed_io(error, terminal):
    # type: (EnvironmentError, Terminal) -> int
    if error.errno == errno.EPIPE:
        discard_output()
        return BROKEN_PIPE
    terminal.error("%s" % (error.strerror or type(error).__name__))
    discard_output()
    return FAILED


def _run(arguments, terminal):
    # type: (List[Text], Terminal) -> int
    if arguments[:1] == ["--version"]:
        terminal.say("analytical " + __version__)
        return OK
    # Only now: argparse takes longer to load than all of the above.
    from .notices import notices
    from .parsing import Parser

    for name, module_name, summary in COMMANDS:
        if arguments[:1] == [name]:
            module = importlib.import_module(str(__name__ + "." + module_name))
            parser = Parser(name, summary)
            module.configure(parser)
            with notices(terminal):
                return module.run(parser, parser.read(arguments[1:]), terminal)  # type: ignore[no-any-return]
    return _run_none(arguments, terminal)


def _run_none(arguments, terminal):
    # type: (List[Text], Terminal) -> int
    """Answer where no command is named: with help, or with what is wrong."""
    from ..providers.options import suggestion
    from ..secrets import show_name
    from .parsing import Parser, listing

    names = [name for name, _, _ in COMMANDS]
    epilog = "commands:\n%s" % listing([(name, summary) for name, _, summary in COMMANDS])
    parser = Parser("", DESCRIPTION, usage="analytical COMMAND ...", epilog=epilog + "\n\n" + MORE)
    parser.add_argument("--version", action="store_true", help="tell the version, and stop")
    if arguments and not arguments[0].startswith("-"):
        shown = show_name(arguments[0])
        parser.error("there is no command %s%s" % (shown, suggestion(shown, names)))
    parser.read(arguments)
    terminal.say(six.ensure_text(parser.format_help()).rstrip())
    return USAGE
