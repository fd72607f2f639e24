"""The outbox command: status, deliver, rejected, retry, purge."""

from __future__ import absolute_import, division, print_function, unicode_literals

import json
import time

import pytest

import analytical
from analytical.cli import main
from analytical.delivery.outbox import key_of
from analytical.delivery.outbox_file import OutboxFile
from analytical.testing import Collector


def fill(path, url, count):
    """Write rows as a process that died at once would leave them; give the provider's address."""
    address = "googleanalytics://UA-1-1?url=" + url
    provider = analytical.from_url(address)
    payload = b'{"v": "1", "t": "pageview", "dp": "/"}'
    rows = [("%032x" % number, time.time(), payload) for number in range(count)]
    OutboxFile(path).add(key_of(provider), rows)
    return address


def output(capsys, *arguments):
    """Run a command with --json; give its exit code and what it says."""
    code = main([str(each) for each in arguments] + ["--json"])
    return code, json.loads(capsys.readouterr()[0])


def test_status_and_deliver(tmpdir, capsys):
    """What waits is counted, delivered over a socket, and gone after."""
    path = str(tmpdir.join("hits.outbox"))
    with Collector() as collector:
        address = fill(path, collector.url, 25)
        code, found = output(capsys, "outbox", "status", path)
        assert code == 0 and found["waiting"][0]["waiting"] == 25
        assert output(capsys, "outbox", "deliver", path, "--to", address) == (0, {"waiting": 0})
        assert sum(len(request.lines) for request in collector.requests) == 25
        assert output(capsys, "outbox", "status", path)[1]["waiting"] == []


def test_what_is_left_is_said(tmpdir, capsys):
    """Hits that cannot be delivered in time still wait, and the exit code says so."""
    path = str(tmpdir.join("hits.outbox"))
    with Collector() as collector:
        collector.answer(503)
        address = fill(path, collector.url, 3)
        found = output(capsys, "outbox", "deliver", path, "--to", address, "--timeout", "0.5")
        assert found == (1, {"waiting": 3})


def test_rejected_retry_purge(tmpdir, capsys):
    """What was refused is listed, can be tried again, and be deleted."""
    path = str(tmpdir.join("hits.outbox"))
    with Collector() as collector:
        collector.answer(400)
        address = fill(path, collector.url, 1)
        output(capsys, "outbox", "deliver", path, "--to", address)
        assert output(capsys, "outbox", "rejected", path)[1][0]["reason"] == "http_400"
        assert output(capsys, "outbox", "retry", path) == (0, {"hits": 1})
        output(capsys, "outbox", "deliver", path, "--to", address)
        assert output(capsys, "outbox", "purge", path) == (0, {"hits": 1})
        assert output(capsys, "outbox", "rejected", path) == (0, [])


@pytest.mark.parametrize("arguments", [["status", "nowhere"], ["deliver", __file__]])
def test_mistakes(arguments, capsys):
    """A missing file and a missing --to are said in one line."""
    assert main(["outbox"] + [str(each) for each in arguments]) == 2
    assert capsys.readouterr()[1].startswith("analytical: error: ")


def test_for_people(tmpdir, capsys):
    """Without --json there are tables."""
    path = str(tmpdir.join("hits.outbox"))
    with Collector() as collector:
        fill(path, collector.url, 2)
    assert main(["outbox", "status", path]) == 0
    assert "googleanalytics-" in capsys.readouterr()[0]


def test_disabled(tmpdir, capsys, monkeypatch):
    """Where nothing may be sent the command says so at once, and hits go on waiting."""
    path = str(tmpdir.join("hits.outbox"))
    address = fill(path, "http://127.0.0.1:9", 2)
    monkeypatch.setenv(str("ANALYTICAL_DISABLED"), str("1"))
    assert main(["outbox", "deliver", path, "--to", address]) == 2
    assert "ANALYTICAL_DISABLED" in capsys.readouterr()[1]
    assert OutboxFile(path).status()["waiting"][0]["waiting"] == 2
