"""The common and the combined format, which most logs have, read many times as fast as by an expression."""

from __future__ import absolute_import, division, print_function, unicode_literals

from .._memo import Memo
from .entry import NONE, Entry, clf_time, finish, request_of
from .pattern import PatternFormat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Optional, Text, Tuple

    Client = Tuple[Text, Text, Optional[Text]]  # address, user as it stands there, host
    # Client, time, status; request, size, referrer and agent as they stand there.
    Parts = Tuple[Client, float, int, Text, Text, Text, Text]

COMMON = '%h %l %u %t "%r" %>s %b'
COMBINED = COMMON + ' "%{Referer}i" "%{User-Agent}i"'
TIMES = 4096  # that are remembered
CLIENTS = 20000
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
        self._clients = Memo(self._client, CLIENTS)
        self._times = Memo(self._time, TIMES)
        self._minutes = Memo(clf_time, TIMES)

    def parse(self, line):
        # type: (Text) -> Optional[Entry]
        """
        Read a line.

        :raises BadLine: for a line that is not of this format
        """
        parts = self.split(line)
        asked = None if parts is None else usual_request(parts[3])
        if parts is None or asked is None:
            return super(Split, self).parse(line)
        entry = Entry()
        (entry.ip, user, host), entry.time, entry.status, _, size, referrer, agent = parts
        if asked[0] is not None:
            entry.method, entry.target = asked
        for name, value in (("referrer", referrer), ("agent", agent), ("user", user)):
            if value not in NONE:
                setattr(entry, name, value)
        if host is not None:
            entry.host = host
        if size != "-":
            entry.size = int(size)
        return finish(entry)

    def split(self, line):
        # type: (Text) -> Optional[Parts]
        """
        Take a line apart as :meth:`parse` would; None for one that only the expression can read.

        The request is looked at by :func:`usual_request`.
        """
        try:
            if self._long:
                start, request, numbers, referrer, space, agent, rest = line.split('"', 6)
                if space != " " or rest[:1] not in _ENDS:
                    return None
            else:
                start, request, numbers = line.split('"', 6)
                numbers, referrer, agent = numbers + " ", "-", "-"
            client, clock = start.split(" [")
            nothing, number, size, end = numbers.split(" ")
            if nothing or end or "\\" in line:
                return None
            if not ((size.isdecimal() and len(size) < 19) or size == "-"):
                return None
            return (
                self._clients[client], self._times[clock], _STATUSES[number],
                request, size, referrer, agent,
            )  # fmt: skip
        except (ValueError, KeyError, IndexError, OverflowError):
            return None

    def _client(self, text):
        # type: (Text) -> Client
        """Read what stands before the time; raise ValueError for what is unusual."""
        host = None
        if self._host:
            start, _, text = text.partition(" ")
            host = self._without_port(start)
        ip, _, user = text.split(" ")
        # One colon: perhaps a port.
        if "\t" in text or ip in NONE or ip[0] == "[" or ip.count(":") == 1:
            raise ValueError("no usual client")
        return ip, user, None if host in NONE else host

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
        if text[-2:] != "] " or len(clock) != 26 or clock[20:22] not in _SIGNS:
            raise ValueError("no usual time")
        if "]" in clock or "\t" in clock:
            raise ValueError("no usual time")
        # Most seconds are new, but of a minute that is not.
        minute = self._minutes[clock[:18] + "00" + clock[20:]]  # type: float
        return minute + _SECONDS[second]


def usual_request(request):
    # type: (Text) -> Optional[Tuple[Optional[Text], Optional[Text]]]
    """Give method and target as :func:`~analytical.logs.entry.request_of`; None for a target with a host."""
    if request[:5] == "GET /" and request[-9:] in _PROTOCOLS:
        return "GET", request[4:-9]
    method, target = request_of(request)
    return None if target is not None and target[0] != "/" else (method, target)
