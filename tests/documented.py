"""Load an example of the documentation as a module."""

from __future__ import absolute_import, division, print_function, unicode_literals

import os
import types

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, "docs", "examples")

_loaded = []  # kept: Python 2 clears the globals of a module that is freed


def load(name):
    """Run docs/examples/NAME.py and give it as a module."""
    path = os.path.join(FOLDER, name + ".py")
    module = types.ModuleType(str(name))
    with open(path) as file:
        exec(compile(file.read(), path, "exec"), module.__dict__)
    _loaded.append(module)
    return module
