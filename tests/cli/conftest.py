"""What the tests of the command share: running it in this process, and what it sends to."""

from __future__ import absolute_import, division, print_function, unicode_literals

import collections
import io
import json
import sys

import pytest

from analytical import registry
from analytical.cli import main
from analytical.testing import Collector

Ran = collections.namedtuple("Ran", "code out err")


@pytest.fixture(autouse=True)
def environment(monkeypatch, tmpdir):
    """Run on a terminal of 100 columns, with no provider in the environment and a home of its own."""
    for name in ("XDG_STATE_HOME", "LOCALAPPDATA", "HOME"):
        monkeypatch.setenv(str(name), str(tmpdir.join("home")))
    monkeypatch.delenv(str("ANALYTICAL_URL"), raising=False)
    monkeypatch.setenv(str("COLUMNS"), str("100"))


@pytest.fixture
def run(capsys, monkeypatch):
    """Run the command in this process: run('pageview', ..., stdin=b'') -> Ran(code, out, err)."""

    def runner(*arguments, **options):
        stdin = io.TextIOWrapper(io.BytesIO(options.get("stdin", b"")), encoding="ascii")
        monkeypatch.setattr(sys, "stdin", stdin)
        capsys.readouterr()
        code = main(arguments)
        return Ran(code, *capsys.readouterr())

    return runner


@pytest.fixture
def run_json(run):
    """Run the command with --json: -> (code, [what each line of output holds])."""

    def runner(*arguments, **options):
        ran = run(*(arguments[:1] + ("--json",) + arguments[1:]), **options)
        return ran.code, [json.loads(line) for line in ran.out.splitlines()]

    return runner


@pytest.fixture
def collector():
    """Give a collector."""
    with Collector() as server:
        yield server


@pytest.fixture
def to_collector(collector):
    """Give the address of a Google Analytics provider that sends to the collector."""
    return "googleanalytics://UA-1-1?url=%s" % collector.url.replace(":", "%3A").replace("/", "%2F")


@pytest.fixture
def register(monkeypatch):
    """Register providers for the length of a test."""
    monkeypatch.setattr(registry, "_registered", dict(registry._registered))
    return registry.register
