"""
Build the sdist and, from it, the wheel; check both; use both as their users do.

    python .ci/check_package.py SCRATCH_DIRECTORY

Needs build and twine; ``tox -e package`` runs it. Prints each command; the first failure ends it.
"""

from __future__ import absolute_import, division, print_function, unicode_literals

import glob
import os
import re
import subprocess
import sys
import tarfile
import zipfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

# What setuptools says of a pattern in MANIFEST.in that found nothing; missing files are looked for below.
HARMLESS = r"no previously-included|no (files|directories) found matching"


def run(*command, **options):
    """Run a command, show it, and return what it printed."""
    print("$", " ".join(command), flush=True)
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options
    )
    if done.returncode:
        sys.exit("%s\nexit code %d" % (done.stdout, done.returncode))
    return done.stdout


def build(dist):
    """Build both; return the paths of the sdist and the wheel."""
    output = run(sys.executable, "-m", "build", "--outdir", dist, ROOT)
    warnings = [
        line
        for line in output.splitlines()
        if re.search(r"^\s*warning:|Warning\b", line) and not re.search(HARMLESS, line)
    ]
    if warnings:
        sys.exit("the build warns:\n" + "\n".join(warnings))
    run(sys.executable, "-m", "twine", "check", "--strict", os.path.join(dist, "*"))
    (sdist,), (wheel,) = (glob.glob(os.path.join(dist, kind)) for kind in ("*.tar.gz", "*.whl"))
    return sdist, wheel


def check_wheel(path):
    """The wheel serves Python 2 and 3, is typed, and holds the package and nothing else."""
    if not path.endswith("-py2.py3-none-any.whl"):
        sys.exit("not universal: " + path)
    with zipfile.ZipFile(path) as wheel:
        names = wheel.namelist()
    strangers = [name for name in names if not re.match(r"analytical(-[^/]+\.dist-info)?/", name)]
    if strangers:
        sys.exit("the wheel installs more than the package: " + ", ".join(strangers))
    if "analytical/py.typed" not in names:
        sys.exit("the wheel has no py.typed")


def unpack_sdist(path, target):
    """Unpack the sdist, which holds every file under version control; return its folder."""
    with tarfile.open(path) as sdist:
        names = {name.partition("/")[2] for name in sdist.getnames()}
        sdist.extractall(target, filter="data")
    if os.path.exists(os.path.join(ROOT, ".git")):
        missing = set(run("git", "-C", ROOT, "ls-files").splitlines()) - names
        if missing:
            sys.exit("MANIFEST.in leaves out: " + ", ".join(sorted(missing)))
    (folder,) = os.listdir(target)
    return os.path.join(target, folder)


def install(where, requirement):
    """Install into a new virtual environment, try the command there, and return its bin folder."""
    run(sys.executable, "-m", "venv", where)
    tools = os.path.join(where, "Scripts" if os.name == "nt" else "bin")
    python = os.path.join(tools, "python")
    run(python, "-m", "pip", "install", "--quiet", requirement)
    run(python, "-m", "pip", "check")
    print(run(os.path.join(tools, "analytical"), "--version", cwd=where))
    run(python, "-m", "analytical", "--version", cwd=where)
    return tools


def main(scratch):
    """Do all of it."""
    sdist, wheel = build(os.path.join(scratch, "dist"))
    check_wheel(wheel)
    folder = unpack_sdist(sdist, os.path.join(scratch, "sdist"))
    install(os.path.join(scratch, "wheel-venv"), wheel)
    tools = install(os.path.join(scratch, "sdist-venv"), sdist + "[test]")
    print(run(os.path.join(tools, "pytest"), "-q", "tests", cwd=folder))


if __name__ == "__main__":
    main(*sys.argv[1:])
