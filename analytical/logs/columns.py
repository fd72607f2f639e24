"""W3C extended logs: IIS, CloudFront and others, whose own lines say what the columns are."""

from __future__ import absolute_import, division, print_function, unicode_literals

from .. import moments
from .._compat import unquote
from .entry import NONE, BadLine, Clock, Entry, finish, without_port

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List, Optional, Text, Tuple

    Reader = Callable[[Text], Any]

FIELDS = "#Fields:"
# Name of a column -> where it goes, and how it is read.
COLUMNS = {
    "c-ip": ("ip", None),
    "cs-username": ("user", None),
    "cs-method": ("method", None),
    "sc-status": ("status", int),
    "sc-bytes": ("size", int),
    "cs-host": ("host", without_port),
    "cs(Host)": ("host", without_port),
    "cs-protocol": ("scheme", None),  # CloudFront's; that of others is cs-version
}  # type: Dict[Text, Tuple[Text, Optional[Reader]]]
_HEADERS = {
    "cs(Referer)": "referrer",
    "cs(User-Agent)": "agent",
    "cs(Accept-Language)": "language",
}


class W3C(object):
    """A format that remembers the columns, as the last line of ``#Fields:`` said them."""

    name = "w3c"

    def __init__(self):
        # type: () -> None
        self._columns = []  # type: List[Text]
        self._clock = Clock(moments.time)
        self._cloudfront = False

    def parse(self, line):
        # type: (Text) -> Optional[Entry]
        """
        Read a line; None for one that is about the file.

        :raises BadLine: for a line with other columns than those named before
        """
        if line.startswith("#"):
            if line.startswith(FIELDS):
                self._columns = line[len(FIELDS) :].split()
                self._cloudfront = "x-edge-location" in self._columns
            return None
        values = line.split("\t") if "\t" in line else line.split()
        if not self._columns or len(values) != len(self._columns):
            raise BadLine("has %d columns, and %d are named" % (len(values), len(self._columns)))
        row = {
            name: value.strip() for name, value in zip(self._columns, values) if value not in NONE
        }
        try:
            return self._entry(row)
        except (ValueError, OverflowError) as error:
            if isinstance(error, BadLine):
                raise
        raise BadLine("has a time or number that cannot be read")

    def _entry(self, row):
        # type: (Dict[Text, Text]) -> Entry
        entry = Entry()
        if "date" in row and "time" in row:
            entry.time = self._clock(row["date"] + " " + row["time"] + "Z")
        for name, value in row.items():
            if name in COLUMNS:
                place, read = COLUMNS[name]
                setattr(entry, place, value if read is None else read(value))
            elif name in _HEADERS:
                setattr(entry, _HEADERS[name], self._header(value))
        if "x-host-header" in row:  # what the visitor asked for; cs(Host) is CloudFront's own name
            entry.host = without_port(row["x-host-header"])
        if "cs-uri-stem" in row:
            query = row.get("cs-uri-query")
            entry.target = row["cs-uri-stem"] + ("?" + query if query else "")
        if "time-taken" in row:  # IIS writes milliseconds
            entry.response_time = float(row["time-taken"]) * (1000 if self._cloudfront else 1)
        return finish(entry)

    def _header(self, value):
        # type: (Text) -> Text
        """Undo what stands for blanks: a plus sign, but CloudFront writes %20 and more."""
        return unquote(unquote(value)) if self._cloudfront else value.replace("+", " ")
