"""Log files as streams: plain, compressed in each way, damaged, and pipes."""

from __future__ import absolute_import, division, print_function, unicode_literals

import bz2
import gzip
import importlib
import os
import sys
import threading

import pytest
import six

from analytical.errors import MissingDependency
from analytical.logs import opening
from analytical.logs.opening import DamagedLog, Log

TEXT = b"".join(b"line %d of a log\n" % number for number in range(2000))
KINDS = ["plain", "gzip", "bzip2", "xz", "zstd"]


def module(*names):
    """Give the first module that is there, or skip the test."""
    for name in names:
        try:
            return importlib.import_module(str(name))
        except ImportError:
            pass
    return pytest.skip("none of %s is installed" % ", ".join(names))


def packed(kind, data):
    """Compress data."""
    if kind == "gzip":
        buffer = six.BytesIO()
        with gzip.GzipFile(fileobj=buffer, mode="wb") as file:
            file.write(data)
        return buffer.getvalue()
    if kind == "bzip2":
        return bz2.compress(data)
    if kind == "xz":
        return module("lzma", "backports.lzma").compress(data)
    if kind == "zstd":
        return module("compression.zstd", "backports.zstd").compress(data)
    return data


@pytest.fixture
def path(tmpdir):
    """A file whose name says nothing."""
    return tmpdir.join("access.log")


@pytest.mark.parametrize("kind", KINDS)
def test_kinds(path, kind):
    """The bytes are the same however the file is compressed; it can be rewound, and be skipped in."""
    path.write_binary(packed(kind, TEXT))
    log = Log(str(path))
    assert log.compression == ("" if kind == "plain" else kind)
    assert log.read(len(TEXT) + 1) == TEXT
    assert log.read(1) == b""
    assert (log.place if kind != "bzip2" or six.PY3 else log.size) == log.size
    log.rewind()
    assert log.skip(17) and log.read(20) == TEXT[17:37]
    assert log.skip(len(TEXT) - 37) and log.read(1) == b""
    log.rewind()
    assert not log.skip(len(TEXT) + 1)
    assert log.regular
    log.close()


@pytest.mark.parametrize("kind", KINDS[1:])
def test_not_whole(path, kind):
    """A compressed file that is cut off, as one is while it is being made, is an error that says so."""
    if kind == "bzip2" and six.PY2:
        pytest.skip("its module gives what there is")
    data = packed(kind, os.urandom(100000))
    path.write_binary(data[: len(data) // 2])
    log = Log(str(path))
    with pytest.raises(DamagedLog) as caught:
        while log.read(opening.CHUNK):
            pass
    assert kind in str(caught.value) and "not whole yet" in str(caught.value)
    log.close()


def test_several_streams(path):
    """Files that were compressed apart and put together are one log."""
    path.write_binary(packed("gzip", TEXT[:1000]) + packed("gzip", TEXT[1000:]))
    log = Log(str(path))
    assert log.read(len(TEXT) + 1) == TEXT
    log.close()


@pytest.mark.parametrize("kind", ["xz", "zstd"])
def test_missing(path, kind, monkeypatch):
    """A compression that cannot be undone here is an error that says how to go on."""
    magic = {name: start for start, name in opening._STARTS}[kind]
    path.write_binary(magic + b"\x00" * 20)
    monkeypatch.setitem(opening._MODULES, kind, (("no_such_module",),) + opening._MODULES[kind][1:])
    with pytest.raises(MissingDependency) as caught:
        Log(str(path))
    if kind == "xz" or sys.version_info >= (3, 9):
        assert "pip install" in str(caught.value)
    assert "%s -dc FILE | analytical logs -" % kind in str(caught.value)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no such pipes")
def test_pipe(tmpdir):
    """A pipe with a name, as <(...) of a shell makes one, is read once, from its start."""
    path = str(tmpdir.join("pipe"))
    os.mkfifo(path)

    def write():
        with open(path, "wb") as file:
            file.write(TEXT)

    writer = threading.Thread(target=write)
    writer.start()
    log = Log(path)
    assert log.read(len(TEXT)) == TEXT
    assert not log.regular
    log.close()
    writer.join()


def test_errors(tmpdir):
    """What cannot be opened is the system's error."""
    for path in (tmpdir.join("missing"), tmpdir):
        with pytest.raises(EnvironmentError):
            Log(str(path)).read(1)
