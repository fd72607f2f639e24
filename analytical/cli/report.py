"""analytical report: what a file of the sqlite provider holds, as a page for a browser."""

from __future__ import absolute_import, division, print_function, unicode_literals

import argparse
import os
import stat
import uuid

from .parsing import DEFAULT_URL
from .stored import add_file, find, native

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Text

    from .parsing import Parser
    from .terminal import Terminal

OUTPUT = "report.html"
STANDARD_OUTPUT = "-"


def configure(parser):
    # type: (Parser) -> None
    """Add the command's arguments."""
    parser.show_usage("[FILE]")
    add_file(parser)
    parser.add_argument(
        "-o",
        "--output",
        metavar="PAGE",
        default=OUTPUT,
        help="the file to write, %s by default; - for the standard output" % OUTPUT,
    )
    for name, dest, meaning in (("from", "first", "first"), ("to", "last", "last")):
        parser.add_argument(
            "--" + name,
            dest=dest,
            type=day,
            metavar="DAY",
            help="the %s day, as YYYY-MM-DD, in UTC" % meaning,
        )
    parser.add_argument("--site", metavar="HOST", help="only pages of this host")


def day(text):
    # type: (Text) -> Text
    """Read a day; the type of an option."""
    from ..report.choice import is_day

    if not is_day(text):
        raise argparse.ArgumentTypeError("takes a day as YYYY-MM-DD, from 1970 on")
    return text


def run(parser, arguments, terminal):
    # type: (Parser, Any, Terminal) -> int
    """Do what the arguments say; give the exit code."""
    # Only now, since --help needs neither database nor templates.
    from ..report.choice import choose
    from ..report.figures import figures
    from ..report.page import load, page
    from ..report.wording import counted, period

    load()  # before the file is read, which may take some seconds
    choice = choose(arguments.first, arguments.last, arguments.site)
    file, path = find(arguments.file)

    def progress(done, todo):
        # type: (int, int) -> None
        terminal.progress("{:,} of {:,} hits counted".format(done, todo))

    found = figures(path, limit=arguments.limit, progress=progress, **choice._asdict())
    text = page(found)
    if arguments.output == STANDARD_OUTPUT:
        terminal.say(text)
        return 0
    write(native(arguments.output), text.encode("ascii"))
    terminal.say(
        "Wrote %s (%s kB): %s, %s, %s"
        % (
            terminal.shown(arguments.output),
            "{:,.0f}".format(len(text) / 1000),
            period(found["first"], found["last"]),
            counted(found["totals"]["visitors"], "visitor", "visitors"),
            counted(found["totals"]["pageviews"], "pageview", "pageviews"),
        )
    )
    terminal.say("Live: analytical serve%s" % _argument(terminal, file))
    return 0


def _argument(terminal, file):
    # type: (Terminal, Text) -> Text
    """Give a file as a shell takes it, or nothing for the one that is read anyway."""
    if DEFAULT_URL.endswith("//" + file) and "ANALYTICAL_URL" not in os.environ:
        return ""
    from six.moves import shlex_quote

    return " " + terminal.shown("%s" % shlex_quote(file))


def write(path, content):
    # type: (Any, bytes) -> None
    """
    Write a file so that others see the old one or the new one, whole.

    :raises EnvironmentError: where that cannot be done; the old one is as it was
    """
    path = os.path.realpath(path)
    if os.path.exists(path) and not stat.S_ISREG(os.stat(path).st_mode):
        with open(path, "wb") as device:  # which nothing may replace
            device.write(content)
        return
    beside = "%s.%s" % (path, uuid.uuid4().hex)
    try:
        with open(beside, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        getattr(os, "replace", os.rename)(beside, path)
    except BaseException:
        if os.path.exists(beside):
            os.remove(beside)
        raise
