"""The file of the sqlite provider that a command reads."""

from __future__ import absolute_import, division, print_function, unicode_literals

import os

import six

from .. import registry
from ..errors import ConfigurationError
from .parsing import DEFAULT_URL, limit
from .target import url_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Optional, Text, Tuple

    from .parsing import Parser

LIMIT = 10  # rows of a table
SQLITE = "sqlite"


def add_file(parser):
    # type: (Parser) -> None
    """Add the file, and how much of it is shown."""
    parser.add_argument(
        "file",
        nargs="?",
        metavar="FILE",
        help="the file, or sqlite://FILE; by default what hits go to",
    )
    parser.add_argument(
        "--limit", type=limit, default=LIMIT, metavar="N", help="rows of a table; %d" % LIMIT
    )


def find(given):
    # type: (Any) -> Tuple[Text, Any]
    """
    Find the file that is asked for: as it is shown, and as it is opened.

    :raises ConfigurationError: where there is none
    """
    file = file_of(given)
    path = native(file)
    if not os.path.exists(path):
        makes = ": analytical pageview URL makes it" if DEFAULT_URL.endswith("//" + file) else ""
        raise ConfigurationError("there is no file %s here%s" % (file, makes))
    return file, path


def file_of(given):
    # type: (Optional[Text]) -> Text
    """
    Find the file that is asked for, or that hits go to by default.

    :raises ConfigurationError: where they go to another provider, which keeps what it has
    """
    if given and "://" not in given:
        return given
    name, account, _ = registry.parse_url(url_of(given))
    if name != SQLITE:
        raise ConfigurationError(
            "this reads files of the sqlite provider only, and hits go to %s: see its own pages, or "
            "name a FILE" % name
        )
    if account is None:
        raise ConfigurationError("the address sqlite:// names no file: sqlite://analytics.db")
    return account


def native(path):
    # type: (Text) -> Any
    """Give a path in the type of the interpreter's own, as the sqlite provider does."""
    return six.ensure_str(path) if six.PY2 else path
