"""What counts as a pageview: pages that were shown to somebody, by the rules below and the user's own."""

from __future__ import absolute_import, division, print_function, unicode_literals

import re

import six

from ..errors import ConfigurationError
from ..privacy.bots import is_early
from ..secrets import describe
from .headers import text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Mapping, Optional, Pattern, Text

    from .visit import Visit

_PAGE = re.compile(r"\s*(?:text/html|application/xhtml\+xml)\s*(?:;|\Z)", re.I)
_GET = str("GET")  # native, as servers give it: Python 2 does not compare just any bytes with text
_PURPOSES = ("HTTP_SEC_PURPOSE", "HTTP_PURPOSE", "HTTP_X_PURPOSE", "HTTP_X_MOZ")


def checks(*more):
    # type: (*Text) -> Pattern[Text]
    """Make the expression of paths that monitors, load balancers and crawlers ask for."""
    names = (
        "health",
        "healthz",
        "health[_-]?check",
        "livez",
        "readyz",
        "_?ping",
        "heartbeat",
    ) + more
    return re.compile(r"/(?:%s)/?\Z|/\.well-known/" % "|".join(names), re.I)


_CHECKS = checks(r"favicon\.ico", r"robots\.txt")


def is_page(content_type):
    # type: (Any) -> bool
    """Tell whether a Content-Type is that of a page."""
    if isinstance(content_type, six.text_type):
        return _PAGE.match(content_type) is not None
    return bool(content_type) and _PAGE.match(text(content_type)) is not None


def purpose(environ):
    # type: (Mapping[Text, Any]) -> Optional[Text]
    """Give what a browser says it makes the request for, or None: most say nothing."""
    for key in _PURPOSES:
        if key in environ:
            return text(environ[key])
    return None


def is_navigation(environ):
    # type: (Mapping[Text, Any]) -> bool
    """Tell whether somebody asked for a page to see: not a script, not a browser ahead of its user."""
    if "HTTP_X_REQUESTED_WITH" in environ:
        if text(environ["HTTP_X_REQUESTED_WITH"]) == "XMLHttpRequest":
            return False
    if "HTTP_SEC_FETCH_DEST" in environ:
        if text(environ["HTTP_SEC_FETCH_DEST"]) not in ("", "document"):
            return False
    said = purpose(environ)
    return said is None or not is_early(said)


class Rules(object):
    """
    Decides for each answer whether it is a pageview.

    A pageview is a GET answered by 2xx with HTML, which a person navigated to; a health check is none.

    :param include: only these paths: ``'/shop'`` stands for itself and all below it, and a ``*`` for
        any text: ``'/users/*/edit'``. One, or a list; it also brings in paths of health checks
    :param exclude: never these paths, in the same form
    :param when: called last, with the visit; false: no pageview
    :raises ConfigurationError: for what is no path
    """

    def __init__(self, include=(), exclude=(), when=None):
        # type: (Any, Any, Optional[Callable[[Visit], Any]]) -> None
        self._chosen = Paths(include, exclude)
        self._when = when

    def count(self, visit, status, content_type):
        # type: (Visit, int, Callable[[], Any]) -> bool
        """Tell whether an answer is a pageview; the content type is looked up only if it matters."""
        environ = visit.environ
        return (
            200 <= status < 300
            and environ.get("REQUEST_METHOD") == _GET
            and is_page(content_type())
            and is_navigation(environ)
            and self._counts_path(visit.path)
            and (self._when is None or bool(self._when(visit)))
        )

    def _counts_path(self, path):
        # type: (Text) -> bool
        chosen = self._chosen.choose(path)
        return _CHECKS.match(path) is None if chosen is None else chosen


class Paths(object):
    """
    The paths that a user chose.

    :param include: only these
    :param exclude: never these
    :raises ConfigurationError: for what is no path
    """

    def __init__(self, include, exclude):
        # type: (Any, Any) -> None
        self._include = patterns("include", include)
        self._exclude = patterns("exclude", exclude)

    def choose(self, path):
        # type: (Text) -> Optional[bool]
        """Tell whether a path is among them; None where nobody said so or otherwise."""
        if self._exclude is not None and self._exclude.match(path):
            return False
        return None if self._include is None else self._include.match(path) is not None


def patterns(name, given):
    # type: (Text, Any) -> Optional[Pattern[Text]]
    """Make one regular expression of paths; None of none."""
    if isinstance(given, (six.text_type, bytes)):
        given = [given]
    if not isinstance(given, (list, tuple, set, frozenset)):
        raise ConfigurationError("%s= takes paths, not %s" % (name, describe(given)))
    parts = [_pattern(name, path) for path in given]
    return re.compile("|".join(parts)) if parts else None


def _pattern(name, path):
    # type: (Text, Any) -> Text
    path = six.ensure_text(path) if isinstance(path, (six.text_type, bytes)) else ""
    if path[:1] not in ("/", "*"):
        raise ConfigurationError("%s= takes paths that start with / or *" % name)
    if "*" in path:
        return ".*".join(re.escape(part) for part in path.split("*")) + r"\Z"
    return "%s(?:/|\\Z)" % re.escape(path.rstrip("/"))
