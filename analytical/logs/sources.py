"""Logs that are read: which one a file is, whatever its name, and from where it goes on."""

from __future__ import absolute_import, division, print_function, unicode_literals

import os

import six

from .opening import Log
from .reader import START, Lines, log_id
from .state import Position

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator, List, Optional, Text

    from .reader import Block
    from .state import State

SAMPLE = 100  # lines that the format is found by
_LOOKS = 8  # blocks that are searched for the first line of a request


class Piped(object):
    """
    A log that can be read once: the standard input, or another pipe.

    :ivar str name: what to call it
    :ivar str log: its log_id(); None until it is known
    :ivar mark: how far it was read before
    :ivar list first: its first lines, where it does not begin with them
    :ivar bool finished: whether it is known to hold nothing new
    """

    def __init__(self, name, stream):
        # type: (Text, Any) -> None
        self.name = name
        self.stream = stream
        self.lines = Lines(stream)
        self.log = None  # type: Optional[Text]
        self.mark = START
        self.first = []  # type: List[bytes]
        self.finished = False

    @property
    def size(self):
        # type: () -> int
        """Tell how many bytes the file has; 0 where nobody knows."""
        return 0

    @property
    def place(self):
        # type: () -> int
        """Tell how many of them are read."""
        return 0

    def blocks(self):
        # type: () -> Iterator[Block]
        """Give its lines, from the mark to the end."""
        if not self.finished:
            for block in self.lines.blocks():
                yield self._seen(block)
            yield self._seen(self.last())

    def last(self):
        # type: () -> Block
        """Give the last line, where nobody can be still writing it; else nothing."""
        return self.lines.last()

    def _seen(self, block):
        # type: (Block) -> Block
        for _, line in block if self.log is None else ():
            self.log = log_id(line)
            if self.log is not None:
                break
        return block

    def position(self, mark, ended=False):
        # type: (Any, bool) -> Optional[Any]
        """Make what a State saves; None where it cannot be found again."""
        return None

    def close(self):
        # type: () -> None
        """Close nothing: the stream is another's."""


class Source(Piped):
    """
    A file.

    :param path: text, bytes or a path object
    :raises: as :class:`~analytical.logs.opening.Log`
    """

    def __init__(self, path):
        # type: (Any) -> None
        super(Source, self).__init__(os.path.basename(_text(path)), Log(path))
        self.path = _text(os.path.abspath(path))

    @property
    def size(self):
        # type: () -> int
        return self.stream.size if self.stream.regular else 0

    @property
    def place(self):
        # type: () -> int
        return self.size if self.finished else self.stream.place

    def go_on(self, state, restart=False):
        # type: (Optional[State], bool) -> Source
        """
        Go to where the log was read to, by this name or any other.

        :param restart: forget that, and begin with the first line
        """
        if state is None or not self.stream.regular:
            return self
        self.look()
        if self.log is None:
            return self
        if restart:
            state.forget(self.log)
            return self
        for row in state.find(self.log, self.stream.file):
            same = row.file == self.stream.file
            self.finished = same and row.size is not None and row.size == self.stream.size
            if self.finished or self.lines.go_on(row.mark):
                self.mark = row.mark
                return self
            if same:  # it was written anew
                state.forget(self.log, row.file)
            self._rewind()
        self.first = []
        return self

    def look(self):
        # type: () -> None
        """Read the first lines, and go back."""
        for number, block in enumerate(self.lines.blocks()):
            self._seen(block)
            self.first += [line for _, line in block if line is not None][:SAMPLE]
            if self.log is not None or number == _LOOKS:
                break
        del self.first[SAMPLE:]
        self._rewind()

    def _rewind(self):
        # type: () -> None
        self.stream.rewind()
        self.lines = Lines(self.stream)

    def last(self):
        # type: () -> Block
        if self.stream.regular and not self.stream.compression:
            return self.lines.none()
        return super(Source, self).last()

    def position(self, mark, ended=False):
        # type: (Any, bool) -> Optional[Any]
        if self.log is None or not self.stream.regular:
            return None
        size = self.stream.size if ended and self.stream.compression else None
        return Position(self.log, self.stream.file, mark, size, self.path, None, None)

    def close(self):
        # type: () -> None
        """Close the file."""
        self.stream.close()


def _text(path):
    # type: (Any) -> Text
    path = getattr(path, "__fspath__", lambda: path)()
    return path.decode("utf-8", "replace") if isinstance(path, bytes) else six.ensure_text(path)
