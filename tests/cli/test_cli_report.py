"""analytical report and analytical serve: the file that is written, the page that is served."""

from __future__ import absolute_import, division, print_function, unicode_literals

import io
import os
import re
import signal
import socket
import stat
import subprocess
import sys

import pytest
import six

import analytical

pytest.importorskip("jinja2")

FOLDER = os.path.dirname(os.path.dirname(os.path.abspath(analytical.__file__)))


@pytest.fixture
def file(tmpdir):
    """Give the path of a file with three hits on two days."""
    path = str(tmpdir.join("hits.db"))
    with analytical.Provider("sqlite", path) as provider:
        page = {"url": "https://example.com/a", "client_id": "1"}
        provider.pageview(dict(page, timestamp="2026-11-02T03:04:05Z"))
        provider.pageview(dict(page, timestamp="2026-11-03T03:04:05Z"))
        provider.pageview(dict(page, url="https://b.example/", timestamp="2026-11-03T03:04:06Z"))
    return path


def read(path):
    """Read a text."""
    with io.open(six.ensure_text(str(path)), encoding="ascii") as stream:
        return stream.read()


def test_report(run, tmpdir, file):
    """The page is written to the file that was named, and what was written is said."""
    path = str(tmpdir.join("page.html"))
    ran = run("report", file, "-o", path)
    assert (ran.code, ran.err) == (0, "")
    told = r"Wrote .*page.html \(\d+ kB\): 2 to 3 November 2026, 2 visitors, 3 pageviews\n"
    assert re.match(told + "Live: analytical serve .*hits.db\n$", ran.out)
    assert '<dd class="value" id="total-pageviews">3</dd>' in read(path)
    assert sorted(os.listdir(str(tmpdir))) == sorted(
        name for name in os.listdir(str(tmpdir)) if name.startswith(("hits.db", "page.html"))
    )


def test_default_output(run, tmpdir, monkeypatch, file):
    """Without -o it is report.html in the current folder."""
    monkeypatch.chdir(tmpdir)
    assert run("report", file).code == 0
    assert "example.com" in read(tmpdir.join("report.html"))


def test_standard_output(run, file):
    """-o - writes the page to the standard output, and nothing else."""
    ran = run("report", file, "--output", "-")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("<!DOCTYPE html>") and ran.out.endswith("</html>\n")


def test_choice(run, file):
    """--from, --to, --site and --limit choose what is on it."""
    for arguments, counted in (
        (("--from", "2026-11-03", "--to", "2026-11-09"), 2),
        (("--site", "b.example"), 1),
        (("--from", "2026-11-02", "--to", "2026-11-02", "--site", "b.example"), 0),
    ):
        out = run("report", file, "-o", "-", *arguments).out
        assert '<dd class="value" id="total-pageviews">%d</dd>' % counted in out
    assert "1 of 2" in run("report", file, "-o", "-", "--limit", "1").out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--from", "private"), "--from: takes a day as YYYY-MM-DD"),
        (("--to", "2026-02-30"), "--to: takes a day as YYYY-MM-DD"),
        (("--from", "2026-11-03", "--to", "2026-11-02"), "ends before it begins"),
        (("--site", "private private"), "site takes the host"),
        (("--limit", "0"), "--limit: takes"),
    ],
)
def test_usage(run, file, arguments, told):
    """What cannot be chosen is one line of error, without the value, and nothing is written."""
    ran = run("report", file, "-o", "-", *arguments)
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert told in ran.err and "private" not in ran.err


def test_files_that_cannot_be_read(run, tmpdir):
    """A missing or foreign file is one line of error, for both commands; no page is written."""
    path = tmpdir.join("text.db")
    path.write("a text " * 1000)
    page = tmpdir.join("page.html")
    for arguments in (
        ("report", str(tmpdir.join("none.db")), "-o", str(page)),
        ("report", str(path), "-o", str(page)),
        ("serve", str(tmpdir.join("none.db"))),
        ("report", "matomo://x?token_auth=s3cret", "-o", str(page)),
    ):
        ran = run(*arguments)
        assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
        assert "s3cret" not in ran.err
    assert not page.exists()


def test_replaced_whole(run, tmpdir, file):
    """An old page is replaced; where the new one cannot be written, the old one stays, alone."""
    folder = tmpdir.mkdir("out")
    page = folder.join("page.html")
    page.write("old")
    assert run("report", file, "-o", str(page)).code == 0
    assert read(page).startswith("<!DOCTYPE html>")
    assert [entry.basename for entry in folder.listdir()] == ["page.html"]
    ran = run("report", file, "-o", str(folder))
    assert (ran.code, ran.out, ran.err.count("\n")) == (1, "", 1)
    ran = run("report", file, "-o", str(folder.join("none", "page.html")))
    assert (ran.code, ran.out, ran.err.count("\n")) == (1, "", 1)
    assert [entry.basename for entry in folder.listdir()] == ["page.html"]


@pytest.mark.skipif(os.name == "nt", reason="symbolic links, modes and devices of Unix")
def test_links_devices_and_modes(run, tmpdir, file):
    """A link stays one, a device is written to, and the umask says who may read a new page."""
    page, link = str(tmpdir.join("page.html")), str(tmpdir.join("link.html"))
    os.symlink(page, link)
    before = os.umask(0o027)
    try:
        assert run("report", file, "-o", link).code == 0
    finally:
        os.umask(before)
    assert os.path.islink(link) and read(page).startswith("<!DOCTYPE html>")
    assert stat.S_IMODE(os.stat(page).st_mode) == 0o640
    assert run("report", file, "-o", os.devnull).code == 0
    assert stat.S_ISCHR(os.stat(os.devnull).st_mode)


def test_without_jinja(run, monkeypatch, file):
    """Without Jinja2 both commands say what brings it."""
    from analytical.report import page

    monkeypatch.setitem(sys.modules, str("jinja2"), None)
    monkeypatch.setattr(page, "_templates", [])
    for command in ("report", "serve"):
        ran = run(command, file)
        assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
        assert "pip install 'analytical[report]'" in ran.err


def test_port_in_use(run, file):
    """A port that is taken is one line of error that names it."""
    taken = socket.socket()
    try:
        taken.bind(("127.0.0.1", 0))
        taken.listen(1)
        number = taken.getsockname()[1]
        ran = run("serve", file, "--port", "%d" % number)
    finally:
        taken.close()
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert "port %d: another program has it" % number in ran.err


@pytest.mark.parametrize("port", ["65536", "-1", "http"])
def test_ports_that_are_none(run, file, port):
    """A port is a number that a port can have."""
    ran = run("serve", file, "--port=" + port)
    assert (ran.code, ran.out) == (2, "") and "--port: takes a whole number" in ran.err


def _hear_interrupts():
    """Undo what a shell does to commands in its background, which ignore Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.skipif(os.name == "nt", reason="signals of Unix")
def test_serve_until_interrupted(file):
    """serve says where it is, answers, and ends by Ctrl-C: with 0, and no traceback."""
    command = [sys.executable, "-u", "-m", "analytical", "serve", file, "--port", "0"]
    environment = dict(os.environ)
    environment[str("PYTHONPATH")] = os.pathsep.join(
        [FOLDER] + [entry for entry in sys.path if entry]
    )
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
        preexec_fn=_hear_interrupts,
    )
    try:
        line = process.stdout.readline().decode("utf-8")
        port = int(re.search(r"http://127\.0\.0\.1:(\d+)/", line).group(1))
        assert process.stdout.readline() == b"Ctrl-C stops it\n"
        connection = socket.create_connection(("127.0.0.1", port), 60)
        try:
            connection.sendall(("GET / HTTP/1.0\r\nHost: localhost:%d\r\n\r\n" % port).encode())
            assert connection.recv(15) == b"HTTP/1.0 200 OK"
            process.send_signal(signal.SIGINT)
            out, err = process.communicate()
        finally:
            connection.close()
        assert (process.returncode, out, err) == (0, b"Stopped\n", b"")
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
