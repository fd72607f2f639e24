"""
One connection of the collector: bytes off a socket and onto it, and requests out of the bytes.

The standard library's handler is not used: it takes several times as long per request, most of it
in the parser for mail headers, and differs between Python 2 and 3 in what it refuses.
"""

from __future__ import absolute_import, division, print_function, unicode_literals

import socket
import struct

import six

from .._compat import monotonic
from .received import Headers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import List, Optional, Text, Tuple

_RECEIVE = 65536  # bytes asked of the system at once
_NO_LINGER = struct.pack(str("ii"), 1, 0)  # close() then sends RST in place of FIN


class Gone(Exception):
    """The client has left, or the collector is closing: nothing more to do on this connection."""


class Malformed(Exception):
    """What came is no HTTP/1 request."""


def keep_to_this_process(sock):
    # type: (socket.socket) -> None
    """Keep Python 2 from handing the socket to child programs, as Python 3 does (PEP 446)."""
    if six.PY2:
        import fcntl

        fcntl.fcntl(sock.fileno(), fcntl.F_SETFD, fcntl.FD_CLOEXEC)


class Stream(object):
    """A connected socket with a buffer; every failure of the socket is `Gone`."""

    def __init__(self, sock, number):
        # type: (socket.socket, int) -> None
        keep_to_this_process(sock)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._sock = sock
        self._buffer = bytearray()
        self.number = number

    def handshake(self):
        # type: () -> None
        """Agree on TLS, where the socket speaks it; here, not in accept(), as the client may stall."""
        try:
            getattr(self._sock, "do_handshake", lambda: None)()
        except (socket.error, ValueError):  # ValueError: cut() by another thread meanwhile
            raise Gone

    def send(self, data):
        # type: (bytes) -> None
        try:
            self._sock.sendall(data)
        except (socket.error, ValueError):
            raise Gone

    def first(self):
        # type: () -> bytes
        """Return the next byte, and leave it there."""
        while not self._buffer:
            self._receive()
        return bytes(self._buffer[:1])

    def line(self):
        # type: () -> bytes
        """Take a line, and return it without its end."""
        searched = 0
        while True:
            end = self._buffer.find(b"\n", searched)
            if end >= 0:
                return self.exactly(end + 1).rstrip(b"\r\n")
            searched = len(self._buffer)
            self._receive()

    def exactly(self, size):
        # type: (int) -> bytes
        """Take that many bytes."""
        while len(self._buffer) < size:
            self._receive()
        data = bytes(self._buffer[:size])
        del self._buffer[:size]
        return data

    def _receive(self):
        # type: () -> None
        try:
            data = self._sock.recv(_RECEIVE)
        except (socket.error, ValueError):
            raise Gone
        if not data:
            raise Gone
        self._buffer += data

    def pause(self, seconds):
        # type: (Optional[float]) -> None
        """Wait that long, or for ever; raises `Gone` as soon as the client leaves."""
        # Reading is what notices that; a sleep would keep a thread for each client that gave up.
        end = None if seconds is None else monotonic() + seconds
        while end is None or monotonic() < end:
            try:
                self._sock.settimeout(end and max(end - monotonic(), 0.001))
                self._receive_in_time()
            finally:
                self._sock.settimeout(None)

    def _receive_in_time(self):
        # type: () -> None
        try:
            data = self._sock.recv(_RECEIVE)
        except (socket.error, ValueError) as error:
            # On Python 2 the ssl module has no type for it, only the words.
            if isinstance(error, socket.timeout) or "timed out" in str(error):
                return
            raise Gone
        if not data:
            raise Gone
        self._buffer += data

    def cut(self):
        # type: () -> None
        """End the connection from any thread, which wakes the one that reads from it."""
        try:
            # Not the TLS socket's own method: that takes the TLS state from under the reader.
            socket.socket.shutdown(self._sock, socket.SHUT_RDWR)
        except socket.error:
            pass

    def close(self):
        # type: () -> None
        # A forked child may hold a copy, and while it does close() alone tells the client nothing.
        self.cut()
        self._sock.close()

    def reset(self):
        # type: () -> None
        """End the connection with RST."""
        self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
        self._sock.close()

    def abandon(self):
        # type: () -> None
        """Let go of the socket in a forked child; the parent's copy stays as it is."""
        self._sock.close()


def read_request(stream):
    # type: (Stream) -> Tuple[Text, Text, Headers, bytes, bool]
    """Return method, target, headers and body of the next request, and whether to go on after it."""
    # A TLS greeting may hold no line end: waiting for one would leave both sides waiting.
    if not stream.first().isalpha():
        raise Malformed
    words = stream.line().decode("latin-1").split(" ")
    if len(words) != 3 or not words[2].startswith("HTTP/1."):
        raise Malformed
    headers = Headers(_read_fields(stream))
    body = _read_body(stream, headers)
    connection = headers.get("Connection", "").lower()
    keep = "keep-alive" in connection if words[2] == "HTTP/1.0" else "close" not in connection
    return words[0], words[1], headers, body, keep


def _read_fields(stream):
    # type: (Stream) -> List[Tuple[Text, Text]]
    """Read header lines, or trailers, up to the empty one."""
    fields = []  # type: List[Tuple[Text, Text]]
    while True:
        line = stream.line().decode("latin-1")
        if not line:
            return fields
        name, colon, value = line.partition(":")
        # A blank here is a folded line, which RFC 9112 section 5.2 lets a server refuse.
        if not colon or not name or name != name.strip():
            raise Malformed
        fields.append((name, value.strip()))


def _read_body(stream, headers):
    # type: (Stream, Headers) -> bytes
    chunked = headers.get("Transfer-Encoding", "").lower() == "chunked"
    size = 0 if chunked else _size(headers.get("Content-Length", "0"), 10)
    if (chunked or size) and headers.get("Expect", "").lower() == "100-continue":
        stream.send(b"HTTP/1.1 100 Continue\r\n\r\n")
    return _read_chunks(stream) if chunked else stream.exactly(size)


def _read_chunks(stream):
    # type: (Stream) -> bytes
    chunks = []  # type: List[bytes]
    while True:
        size = _size(stream.line().decode("latin-1").partition(";")[0].strip(), 16)
        if not size:
            _read_fields(stream)
            return b"".join(chunks)
        chunks.append(stream.exactly(size))
        if stream.line():
            raise Malformed


def _size(digits, base):
    # type: (Text, int) -> int
    try:
        size = int(digits, base)
    except ValueError:
        raise Malformed
    if size < 0:
        raise Malformed
    return size
