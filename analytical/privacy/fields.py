"""Which fields are sent: all but some, or none but some."""

from __future__ import absolute_import, division, print_function, unicode_literals

import difflib

from ..errors import ConfigurationError
from ..hit import Hit
from ..params import ALIASES, INDEXED, PROTOCOL_CONTROL
from ..secrets import describe, show_name
from ..vocabulary import BY_NAME

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, FrozenSet, Optional, Text

# What restricts the use of a hit: without it a platform would do more with the rest.
RESTRICTIONS = frozenset(("consent", "dnt", "gpc", "anonymize_ip", "no_personalized_ads"))
_INDEXED = {"cd": "custom_dimensions", "cm": "custom_metrics", "pr": "items"}


def only(*names):
    # type: (*Text) -> Callable[[Hit], Hit]
    """
    Keep the named fields, and take all others away, those of later versions included.

    *Protects* against every field that nobody thought of. *Costs* what these would have told, and
    names that the vocabulary does not know.

    The hit's type, time and id stay, and what restricts its use: ``consent``, ``dnt``, ``gpc``,
    ``anonymize_ip``, ``no_personalized_ads``.

        >>> from analytical.params import read
        >>> hit = only('url', 'dt')(read('pageview', {'dl': 'https://example.com/', 'uid': 'u-1'}))
        >>> sorted(hit.fields) == ['url']
        True

    :param names: readable or protocol names
    :raises ConfigurationError: for a name that the vocabulary does not have
    """
    kept = _fields(names) | RESTRICTIONS

    def processor(hit):
        # type: (Hit) -> Hit
        return Hit(
            hit.type,
            {name: value for name, value in hit.fields.items() if name in kept},
            hit.time,
            hit.id,
            {name: value for name, value in hit.raw.items() if name in kept},
            {name: value for name, value in hit.other.items() if name in PROTOCOL_CONTROL},
            {name: why for name, why in hit.invalid.items() if _field_of(name) in kept},
        )

    processor.__name__ = str("only")
    return processor


def remove(*names):
    # type: (*Text) -> Callable[[Hit], Hit]
    """
    Take the named fields away.

    *Protects* against what these say. *Costs* the same.

        >>> from analytical.params import read
        >>> hit = remove('uid')(read('pageview', {'dl': 'https://example.com/', 'uid': 'u-1'}))
        >>> sorted(hit.fields) == ['url']
        True

    :param names: readable or protocol names
    :raises ConfigurationError: for a name that the vocabulary does not have
    """
    gone = _fields(names)

    def processor(hit):
        # type: (Hit) -> Hit
        raw, invalid = hit.raw, hit.invalid
        if gone.isdisjoint(hit.fields) and not raw and not invalid:
            return hit
        fields = dict(hit.fields)
        for name in gone:
            fields.pop(name, None)
        if raw or invalid:
            raw = {name: value for name, value in raw.items() if name not in gone}
            invalid = {name: why for name, why in invalid.items() if _field_of(name) not in gone}
        return Hit(hit.type, fields, hit.time, hit.id, raw, hit.other, invalid)

    processor.__name__ = str("remove")
    return processor


def before_send(function):
    # type: (Any) -> Callable[[Hit], Optional[Hit]]
    """
    Give a function of your own its place among the processors, after a check that it can be called.

    It gets the hit, and returns it, a changed one (:meth:`~analytical.hit.Hit.replace`), or None to drop
    it. That is the contract of every processor, so the bare function would do as well.

    *Protects* and *costs* what you make of it. An exception in it drops the hit.

        >>> add = before_send(lambda hit: hit.replace(language='en'))
        >>> from analytical.params import read
        >>> print(add(read('pageview', {})).get('language'))
        en

    :raises ConfigurationError: for what cannot be called
    """
    if not callable(function):
        raise ConfigurationError("before_send takes a callable, not %s" % describe(function))
    return function  # type: ignore[no-any-return]


def _fields(names):
    # type: (Any) -> FrozenSet[Text]
    """Give the readable names; a mistake here would let private data out, so none passes."""
    if not names:
        raise ConfigurationError("it takes the names of fields, such as 'user_id'")
    return frozenset(_known(name) for name in names)


def _known(name):
    # type: (Any) -> Text
    if isinstance(name, bytes):
        name = name.decode("utf-8", "replace")
    alias = ALIASES.get(name) if hasattr(name, "encode") else None
    if alias is not None:
        return alias[0]
    near = difflib.get_close_matches(show_name(name), list(BY_NAME), 1)
    hint = " (did you mean %s?)" % near[0] if near else ""
    raise ConfigurationError("the vocabulary has no field %s%s" % (show_name(name), hint))


def _field_of(name):
    # type: (Text) -> Optional[Text]
    """Name the field that a name among a hit's invalid ones belongs to; None where there is none."""
    if name in ALIASES:
        return ALIASES[name][0]
    match = INDEXED.match(name)
    return _INDEXED[match.group()[:2]] if match else None
