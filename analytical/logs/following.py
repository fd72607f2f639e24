"""Files that are read while they are written, across their rotation, which may have come in our absence."""

from __future__ import absolute_import, division, print_function, unicode_literals

import errno
import os
import re
import time

import six

from ..errors import AnalyticalError
from .sources import Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Iterator, List, Optional, Text

    from .reader import Block
    from .state import State

POLL = 0.5  # seconds between looks at a file that may grow
_PACKED = re.compile(r"\.(gz|bz2|xz|zst)\Z")
_NUMBERS = re.compile(r"[._-][0-9][0-9T._-]*(?=[._-]|\Z)")  # what a rotation adds to a name


class Followed(Source):
    """
    A file whose lines are given as they are written, until another file has its name, or it is cut.

    After a rename it is looked at once more, for a server may write to it for a while. An empty block is
    given at each look that found nothing.

    :param path: the file
    :param name: the name that is followed: this file's, or that which it had
    :param stop: asked at each look that found nothing; true: end
    :param pause: waits for so many seconds
    :param float poll: seconds between two looks
    """

    def __init__(self, path, name, stop, pause=time.sleep, poll=POLL):
        # type: (Any, Any, Callable[[], bool], Callable[[float], Any], float) -> None
        super(Followed, self).__init__(path)
        self._followed = name
        self._wait = (stop, pause, poll)
        # The name that is looked up when this is read again later.
        self.path = _path_of(name)

    def blocks(self):
        # type: () -> Iterator[Block]
        stop, pause, poll = self._wait
        rotated = False
        while True:
            # Asked before the file is read, for what is written between the two would be missed.
            was_rotated, rotated = rotated, self._is_renamed()
            cut = self.stream.size < self.stream.place
            for block in self.lines.blocks():
                yield self._seen(block)
            if cut or (rotated and was_rotated):
                yield self._seen(self.lines.last())
                return
            yield self.lines.none()
            if stop():
                return
            pause(poll)

    def _is_renamed(self):
        # type: () -> bool
        """Tell whether another file has the name now."""
        try:
            return bool(_file_of(self._followed) != self.stream.file)
        except OSError:  # between two steps of a rotation
            return False


def follow(path, state=None, restart=False, stop=lambda: False, pause=time.sleep, poll=POLL):
    # type: (Any, Optional[State], bool, Callable[[], bool], Callable[[float], Any], float) -> Iterator[Source]
    """
    Give the files that have a name, one after the other, each to be read until the next one is there.

    First come those that had it since it was read last, as far as ``state`` tells. Parameters are those
    of :class:`Followed` and of :meth:`Source.go_on`.

    :raises EnvironmentError: where there is no file of the name at first
    """
    names = [path] if state is None or restart else before(path, state) + [path]
    opened = False
    while not stop():
        name = names.pop(0) if names else path
        try:
            source = Followed(name, path, stop, pause, poll)
        except EnvironmentError as error:
            if error.errno != errno.ENOENT or (name == path and not opened):
                raise
            pause(poll)  # it was renamed, and the next one is not made yet
            continue
        try:
            yield source.go_on(state, restart and not opened)
        finally:
            source.close()
        opened = opened or name == path
        if not names and state is not None:  # more may have come and gone between two looks
            found = before(path, state)
            names = [each for each in found if not _is_file(each, source.stream.file)]


def before(path, state):
    # type: (Any, State) -> List[Text]
    """
    Find the files that were written under a name since it was read last, by what they are called now.

    The one that was read then is known by its first line, so it may be compressed; those that came after
    it, by their names and times.
    """
    path = _path_of(path)
    row = state.latest(path)
    if row is None or _log_of(path) == row.log:
        return []
    folder = os.path.dirname(path)
    shape = _shape(os.path.basename(path))
    names = [name for name in sorted(os.listdir(folder)) if isinstance(name, six.text_type)]
    others = [os.path.join(folder, name) for name in names if name != os.path.basename(path)]
    same = [name for name in others if _is_file(name, row.file)]
    alike = [name for name in others if _shape(os.path.basename(name)) == shape]
    old = [name for name in same + alike if _log_of(name) == row.log][:1]
    since = os.path.getmtime(old[0]) if old else row.saved
    later = [name for name in alike if name not in old and os.path.getmtime(name) >= since]
    return old + sorted(later, key=os.path.getmtime)


def _shape(name):
    # type: (Text) -> Text
    """Give a name without what rotation and compression add to it."""
    return _NUMBERS.sub("", _PACKED.sub("", name))


def _path_of(path):
    # type: (Any) -> Text
    path = getattr(path, "__fspath__", lambda: path)()
    return os.path.abspath(six.ensure_text(path))


def _file_of(path):
    # type: (Any) -> Text
    found = os.stat(path)
    return "%d:%d" % (found.st_dev, found.st_ino)


def _is_file(path, file):
    # type: (Text, Text) -> bool
    try:
        return _file_of(path) == file
    except OSError:  # gone meanwhile
        return False


def _log_of(path):
    # type: (Text) -> Optional[Text]
    """Tell which log a file is; None where it says nothing yet, or cannot be read."""
    try:
        source = Source(path)
    except (AnalyticalError, EnvironmentError):
        return None
    try:
        source.look()
    except (AnalyticalError, EnvironmentError):
        pass
    finally:
        source.close()
    return source.log
