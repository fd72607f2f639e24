"""
A request as the fields of a hit, and the visit: what views and tasks send hits with.

``from_environ`` (WSGI, which Django and Flask speak too) and ``from_scope`` (ASGI) need no shim: they
serve any other framework.
"""

from __future__ import absolute_import, division, print_function, unicode_literals

import re

import six

from .._compat import monotonic
from ..hit import Hit
from ..params import ALIASES
from . import headers
from .forwarded import Proxies
from .headers import text
from .page import page, path_bytes, usual_path
from .pageviews import purpose

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Container, Dict, Mapping, Optional, Text

    from ..delivery.base import Outcome
    from .site import Site

_NOBODY = Proxies()
_METHODS = {"GET": "GET", "POST": "POST"}  # native to text, on Python 2
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(?:[-_][A-Za-z0-9]{1,8})*")


def from_environ(environ, proxies=_NOBODY):
    # type: (Mapping[Any, Any], Proxies) -> Dict[Text, Any]
    """
    Say a WSGI request (PEP 3333) in fields: what there is of url, method, referrer, user_agent, language,
    user_ip, dnt, gpc and purpose.

        >>> from analytical.web.visit import from_environ
        >>> environ = {'REQUEST_METHOD': 'GET', 'PATH_INFO': '/a b', 'HTTP_HOST': 'example.com',
        ...            'HTTP_ACCEPT_LANGUAGE': 'en-GB,en;q=0.9', 'REMOTE_ADDR': '12.34.56.78'}
        >>> fields = from_environ(environ)
        >>> print(fields['url'], fields['language'], fields['user_ip'])
        http://example.com/a%20b en-GB 12.34.56.78

    Nothing in a request makes it raise. Line breaks and other control characters become spaces, and a
    value ends after 2,048 characters.

    :param proxies: a :class:`~analytical.web.forwarded.Proxies`: those whose word about the visitor's
        address, the host and the scheme is taken
    """
    address, host, scheme = proxies.origin(environ)
    fields = page(environ, host, scheme)
    method = environ.get("REQUEST_METHOD")
    fields["method"] = _METHODS[method] if method in _METHODS else text(method)
    referrer, agent = environ.get("HTTP_REFERER"), environ.get("HTTP_USER_AGENT")
    if referrer:
        fields["referrer"] = text(referrer)
    if agent:
        fields["user_agent"] = text(agent)
    if address:
        fields["user_ip"] = address
    languages = environ.get("HTTP_ACCEPT_LANGUAGE")
    if languages:
        match = _LANGUAGE.match(text(languages))
        if match:
            fields["language"] = match.group()
    _read_wishes(environ, fields)
    return fields


def from_scope(scope, proxies=_NOBODY):
    # type: (Mapping[str, Any], Proxies) -> Dict[Text, Any]
    """Say an ASGI request, a scope of type ``http``, in fields: see :func:`from_environ`."""
    names = headers.asgi_names(headers.KEYS + list(proxies.keys))
    return from_environ(headers.from_scope(scope, names), proxies)


def _read_wishes(environ, fields):
    # type: (Mapping[Any, Any], Dict[Text, Any]) -> None
    if "HTTP_DNT" in environ:
        said = text(environ["HTTP_DNT"])
        if said in ("0", "1"):
            fields["dnt"] = said == "1"
    if "HTTP_SEC_GPC" in environ and text(environ["HTTP_SEC_GPC"]) == "1":
        fields["gpc"] = True
    why = purpose(environ)
    if why:
        fields["purpose"] = why


class Visit(object):
    """
    One request and who made it; sends hits in which the visitor's fields are filled in.

    :ivar str path: the path of the request, percent-encodings decoded
    :ivar int status: the status of the answer, once it has begun, else None
    :ivar request: what the framework calls its request (WSGI: the environ; ASGI: the scope), for
        ``user_id=`` and ``when=``; None where neither was given
    :ivar provider: the provider that hits go to
    """

    __slots__ = tuple(
        str(name)
        for name in (
            "environ",
            "request",
            "provider",
            "status",
            "new_client_id",
            "_site",
            "_started",
            "_read",
            "_set",
            "_cookieless",
            "_failed",
        )
    )

    def __init__(self, site, environ, request=None):
        # type: (Site, Dict[Text, Any], Any) -> None
        self.environ = environ
        self.request = request
        self.provider = site.provider
        self.status = None  # type: Optional[int]
        self.new_client_id = None  # type: Optional[Text]
        self._site = site
        self._started = monotonic()
        self._read = None  # type: Optional[Dict[Text, Any]]
        self._set = {}  # type: Dict[Text, Any]
        self._cookieless = None  # type: Optional[Text]
        self._failed = False

    @property
    def path(self):
        # type: () -> Text
        usual = usual_path(self.environ)
        return text(path_bytes(self.environ)) if usual is None else usual

    def set(self, **fields):
        # type: (**Any) -> None
        """Set fields of all hits of this visit to come, its pageview too: ``set(title='Home')``."""
        self._set.update((_field(name), value) for name, value in fields.items())

    def fields(self):
        # type: () -> Dict[Text, Any]
        """
        Give the visitor's fields as a new dict, which JSON can carry: for a task in another process.

        ``provider.event(fields, category='cart', action='add')`` is the same there as ``event`` here.
        """
        return self._fields(())

    def _fields(self, given):
        # type: (Container[Any]) -> Dict[Text, Any]
        """Give what is known of the visitor, but for fields that the caller gives."""
        known = self._known()
        fields = (
            {name: known[name] for name in known if name not in given} if given else dict(known)
        )
        if self.request is not None and not ("user_id" in self._set or "user_id" in given):
            user = self._site.user_id(self)
            if user is not None:
                fields["user_id"] = user
        for name in self._set:
            if name not in given:
                fields[name] = self._set[name]
        # An id of the visitor's day would link the hits before to the account.
        if self._cookieless and not ("client_id" in fields or "user_id" in fields):
            if not ("client_id" in given or "user_id" in given):
                fields["client_id"] = self._cookieless
        return fields

    def _known(self):
        # type: () -> Dict[Text, Any]
        if self._read is None:
            self._read = known = from_environ(self.environ, self._site.proxies)
            self._site.identify(self, known)
            if "client_id" not in known:
                self._cookieless = self._site.cookieless_id(known)
        return self._read

    def answered(self):
        # type: () -> Outcome
        """Send the automatic pageview, now that the answer begins."""
        fields = self.fields()
        fields.setdefault("status", self.status)
        fields.setdefault("response_time", (monotonic() - self._started) * 1000.0)
        if self._set:
            return self.provider.track_hit("pageview", fields)
        # What was read here has its normal form, and need not be read again.
        return self.provider.track_hit(Hit("pageview", fields))

    def pageview(self, params=None, **fields):
        # type: (Optional[Mapping[Any, Any]], **Any) -> Outcome
        """Send a pageview beside the automatic one, for what the rules leave out; see :meth:`event`."""
        return self.track_hit("pageview", params, **fields)

    def event(self, params=None, **fields):
        # type: (Optional[Mapping[Any, Any]], **Any) -> Outcome
        """
        Send an event of this visitor.

        Parameters, result and errors are those of the provider's ``event``. What is passed here goes before
        what is known of the visitor: ``user_ip=None`` leaves the address out.
        """
        return self.track_hit("event", params, **fields)

    def track_hit(self, hit_type, params=None, **fields):
        # type: (Text, Optional[Mapping[Any, Any]], **Any) -> Outcome
        """Send a hit of any type; see :meth:`event`."""
        if params is not None and not hasattr(params, "keys"):
            return self.provider.track_hit(hit_type, params, **fields)  # which says what is wrong
        given = {_field(name) for name in fields}
        if params is not None:
            given.update(_field(name) for name in params)
        known = self._fields(given)
        if params is not None:
            known.update(params)
        return self.provider.track_hit(hit_type, known, **fields)

    def fail_once(self):
        # type: () -> bool
        """Tell the first time that the request failed; frameworks may show an error twice."""
        first, self._failed = not self._failed, True
        return first

    def __repr__(self):
        # type: () -> str
        return str("<Visit of %s>" % self.provider.name)


def _field(name):
    # type: (Any) -> Any
    """Give the readable name of a field that may be named as in Google's protocol."""
    alias = ALIASES.get(name) if isinstance(name, (six.text_type, str)) else None
    return name if alias is None else alias[0]
