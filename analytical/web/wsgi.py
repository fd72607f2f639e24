"""WSGI: pageviews of any application that speaks PEP 3333."""

from __future__ import absolute_import, division, print_function, unicode_literals

from .headers import find, narrow
from .site import Site

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, Iterable

    from .visit import Visit


class Analytics(object):
    """
    Wraps a WSGI application and sends its pageviews; ``environ['analytical']`` is the :class:`~analytical.web.visit.Visit`.

        >>> from analytical.web.wsgi import Analytics
        >>> def application(environ, start_response):
        ...     start_response('200 OK', [('Content-Type', 'text/html')])
        ...     return [b'Hello']
        >>> application = Analytics(application, 'memory')

    :param app: the application
    :param provider: a provider, or its address such as ``'sqlite://analytics.db'``
    :param options: those of every shim
    :raises ConfigurationError: for a provider or option that cannot work
    """

    def __init__(self, app, provider, **options):
        # type: (Callable[..., Iterable[bytes]], Any, **Any) -> None
        self.app = app
        self.site = Site(provider, options)

    def __call__(self, environ, start_response):
        # type: (Dict[Any, Any], Callable[..., Any]) -> Iterable[bytes]
        site = self.site
        visit = environ["analytical"] = site.visit(narrow(environ, site.keys), environ)
        try:
            return self.app(environ, watched(site, visit, start_response))
        except Exception as error:
            site.failed(visit, error)
            raise


def watched(site, visit, start_response):
    # type: (Site, Visit, Callable[..., Any]) -> Callable[..., Any]
    """Give a start_response that tells the site of the answer; the body is none of its business."""

    def start(status, headers, *exc_info):
        # type: (str, Any, *Any) -> Any
        if visit.status is None:  # an error may start the answer again
            new = site.answered(visit, _code(status), lambda name: find(headers, name))
            if new and site.cookie:
                headers = list(headers) + [(str("Set-Cookie"), str(site.cookie.header(new)))]
        return start_response(status, headers, *exc_info)

    return start


def _code(status):
    # type: (Any) -> int
    try:
        return int(status[:3])
    except (TypeError, ValueError):  # the server will tell the application
        return 0
