"""Site: what the shims share. Which provider, which rules, whose cookies; and the guard around them."""

from __future__ import absolute_import, division, print_function, unicode_literals

import hashlib
import logging
import time

import six

from .. import configurations, registry, values
from .._log import RateLimitedLog
from ..delivery.base import DROPPED, Outcome
from ..delivery.direct import Direct
from ..delivery.worker import EXIT_TIMEOUT
from ..errors import ConfigurationError
from ..hit import new_id
from ..privacy.visitors import visitor_id
from ..providers.base import BaseProvider
from ..providers.guard import Guard
from ..providers.http import HTTPProvider
from ..providers.options import Option, read_options
from ..secrets import describe
from . import cookies
from .forwarded import Proxies
from .headers import KEYS, asgi_names, text
from .pageviews import Rules
from .visit import Visit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, Mapping, Optional, Text

log = logging.getLogger(__name__)
_warnings = RateLimitedLog(log)

OPTIONS = (
    Option("include", "object", (), "only these paths are pageviews: '/shop', '/users/*/edit'"),
    Option("exclude", "object", (), "these paths are none"),
    Option("when", "callable", None, "called with the visit; false: no pageview"),
    Option(
        "user_id", "callable", None, "called with the request; the id of who is signed in, or None"
    ),
    Option("trusted_proxies", "object", None, "how many proxies there are, or their networks"),
    Option("address_header", "text", None, "where they say the address; X-Forwarded-For"),
    Option(
        "exceptions", "flag", False, "send an exception hit for one that the application raises"
    ),
    Option("secret", "secret", None, "of the site's own; visitors get an id of the day, no cookie"),
    Option(
        "cookie", "object", False, "keep a random id in a first-party cookie: True, or its name"
    ),
    Option("cookie_age", "integer", cookies.AGE, "seconds that browsers keep it"),
    Option("cookie_domain", "text", None, "the domain it is for; by default only the host itself"),
    Option("ga_cookies", "object", False, "read Google's: True, or a measurement id"),
)


class Site(object):
    """
    The provider and the options of one application; used by one shim.

    :param provider: a provider, its address for :func:`analytical.from_url`, or a name of
        :func:`analytical.configure`; of the latter two the delivery is ``background`` unless they say another
    :param options: see ``OPTIONS``
    :raises ConfigurationError: for anything that cannot work; nothing raises later
    """

    def __init__(self, provider, options):
        # type: (Any, Mapping[str, Any]) -> None
        given = read_options("analytical.web", OPTIONS, options)
        self.provider = make_provider(provider)
        self.rules = Rules(given["include"], given["exclude"], given["when"])
        self.proxies = Proxies(given["trusted_proxies"], given["address_header"])
        self.exceptions = given["exceptions"]
        self._user_id = given["user_id"]
        self.cookie = None  # type: Optional[cookies.VisitorCookie]
        if given["cookie"]:
            self.cookie = cookies.VisitorCookie(
                given["cookie"], given["cookie_age"], given["cookie_domain"]
            )
        self._google = _google_cookies(given["ga_cookies"], self.provider)
        self._visitor_id = visitor_id(given["secret"]) if given["secret"] else None
        self.needs_request = bool(self._user_id or given["when"])
        self.keys = KEYS + list(self.proxies.keys)
        if self.cookie or self._google:
            self.keys.append("HTTP_COOKIE")
        self.names = asgi_names(self.keys)

    def visit(self, environ, request):
        # type: (Dict[Text, Any], Any) -> Visit
        """Begin a visit; the request is kept only where it is needed, for they would hold each other."""
        return Visit(self, environ, request if self.needs_request else None)

    def answered(self, visit, status, find):
        # type: (Visit, int, Callable[[Text], Any]) -> Optional[Text]
        """
        Take note that the answer begins; send the pageview, if it is one. Raises nothing.

        :param find: gives the value of an answer's header by its name in small letters
        :returns: a new visitor's id to set in the cookie, or None
        """
        try:
            visit.status = status
            if self.rules.count(visit, status, lambda: find("content-type")):
                visit.answered()
            if visit.new_client_id and not cookies.shared(find("cache-control")):
                return visit.new_client_id
        except Exception as error:
            self._lose(error)
        return None

    def failed(self, visit, error):
        # type: (Visit, Exception) -> None
        """Take note that the application raised; send an exception hit, if that was asked for."""
        if not self.exceptions or not visit.fail_once():
            return
        try:
            # The text of an error may hold anything, about anyone.
            visit.track_hit(
                "exception", exception_description=type(error).__name__, exception_fatal=True
            )
        except Exception as fault:
            self._lose(fault)

    def end(self):
        # type: () -> None
        """Give what is queued the time that the end of a process gives it. Raises nothing."""
        try:
            self.provider.close(EXIT_TIMEOUT)
        except Exception as error:  # of a delivery that somebody else wrote
            if not Guard.swallow_faults:
                raise
            _warnings.warning("end", "closing the provider raised %s", type(error).__name__)

    def _lose(self, error):
        # type: (Exception) -> None
        """Count and log a hit that a fault lost, the user's own callables included."""
        if not Guard.swallow_faults:
            raise
        outcome = Outcome(DROPPED, "fault", sent=False, detail=type(error).__name__)
        self.provider.guard.record(outcome, None, error)

    def user_id(self, visit):
        # type: (Visit) -> Optional[Text]
        """Ask the application who is signed in; None where it does not say, or fails to."""
        if self._user_id is None:
            return None
        try:
            user = self._user_id(visit.request)
            return None if user is None else values.text(user)
        except Exception as error:  # a hit without the id is better than none
            _warnings.warning("user_id", "user_id= raised %s", type(error).__name__)
            return None

    def cookieless_id(self, fields):
        # type: (Dict[Text, Any]) -> Optional[Text]
        """Make the id of the visitor's day out of address and agent; None without a secret."""
        if self._visitor_id is None:
            return None
        return self._visitor_id.of(fields, time.time())

    def identify(self, visit, fields):
        # type: (Visit, Dict[Text, Any]) -> None
        """Add the ids of the visitor's cookies to the fields, or of the one that is to be set."""
        header = visit.environ.get("HTTP_COOKIE")
        header = _whole(header) if header else ""
        if self._google is not None:
            fields.update(self._google.read(header))
        if self.cookie is None or "client_id" in fields:
            return
        known = self.cookie.read(header)
        if known is None and not (fields.get("dnt") or fields.get("gpc")):
            known = visit.new_client_id = new_id()
        if known is not None:
            fields["client_id"] = known


def derived(key):
    # type: (Any) -> Text
    """Make a secret of a framework's key, which serves other ends: one does not tell the other."""
    return six.ensure_text(hashlib.sha256(b"analytical.web:" + six.ensure_binary(key)).hexdigest())


def _whole(header):
    # type: (Any) -> Text
    """Give a Cookie header as text; in contrast to others it is long by right."""
    return six.ensure_text(header, "latin-1")


def _google_cookies(given, provider):
    # type: (Any, BaseProvider) -> Optional[cookies.GoogleCookies]
    if not given:
        return None
    if given is not True:
        return cookies.GoogleCookies(text(given) or "-")
    account = provider.data if isinstance(provider.data, six.text_type) else ""
    return cookies.GoogleCookies(account if account.startswith("G-") else None)


def make_provider(given):
    # type: (Any) -> BaseProvider
    """
    Give the provider that a shim was passed, or make it of its address or name.

    :raises ConfigurationError: for what is none of these
    """
    if isinstance(given, (six.text_type, bytes)):
        return _made(six.ensure_text(given, errors="replace"))
    if not isinstance(given, BaseProvider):
        raise ConfigurationError(
            "provider takes a provider, or its address such as 'sqlite://analytics.db', not %s"
            % describe(given)
        )
    if isinstance(given, HTTPProvider) and isinstance(given.delivery, Direct):
        log.warning(
            "%s: hits are sent while visitors wait; give the provider delivery='background'",
            given.name,
        )
    return given  # type: ignore[no-any-return]


def _made(given):
    # type: (Text) -> BaseProvider
    name, account, options = given, None, {}  # type: Text, Any, Dict[str, Any]
    if "://" in given:
        name, account, options = registry.parse_url(given)
    configured = configurations.get(name)
    said = set(options) | set(configured.options if configured else ())
    if not said & {"delivery", "asynchronously"}:
        options[str("delivery")] = "background"
    made = registry.make(name, account, options)  # type: BaseProvider
    return made
