"""Lines of log files with their places: plain or compressed, whole or while they are written."""

from __future__ import absolute_import, division, print_function, unicode_literals

import bz2
import gzip
import hashlib
import io
import os
import time

import six

from ..errors import ConfigurationError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Iterator, List, Optional, Text, Tuple

    Line = Tuple[int, Optional[bytes]]

MAX_LINE = 1 << 16  # bytes; servers cut a request far below it
CHUNK = 1 << 18  # bytes read at a time
POLL = 0.5  # seconds between looks at a file that may grow
_XZ, _ZSTD = b"\xfd7zXZ\x00", b"\x28\xb5\x2f\xfd"


def open_log(path):
    # type: (Any) -> Any
    """
    Open a log file as a stream of bytes, decompressed: gzip, bzip2, and xz on Python 3.

    What the file is shows its first bytes, whatever its name.

    :raises EnvironmentError: for a file that cannot be read
    :raises ConfigurationError: for a compression that cannot be undone here
    """
    stream = io.open(path, "rb")
    start = stream.read(6)
    stream.seek(0)
    if start.startswith(b"\x1f\x8b"):
        return _Closing(gzip.GzipFile(fileobj=stream), stream)
    if start.startswith(b"BZh"):
        stream.close()
        return bz2.BZ2File(path)
    if start.startswith(_XZ) and not six.PY2:
        import lzma  # novermin - not everywhere built in

        return _Closing(lzma.LZMAFile(stream), stream)
    if start.startswith((_XZ, _ZSTD)):
        stream.close()
        tool = "xz -dc" if start.startswith(_XZ) else "zstd -dc"
        raise ConfigurationError("this file is compressed: %s FILE | analytical logs -" % tool)
    return stream


class _Closing(object):
    """A decompressing stream that closes the file below it too."""

    def __init__(self, stream, below):
        # type: (Any, Any) -> None
        self.read = stream.read
        self._streams = (stream, below)

    def close(self):
        # type: () -> None
        for stream in self._streams:
            stream.close()


def is_compressed(stream):
    # type: (Any) -> bool
    """Tell whether a stream of open_log() decompresses, so that its file does not grow."""
    return isinstance(stream, (_Closing, bz2.BZ2File))


class Lines(object):
    """
    Takes a stream apart into lines, in memory bounded whatever stands in it.

    :param stream: with ``read(size)``, at the place ``position``
    :ivar int position: bytes, decompressed, from the start of the file to the end of the last whole line
    """

    def __init__(self, stream, position=0):
        # type: (Any, int) -> None
        self._stream = stream
        self._rest = b""
        self._skipping = 0  # bytes given up so far of a line that is too long
        self.position = position

    def skip(self, position):
        # type: (int) -> bool
        """Read up to a place; False where the stream ends before it."""
        while self.position < position:
            chunk = self._stream.read(min(CHUNK, position - self.position))
            if not chunk:
                return False
            self.position += len(chunk)
        return True

    def blocks(self):
        # type: () -> Iterator[List[Line]]
        """
        Give the whole lines up to the end of the stream as it is now, in lists of those read at once.

        Each is (place of its first byte, bytes without the line's end); the bytes of a line over
        MAX_LINE are None. Called again it goes on with what was written since.
        """
        while True:
            chunk = self._stream.read(CHUNK)
            if not chunk:
                return
            parts = chunk.split(b"\n")
            parts[0] = self._rest + parts[0]
            self._rest = parts.pop()
            lines = [self._line(part) for part in parts]
            if self._skipping or len(self._rest) > MAX_LINE:
                self._skipping += len(self._rest)
                self._rest = b""
            yield lines

    def last(self):
        # type: () -> List[Line]
        """Give what stands behind the last line's end, as the line that it is once nobody writes any more."""
        if not self._rest and not self._skipping:
            return []
        line = self._line(self._rest)
        self.position -= 1  # there is no line's end
        self._rest = b""
        return [line]

    def _line(self, part):
        # type: (bytes) -> Line
        place, self.position = self.position, self.position + self._skipping + len(part) + 1
        too_long = self._skipping or len(part) > MAX_LINE
        self._skipping = 0
        return place, None if too_long else part.rstrip(b"\r")


def text_of(line):
    # type: (bytes) -> Text
    """Decode a line as UTF-8; what is none becomes U+FFFD."""
    return line.decode("utf-8", "replace")


def identity(path):
    # type: (Any) -> Optional[Text]
    """
    Tell which log a file is, whatever it is called, compressed or not: by its first line of a request.

    :returns: 32 hex digits; None for a file without a whole line
    """
    stream = open_log(path)
    try:
        for block in Lines(stream).blocks():
            for _, line in block:
                found = log_id(line)
                if found is not None:
                    return found
        return None
    finally:
        stream.close()


def log_id(line):
    # type: (Optional[bytes]) -> Optional[Text]
    """Give the identity of the log that begins with a line; None for one that describes the file."""
    if line is not None and line.startswith(b"#"):  # the same in all files of a server
        return None
    return six.ensure_text(hashlib.sha256(line or b"").hexdigest()[:32])


def line_id(log, place, line):
    # type: (Text, int, bytes) -> Text
    """
    Make the id of the hit in a line, the same each time that the line is read: a UUID of version 8.

    :param log: the log's identity()
    :param place: where the line begins
    """
    start = ("%s %d " % (log, place)).encode("ascii")
    digest = six.ensure_text(hashlib.sha256(start + line).hexdigest())
    return digest[:12] + "8" + digest[13:16] + "a" + digest[17:32]


def follow(path, position=0, stop=None, poll=POLL):
    # type: (Any, int, Optional[Callable[[], bool]], float) -> Iterator[List[Line]]
    """
    Give the lines of a file as they are written, across its rotation: blocks as those of Lines.

    A new file under the name is read from its start, after another look at the old one, to which a server
    may write for a while; one that was cut (``copytruncate``) is read from its start too. An empty list is given at each look that found nothing.

    :param position: where to begin
    :param stop: asked at each look that found nothing; true: end
    :param float poll: seconds between two looks
    """
    stream = io.open(path, "rb")
    stream.seek(position)
    lines, rotated = Lines(stream, position), False
    try:
        while True:
            # Asked before the file is read, for what is written between the two would be missed.
            was_rotated, rotated = rotated, _is_renamed(path, stream)
            cut = os.fstat(stream.fileno()).st_size < stream.tell()
            for block in lines.blocks():
                yield block
            if cut or (rotated and was_rotated):
                yield lines.last()
                stream.close()
                stream = io.open(path, "rb")
                lines, rotated = Lines(stream), False
                continue
            yield []
            if stop is not None and stop():
                return
            time.sleep(poll)
    finally:
        stream.close()


def _is_renamed(path, stream):
    # type: (Any, Any) -> bool
    """Tell whether another file has the name now."""
    held = os.fstat(stream.fileno())
    try:
        named = os.stat(path)
    except OSError:  # between two steps of a rotation
        return False
    return (named.st_dev, named.st_ino) != (held.st_dev, held.st_ino)
