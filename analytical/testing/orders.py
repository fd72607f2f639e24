"""
What the collector can be told to do with a request. An order is a function of the exchange that
returns whether the connection is kept.
"""

from __future__ import absolute_import, division, print_function, unicode_literals

import six
from six.moves.http_client import responses

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable, Mapping, Optional, Text, Tuple, Union

    from .received import Received
    from .wire import Stream

    Body = Union[bytes, Text]
    Fields = Optional[Mapping[Text, Text]]
    Order = Callable[[Stream, Received], bool]
    Answerer = Callable[[Received], Tuple[int, Fields, Body]]


def answer(status, body, headers, close=False):
    # type: (int, Body, Fields, bool) -> Order
    """Answer; close the connection afterwards if told to, whatever the answer said of it."""
    head, content = _render(status, body, headers)
    keep = not close and b"\r\nconnection: close\r\n" not in head.lower()

    def order(stream, request):
        # type: (Stream, Received) -> bool
        stream.send(head if request.method == "HEAD" else head + content)
        return keep

    return order


def answer_with(answerer):
    # type: (Answerer) -> Order
    """Ask a function of the request for (status, headers, body)."""

    def order(stream, request):
        # type: (Stream, Received) -> bool
        status, headers, body = answerer(request)
        return answer(status, body, headers)(stream, request)

    return order


def reset(stream, request):
    # type: (Stream, Received) -> bool
    """No answer, but RST."""
    stream.reset()
    return False


def reset_mid_answer(status, body, headers):
    # type: (int, Body, Fields) -> Order
    """The head, half of the body it promises, then RST."""
    head, content = _render(status, body, headers)

    def order(stream, request):
        # type: (Stream, Received) -> bool
        stream.send(head + content[: len(content) // 2])
        return reset(stream, request)

    return order


def hang(seconds):
    # type: (Optional[float]) -> Order
    """No answer, for that long or for ever, then the end of the connection."""

    def order(stream, request):
        # type: (Stream, Received) -> bool
        stream.pause(seconds)
        return False

    return order


def drip(status, body, headers, interval):
    # type: (int, Body, Fields, float) -> Order
    """Answer one byte at a time, head and all."""
    head, content = _render(status, body, headers)

    def order(stream, request):
        # type: (Stream, Received) -> bool
        for byte in six.iterbytes(head + content):
            stream.send(six.int2byte(byte))
            stream.pause(interval)
        return True

    return order


def _render(status, body, headers):
    # type: (int, Body, Fields) -> Tuple[bytes, bytes]
    """Return an answer's head, and its body."""
    content = six.ensure_binary(body)
    fields = dict(headers or {})
    # RFC 9110 sections 8.6, 15.3.5 and 15.4.5: these have no body.
    if status < 200 or status in (204, 304):
        content = b""
    elif "content-length" not in [name.lower() for name in fields]:
        fields["Content-Length"] = "%d" % len(content)
    lines = ["HTTP/1.1 %d %s" % (status, responses.get(status, ""))]
    lines += ["%s: %s" % field for field in fields.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"), content
