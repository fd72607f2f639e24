"""The threads and sockets under the collector: one thread accepts, one serves each connection."""

from __future__ import absolute_import, division, print_function, unicode_literals

import os
import socket
import threading
import time
import weakref

from .._compat import monotonic
from .wire import Gone, Stream, keep_to_this_process

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, Optional, Text

HOST = "127.0.0.1"
BACKLOG = 128  # connections that may wait to be accepted
CLOSE_TIMEOUT = 1.0  # seconds; only a function of the user can make close() wait that long


class Server(object):
    """Calls ``exchange(stream)`` in the thread of each connection, again and again while it returns true."""

    def __init__(self, exchange, tls=None):
        # type: (Callable[[Stream], bool], Any) -> None
        self._exchange = exchange
        self._tls = tls  # an ssl.SSLContext
        self._lock = threading.Lock()
        self._listener = None  # type: Optional[socket.socket]
        self._streams = {}  # type: Dict[Stream, threading.Thread]
        self.connections = 0
        _servers.add(self)

    def start(self, port):
        # type: (int) -> int
        """Listen on the port, or on a free one for 0, and return which."""
        if self._listener is not None:
            return port
        listener = _listen(port)
        self._pid = os.getpid()
        self._listener = listener
        self._acceptor = _thread(self._accept, listener)
        self._acceptor.start()
        return int(listener.getsockname()[1])

    def close(self):
        # type: () -> None
        """Stop listening, end all connections, and wait a little for their threads."""
        listener, self._listener = self._listener, None
        # The connections of a forked child are its parent's: ending its copies would end those.
        if listener is None or self._pid != os.getpid():
            return
        deadline = monotonic() + CLOSE_TIMEOUT
        _wake(listener)
        self._acceptor.join(CLOSE_TIMEOUT)
        listener.close()
        with self._lock:
            streams = list(self._streams.items())
        for stream, _ in streams:
            stream.cut()
        for _, thread in streams:
            if thread is not threading.current_thread():
                thread.join(max(0, deadline - monotonic()))

    def abandon(self):
        # type: () -> None
        """Close a forked child's copies: they would keep connections open that the parent ends."""
        self._lock = threading.Lock()  # a thread that held it does not exist in the child
        listener, self._listener = self._listener, None
        if listener is not None:
            listener.close()
        for stream in self._streams:
            stream.abandon()
        self._streams = {}

    def _accept(self, listener):
        # type: (socket.socket) -> None
        while True:
            try:
                sock = listener.accept()[0]
            except socket.error:
                if self._listener is not listener:
                    return
                time.sleep(0.01)  # out of file descriptors, most likely: some may come back
                continue
            if self._listener is not listener:
                return sock.close()
            self._connect(sock)
            del sock  # Python 2 closes a TLS socket when nobody holds the plain one any more

    def _connect(self, sock):
        # type: (socket.socket) -> None
        with self._lock:
            self.connections += 1
            try:
                stream = Stream(self._secure(sock), self.connections)
            except socket.error:  # it left before we came to it
                return sock.close()
            # Known before it can answer: a child forked upon that answer has to let go of it.
            self._streams[stream] = _thread(self._serve, stream)
            self._streams[stream].start()

    def _secure(self, sock):
        # type: (socket.socket) -> socket.socket
        if self._tls is None:
            return sock
        # The handshake waits for the client, so it belongs into the connection's own thread.
        options = {"server_side": True, "do_handshake_on_connect": False}
        return self._tls.wrap_socket(sock, **options)  # type: ignore[no-any-return]

    def _serve(self, stream):
        # type: (Stream) -> None
        try:
            stream.handshake()
            while self._exchange(stream):
                pass
        except Gone:
            pass
        finally:
            stream.close()
            with self._lock:
                self._streams.pop(stream, None)


def tls_context(certfile, keyfile):
    # type: (Optional[Text], Optional[Text]) -> Any
    """Return the server's side of TLS, or None without a certificate."""
    if certfile is None:
        return None
    import ssl

    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certfile, keyfile)
    return context


def _listen(port):
    # type: (int) -> socket.socket
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        keep_to_this_process(listener)
        # Or the port could not be taken again while the system remembers old connections to it.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
        listener.listen(BACKLOG)
    except (socket.error, OverflowError):
        listener.close()
        raise
    return listener


def _wake(listener):
    # type: (socket.socket) -> None
    """Make the thread in accept() return, and copies of the socket in child processes deaf."""
    try:
        listener.shutdown(socket.SHUT_RDWR)
    except socket.error:  # not every system lets a listening socket be shut down
        try:
            socket.create_connection(listener.getsockname(), 1).close()
        except socket.error:
            pass


def _thread(target, argument):
    # type: (Any, Any) -> threading.Thread
    thread = threading.Thread(target=target, args=(argument,), name=str("analytical-collector"))
    thread.daemon = True
    return thread


def _abandon_all():
    # type: () -> None
    for server in list(_servers):
        server.abandon()


_servers = weakref.WeakSet()  # type: weakref.WeakSet[Server]
# From Python 3.7 on; before, a child's copies live as long as the child, and a reset reaches the
# client only when it ends.
getattr(os, "register_at_fork", lambda **functions: None)(after_in_child=_abandon_all)
