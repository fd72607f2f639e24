"""What is true of the package as a whole, however it was installed."""

from __future__ import absolute_import, division, print_function, unicode_literals

import os
import re
import subprocess
import sys

import analytical

try:
    from importlib.metadata import version as installed_version  # novermin
except ImportError:  # before 3.8

    def installed_version(name):
        """Give the version that pip would name."""
        import pkg_resources

        return pkg_resources.get_distribution(name).version


FOLDER = os.path.dirname(os.path.abspath(analytical.__file__))

# PEP 440, appendix B, without local versions: those cannot be published.
PUBLIC_VERSION = r"(0|[1-9]\d*)(\.(0|[1-9]\d*))*((a|b|rc)\d+)?(\.post\d+)?(\.dev\d+)?"

# What takes long to import, or is optional: the first hit that needs it loads it.
HEAVY = (
    "argparse asyncio celery http.client httplib json logging multiprocessing orjson pkg_resources "
    "requests sqlite3 ssl ua_parser urllib3 user_agents"
).split()

# Modules that the interpreter or its environment loads before are no matter of ours.
LIST_NEW_MODULES = """
import sys
sys.path.insert(0, sys.argv[1])
before = set(sys.modules)
import analytical
print(' '.join(sorted(set(sys.modules) - before)))
"""


def output_of(*command, **options):
    """Run a command and return all that it prints, standard error too."""
    return subprocess.check_output(command, stderr=subprocess.STDOUT, **options).decode("utf-8")


def files_under(folder):
    """List the files of a package by their paths within it; caches left out."""
    found = set()
    for directory, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith((".", "__pycache__"))]
        paths = (os.path.join(directory, name) for name in names if not name.endswith(".pyc"))
        found.update(os.path.relpath(path, folder) for path in paths)
    return found


def test_version_is_that_of_the_metadata():
    """``__version__`` is a version that can be published, and the one that pip knows."""
    assert re.match(PUBLIC_VERSION + "$", analytical.__version__)
    assert analytical.__version__ == installed_version("analytical")


def test_nothing_is_missing_or_stale():
    """The package under test has the files of the source beside the tests, no more and no fewer."""
    source = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "analytical")
    assert files_under(FOLDER) == files_under(source), "package_data, or delete the old build/"


def test_types_are_shipped():
    """Type checkers read the package's types, since it carries the marker of PEP 561."""
    assert os.path.isfile(os.path.join(FOLDER, "py.typed"))


def test_import_is_light():
    """Importing the package loads nothing that takes long: no HTTP library, parser or database."""
    loaded = output_of(sys.executable, "-s", "-c", LIST_NEW_MODULES, os.path.dirname(FOLDER))
    assert "analytical.errors" in loaded.split()
    assert set(loaded.split()) & set(HEAVY) == set()


def test_module_is_the_command(tmpdir):
    """``python -m analytical --version`` tells the version."""
    output = output_of(sys.executable, "-m", "analytical", "--version", cwd=str(tmpdir))
    assert analytical.__version__ in output.split()


def test_command_is_installed(tmpdir):
    """The ``analytical`` command stands beside the interpreter and tells the version."""
    command = os.path.join(os.path.dirname(sys.executable), "analytical")
    output = output_of(command, "--version", cwd=str(tmpdir))
    assert analytical.__version__ in output.split()
