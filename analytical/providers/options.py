"""Options of providers: a table for each class, and how their values are checked and read from text."""

from __future__ import absolute_import, division, print_function, unicode_literals

import difflib
import json
import sys

import six

from ..errors import ConfigurationError
from ..secrets import check_secret, describe, show_name
from ..values import boolean, integer, number, properties, text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, Iterable, Mapping, Sequence, Text, Tuple


class Option(object):
    """
    One option of a provider.

    :ivar str name: the keyword
    :ivar str kind: ``flag``, ``seconds``, ``integer``, ``text``, ``secret``, ``map`` (a dict, or JSON
        text of one), ``callable`` or ``object``
    :ivar default: the value when it is not given
    :ivar str meaning: one line, for docs and the command line
    """

    __slots__ = tuple(str(name) for name in ("name", "kind", "default", "meaning"))

    def __init__(self, name, kind, default, meaning):
        # type: (Text, Text, Any, Text) -> None
        self.name = name
        self.kind = kind
        self.default = default
        self.meaning = meaning

    def check(self, value):
        # type: (Any) -> Any
        """
        Give the value in its type.

        :raises ConfigurationError: for a value of another type
        """
        if value is None:
            return self.default
        try:
            return _CHECKS[self.kind](self.name, value)
        except ValueError as error:
            problem = six.text_type(error)
        # Raised outside the handler: what failed underneath may repeat the value, a credential perhaps.
        raise ConfigurationError("%s= %s" % (self.name, problem))


COMMON = (
    Option(
        "delivery",
        "object",
        "direct",
        "how hits leave: 'direct', 'background', 'celery', 'outbox:///path', or a Delivery",
    ),
    Option(
        "processors",
        "object",
        (),
        "callables hit -> hit or None, run in order before all else; or the name of a preset",
    ),
    Option("strict", "flag", False, "raise InvalidHit for what validate() finds"),
    Option("fail_silently", "flag", True, "log and return a false Outcome instead of raising"),
    Option(
        "disabled", "flag", False, "send and store nothing; ANALYTICAL_DISABLED=1 does it for all"
    ),
    Option("timeout", "seconds", None, "seconds that one attempt to deliver may take; 3"),
    Option(
        "at_least_once",
        "flag",
        False,
        "send again what was sent and not answered, though it may count twice",
    ),
    Option("on_drop", "callable", None, "called with (hit, reason) for each hit that is given up"),
    Option("asynchronously", "flag", False, "the same as delivery='celery'; the name of 0.0.1"),
)


def _flag(name, value):
    # type: (Text, Any) -> bool
    return boolean(value)


def _seconds(name, value):
    # type: (Text, Any) -> float
    seconds = float(number(value))
    if not 0 < seconds <= 3600:
        raise ValueError("takes seconds, more than 0 and at most 3600")
    return seconds


def _integer(name, value):
    # type: (Text, Any) -> int
    whole = integer(value)
    if whole < 0:
        raise ValueError("takes a whole number, 0 or more")
    return whole


def _text(name, value):
    # type: (Text, Any) -> Text
    if not isinstance(value, (six.text_type, bytes)):
        raise ValueError("takes text, not %s" % describe(value))
    return text(value)


def stripped(value):
    # type: (Any) -> Text
    """Give text without the white space around it; nothing for what is no text."""
    try:
        return text(value).strip() if isinstance(value, (six.text_type, bytes)) else ""
    except ValueError:
        return ""


def _map(name, value):
    # type: (Text, Any) -> Dict[Text, Any]
    if isinstance(value, (six.text_type, bytes)):
        try:
            value = json.loads(_text(name, value))
        except ValueError:
            raise ValueError("takes a dict, or JSON text of one (this is %s)" % describe(value))
    return properties(value)


def _callable(name, value):
    # type: (Text, Any) -> Any
    if not callable(value):
        raise ValueError("takes a callable, not %s" % describe(value))
    return value


def _object(name, value):
    # type: (Text, Any) -> Any
    return value


_CHECKS = {
    "flag": _flag,
    "seconds": _seconds,
    "integer": _integer,
    "text": _text,
    "secret": check_secret,
    "map": _map,
    "callable": _callable,
    "object": _object,
}  # type: Dict[Text, Callable[[Text, Any], Any]]


def read_options(owner, table, given):
    # type: (Text, Sequence[Option], Mapping[str, Any]) -> Dict[Text, Any]
    """
    Check what was given against a table; every option of the table has a value after.

    :raises ConfigurationError: for an option that the table does not have, or a value of another type
    """
    known = {option.name: option for option in table}
    for name in given:
        if name not in known:
            raise ConfigurationError(unknown_option(owner, name, known))
    return {name: option.check(given.get(str(name))) for name, option in known.items()}


def require(owner, options, name, what):
    # type: (Text, Mapping[Text, Any], Text, Text) -> None
    """
    Check that an option without a default was given.

    :param what: what it is and where a user finds it, for the error
    :raises ConfigurationError: where it was not
    """
    if not options[name]:
        raise ConfigurationError("%s needs %s=, %s" % (owner, name, what))


def unknown_option(owner, name, known):
    # type: (Text, Any, Iterable[Text]) -> Text
    """Word the error for an option that a provider does not have."""
    return "%s has no option %s%s; it has %s" % (
        owner,
        show_name(name),
        suggestion(name, known),
        ", ".join(sorted(known)),
    )


def suggestion(name, known):
    # type: (Any, Iterable[Text]) -> Text
    """Word the question after the nearest known name, or nothing where none is near."""
    near = difflib.get_close_matches(show_name(name).lower(), list(known), 1)
    return " (did you mean %s?)" % near[0] if near else ""


def check_processors(processors):
    # type: (Any) -> Tuple[Callable[[Any], Any], ...]
    """
    Give the processors as a tuple: those of a list, one callable, or those that text names.

    :raises ConfigurationError: for anything else
    """
    if isinstance(processors, (six.text_type, bytes)):
        from ..privacy.named import named  # only now: importing a provider stays light

        processors = named(stripped(processors))
    elif callable(processors):
        processors = [processors]
    if not isinstance(processors, (list, tuple)) or not all(map(callable, processors)):
        raise ConfigurationError(
            "processors= takes a list of callables hit -> hit or None, not %s"
            % describe(processors)
        )
    for processor in processors:
        _refuse_uncalled(processor)
    return tuple(processors)


def _refuse_uncalled(processor):
    # type: (Any) -> None
    """Refuse what makes processors in the place of a processor: it would drop every hit."""
    privacy = sys.modules.get("analytical.privacy")
    name = getattr(processor, "__name__", None)
    if privacy is not None and name and getattr(privacy, name, None) is processor:
        raise ConfigurationError(
            "processors= got analytical.privacy.%s itself, which makes processors: call it, %s(...)"
            % (name, name)
        )
