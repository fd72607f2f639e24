"""analytical outbox: look into an outbox's file, and deliver from it without the web server."""

from __future__ import absolute_import, division, print_function, unicode_literals

import os
import time

from .. import registry
from ..delivery.outbox import Outbox
from ..delivery.outbox_file import OutboxFile
from ..errors import ConfigurationError
from .parsing import add_action, add_json
from .results import NOTHING_GOES
from .table import say_table

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Text

    from .parsing import Parser
    from .terminal import Terminal

TIMEOUT = 60.0  # seconds that one delivery may take


def configure(parser):
    # type: (Parser) -> None
    """Add the command's arguments."""
    actions = "status; deliver what waits; list what was rejected; retry that; purge it"
    add_action(parser, ACTIONS, actions, "the outbox's file")
    parser.add_argument(
        "--to",
        action="append",
        metavar="URL",
        default=[],
        help="deliver: the provider, as the application names it; may be given more than once",
    )
    parser.add_argument("--watch", action="store_true", help="deliver: go on until interrupted")
    parser.add_argument(
        "--timeout",
        type=float,
        default=TIMEOUT,
        metavar="SECONDS",
        help="deliver: give up after; 60",
    )
    parser.add_argument(
        "--waiting", action="store_true", help="purge: delete also what was not delivered yet"
    )
    add_json(parser)


def run(parser, arguments, terminal):
    # type: (Parser, Any, Terminal) -> int
    """Do what the arguments say; give the exit code."""
    if not os.path.isfile(arguments.file):
        raise ConfigurationError("there is no such file: an outbox is made by its first hit")
    return ACTIONS[arguments.action](arguments, terminal)


def _status(arguments, terminal):
    # type: (Any, Terminal) -> int
    found = OutboxFile(arguments.file).status()
    if arguments.json:
        terminal.json(found)
        return 0
    now = time.time()
    waiting = [
        (row["provider"], row["waiting"], row["taken"], "%d s" % max(now - row["oldest"], 0))
        for row in found["waiting"]
    ]
    say_table(terminal, ("Waiting", "Hits", "Taken", "Oldest"), waiting)
    rejected = [(row["provider"], row["reason"], row["count"]) for row in found["rejected"]]
    say_table(terminal, ("Rejected", "Reason", "Hits"), rejected)
    return 0


def _deliver(arguments, terminal):
    # type: (Any, Terminal) -> int
    if not arguments.to:
        raise ConfigurationError("deliver needs --to URL: the file holds no credentials")
    outbox = Outbox(arguments.file)
    for url in arguments.to:
        provider = registry.from_url(url)
        if provider.disabled:
            raise ConfigurationError(NOTHING_GOES)
        outbox.attach(provider)
    try:
        done = outbox.flush(arguments.timeout)
        while arguments.watch:
            time.sleep(outbox.POLL)
            done = outbox.flush(arguments.timeout)
    finally:
        outbox.close(2.0)
    left = 0 if done else outbox.waiting()
    if arguments.json:
        terminal.json({"waiting": left})
    else:
        terminal.say("all delivered" if done else "%d hits still wait" % left)
    return 0 if done else 1


def _rejected(arguments, terminal):
    # type: (Any, Terminal) -> int
    rows = OutboxFile(arguments.file).rejected()
    if arguments.json:
        terminal.json([dict(zip(("id", "provider", "reason"), row)) for row in rows])
    else:
        say_table(terminal, ("Hit", "Provider", "Reason"), rows)
    return 0


def _retry(arguments, terminal):
    # type: (Any, Terminal) -> int
    return _said(arguments, terminal, "waiting again", OutboxFile(arguments.file).retry())


def _purge(arguments, terminal):
    # type: (Any, Terminal) -> int
    return _said(
        arguments, terminal, "deleted", OutboxFile(arguments.file).purge(arguments.waiting)
    )


def _said(arguments, terminal, what, count):
    # type: (Any, Terminal, Text, int) -> int
    if arguments.json:
        terminal.json({"hits": count})
    else:
        terminal.say("%d hits %s" % (count, what))
    return 0


ACTIONS = {
    "status": _status,
    "deliver": _deliver,
    "rejected": _rejected,
    "retry": _retry,
    "purge": _purge,
}
