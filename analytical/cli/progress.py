"""How far an import is: a bar where tqdm is installed, else a line; only on a terminal."""

from __future__ import absolute_import, division, print_function, unicode_literals

import importlib

import six

from .._compat import monotonic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Text

    from .terminal import Terminal

INTERVAL = 0.1  # seconds


class Progress(object):
    """
    The progress of one run.

    :param int total: bytes that are to be read; 0 where nobody knows
    :ivar int done: bytes that are read
    :ivar int skipped: of these, bytes that were read by earlier runs
    """

    def __init__(self, terminal, total):
        # type: (Terminal, int) -> None
        self._terminal = terminal
        self._total = total
        self._began = self._shown = monotonic()
        self.done = self.skipped = 0
        self._meter = _meter() if terminal.err is not None and terminal.err.isatty() else None

    @property
    def seconds(self):
        # type: () -> float
        """Tell how long it has taken so far; never 0."""
        return max(monotonic() - self._began, 1e-6)

    def show(self, lines, sent, failed):
        # type: (int, int, int) -> None
        """Show it, now and then."""
        if monotonic() - self._shown >= INTERVAL:
            self._shown = monotonic()
            self._terminal.progress(self.text(lines, sent, failed))

    def text(self, lines, sent, failed):
        # type: (int, int, int) -> Text
        """Say in one line how far it is."""
        seconds = self.seconds
        counts = "{:,} lines, {:,.0f}/s, {:,} sent".format(lines, lines / seconds, sent)
        if failed:
            counts += ", {:,} failed".format(failed)
        fresh = self.done - self.skipped
        if not self._total:
            return counts
        if self._meter is not None:
            return self._bar(self._meter, seconds, counts)
        percent = "%d%%" % min(100 * self.done // self._total, 100)
        if not fresh:
            return "%s, %s" % (percent, counts)
        left = max(self._total - self.done, 0) * seconds / fresh
        return "%s, %s, %s left" % (percent, counts, _clock(left))

    def _bar(self, meter, seconds, counts):
        # type: (Any, float, Text) -> Text
        """Have tqdm draw the bar, and not put it on the terminal: a note may come between."""
        encoding = getattr(self._terminal.err, "encoding", None) or "ascii"
        return six.ensure_text(
            meter(
                min(self.done, self._total),
                self._total,
                seconds,
                ncols=max(self._terminal.width - 1, 10),
                ascii=not encoding.lower().replace("-", "").startswith("utf"),
                unit="B",
                unit_scale=True,
                initial=self.skipped,
                bar_format="{percentage:3.0f}%|{bar}| " + counts + ", {remaining} left",
            )
        )


def _clock(seconds):
    # type: (float) -> Text
    minutes, rest = divmod(int(seconds + 0.5), 60)
    hours, minutes = divmod(minutes, 60)
    return "%d:%02d:%02d" % (hours, minutes, rest) if hours else "%d:%02d" % (minutes, rest)


def _meter():
    # type: () -> Any
    """Give what draws the bar, of tqdm; None without it."""
    try:
        tqdm = importlib.import_module(str("tqdm")).tqdm
    except ImportError:
        return None
    return tqdm.format_meter
