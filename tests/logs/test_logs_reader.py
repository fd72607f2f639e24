"""Lines of log files: places, compression, identity, files that are written and rotated."""

from __future__ import absolute_import, division, print_function, unicode_literals

import io
import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from analytical.logs import opening, reader
from analytical.logs.opening import Log
from analytical.logs.reader import Lines, line_id, log_id, text_of

TEXT = b"first line\r\nsecond \xff\n\nfourth\n"
LINES = [(0, b"first line"), (12, b"second \xff"), (21, b""), (22, b"fourth")]


def test_unfinished_line():
    """A line that is still being written is not given, nor counted as read, until it is whole."""
    stream = io.BytesIO(b"one\ntw")
    lines = Lines(stream)
    assert [list(block) for block in lines.blocks()] == [[(0, b"one")]]
    assert lines.position == 4
    stream.write(b"o\n")
    stream.seek(6)
    assert [list(block) for block in lines.blocks()] == [[(4, b"two")]]
    assert (lines.position, list(lines.last())) == (8, [])


def test_last_line_without_end():
    """At the end of a file that grows no more, what stands there is a line."""
    lines = Lines(io.BytesIO(b"one\ntwo"))
    assert [list(block) for block in lines.blocks()] == [[(0, b"one")]]
    assert (list(lines.last()), lines.position) == ([(4, b"two")], 7)
    assert list(lines.last()) == []


def test_long_lines(monkeypatch):
    """A line over the limit is told as such; lines after it keep their places."""
    monkeypatch.setattr(reader, "MAX_LINE", 10)
    monkeypatch.setattr(reader, "CHUNK", 4)
    text = b"a\n" + b"x" * 50 + b"\nb\n" + b"y" * 11 + b"\n" + b"z" * 10 + b"\n" + b"w" * 30
    lines = Lines(io.BytesIO(text))
    found = [line for block in lines.blocks() for line in block]
    assert found == [(0, b"a"), (2, None), (53, b"b"), (55, None), (67, b"z" * 10)]
    assert list(lines.last()) == [(78, None)]
    assert lines.position == len(text)


@given(st.binary(max_size=200), st.integers(1, 7), st.integers(1, 9))
def test_any_bytes(data, chunk, longest):
    """Whatever the bytes and however they come, each line is found at its place."""
    before = reader.CHUNK, reader.MAX_LINE
    reader.CHUNK, reader.MAX_LINE = chunk, longest
    try:
        lines = Lines(io.BytesIO(data))
        blocks = list(lines.blocks()) + [lines.last()]
        found = [line for block in blocks for line in block]
        texts = [text for block in blocks for _, _, text in block.texts()]
    finally:
        reader.CHUNK, reader.MAX_LINE = before
    parts, place, expected = data.split(b"\n"), 0, []
    for number, part in enumerate(parts):
        if part or number < len(parts) - 1:
            expected.append((place, None if len(part) > longest else part.rstrip(b"\r")))
        place += len(part) + 1
    assert found == expected
    assert texts == [None if line is None else text_of(line) for _, line in expected]
    assert lines.position == len(data)


def marks_of(lines):
    """Read lines; give the mark behind each, and the lines."""
    marks, found = [], []
    for block in list(lines.blocks()) + [lines.last()]:
        marks += [block.mark(block.first + number + 1) for number in range(len(block))]
        found += block
    return marks, found


@given(st.binary(max_size=200), st.integers(1, 50), st.integers(1, 9))
def test_going_on(tmpdir_factory, data, chunk, longest):
    """At the mark behind any line the rest is read, as if nothing had been read before."""
    assume(
        not any(data.startswith(magic) for magic, _ in opening._STARTS)
    )  # it would be decompressed
    path = str(tmpdir_factory.mktemp("logs").join("access.log"))
    with open(path, "wb") as file:
        file.write(data)
    before = reader.CHUNK, reader.MAX_LINE
    reader.CHUNK, reader.MAX_LINE = chunk, longest
    try:
        marks, found = marks_of(Lines(io.BytesIO(data)))
        for number, mark in enumerate(marks):
            log = Log(path)
            lines = Lines(log)
            assert lines.go_on(mark)
            assert marks_of(lines) == (marks[number + 1 :], found[number + 1 :])
            log.close()
    finally:
        reader.CHUNK, reader.MAX_LINE = before


@pytest.mark.parametrize(
    "other", [b"", b"first line\r\n", b"first line\r\nsecond", TEXT.replace(b"second", b"others")]
)
def test_another_log(tmpdir, other):
    """A log that does not hold the line before the mark is not the one that was read."""
    marks, _ = marks_of(Lines(io.BytesIO(TEXT)))
    path = tmpdir.join("access.log")
    path.write_binary(other)
    log = Log(str(path))
    assert not Lines(log).go_on(marks[1])
    log.close()


def test_columns(tmpdir):
    """A mark says the columns as they were named last before it."""
    text = b"#Fields: a\none\n#Fields: b\ntwo\n"
    marks, _ = marks_of(Lines(io.BytesIO(text)))
    names = [mark.columns for mark in marks]
    assert names == [b"#Fields: a", b"#Fields: a", b"#Fields: b", b"#Fields: b"]
    path = tmpdir.join("access.log")
    path.write_binary(text + b"three\n")
    log = Log(str(path))
    lines = Lines(log)
    assert lines.go_on(marks[-1])
    assert marks_of(lines)[0][0].columns == b"#Fields: b"
    log.close()


def test_log_id():
    """A log is known by a line, unless that is one about the file."""
    assert log_id(b"#Fields: a") is None
    assert log_id(b"one") == log_id(b"one") != log_id(b"two")
    assert re.match("[0-9a-f]{32}\\Z", log_id(None))


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
