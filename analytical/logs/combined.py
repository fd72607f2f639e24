"""The combined format, which most logs have, read three times as fast as by a regular expression."""

from __future__ import absolute_import, division, print_function, unicode_literals

from .entry import Clock, Entry, clf_time, finish, set_request
from .pattern import PatternFormat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Optional, Text

COMBINED = '%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i"'


class Combined(PatternFormat):
    """Lines of the common sort are split at their quotes; any other takes the regular expression."""

    def __init__(self, name="combined"):
        # type: (Text) -> None
        super(Combined, self).__init__(name, COMBINED, more=True)
        self._clock = Clock(clf_time)

    def parse(self, line):
        # type: (Text) -> Optional[Entry]
        """
        Read a line.

        :raises BadLine: for a line that is not of this format
        """
        entry = self._split(line) if "\\" not in line else None
        return super(Combined, self).parse(line) if entry is None else entry

    def _split(self, line):
        # type: (Text) -> Optional[Entry]
        parts = line.split('"')
        if len(parts) != 7:
            return None
        start, request, numbers, referrer, space, agent, _ = parts
        # "address - user [time zone] " and " status size "
        end = start.find(" [")
        fields, answer = start[:end].split(" "), numbers.split(" ")
        if len(fields) != 3 or len(answer) != 4 or space != " " or start[-2:] != "] ":
            return None
        entry = Entry()
        try:
            entry.time = self._clock(start[end + 2 : -2])
            entry.status = int(answer[1])
            if answer[2] != "-":
                entry.size = int(answer[2])
        except (ValueError, IndexError, OverflowError):
            return None
        entry.ip = fields[0]
        if fields[2] != "-":
            entry.user = fields[2]
        if referrer != "-":
            entry.referrer = referrer or None
        if agent != "-":
            entry.agent = agent or None
        set_request(entry, request)
        return finish(entry)
