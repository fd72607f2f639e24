"""What differs between Python versions, and only that: the rest of the package does not ask."""

from __future__ import absolute_import, division, print_function, unicode_literals

import os
import re
import sys
import time

import six
from six.moves.urllib import parse as _parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Text, Union

# Python 2 has no clock that cannot be set; there a deadline follows the wall clock.
monotonic = getattr(time, "monotonic", time.time)


class _Process(object):
    """
    Tells which process this is.

    :ivar int pid: as ``os.getpid()`` gives it
    """

    pid = property(lambda self: os.getpid())


class _HookedProcess(object):
    """The same without asking the system, which a hit would do three times on its way."""

    def __init__(self):
        # type: () -> None
        self.note()

    def note(self):
        # type: () -> None
        self.pid = os.getpid()


def this_process():
    # type: () -> Union[_Process, _HookedProcess]
    """Give the object that tells, by what the interpreter offers."""
    at_fork = getattr(os, "register_at_fork", None)  # since Python 3.7
    if at_fork is None or "uwsgi" in sys.modules:  # which forks behind the interpreter's back
        return _Process()
    known = _HookedProcess()
    at_fork(after_in_child=known.note)
    if hasattr(sys, "pypy_version_info"):
        at_fork(after_in_child=_forget_import_locks)
    return known


def _forget_import_locks():
    # type: () -> None
    """
    Forget, in a forked child, the locks of modules that threads of the parent held.

    PyPy takes a module's lock at each import statement, though the module is there, and requests has some on
    the way of a request: a child of a process with a thread of ours would wait for ever at its first one.
    """
    bootstrap = sys.modules.get("importlib._bootstrap") or sys.modules.get("_frozen_importlib")
    getattr(bootstrap, "_module_locks", {}).clear()


process = this_process()

_is_ascii = getattr(
    six.text_type, "isascii", None
)  # since Python 3.7; looks at a flag of the string

# Pairs are how a narrow build of Python 2 spells one character beyond U+FFFF; only the lone ones are wrong.
_LONE_SURROGATE = re.compile(
    "[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]"
    if six.PY2
    else "[\ud800-\udfff]"
)


def encodable(text):
    # type: (Text) -> bool
    """Tell whether text can be written as UTF-8, which a lone surrogate prevents."""
    if _is_ascii is not None and _is_ascii(text):
        return True
    if six.PY2:  # its codec writes lone surrogates, which no one can read back
        return _LONE_SURROGATE.search(text) is None
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


# Text that needs no second look, told at once where the interpreter can: since Python 3.7, for ASCII.
is_plain = encodable if _is_ascii is None else _is_ascii  # type: Callable[[Text], bool]


def unquote(text):
    # type: (Text) -> Text
    """Percent-decode text as UTF-8; ``+`` stays a plus."""
    if six.PY2:
        return six.ensure_text(_parse.unquote(six.ensure_str(text)), errors="replace")
    return _parse.unquote(text)


def type_name(value):
    # type: (Any) -> Text
    """Name a value's type as Python 3 does, whatever runs."""
    name = type(value).__name__
    if six.PY2:
        return {"unicode": "str", "str": "bytes", "long": "int"}.get(name, six.ensure_text(name))
    return name
