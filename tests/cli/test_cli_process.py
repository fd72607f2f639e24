"""The command as a process: signals, pipes, locales and memory, as a shell would meet them."""

from __future__ import absolute_import, division, print_function, unicode_literals

import io
import os
import platform
import signal
import subprocess
import sys
import threading

import pytest

import analytical
from analytical._compat import monotonic
from analytical.testing import Collector

FOLDER = os.path.dirname(os.path.dirname(os.path.abspath(analytical.__file__)))
COMMAND = [sys.executable, "-m", "analytical"]
PAGE = b'{"url": "https://example.com/"}\n'
DEADLINE = 60  # seconds; a safety net

LIST_MODULES = """
import sys
from analytical.cli import main
main(['--version'])
print(' '.join(sys.modules))
"""


def environment(**variables):
    """Give the environment of a process that finds this package, wherever it runs."""
    result = dict(os.environ, PYTHONPATH=FOLDER, **variables)
    result.pop("ANALYTICAL_URL", None)
    return {str(name): str(value) for name, value in result.items()}


def _hear_interrupts():
    """Undo what a shell does to commands in its background, which ignore Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.fixture
def start(tmpdir):
    """Start the command in an empty folder; kill it when it is still there at the end."""
    started = []

    def starter(*arguments, **variables):
        process = subprocess.Popen(
            COMMAND + list(arguments),
            cwd=str(tmpdir),
            env=environment(**variables),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            preexec_fn=_hear_interrupts,
        )
        started.append(process)
        timer = threading.Timer(DEADLINE, process.kill)
        timer.daemon = True
        timer.start()
        started.append(timer)
        return process

    yield starter
    for process, timer in zip(started[::2], started[1::2]):
        timer.cancel()
        if process.poll() is None:
            process.kill()
            process.wait()
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream is not None:
                stream.close()


def results_of(process, stdin=b""):
    """Wait for a process; give its exit code, output and errors."""
    out, err = process.communicate(stdin)
    return process.returncode, out, err


AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def test_first_two_commands(start, tmpdir):
    """A newcomer's two commands: a hit is stored, anonymized, in analytics.db, and counted."""
    page = ["pageview", "https://example.com/pricing", "--title", "Pricing"]
    visitor = ["--user-ip", "12.34.56.78", "--user-agent", AGENT]
    code, out, err = results_of(start(*(page + visitor)))
    assert (code, err) == (0, b"")
    lines = out.decode("ascii").splitlines()
    assert lines[0] == "Stored in analytics.db: pageview"
    assert ["  title       Pricing", "  user_ip     12.34.0.0"] == lines[2:4]
    assert lines[-1] == "See it: analytical stats"
    with io.open(str(tmpdir.join("analytics.db")), "rb") as file:
        stored = file.read()
    assert b"12.34.0.0" in stored and b"12.34.56.78" not in stored + out
    code, out, err = results_of(start("stats"))
    assert (code, err) == (0, b"")
    assert out.startswith(b"analytics.db, ") and b"example.com/pricing" in out


def test_version_loads_little():
    """--version loads neither argparse nor what hits need."""
    output = subprocess.check_output([sys.executable, "-c", LIST_MODULES], env=environment())
    loaded = set(output.decode("ascii").split())
    assert "analytical.cli" in loaded
    assert not loaded & {"requests", "sqlite3", "user_agents", "ua_parser", "logging", "argparse"}


@pytest.mark.parametrize("locale", ["C", "POSIX"])
def test_any_locale(start, locale):
    """In a locale of ASCII a title arrives as it was typed, and is shown as far as that can."""
    arguments = [
        "pageview",
        "https://example.com/",
        "--title",
        b"Caf\xc3\xa9",
        "--to",
        "console://",
    ]
    code, out, err = results_of(start(*arguments, LC_ALL=locale, PYTHONIOENCODING="ascii"))
    assert (code, err) == (0, b"")
    assert b'"title": "Caf\\u00e9"' in out
    assert b"title  Caf\\xe9\n" in out


def test_interrupt(start):
    """Ctrl-C ends it with 130, says what was sent, and shows no traceback."""
    process = start("pageview", "-", "--json", "--to", "memory://")
    process.stdin.write(PAGE + b"{}x\n" + PAGE)
    process.stdin.flush()
    assert [b"delivered" in process.stdout.readline() for _ in range(3)] == [True, False, True]
    process.send_signal(signal.SIGINT)
    code, out, err = results_of(process)
    assert (code, out) == (130, b"")
    assert err.splitlines()[-1] == b"analytical: stopped after line 3: 2 sent, 1 failed"
    assert b"Traceback" not in err


def test_interrupt_of_one_hit(start):
    """Ctrl-C while a platform keeps silent ends it at once with 130, and says what is not known."""
    with Collector() as collector:
        collector.hang(times=None)
        url = "googleanalytics://UA-1-1?timeout=50&url=" + collector.url
        process = start("pageview", "https://example.com/", "--to", url)
        collector.wait(1, DEADLINE)
        process.send_signal(signal.SIGINT)
        code, out, err = results_of(process)
    assert (code, out) == (130, b"")
    assert err == b"analytical: stopped; the hit may have been sent\n"


def test_lines_are_sent_as_they_come(start):
    """A line of a slow pipe is not kept waiting for others."""
    process = start("hit", "-", "--json", "--to", "memory://")
    for _ in range(3):
        process.stdin.write(b'{"type": "pageview"}\n')
        process.stdin.flush()
        assert b"delivered" in process.stdout.readline()
    assert results_of(process)[0] == 0


def test_reader_gone(start):
    """When whoever reads the output is gone, it ends quietly, and says what was sent."""
    process = start("pageview", "-", "--json", "--to", "memory://")
    process.stdin.write(PAGE)
    process.stdin.flush()
    assert b"delivered" in process.stdout.readline()
    process.stdout.close()
    process.stdin.write(PAGE)
    process.stdin.close()
    process.stdin = None
    process.wait()
    err = process.stderr.read()
    assert (process.returncode, err) == (
        141,
        b"analytical: stopped after line 2: 2 sent, 0 failed\n",
    )


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_output_cannot_be_written(tmpdir):
    """A full disk under the output is one line of error."""
    with io.open("/dev/full", "wb") as full:
        process = subprocess.Popen(
            COMMAND + ["providers"], stdout=full, stderr=subprocess.PIPE, env=environment()
        )
        code, _, err = results_of(process)
    assert (code, err) == (1, b"analytical: error: No space left on device\n")


def test_memory_stays_flat(tmpdir):
    """An endless line, and millions of bytes of lines, take no more memory than a few lines do."""
    first = peak_of(tmpdir, [PAGE])
    endless = peak_of(tmpdir, [b"x" * (1 << 20)] * 96)
    many = peak_of(tmpdir, [b"\n" * 100000, PAGE * 20000])
    most = 64000 if platform.python_implementation() == "PyPy" else 24000  # kilobytes
    assert max(endless, many) - first < most


def peak_of(folder, chunks):
    """Send chunks into a dry run; give the most memory it took, in kilobytes."""
    report = folder.join("peak")
    code = (
        "import resource, sys; from analytical.cli import main; code = main(sys.argv[2:]);"
        "peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss;"
        "open(sys.argv[1], 'w').write('%d %d' % (peak, code))"
    )
    command = [
        sys.executable,
        "-c",
        code,
        str(report),
        "pageview",
        "-",
        "--to",
        "memory://",
        "--dry-run",
    ]
    with io.open(os.devnull, "wb") as nowhere:
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=nowhere, stderr=nowhere, env=environment()
        )
        for chunk in chunks:
            process.stdin.write(chunk)
        process.stdin.close()
        process.wait()
    return int(report.read().split()[0])


def test_progress_on_a_terminal(tmpdir):
    """On a terminal a line tells how far it is, and is gone at the end."""
    pty = pytest.importorskip(str("pty"))
    master, slave = pty.openpty()
    process = subprocess.Popen(
        COMMAND + ["pageview", "-", "--to", "memory://"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=slave, env=environment(),
    )  # fmt: skip
    os.close(slave)
    deadline = monotonic() + DEADLINE
    shown = b""
    while b"lines read" not in shown and monotonic() < deadline:
        process.stdin.write(PAGE * 100)  # the progress is told every tenth of a second
        process.stdin.flush()
        shown += os.read(master, 1000) if is_readable(master) else b""
    code, out, _ = results_of(process)
    shown += os.read(master, 1000) if is_readable(master) else b""
    os.close(master)
    assert (code, out.startswith(b"Sent ")) == (0, True)
    assert b"lines read, " in shown and b"sent, 0 failed" in shown
    assert shown.endswith(b"\r")


def is_readable(descriptor):
    """Tell whether bytes wait there."""
    import select

    return bool(select.select([descriptor], [], [], 0.2)[0])
