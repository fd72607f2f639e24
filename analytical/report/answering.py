"""Answers of ``analytical serve``: one page, to browsers that asked for it by its own name."""

from __future__ import absolute_import, division, print_function, unicode_literals

import collections

import six
from six.moves import BaseHTTPServer
from six.moves.urllib.parse import parse_qs

from ..errors import AnalyticalError, ConfigurationError
from .choice import choose_query
from .page import policy

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Text, Tuple

NAMES = ("127.0.0.1", "localhost", "[::1]")
PATIENCE = 10.0  # seconds that a client may keep a thread waiting for its next bytes
RETRY = 5  # seconds after which a browser asks again where the file could not be read
LONGEST = 2000  # characters of a path and query

HTML = "text/html; charset=utf-8"
PLAIN = "text/plain; charset=utf-8"

Answer = collections.namedtuple("Answer", "status kind text")
_REASONS = {
    200: "OK",
    400: "Bad Request",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    414: "URI Too Long",
    421: "Misdirected Request",
    500: "Internal Server Error",
    503: "Service Unavailable",
}


class Handler(BaseHTTPServer.BaseHTTPRequestHandler, object):
    """Answers one request, by GET or HEAD, for the one page there is."""

    timeout = PATIENCE
    server_version = str("analytical")
    sys_version = str("")

    def do_GET(self):
        # type: () -> None
        """Answer with the page, or with why not."""
        self._send(self._answer())

    do_HEAD = do_GET

    def send_error(self, code, message=None, explain=None):
        # type: (int, Any, Any) -> None
        """Answer what the base class refuses; 501 is its word for a method that we lack."""
        status = 405 if code == 501 else code
        reason = _REASONS.get(status, "Error")
        self._send(Answer(status, PLAIN, reason + "\n"))

    def log_message(self, format, *args):
        # type: (Any, *Any) -> None
        """Keep no log: addresses hold what was looked at."""

    def _answer(self):
        # type: () -> Answer
        if not self._is_ours():
            return _plain(421, "This address serves localhost only, by the name that was printed.")
        if self._is_from_another_site():
            return _plain(403, "Other sites may link to this page, and not load it.")
        if len(self.path) > LONGEST:
            return _plain(414, "The address is too long.")
        path, _, query = self.path.partition(str("?"))
        if path != "/":
            return _plain(404, "There is one page here: /")
        try:
            choice = choose_query(_read_query(query))
        except (ConfigurationError, ValueError) as error:
            return _plain(400, "%s" % error)
        return self._page(choice)

    def _page(self, choice):
        # type: (Any) -> Answer
        try:
            return Answer(200, HTML, self.server.text(choice))  # type: ignore[attr-defined]
        except AnalyticalError as error:
            return _plain(503, "%s" % error)
        except (
            Exception
        ) as error:  # a fault of ours: no traceback, which may hold what visitors sent
            return _plain(500, "The page could not be made: %s" % type(error).__name__)

    def _header(self, name):
        # type: (Text) -> List[Text]
        """Give all values of a header."""
        read = getattr(self.headers, "get_all", None) or self.headers.getheaders  # type: ignore[attr-defined]
        return [six.ensure_text(value, errors="replace") for value in read(name) or ()]

    def _is_ours(self):
        # type: () -> bool
        """Tell whether the address names this server: a foreign name that leads here is an attack."""
        port = self.server.server_port  # type: ignore[attr-defined]
        names = {"%s:%d" % (name, port) for name in NAMES}
        if port == 80:
            names.update(NAMES)
        hosts = self._header("Host")
        return len(hosts) == 1 and hosts[0].strip().lower() in names

    def _is_from_another_site(self):
        # type: () -> bool
        """Tell whether a page of another site loads this one, other than by a link to it."""
        site, mode = (self._header(name)[:1] for name in ("Sec-Fetch-Site", "Sec-Fetch-Mode"))
        return site in (["cross-site"], ["same-site"]) and mode != ["navigate"]

    def _send(self, answer):
        # type: (Answer) -> None
        body = answer.text.encode("utf-8")
        self.request_version = (
            "HTTP/1.0"  # below it, as for what is no HTTP, there would be no headers
        )
        self.send_response(answer.status, str(_REASONS.get(answer.status, "Error")))
        for name, value in _headers(answer) + [("Content-Length", "%d" % len(body))]:
            self.send_header(str(name), str(value))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def _plain(status, text):
    # type: (int, Text) -> Answer
    return Answer(status, PLAIN, "%d %s\n\n%s\n" % (status, _REASONS[status], text))


def _read_query(query):
    # type: (Any) -> Dict[Text, List[Text]]
    """Read parameters that are UTF-8, as those of forms on our page are."""
    if len(query.split(str("&"))) > 10:
        raise ValueError("the address takes from, to and site, each once")
    found = parse_qs(query, keep_blank_values=True)
    return {
        six.ensure_text(name, errors="replace"): [
            six.ensure_text(value, errors="replace") for value in values
        ]
        for name, values in found.items()
    }


def _headers(answer):
    # type: (Answer) -> List[Tuple[Text, Text]]
    rules = policy(live=True) if answer.kind == HTML else "default-src 'none'"
    headers = [
        ("Content-Type", answer.kind),
        ("Content-Security-Policy", rules + "; frame-ancestors 'none'"),
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "DENY"),
        ("Referrer-Policy", "no-referrer"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cache-Control", "no-store"),
        ("Connection", "close"),
    ]
    if answer.status == 405:
        headers.append(("Allow", "GET, HEAD"))
    if answer.status == 503:
        headers.append(("Refresh", "%d" % RETRY))
    return headers
