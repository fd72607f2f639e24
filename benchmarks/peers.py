"""The peers in a virtual environment of their own, and analytical 0.0.1, which has our name, apart from it."""

from __future__ import absolute_import, division, print_function, unicode_literals

import os
import subprocess
import sys

from .bench import ROOT

REQUIREMENTS = os.path.join(ROOT, "benchmarks", "requirements.txt")
OLD = "analytical==0.0.1"


def set_up(folder):
    """Make a folder with the peers, where it is not there; give its Python and the folder of 0.0.1."""
    place, old = os.path.join(folder, "venv"), os.path.join(folder, "old")
    python = os.path.join(place, "bin", "python")
    if not os.path.exists(python):
        subprocess.check_call([sys.executable, "-m", "venv", place])
        subprocess.check_call([python, "-m", "pip", "install", "--quiet", "-r", REQUIREMENTS])
    if not os.path.exists(old):
        command = [python, "-m", "pip", "install", "--quiet", "--target", old, OLD]
        subprocess.check_call(command)
    return os.path.abspath(python), os.path.abspath(old)
