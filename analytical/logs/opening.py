"""Log files as streams of bytes, decompressed: gzip, bzip2, xz and zstd, told by the first bytes."""

from __future__ import absolute_import, division, print_function, unicode_literals

import bz2
import gzip
import importlib
import io
import os
import stat
import sys

import six

from ..errors import AnalyticalError, MissingDependency

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, Text, Tuple

CHUNK = 1 << 18  # bytes read at a time
_STARTS = (
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
)
# Where the class is that undoes a compression: of Python itself, else of the package that brings it to others.
_MODULES = {
    "xz": (("lzma", "backports.lzma"), "LZMAFile", "backports.lzma"),
    "zstd": (("compression.zstd", "backports.zstd"), "ZstdFile", "analytical[zstd]"),
}  # type: Dict[Text, Tuple[Tuple[Text, Text], Text, Text]]

_OLDEST_FOR_ZSTD = (3, 9)  # the first Python that the package is there for


class DamagedLog(AnalyticalError):
    """A compressed file that is damaged, or not whole yet."""


class Log(object):
    """
    A log file that is open.

    :param path: text, bytes or a path object
    :ivar str compression: ``gzip``, ``bzip2``, ``xz`` or ``zstd``; empty for a plain file
    :ivar bool regular: whether it can be read from its start again, as a pipe cannot
    :ivar str file: which file it is, by device and inode, whatever it is called
    :raises EnvironmentError: for a file that cannot be read
    :raises MissingDependency: for a compression that cannot be undone here
    """

    def __init__(self, path):
        # type: (Any) -> None
        self._file = io.open(path, "rb")
        try:
            self.regular = stat.S_ISREG(self._stat().st_mode)
            start = self._file.peek(6)[:6]
            found = [name for magic, name in _STARTS if start.startswith(magic)]
            self.compression = found[0] if found else ""
            self._open = _opener(self.compression)
            self._stream = self._open(self._file)
        except BaseException:
            self._file.close()
            raise
        self.file = "%d:%d" % (self._stat().st_dev, self._stat().st_ino)

    def _stat(self):
        # type: () -> Any
        return os.fstat(self._file.fileno())

    @property
    def size(self):
        # type: () -> int
        """Tell how many bytes the file has, as it lies on the disk."""
        return int(self._stat().st_size)

    @property
    def place(self):
        # type: () -> int
        """Tell how many of them are read."""
        return self._file.tell() if self.regular else 0

    def read(self, size):
        # type: (int) -> bytes
        """
        Read as :meth:`io.BufferedIOBase.read`.

        :raises DamagedLog: where the file cannot be decompressed
        """
        if not self.compression:
            return self._file.read(size)
        try:
            return self._stream.read(size)  # type: ignore[no-any-return]
        except MemoryError:
            raise
        except Exception as error:  # each of the modules has its own
            if getattr(error, "errno", None):  # the disk's
                raise
        raise DamagedLog("the %s file is damaged, or not whole yet" % self.compression)

    def skip(self, count):
        # type: (int) -> bool
        """Go on by so many bytes; False where the log ends before them."""
        if not self.compression and self.regular:
            there = self.place + count <= self.size
            self._file.seek(count if there else 0, os.SEEK_CUR if there else os.SEEK_END)
            return there
        while count:
            chunk = self.read(min(CHUNK, count))
            if not chunk:
                return False
            count -= len(chunk)
        return True

    def rewind(self):
        # type: () -> None
        """Go back to the start."""
        self._file.seek(0)
        self._stream = self._open(self._file)

    def close(self):
        # type: () -> None
        """Close the file."""
        if self._stream is not self._file:
            self._stream.close()
        self._file.close()


def _opener(compression):
    # type: (Text) -> Callable[[Any], Any]
    if compression == "gzip":
        return lambda file: gzip.GzipFile(fileobj=file)
    if compression == "bzip2":
        return lambda file: bz2.BZ2File(file.name if six.PY2 else file)
    if compression:
        return _loaded(compression)  # type: ignore[no-any-return]
    return lambda file: file


def _loaded(compression):
    # type: (Text) -> Any
    modules, name, package = _MODULES[compression]
    for module in modules:
        try:
            return getattr(importlib.import_module(str(module)), name)
        except ImportError:
            pass
    ways = "%s -dc FILE | analytical logs -" % compression
    if compression != "zstd" or sys.version_info >= _OLDEST_FOR_ZSTD:
        ways = "pip install '%s', or %s" % (package, ways)
    raise MissingDependency("this file is compressed by %s: %s" % (compression, ways))
