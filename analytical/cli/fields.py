"""The vocabulary as options of a command, and back into params."""

from __future__ import absolute_import, division, print_function, unicode_literals

from .. import _json
from ..secrets import show_name
from ..vocabulary import FIELDS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, Iterable, Text

    from ..vocabulary import Field
    from .parsing import Parser

_DEST = "field_"  # keeps --name, --value and the like apart from a command's own options
_WORDS = {
    "text": "TEXT",
    "integer": "NUMBER",
    "number": "NUMBER",
    "money": "AMOUNT",
    "time": "TIME",
    "boolean": "yes|no",
    "properties": "NAME=TEXT",
    "texts": "N=TEXT",
    "numbers": "N=NUMBER",
    "items": "JSON",
    "consent": "NAME=yes|no",
    "extra": "JSON",
}
_REPEATED = ("properties", "texts", "numbers", "items", "consent", "extra")
_LISTS = ("items",)


def add_fields(parser, leave_out=()):
    # type: (Parser, Iterable[Text]) -> None
    """Add one option for each field of the vocabulary, and ``--param`` for all other names."""
    group = parser.add_argument_group(
        "fields",
        "NAME=TEXT may be repeated, NAME:=JSON gives a number or another JSON value, and a JSON "
        "object gives several at once.",
    )
    for field in FIELDS:
        if field.name not in leave_out:
            group.add_argument(option(field.name), **_settings(field))
    group.add_argument(
        "--param",
        action="append",
        dest=_DEST + "param",
        metavar="NAME=TEXT",
        help="any parameter by its readable or protocol name, such as cd1=blue",
    )


def option(name):
    # type: (Text) -> Text
    """Give the option of a field."""
    return "--" + name.replace("_", "-")


def _settings(field):
    # type: (Field) -> Dict[str, Any]
    parameter = " (%s)" % field.parameter if field.parameter else ""
    settings = {
        "dest": _DEST + field.name,
        "help": (field.meaning + parameter).replace("%", "%%"),
    }  # type: Dict[Any, Any]
    if field.kind == "presence":
        return dict(settings, action="store_const", const=True)
    settings["metavar"] = _WORDS[field.kind]
    if field.kind == "boolean":
        return dict(settings, nargs="?", const="yes")
    if field.kind in _REPEATED:
        return dict(settings, action="append")
    return settings


def read_fields(arguments, error):
    # type: (Any, Callable[[Text], Any]) -> Dict[Text, Any]
    """
    Collect the fields that were given, unchecked but for their form.

    :param arguments: what the parser returned
    :param error: called with a text for what has not the form that the option takes; raises
    """
    params = {}  # type: Dict[Text, Any]
    for field in FIELDS:
        given = getattr(arguments, str(_DEST + field.name), None)
        if given is None:
            continue
        if field.kind in _LISTS:
            params[field.name] = _read_list(option(field.name), given, error)
        elif field.kind in _REPEATED:
            params[field.name] = _read_pairs(option(field.name), given, error)
        else:
            params[field.name] = given
    others = _read_pairs("--param", getattr(arguments, str(_DEST + "param"), None) or (), error)
    for name in others:
        if name in params:
            error("--param %s: %s says the same" % (show_name(name), option(show_name(name))))
    params.update(others)
    return params


def _read_pairs(name, given, error):
    # type: (Text, Iterable[Text], Callable[[Text], Any]) -> Dict[Text, Any]
    result = {}  # type: Dict[Text, Any]
    for text in given:
        key, separator, value = text.partition("=")
        if text.lstrip().startswith("{"):
            result.update(_read_json(name, text, error))
        elif not separator or not key.rstrip(":"):
            error("%s takes NAME=TEXT, NAME:=JSON, or a JSON object" % name)
        elif key.endswith(":"):
            result[key[:-1]] = _read_json(name, value, error)
        else:
            result[key] = value
    return result


def _read_list(name, given, error):
    # type: (Text, Iterable[Text], Callable[[Text], Any]) -> Any
    result = []
    for text in given:
        value = _read_json(name, text, error)
        result += value if isinstance(value, list) else [value]
    return result


def _read_json(name, text, error):
    # type: (Text, Text, Callable[[Text], Any]) -> Any
    try:
        return _json.loads(text)
    except ValueError:
        return error("%s holds JSON that cannot be read" % name)
