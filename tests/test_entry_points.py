"""Providers of other people's packages, found by their entry points in a fresh interpreter."""

from __future__ import absolute_import, division, print_function, unicode_literals

import os
import subprocess
import sys

import pytest


def run(code, *folders):
    """Run code in a new interpreter that finds what this one finds, and folders before; give its output."""
    path = os.pathsep.join(list(folders) + [folder or os.getcwd() for folder in sys.path])
    output = subprocess.check_output(
        [sys.executable, "-c", code],
        stderr=subprocess.STDOUT,
        env=dict(os.environ, PYTHONPATH=str(path)),
    )
    return output.decode("utf-8").strip()


class TestEntryPoints:
    """Other people's packages, found by their entry points."""

    @pytest.fixture
    def site(self, tmpdir):
        """A folder with an installed distribution that offers three providers."""
        tmpdir.join("acme_plugin.py").write(
            "from analytical.providers.memory import Provider\n"
            "class Acme(Provider):\n    name = 'acme'\n"
            "nothing = object()\n"
        )
        info = tmpdir.mkdir("acme-1.0.dist-info")
        info.join("METADATA").write("Metadata-Version: 2.1\nName: acme\nVersion: 1.0\n")
        info.join("RECORD").write("")
        info.join("entry_points.txt").write(
            "[analytical.providers]\nacme = acme_plugin:Acme\n"
            "broken = acme_missing:Acme\nwrong = acme_plugin:nothing\n"
        )
        return str(tmpdir)

    def test_provider_of_an_installed_package(self, site):
        """A name from an installed package's entry points is made like a built-in one."""
        code = "import analytical; print(type(analytical.Provider('acme')).__name__)"
        assert run(code, site) == "Acme"

    def test_names_list_them(self, site):
        """The list of known names, in errors too, has those of installed packages."""
        code = (
            "import analytical\n"
            "try: analytical.Provider('acmee')\n"
            "except ValueError as error: print(error)"
        )
        assert "did you mean acme?" in run(code, site)

    @pytest.mark.parametrize(
        ("name", "expected"),
        [("broken", "cannot be imported: No module named"), ("wrong", "is a subclass of")],
    )
    def test_entry_point_that_leads_nowhere(self, site, name, expected):
        """A broken plug-in is a ConfigurationError that names it, and breaks no other name."""
        code = (
            "import analytical\n"
            "analytical.Provider('memory')\n"
            "try: analytical.Provider('%s')\n"
            "except analytical.ConfigurationError as error: print(error)" % name
        )
        assert expected in run(code, site)

    def test_known_names_do_not_look_for_packages(self, site):
        """Metadata of packages is read only for a name that is not known, since it takes long."""
        code = (
            "import sys, analytical\n"
            "before = {'importlib.metadata', 'pkg_resources'} & set(sys.modules)\n"
            "analytical.Provider('memory')\n"
            "print(sorted({'importlib.metadata', 'pkg_resources'} & set(sys.modules) - before))"
        )
        assert run(code, site) == "[]"
