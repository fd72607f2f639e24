"""What in an access log is a pageview, why anything else is left out, and the hit that is made of it."""

from __future__ import absolute_import, division, print_function, unicode_literals

from ..hit import Hit
from ..privacy.bots import is_bot
from ..web.pageviews import Paths, checks

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterator, Optional, Text

    from .entry import Entry

# What pages are made of, as in Matomo's importer of logs, and what has come since.
STATIC = frozenset(
    "avif bmp class css eot gif ico jpeg jpg js map mjs otf png svg svgz swf ttf wasm webmanifest webp "
    "woff woff2 xml".split()
)
# What is fetched to be kept; Matomo's importer counts it apart.
DOWNLOADS = frozenset(
    "7z aac apk arc arj asc asf asx avi azw3 bin bz2 csv deb dmg doc docx epub exe flac flv gz gzip hqx "
    "ibooks iso jar json mov movie mp2 mp3 mp4 mpeg mpg msi msp odb odf odg odp ods odt ogg ogv pdf phps "
    "ppt pptx qt qtm ra ram rar rpm rtf sea sit tar tbz tgz torrent txt wav webm wma wmv wpd xls xlsx xsd "
    "xz z zip zst".split()
)
_CHECKS = checks("server-status", "metrics")

REASONS = {
    "no_request": "lines without a request, such as scans and broken connections",
    "method": "other methods than GET",
    "excluded": "paths that you left out",
    "internal": "requests of the server itself",
    "error": "answers of 400 and above",
    "redirect": "redirects",
    "status": "answers that are no page, such as 101 and 206",
    "static": "images, styles, scripts",
    "download": "downloads",
    "health_check": "health checks",
    "bot": "bots",
}


class Rules(object):
    """
    Decides for each entry whether it is a pageview; each reason to leave one out can be switched off.

    :param keep: reasons of REASONS that leave nothing out
    :param include: only these paths, in the form of :class:`analytical.web.pageviews.Rules`
    :param exclude: never these paths
    :raises ConfigurationError: for what is no path
    """

    def __init__(self, keep=(), include=(), exclude=()):
        # type: (Any, Any, Any) -> None
        self._keep = frozenset(keep)
        self._chosen = Paths(include, exclude)

    def reason(self, entry):
        # type: (Entry) -> Optional[Text]
        """Give the reason to leave an entry out, a key of REASONS; None for a pageview."""
        if entry.method is None or entry.target is None:
            return "no_request"  # there is nothing that could be kept
        for reason in self._reasons(entry):
            if reason is not None and reason not in self._keep:
                return reason
        return None

    def _reasons(self, entry):
        # type: (Entry) -> Iterator[Optional[Text]]
        # From what is cheap and common to what takes long.
        yield None if entry.method == "GET" else "method"
        yield of_status(entry.status or 0)
        path = (entry.target or "").partition("?")[0]
        yield of_path(path)
        yield "excluded" if self._chosen.choose(path) is False else None
        yield "internal" if is_internal(entry.ip or "") else None
        yield "bot" if is_bot(entry.agent or "") else None


def of_status(status):
    # type: (int) -> Optional[Text]
    """Say why a status is not that of a page that was seen; 304 is one that the browser had."""
    if status in (200, 201, 203, 304):
        return None
    if status >= 400:
        return "error"
    return "redirect" if 300 <= status < 400 else "status"


def of_path(path):
    # type: (Text) -> Optional[Text]
    """
    Say why a path is not that of a page.

    >>> of_path('/style.v2.CSS') == 'static', of_path('/a.b/c') is None
    (True, True)
    """
    name = path[path.rfind("/") + 1 :]
    dot = name.rfind(".")
    if dot >= 0:
        extension = name[dot + 1 :].lower()
        if extension in STATIC:
            return "static"
        if extension in DOWNLOADS:
            return "download"
    return "health_check" if _CHECKS.search(path) else None


def is_internal(ip):
    # type: (Text) -> bool
    """Tell whether an address is that of the machine itself; those of a company may be its visitors."""
    return ip.startswith("127.") or ip in ("::1", "localhost")


def hit_of(entry, base="", id=None):
    # type: (Entry, Text, Optional[Text]) -> Hit
    """
    Make the pageview that an entry tells of, at the time when it happened.

    A user's name, which some servers log, is left out: it is a person's.

    :param base: scheme and host for lines that do not say theirs, such as ``https://example.com``
    :param id: the hit's id, 32 hex digits; a random one by default
    """
    fields = {
        "timestamp": entry.time,
        "referrer": entry.referrer,
        "user_agent": entry.agent,
        "user_ip": entry.ip,
        "language": entry.language,
        "method": entry.method,
        "status": entry.status,
        "response_time": entry.response_time,
    }  # type: Dict[Text, Any]
    scheme, _, host = base.rstrip("/").partition("://")
    host = entry.host or host
    if host:
        host = "[%s]" % host if host.count(":") > 1 else host
        fields["url"] = "%s://%s%s" % (entry.scheme or scheme or "https", host, entry.target)
    else:
        fields["path"] = entry.target
    # Not by params.read(), which takes as long as all of this: an entry's values are in their normal form.
    given = {name: value for name, value in fields.items() if value is not None}
    return Hit("pageview", given, entry.time, id)
