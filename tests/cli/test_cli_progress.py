"""How far an import is, on a terminal and elsewhere."""

from __future__ import absolute_import, division, print_function, unicode_literals

import io
import os
import re
import subprocess
import sys

import pytest
from streams import Stream

from analytical._compat import monotonic
from analytical.cli import progress as progress_module
from analytical.cli.progress import Progress
from analytical.cli.terminal import Terminal

AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
LINE = '203.0.113.9 - - [10/Oct/2025:13:55:36 -0700] "GET /%d HTTP/1.1" 200 9 "-" "%s"\n'


def made(total, done=0, skipped=0, seconds=10.0, stream=None):
    """Give a progress that began some seconds ago."""
    progress = Progress(
        Terminal(io.StringIO(), Stream(tty=True) if stream is None else stream), total
    )
    progress.done, progress.skipped = done, skipped
    progress._began = progress._shown = monotonic() - seconds
    return progress


class TestWithoutBar:
    """Where tqdm is not installed."""

    @pytest.fixture(autouse=True)
    def plain(self, monkeypatch):
        """Hide it."""
        monkeypatch.setitem(sys.modules, str("tqdm"), None)

    def test_text(self):
        """A line says the per cent, what was read and sent, how fast, and the time left."""
        text = made(1000, 250).text(50000, 40000, 0)
        assert text == "25%, 50,000 lines, 5,000/s, 40,000 sent, 0:30 left"
        assert made(1000, 1).text(50, 40, 3).endswith("40 sent, 3 failed, 2:46:30 left")

    def test_going_on(self):
        """What earlier runs read is done, and says nothing of the rate."""
        text = made(1000, 600, 500).text(1000, 900, 0)
        assert text == "60%, 1,000 lines, 100/s, 900 sent, 0:40 left"
        assert made(1000, 500, 500).text(0, 0, 0) == "50%, 0 lines, 0/s, 0 sent"

    def test_grown(self):
        """A file that has grown since is not read to more than all."""
        assert made(1000, 1500).text(10, 10, 0).startswith("100%, ")

    def test_unknown(self):
        """Where nobody knows how much there is, the line says the rest."""
        assert made(0, 500).text(100, 90, 0) == "100 lines, 10/s, 90 sent"

    def test_show(self):
        """It is shown now and then."""
        progress = made(1000, 250)
        progress.show(50000, 40000, 0)
        progress.show(50000, 40000, 0)
        assert progress._terminal.err.text().count("25%") == 1


def test_bar():
    """With tqdm there is a bar, in the terminal's width and characters, and the same numbers."""
    pytest.importorskip("tqdm")
    text = made(1000, 500, 0).text(50000, 40000, 2)
    assert re.match(
        r" 50%\|\S+ *\| 50,000 lines, 5,000/s, 40,000 sent, 2 failed, 00:10 left\Z", text
    )
    assert "\u2588" in text
    assert len(text) <= 99
    text = made(1000, 500, 0, stream=Stream("ascii", tty=True)).text(50000, 40000, 2)
    text.encode("ascii")


def test_pipe(monkeypatch):
    """Where nobody looks, nothing is shown, and tqdm is not even loaded."""
    monkeypatch.setattr(progress_module, "_meter", lambda: pytest.fail("it is loaded"))
    stream = Stream()
    progress = made(1000, 250, stream=stream)
    progress.show(50000, 40000, 0)
    assert stream.text() == ""


@pytest.mark.skipif(os.name == "nt", reason="there are no such terminals")
def test_terminal(tmpdir):
    """On a real terminal the progress stands in one line, which is gone in the end."""
    log = tmpdir.join("access.log")
    log.write("".join(LINE % (number, AGENT) for number in range(20000)))
    master, slave = os.openpty()
    command = [sys.executable, "-m", "analytical", "logs", str(log)]
    command += ["--to", "sqlite://%s" % tmpdir.join("a.db"), "--base", "https://example.com"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=slave)
    os.close(slave)
    shown = b""
    while True:
        try:
            chunk = os.read(master, 1 << 16)
        except OSError:  # as Linux says that the other side is closed
            break
        if not chunk:
            break
        shown += chunk
    os.close(master)
    out = process.communicate()[0]
    assert process.returncode == 0
    assert b"Stored 20,000 hits" in out and b"\r" not in out
    text = shown.decode("utf-8")
    assert re.search(r"\r *\d+%", text) and "lines, " in text and "/s, " in text and " left" in text
    assert re.search(r"\r +\r\Z", text)
    assert "\n" not in text
