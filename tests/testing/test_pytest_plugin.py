"""The plug-in of pytest, in real runs of pytest that find it as an installed package's."""

from __future__ import absolute_import, division, print_function, unicode_literals

import io
import os
import re
import subprocess
import sys

import pytest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
NOWHERE = "analytical.Provider('googleanalytics', 'UA-1-1', url='http://127.0.0.1:9', fail_silently=False)"

TESTS = """
import analytical
shop = %s

def test_sent(analytical_hits):
    assert shop.pageview({'dl': 'https://example.com/', 'cid': '1'})
    analytical_hits.assert_sent('pageview', url='https://example.com/')

def test_begins_anew(analytical_hits):
    analytical_hits.assert_none()

def test_differs(analytical_hits):
    shop.pageview({'dl': 'https://example.com/', 'cid': '1'})
    analytical_hits.assert_sent('pageview', url='https://example.org/')
""" % NOWHERE

UNASKED = """
import pytest, analytical

def test_unasked():
    with pytest.raises(analytical.TransportError):
        %s.pageview({'dl': 'https://example.com/', 'cid': '1'})

def test_nothing_is_loaded():
    import sys
    assert 'analytical.testing' not in sys.modules
""" % NOWHERE

QUIET = """
import analytical
shop = %s
assert shop.pageview({'dl': 'https://example.com/', 'cid': '1'})

def test_no_fixture_needed():
    assert shop.pageview({'dl': 'https://example.com/', 'cid': '1'})

def test_with_the_fixture(analytical_hits):
    assert shop.pageview({'dl': 'https://example.com/', 'cid': '1'})
    analytical_hits.assert_count(1)
""" % NOWHERE


@pytest.fixture
def run(tmpdir):
    """Run pytest over the text of a test module, with the plug-in installed: -> (exit code, output)."""
    with io.open(os.path.join(ROOT, "setup.py"), encoding="utf-8") as file:
        (entry,) = re.findall(r'"pytest11": \["([^"]+)"\]', file.read())
    # As installed; where the package really is, pytest takes the one that it finds first.
    info = tmpdir.mkdir("site").mkdir("analytical-9.dist-info")
    info.join("METADATA").write("Metadata-Version: 2.1\nName: analytical\nVersion: 9\n")
    info.join("RECORD").write("")
    info.join("entry_points.txt").write("[pytest11]\n%s\n" % entry)
    folders = [str(tmpdir.join("site"))] + [folder or os.getcwd() for folder in sys.path]
    environment = dict(os.environ, PYTHONPATH=str(os.pathsep.join(folders)))
    environment.pop("PYTEST_ADDOPTS", None)

    def runner(source, ini=""):
        work = tmpdir.mkdir("work")
        work.join("pytest.ini").write("[pytest]\n" + ini)
        work.join("test_it.py").write(source)
        process = subprocess.Popen(
            [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:celery"],
            cwd=str(work),
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        output = process.communicate()[0].decode("utf-8", "replace")
        return process.returncode, output

    return runner


def test_fixture(run):
    """The fixture captures for the length of a test; a failure shows the comparison, not our code."""
    code, output = run(TESTS)
    assert code == 1, output
    assert "1 failed, 2 passed" in output
    assert re.search("expected 'https://example.org/'\nE +sent     'https://example.com/'", output)
    assert "expectations.py" not in output
    assert "Warning" not in output


def test_unasked_it_does_nothing(run):
    """Without fixture or option hits go out as ever, and no part of the kit is loaded."""
    code, output = run(UNASKED)
    assert code == 0, output


def test_option(run):
    """With the option nothing goes out while pytest runs, not even as modules are imported."""
    code, output = run(QUIET, "analytical_capture = true\n")
    assert code == 0, output
    assert "2 passed" in output
