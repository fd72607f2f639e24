"""Entry: what one line of an access log says, whatever the server that wrote it."""

from __future__ import absolute_import, division, print_function, unicode_literals

import calendar
import re
import time

import six

from .. import moments

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, Optional, Text, Tuple

MONTHS = {
    name: number + 1
    for number, name in enumerate("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split())
}
NONE = ("-", "")  # what servers write for nothing
LONGEST = 1e9  # milliseconds of a request
# What Apache and nginx write for quotes, backslashes, controls and bytes that are no ASCII.
_ESCAPE = re.compile(b"\\\\(x[0-9A-Fa-f]{2}|.)", re.DOTALL)
# How a time of the common format, or of ISO 8601, ends that names no zone.
_LOCAL = re.compile(r":[0-9]{2}:[0-9]{2}(?:[.,][0-9]+)?\Z")
_LETTERS = {b"n": b"\n", b"t": b"\t", b"r": b"\r", b"b": b"\b", b"v": b"\v", b"f": b"\f"}


class BadLine(ValueError):
    """A line that is not of the format; the text says why, without what stands in it."""


class Entry(object):
    """
    One request, as a log tells of it. What the log does not say is None.

    :ivar float time: Unix seconds
    :ivar str ip: the client's address
    :ivar str user: the name of a user whom the server authenticated
    :ivar str method: None where the request was no HTTP
    :ivar str target: path and query, as requested
    :ivar int status: the HTTP status of the answer
    :ivar int size: bytes of the answer
    :ivar str referrer: the Referer header
    :ivar str agent: the User-Agent header
    :ivar str host: the host that was asked, without port
    :ivar str scheme: ``http`` or ``https``
    :ivar str language: the Accept-Language header
    :ivar float response_time: milliseconds
    """

    # Defaults of the class, since most lines say half of it: an __init__ would take half the time.
    time = None  # type: Optional[float]
    ip = None  # type: Optional[Text]
    user = None  # type: Optional[Text]
    method = None  # type: Optional[Text]
    target = None  # type: Optional[Text]
    status = None  # type: Optional[int]
    size = None  # type: Optional[int]
    referrer = None  # type: Optional[Text]
    agent = None  # type: Optional[Text]
    host = None  # type: Optional[Text]
    scheme = None  # type: Optional[Text]
    language = None  # type: Optional[Text]
    response_time = None  # type: Optional[float]

    def said(self):
        # type: () -> Dict[str, Any]
        """Give what the line says, by name."""
        return {name: value for name, value in vars(self).items() if value is not None}

    def __repr__(self):
        # type: () -> str
        return str("<Entry with %s>" % ", ".join(sorted(self.said())))


def finish(entry):
    # type: (Entry) -> Entry
    """
    Bring an entry into its normal form, after all that the line says is in it.

    :raises BadLine: without a time, or a status that there is
    """
    if entry.time is None:
        raise BadLine("has no time")
    if entry.status is None or not 100 <= entry.status <= 999:
        raise BadLine("has no HTTP status")
    if entry.response_time is not None and not 0 <= entry.response_time < LONGEST:
        entry.response_time = None  # Apache and HAProxy write -1 where there was none
    target = entry.target
    if target is not None and target[:1] != "/" and "://" in target[:8]:
        entry.scheme, _, rest = target.partition("://")
        host, slash, path = rest.partition("/")
        entry.host, entry.target = without_port(host), slash + path or "/"
    return entry


def set_request(entry, text):
    # type: (Entry, Text) -> None
    """Take a request line apart, as :func:`request_of` does."""
    method, target = request_of(text)
    if method is not None:
        entry.method, entry.target = method, target


def request_of(text):
    # type: (Text) -> Tuple[Optional[Text], Optional[Text]]
    """
    Give method and target of a request line.

    What is none, such as a TLS handshake sent to port 80, has neither.
    """
    method, _, rest = text.partition(" ")
    target, _, protocol = rest.rpartition(" ")
    if not target:  # HTTP/0.9, or a protocol that the server cut off
        target, protocol = rest, ""
    elif not protocol.startswith("HTTP/"):
        target = rest
    if target and method.isalpha() and method.isupper():
        return method, target
    return None, None


def unescaped(text):
    # type: (Text) -> Text
    r"""
    Undo the backslashes of Apache and nginx.

    >>> print(unescaped(r'gr\xc3\xbcn \"x\"') == 'gr\u00fcn "x"')
    True
    """
    if "\\" not in text:
        return text
    return _ESCAPE.sub(_unescape, text.encode("utf-8")).decode("utf-8", "replace")


def _unescape(match):
    # type: (Any) -> bytes
    found = match.group(1)  # type: bytes
    if len(found) == 3:
        return bytes(bytearray([int(found[1:], 16)]))
    return _LETTERS.get(found, found)


def without_port(host):
    # type: (Text) -> Text
    """Give a host, or a client's address, without its port; IPv6 stands in brackets, or bare."""
    if host.startswith("["):
        return host[1:].partition("]")[0]
    name, colon, port = host.rpartition(":")
    return name if colon and port.isdigit() and ":" not in name else host


def address(text):
    # type: (Text) -> Text
    """Give the address of ``address:port``, where the port is always there and IPv6 has no brackets."""
    return without_port(text) if text.startswith("[") else text.rpartition(":")[0] or text


class Clock(object):
    """
    Reads times; the last one is kept, since many lines have the same.

    :param read: text -> Unix seconds, of UTC where the text names no zone; raises ValueError
    :ivar zone: the :class:`~analytical.logs.zones.Zone` of times that name none; None: UTC
    """

    def __init__(self, read):
        # type: (Callable[[Text], float]) -> None
        self._read = read
        self._zoned = getattr(read, "zoned", None)  # type: Optional[bool]
        self._last = None  # type: Any
        self.zone = None  # type: Any

    def __call__(self, text):
        # type: (Text) -> float
        last = self._last  # read once, for threads
        if last is None or last[0] != text:
            time = self._read(text)
            if self.zone is not None and self._is_local(text):
                time = self.zone.utc(time)
            self._last = last = (text, time)
        return last[1]  # type: ignore[no-any-return]

    def _is_local(self, text):
        # type: (Any) -> bool
        if self._zoned is not None:
            return not self._zoned
        return isinstance(text, six.text_type) and _LOCAL.search(text) is not None


def clf_time(text):
    # type: (Text) -> float
    """
    Read the time of the common format, with or without milliseconds; without a zone it is UTC.

    >>> clf_time('10/Oct/2000:13:55:36 -0700'), clf_time('06/Feb/2009:12:14:14.655')
    (971211336.0, 1233922454.655)
    """
    clock, _, zone = text.partition(" ")
    day, month, year = int(clock[:2]), MONTHS.get(clock[3:6], 0), int(clock[7:11])
    hour, minute, second = int(clock[12:14]), int(clock[15:17]), float(clock[18:])
    if not (1 <= month and 1 <= day <= 31 and hour < 24 and minute < 60 and 0 <= second < 61):
        raise ValueError("no time")
    moment = calendar.timegm((year, month, day, hour, minute, 0)) + second
    return moments.time(moment - (_offset(zone) if zone else 0))


def _offset(zone):
    # type: (Text) -> int
    """Read a zone such as -0700 as seconds east of UTC."""
    seconds = int(zone[1:3]) * 3600 + int(zone[3:5]) * 60
    return -seconds if zone[0] == "-" else seconds


class Strptime(object):
    """
    Reads times of a pattern of strftime; ``%z`` at its end is understood, else they are UTC.

    :ivar bool zoned: whether times name their zone
    """

    def __init__(self, pattern):
        # type: (Text) -> None
        self.zoned = pattern.endswith("%z")
        self._plain = str(pattern[:-2].rstrip() if self.zoned else pattern)

    def __call__(self, text):
        # type: (Text) -> float
        offset = 0
        if self.zoned:
            text, offset = text[:-5].rstrip(), _offset(text[-5:])
        return moments.time(calendar.timegm(time.strptime(str(text), self._plain)) - offset)
