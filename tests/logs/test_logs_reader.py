"""Lines of log files: places, compression, identity, files that are written and rotated."""

from __future__ import absolute_import, division, print_function, unicode_literals

import bz2
import gzip
import io
import os
import re

import pytest
import six
from hypothesis import given
from hypothesis import strategies as st

from analytical.errors import ConfigurationError
from analytical.logs import reader
from analytical.logs.reader import Lines, follow, identity, line_id, open_log, text_of

TEXT = b"first line\r\nsecond \xff\n\nfourth\n"
LINES = [(0, b"first line"), (12, b"second \xff"), (21, b""), (22, b"fourth")]


def lines_of(stream, position=0):
    """Give all whole lines of a stream."""
    return [line for block in Lines(stream, position).blocks() for line in block]


def pack(kind, path, data):
    """Write a file, compressed in one of the ways."""
    if kind == "gzip":
        with gzip.open(path, "wb") as file:
            file.write(data)
    elif kind == "bzip2":
        with open(path, "wb") as file:
            file.write(bz2.compress(data))
    elif kind == "xz":
        lzma = pytest.importorskip("lzma")
        with open(path, "wb") as file:
            file.write(lzma.compress(data))
    else:
        with open(path, "wb") as file:
            file.write(data)


KINDS = ["plain", "gzip", "bzip2", "xz"]


@pytest.mark.parametrize("kind", KINDS)
def test_files(tmpdir, kind):
    """Lines and their places are the same however the file is compressed, and whatever its name."""
    path = str(tmpdir.join("access.log"))
    pack(kind, path, TEXT)
    stream = open_log(path)
    assert lines_of(stream) == LINES
    stream.close()
    assert reader.is_compressed(stream) == (kind != "plain")
    assert identity(path) == identity_of_text(tmpdir)


def identity_of_text(tmpdir):
    """Give the identity of the same text in a plain file."""
    other = tmpdir.join("other")
    other.write_binary(TEXT)
    return identity(str(other))


@pytest.mark.parametrize("start", [b"\x28\xb5\x2f\xfd"] + ([b"\xfd7zXZ\x00"] if six.PY2 else []))
def test_other_compressions(tmpdir, start):
    """A compression that cannot be undone here is an error that says how to go on."""
    path = tmpdir.join("access.log.1")
    path.write_binary(start + b"\x00" * 10)
    with pytest.raises(ConfigurationError) as caught:
        open_log(str(path))
    assert "-dc FILE | analytical logs -" in str(caught.value)


def test_unfinished_line():
    """A line that is still being written is not given, nor counted as read, until it is whole."""
    stream = io.BytesIO(b"one\ntw")
    lines = Lines(stream)
    assert list(lines.blocks()) == [[(0, b"one")]]
    assert lines.position == 4
    stream.write(b"o\n")
    stream.seek(6)
    assert list(lines.blocks()) == [[(4, b"two")]]
    assert (lines.position, lines.last()) == (8, [])


def test_last_line_without_end():
    """At the end of a file that grows no more, what stands there is a line."""
    lines = Lines(io.BytesIO(b"one\ntwo"))
    assert list(lines.blocks()) == [[(0, b"one")]]
    assert (lines.last(), lines.position) == ([(4, b"two")], 7)
    assert lines.last() == []


def test_long_lines(monkeypatch):
    """A line over the limit is told as such; lines after it keep their places."""
    monkeypatch.setattr(reader, "MAX_LINE", 10)
    monkeypatch.setattr(reader, "CHUNK", 4)
    text = b"a\n" + b"x" * 50 + b"\nb\n" + b"y" * 11 + b"\n" + b"z" * 10 + b"\n" + b"w" * 30
    lines = Lines(io.BytesIO(text))
    found = [line for block in lines.blocks() for line in block]
    assert found == [(0, b"a"), (2, None), (53, b"b"), (55, None), (67, b"z" * 10)]
    assert lines.last() == [(78, None)]
    assert lines.position == len(text)


@given(st.binary(max_size=200), st.integers(1, 7), st.integers(1, 9))
def test_any_bytes(data, chunk, longest):
    """Whatever the bytes and however they come, each line is found at its place."""
    before = reader.CHUNK, reader.MAX_LINE
    reader.CHUNK, reader.MAX_LINE = chunk, longest
    try:
        lines = Lines(io.BytesIO(data))
        found = [line for block in lines.blocks() for line in block] + lines.last()
    finally:
        reader.CHUNK, reader.MAX_LINE = before
    parts, place, expected = data.split(b"\n"), 0, []
    for number, part in enumerate(parts):
        if part or number < len(parts) - 1:
            expected.append((place, None if len(part) > longest else part.rstrip(b"\r")))
        place += len(part) + 1
    assert found == expected
    assert lines.position == len(data)


@pytest.mark.parametrize("kind", KINDS)
def test_going_on(tmpdir, kind):
    """From the place of any line the rest is read, as if nothing had been read before."""
    path = str(tmpdir.join("access.log"))
    pack(kind, path, TEXT)
    for number, (place, _) in enumerate(LINES):
        stream = open_log(path)
        lines = Lines(stream)
        assert lines.skip(place)
        assert [line for block in lines.blocks() for line in block] == LINES[number:]
        assert not lines.skip(len(TEXT) + 1)
        stream.close()


def test_identity(tmpdir):
    """A log is known by its first line of a request; growing and renaming do not change it."""
    path = tmpdir.join("access.log")
    path.write_binary(b"")
    assert identity(str(path)) is None
    path.write_binary(b"#Fields: date\none")
    assert identity(str(path)) is None
    path.write_binary(b"#Fields: date\none\n")
    first = identity(str(path))
    path.write_binary(b"#Fields: time date\none\ntwo\n")
    path.rename(tmpdir.join("access.log.1"))
    assert identity(str(tmpdir.join("access.log.1"))) == first
    path.write_binary(b"#Fields: date\nother\n")
    assert identity(str(path)) != first


def test_ids():
    """Ids are UUIDs, the same for the same line of the same log, and others for all others."""
    given = ("0" * 32, 7, b"line")
    assert line_id(*given) == line_id(*given)
    assert re.match(r"[0-9a-f]{12}8[0-9a-f]{3}a[0-9a-f]{15}\Z", line_id(*given))
    others = [("1" * 32, 7, b"line"), ("0" * 32, 8, b"line"), ("0" * 32, 7, b"lines")]
    assert len({line_id(*each) for each in others + [given]}) == 4


def test_text():
    """Bytes that are no UTF-8 do not stop anything."""
    assert text_of(b"gr\xc3\xbcn \xff") == "gr\u00fcn \ufffd"


class TestFollow:
    """A file that is written while it is read."""

    @pytest.fixture
    def path(self, tmpdir):
        """A log with one line."""
        path = tmpdir.join("access.log")
        path.write_binary(b"one\n")
        return path

    def collect(self, path, steps, position=0):
        """Follow a file, and take a step whenever a look found nothing; give the lines."""
        steps = list(steps)

        def stop():
            if not steps:
                return True
            steps.pop(0)()
            return False

        return [line for block in follow(str(path), position, stop, 0.0) for line in block]

    def write(self, path, data):
        """Give a step that writes to the end of a file."""

        def step():
            with open(str(path), "ab") as file:
                file.write(data)

        return step

    def test_growth(self, path):
        """Lines are given once they are whole, with their places."""
        steps = [self.write(path, b"tw"), self.write(path, b"o\nthree\n")]
        assert self.collect(path, steps) == [(0, b"one"), (4, b"two"), (8, b"three")]
        assert self.collect(path, [], 4) == [(4, b"two"), (8, b"three")]

    @pytest.mark.skipif(os.name == "nt", reason="an open file cannot be renamed there")
    def test_rotation(self, path, tmpdir):
        """After a rename the old file is read to its end, then the new one from its start."""
        old = tmpdir.join("access.log.1")
        steps = [
            lambda: path.rename(old),
            self.write(old, b"late\n"),
            self.write(old, b"last"),
            self.write(path, b"new\n"),
            self.write(old, b" of all"),  # by a worker that has the old file still
        ]
        assert self.collect(path, steps) == [
            (0, b"one"),
            (4, b"late"),
            (9, b"last of all"),
            (0, b"new"),
        ]

    def test_cut(self, path):
        """A file that was emptied in place is read from its start."""
        steps = [lambda: path.write_binary(b""), self.write(path, b"new\n")]
        assert self.collect(path, steps) == [(0, b"one"), (0, b"new")]
