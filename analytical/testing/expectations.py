"""What a test expects of a hit, compared with the hits that were sent; errors show values."""

from __future__ import absolute_import, division, print_function, unicode_literals

import datetime
import numbers

import six

from ..hit import describe_problems
from ..params import ALIASES, INDEXED, read
from ..providers.options import suggestion
from ..vocabulary import BY_NAME, HIT_TYPES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterable, List, Optional, Sequence, Text

# What params take; anything else that stands for a value is compared as it is.
PLAIN = (
    six.text_type,
    bytes,
    bool,
    numbers.Number,
    dict,
    list,
    tuple,
    datetime.date,
)
SHOWN = 3  # hits in an error


class _Absent(object):
    def __repr__(self):
        # type: () -> str
        return str("(no such field)")


ABSENT = _Absent()


class Expected(object):
    """
    What a hit shall be.

    :raises ValueError: for an unknown hit type, and for values that no hit can have
    """

    def __init__(self, hit_type, provider, fields):
        # type: (Optional[Text], Optional[Text], Dict[str, Any]) -> None
        if hit_type is not None and hit_type not in HIT_TYPES:
            raise ValueError(
                "there is no hit type %r%s" % (str(hit_type), suggestion(hit_type, HIT_TYPES))
            )
        self.type = hit_type
        self.provider = provider
        plain = {name: value for name, value in fields.items() if isinstance(value, PLAIN)}
        hit = read(hit_type or "pageview", plain)
        if hit.invalid:
            raise ValueError("no hit can have this: " + describe_problems(hit.problems()))
        self.fields = dict(hit.fields)  # type: Dict[Text, Any]
        self.fields.update(hit.other)
        for name, value in fields.items():
            if name not in plain:
                known = ALIASES[name][0] if name in ALIASES else six.ensure_text(name)
                self.fields[known] = ABSENT if value is None else value

    def met_by(self, sent):
        # type: (Any) -> bool
        """Tell whether a hit is so."""
        return sent.hit is not None and not self.differences(sent)

    def differences(self, sent):
        # type: (Any) -> List[Text]
        """Name what differs: ``hit type``, ``provider``, fields."""
        found = []
        if self.type is not None and sent.hit.type != self.type:
            found.append("hit type")
        if self.provider is not None and sent.provider.name != self.provider:
            found.append("provider")
        for name in sorted(self.fields):
            if not bool(self.fields[name] == value_of(sent.hit, name)):
                found.append(name)
        return found

    def check_names(self, sent):
        # type: (Iterable[Any]) -> None
        """
        Refuse a name that no hit has and the vocabulary does not know: a slip would count as none.

        :raises ValueError: for such a name
        """
        for name in self.fields:
            if not (name in ALIASES or INDEXED.match(name) or _seen(name, sent)):
                raise ValueError(
                    "no field has the name %r%s" % (str(name), suggestion(name, BY_NAME))
                )

    def lines(self):
        # type: () -> List[Text]
        """Show it."""
        head = self.type or "any hit"
        if self.provider is not None:
            head += " by " + self.provider
        return ["    " + head] + [
            "        %s: %s" % (name, show(self.fields[name])) for name in sorted(self.fields)
        ]


def _seen(name, sent):
    # type: (Text, Iterable[Any]) -> bool
    return any(each.hit is not None and name in each.hit.other for each in list(sent))


def value_of(hit, name):
    # type: (Any, Text) -> Any
    """Give what a hit has under a name of the vocabulary, or one it does not know."""
    return hit.fields.get(name, hit.other.get(name, ABSENT))


def fail(text, expected, sent):
    # type: (Text, Expected, Sequence[Any]) -> None
    """
    Raise the error that shows what was expected, and the hits nearest to it.

    :raises AssertionError: always
    """
    __tracebackhide__ = True
    hits = [each for each in list(sent) if each.hit is not None]
    lines = [text] + expected.lines()
    if not hits:
        lines.append("no hit was sent at all")
    else:
        near = sorted(hits, key=lambda each: len(expected.differences(each)))
        lines.append("%d sent%s:" % (len(hits), ", the nearest" if len(hits) > SHOWN else ""))
        for each in near[:SHOWN]:
            lines.extend(_compared(expected, each))
    raise AssertionError(six.ensure_str("\n".join(lines)))


def _compared(expected, sent):
    # type: (Expected, Any) -> List[Text]
    """Show a hit: first what differs, the values one above the other, then the rest of it."""
    lines = ["    %s by %s" % (sent.hit.type, sent.provider.name)]
    differing = expected.differences(sent)
    for name in differing:
        if name in expected.fields:
            lines.append("      %s:" % name)
            lines.append("        expected %s" % show(expected.fields[name]))
            lines.append("        sent     %s" % show(value_of(sent.hit, name)))
        else:
            lines.append("      another %s" % name)
    rest = dict(sent.hit.other, **sent.hit.fields)
    for name in sorted(rest):
        if name not in differing:
            mark = "=" if name in expected.fields else " "
            lines.append("    %s %s: %s" % (mark, name, show(rest[name])))
    return lines


def show(value):
    # type: (Any) -> Text
    """Show a value as Python 3 writes it, text without the u of Python 2."""
    text = six.ensure_text(repr(value), errors="replace")
    return text[1:] if six.PY2 and isinstance(value, six.text_type) else text
