"""The common and the combined format, which most logs have, read many times as fast as by an expression."""

from __future__ import absolute_import, division, print_function, unicode_literals

from .._memo import Memo
from .entry import NONE, Entry, clf_time, finish, request_of
from .pattern import PatternFormat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Optional, Text, Tuple

    # Time, address, method, target, status, referrer, agent, host; user and size as they stand there.
    Parts = Tuple[
        float,
        Text,
        Optional[Text],
        Optional[Text],
        int,
        Optional[Text],
        Optional[Text],
        Optional[Text],
        Text,
        Text,
    ]

COMMON = '%h %l %u %t "%r" %>s %b'
COMBINED = COMMON + ' "%{Referer}i" "%{User-Agent}i"'
TIMES = 4096  # that are remembered
_STATUSES = {"%d" % number: number for number in range(100, 1000)}
_SECONDS = {"%02d" % number: float(number) for number in range(60)}
_SIGNS = (" +", " -")
_PROTOCOLS = frozenset((" HTTP/1.1", " HTTP/2.0", " HTTP/1.0"))
_ENDS = ("", " ")  # what may follow the last field


class Split(PatternFormat):
    """
    Lines of the usual sort are split at their quotes; any other takes the regular expression.

    :param name: what it is called
    :param pattern: COMMON or COMBINED, or one of these after ``%v`` or ``%v:%p``
    """

    def __init__(self, name, pattern):
        # type: (Text, Text) -> None
        self._long = pattern.endswith(COMBINED)
        super(Split, self).__init__(name, pattern, more=self._long)
        self._host, self._port = pattern.startswith("%v"), pattern.startswith("%v:%p")
        self._times = Memo(self._time, TIMES)
        self._minutes = Memo(clf_time, TIMES)

    def parse(self, line):
        # type: (Text) -> Optional[Entry]
        """
        Read a line.

        :raises BadLine: for a line that is not of this format
        """
        parts = self.split(line)
        if parts is None:
            return super(Split, self).parse(line)
        entry = Entry()
        entry.time, entry.ip, method, target, entry.status, referrer, agent, host, user, size = (
            parts
        )
        if method is not None:
            entry.method, entry.target = method, target
        for name, value in (("referrer", referrer), ("agent", agent), ("host", host)):
            if value is not None:
                setattr(entry, name, value)
        if user not in NONE:
            entry.user = user
        if size != "-":
            entry.size = int(size)
        return finish(entry)

    def split(self, line):
        # type: (Text) -> Optional[Parts]
        """Take a line apart as :meth:`parse` would; None for one that only the expression can read."""
        try:
            if self._long:
                start, request, numbers, referrer, space, agent, rest = line.split('"', 6)
                if space != " " or rest[:1] not in _ENDS:
                    return None
            else:
                start, request, numbers = line.split('"', 6)
                numbers, referrer, agent = numbers + " ", "-", "-"
            fields, clock = start.split(" [")
            if self._host:
                host, ip, _, user = fields.split(" ")
                host = self._without_port(host)
            else:
                ip, _, user = fields.split(" ")
                host = ""
            nothing, number, size, end = numbers.split(" ")
            status, time = _STATUSES[number], self._times[clock]
        except (ValueError, KeyError, IndexError, OverflowError):
            return None
        if nothing or end or "\\" in line or "\t" in start or ip in NONE:
            return None
        if ip[0] == "[" or ip.count(":") == 1:  # perhaps with a port
            return None
        if not ((size.isdecimal() and len(size) < 19) or size == "-"):
            return None
        if request[:5] == "GET /" and request[-9:] in _PROTOCOLS:
            method, target = "GET", request[4:-9]  # type: Optional[Text], Optional[Text]
        else:
            method, target = request_of(request)
            if target is not None and target[0] != "/":
                return None
        given = None if referrer in NONE else referrer
        program, site = None if agent in NONE else agent, None if host in NONE else host
        return time, ip, method, target, status, given, program, site, user, size

    def _without_port(self, host):
        # type: (Text) -> Text
        """Give the host before the address; raise ValueError for an unusual one."""
        name, colon, _ = host.partition(":")
        if name[:1] == "[" or bool(colon) != self._port:
            raise ValueError("no usual host")
        return name

    def _time(self, text):
        # type: (Text) -> float
        """Read what stands between the bracket that opens and the quote, with seconds and zone."""
        clock, second = text[:-2], text[18:20]
        if text[-2:] != "] " or len(clock) != 26 or clock[20:22] not in _SIGNS or "]" in clock:
            raise ValueError("no usual time")
        # Most seconds are new, but of a minute that is not.
        minute = self._minutes[clock[:18] + "00" + clock[20:]]  # type: float
        return minute + _SECONDS[second]
