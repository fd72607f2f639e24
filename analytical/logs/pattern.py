"""Formats given as a string: the LogFormat of Apache, the log_format of nginx, and what is built of it."""

from __future__ import absolute_import, division, print_function, unicode_literals

import re

from .. import moments
from ..errors import ConfigurationError
from .entry import (
    NONE,
    BadLine,
    Clock,
    Entry,
    Strptime,
    address,
    clf_time,
    finish,
    set_request,
    unescaped,
    without_port,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List, Optional, Text, Tuple

    Reader = Callable[[Text], Any]

# Directive of Apache (httpd 2.4, mod_log_config), or variable of nginx or one of ours.
_DIRECTIVE = re.compile(
    r"%%|%[!0-9,]*[<>]?(?:\{(?P<argument>[^}]*)\})?(?P<letter>\^?[A-Za-z]+?)(?=[^A-Za-z]|\Z)"
    r"|\$\{(?P<braced>\w+)\}|\$(?P<variable>\w+)"
)
_QUOTED = r'([^"\\]*(?:\\.[^"\\]*)*)'


def milliseconds(factor):
    # type: (float) -> Reader
    """Make the reader of a duration in another unit."""
    return lambda text: float(text) * factor


def unix(divisor):
    # type: (float) -> Reader
    """Make the reader of a Unix time in parts of a second."""
    return lambda text: moments.time(float(text) / divisor)


# What a field of the line is -> where it goes in the entry, and how it is read.
VARIABLES = {
    "remote_addr": ("ip", without_port),
    "client": ("ip", address),  # ours: with its port, as load balancers write it
    "remote_user": ("user", None),
    "time_local": ("time", clf_time),
    "time_iso8601": ("time", moments.time),
    "msec": ("time", unix(1)),
    "request": ("request", None),
    "request_method": ("method", None),
    "request_uri": ("target", None),
    "uri": ("path", None),
    "document_uri": ("path", None),
    "args": ("query", None),
    "query_string": ("query", None),
    "status": ("status", int),
    "body_bytes_sent": ("size", int),
    "bytes_sent": ("size", int),
    "http_referer": ("referrer", None),
    "http_user_agent": ("agent", None),
    "http_accept_language": ("language", None),
    "http_host": ("host", without_port),
    "host": ("host", without_port),
    "server_name": ("host", without_port),
    "scheme": ("scheme", None),
    "request_time": ("response_time", milliseconds(1000)),
}  # type: Dict[Text, Tuple[Text, Optional[Reader]]]
_LETTERS = {
    "h": "remote_addr",
    "a": "remote_addr",
    "u": "remote_user",
    "r": "request",
    "s": "status",
    "b": "body_bytes_sent",
    "B": "body_bytes_sent",
    "O": "bytes_sent",
    "v": "host",
    "V": "host",
    "m": "request_method",
    "U": "uri",
    "q": "args",
    "T": "request_time",
}
_HEADERS = {
    "referer": "http_referer",
    "user-agent": "http_user_agent",
    "accept-language": "http_accept_language",
    "host": "http_host",
}
_UNITS = {"s": 1000, "ms": 1, "us": 0.001}
_EPOCHS = {"sec": 1, "msec": 1000, "usec": 1000000}


class PatternFormat(object):
    """
    A format whose lines a string describes.

    :param str name: what it is called
    :param str pattern: the string, as the server's configuration has it
    :param bool more: whether a line may go on behind what the string describes
    :ivar clock: what reads the times
    :raises ConfigurationError: for a string that says neither time nor status nor request, or that
        has two fields with nothing between them
    """

    def __init__(self, name, pattern, more=False):
        # type: (Text, Text, bool) -> None
        self.name = name
        self._fields = []  # type: List[Tuple[Text, Optional[Reader]]]
        self.clock = None  # type: Optional[Clock]
        text = self._compile(pattern.replace('\\"', '"').replace("\\t", "\t"))
        self._match = re.compile(text + (r"(?:\s.*)?\Z" if more else r"\s*\Z"), re.DOTALL).match
        places = {place for place, _ in self._fields}
        if not ({"time", "status"} <= places and places & {"request", "target", "path"}):
            raise ConfigurationError("a log format needs the time, the request and the status")

    def _compile(self, pattern):
        # type: (Text) -> Text
        parts, end = [], 0  # type: List[Text], int
        found = [match for match in _DIRECTIVE.finditer(pattern) if match.group() != "%%"]
        for number, match in enumerate(found):
            before = pattern[end : match.start()].replace("%%", "%")
            if number and not before:
                raise ConfigurationError(
                    "a log format needs something between two fields: %s" % match.group()
                )
            following = pattern[match.end() : match.end() + 1]
            parts.append(_literal(before) + self._field(match, before[-1:], following))
            end = match.end()
        return "".join(parts) + _literal(pattern[end:].replace("%%", "%"))

    def _field(self, match, before, following):
        # type: (Any, Text, Text) -> Text
        place, read = _meaning(match)
        if place == "time" and read is not None:
            self.clock = read = Clock(read)
        self._fields.append((place, read))
        if match.group("letter") == "t" and not match.group("argument"):
            return r"\[([^\]]*)\]"  # Apache writes the brackets itself
        if before == following == '"':
            return _QUOTED
        return "(.*)" if not following else "([^%s]*)" % re.escape(following)

    def parse(self, line):
        # type: (Text) -> Optional[Entry]
        """
        Read a line.

        :raises BadLine: for a line that is not of this format
        """
        match = self._match(line)
        if match is None:
            raise BadLine("is not in the format %s" % self.name)
        entry, path, query = Entry(), None, ""
        try:
            for (place, read), value in zip(self._fields, match.groups()):
                if value in NONE or not place:
                    continue
                value = unescaped(value)
                if place == "request":
                    set_request(entry, value)
                elif place == "path":
                    path = value
                elif place == "query":
                    query = value.lstrip("?")
                else:
                    setattr(entry, place, value if read is None else read(value))
        except (ValueError, IndexError, OverflowError):
            raise BadLine("has a time or number that cannot be read")
        if path is not None and entry.target is None:
            entry.target = path + ("?" + query if query else "")
        return finish(entry)


def _literal(text):
    # type: (Text) -> Text
    return "".join(
        r"[ \t]+" if part.isspace() else re.escape(part) for part in re.split(r"(\s+)", text)
    )


def _meaning(match):
    # type: (Any) -> Tuple[Text, Optional[Reader]]
    """Say where the field of a directive goes; to nowhere, where it is of no use."""
    name = match.group("variable") or match.group("braced")
    letter, argument = match.group("letter"), match.group("argument")
    if letter == "t":
        return "time", _time(argument)
    if letter == "D":
        return "response_time", milliseconds(0.001)
    if letter == "T" and argument:
        return "response_time", milliseconds(_UNITS.get(argument, 1000))
    if letter == "i":
        name = _HEADERS.get((argument or "").lower())
    elif letter and not argument:
        name = _LETTERS.get(letter)
    return VARIABLES.get(name or "", ("", None))


def _time(argument):
    # type: (Optional[Text]) -> Reader
    if not argument:
        return clf_time
    kind = argument.partition(":")[2] if argument.startswith(("begin:", "end:")) else argument
    return unix(_EPOCHS[kind]) if kind in _EPOCHS else Strptime(kind)
