"""Params: what a caller passed, a dict and/or keywords, read into a Hit."""

from __future__ import absolute_import, division, print_function, unicode_literals

import re
import time

import six

from . import values
from ._compat import encodable, is_plain
from .carried import carried, carry, same
from .errors import InvalidHit
from .hit import Hit, Problem
from .secrets import describe, show_name
from .vocabulary import FIELDS, HIT_TYPES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List, Mapping, Optional, Text, Tuple

# Parameters of an item in Google's protocol: on hits of type `item`, and as pr<N><suffix> on others.
ITEM_PARAMETERS = {"in": "name", "ip": "price", "iq": "quantity", "ic": "id", "iv": "category"}
PRODUCT_SUFFIXES = {
    "id": "id",
    "nm": "name",
    "br": "brand",
    "ca": "category",
    "va": "variant",
    "pr": "price",
    "qt": "quantity",
    "cc": "coupon",
    "ps": "position",
}
INDEXED = re.compile(r"(?:cd|cm|pr)([1-9][0-9]{0,2})(id|nm|br|ca|va|pr|qt|cc|ps)?\Z")
# What every hit of Google's protocol carries; callers of 0.0.1 could set them, so they are no mistake.
PROTOCOL_CONTROL = ("v", "t", "tid", "qt")

# Name, readable or of the protocol -> (field, converter, whether it is the protocol's).
ALIASES = {}  # type: Dict[Text, Tuple[Text, Callable[[Any], Any], bool]]
for _field in FIELDS:
    ALIASES[_field.name] = (_field.name, _field.convert, False)
    if _field.parameter is not None:
        ALIASES[_field.parameter] = (_field.name, _field.convert, True)

_MERGED = ("custom_dimensions", "custom_metrics")  # dicts that parameters add entries to
_COMPOUND = _MERGED + ("items",)
_Text, _NAMES = six.text_type, (six.text_type, str)
# Name -> field, for what is text.
_TEXTS = {name: field for name, (field, convert, _) in ALIASES.items() if convert is values.text}


def read(hit_type, params=None, keywords=None, now=None):
    # type: (Any, Optional[Mapping[Any, Any]], Optional[Mapping[Text, Any]], Optional[float]) -> Hit
    """
    Read what a caller passed: a dict and/or keywords, readable or protocol names.

    A value that is not of its field's kind is noted in ``invalid`` and, under a protocol name, kept in
    ``raw``, for Google's protocol passes it on untouched.

    :raises InvalidHit: for params that are no dict, names that are no text, values that no field
        takes, and a field given twice with different values
    """
    if type(hit_type) is not _Text or hit_type not in HIT_TYPES:
        hit_type = _hit_type(hit_type)
    if now is None:
        now = time.time()
    fields = {}  # type: Dict[Text, Any]
    reader = None  # most hits need none: their values are text that can go as it is
    for given in (params, keywords):
        for name, value in given.items() if type(given) is dict else _entries(given):
            field = _TEXTS.get(name)
            if (
                field is not None
                and type(value) is _Text
                and field not in fields
                and (is_plain(value) or encodable(value))
            ):
                fields[field] = value
            elif value is not None:
                if reader is None:
                    reader = _Reader(hit_type, fields, now)
                reader.take(name, value)
    return Hit(hit_type, fields, now) if reader is None else reader.hit()


def _hit_type(hit_type):
    # type: (Any) -> Text
    if isinstance(hit_type, bytes):
        hit_type = hit_type.decode("ascii", "replace")
    if hit_type not in HIT_TYPES:
        raise InvalidHit(
            "the hit type %s is unknown: use one of %s"
            % (show_name(hit_type), ", ".join(HIT_TYPES))
        )
    return hit_type  # type: ignore[no-any-return]


def _entries(given):
    # type: (Any) -> List[Tuple[Any, Any]]
    """List what a mapping of another kind holds; None in place of a name that is no text."""
    if given is None:
        return []
    if not hasattr(given, "keys"):
        raise InvalidHit(
            "params takes a dict such as {'dl': 'https://example.com/'}, not %s" % describe(given)
        )
    return [(name if isinstance(name, _NAMES) else None, given[name]) for name in given]


class _Reader(object):
    """Takes what is not plain text, and fields given twice; lives for one call of read()."""

    def __init__(self, hit_type, fields, now):
        # type: (Text, Dict[Text, Any], float) -> None
        self.now = now
        self.type = hit_type
        self.fields = fields
        self.raw = {}  # type: Dict[Text, Any]
        self.other = {}  # type: Dict[Text, Any]
        self.invalid = {}  # type: Dict[Text, Text]

    def hit(self):
        # type: () -> Hit
        for name in self.invalid:
            if name in self.fields and name not in _COMPOUND:
                raise _conflict(name)
        if "items" in self.fields and isinstance(self.fields["items"], _Products):
            self.fields["items"] = self.fields["items"].items_in_order()
        moment = self.fields.get("timestamp", self.now)
        return Hit(self.type, self.fields, moment, None, self.raw, self.other, self.invalid)

    def take(self, name, value):
        # type: (Any, Any) -> None
        if isinstance(name, _NAMES) and name in ALIASES:
            field, convert, of_protocol = ALIASES[name]
            self._set(field, value, convert, of_protocol)
        else:
            self._take_other(name, value)

    def _set(self, name, value, convert, of_protocol):
        # type: (Text, Any, Any, bool) -> None
        try:
            normal = convert(value)
        except ValueError as error:
            self._note_invalid(name, value, of_protocol, error)
            return
        if name in self.fields and name in _MERGED:
            normal = _merged(name, self.fields[name], normal)
        elif name in self.fields and self.fields[name] != normal:
            raise _conflict(name)
        self.fields[name] = normal
        if of_protocol and normal is not value:
            passed = carried(value)
            if passed is not None and not same(passed, normal):
                self.raw[name] = passed

    def _note_invalid(self, name, value, of_protocol, error):
        # type: (Text, Any, bool, Exception) -> None
        self.invalid[name] = six.text_type(error)
        passed = carried(value) if of_protocol else None
        if passed is not None:
            self.raw[name] = passed
        else:
            self.raw.pop(name, None)

    def _take_other(self, name, value):
        # type: (Any, Any) -> None
        try:
            name = values.text(name) if isinstance(name, (six.text_type, bytes)) else None
        except ValueError:
            name = None
        if name is None:
            raise InvalidHit("params has a name that is no text: names are like url or dl")
        if name in ALIASES:  # it came as bytes, on Python 3
            self.take(name, value)
        elif not self._take_indexed(name, value):
            self._keep(name, value)

    def _take_indexed(self, name, value):
        # type: (Text, Any) -> bool
        match = INDEXED.match(name)
        if match is not None and int(match.group(1)) <= values.MAX_INDEX:
            group, suffix = name[:2], match.group(2)
            if (group == "pr") == (suffix is not None):
                self._set_indexed(group, int(match.group(1)), suffix, name, value)
                return True
        elif name == "qt":
            self._set("timestamp", value, self._age, True)
            return True
        elif self.type == "item" and name in ITEM_PARAMETERS:
            self._set_item(1, ITEM_PARAMETERS[name], name, value)
            return True
        return False

    def _age(self, value):
        # type: (Any) -> float
        age = values.number(value)
        if age < 0:
            raise ValueError("(qt) takes the age of the hit in milliseconds, 0 or more")
        return max(self.now - age / 1000.0, 0.0)

    def _set_indexed(self, group, index, suffix, name, value):
        # type: (Text, int, Optional[Text], Text, Any) -> None
        if suffix is not None:
            self._set_item(index, PRODUCT_SUFFIXES[suffix], name, value)
            return
        field, convert = {
            "cd": ("custom_dimensions", values.text),
            "cm": ("custom_metrics", values.number),
        }[group]
        self._set_entry(field, self.fields.setdefault(field, {}), index, name, value, convert)

    def _set_item(self, index, key, name, value):
        # type: (int, Text, Text, Any) -> None
        entries = self.fields.setdefault("items", _Products())
        if not isinstance(entries, _Products):
            raise _conflict("items")
        convert = values.ITEM_KINDS[key]
        self._set_entry("items", entries.setdefault(index, {}), key, name, value, convert)

    def _set_entry(self, field, entries, key, name, value, convert):
        # type: (Text, Dict[Any, Any], Any, Text, Any, Any) -> None
        """Set one entry of a field that is a dict or a list of them, and remember it as passed."""
        raw = self.raw.setdefault(field, {})
        try:
            normal = convert(value)
        except ValueError as error:
            passed = carried(value)
            if passed is not None:
                raw[name] = passed
                self.invalid[field] = "(%s) %s" % (name, error)
            else:
                self.invalid[name] = six.text_type(error)
            return
        if key in entries and entries[key] != normal:
            raise _conflict(field, name)
        entries[key] = normal
        passed = carried(value)
        raw[name] = normal if passed is None else passed

    def _keep(self, name, value):
        # type: (Text, Any) -> None
        try:
            passed = carry(value)
        except ValueError as error:
            self.invalid[name] = six.text_type(error)
            return
        if name in self.other and self.other[name] != passed:
            raise _conflict(name)
        self.other[name] = passed


class _Products(dict):  # type: ignore[type-arg]
    """The items made from pr<N> parameters, by N."""

    def items_in_order(self):
        # type: () -> List[Dict[Text, Any]]
        """List them by N: the order of a dict's names is chance on old Pythons."""
        return [self[index] for index in sorted(self) if self[index]]


def _merged(name, first, second):
    # type: (Text, Dict[Any, Any], Dict[Any, Any]) -> Dict[Any, Any]
    result = dict(first)
    for key, value in second.items():
        if result.setdefault(key, value) != value:
            raise _conflict(name)
    return result


def _conflict(name, parameter=None):
    # type: (Text, Optional[Text]) -> InvalidHit
    text = (
        "%s is given twice with different values, perhaps under its readable and its protocol name: "
        "give it once" % show_name(parameter or name)
    )
    return InvalidHit(text, [Problem(show_name(name), "conflict", text)])
