"""Files that are read while they are written, and across rotations."""

from __future__ import absolute_import, division, print_function, unicode_literals

import gzip
import os
import time

import pytest

from analytical.logs.following import before, follow
from analytical.logs.state import State


@pytest.fixture
def path(tmpdir):
    """A log with one line."""
    path = tmpdir.join("access.log")
    path.write_binary(b"one\n")
    return path


@pytest.fixture
def state(tmpdir):
    """Where positions are kept."""
    return State(str(tmpdir.join("state")), "one")


def collect(path, steps, state=None, restart=False):
    """Follow a file, and take a step whenever a look found nothing; give the lines, and save how far."""
    steps = list(steps) + [lambda: None] * 8
    ended = []

    def stop():
        return bool(ended)

    def pause(seconds):
        if steps:
            steps.pop(0)()
        else:
            ended.append(True)

    lines = []
    for source in follow(str(path), state, restart, stop, pause, 0.0):
        for block in source.blocks():
            lines += block
            row = source.position(block.mark(block.first + len(block))) if block else None
            if state is not None and row is not None:
                state.save(row)
    return lines


def write(path, data):
    """Give a step that writes to the end of a file."""

    def step():
        with open(str(path), "ab") as file:
            file.write(data)

    return step


def pack(path, to):
    """Compress a file, as gzip does: its time stays."""
    with gzip.open(str(to), "wb") as file:
        file.write(path.read_binary())
    to.setmtime(path.mtime())
    path.remove()


def test_growth(path):
    """Lines are given once they are whole, with their places."""
    steps = [write(path, b"tw"), write(path, b"o\nthree\n")]
    assert collect(path, steps) == [(0, b"one"), (4, b"two"), (8, b"three")]


def test_again(path, state):
    """Started again, it goes on where it was; with restart, it does not."""
    assert collect(path, [], state) == [(0, b"one")]
    write(path, b"two\n")()
    assert collect(path, [], state) == [(4, b"two")]
    assert collect(path, [], state, restart=True) == [(0, b"one"), (4, b"two")]
    assert collect(path, [], state) == []


@pytest.mark.skipif(os.name == "nt", reason="an open file cannot be renamed there")
class TestRotation:
    """A file that gets another name."""

    def test_rotation(self, path, tmpdir):
        """After a rename the old file is read to its end, then the new one from its start."""
        old = tmpdir.join("access.log.1")
        steps = [
            lambda: path.rename(old),
            write(old, b"late\n"),
            write(old, b"last"),
            write(path, b"new\n"),
            write(old, b" of all"),  # by a worker that has the old file still
        ]
        assert collect(path, steps) == [(0, b"one"), (4, b"late"), (9, b"last of all"), (0, b"new")]

    def test_cut(self, path):
        """A file that was emptied in place is read from its start."""
        steps = [lambda: path.write_binary(b""), write(path, b"new\n")]
        assert collect(path, steps) == [(0, b"one"), (0, b"new")]

    def test_meanwhile(self, path, state, tmpdir):
        """What was rotated while nobody read is finished first, then the new file is read."""
        collect(path, [], state)
        write(path, b"two\n")()
        path.rename(tmpdir.join("access.log.1"))
        path.write_binary(b"new\n")
        assert collect(path, [], state) == [(4, b"two"), (0, b"new")]
        write(path, b"more\n")()
        assert collect(path, [], state) == [(4, b"more")]

    @pytest.mark.parametrize(
        "name", ["access.log.1.gz", "access.log-20251010.gz", "access-1.log.gz"]
    )
    def test_compressed_meanwhile(self, path, state, tmpdir, name):
        """The old file is known when it was compressed, too."""
        collect(path, [], state)
        write(path, b"two")()
        pack(path, tmpdir.join(name))
        path.write_binary(b"new\n")
        assert collect(path, [], state) == [(4, b"two"), (0, b"new")]

    def test_cut_meanwhile(self, path, state, tmpdir):
        """So is a copy, after which the file was emptied."""
        collect(path, [], state)
        write(path, b"two\n")()
        path.copy(tmpdir.join("access.log.1"))
        path.write_binary(b"new\n")
        assert collect(path, [], state) == [(4, b"two"), (0, b"new")]

    def test_many_meanwhile(self, path, state, tmpdir):
        """Files that came and went in between are read in their order; others of the folder are not."""
        tmpdir.join("error.log.1").write_binary(b"an error\n")
        tmpdir.join("access.log.9").write_binary(b"ancient\n")
        tmpdir.join("access.log.9").setmtime(1000)
        collect(path, [], state)
        write(path, b"two\n")()
        path.setmtime(2000)
        pack(path, tmpdir.join("access.log.3.gz"))
        for number, name in enumerate(["access.log.2", "access.log.1"]):
            tmpdir.join(name).write_binary(b"from %d\n" % number)
            tmpdir.join(name).setmtime(3000 + number)
        path.write_binary(b"new\n")
        expected = [(4, b"two"), (0, b"from 0"), (0, b"from 1"), (0, b"new")]
        assert collect(path, [], state) == expected
        assert collect(path, [], state) == []

    def test_killed_amid(self, path, state, tmpdir):
        """A run that ended amid old files goes on with the rest of them."""
        collect(path, [], state)
        path.setmtime(2000)
        path.rename(tmpdir.join("access.log.2"))
        tmpdir.join("access.log.1").write_binary(b"a\nb\n")
        path.write_binary(b"new\n")
        found = []
        for source in follow(str(path), state, False, lambda: False, lambda seconds: None, 0.0):
            for block in source.blocks():
                found += block
                if block:
                    state.save(source.position(block.mark(1)))
                    break
            if found:
                source.close()
                break
        assert found == [(0, b"a"), (2, b"b")]
        assert collect(path, [], state) == [(2, b"b"), (0, b"new")]


def test_before(path, state, tmpdir):
    """Nothing came before a log that is new, or the same as then; where the old file is gone, what is newer."""
    assert before(str(path), state) == []
    collect(path, [], state)
    assert before(str(path), state) == []
    path.write_binary(b"new\n")
    for name, moment in (("access.log.2", 1000), ("access.log.1", time.time() + 9)):
        tmpdir.join(name).write_binary(b"another\n")
        tmpdir.join(name).setmtime(moment)
    assert before(str(path), state) == [str(tmpdir.join("access.log.1"))]


def test_quick_rotations(path, state, tmpdir):
    """Files that came and went between two looks are not missed."""

    def rotate():
        for number in (3, 2, 1):
            path.rename(tmpdir.join("access.log.%d" % number))
            path.write_binary(b"from %d\n" % number)

    found = [line for _, line in collect(path, [rotate], state)]
    assert found == [b"one", b"from 3", b"from 2", b"from 1"]


def test_missing(tmpdir):
    """Without a file of the name there is nothing to follow."""
    with pytest.raises(EnvironmentError):
        collect(tmpdir.join("access.log"), [])
