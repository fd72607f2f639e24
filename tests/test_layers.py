"""
The shape of the package: imports point down the list of layers, nothing is circular or long.

A new module takes a place in the table below; the test fails until it has it.
"""

from __future__ import absolute_import, division, print_function, unicode_literals

import ast
import collections
import io
import os
import re

import pytest

import analytical

# Bottom first. A module may import those of the rows below its own, wherever in its code it does so.
# `x.*` stands for all modules of a package that no other row names; `x` alone for its __init__.
TABLE = """
      _compat < errors < secrets < _sqlite_forks < _agents, _sqlite_file < _exits, _json, _log, _memo, _sqlite, utils
    < values < carried, moments < vocabulary < hit < params
    < privacy.* < privacy
    < delivery.base < delivery.http, delivery.switch, delivery.session < delivery.transport
    < delivery.retry, delivery.threads, delivery.tokens, delivery.googleauth
    < delivery.lane
    < delivery.direct < delivery.worker < delivery.background < delivery.outbox_file
    < delivery.outbox < delivery.celery_broker < delivery.celery_worker < delivery.celery < delivery
    < providers.checks, providers.counts, providers.options, providers.urls < providers.guard
    < providers.explained, providers.mapping < providers.explaining < providers.base < providers.local, providers.http < providers.online
    < providers.facts, providers.measurement, providers.rows, providers.texts < providers.pages, providers.tp2, providers.trackingapi
    < providers.eventapi < providers.segmentspec
    < providers.google_names, providers.google_visitors < providers.google_events
    < providers.google_rules < providers.google_streams
    < providers.datamanager_answers, providers.datamanager_events
    < providers.* < providers
    < configurations < registry < analytical
    < web.* < web
    < logs.* < logs
    < report.* < report
    < testing.* < testing < pytest_plugin
    < cli.* < cli
    < __main__
"""
LAYERS = [names.replace(",", " ").split() for names in TABLE.split("<")]

# Rows whose modules may import each other; elsewhere neighbours do not know one another.
FREE = {"privacy.*", "web.*", "logs.*", "report.*", "testing.*", "cli.*"}

# (importing module or `x.*`, imported module): why this step up is right.
EXEMPT = {
    ("delivery.celery", "registry"): "it asks whether a worker can make a provider by its name",
    ("delivery.celery_worker", "registry"): "a worker is given names, and has to make providers",
    ("delivery.celery_worker", "configurations"): "of the names that the application chose",
}

# The same, where the import is only one of types, under `if TYPE_CHECKING:`.
FOR_TYPES = {
    ("delivery.*", "providers.base"): "a delivery is handed the provider that it delivers for",
    ("providers.checks", "providers.base"): "checks read the tables of a provider's class",
    ("providers.counts", "providers.base"): "at exit it asks providers for their numbers",
}

# The package itself offers everything by its lazy functions, so what it imports is not looked at.
ROOT = "analytical"

MAX_FILE_LINES = 300
MAX_FUNCTION_LINES = 40  # without its docstring

Module = collections.namedtuple("Module", "name is_package source tree")


def load(folder):
    """Parse every module under a package folder: {name without 'analytical.': Module}."""
    modules = {}
    for directory, _, files in os.walk(folder):
        for path in (os.path.join(directory, name) for name in files if name.endswith(".py")):
            parts = os.path.relpath(path, folder)[: -len(".py")].split(os.sep)
            is_package = parts[-1] == "__init__"
            name = ".".join(parts[:-1] if is_package else parts) or ROOT
            with io.open(path, "rb") as file:
                source = file.read()
            modules[name] = Module(name, is_package, source, ast.parse(source, str(path)))
    return modules


def patterns(name):
    """Name a module as the tables may: by its own name, which comes first, or with a star."""
    return name, name.rpartition(".")[0] + ".*"


def row(name):
    """Find the row of a module, or None."""
    for pattern in patterns(name):
        for number, names in enumerate(LAYERS):
            if pattern in names:
                return number
    return None


def targets(module, node, modules):
    """Name the modules of the package that an import statement asks for."""
    if isinstance(node, ast.Import):
        dotted = [(alias.name, alias.name) for alias in node.names]
    else:
        base = origin(module, node)
        dotted = [(base, base + "." + alias.name) for alias in node.names]
    for base, full in dotted:
        if base == ROOT or base.startswith(ROOT + "."):
            yield short(full) if short(full) in modules else short(base)


def origin(module, node):
    """Spell out where a `from` statement looks, dots resolved."""
    if not node.level:
        return node.module
    package = [ROOT] + ([] if module.name == ROOT else module.name.split("."))
    up = node.level - 1 if module.is_package else node.level
    return ".".join(package[: len(package) - up] + ([node.module] if node.module else []))


def short(dotted):
    """Drop the package's own name, as the table does."""
    return dotted[len(ROOT) + 1 :] or ROOT


def steps_up(modules):
    """List the imports that do not point down, and the modules that the table does not know."""
    for module in modules.values():
        if row(module.name) is None:
            yield "%s is not in TABLE: give it a place" % module.name
        elif module.name != ROOT:
            running = set(executed(ast.iter_child_nodes(module.tree)))
            for node, name in imports(module, modules, ast.walk(module.tree)):
                if name not in modules:
                    yield at(module, node) + "imports %s, which does not exist" % name
                elif not allowed(module.name, name, node in running):
                    yield at(module, node) + "imports %s, which is not below it" % name


def imports(module, modules, nodes):
    """Give the import statements among nodes, each with a module of the package it asks for."""
    for node in nodes:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            for name in targets(module, node, modules):
                yield node, name


def at(module, node):
    """Say where a problem is."""
    return "%s, line %d, " % (module.name, node.lineno)


def allowed(importer, imported, runs):
    """Tell whether the tables let one module import another, in code that runs or for its types."""
    above, below = row(importer), row(imported)
    if below is None or below < above or importer == imported:
        return True
    if below == above and FREE.intersection(LAYERS[above]):
        return True
    pairs = [(name, imported) for name in patterns(importer)]
    return any(pair in EXEMPT or (pair in FOR_TYPES and not runs) for pair in pairs)


def executed(nodes, functions=True):
    """Give nodes and those within them, but for types; without functions, at import only."""
    for node in nodes:
        if isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING":
            children = node.orelse
        elif isinstance(node, ast.FunctionDef) and not functions:
            children = []
        else:
            yield node
            children = ast.iter_child_nodes(node)
        for inner in executed(children, functions):
            yield inner


def cycles(modules):
    """List the circles of modules that import each other as they are imported."""
    graph = {
        module.name: {
            name
            for _, name in imports(module, modules, executed(module.tree.body, functions=False))
            if name in modules and name != module.name
        }
        for module in modules.values()
    }
    found = set()
    for start in graph:
        _follow(graph, [start], found)
    return found


def _follow(graph, path, found):
    for name in sorted(graph[path[-1]]):
        if name == path[0]:
            found.add(" -> ".join(path + [name]))
        elif name > path[0] and name not in path:  # each circle once, from its first name
            _follow(graph, path + [name], found)


def too_long(modules):
    """List the files and functions that should be divided."""
    for module in modules.values():
        lines = len(module.source.splitlines())
        if lines > MAX_FILE_LINES:
            yield "%s has %d lines" % (module.name, lines)
        for node in ast.walk(module.tree):
            if isinstance(node, ast.FunctionDef) and length(node) > MAX_FUNCTION_LINES:
                yield at(module, node) + "%s has %d lines" % (node.name, length(node))


def length(function):
    """Count the lines of a function, its docstring left out."""
    last = max(
        getattr(node, "end_lineno", None) or getattr(node, "lineno", 0)
        for node in ast.walk(function)
    )
    docstring = ast.get_docstring(function, clean=False)
    inside = len(docstring.splitlines()) if docstring else 0
    return last - function.lineno + 1 - inside


def unused(modules):
    """List the imported names that neither code nor type comments use; a linter sees only code."""
    for module in modules.values():
        used = {node.id for node in ast.walk(module.tree) if isinstance(node, ast.Name)}
        for comment in re.findall(r"#\s*type:(.*)", module.source.decode("utf-8")):
            used.update(re.findall(r"\w+", comment))
        for node, name in imported_names(module):
            if name not in used:
                yield at(module, node) + "imports %s and does not use it" % name


def imported_names(module):
    """Give the names that a module imports for its own use; an __init__ imports them for others."""
    for node in ast.walk(module.tree):
        if isinstance(node, (ast.Import, ast.ImportFrom)) and not module.is_package:
            if getattr(node, "module", "") != "__future__":
                for alias in node.names:
                    yield node, alias.asname or alias.name.partition(".")[0]


@pytest.fixture(scope="module")
def package():
    """Give the modules of the package under test."""
    return load(os.path.dirname(os.path.abspath(analytical.__file__)))


def report(problems):
    """Fail with one line for each problem."""
    problems = sorted(set(problems))
    assert not problems, "\n" + "\n".join(problems)


def test_imports_point_down(package):
    """Every import of the package, lazy ones and those for types included, goes to a lower layer."""
    report(steps_up(package))


def test_no_import_cycles(package):
    """No module is imported while it is being imported."""
    report(cycles(package))


def test_nothing_is_long(package):
    """Files and functions stay short enough to be read at once."""
    report(too_long(package))


def test_no_unused_imports(package):
    """Every imported name is used."""
    report(unused(package))


TYPES = "if TYPE_CHECKING:\n    "


@pytest.mark.parametrize(
    ("check", "path", "source", "problem"),
    [
        (steps_up, "errors.py", "def f():\n    from . import hit", "errors, line 2, imports hit"),
        (steps_up, "errors.py", "import analytical.hit", "errors, line 1, imports hit"),
        (steps_up, "utils.py", "from ._log import f", "utils, line 1, imports _log"),
        (steps_up, "web/wsgi.py", "from ..cli import f", "web.wsgi, line 1, imports cli"),
        (steps_up, "errors.py", "from .lost import f", "errors, line 1, imports lost, which does"),
        (steps_up, "novel.py", "", "novel is not in TABLE"),
        (steps_up, "hit.py", TYPES + "from .cli import f", "hit, line 2, imports cli"),
        (
            cycles,
            "web/wsgi.py",
            "class C:\n    from . import visit",
            "web.visit -> web.wsgi -> web.v",
        ),
        (too_long, "hit.py", "\n" * 301, "hit has 301 lines"),
        (too_long, "hit.py", "def f():\n" + "    1\n" * 40, "hit, line 1, f has 41 lines"),
        (unused, "errors.py", "from re import I, M  # type: I", "errors, line 1, imports M"),
    ],
)
def test_the_checks_see(tmpdir, check, path, source, problem):
    """Each check reports, by place and name, what it is there to find, and nothing else."""
    tmpdir.join("web", "visit.py").write("from . import wsgi\nwsgi", ensure=True)
    for name in ("__init__.py", "hit.py", "_log.py", "cli.py", "web/__init__.py", "web/wsgi.py"):
        tmpdir.join(*name.split("/")).write("")
    tmpdir.join(*path.split("/")).write(source)
    (found,) = check(load(str(tmpdir)))
    assert found.startswith(problem)
