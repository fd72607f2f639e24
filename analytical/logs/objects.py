"""Logs of JSON lines: nginx with any of its variables as names, Caddy, Traefik."""

from __future__ import absolute_import, division, print_function, unicode_literals

import six

from .. import _json, moments
from .._compat import encodable
from .entry import NONE, BadLine, Clock, Entry, clf_time, finish, set_request, without_port
from .pattern import VARIABLES, milliseconds

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Optional, Text

# Traefik's names, and others that are common; those of nginx are in pattern.VARIABLES.
_NAMES = {
    "ClientHost": ("ip", without_port),
    "ClientUsername": ("user", None),
    "RequestMethod": ("method", None),
    "RequestPath": ("target", None),
    "RequestHost": ("host", without_port),
    "RequestScheme": ("scheme", None),
    "DownstreamStatus": ("status", int),
    "DownstreamContentSize": ("size", int),
    "Duration": ("response_time", milliseconds(1e-6)),
    "request_User-Agent": ("agent", None),
    "request_Referer": ("referrer", None),
    "request_Accept-Language": ("language", None),
    "http_referrer": ("referrer", None),
    "method": ("method", None),
    "size": ("size", int),
}  # type: Dict[Text, Any]
_NAMES.update((name, row) for name, row in VARIABLES.items() if row[0] != "time")
_TIMES = ("StartUTC", "time_iso8601", "@timestamp", "timestamp", "time", "msec", "time_local", "ts")
_HEADERS = {"User-Agent": "agent", "Referer": "referrer", "Accept-Language": "language"}


class Objects(object):
    """Lines that are JSON objects."""

    name = "json"

    def __init__(self):
        # type: () -> None
        self.clock = Clock(_moment)

    def parse(self, line):
        # type: (Text) -> Optional[Entry]
        """
        Read a line.

        :raises BadLine: for a line that is no JSON object, or holds no request
        """
        found = None
        try:
            found = _json.loads(line)
        except ValueError:
            pass
        if not isinstance(found, dict):
            raise BadLine("is no JSON object")
        try:
            return self._entry(found)
        except (ValueError, TypeError, AttributeError, OverflowError) as error:
            if isinstance(error, BadLine):
                raise
        raise BadLine("has a value that cannot be read")

    def _entry(self, row):
        # type: (Dict[Text, Any]) -> Entry
        entry, rest = Entry(), {}
        for name in _TIMES:
            if entry.time is None and row.get(name) not in (None, "-", ""):
                entry.time = self.clock(row[name])
        for name, value in row.items():
            place, read = _NAMES.get(name, ("", None))
            if place and value not in NONE and not isinstance(value, (dict, list)):
                value = value if read is None else read(value)
                if hasattr(Entry, place):
                    setattr(entry, place, value)
                else:
                    rest[place] = value
        if isinstance(row.get("request"), dict):
            self._caddy(entry, row)
        elif "request" in rest and entry.target is None:
            set_request(entry, rest["request"])
        if entry.target is None and "path" in rest:
            query = rest.get("query")
            entry.target = rest["path"] + ("?" + query if query else "")
        return finish(_texts(entry))

    @staticmethod
    def _caddy(entry, row):
        # type: (Entry, Dict[Text, Any]) -> None
        request = row["request"]
        entry.ip = request.get("client_ip") or request.get("remote_ip")
        if entry.ip is None and request.get("remote_addr"):  # before 2.5, with the port
            entry.ip = without_port(request["remote_addr"])
        entry.method, entry.target = request.get("method"), request.get("uri")
        entry.host = without_port(request.get("host") or "") or None
        entry.scheme = "https" if request.get("tls") else "http"
        entry.user = row.get("user_id") or None
        for name, place in _HEADERS.items():
            values = (request.get("headers") or {}).get(name)
            if values:
                setattr(entry, place, values[0])
        if isinstance(row.get("duration"), (int, float)):
            entry.response_time = row["duration"] * 1000.0


def _texts(entry):
    # type: (Entry) -> Entry
    """Refuse an entry with something else where text is: a field of another server's."""
    for name in (
        "ip",
        "user",
        "method",
        "target",
        "referrer",
        "agent",
        "host",
        "scheme",
        "language",
    ):
        value = getattr(entry, name)
        if value is not None and not (isinstance(value, six.text_type) and encodable(value)):
            raise BadLine("has a value that cannot be read")
    return entry


def _moment(value):
    # type: (Any) -> float
    if isinstance(value, six.text_type) and "/" in value:
        return clf_time(value)
    return moments.time(value)
