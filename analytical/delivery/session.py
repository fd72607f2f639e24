"""A requests.Session that adds nothing of its own, and finds out once what is the same for each request."""

from __future__ import absolute_import, division, print_function, unicode_literals

import requests
from requests.adapters import HTTPAdapter
from requests.cookies import RequestsCookieJar
from requests.structures import CaseInsensitiveDict

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict


class Session(requests.Session):
    """A session that adds nothing of its own to what a provider says about a visitor."""

    def __init__(self):
        # type: () -> None
        super(Session, self).__init__()
        self.cookies = _NoCookies()
        # Without it, an entry for the host in ~/.netrc would replace the provider's Authorization header.
        self.auth = _keep
        for scheme in ("http://", "https://"):
            self.mount(scheme, _Adapter())

    def get_redirect_target(self, resp):
        # type: (Any) -> None
        """Look for no other address: requests would read an answer to its end for that."""


class _NoCookies(RequestsCookieJar):
    """A collector's cookie names one visitor; sent back, it would make all visitors one."""

    def extract_cookies(self, *args, **options):
        # type: (*Any, **Any) -> None
        """Take none."""


class _Adapter(HTTPAdapter):
    """
    Keeps what it finds out about an address in ``kept``, a dict that the requests to it share.

    It overrides what requests leaves to subclasses, no more, since tests put mocks in place of ``send``.
    Without it a request takes a quarter more.
    """

    def get_connection_with_tls_context(self, request, verify, proxies=None, cert=None):
        # type: (Any, Any, Any, Any) -> Any
        """Give the connection pool."""
        kept = _kept(request)
        pool = kept.get("pool")
        if pool is None or pool.pool is None:  # closed by urllib3 1, for one of ten other hosts
            find = super(_Adapter, self).get_connection_with_tls_context
            pool = kept["pool"] = find(request, verify, proxies=proxies, cert=cert)
        return pool

    def request_url(self, request, proxies):
        # type: (Any, Any) -> str
        """Give the address as the request line says it."""
        kept = _kept(request)
        if "url" not in kept:
            kept["url"] = super(_Adapter, self).request_url(request, proxies)
        return kept["url"]  # type: ignore[no-any-return]

    def build_response(self, req, resp):
        # type: (Any, Any) -> requests.Response
        """Make the answer without its cookies and the encoding of its text, which nobody asks for."""
        answer = requests.Response()
        answer.status_code, answer.reason = resp.status, resp.reason
        answer.headers = CaseInsensitiveDict(resp.headers)
        answer.url, answer.request, answer.raw = req.url, req, resp
        return answer


def _kept(request):
    # type: (Any) -> Dict[str, Any]
    return getattr(request, str("kept"), {})


def _keep(request):
    # type: (Any) -> Any
    return request
