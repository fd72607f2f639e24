"""A loopback HTTP server for tests: it records what it is sent, and answers as it is told."""

from __future__ import absolute_import, division, print_function, unicode_literals

import threading
import time
from collections import deque

from .._compat import monotonic
from . import orders
from .received import Received
from .server import HOST, Server, tls_context
from .wire import Malformed, Stream, read_request

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Deque, List, Optional, Text

    from .orders import Answerer, Body, Fields, Order

_REFUSAL = b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class Collector(object):
    """
    An HTTP/1.1 server on 127.0.0.1, in threads of this process.

    Use it as a context manager, or call `start` and `close`. It answers 200 with no body until told
    otherwise. An order with ``times=N`` waits in a queue and is used for the next N requests, in the
    order they arrive; one with ``times=None`` is the default, used while the queue is empty.

    :param port: the port; 0 for a free one. After `close`, `start` takes the same port again.
    :param certfile: path of a PEM certificate; given, the collector speaks TLS only.
    :param keyfile: path of its PEM key, when that isn't in ``certfile``.
    """

    def __init__(self, port=0, certfile=None, keyfile=None):
        # type: (int, Optional[Text], Optional[Text]) -> None
        self.port = port
        self._scheme = "http" if certfile is None else "https"
        self._server = Server(self._exchange, tls_context(certfile, keyfile))
        self._changed = threading.Condition()
        self._requests = []  # type: List[Received]
        self._orders = deque()  # type: Deque[Order]
        self._default = orders.answer(200, b"", None)
        self._malformed = 0

    def start(self):
        # type: () -> Collector
        """Listen, and return itself; raises ``socket.error`` (`OSError`) when the port is taken."""
        self.port = self._server.start(self.port)
        return self

    def close(self):
        # type: () -> None
        """
        Refuse connections and end those there are, within 2 seconds; what came is still there to read.

        In a forked child it does nothing: the connections are the parent's.
        """
        self._server.close()

    def __enter__(self):
        # type: () -> Collector
        return self.start()

    def __exit__(self, *error):
        # type: (*Any) -> None
        self.close()

    @property
    def url(self):
        # type: () -> Text
        """``http://127.0.0.1:PORT``, or https; no slash at its end."""
        return "%s://%s:%d" % (self._scheme, HOST, self.port)

    @property
    def requests(self):
        # type: () -> List[Received]
        """The requests that came whole, as a new list, in the order they were given their answers."""
        with self._changed:
            return list(self._requests)

    @property
    def connections(self):
        # type: () -> int
        """How many TCP connections were accepted, those without a request among them."""
        return self._server.connections

    def wait(self, count, timeout=10):
        # type: (int, float) -> List[Received]
        """
        Block until at least ``count`` requests have come, and return all that have.

        :param timeout: seconds; after them an `AssertionError` says how many came.
        """
        deadline = monotonic() + timeout
        with self._changed:
            while len(self._requests) < count:
                left = deadline - monotonic()
                if left <= 0:
                    raise AssertionError(
                        "%d of %d requests came in %g seconds, on %d connections (and %d malformed)"
                        % (len(self._requests), count, timeout, self.connections, self._malformed)
                    )
                self._changed.wait(left)
            return list(self._requests)

    def clear(self):
        # type: () -> None
        """Forget the requests that came; connections keep their numbers, orders stay."""
        with self._changed:
            del self._requests[:]

    def answer(self, status=200, body=b"", headers=None, times=None):
        # type: (int, Body, Fields, Optional[int]) -> None
        """
        Answer like this: by default from now on, with ``times`` for so many requests.

        ``Connection: close`` among the headers is kept to. Text is sent as UTF-8.
        """
        self._order(orders.answer(status, body, headers), times)

    def answer_with(self, answerer, times=None):
        # type: (Answerer, Optional[int]) -> None
        """
        Ask a function: it gets the `Received` and returns (status, headers or None, body).

        It is called in the connection's thread, several at once if there are several connections.
        """
        self._order(orders.answer_with(answerer), times)

    def answer_and_close(self, status=200, body=b"", headers=None, times=1):
        # type: (int, Body, Fields, Optional[int]) -> None
        """Answer, then close without having said so: a kept connection that has gone stale."""
        self._order(orders.answer(status, body, headers, close=True), times)

    def reset(self, times=1):
        # type: (Optional[int]) -> None
        """Read the request, then reset the connection (RST) without an answer."""
        self._order(orders.reset, times)

    def reset_mid_answer(self, status=200, body=b"0123456789", headers=None, times=1):
        # type: (int, Body, Fields, Optional[int]) -> None
        """Answer with the headers and half of the body they promise, then reset the connection."""
        self._order(orders.reset_mid_answer(status, body, headers), times)

    def hang(self, seconds=None, times=1):
        # type: (Optional[float], Optional[int]) -> None
        """Answer nothing and end the connection after so many seconds; by default when we close."""
        self._order(orders.hang(seconds), times)

    def drip(self, status=200, body=b"", headers=None, interval=0.1, times=1):
        # type: (int, Body, Fields, float, Optional[int]) -> None
        """Answer slowly: a byte, head and body alike, every ``interval`` seconds."""
        self._order(orders.drip(status, body, headers, interval), times)

    def _order(self, order, times):
        # type: (Order, Optional[int]) -> None
        with self._changed:
            if times is None:
                self._default = order
            else:
                self._orders.extend([order] * times)

    def _exchange(self, stream):
        # type: (Stream) -> bool
        try:
            method, target, headers, body, keep = read_request(stream)
        except Malformed:
            with self._changed:
                self._malformed += 1
            stream.send(_REFUSAL)
            return False
        request = Received(method, target, headers, body, stream.number, time.time())
        with self._changed:
            # Together, so that the first of two requests gets the first of two answers.
            self._requests.append(request)
            order = self._orders.popleft() if self._orders else self._default
            self._changed.notify_all()
        return order(stream, request) and keep
