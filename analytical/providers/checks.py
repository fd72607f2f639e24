"""Checks of a hit against a platform's tables: required fields, limits, fields without a place."""

from __future__ import absolute_import, division, print_function, unicode_literals

import time

from ..errors import InvalidHit, UnsupportedField
from ..hit import Hit, Problem, describe_problems
from ..params import PROTOCOL_CONTROL, read
from ..secrets import describe, show_name
from ..vocabulary import BY_NAME

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, Iterable, Iterator, List, Optional, Sequence, Text

    from .base import BaseProvider


def problems(provider, hit):
    # type: (BaseProvider, Hit) -> List[Problem]
    """List what is wrong with a hit by the tables of a provider's class."""
    found = hit.problems()
    found.extend(missing(provider, hit))
    found.extend(too_long_values(provider, hit))
    found.extend(too_old(provider, hit))
    found.extend(unsupported(provider, hit))
    return found


def missing(provider, hit):
    # type: (BaseProvider, Hit) -> Iterator[Problem]
    """Find the fields that the hit's type needs and the hit has not."""
    for line in provider.REQUIRED.get(hit.type, ()):
        alternatives = [choice.split() for choice in line.split("|")]
        if not any(all(_has(hit, name) for name in choice) for choice in alternatives):
            yield Problem(
                alternatives[0][0],
                "required",
                "a hit of type %s needs %s"
                % (hit.type, " or ".join(_with_parameters(choice) for choice in alternatives)),
            )


def _has(hit, name):
    # type: (Hit, Text) -> bool
    return name in hit.invalid or hit.get(name) not in (None, "", [])


def _with_parameters(names):
    # type: (Sequence[Text]) -> Text
    return " and ".join(show_field(name) for name in names)


def show_field(name):
    # type: (Text) -> Text
    """Show a field under both names that a caller may have used: ``title (dt)``."""
    field = BY_NAME.get(name)
    if field is None or field.parameter in (None, name):
        return name
    return "%s (%s)" % (name, field.parameter)


def too_long_values(provider, hit):
    # type: (BaseProvider, Hit) -> Iterator[Problem]
    """Find the values over the platform's limits."""
    for name, limit in provider.LIMITS.items():
        value = hit.get(name)
        for text in value.values() if isinstance(value, dict) else (value,):
            size = measure(text, provider.LIMIT_UNIT)
            if size > limit:
                yield too_long(name, size, limit, provider.LIMIT_UNIT)


def measure(text, unit):
    # type: (Any, Text) -> int
    """Measure text in characters, or in bytes of UTF-8; what is no text has no size."""
    if not hasattr(text, "encode"):
        return 0
    return len(text.encode("utf-8")) if unit == "bytes" else len(text)


def too_long(name, size, limit, unit):
    # type: (Text, int, int, Text) -> Problem
    """Word the problem of a value over its limit."""
    return Problem(
        name,
        "limit",
        "%s has %d %s, and the platform takes %d: shorten it"
        % (show_field(name), size, unit, limit),
    )


def too_old(provider, hit):
    # type: (BaseProvider, Hit) -> Iterator[Problem]
    """Find a time that the platform would not take, or would replace by another."""
    if provider.MAX_AGE is not None and time.time() - hit.time > provider.MAX_AGE:
        yield Problem(
            "timestamp",
            "too_old",
            "(qt) lies further back than the %d seconds that the platform takes: the hit is dropped"
            % provider.MAX_AGE,
        )


def unsupported(provider, hit):
    # type: (BaseProvider, Hit) -> Iterator[Problem]
    """Find the fields that the platform has no place for."""
    names = [name for name in hit.fields if not provider.supports(name)]
    if not provider.TAKES_OTHER:
        names += [name for name in hit.other if name not in PROTOCOL_CONTROL]
    for name in sorted(names):
        yield no_place(provider, name)


def no_place(provider, name):
    # type: (BaseProvider, Text) -> Problem
    """Word the problem of a field that the platform has no place for."""
    return Problem(
        show_name(name),
        "unsupported",
        "%s has no place for it: leave it out, or pass the platform's own parameter in "
        "extra={'%s': {...}}" % (provider.name, provider.name),
    )


def raise_for(found, name):
    # type: (Sequence[Problem], Text) -> None
    """
    Raise what problems say, or nothing where there are none.

    :raises UnsupportedField: when fields without a place are all that is wrong
    :raises InvalidHit: for anything else
    """
    if not found:
        return
    only_unsupported = all(problem.code == "unsupported" for problem in found)
    kind = UnsupportedField if only_unsupported else InvalidHit
    raise kind("%s: %s" % (name, describe_problems(found)), found)


def process(processors, hit):
    # type: (Iterable[Callable[[Hit], Any]], Hit) -> Optional[Hit]
    """Run processors in order; None where one of them drops the hit."""
    for processor in processors:
        result = processor(hit)
        if result is None:
            return None
        if not isinstance(result, Hit):
            raise TypeError("a processor returns a hit or None, not %s" % describe(result))
        hit = result
    return hit


def read_hit(hit_type, params, fields):
    # type: (Any, Any, Dict[str, Any]) -> Hit
    """Read what a caller passed, a finished hit included."""
    if isinstance(hit_type, Hit) and params is None and not fields:
        return hit_type
    return read(hit_type, params, fields)


def read_entry(entry):
    # type: (Any) -> Hit
    """
    Read one entry of a batch.

    :raises InvalidHit: for what is no hit, no pair, and no dict that holds the hit type as ``t``
    """
    if isinstance(entry, Hit):
        return entry
    if isinstance(entry, (tuple, list)) and len(entry) == 2:
        return read(entry[0], entry[1])
    if hasattr(entry, "keys") and "t" in entry:
        return read(entry["t"], {name: entry[name] for name in entry if name != "t"})
    raise InvalidHit(
        "batch takes pairs ('pageview', {...}) or dicts with the hit type as 't', not %s"
        % describe(entry)
    )
