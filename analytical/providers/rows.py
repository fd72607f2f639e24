"""Rows of the sqlite provider: the schema of its file, and an envelope as a row."""

from __future__ import absolute_import, division, print_function, unicode_literals

import six

from .. import _json
from .._compat import encodable, is_plain
from .._memo import Memo
from .._sqlite import Schema
from ..values import INTEGER_LIMIT, integer, number
from ..values import text as check_text
from ..vocabulary import FIELDS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List, Text, Tuple

    from ..delivery.base import Envelope

_KINDS = {
    "text": "TEXT",
    "integer": "INTEGER",
    "boolean": "INTEGER",
    "presence": "INTEGER",
    "number": "REAL",
    "money": "REAL",
}  # type: Dict[Text, Text]  # other kinds are compound
_FIELDS = [field for field in FIELDS if field.name not in ("timestamp", "extra")]

SCHEMA = Schema(
    "hits",
    # Rows stand in the order of storing, so that a reader who remembers the last seq finds what is new.
    [
        ("seq", "INTEGER PRIMARY KEY AUTOINCREMENT"),
        ("id", "TEXT NOT NULL"),
        ("time", "REAL NOT NULL"),
        ("type", "TEXT NOT NULL"),
        ("page", "TEXT"),
        ("referrer_host", "TEXT"),
    ]
    + [(field.name, _KINDS.get(field.kind, "TEXT")) for field in _FIELDS]
    + [("other", "TEXT")],
    # A hit keeps its time with its id, so the two together tell a repeated one as the id alone would, and
    # new entries stand side by side: an index of random ids takes a page of disk for each hit.
    ['CREATE UNIQUE INDEX IF NOT EXISTS "hits_time_id" ON "hits" ("time", "id")'],
)

_SCALARS = {
    field.name: field.convert for field in _FIELDS if field.kind in _KINDS
}  # type: Dict[Text, Callable[[Any], Any]]
_SCALARS["type"] = check_text
_TYPES = {check_text: six.text_type, number: float, integer: int}  # type: Dict[Any, Any]
# The type of a value that its column takes as it is.
_EXACT = {name: _TYPES.get(convert) for name, convert in _SCALARS.items()}
_COMPOUND = frozenset(field.name for field in _FIELDS if field.kind not in _KINDS)
_Text = six.text_type
_ADDRESSES = 2048  # that are remembered


class Unfit(ValueError):
    """A payload that no row can hold, said in words that hold no value."""


def row(envelope):
    # type: (Envelope) -> Tuple[Tuple[Text, ...], List[Any]]
    """
    Make the row of an envelope: names of columns, and their values.

    What is not of a column's kind goes into ``other``, so that a column has values of one type only.

    :raises Unfit: for a payload without a hit type
    :raises (ValueError, TypeError, RuntimeError): for one that JSON cannot carry
    """
    time, id = envelope.time, envelope.id
    found = {
        "id": id if type(id) is _Text and is_plain(id) else check_text(id),
        "time": time if type(time) is float and time - time == 0 else float(number(time)),
    }  # type: Dict[Text, Any]
    other = {}  # type: Dict[Text, Any]
    for name, value in envelope.payload.items():
        # The common cases, without a call or two; NaN and infinities are not in the range.
        kind = type(value)
        if kind is _EXACT.get(name) and (
            (is_plain(value) or encodable(value))
            if kind is _Text
            else -INTEGER_LIMIT <= value < INTEGER_LIMIT
        ):
            found[name] = value
        elif value is not None and found.get(name) != value and not _take(found, name, value):
            other[name] = value
    if "type" not in found:
        raise Unfit("the payload has no hit type")
    _locate(found)
    if "other" in other and isinstance(other["other"], dict):
        other.update(other.pop("other"))
    if other:
        found["other"] = _encode(other)
    return tuple(found), list(found.values())


def _take(found, name, value):
    # type: (Dict[Text, Any], Text, Any) -> bool
    """Put a value into its column; tell whether it has one, and is of its kind."""
    if name in _COMPOUND and isinstance(value, (dict, list)):
        found[name] = _encode(value)
        return True
    convert = _SCALARS.get(name)
    if convert is None:
        return False
    try:
        found[name] = convert(value)
    except (ValueError, OverflowError):
        return False
    return True


def _encode(value):
    # type: (Any) -> Text
    text = _json.dumps(value).decode("utf-8")
    if not encodable(text):
        raise Unfit("the payload holds half of a surrogate pair, which UTF-8 cannot carry")
    return text


def _locate(found):
    # type: (Dict[Text, Any]) -> None
    """Fill the columns that reports count by; made once here, they cost no query its speed."""
    page = page_of(found.get("url", ""), found.get("host", ""), found.get("path", ""))
    if page:
        found["page"] = page
    referrer = found.get("referrer")
    if referrer:
        found["referrer_host"] = referrer_host(referrer, page)


def page_of(url, host, path):
    # type: (Text, Text, Text) -> Text
    """
    Name a page by host and path; ``host`` and ``path`` stand in for those of ``url``.

    >>> print(page_of('https://Example.com/a?b=c#d', '', ''), page_of('https://example.com', '', ''))
    example.com/a example.com/
    """
    url_host, url_path = _split[url]
    if not host and not path and url_path[:1] == "/":
        return url_host + url_path
    host = host.lower() or url_host
    path = _cut(path) or url_path
    if not host and not path:
        return ""
    return host + (path if path.startswith("/") else "/" + path)


def referrer_host(referrer, page):
    # type: (Text, Text) -> Text
    """Give the host of a referrer; nothing where it is that of the page."""
    host = _without_www(_split[referrer][0])
    return "" if host == _without_www(page.partition("/")[0]) else host


def _parts(url):
    # type: (Text) -> Tuple[Text, Text]
    """Give an address's host with port, in lower case, and its path; it may lack the scheme."""
    url = _cut(url)
    _, scheme, rest = url.partition("://")
    authority, slash, path = (rest if scheme else url).partition("/")
    return authority.rpartition("@")[2].lower(), slash + path


# Pages and referrers come again and again.
_split = Memo(_parts, _ADDRESSES)  # type: Dict[Text, Tuple[Text, Text]]


def _cut(address):
    # type: (Text) -> Text
    return address.partition("?")[0].partition("#")[0]


def _without_www(host):
    # type: (Text) -> Text
    return host[4:] if host.startswith("www.") else host
