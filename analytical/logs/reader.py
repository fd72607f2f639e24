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


class Block(object):
    """
    Lines that were read at once: a sequence of pairs, the place of the first byte and the bytes without the line's end.

    The bytes of a line over MAX_LINE are None. Lines are taken apart by whoever asks for them.

    :param bytes data: the lines, with what stands between them; None: there is no line
    :ivar int place: where they begin
    :ivar int first: how many lines of the log stand before them
    :ivar int skipped: how many bytes of the first line, which is too long, were given up
    :ivar bytes columns: the line that says the columns of the first lines
    :ivar int end: where they end
    """

    def __init__(self, data, place, first, skipped=0, columns=b""):
        # type: (Optional[bytes], int, int, int, bytes) -> None
        self.data, self.place, self.first = data, place, first
        self.skipped, self.columns = skipped, columns
        self.end = place if data is None else place + skipped + len(data) + 1
        self._count = 0 if data is None else data.count(b"\n") + 1
        self._lines = None  # type: Optional[List[Line]]
        self._named = None  # type: Optional[bool]  # whether columns are named in it

    def __len__(self):
        # type: () -> int
        return self._count

    def __iter__(self):
        # type: () -> Iterator[Line]
        return iter(self._split())

    def __getitem__(self, index):
        # type: (Any) -> Any
        return self._split()[index]

    def _split(self):
        # type: () -> List[Line]
        if self._lines is None:
            self._lines = [
                (place, None if text is None else line.rstrip(b"\r"))
                for place, line, text in self.texts()
            ]
        return self._lines

    def texts(self):
        # type: () -> Iterator[Tuple[int, bytes, Optional[Text]]]
        """Give each line as its place, its bytes up to the line feed, and its text; None for that of one too long."""
        if self.data is None:
            return
        lines, place, too_long = self.data.split(b"\n"), self.place, bool(self.skipped)
        try:  # at once, which takes a tenth of the time, and gives the same
            texts = self.data.decode("utf-8").split("\n")
        except UnicodeDecodeError:
            texts = [text_of(line) for line in lines]
        if b"\r" in self.data:
            texts = [text.rstrip("\r") for text in texts]
        for line, text in zip(lines, texts):
            length = len(line)
            yield place, line, None if too_long or length > MAX_LINE else text
            place += length + 1
            if too_long:
                place, too_long = place + self.skipped, False

    def line(self, number):
        # type: (int) -> Block
        """Give a line that is not too long, by its number in the log, as a block of its own."""
        place, content = self[number - self.first - 1]
        return Block(content, place, number - 1, 0, self.columns)

    def mark(self, line):
        # type: (int) -> Any
        """Make the mark behind a line, one of the block, by its number in the log."""
        index = line - self.first
        if index == len(self):
            place, content = self._last()
            return Mark(self.end, line, place, digest(content), self.columns_at(index))
        place, content = self[index - 1]
        return Mark(self[index][0], line, place, digest(content), self.columns_at(index))

    def _last(self):
        # type: () -> Line
        """Give the last line without a look at the others."""
        data = self.data or b""
        start = data.rfind(b"\n") + 1
        if not start:
            return self.place, None if self.skipped else _content(data)
        return self.place + self.skipped + start, _content(data[start:])

    def columns_at(self, index):
        # type: (int) -> bytes
        """Give the line that says the columns of a line of the block, or of what follows it."""
        if self._named is None:
            self._named = self.data is not None and _COLUMNS in self.data
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
            data, found, self._rest = (self._rest + chunk).rpartition(b"\n")
            block = self._block(data if found else None)
            if self._skipping or len(self._rest) > MAX_LINE:
                self._skipping += len(self._rest)
                self._rest = b""
            yield block

    def last(self):
        # type: () -> Block
        """Give what stands behind the last line's end, as the line that it is once nobody writes any more."""
        there = bool(self._rest or self._skipping)
        block = self._block(self._rest if there else None)
        if there:
            self.position = block.end = block.end - 1  # there is no line's end
            self._rest = b""
        return block

    def none(self):
        # type: () -> Block
        """Give no line."""
        return Block(None, self.position, self.count, 0, self._columns)

    def _block(self, data):
        # type: (Optional[bytes]) -> Block
        if data is None:
            return self.none()
        block = Block(data, self.position, self.count, self._skipping, self._columns)
        self._skipping, self.position = 0, block.end
        self.count += len(block)
        self._columns = block.columns_at(len(block))
        return block


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
    whole = b"%s %d %s" % (log.encode("ascii"), place, line.rstrip(b"\r"))
    digest = six.ensure_text(hashlib.sha256(whole).hexdigest())
    return digest[:12] + "8" + digest[13:16] + "a" + digest[17:32]
