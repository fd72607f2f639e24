"""The documentation: what users can name is in it."""

from __future__ import absolute_import, division, print_function, unicode_literals

import ast
import importlib
import io
import os
import re

import pytest

import analytical
from analytical import cli, registry
from analytical.cli.parsing import Parser
from analytical.vocabulary import FIELDS

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir)
DOCS = os.path.join(ROOT, "docs")
MODULES = tuple("analytical" + name for name in ("", ".delivery", ".privacy", ".testing", ".utils"))


def read(*path):
    """Read a file of the project."""
    with io.open(os.path.join(ROOT, *path), encoding="utf-8") as file:
        return file.read()


def pages():
    """Give the text of all pages but the changelog, which only says what is new."""
    for folder, _, names in os.walk(DOCS):
        for name in names:
            if name.endswith(".rst") and name != "changelog.rst":
                yield read(os.path.join(folder, name))


TEXT = "\n".join(pages())


def public_names():
    """List (module, name) for what users import."""
    for module_name in MODULES:
        module = importlib.import_module(str(module_name))
        for name in getattr(module, "__all__", None) or own_names(module):
            yield module_name, name


def own_names(module):
    """List what a module without __all__ defines for others."""
    for name, value in sorted(vars(module).items()):
        if not name.startswith("_") and getattr(value, "__module__", None) == module.__name__:
            yield name


def described(module_name, name):
    """Tell whether a page names it, or describes all of the module that it is defined in."""
    home = getattr(getattr(importlib.import_module(str(module_name)), name), "__module__", "")
    whole = "automodule:: %s\n    :members:\n" % home
    return whole in TEXT or re.search(r"\b%s\b" % re.escape(name), TEXT) is not None


@pytest.mark.parametrize("module, name", list(public_names()))
def test_public_names(module, name):
    """What can be imported from a public module is in the documentation."""
    assert described(module, name)


def platforms():
    """List the providers by their own names."""
    return sorted({registry.provider_class(name).name for name in registry.names()})


@pytest.mark.parametrize("name", platforms())
def test_providers(name):
    """A provider has a page, with the table of its options in it."""
    page = read("docs", "providers", name + ".rst")
    assert ".. provider-options:: %s\n" % name in page
    assert ".. autoclass:: analytical.providers.%s.Provider" % name in page


@pytest.mark.parametrize("name", sorted(set(registry.names()) - set(platforms())))
def test_other_names(name):
    """A second name of a provider is on the page of its first."""
    assert name in read("docs", "providers", registry.provider_class(name).name + ".rst")


@pytest.mark.parametrize("name, module, summary", cli.COMMANDS)
def test_commands(name, module, summary):
    """A command is on the command line's page, and so are its options; fields have a page of their own."""
    page = read("docs", "cli.rst")
    assert re.search(r"``?analytical %s|\$ analytical %s" % (name, name), page)
    parser = Parser(name, summary)
    importlib.import_module(str("analytical.cli." + module)).configure(parser)
    fields = {"--" + field.name.replace("_", "-") for field in FIELDS}
    for action in parser._actions:
        for option in action.option_strings:
            if option.startswith("--") and option != "--help" and option not in fields:
                found = re.search(re.escape(option) + r"(?![\w-])", page) is not None
                assert found, option


def held_by():
    """List (file, names) of the tests that the page on security names; `::name` is of the file before."""
    file = None
    for place in re.findall(r"``((?:tests/[\w/]+\.py)?(?:::\w+)*)``", read("docs", "security.rst")):
        first, _, names = place.partition("::")
        file = first or file
        yield file, names.split("::") if names else []


def test_promises_of_security_have_their_tests():
    """Each test that the page on security names is there."""
    tests = list(held_by())
    assert len(tests) > 20
    for file, names in tests:
        source = read(*file.split("/"))
        for name in names:
            assert re.search(r"^ *(def|class) %s\b" % name, source, re.M), (file, name)


def test_the_path_of_a_hit_is_true():
    """The page on architecture leads along at most five files, and what it names in each is there."""
    page = read("docs", "architecture.rst")
    steps = re.findall(r"^\d\. (.+(?:\n   .+)*)", page, re.M)
    assert 3 <= len(steps) <= 5
    for step in steps:
        path = re.search(r":source:`([\w/.]+)`", step).group(1)
        source = read(*path.split("/"))
        first = re.search(r"``(\w+)[^`]*``", step).group(1)
        assert re.search(r"^ *def %s\(" % first, source, re.M) or "class Provider(" in source, step
    for path in re.findall(r":source:`([\w/.]+)`", page):
        assert read(*path.split("/"))


def extras():
    """List the extras of setup.py, but that of our own tests."""
    for node in ast.walk(ast.parse(read("setup.py").encode("utf-8"))):
        if isinstance(node, ast.keyword) and node.arg == "extras_require":
            return sorted(set(ast.literal_eval(node.value)) - {"test"})


@pytest.mark.parametrize("name", extras())
def test_extras(name):
    """An extra is named on a page as it is installed."""
    found = "analytical[%s]" % name in TEXT
    assert found


def test_version():
    """The changelog starts with the version that the package has."""
    assert re.search(
        r"^%s\b" % re.escape(analytical.__version__), read("docs", "changelog.rst"), re.M
    )
