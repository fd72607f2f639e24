"""One HTTP exchange as values. Whoever moves them is the transport."""

from __future__ import absolute_import, division, print_function, unicode_literals

import time
import zlib
from email.utils import mktime_tz, parsedate_tz

from ..errors import InvalidHit
from ..secrets import describe, show_host
from ..values import number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Mapping, Optional, Sequence, Text


class Request(object):
    """
    A request: what golden tests compare, and what a transport moves.

    :ivar str method: ``POST``, as a rule
    :ivar str url: the whole address; may hold a credential, so it is never shown
    :ivar dict headers: name -> text that a header line can carry
    :ivar bytes body: the exact bytes
    :ivar parts: the :class:`Part` values that the body carries, in their order
    :raises InvalidHit: for a header with a line break or with characters beyond Latin-1
    """

    __slots__ = tuple(str(name) for name in ("method", "url", "headers", "body", "parts"))

    def __init__(self, method, url, headers, body, parts=()):
        # type: (Text, Text, Dict[Text, Text], bytes, Sequence[Part]) -> None
        self.method = method
        self.url = url
        self.headers = {name: _header(name, value) for name, value in headers.items()}
        self.body = body
        self.parts = parts

    def __repr__(self):
        # type: () -> str
        return str(
            "Request(%s %s, body: %d bytes)" % (self.method, show_host(self.url), len(self.body))
        )


def gzipped(request):
    # type: (Request) -> Request
    """Compress the body of a request; the same body makes the same bytes."""
    # Level 1: others take two to three times as long, for a seventh less. As zlib writes it, there is no time in it.
    packer = zlib.compressobj(1, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    body = packer.compress(request.body) + packer.flush()
    headers = dict(request.headers)
    headers["Content-Encoding"] = "gzip"
    return Request(request.method, request.url, headers, body, request.parts)


class Response(object):
    """
    An answer.

    :ivar int status: the HTTP status
    :ivar headers: a mapping that finds names in any case
    :ivar bytes body: the first part of the body, decoded; platforms answer in a few bytes
    """

    __slots__ = tuple(str(name) for name in ("status", "headers", "body"))

    def __init__(self, status, headers, body):
        # type: (int, Mapping[str, str], bytes) -> None
        self.status = status
        self.headers = headers
        self.body = body

    def __repr__(self):
        # type: () -> str
        return str("Response(%d, body: %d bytes)" % (self.status, len(self.body)))


class Part(object):
    """
    One hit as it will stand in a request's body.

    :ivar envelope: the envelope it comes from
    :ivar bytes data: the encoded hit
    :ivar int index: its place among the envelopes being delivered
    :ivar key: what is equal for hits that may share a request
    :ivar int weight: what it counts against the most that a request may carry
    """

    __slots__ = tuple(str(name) for name in ("envelope", "data", "index", "key", "weight"))

    def __init__(self, envelope, data, index=0, key=None, weight=1):
        # type: (Any, bytes, int, Any, int) -> None
        self.envelope = envelope
        self.data = data
        self.index = index
        self.key = key
        self.weight = weight


def _header(name, value):
    # type: (Text, Text) -> Text
    """Give a header's value without the white space around it, which is no part of it (RFC 9110, 5.5)."""
    try:
        value = value.strip(" \t")
        plain = "\r" not in value and "\n" not in value and "\0" not in value
        value.encode("latin-1")
    except (UnicodeError, TypeError, AttributeError):
        plain = False
    if not plain:
        raise InvalidHit(
            "the value for the header %s (%s) holds a line break or a character beyond Latin-1, which "
            "no header can carry: strip it before" % (name, describe(value))
        )
    return value


def retry_after(headers):
    # type: (Mapping[str, str]) -> Optional[float]
    """Read the seconds of a Retry-After header (RFC 9110, 10.2.3), given as such or as a date, or None."""
    value = headers.get("Retry-After", "")
    try:
        return max(float(number(value)), 0.0)
    except ValueError:
        until = _date(value)
    if until is None:
        return None
    now = _date(headers.get("Date", ""))  # the server's clock, where it says, for ours may differ
    return max(until - (time.time() if now is None else now), 0.0)


def _date(value):
    # type: (str) -> Optional[float]
    try:
        parsed = parsedate_tz(value)
        return None if parsed is None else float(mktime_tz(parsed))
    except (ValueError, IndexError, TypeError, OverflowError):  # what parsers of dates raise
        return None
