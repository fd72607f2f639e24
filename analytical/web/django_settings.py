"""What ``settings.ANALYTICAL`` of a Django project says: its site, its provider, and checks of it."""

from __future__ import absolute_import, division, print_function, unicode_literals

from django.apps import AppConfig
from django.conf import settings
from django.core import checks

from ..errors import ConfigurationError
from . import coroutines
from .site import Site, derived

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List, Tuple

    from ..providers.base import BaseProvider

MIDDLEWARE = "analytical.web.django.AnalyticsMiddleware"

_made = (None, None)  # type: Tuple[Any, Any]  # settings.ANALYTICAL, and the site made of it


def site():
    # type: () -> Site
    """
    Give the site that ``settings.ANALYTICAL`` describes, always the same.

    :raises ConfigurationError: for settings that cannot work
    """
    global _made
    given = getattr(settings, "ANALYTICAL", None)
    if not isinstance(given, dict) or "provider" not in given:
        raise ConfigurationError(
            "settings.ANALYTICAL is a dict with a provider: {'provider': 'sqlite://analytics.db'}"
        )
    if _made[0] is not given:
        options = {str(name): each for name, each in given.items() if name != "provider"}
        if options.get("user_id") is True:
            options["user_id"] = signed_in
        options.setdefault(str("secret"), derived(settings.SECRET_KEY))
        _made = (given, Site(given["provider"], options))
    return _made[1]  # type: ignore[no-any-return]


def provider():
    # type: () -> BaseProvider
    """Give the provider of ``settings.ANALYTICAL``: for tasks, and code without a request."""
    return site().provider


def lifespan(application):
    # type: (Any) -> Any
    """
    Give Django's ASGI application the lifespan that it lacks, so that hits in memory are sent at the server's end.

    ``application = lifespan(get_asgi_application())`` in the project's ``asgi.py``; for servers such as uvicorn,
    which end by a signal, past Python's atexit.

    :param application: an ASGI application that does not know the type ``lifespan``
    :returns: the same, with it; websockets and requests pass as they are
    """
    return coroutines.give_lifespan(application, lambda: site().end())


def signed_in(request):
    # type: (Any) -> Any
    """Give the primary key of the user of a request, or None where nobody is signed in."""
    user = getattr(request, "user", None)
    return user.pk if user is not None and user.is_authenticated else None


def check_settings(app_configs=None, **options):
    # type: (Any, **Any) -> List[Any]
    """Find mistakes: settings that cannot work, and those of which only one half is there."""
    try:
        site()
    except ConfigurationError as error:
        return [checks.Error("%s" % error, id="analytical.E001")]
    if MIDDLEWARE in (getattr(settings, "MIDDLEWARE", None) or ()):
        return []
    hint = "Put %r first in MIDDLEWARE." % str(MIDDLEWARE)
    return [
        checks.Warning("Without its middleware no pageview is sent.", hint, id="analytical.W001")
    ]


class AnalyticsConfig(AppConfig):  # type: ignore[misc]
    """For ``INSTALLED_APPS``: registers the system checks."""

    name = "analytical.web.django"
    label = "analytical"
    verbose_name = "analytical"

    def ready(self):
        # type: () -> None
        checks.register(check_settings)
