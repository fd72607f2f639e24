"""The page, served live on this machine: it reads the file, and neither changes nor gives away more."""

from __future__ import absolute_import, division, print_function, unicode_literals

import collections
import os
import socket
import threading

from six.moves import BaseHTTPServer, socketserver

from .._compat import monotonic
from .answering import Handler
from .figures import figures
from .page import page

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Text

HOST = "127.0.0.1"
GRACE = 1.0  # seconds for threads to end
MOST_OPEN = 100  # connections; the next one ends the oldest


class Server(socketserver.ThreadingMixIn, BaseHTTPServer.HTTPServer, object):
    """
    Serves the page of a file on loopback, with a thread for each connection.

    :param path: the file of the sqlite provider
    :param int port: 0 for any that is free
    :param int limit: rows of a table
    :raises EnvironmentError: where the port cannot be had
    """

    # On Windows it would let two servers have one port.
    allow_reuse_address = os.name != "nt"
    request_queue_size = 128

    def __init__(self, path, port, limit):
        # type: (Any, int, int) -> None
        self.path = path
        self.limit = limit
        self._turn = threading.Lock()
        self._lock = threading.Lock()
        self._open = collections.OrderedDict()  # type: Any
        BaseHTTPServer.HTTPServer.__init__(self, (str(HOST), port), Handler)

    def server_bind(self):
        # type: () -> None
        # Not HTTPServer's, which asks the DNS for a name of ours.
        socketserver.TCPServer.server_bind(self)
        self.server_name = str(HOST)
        self.server_port = self.server_address[1]

    @property
    def url(self):
        # type: () -> Text
        """The address of the page."""
        return "http://%s:%d/" % (HOST, self.server_port)

    def text(self, choice):
        # type: (Any) -> Text
        """Make the page; one at a time, for each may take all that the disk gives."""
        with self._turn:
            found = figures(
                self.path,
                first=choice.first,
                last=choice.last,
                site=choice.site,
                limit=self.limit,
            )
        return page(found, live=True)

    def process_request(self, request, client_address):
        # type: (Any, Any) -> None
        """Answer in a thread; clients that only hold connections make room for others."""
        thread = threading.Thread(
            target=self.process_request_thread, args=(request, client_address)
        )
        thread.daemon = True
        oldest = None
        with self._lock:
            self._open[id(request)] = (request, thread)
            if len(self._open) > MOST_OPEN:
                oldest = self._open.popitem(last=False)[1][0]
        if oldest is not None:
            _end(oldest)
        thread.start()

    def shutdown_request(self, request):
        # type: (Any) -> None
        """Close a connection."""
        BaseHTTPServer.HTTPServer.shutdown_request(self, request)
        with self._lock:
            self._open.pop(id(request), None)

    def server_close(self):
        # type: () -> None
        """Stop listening, and end what is still open: Python 2 has words for threads that it leaves behind."""
        BaseHTTPServer.HTTPServer.server_close(self)
        deadline = monotonic() + GRACE
        for request, thread in list(self._open.values()):
            _end(request)
            thread.join(max(deadline - monotonic(), 0.01))

    def handle_error(self, request, client_address):
        # type: (Any, Any) -> None
        """Say nothing: what reaches this is a client that went away."""


def _end(connection):
    # type: (Any) -> None
    try:
        connection.shutdown(socket.SHUT_RDWR)  # wakes the thread that waits for it
    except EnvironmentError:
        pass
