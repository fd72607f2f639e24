"""Where ``analytical logs`` keeps how far logs are read."""

from __future__ import absolute_import, division, print_function, unicode_literals

import os
import sys

import six

from .._sqlite_file import StorageError, explain
from ..delivery.outbox import key_of
from ..errors import ConfigurationError
from ..logs.state import State

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Optional

    from .target import Target
    from .terminal import Terminal

BESIDE = ".logs"  # after the name of the file that hits go into


def open_state(terminal, arguments, target):
    # type: (Terminal, Any, Target) -> Optional[State]
    """
    Open the file of positions; None where none is kept.

    Where it cannot be used, that is a warning if what is sent twice counts once, else an error.

    :raises ConfigurationError: for a file that cannot be used
    """
    if arguments.no_state:
        return None
    path = arguments.state or default_path(target)
    if arguments.dry_run and not os.path.exists(path):
        return None
    try:
        if not arguments.state and not target.is_file:
            _make_folder(os.path.dirname(path))
        state = State(path, key_of(target.provider), target.stored())
        state.check()
        return state
    except StorageError as error:
        problem = error
    shown = terminal.shown(six.ensure_text(path))
    text = "the positions of logs cannot be kept in %s: %s" % (shown, problem.detail)
    if not (target.is_file or target.provider.dedupes):
        raise ConfigurationError(
            text + " (--state FILE names another file, and --no-state reads logs from their start)"
        )
    terminal.warn(text + "; logs are read from their start, and no hit counts twice")
    return None


def default_path(target):
    # type: (Target) -> str
    """Choose the file: beside that of the hits, else in the user's folder for such."""
    if target.is_file:
        return target.provider.data + str(BESIDE)  # type: ignore[no-any-return]
    home = os.path.expanduser(str("~"))
    if os.name == "nt":
        folder = os.environ.get("LOCALAPPDATA") or home
    elif sys.platform == "darwin":
        folder = os.path.join(home, "Library", "Application Support")
    else:
        given = os.environ.get("XDG_STATE_HOME", "")
        folder = given if os.path.isabs(given) else os.path.join(home, ".local", "state")
    return str(os.path.join(folder, "analytical", "logs.db"))


def _make_folder(folder):
    # type: (str) -> None
    if os.path.isdir(folder):
        return
    try:
        os.makedirs(folder, 0o700)
    except EnvironmentError as error:
        if not os.path.isdir(folder):
            raise explain(error, folder)
