"""What the tests of the report share: a made-up site, its page, and a browser."""

from __future__ import absolute_import, division, print_function, unicode_literals

import io
import os
import shutil
import subprocess

import pytest
import sample_site
from browsing import start, write_page

HERE = os.path.dirname(os.path.abspath(__file__))


@pytest.fixture(scope="session")
def chromium(tmp_path_factory):
    """Start a browser for all tests."""
    chromium = start(str(tmp_path_factory.mktemp("profile")))
    yield chromium
    chromium.close()


@pytest.fixture
def browser(chromium):
    """Give the browser, with the usual window, and without memory of a choice of colours."""
    chromium.look()
    yield chromium
    chromium.look()
    chromium.run("try { localStorage.clear() } catch (error) {}")


@pytest.fixture(scope="session")
def site_file(tmp_path_factory):
    """Give the file of a made-up site."""
    return sample_site.build(str(tmp_path_factory.mktemp("site") / "analytics.db"))


@pytest.fixture(scope="session")
def written(tmp_path_factory, site_file):
    """Give the path of its page."""
    from analytical.report.figures import figures
    from analytical.report.page import page

    return write_page(tmp_path_factory.mktemp("page"), page(figures(site_file, limit=10)))


@pytest.fixture(scope="session")
def axe(tmp_path_factory):
    """Give the script of axe-core, at its locked version."""
    npm = shutil.which("npm")  # novm
    if npm is None:
        missing = "npm is not installed: axe-core does not check the page"
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)
    folder = str(tmp_path_factory.mktemp("axe"))
    for name in ("package.json", "package-lock.json"):
        shutil.copy(os.path.join(HERE, "npm", name), folder)
    command = [npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
    subprocess.check_output(command, cwd=folder, stderr=subprocess.STDOUT)
    path = os.path.join(folder, "node_modules", "axe-core", "axe.min.js")
    with io.open(path, encoding="utf-8") as stream:
        return stream.read()
