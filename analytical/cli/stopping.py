"""A command that is told to stop: it does so between two hits, when it knows what became of each."""

from __future__ import absolute_import, division, print_function, unicode_literals

import os
import signal
import time

from .._compat import monotonic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List

_SIGNALS = ("SIGINT", "SIGTERM")
_STEP = 0.1  # seconds between looks while waiting


class Stopping(object):
    """
    Within it, SIGINT and SIGTERM are noted instead of obeyed; the second one is a KeyboardInterrupt.

    A signal that is ignored, as shells have it for what they start in the background, stays so.

    :param bool at_once: obey the first one too, for the command may be waiting for another's bytes
    :ivar int signal: the signal's number; 0 while there was none
    """

    def __init__(self, at_once=False):
        # type: (bool) -> None
        self.signal = 0
        self._at_once = at_once
        self._pid = os.getpid()
        self._before = []  # type: List[Any]

    def __call__(self):
        # type: () -> bool
        return bool(self.signal)

    def __enter__(self):
        # type: () -> Stopping
        for name in _SIGNALS:
            number = getattr(signal, name)
            held = signal.getsignal(number)
            if held in (signal.SIG_IGN, None):
                continue
            try:
                signal.signal(number, self._note)
            except ValueError:  # not the main thread, which alone can do this
                break
            self._before.append((number, held))
        return self

    def __exit__(self, *exc_info):
        # type: (*Any) -> None
        for number, held in self._before:
            signal.signal(number, held)

    def _note(self, number, frame):
        # type: (int, Any) -> None
        if os.getpid() != self._pid:  # a child of ours that has changed nothing
            if number == signal.SIGTERM:
                signal.signal(number, signal.SIG_DFL)
                os.kill(os.getpid(), number)
            return
        again, self.signal = bool(self.signal), number
        if again or self._at_once:
            raise KeyboardInterrupt

    def pause(self, seconds):
        # type: (float) -> None
        """Wait, unless there was a signal, or is one meanwhile."""
        end = monotonic() + seconds
        while not self.signal:
            left = end - monotonic()
            if left <= 0:
                return
            try:
                time.sleep(min(left, _STEP))
            except EnvironmentError:  # Python 2, at a signal
                pass
