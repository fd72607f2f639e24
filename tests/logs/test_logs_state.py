"""How far logs are read: what is saved, and how a log is known again."""

from __future__ import absolute_import, division, print_function, unicode_literals

import gzip
import os
import sqlite3

import pytest

from analytical._sqlite_file import StorageError
from analytical.logs.sources import Piped, Source
from analytical.logs.state import State

TEXT = b"".join(b"line %d\n" % number for number in range(100))


@pytest.fixture
def state(tmpdir):
    """A new file."""
    return State(str(tmpdir.join("state")), "one")


@pytest.fixture
def path(tmpdir):
    """A log."""
    path = tmpdir.join("access.log")
    path.write_binary(TEXT)
    return path


def read(path, state, upto=None, restart=False):
    """Read a log on from where it was, up to a line; save that, and give the lines."""
    source = Source(str(path)).go_on(state, restart)
    lines = []
    for block in source.blocks():
        if block:
            count = len(block) if upto is None else min(len(block), upto - block.first)
            lines += [line for _, line in block[:count]]
            row = source.position(block.mark(block.first + count), upto is None)
            if row is not None:
                state.save(row)
    source.close()
    return lines


def lines_of(data):
    """Give the lines of a text that ends with a line's end."""
    return data.split(b"\n")[:-1]


def test_going_on(path, state):
    """A log goes on where it was."""
    assert read(path, state, 10) == lines_of(TEXT)[:10]
    assert read(path, state, 30) == lines_of(TEXT)[10:30]
    path.write_binary(TEXT + b"new\n")
    assert read(path, state) == lines_of(TEXT)[30:] + [b"new"]
    assert read(path, state) == []


def test_restart(path, state):
    """Told so, it begins with the first line, and forgets how far it was."""
    read(path, state)
    assert read(path, state, 5, restart=True) == lines_of(TEXT)[:5]
    assert read(path, state) == lines_of(TEXT)[5:]


def test_other_names(path, state, tmpdir):
    """A log that was renamed, copied or compressed goes on where it was."""
    read(path, state, 40)
    renamed = tmpdir.join("access.log.1")
    path.rename(renamed)
    assert read(renamed, state, 50) == lines_of(TEXT)[40:50]
    packed = tmpdir.join("access.log.1.gz")
    with gzip.open(str(packed), "wb") as file:
        file.write(TEXT)
    assert read(packed, state) == lines_of(TEXT)[50:]
    assert read(packed, state) == []
    assert (
        read(renamed, state) == lines_of(TEXT)[50:]
    )  # which nobody has read to its end by this name


def test_copied(path, state, tmpdir):
    """A file of which a copy was read farther goes on there."""
    read(path, state)
    copy = tmpdir.join("copy")
    path.copy(copy)
    assert read(copy, state) == []


def test_new_log(path, state):
    """Another log under the name, in the same file or another, begins with its first line."""
    read(path, state)
    path.write_binary(b"another\n" + TEXT)  # copytruncate
    assert read(path, state) == [b"another"] + lines_of(TEXT)
    path.remove()
    path.write_binary(b"third\n" + TEXT)
    assert read(path, state) == [b"third"] + lines_of(TEXT)


def test_same_first_line(path, state, tmpdir):
    """Logs that begin with the same line are told apart by what stands at the position."""
    other = tmpdir.join("other.log")
    other.write_binary(b"line 0\n" + b"x\n" * 500)
    read(path, state, 50)
    assert read(other, state) == [b"line 0"] + [b"x"] * 500
    assert read(path, state) == lines_of(TEXT)[50:]
    assert read(other, state) == []


def test_rewritten(path, state):
    """A file whose lines are no longer those that were read is read from its start, and then goes on."""
    read(path, state)
    text = b"line 0\n" + b"y\n" * 5
    path.write_binary(text)
    assert read(path, state, 3) == lines_of(text)[:3]
    assert read(path, state) == lines_of(text)[3:]


def test_targets(path, tmpdir):
    """Each provider has its own positions."""
    file = str(tmpdir.join("state"))
    read(path, State(file, "one"), 10)
    assert read(path, State(file, "two")) == lines_of(TEXT)
    assert read(path, State(file, "one")) == lines_of(TEXT)[10:]


def test_the_farthest_counts(path, state):
    """Of two that read a log at once, the one behind does not put the other back."""
    source = Source(str(path)).go_on(state)
    block = next(source.blocks())
    for line in (20, 10):
        state.save(source.position(block.mark(line)))
    source.close()
    assert read(path, state) == lines_of(TEXT)[20:]


def test_target_that_lost_hits(path, tmpdir):
    """What a provider was given and has no more is read again."""
    file = str(tmpdir.join("state"))
    state = State(file, "one", 0)
    source = Source(str(path)).go_on(state)
    mark = next(source.blocks()).mark(50)
    state.save(source.position(mark)._replace(stored=40))
    source.close()
    assert read(path, State(file, "one", 40), 60) == lines_of(TEXT)[50:60]
    state.forget(source.log)
    state.save(source.position(mark)._replace(stored=40))
    fewer = State(file, "one", 39)
    assert read(path, fewer, 5) == lines_of(TEXT)[:5]
    assert fewer.behind
    assert read(path, State(file, "one", 99)) == lines_of(TEXT)[5:]


def test_nothing_private(path, state):
    """The file holds no line of a log."""
    read(path, state, 10)
    state.close()
    with open(state.path, "rb") as file:
        assert b"line" not in file.read().replace(b'"line"', b"")


def test_finished_file_is_not_read(state, tmpdir):
    """A compressed log that was read to its end is not decompressed again."""
    path = tmpdir.join("access.log.gz")
    with gzip.open(str(path), "wb") as file:
        file.write(TEXT + os.urandom(1 << 20))
    read(path, state)
    with open(str(path), "r+b") as file:  # whoever reads on finds this
        file.seek(-100000, os.SEEK_END)
        file.write(b"\0" * 100000)
    assert read(path, state) == []


def test_empty(state, tmpdir):
    """A file without a whole line has no position."""
    path = tmpdir.join("access.log")
    path.write_binary(b"")
    assert read(path, state) == []
    path.write_binary(b"#Fields: a\n")
    assert read(path, state) == read(path, state) == [b"#Fields: a"]


def test_pipes_have_no_position():
    """What cannot be read again is not gone on with."""
    assert Piped("-", None).position(None) is None


def test_not_sound(path, state):
    """A row of another's making is passed over."""
    read(path, state, 10)
    connection = sqlite3.connect(state.path)
    for change in ("position = 'far'", "place = -1", "columns = x'ff'", "size = 'x'"):
        connection.execute("UPDATE positions SET " + change)
        connection.commit()
        assert read(path, state, 10) == lines_of(TEXT)[:10]
    connection.close()


@pytest.mark.parametrize(
    ("content", "reason"), [(b"no database" * 1000, "corrupt"), (b"", None), (None, None)]
)
def test_check(tmpdir, content, reason):
    """A file that cannot be used is found out at once."""
    path = tmpdir.join("state")
    if content is not None:
        path.write_binary(content)
    state = State(str(path), "one")
    if reason is None:
        state.check()
    else:
        with pytest.raises(StorageError) as caught:
            state.check()
        assert caught.value.reason == reason


def test_newer(state):
    """A file of a newer version is left alone."""
    state.check()
    state.close()
    connection = sqlite3.connect(state.path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(StorageError) as caught:
        state.check()
    assert caught.value.reason == "newer"
