"""Measurement Protocol v1 on the wire: the form line of a hit, its rules, Google's validation answer."""

from __future__ import absolute_import, division, print_function, unicode_literals

import logging
import re
from decimal import Decimal

import six
from six.moves.urllib.parse import quote

from .. import _json, values
from .._compat import is_plain
from .._memo import Memo
from ..errors import InvalidHit
from ..hit import Problem, describe_problems
from ..params import PROTOCOL_CONTROL
from ..secrets import show_host, show_name
from ..vocabulary import FIELDS
from . import checks
from .online import no_validation
from .options import suggestion

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterable, Iterator, List, Optional, Text, Tuple

    from ..delivery.http import Response
    from ..hit import Hit

log = logging.getLogger(__name__)

GOOGLE_HOSTS = ("www.google-analytics.com", "ssl.google-analytics.com", "google-analytics.com")
PRODUCT_ACTIONS = (
    "detail",
    "click",
    "add",
    "remove",
    "checkout",
    "checkout_option",
    "purchase",
    "refund",
)

# Parameters of the protocol beyond the vocabulary -> most bytes, or None for numbers and flags.
OTHER_PARAMETERS = {
    "je": None,
    "fl": 20,
    "linkid": None,
    "pal": None,
    "cos": None,
    "col": None,
    "promoa": None,
    "plt": None,
    "dns": None,
    "pdt": None,
    "rrt": None,
    "tcp": None,
    "srt": None,
    "dit": None,
    "clt": None,
    "xid": 40,
    "xvar": None,
}  # type: Dict[Text, Optional[int]]
# Flags that mean something when false; every other is set by being there, so a false one is left out.
_FALSE_IS_SENT = ("exf",)
_NUMBERED = re.compile(
    r"(?:cg(?:[1-9]|10)|(?:cd|cm)%(n)s|pr%(n)s(?:id|nm|br|ca|va|pr|qt|cc|ps|(?:cd|cm)%(n)s)"
    r"|il%(n)s(?:nm|pi%(n)s(?:id|nm|br|ca|va|ps|pr|(?:cd|cm)%(n)s))|promo%(n)s(?:id|nm|cr|ps))\Z"
    % {"n": "[1-9][0-9]{0,2}"}
)
_is_safe = re.compile(r"[A-Za-z0-9_.~\-]*\Z").match

_warned = set()  # type: set[Text]


def form_line(payload):
    # type: (Dict[Text, Any]) -> bytes
    """
    Write parameters as one form line in UTF-8; line breaks are escaped, so a batch stays whole.

    :raises InvalidHit: for a value that no form can carry, such as a list in ``extra``
    """
    return form_pairs(payload.items())


def form_pairs(entries):
    # type: (Iterable[Tuple[Text, Any]]) -> bytes
    """The same of pairs, in their order."""
    pairs = []
    for name, value in entries:
        if value is None or (value is False and name not in _FALSE_IS_SENT):
            continue
        pairs.append(_pair(name, value))
    return "&".join(pairs).encode("ascii")


def _pair(name, value):
    # type: (Text, Any) -> Text
    try:
        if type(value) is not six.text_type or not is_plain(value):
            value = _as_text(value)
        return "%s=%s" % (_names[name], value if _is_safe(value) else _escaped[value])
    except ValueError as error:
        problem = Problem(show_name(name), "type", six.text_type(error))
    raise InvalidHit(describe_problems([problem]), [problem])


def _escape(text):
    # type: (Text) -> Text
    return six.ensure_text(quote(text.encode("utf-8"), safe=str("~")))  # as since Python 3.7


# Names of parameters, addresses of pages and user agents come again and again.
_names = Memo(_escape, 1000)
_escaped = Memo(_escape, 1000)


def _as_text(value):
    # type: (Any) -> Text
    """Write a value as the protocol wants it: flags as 1 and 0, numbers without an exponent."""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        return "{:f}".format(Decimal(repr(value)))
    return values.text(value)


def milliseconds(value):
    # type: (Any) -> float
    """Read the age of a hit; 0 for what is none."""
    try:
        return values.number(value)
    except ValueError:
        return 0


def rule_problems(hit):
    # type: (Hit) -> Iterator[Problem]
    """Find what the protocol's reference forbids beyond types, limits and required fields."""
    value = hit.get("value")
    if value is not None and (value < 0 or value != int(value)):
        yield Problem("value", "type", "(ev) takes a whole number, 0 or more: round it")
    action = hit.get("product_action")
    if action is not None and action not in PRODUCT_ACTIONS:
        yield Problem("product_action", "type", "(pa) takes one of " + ", ".join(PRODUCT_ACTIONS))
    if hit.type == "item" and len(hit.get("items", ())) > 1:
        yield Problem("items", "limit", "a hit of type item takes one: send a hit for each")
    if action is None and hit.get("items") and hit.type not in ("item", "transaction"):
        yield Problem("product_action", "required", "(pa) is needed, or the items are ignored")
    if hit.get("session_control") not in (None, "start", "end"):
        yield Problem("session_control", "type", "(sc) takes start or end")
    for name in sorted(hit.other):
        for problem in _other_problems(name, hit.other[name]):
            yield problem


def _other_problems(name, value):
    # type: (Text, Any) -> Iterator[Problem]
    if name in PROTOCOL_CONTROL:
        return
    if name not in OTHER_PARAMETERS and not _NUMBERED.match(name):
        known = [field.name for field in FIELDS]
        yield Problem(
            show_name(name),
            "unknown",
            "is no parameter of the protocol%s: if a collector of yours knows it, pass it in "
            "extra={'googleanalytics': {...}}" % suggestion(name, known),
        )
    limit = OTHER_PARAMETERS.get(name)
    size = checks.measure(value, "bytes")
    if limit is not None and size > limit:
        yield checks.too_long(name, size, limit, "bytes")


def read_validation(response):
    # type: (Response) -> List[Problem]
    """Read the answer of /debug/collect: one list of messages for each hit."""
    try:
        answer = _json.loads(response.body)
        results = answer["hitParsingResult"]
        return [
            Problem(
                show_name(message.get("parameter") or "hit"),
                show_name(message.get("messageCode") or message.get("messageType") or "online"),
                six.text_type(message.get("description") or "the platform finds it invalid"),
            )
            for result in results
            for message in result.get("parserMessage", ())
        ] + [
            Problem("hit", "online", "the platform finds it invalid")
            for result in results
            if not result.get("valid", True) and not result.get("parserMessage")
        ]
    except (ValueError, KeyError, TypeError, AttributeError):
        return [no_validation(response)]


def warn_if_retired(url):
    # type: (Text) -> None
    """Say once a process that Google throws these hits away, where they go to Google."""
    if not _warned and show_host(url).partition("://")[2] in GOOGLE_HOSTS:
        _warned.add(url)
        log.warning(
            "Google no longer processes Universal Analytics hits (standard properties since 1 July 2023, "
            "360 properties since 1 July 2024): use the provider googleanalytics4, or url= for a collector "
            "that accepts this protocol"
        )
