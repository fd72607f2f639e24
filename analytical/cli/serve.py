"""analytical serve: the page of a file, live, for browsers on this machine."""

from __future__ import absolute_import, division, print_function, unicode_literals

import argparse
import errno

from ..errors import ConfigurationError
from .stored import add_file, find

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Text

    from .parsing import Parser
    from .terminal import Terminal

PORT = 8765


def configure(parser):
    # type: (Parser) -> None
    """Add the command's arguments."""
    parser.show_usage("[FILE]")
    add_file(parser)
    parser.add_argument(
        "--port",
        type=port,
        default=PORT,
        metavar="N",
        help="where on 127.0.0.1 to listen, %d by default; 0 for any that is free" % PORT,
    )


def port(text):
    # type: (Text) -> int
    """Read a port; the type of an option."""
    if text.isdigit() and len(text) < 6 and int(text) < 65536:
        return int(text)
    raise argparse.ArgumentTypeError("takes a whole number from 0 to 65535")


def run(parser, arguments, terminal):
    # type: (Parser, Any, Terminal) -> int
    """Do what the arguments say; give the exit code."""
    # Only now, since --help needs neither database nor templates.
    from ..report.page import load

    load()
    file, path = find(arguments.file)
    server = listen(path, arguments.port, arguments.limit)
    terminal.say("%s is at %s, for this machine only" % (terminal.shown(file), server.url))
    terminal.say("Ctrl-C stops it")
    terminal.flush()
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        server.server_close()
    terminal.say("Stopped")
    return 0


def listen(path, number, rows):
    # type: (Any, int, int) -> Any
    """
    Make the server.

    :raises ConfigurationError: where the port cannot be had
    """
    from ..report.serving import Server

    try:
        return Server(path, number, rows)
    except EnvironmentError as error:
        if error.errno == errno.EADDRINUSE:
            reason = "another program has it"
        elif error.errno == errno.EACCES:
            reason = "this user may not have it"
        else:
            raise
    raise ConfigurationError("port %d: %s: choose another by --port" % (number, reason))
