"""Where the SDKs for npm are, and what happens without npm."""

from __future__ import absolute_import, division, print_function, unicode_literals

import os
import shutil
import subprocess

import pytest

HERE = os.path.dirname(os.path.abspath(__file__))
FILES = ("package.json", "package-lock.json")
SECONDS = 300  # for an installation, so that a registry out of reach is an error and no standstill


def read(folder, name):
    """Read a file; nothing where there is none."""
    path = os.path.join(folder, name)
    if not os.path.exists(path):
        return b""
    with open(path, "rb") as file:
        return file.read()


@pytest.fixture(scope="session")
def npm_folder(tmp_path_factory):
    """Install the SDKs for npm at their locked versions, outside the checkout's own folders; give the folder."""
    npm, node = shutil.which("npm"), shutil.which("node")  # novm
    if not (npm and node):
        missing = "node or npm is not installed: the SDKs for npm are not compared"
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)
    folder = os.environ.get("CONFORMANCE_NPM") or str(tmp_path_factory.mktemp("npm"))
    done = os.path.join(folder, "installed")
    wanted = b"".join(read(HERE, name) for name in FILES)
    if read(folder, "installed") != wanted:
        os.makedirs(folder, exist_ok=True)  # novm
        for name in FILES:
            shutil.copy(os.path.join(HERE, name), folder)
        command = [npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
        subprocess.run(command, cwd=folder, check=True, timeout=SECONDS)  # novm
        with open(done, "wb") as file:
            file.write(wanted)
    return folder
