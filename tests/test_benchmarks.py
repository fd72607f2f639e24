"""The benchmarks run: what they find is for people to read, so no figure is looked at."""

from __future__ import absolute_import, division, print_function, unicode_literals

import os
import subprocess
import sys

import pytest

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

pytestmark = pytest.mark.skipif(
    sys.version_info < (3, 8) or not sys.platform.startswith("linux"),
    reason="they need Python 3.8 and /proc",
)


def run(*arguments):
    """Run the command where it finds no peers but those of this interpreter."""
    command = (sys.executable, "-m", "benchmarks") + arguments
    output = subprocess.check_output(command, cwd=ROOT, timeout=300)  # novm - skipped on 2.7
    return output.decode("utf-8")


def test_help_lists_parts():
    """The help names every part, each with what it is about."""
    from_help = run("--help").partition("parts (")[2].splitlines()[1:]
    parts = [line.split()[0] for line in from_help if line.strip()]
    assert len(parts) >= 10
    assert {"import", "calls", "rates", "down", "exit", "loss"} <= set(parts)
    assert all(len(line.split()) > 3 for line in from_help if line.strip())


def test_quick_run():
    """A quick run of functions and of a rate has figures for ours, and every hit came."""
    lines = run("--quick", "utils", "mapping", "rates").splitlines()
    rows = [line.split("  ") for line in lines if line.startswith("  ")]
    ours = [row for row in rows if row[1].startswith("analytical")]
    assert ours and len(rows) > 15
    assert not [line for line in lines if "no figures" in line or "came" in line]


def test_collector_counts():
    """What is said to have come, or to have come again, is what the bodies hold."""
    code = (
        "import gzip; from benchmarks.collector import Arrivals; arrivals = Arrivals()\n"
        "for body in (b'hit-0000001 hit-0000001 hit-0000150', b'hit-0000150', b'nothing'):\n"
        "    arrivals.add(gzip.compress(body))\n"
        "found = arrivals.report(0); print(found['arrived'], found['again'], found['requests'])\n"
        "found = arrivals.report(100); print(found['arrived'], found['again'])\n"
    )
    assert subprocess.check_output([sys.executable, "-c", code], cwd=ROOT) == b"2 1 3\n1 1\n"


def test_exponents_and_pictures():
    """The exponent is that of the points; the picture is the same each time, well-formed, and its words are text."""
    code = (
        "import xml.etree.ElementTree as etree; from benchmarks.curves import Plot, exponent\n"
        "print(*[round(exponent([(x, 3 * x**p) for x in (1, 10, 500)]), 6) for p in (0, 1, 2)])\n"
        "points = [(1000, 2.0, 2.5), (10000, 20.0, 40.0)]\n"
        "drawn = [Plot('A <b>', 'rows', 'us', points, 1.0).svg() for _ in range(2)]\n"
        "words = [each.text for each in etree.fromstring(drawn[0]).iter() if each.text]\n"
        "print(drawn[0] == drawn[1], len(drawn[0]) < 60000, 'A <b>' in words, '10 k' in words)\n"
    )
    found = subprocess.check_output([sys.executable, "-c", code], cwd=ROOT)
    assert found == b"0.0 1.0 2.0\nTrue True True True\n"


def test_growth():
    """A quick look at each curve has two points and an exponent."""
    command = [sys.executable, "-m", "benchmarks.growth", "--quick", "outbox-call", "fanout"]
    lines = subprocess.check_output(command, cwd=ROOT).decode("utf-8").splitlines()
    assert len([line for line in lines if line.startswith("  exponent")]) == 2
    assert len([line for line in lines if "us a call" in line]) == 4
