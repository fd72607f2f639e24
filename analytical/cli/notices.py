"""What the package logs while a command runs, as lines for a person."""

from __future__ import absolute_import, division, print_function, unicode_literals

import contextlib
import logging

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterator

    from .terminal import Terminal

PACKAGE = "analytical"
# It warns of each kind of failure; a command reads the outcomes and says more.
OUTCOMES = PACKAGE + ".providers.guard"


class _Notices(logging.Handler):
    def __init__(self, terminal):
        # type: (Terminal) -> None
        super(_Notices, self).__init__(logging.WARNING)
        self._terminal = terminal

    def emit(self, record):
        # type: (logging.LogRecord) -> None
        if record.name != OUTCOMES:
            self._terminal.warn("%s" % record.getMessage())


@contextlib.contextmanager
def notices(terminal):
    # type: (Terminal) -> Iterator[None]
    """Show warnings of the package on the terminal; with none to show them, Python would complain."""
    logger, handler = logging.getLogger(PACKAGE), _Notices(terminal)
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
