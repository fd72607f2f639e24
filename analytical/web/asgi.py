"""ASGI: pageviews of FastAPI, Starlette and any other application that speaks ASGI 3."""

from __future__ import absolute_import, division, print_function, unicode_literals

from . import coroutines
from .headers import find, from_scope
from .site import Site

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, Tuple

    from .visit import Visit


class Analytics(object):
    """
    Wraps an ASGI application and sends its pageviews; Python 3 only.

    ``scope['analytical']``, and ``request.state.analytics`` in Starlette and FastAPI, is the :class:`~analytical.web.visit.Visit`.

    :param app: the application
    :param provider: a provider, or its address such as ``'sqlite://analytics.db'``
    :param options: those of every shim
    :raises ConfigurationError: for a provider or option that cannot work
    """

    def __init__(self, app, provider, **options):
        # type: (Callable[..., Any], Any, **Any) -> None
        self.app = app
        self.site = Site(provider, options)

    __call__ = coroutines.serve

    def begin(self, scope, send):
        # type: (Dict[str, Any], Callable[..., Any]) -> Tuple[Visit, Callable[..., Any]]
        """Give the visit, and a send that tells of the answer; websockets and lifespan do not come here."""
        visit = self.site.visit(from_scope(scope, self.site.names), scope)
        # The scope itself, not a copy: outer layers read what inner ones put there.
        scope["analytical"] = visit
        scope.setdefault("state", {})["analytics"] = visit

        def watched(message):
            # type: (Dict[str, Any]) -> Any
            if message["type"] == "http.response.start" and visit.status is None:
                message = self._note(visit, message)
            return send(message)

        return visit, watched

    def until_end(self, send):
        # type: (Callable[..., Any]) -> Callable[..., Any]
        """Give a send that has hits delivered at the end: uvicorn ends by a signal, past Python's atexit."""

        def watched(message):
            # type: (Dict[str, Any]) -> Any
            if message["type"].startswith("lifespan.shutdown."):
                self.site.end()
            return send(message)

        return watched

    def _note(self, visit, message):
        # type: (Visit, Dict[str, Any]) -> Dict[str, Any]
        headers = message.get("headers", ())
        new = self.site.answered(
            visit, message["status"], lambda name: find(headers, name.encode("ascii"))
        )
        if new and self.site.cookie:
            cookie = (b"set-cookie", self.site.cookie.header(new).encode("ascii"))
            return dict(message, headers=list(headers) + [cookie])
        return message
