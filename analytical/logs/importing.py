"""From the lines of logs to hits, with a count of all that is no hit."""

from __future__ import absolute_import, division, print_function, unicode_literals

from ..errors import ConfigurationError
from .entry import BadLine
from .formats import NAMES, detect, named
from .pageviews import hit_of
from .reader import MAX_LINE, line_id, log_id, text_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Text, Tuple

    from ..hit import Hit
    from .pageviews import Rules
    from .reader import Line

SAMPLE = 100  # lines that the format is found by
SHOWN = 5  # bad lines that are told


class Import(object):
    """
    Reads logs, one after the other.

    :param rules: what is a pageview
    :param format: a name or string for :func:`analytical.logs.formats.named`; None: found for each log
    :param base: scheme and host of lines that do not say theirs
    :ivar int lines: how many lines were read
    :ivar int hits: how many of them are pageviews
    :ivar dict left_out: reason, a key of pageviews.REASONS -> how many lines
    :ivar int bad: how many lines are not of the format
    :ivar list first_bad: of the first of these: number of the line in its log, and what is wrong
    :ivar list formats: names of the formats found, each once
    :raises ConfigurationError: for a format that there is not
    """

    def __init__(self, rules, format=None, base=""):
        # type: (Rules, Optional[Text], Text) -> None
        self._rules, self._wanted, self._base = rules, format, base
        if format is not None:
            named(format)
        self.lines = self.hits = self.bad = 0
        self.left_out = {}  # type: Dict[Text, int]
        self.first_bad = []  # type: List[Tuple[int, Text]]
        self.formats = []  # type: List[Text]
        self.begin()

    def begin(self):
        # type: () -> None
        """Begin another log."""
        self._format = None  # type: Any
        self._log = None  # type: Optional[Text]
        self._number = 0

    def read(self, block):
        # type: (List[Line]) -> List[Tuple[int, Hit]]
        """
        Give the pageviews among lines, each with the number of its line.

        :raises ConfigurationError: where no format reads the first lines of a log
        """
        if self._format is None and block:
            self._choose([text_of(line) for _, line in block[:SAMPLE] if line is not None])
        found = []
        for place, line in block:
            self._number += 1
            self.lines += 1
            hit = self._hit(place, line)
            if hit is not None:
                found.append((self._number, hit))
        self.hits += len(found)
        return found

    def _choose(self, sample):
        # type: (List[Text]) -> None
        chosen = detect(sample) if self._wanted is None else named(self._wanted)
        if chosen is None:
            raise ConfigurationError(
                "no format is known that reads the first lines of the log: give --format, one of %s, or "
                "the string of your server's configuration" % ", ".join(NAMES)
            )
        self._format = chosen
        if chosen.name not in self.formats:
            self.formats.append(chosen.name)

    def _hit(self, place, line):
        # type: (int, Optional[bytes]) -> Optional[Hit]
        if self._log is None:
            self._log = log_id(line)
        if line is None:
            self._note("has more than %d bytes" % MAX_LINE)
            return None
        if not line.strip():
            return None
        try:
            entry = self._format.parse(text_of(line))
        except BadLine as error:
            self._note("%s" % error)
            return None
        if entry is None:  # it tells of the log, not of a request
            return None
        reason = self._rules.reason(entry)
        if reason is not None:
            self.left_out[reason] = self.left_out.get(reason, 0) + 1
            return None
        return hit_of(entry, self._base, line_id(self._log or "", place, line))

    def _note(self, why):
        # type: (Text) -> None
        self.bad += 1
        if len(self.first_bad) < SHOWN:
            self.first_bad.append((self._number, why))
