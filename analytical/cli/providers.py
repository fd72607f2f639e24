"""analytical providers: the platforms, and what each takes."""

from __future__ import absolute_import, division, print_function, unicode_literals

import inspect
import itertools
import textwrap

import six

from .. import registry
from ..errors import AnalyticalError
from ..providers.local import LocalProvider
from ..vocabulary import CONTROL, FIELDS
from .parsing import add_json
from .terminal import cut

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Text

    from .parsing import Parser
    from .terminal import Terminal


def configure(parser):
    # type: (Parser) -> None
    """Add the command's arguments."""
    parser.show_usage("[NAME]")
    parser.add_argument("name", nargs="?", metavar="NAME", help="the platform to describe")
    add_json(parser)


def run(parser, arguments, terminal):
    # type: (Parser, Any, Terminal) -> int
    """Do what the arguments say; give the exit code."""
    if arguments.name:
        facts = describe(arguments.name)
        terminal.json(facts) if arguments.json else _say_facts(terminal, facts)
        return 0
    rows = [summarize(name) for name in registry.names()]
    if arguments.json:
        terminal.json(rows)
    else:
        _say_list(terminal, rows)
    return 0


def summarize(name):
    # type: (Text) -> Dict[Text, Any]
    """Say in a line what a provider is, or what keeps it from being one here."""
    try:
        provider = registry.provider_class(name)
    except AnalyticalError as error:  # a missing package's says what to install
        return {"name": name, "usable": False, "summary": six.text_type(error)}
    except Exception as error:  # of another package, which must not hide the rest
        text = "it cannot be imported: " + type(error).__name__
        return {"name": name, "usable": False, "summary": text}
    return {"name": name, "usable": True, "summary": summary(provider)}


def _say_list(terminal, rows):
    # type: (Terminal, List[Dict[Text, Any]]) -> None
    width = max(len(row["name"]) for row in rows)
    for row in rows:
        text = terminal.shown(row["summary"])
        if row["usable"]:  # else it holds the command that helps, and stays whole
            text = cut(text, max(terminal.width - width - 2, 20))
        terminal.say("%-*s  %s" % (width, row["name"], text))
    terminal.say()
    terminal.say("analytical providers NAME tells the options and fields of one.")


def account(provider):
    # type: (Any) -> Text
    """Say what a provider class takes as its account."""
    return six.ensure_text(provider.account)


def summary(provider):
    # type: (Any) -> Text
    """Give the first paragraph of a provider class's documentation, in one line."""
    text = six.ensure_text(inspect.getdoc(provider) or "")
    return " ".join(text.partition("\n\n")[0].replace("``", "").split())


def describe(name):
    # type: (Text) -> Dict[Text, Any]
    """
    Collect what a provider takes.

    :raises UnknownProvider: for a name that nobody registered
    """
    provider = registry.provider_class(name)
    supported = supported_fields(provider)
    return {
        "name": name,
        "account": account(provider),
        "summary": summary(provider),
        "options": [
            {
                "name": option.name,
                "kind": option.kind,
                "default": _plain(option.default),
                "meaning": option.meaning,
            }
            for option in provider.OPTIONS + provider.COMMON_OPTIONS
        ],
        "required": {kind: list(lines) for kind, lines in provider.REQUIRED.items()},
        "fields": [field.name for field in FIELDS if field.name in supported],
        "unsupported": [field.name for field in FIELDS if field.name not in supported],
    }


def _plain(value):
    # type: (Any) -> Any
    """Give a default as JSON can carry it; None stands for none, and for an empty tuple too."""
    if value is None or isinstance(value, (bool, int, float, six.text_type)):
        return value
    return six.ensure_text(repr(value)) if value else None


def supported_fields(provider):
    # type: (Any) -> Any
    """Give the names of the fields that a provider class has a place for."""
    if issubclass(provider, LocalProvider):
        return {field.name for field in FIELDS}
    hooks = (name[len("set_") :] for name in dir(provider) if name.startswith("set_"))
    tables = (provider.RENAMES, provider.BUILT, provider.PROPERTIES, CONTROL, hooks)
    return set(itertools.chain(*tables))


def _say_facts(terminal, facts):
    # type: (Terminal, Dict[Text, Any]) -> None
    _say_wrapped(terminal, "%s: %s" % (facts["name"], facts["summary"]))
    _say_wrapped(terminal, "Takes %s as its account." % facts["account"])
    terminal.say()
    terminal.say("Options:")
    for option in facts["options"]:
        default = "" if option["default"] is None else ", default %s" % (option["default"],)
        terminal.say(terminal.shown("  %s (%s%s)" % (option["name"], option["kind"], default)))
        _say_wrapped(terminal, option["meaning"], "      ")
    if facts["required"]:
        terminal.say()
        terminal.say("Required fields:")
    for kind, lines in sorted(facts["required"].items()):
        _say_wrapped(terminal, "%s: %s" % (kind, ", ".join(lines)), "  ")
    for head, names in (("Fields", facts["fields"]), ("No place for", facts["unsupported"])):
        if names:
            terminal.say()
            terminal.say("%s:" % head)
            _say_wrapped(terminal, ", ".join(names), "  ")


def _say_wrapped(terminal, text, indent=""):
    # type: (Terminal, Text, Text) -> None
    width = max(terminal.width, 40)
    for line in textwrap.wrap(
        text, width, initial_indent=indent, subsequent_indent=indent, break_long_words=False
    ):
        terminal.say(terminal.shown(line))
