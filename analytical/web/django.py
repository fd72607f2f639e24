"""
Django: a middleware that sends a project's pageviews, and system checks of its settings.

``settings.ANALYTICAL`` is a dict: ``provider``, and the options of every shim. ``user_id`` may be True: the
primary key of ``request.user``.
"""

from __future__ import absolute_import, division, print_function, unicode_literals

from six.moves import http_cookies

from . import coroutines, django_settings
from .headers import from_scope, narrow

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .visit import Visit

AnalyticsConfig = django_settings.AnalyticsConfig
provider = django_settings.provider
lifespan = django_settings.lifespan

# As Django itself does from 2.1 on, for Pythons before 3.8.
http_cookies.Morsel._reserved.setdefault(str("samesite"), str("SameSite"))  # type: ignore[attr-defined]


class AnalyticsMiddleware(object):
    """Sends the pageviews of a project; ``request.analytics`` is the :class:`~analytical.web.visit.Visit`. Put it first."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response):
        # type: (Any) -> None
        self.get_response = get_response
        self.site = django_settings.site()
        self.may_block = self.site.needs_request  # what is asked of a request may read the database
        self._is_async = coroutines.is_coroutine_function(get_response)
        if self._is_async:
            coroutines.mark(self)

    def __call__(self, request):
        # type: (Any) -> Any
        if self._is_async:
            return coroutines.respond(self, request)
        return self.end(self.begin(request), self.get_response(request))

    def begin(self, request):
        # type: (Any) -> Visit
        """Give a request its visit."""
        scope, site = getattr(request, "scope", None), self.site
        environ = (
            narrow(request.META, site.keys) if scope is None else from_scope(scope, site.names)
        )
        request.analytics = visit = site.visit(environ, request)
        return visit

    def end(self, visit, response):
        # type: (Visit, Any) -> Any
        """Tell the site of the answer, which may still be streamed; give the answer."""
        new, cookie = (
            self.site.answered(visit, response.status_code, response.get),
            self.site.cookie,
        )
        if new and cookie is not None:
            response.set_cookie(
                cookie.name, new, cookie.age, domain=cookie.domain, secure=True, httponly=True
            )
            response.cookies[cookie.name]["samesite"] = "Lax"
        return response

    def process_exception(self, request, error):
        # type: (Any, Exception) -> None
        """Note an exception of a view, of which Django makes a page."""
        self.site.failed(request.analytics, error)
