"""The files that the page is made of, as text: template, styles, scripts, and the chart library."""

from __future__ import absolute_import, division, print_function, unicode_literals

import base64
import hashlib
import json
import pkgutil

import six

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Text

PACKAGE = "analytical.report"
LIBRARY = "uPlot 1.6.32"

# What could end the element that holds it, or a line of script, as JSON spells it.
_ESCAPES = tuple((char, "\\u%04x" % ord(char)) for char in "<>&\u2028\u2029")
_read = {}  # type: Dict[Text, Text]


def read(name):
    # type: (Text) -> Text
    """Read a file of this package, wherever the package is installed; lines end by LF."""
    if name not in _read:
        content = pkgutil.get_data(str(PACKAGE), str(name)) or b""
        # As a browser reads it, or the hash of its content would be another.
        _read[name] = content.decode("utf-8").replace("\r\n", "\n")
    return _read[name]


def style():
    # type: () -> Text
    """Give all styles of the page, the library's first."""
    return _licence() + read("vendor/uPlot.min.css") + "\n" + read("style.css")


def script():
    # type: () -> Text
    """Give the script at the end of the page: the library with its licence, and ours."""
    return _licence() + read("vendor/uPlot.iife.min.js") + read("script.js")


def early_script():
    # type: () -> Text
    """Give the script that runs before anything is shown."""
    return read("early.js")


def _licence():
    # type: () -> Text
    return "/*! %s\n\n%s\n*/\n" % (LIBRARY, read("vendor/uPlot.LICENSE.txt").strip())


def source(text):
    # type: (Text) -> Text
    """
    Name an inline style or script in a Content-Security-Policy.

    >>> print(source(''))
    'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='
    """
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return "'sha256-%s'" % base64.b64encode(digest).decode("ascii")


def script_json(value):
    # type: (Any) -> Text
    r"""
    Write a value as JSON that can stand in a script element.

    >>> print(script_json(['</script>']))
    ["\u003c/script\u003e"]
    """
    text = six.ensure_text(json.dumps(value, sort_keys=True, separators=(str(","), str(":"))))
    for char, escape in _ESCAPES:
        text = text.replace(char, escape)
    return text
