"""console: what it prints, and that a stream that is gone breaks nothing."""

from __future__ import absolute_import, division, print_function, unicode_literals

import collections
import io
import json
import os
import subprocess
import sys

import pytest

import analytical
from analytical.errors import ConfigurationError


def test_prints_json(capsys):
    """A hit is printed as indented JSON with sorted keys, in ASCII, so that any terminal can show it."""
    assert analytical.Provider("console").pageview({"dt": "caf\xe9 \u6f22", "cd1": "a"})
    printed = capsys.readouterr().out
    hit = json.loads(printed, object_pairs_hook=collections.OrderedDict)
    assert (hit["type"], hit["title"]) == ("pageview", "caf\xe9 \u6f22")
    assert "\n  " in printed and printed.endswith("}\n") and list(hit) == sorted(hit)
    printed.encode("ascii")
    assert not any(line.endswith(" ") for line in printed.splitlines())


def test_stderr(capsys):
    """The account names the stream."""
    analytical.from_url("console://stderr").pageview(title="a")
    captured = capsys.readouterr()
    assert captured.out == "" and json.loads(captured.err)["title"] == "a"


@pytest.mark.parametrize("account", ["stdin", "/dev/null", 1, ["stdout"], b"\xff"])
def test_other_accounts(account):
    """There are two streams."""
    with pytest.raises(ConfigurationError):
        analytical.Provider("console", account)


@pytest.mark.parametrize("stream", [None, "closed", "full"])
def test_stream_that_is_gone(monkeypatch, stream):
    """A daemon without a terminal, a closed stream, a full disk: a false outcome, and no error."""

    class Full(object):
        def write(self, text):
            raise IOError(28, "No space left on device")

        flush = write

    closed = io.StringIO()
    closed.close()
    streams = {None: None, "closed": closed, "full": Full()}
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", streams[stream])
        outcome = analytical.Provider("console").pageview(title="a")
    assert not outcome and (outcome.state, outcome.reason) == ("dropped", "unwritable")


def test_broken_pipe():
    """Where nobody reads any more, the program goes on to its end."""
    code = (
        "import sys, analytical\n"
        "console = analytical.Provider('console')\n"
        "for _ in range(2000): console.pageview(title='a' * 100)\n"
        "sys.stderr.write('dropped: %d' % sum(console.stats()['dropped'].values()))\n"
        "sys.stderr.flush()\n"
        "import os; os._exit(0)\n"
    )
    path = os.pathsep.join(folder or os.getcwd() for folder in sys.path)
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        env=dict(os.environ, PYTHONPATH=str(path)),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    process.stdout.close()
    errors = process.stderr.read().decode("utf-8")
    process.stderr.close()
    assert process.wait() == 0 and "dropped: 2000" in errors
