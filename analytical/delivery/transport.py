"""The transport: moves one request over the network. No other code but the session imports ``requests``."""

from __future__ import absolute_import, division, print_function, unicode_literals

import copy
import os
import threading

import requests
import six
from requests import exceptions
from requests.structures import CaseInsensitiveDict

from .._compat import monotonic
from .._log import mask_requests
from ..errors import ConfigurationError, TransportError
from ..secrets import describe, show_host
from . import switch
from .http import Response
from .session import Session

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterable, Optional, Text, Tuple

    from ..secrets import Secret
    from .http import Request

MAX_BODY = 1 << 20  # bytes of an answer that are read; platforms' answers are far shorter
# An answer that trickles in is looked at every few bytes, so that its deadline holds.
_CHUNK = 64
SETTINGS_AGE = 1.0  # seconds that the environment's settings are kept
MAX_KNOWN = 100  # addresses that are kept prepared; those with a visitor's data in them are many

# requests' class (the first that fits counts) -> reason, and whether bytes may have left.
_FAILURES = (
    (exceptions.ConnectTimeout, "timeout", False),
    (exceptions.Timeout, "timeout", True),
    (exceptions.SSLError, "tls", False),
    (exceptions.ProxyError, "proxy", True),
    (exceptions.ConnectionError, "connection", True),
    (exceptions.InvalidURL, "request", False),
    (exceptions.InvalidHeader, "request", False),
    (exceptions.InvalidSchema, "request", False),
    (exceptions.MissingSchema, "request", False),
    (exceptions.RequestException, "request", True),
)
# urllib3's classes, by name since their place moved, for connections that were never made.
_NEVER_CONNECTED = ("NewConnectionError", "NameResolutionError", "ConnectTimeoutError")


class Transport(object):
    """
    Sends requests through a kept ``requests.Session`` for each thread and process.

    :param session: the user's own ``requests.Session``, used as it is by every thread
    :param secrets: the credentials that requests hold, kept out of urllib3's log
    :param bool disabled: send nothing
    """

    def __init__(self, session=None, secrets=(), disabled=False):
        # type: (Optional[requests.Session], Iterable[Secret], bool) -> None
        if session is not None and not hasattr(session, "request"):
            raise ConfigurationError(
                "session= takes a requests.Session, not %s" % describe(session)
            )
        self._given = session
        self._disabled = disabled
        mask_requests(secrets)
        self._local = threading.local()

    def send(self, request, timeout):
        # type: (Request, float) -> Response
        """
        Send one request and read the answer, following no redirect.

        :param timeout: seconds to connect, to wait for each part of the answer, and to read it whole
        :raises TransportError: when there was no answer
        """
        switch.refuse_requests(self._disabled)
        failure = None
        try:
            return self._exchange(request, timeout)
        except Exception as error:  # adapters may raise anything; the host must not meet it
            failure = _classify(error)
        # Raised outside the handler: the original's text can hold the address with its credentials.
        reason, sent, name = failure
        raise TransportError(
            "no answer from %s: %s (%s)" % (show_host(request.url), reason, name), reason, sent
        )

    def _exchange(self, request, timeout):
        # type: (Request, float) -> Response
        deadline = monotonic() + timeout
        if self._given is not None:
            answer = self._given.request(
                request.method,
                request.url,
                data=request.body,
                headers=_native(request.headers),
                timeout=timeout,
                allow_redirects=False,
                stream=True,
            )
        else:
            prepared, settings = self._prepared(request)
            answer = self._session().send(
                prepared, timeout=timeout, allow_redirects=False, **settings
            )
        try:
            return Response(answer.status_code, answer.headers, _read(answer, deadline))
        finally:
            answer.close()

    def _prepared(self, request):
        # type: (Request) -> Tuple[requests.PreparedRequest, Dict[str, Any]]
        """
        Prepare a request for this thread's session.

        It takes requests half a millisecond to read an address, and what the environment says of proxies and
        certificates. The address stays as it is; the rest is kept for a second, and with it what the session's
        adapter makes of both.
        """
        session, now = self._session(), monotonic()
        known, key = self._local.known, (request.method, request.url)
        if key not in known:
            if len(known) >= MAX_KNOWN:
                known.clear()
            known[key] = (None, session.prepare_request(requests.Request(*key)), {})
        since, template, settings = known[key]
        if since is None or not 0 <= now - since < SETTINGS_AGE:
            template.kept = {}
            settings = session.merge_environment_settings(template.url, {}, True, None, None)
            known[key] = (now, template, settings)
        prepared = copy.copy(template)
        headers = dict(session.headers)
        headers.update(_native(request.headers))
        prepared.headers = CaseInsensitiveDict(headers)  # Request has checked them
        prepared.prepare_body(request.body, None)
        return prepared, settings

    def _session(self):
        # type: () -> requests.Session
        if self._given is not None:
            return self._given
        # A connection shared with a forked parent would mix their requests: each process has its own.
        if getattr(self._local, "pid", None) != os.getpid():
            self._local.session = Session()
            self._local.known = {}
            self._local.pid = os.getpid()
        return self._local.session  # type: ignore[no-any-return]

    def close(self):
        # type: () -> None
        """Close this thread's connections; those of others close with their threads."""
        session = getattr(self._local, "session", None)
        if session is not None and self._local.pid == os.getpid():
            session.close()
            self._local.pid = None


def _native(headers):
    # type: (Dict[Text, Text]) -> Dict[Any, Any]
    """Encode headers as Python 2's HTTP client wants them; that of Python 3 does it by itself."""
    if six.PY2:
        return {str(name): value.encode("latin-1") for name, value in headers.items()}
    return headers


def _read(answer, deadline):
    # type: (requests.Response, float) -> bytes
    """Read the body within the time and size that an answer may take; the rest is left."""
    body = b""
    try:
        for chunk in answer.iter_content(_CHUNK):
            body += chunk
            if len(body) >= MAX_BODY or monotonic() > deadline:
                break
    except exceptions.RequestException:
        pass  # the status came whole: that is the answer
    return body[:MAX_BODY]


def _classify(error):
    # type: (Exception) -> Tuple[Text, bool, Text]
    name = type(error).__name__
    for kind, reason, sent in _FAILURES:
        if isinstance(error, kind):
            return reason, sent and not _never_connected(error), name
    return "error", True, name


def _never_connected(error):
    # type: (Exception) -> bool
    cause = error.args[0] if error.args else None
    cause = getattr(cause, "reason", cause)
    cause = getattr(cause, "original_error", cause)  # what a proxy's error comes from
    if isinstance(error, exceptions.ProxyError) and "Tunnel connection failed" in repr(cause):
        return True  # the proxy refused, before it was sent anything
    return any(kind.__name__ in _NEVER_CONNECTED for kind in type(cause).__mro__)
