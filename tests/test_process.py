"""The number of this process, known without asking: it follows a fork."""

from __future__ import absolute_import, division, print_function, unicode_literals

import os
import sys

import pytest

from analytical._compat import process, this_process


@pytest.fixture(params=["hooks", "uwsgi"])
def known(request, monkeypatch):
    """The object that tells, as the interpreter has it, and under uWSGI."""
    if request.param == "uwsgi":
        monkeypatch.setitem(sys.modules, "uwsgi", sys)
    return this_process()


def test_it_is_that_of_the_system():
    """The number is what os.getpid() gives."""
    assert process.pid == os.getpid()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork()")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_forked_child_has_its_own(known):
    """A child of os.fork() knows its own number, and so does its child."""
    assert known.pid == os.getpid()
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        try:
            grandchild = os.fork()
            os.write(writer, b"y" if known.pid == os.getpid() else b"n")
            if grandchild:
                os.waitpid(grandchild, 0)
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        assert pipe.read() == b"yy"
    assert known.pid == os.getpid()
