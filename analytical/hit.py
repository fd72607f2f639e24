"""Hit: one thing that happened, in our vocabulary."""

from __future__ import absolute_import, division, print_function, unicode_literals

import binascii
import os
import time as _time

import six

from ._compat import process
from .secrets import show_name
from .vocabulary import BY_NAME

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterable, List, Optional, Text


class Problem(object):
    """
    One thing wrong with a hit.

    :ivar str field: the name of the field, as in the vocabulary (or as passed, where it has none)
    :ivar str code: ``required``, ``type``, ``limit``, ``conflict``, ``unknown``, ``unsupported`` ...
    :ivar str text: what is wrong, the limit and the way out, in words; holds no value
    """

    __slots__ = (str("field"), str("code"), str("text"))

    def __init__(self, field, code, text):
        # type: (Text, Text, Text) -> None
        self.field = field
        self.code = code
        self.text = text

    def __repr__(self):
        # type: () -> str
        return six.ensure_str("Problem(%s, %s)" % (self.field, self.code))

    def __str__(self):
        # type: () -> str
        return six.ensure_str("%s: %s" % (self.field, self.text))

    def __eq__(self, other):
        # type: (Any) -> bool
        return isinstance(other, Problem) and (self.field, self.code) == (other.field, other.code)

    def __ne__(self, other):
        # type: (Any) -> bool
        return not self == other

    __hash__ = None  # type: ignore[assignment]


class Hit(object):
    """
    One thing that happened: a value; use :meth:`replace` to get a changed one.

    :ivar str type: the hit type: ``pageview``, ``event``, ``transaction`` ...
    :ivar dict fields: readable name -> normal value
    :ivar float time: when it happened, Unix seconds
    :ivar str id: 32 hex digits of a random UUID, fixed for the life of the hit
    :ivar dict raw: what was passed under protocol names whose value has another normal form, by field
    :ivar dict other: what was passed under names that the vocabulary does not know
    :ivar dict invalid: field -> why the value passed is not of the field's kind
    """

    __slots__ = tuple(
        str(name) for name in ("type", "fields", "time", "id", "raw", "other", "invalid")
    )

    def __init__(self, type, fields, time=None, id=None, raw=None, other=None, invalid=None):
        # type: (Text, Dict[Text, Any], Optional[float], Optional[Text], Optional[Dict[Text, Any]], Optional[Dict[Text, Any]], Optional[Dict[Text, Text]]) -> None
        self.type = type
        self.fields = fields
        self.time = _time.time() if time is None else time
        self.id = new_id() if id is None else id
        self.raw = raw or {}
        self.other = other or {}
        self.invalid = invalid or {}

    def get(self, name, default=None):
        # type: (Text, Any) -> Any
        """Give the value of a field, or ``default`` where the hit has none."""
        return self.fields.get(name, default)

    def replace(self, **changes):
        # type: (**Any) -> Hit
        """
        Give a hit with some fields changed; None takes a field away.

        :raises ValueError: for a value that is not of the field's kind
        :raises KeyError: for a name that the vocabulary does not have
        """
        fields = dict(self.fields)
        for name, value in changes.items():
            if value is None:
                fields.pop(name, None)
            else:
                fields[name] = BY_NAME[name].convert(value)
        raw, invalid = self.raw, self.invalid
        if raw or invalid:
            raw = {name: value for name, value in raw.items() if name not in changes}
            invalid = {name: why for name, why in invalid.items() if name not in changes}
        moment = fields.get("timestamp", self.time)
        return Hit(self.type, fields, moment, self.id, raw, dict(self.other), invalid)

    def problems(self):
        # type: () -> List[Problem]
        """List what is wrong with the values passed, whatever the platform."""
        return [Problem(show_name(name), "type", why) for name, why in sorted(self.invalid.items())]

    def __repr__(self):
        # type: () -> str
        return str("Hit(%s, %s, fields: %s)" % (self.type, self.id, ", ".join(sorted(self.fields))))

    def __eq__(self, other):
        # type: (Any) -> bool
        return isinstance(other, Hit) and all(
            getattr(self, name) == getattr(other, name) for name in self.__slots__
        )

    def __ne__(self, other):
        # type: (Any) -> bool
        return not self == other

    __hash__ = None  # type: ignore[assignment]


# Some hundred ids. Each os.urandom() lets another thread run, which a caller whose hits a thread sends would
# wait for; one who takes many at a time seldom does.
_ids = []  # type: List[Text]
_ids_pid = None  # type: Optional[int]
_AT_A_TIME = 256
_VARIANT = dict(zip("0123456789abcdef", "89ab" * 4))
# The marks of a random UUID (RFC 9562, section 5.4), for any byte that stands in their places.
_VERSIONS = bytes(bytearray(0x40 | byte & 0x0F for byte in range(256)))
_VARIANTS = bytes(bytearray(0x80 | byte & 0x3F for byte in range(256)))


def new_id():
    # type: () -> Text
    """Make a random UUID (version 4) as 32 hex digits; ``uuid.uuid4`` takes ten times as long."""
    if _ids_pid != process.pid:
        _forget_ids()
    while True:
        try:
            return _ids.pop()
        except IndexError:  # another thread may take the last
            _ids.extend(_draw())


def _draw():
    # type: () -> List[Text]
    drawn = bytearray(os.urandom(16 * _AT_A_TIME))
    drawn[6::16] = drawn[6::16].translate(_VERSIONS)
    drawn[8::16] = drawn[8::16].translate(_VARIANTS)
    digits = binascii.hexlify(drawn).decode("ascii")
    return [digits[start : start + 32] for start in range(0, len(digits), 32)]


def version_4(digits):
    # type: (Text) -> Text
    """Give 32 hex digits the marks of a random UUID (RFC 9562, section 5.4)."""
    return digits[:12] + "4" + digits[13:16] + _VARIANT[digits[16]] + digits[17:]


def hyphenated(digits):
    # type: (Text) -> Text
    """Write the 32 hex digits of a hit's id as a UUID."""
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def _forget_ids():
    # type: () -> None
    """Leave the parent's ids to the parent."""
    global _ids_pid
    del _ids[:]
    _ids_pid = process.pid


def describe_problems(problems):
    # type: (Iterable[Problem]) -> Text
    """Join problems into one error text."""
    return "; ".join("%s: %s" % (problem.field, problem.text) for problem in problems)
