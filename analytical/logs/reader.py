"""Lines of logs with their places, and what tells one log from another, one line from another."""

from __future__ import absolute_import, division, print_function, unicode_literals

import collections
import hashlib

import six

from .columns import FIELDS
from .opening import CHUNK

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator, List, Optional, Text, Tuple

    Line = Tuple[int, Optional[bytes]]

MAX_LINE = 1 << 16  # bytes; servers cut a request far below it
_COLUMNS = FIELDS.encode("ascii")

# How far a log is read: bytes, decompressed, and lines; where the last of these lines begins, and its
# digest, by which it is known again; and the line that says the columns, in logs that have one.
Mark = collections.namedtuple("Mark", "position line place digest columns")
START = Mark(0, 0, 0, "", b"")


class Block(list):  # type: ignore[type-arg]
    """
    Lines that were read at once, each (place of its first byte, bytes without the line's end).

    The bytes of a line over MAX_LINE are None.

    :ivar int first: how many lines of the log stand before it
    :ivar int end: where it ends
    :ivar bytes columns: the line that says the columns of its first lines
    """

    def __init__(self, lines, first, end, columns=b"", named=False):
        # type: (List[Line], int, int, bytes, bool) -> None
        super(Block, self).__init__(lines)
        self.first = first
        self.end = end
        self.columns = columns
        self._named = named  # whether columns are named in it

    def mark(self, line):
        # type: (int) -> Any
        """Make the mark behind a line, one of the block, by its number in the log."""
        index = line - self.first
        end = self[index][0] if index < len(self) else self.end
        place, content = self[index - 1]
        return Mark(end, line, place, digest(content), self.columns_at(index))

    def columns_at(self, index):
        # type: (int) -> bytes
        """Give the line that says the columns of a line of the block, or of what follows it."""
        found = [line for _, line in self[:index] if _names(line)] if self._named else []
        return found[-1] if found else self.columns


class Lines(object):
    """
    Takes a stream apart into lines, in memory bounded whatever stands in it.

    :param stream: with ``read(size)``, at the start of a log
    :ivar int position: bytes, decompressed, from there to the end of the last whole line
    :ivar int count: how many lines that is
    """

    def __init__(self, stream):
        # type: (Any) -> None
        self._stream = stream
        self._rest = b""
        self._skipping = 0  # bytes given up so far of a line that is too long
        self._columns = b""
        self.position = self.count = 0

    def go_on(self, mark):
        # type: (Any) -> bool
        """
        Go on at a mark, in a stream that is an :class:`~analytical.logs.opening.Log`.

        :returns: False where the log does not hold what the mark says, or not that much
        """
        length = mark.position - mark.place
        if length <= 0 or not self._stream.skip(mark.place):
            return False
        if length > MAX_LINE + 2:
            line, found = None, self._stream.skip(length)
        else:
            line = self._stream.read(length)
            found, line = len(line) == length, _content(line[:-1] if line[-1:] == b"\n" else line)
        self.position, self.count, self._columns = mark.position, mark.line, mark.columns
        return bool(found and digest(line) == mark.digest)

    def blocks(self):
        # type: () -> Iterator[Block]
        """
        Give the whole lines up to the end of the stream as it is now.

        Called again it goes on with what was written since.
        """
        while True:
            chunk = self._stream.read(CHUNK)
            if not chunk:
                return
            data = self._rest + chunk
            parts = data.split(b"\n")
            self._rest = parts.pop()
            first, lines = self.count, [self._line(part) for part in parts]
            self.count += len(lines)
            block = Block(lines, first, self.position, self._columns, _COLUMNS in data)
            self._columns = block.columns_at(len(lines))
            if self._skipping or len(self._rest) > MAX_LINE:
                self._skipping += len(self._rest)
                self._rest = b""
            yield block

    def last(self):
        # type: () -> Block
        """Give what stands behind the last line's end, as the line that it is once nobody writes any more."""
        first, lines = self.count, []  # type: int, List[Line]
        if self._rest or self._skipping:
            lines = [self._line(self._rest)]
            self.count += 1
            self.position -= 1  # there is no line's end
            self._rest = b""
        return Block(lines, first, self.position, self._columns)

    def _line(self, part):
        # type: (bytes) -> Line
        place, self.position = self.position, self.position + self._skipping + len(part) + 1
        too_long = self._skipping
        self._skipping = 0
        return place, None if too_long else _content(part)


def _names(line):
    # type: (Optional[bytes]) -> bool
    return line is not None and line.startswith(_COLUMNS)


def _content(part):
    # type: (bytes) -> Optional[bytes]
    return None if len(part) > MAX_LINE else part.rstrip(b"\r")


def text_of(line):
    # type: (bytes) -> Text
    """Decode a line as UTF-8; what is none becomes U+FFFD."""
    return line.decode("utf-8", "replace")


def digest(line):
    # type: (Optional[bytes]) -> Text
    """Make 32 hex digits of a line, of which it cannot be read."""
    return six.ensure_text(hashlib.sha256(line or b"").hexdigest()[:32])


def log_id(line):
    # type: (Optional[bytes]) -> Optional[Text]
    """Give the identity of the log that begins with a line; None for one that describes the file."""
    if line is not None and line.startswith(b"#"):  # the same in all files of a server
        return None
    return digest(line)


def line_id(log, place, line):
    # type: (Text, int, bytes) -> Text
    """
    Make the id of the hit in a line, the same each time that the line is read: a UUID of version 8.

    :param log: the log's log_id()
    :param place: where the line begins
    """
    start = ("%s %d " % (log, place)).encode("ascii")
    digest = six.ensure_text(hashlib.sha256(start + line).hexdigest())
    return digest[:12] + "8" + digest[13:16] + "a" + digest[17:32]
