"""What the collector keeps of a request: a value, with the body parsed when asked for."""

from __future__ import absolute_import, division, print_function, unicode_literals

import gzip
import io
import json
from collections import namedtuple

from six.moves.urllib import parse

from .._compat import encodable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterable, Iterator, List, NamedTuple, Text, Tuple  # novm


class Headers(object):
    """
    The header fields of one request, read by name in any case; a repeated one is joined with ``', '``.

    >>> headers = Headers([('Content-Type', 'text/plain'), ('X-Tag', 'a'), ('x-tag', 'b')])
    >>> headers['content-type'], headers.get('X-TAG'), headers.get('Cookie'), 'cookie' in headers
    ('text/plain', 'a, b', None, False)
    """

    __slots__ = (str("_values"), str("pairs"))

    def __init__(self, pairs):
        # type: (Iterable[Tuple[Text, Text]]) -> None
        self.pairs = tuple(pairs)  # as they came: names in their own case, repeats apart
        self._values = {}  # type: Dict[Text, Text]
        for name, value in self.pairs:
            name = name.lower()
            # RFC 9110 section 5.2: the combined value of a field.
            self._values[name] = (
                self._values[name] + ", " + value if name in self._values else value
            )

    def get(self, name, default=None):
        # type: (Text, Any) -> Any
        """Return the field's value as text, or the default (None) when there is none."""
        return self._values.get(name.lower(), default)

    def __getitem__(self, name):
        # type: (Text) -> Text
        return self._values[name.lower()]

    def __contains__(self, name):
        # type: (Text) -> bool
        return name.lower() in self._values

    def __iter__(self):
        # type: () -> Iterator[Text]
        return iter(self._values)

    def __len__(self):
        # type: () -> int
        return len(self._values)

    def __repr__(self):
        # type: () -> str
        # Values may be a visitor's, or a credential.
        return str("<Headers %s>") % ", ".join(sorted(map(_ascii, self._values)))


if TYPE_CHECKING:
    _Fields = NamedTuple(
        "_Fields",
        [
            ("method", Text),
            ("target", Text),
            ("headers", Headers),
            ("raw_body", bytes),
            ("connection", int),
            ("time", float),
        ],
    )
else:
    _Fields = namedtuple("_Fields", "method target headers raw_body connection time")


class Received(_Fields):
    """
    One request, as it came.

    ``method``, ``target`` (path and query, undecoded), ``headers`` (a `Headers`), ``raw_body`` (bytes,
    chunks put together), ``connection`` (1 for the first TCP connection, 2 for the next, ...: equal
    numbers mean a connection was used again) and ``time`` (Unix seconds, when all of it had come).
    """

    __slots__ = ()

    @property
    def path(self):
        # type: () -> Text
        """The target up to the question mark; a whole URL when the client took us for its proxy."""
        return self.target.partition("?")[0]

    @property
    def query_pairs(self):
        # type: () -> List[Tuple[Text, Text]]
        """Names and values of the query in their order, decoded as UTF-8, empty ones too."""
        return _decode_pairs(self.target.partition("?")[2].encode("latin-1"))

    @property
    def query(self):
        # type: () -> Dict[Text, Text]
        """The query as a dict; of a repeated name the last value (see `query_pairs`)."""
        return dict(self.query_pairs)

    @property
    def body(self):
        # type: () -> bytes
        """The body as its sender wrote it: ``Content-Encoding: gzip`` undone, others left as received."""
        if self.headers.get("Content-Encoding", "").lower() != "gzip":
            return self.raw_body
        with gzip.GzipFile(fileobj=io.BytesIO(self.raw_body)) as file:
            return file.read()

    @property
    def form_pairs(self):
        # type: () -> List[Tuple[Text, Text]]
        """Names and values of a form body in their order, decoded as UTF-8, empty ones too."""
        return _decode_pairs(self.body)

    @property
    def form(self):
        # type: () -> Dict[Text, Text]
        """The form body as a dict; of a repeated name the last value (see `form_pairs`)."""
        return dict(self.form_pairs)

    @property
    def json(self):
        # type: () -> Any
        """The body read as JSON in UTF-8."""
        return json.loads(self.body.decode("utf-8"))

    @property
    def lines(self):
        # type: () -> List[bytes]
        """The body's lines without their ends: hits of a batch, or of newline-delimited JSON."""
        return self.body.splitlines()

    def __repr__(self):
        # type: () -> str
        # No query, headers or body: what a failed assertion prints may be a visitor's.
        return str("<Received %s %s, %d bytes>") % (
            _ascii(self.method),
            _ascii(self.path),
            len(self.raw_body),
        )


def _decode_pairs(data):
    # type: (bytes) -> List[Tuple[Text, Text]]
    # Not parse_qsl: old ones also split at ';', and none says a word about bytes that are not UTF-8.
    pairs = [pair.partition(b"=") for pair in data.split(b"&") if pair]
    return [(_decode(name), _decode(value)) for name, _, value in pairs]


def _decode(data):
    # type: (bytes) -> Text
    text = parse.unquote_to_bytes(data.replace(b"+", b" ")).decode("utf-8")
    if not encodable(text):  # Python 2 decodes surrogates, which no platform does
        raise ValueError("a name or value holds half of a surrogate pair, written as UTF-8")
    return text


def _ascii(text):
    # type: (Text) -> str
    """Write text so that it can stand in a repr on Python 2 too."""
    return str(text.encode("ascii", "backslashreplace").decode("ascii"))
