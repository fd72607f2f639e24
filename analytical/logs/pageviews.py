"""What in an access log is a pageview, why anything else is left out, and the hit that is made of it."""

from __future__ import absolute_import, division, print_function, unicode_literals

from .._agents import LONGEST
from .._memo import Memo
from ..hit import Hit
from ..privacy.bots import is_bot
from ..web.pageviews import Paths, checks

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Optional, Text, Tuple

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

# The machine itself, with 127.*; addresses of a company may be its visitors'.
_ITSELF = ("::1", "localhost")

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
    :ivar dict statuses: status -> the reason that it gives, or None
    :raises ConfigurationError: for what is no path
    """

    def __init__(self, keep=(), include=(), exclude=()):
        # type: (Any, Any, Any) -> None
        self.arguments = (list(keep), include, exclude)
        self._keep = frozenset(keep)
        self._chosen = Paths(include, exclude)
        self.statuses = {
            status: self._unless_kept(of_status(status)) for status in range(100, 1000)
        }
        # Assets, pages and agents come again and again.
        self._paths = Memo(self._of_path)
        self._bots = Memo(is_bot, longest=LONGEST)

    def reason(self, entry):
        # type: (Entry) -> Optional[Text]
        """Give the reason to leave an entry out, a key of REASONS; None for a pageview."""
        return self.judge(
            entry.method, entry.target, entry.status or 0, entry.ip or "", entry.agent or ""
        )

    def judge(self, method, target, status, ip, agent):
        # type: (Optional[Text], Optional[Text], int, Text, Text) -> Optional[Text]
        """The same for an entry that was not made yet."""
        # From what is cheap and common to what takes long.
        before, after = self.of_request(method, target)
        return before or self.statuses.get(status, "status") or after or self.of_visitor(ip, agent)

    def of_request(self, method, target):
        # type: (Optional[Text], Optional[Text]) -> Tuple[Optional[Text], Optional[Text]]
        """Give the reasons of a request alone: one that comes before that of the status, one after it."""
        if method is None or target is None:
            return "no_request", None  # there is nothing that could be kept
        if method != "GET" and "method" not in self._keep:
            return "method", None
        return None, self._paths[target.partition("?")[0]]

    def of_visitor(self, ip, agent):
        # type: (Text, Text) -> Optional[Text]
        """Give that of who asked."""
        if (ip[:4] == "127." or ip in _ITSELF) and "internal" not in self._keep:
            return "internal"
        return "bot" if self._bots[agent] and "bot" not in self._keep else None

    def _of_path(self, path):
        # type: (Text) -> Optional[Text]
        chosen = "excluded" if self._chosen.choose(path) is False else None
        return self._unless_kept(of_path(path)) or self._unless_kept(chosen)

    def _unless_kept(self, reason):
        # type: (Optional[Text]) -> Optional[Text]
        return None if reason in self._keep else reason


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


def hit_of(entry, base="", id=None):
    # type: (Entry, Text, Optional[Text]) -> Hit
    """
    Make the pageview that an entry tells of, at the time when it happened.

    A user's name, which some servers log, is left out: it is a person's.

    :param base: scheme and host for lines that do not say theirs, such as ``https://example.com``
    :param id: the hit's id, 32 hex digits; a random one by default
    """
    scheme, _, host = base.rstrip("/").partition("://")
    host = entry.host or host
    origin = "%s://%s" % (entry.scheme or scheme or "https", bracketed(host)) if host else ""
    hit = plain_hit(
        origin, entry.time, entry.ip, entry.target, entry.status, entry.referrer, entry.agent, id
    )
    for name in ("language", "response_time"):
        value = getattr(entry, name)
        if value is not None:
            hit.fields[name] = value
    hit.fields["method"] = entry.method
    return hit


def bracketed(host):
    # type: (Text) -> Text
    """Write a host as it stands in an address."""
    return "[%s]" % host if host.count(":") > 1 else host


def plain_hit(origin, time, ip, target, status, referrer, agent, id, method="GET"):
    # type: (Text, Optional[float], Optional[Text], Optional[Text], Optional[int], Optional[Text], Optional[Text], Optional[Text], Optional[Text]) -> Hit
    """
    Make the pageview of what most lines say.

    :param origin: scheme and host; empty for a hit that has a path only
    """
    # Not by params.read(), which takes as long as all else: these values are in their normal form.
    fields = {"timestamp": time, "method": method, "status": status}  # type: Dict[Text, Any]
    if referrer is not None:
        fields["referrer"] = referrer
    if agent is not None:
        fields["user_agent"] = agent
    if ip is not None:
        fields["user_ip"] = ip
    if origin:
        fields["url"] = origin + (target or "")
    else:
        fields["path"] = target
    return Hit("pageview", fields, time, id)
