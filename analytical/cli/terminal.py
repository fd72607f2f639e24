"""Text in and out: arguments as text, output that no encoding refuses and no title can hijack."""

from __future__ import absolute_import, division, print_function, unicode_literals

import json
import locale
import os
import re
import shutil
import sys
import unicodedata

import six

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List, Sequence, Text

PREFIX = "analytical: "
DEFAULT_WIDTH = 80  # columns, where nobody says how many there are
_CUT = "..."
_PAIR = "[\ud800-\udbff][\udc00-\udfff]"  # one character beyond U+FFFF on narrow builds of Python 2
# What can move the cursor, recolour, retitle or reorder what a terminal shows, or hides in it: control
# characters (C0, DEL, C1), format characters but for the joiners of scripts and emoji, lone surrogates.
_HARMFUL = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
    "|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]"
)
_CHARACTER = re.compile("(?:%s)|." % _PAIR, re.DOTALL)


def argument_texts(arguments):
    # type: (Sequence[Any]) -> List[Text]
    """
    Decode arguments as UTF-8, whatever the locale claims; as the locale says where they are not.

    Python 2 gives them as bytes, and Python 3 below 3.7 reads them as ASCII in the C locale.
    """
    return [_argument_text(argument) for argument in arguments]


def _argument_text(argument):
    # type: (Any) -> Text
    if not isinstance(argument, bytes):
        try:
            argument = os.fsencode(argument) if six.PY3 else argument.encode("utf-8")  # novermin
        except UnicodeEncodeError:  # text from a caller of main() that no command line can hold
            return argument  # type: ignore[no-any-return]
    try:
        return argument.decode("utf-8")  # type: ignore[no-any-return]
    except UnicodeDecodeError:
        return argument.decode(_preferred(), "replace")  # type: ignore[no-any-return]


def _preferred():
    # type: () -> Text
    return six.ensure_text(locale.getpreferredencoding() or "ascii")


def visible(text):
    # type: (Text) -> Text
    r"""
    Spell out what would act on a terminal instead of being shown.

    >>> print(visible('Home\x1b[2J\nand away'))
    Home\x1b[2J\x0aand away
    """
    return _HARMFUL.sub(_spell, text)


def _spell(match):
    # type: (Any) -> Text
    number = ord(match.group())
    return ("\\x%02x" if number < 256 else "\\u%04x") % number


def columns(text):
    # type: (Text) -> int
    """
    Count the columns that text takes on a terminal.

    >>> columns('abc'), columns('\u65e5\u672c'), columns('e\u0301')
    (3, 4, 1)
    """
    if all(char < "\x7f" for char in text):
        return len(text)
    return sum(_character_columns(match.group()) for match in _CHARACTER.finditer(text))


def _character_columns(character):
    # type: (Text) -> int
    if len(character) > 1:
        return 2  # beyond U+FFFF: emoji and ideographs, nearly all of them wide
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1


def cut(text, width):
    # type: (Text, int) -> Text
    """
    Shorten text to so many columns, at least 3.

    >>> print(cut('A long title', 8))
    A lon...
    """
    if columns(text) <= width:
        return text
    kept, used = [], len(_CUT)
    for match in _CHARACTER.finditer(text):
        used += _character_columns(match.group())
        if used > width:
            break
        kept.append(match.group())
    return "".join(kept) + _CUT


class Terminal(object):
    """
    Where a command writes: results to the standard output, all else to the standard error.

    What the output's encoding lacks is written as an escape, so nothing raises a UnicodeError.
    """

    def __init__(self, out=None, err=None):
        # type: (Any, Any) -> None
        self.out = sys.stdout if out is None else out
        self.err = sys.stderr if err is None else err
        self._progress = 0  # columns of the progress line that stands there

    @property
    def width(self):
        # type: () -> int
        """Count the columns of the terminal; COLUMNS in the environment overrides it."""
        size = getattr(shutil, "get_terminal_size", None)  # since Python 3.3
        if size is not None:
            return size((DEFAULT_WIDTH, 24)).columns  # type: ignore[no-any-return]
        given = os.environ.get("COLUMNS", "")
        return int(given) if given.isdigit() and int(given) else DEFAULT_WIDTH

    def shown(self, value):
        # type: (Any) -> Text
        """Give a value as the output will show it: no controls, in the output's characters."""
        if not isinstance(value, six.text_type):
            value = json.dumps(value, sort_keys=True, ensure_ascii=False)
            value = six.ensure_text(value)
        return _encodable(visible(value), _encoding(self.out))

    def say(self, text=""):
        # type: (Text) -> None
        """Write a line to the standard output; the caller has made its parts safe by shown()."""
        self._clear()
        _write(self.out, text + "\n")

    def json(self, value):
        # type: (Any) -> None
        """Write a value as one line of JSON, in ASCII."""
        self.say(six.ensure_text(json.dumps(value, sort_keys=True)))

    def note(self, text):
        # type: (Text) -> None
        """Write a line to the standard error."""
        self._clear()
        _write(self.err, visible(text) + "\n")

    def error(self, text):
        # type: (Text) -> None
        """Say in one line what is wrong."""
        self.note("%serror: %s" % (PREFIX, text))

    def warn(self, text):
        # type: (Text) -> None
        """Say in one line what is odd, and no reason to stop."""
        self.note("%swarning: %s" % (PREFIX, text))

    def progress(self, text):
        # type: (Text) -> None
        """Show how far it is, in one line that the next one replaces; only to a person."""
        if self.err is None or not self.err.isatty():
            return
        text = cut(text, max(self.width - 1, 10))
        _write(self.err, "\r" + text + " " * max(self._progress - len(text), 0))
        self.err.flush()
        self._progress = len(text)

    def _clear(self):
        # type: () -> None
        if self._progress:
            _write(self.err, "\r" + " " * self._progress + "\r")
            self._progress = 0

    def flush(self):
        # type: () -> None
        """Bring out what is written, so that a broken pipe shows here and not at exit."""
        self._clear()
        for stream in (self.out, self.err):
            if stream is not None:
                stream.flush()


def _encoding(stream):
    # type: (Any) -> Text
    return getattr(stream, "encoding", None) or (_preferred() if six.PY2 else "utf-8")


def _encodable(text, encoding):
    # type: (Text, Text) -> Text
    return text.encode(encoding, "backslashreplace").decode(encoding)


def _write(stream, text):
    # type: (Any, Text) -> None
    if stream is None:  # closed by who started us
        return
    encoding = _encoding(stream)
    if six.PY2 and not hasattr(stream, "buffer"):
        stream.write(text.encode(encoding, "backslashreplace"))
    else:
        stream.write(_encodable(text, encoding))


def discard_output():
    # type: () -> None
    """Point the standard output nowhere, for its reader is gone and Python would complain at exit."""
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
    except (AttributeError, OSError, ValueError):  # replaced by something that is no file
        pass
