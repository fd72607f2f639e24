"""Flask: an extension that sends an application's pageviews."""

from __future__ import absolute_import, division, print_function, unicode_literals

from flask import g, request

from ..errors import ConfigurationError
from . import wsgi
from .headers import narrow
from .site import derived

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Optional

    from .site import Site


class Analytics(object):
    """
    Sends the pageviews of a Flask application; ``flask.g.analytics`` is the :class:`~analytical.web.visit.Visit`.

    What is not given here comes from ``app.config['ANALYTICAL']``, a dict of the same names.

    :param app: the application, or None and ``init_app`` later
    :param provider: a provider, or its address such as ``'sqlite://analytics.db'``
    :param options: those of every shim; ``user_id`` is called with Flask's request
    :raises ConfigurationError: for a provider or option that cannot work
    """

    def __init__(self, app=None, provider=None, **options):
        # type: (Any, Any, **Any) -> None
        self._given = options if provider is None else dict(options, provider=provider)
        if app is not None:
            self.init_app(app)

    def init_app(self, app):
        # type: (Any) -> None
        """Begin with an application; ``app.extensions['analytical']`` is its site from then on."""
        options = dict(app.config.get("ANALYTICAL") or {})  # type: Dict[str, Any]
        options.update(self._given)
        if app.secret_key:
            options.setdefault(str("secret"), derived(app.secret_key))
        if options.get("provider") is None:
            raise ConfigurationError(
                "Analytics(app, provider) needs a provider, here or in app.config['ANALYTICAL']"
            )
        shim = wsgi.Analytics(app.wsgi_app, **options)
        app.wsgi_app = shim
        app.extensions["analytical"] = site = shim.site
        # Before those of the application, which may want to send events already.
        app.before_request_funcs.setdefault(None, []).insert(0, lambda: _begin(site))
        app.teardown_request(lambda error=None: _end(site, error))


def _begin(site):
    # type: (Site) -> None
    visit = request.environ.get("analytical")
    if visit is None:  # app.test_request_context() does not pass by the shim
        visit = site.visit(narrow(request.environ, site.keys), None)
    if visit.request is not None:
        visit.request = request._get_current_object()
    g.analytics = visit


def _end(site, error):
    # type: (Site, Optional[BaseException]) -> None
    """Note an error that Flask made a page of, which never comes as far as the shim."""
    if isinstance(error, Exception) and hasattr(g, "analytics"):
        site.failed(g.analytics, error)
