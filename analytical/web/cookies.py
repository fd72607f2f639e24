"""Cookies: a first-party one of our own, where it is asked for, and those of Google's tag."""

from __future__ import absolute_import, division, print_function, unicode_literals

import re

import six

from ..errors import ConfigurationError
from ..secrets import describe
from .headers import text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Optional, Pattern, Text

NAME = "analytical"
AGE = 395 * 24 * 3600  # seconds; thirteen months, which data protection authorities accept

_TOKEN = re.compile(r"[A-Za-z0-9_.-]{1,64}\Z")
_DOMAIN = re.compile(r"\.?[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\Z")
_STREAM = re.compile(r"G-([A-Z0-9]{4,20})\Z")
_CACHED = re.compile(r"public|s-maxage", re.I)


class VisitorCookie(object):
    """
    A first-party cookie that holds a random id.

    :ivar str name: the cookie's name
    :ivar int age: seconds that a browser keeps it
    :ivar str domain: for which hosts it is, or None for the one that set it
    """

    def __init__(self, name, age=AGE, domain=None):
        # type: (Any, int, Optional[Text]) -> None
        name = NAME if name is True else name
        if not isinstance(name, (six.text_type, str)) or not _TOKEN.match(name):
            raise ConfigurationError(
                "cookie= takes True or the name of a cookie, not %s" % describe(name)
            )
        if domain is not None and not _DOMAIN.match(domain):
            raise ConfigurationError("cookie_domain= takes a domain such as example.com")
        self.name, self.age, self.domain = six.ensure_text(name), age, domain
        self._pattern = _pair(self.name, "([0-9a-f]{32})")

    def read(self, header):
        # type: (Text) -> Optional[Text]
        """Give the id in a Cookie header; None where there is none that we could have set."""
        match = self._pattern.search(header)
        return match.group(1) if match else None

    def header(self, visitor):
        # type: (Text) -> Text
        """Give the value of the Set-Cookie header (RFC 6265) that sets an id."""
        domain = "; Domain=" + self.domain if self.domain else ""
        return "%s=%s; Path=/; Max-Age=%d%s; Secure; HttpOnly; SameSite=Lax" % (
            self.name,
            visitor,
            self.age,
            domain,
        )


class GoogleCookies(object):
    """
    The cookies of Google's own tag: visitor (``_ga``) and visit (``_ga_<stream>``).

    :param stream: a measurement id such as ``G-ABC1234567``, or None for whatever stream there is
    """

    def __init__(self, stream=None):
        # type: (Optional[Text]) -> None
        match = _STREAM.match(stream) if stream else None
        if stream and match is None:
            raise ConfigurationError("ga_cookies= takes True or a measurement id such as G-ABC1234")
        stream = match.group(1) if match else "[A-Z0-9]{4,20}"
        self._visitor = _pair("_ga", r"GA1\.[0-9-]{1,8}\.([0-9]{1,20}\.[0-9]{1,20})")
        # GS1.1.<session>.<count>...; since 2025 GS2.1.s<session>$o<count>$...
        self._session = _pair(
            "_ga_" + stream, r"GS(?:1\.[0-9]{1,3}\.|2\.[0-9]{1,3}\.s)([1-9][0-9]{0,19})[.$][^;]*"
        )

    def read(self, header):
        # type: (Text) -> Dict[Text, Text]
        """Give ``client_id`` and ``session_id`` as far as a Cookie header has them."""
        found = {"client_id": self._visitor.search(header)}
        if found["client_id"]:
            found["session_id"] = self._session.search(header)
        return {name: match.group(1) for name, match in found.items() if match}


def _pair(name, value):
    # type: (Text, Text) -> Pattern[Text]
    return re.compile(r"(?:^|;)[ \t]*%s=\"?%s\"?[ \t]*(?=;|\Z)" % (name.replace(".", r"\."), value))


def shared(cache_control):
    # type: (Any) -> bool
    """Tell whether caches may hand an answer to others, who would then share its cookie."""
    return bool(cache_control) and _CACHED.search(text(cache_control)) is not None
