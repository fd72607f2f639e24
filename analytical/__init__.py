"""
Server-side analytics: pageviews and events from Python to any platform, private data removed first.

    >>> import analytical
    >>> provider = analytical.Provider('memory')
    >>> bool(provider.pageview({'dl': 'https://example.com/', 'dt': 'Home'}))
    True

Importing this module is cheap on purpose: an HTTP library, a user-agent parser or a database is
loaded when the first hit needs it.
"""

from __future__ import absolute_import, division, print_function, unicode_literals

import importlib
import sys
import types

from . import errors
from .errors import (
    AnalyticalError,
    ConfigurationError,
    DeliveryError,
    InvalidHit,
    MissingDependency,
    Rejected,
    TransportError,
    UnknownProvider,
    UnsupportedField,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List, Optional, Type, Union

    from .providers.base import BaseProvider

__version__ = "1.0.0"

# Text, not bytes, breaks `from analytical import *` on Python 2.
__all__ = [
    str(name)
    for name in (
        "Provider",
        "register",
        "configure",
        "from_url",
        "errors",
        "AnalyticalError",
        "ConfigurationError",
        "DeliveryError",
        "InvalidHit",
        "MissingDependency",
        "Rejected",
        "TransportError",
        "UnknownProvider",
        "UnsupportedField",
        "__version__",
    )
]

_SUBMODULES = ("delivery", "hit", "privacy", "providers", "registry", "testing", "utils")


def Provider(provider_name, provider_data=None, **options):  # noqa: N802 - the name 0.0.1 gave it
    # type: (str, Any, **Any) -> BaseProvider
    """
    Make the provider of a platform.

    :param str provider_name: a registered name, such as ``'googleanalytics'`` or ``'sqlite'``
    :param provider_data: the account: a property id, a site, a file; see the provider's page
    :param options: options of every provider (``timeout`` in seconds, ``fail_silently``, ``strict``,
        ``delivery``, ``processors`` ...) and the platform's own
    :returns: an instance of the platform's class
    :raises UnknownProvider: (a ``ValueError``) for a name that nobody registered
    :raises ConfigurationError: for an account or an option that cannot work
    """
    from .registry import make

    return make(provider_name, provider_data, options)


def from_url(url):
    # type: (str) -> BaseProvider
    """
    Make a provider from one string, as configuration files and environment variables hold it.

    The form is ``name://account?option=value&option=value``. Account and values are percent-decoded,
    and values take the option's type: ``timeout=1.5``, ``strict=true``.

        >>> import analytical
        >>> analytical.from_url('googleanalytics://UA-1-1?timeout=1&delivery=direct').timeout
        1.0

    :param str url: the provider's address; it is never repeated in an error, for it may hold secrets
    :raises UnknownProvider: (a ``ValueError``) for a name that nobody registered
    :raises ConfigurationError: for an address, an account or an option that cannot work
    """
    from .registry import from_url as make_from_url

    return make_from_url(url)


def register(name, provider):
    # type: (str, Union[str, Type[BaseProvider]]) -> None
    """
    Make a provider class known by a name, in this process.

    :param str name: letters, digits and ``_``, ``-`` or ``.``; a name already known is replaced
    :param provider: a subclass of ``analytical.providers.base.BaseProvider``, or the dotted path of
        one (``'package.module.Class'``), which is imported when it is first asked for
    :raises ConfigurationError: for anything else
    """
    from .registry import register as register_name

    register_name(name, provider)


def configure(name, provider, account=None, **options):
    # type: (str, str, Any, **Any) -> None
    """
    Give a provider's account and options a name, in this process.

    ``Provider(name)`` makes that provider. A Celery worker finds the configuration by the same name, so
    that no credential goes through the broker: call this where both the application and the worker do.

        >>> import analytical
        >>> analytical.configure('web', 'googleanalytics', 'UA-1-1', timeout=1)
        >>> analytical.Provider('web').timeout
        1.0

    :param str name: a name of your own: letters, digits and ``_``, ``-`` or ``.``; one configured before
        is replaced
    :param str provider: a registered name
    :param account: as for :func:`Provider`
    :param options: as for :func:`Provider`; ``Provider(name, ...)`` may still choose ``delivery``,
        ``asynchronously``, ``processors``, ``strict``, ``fail_silently``, ``on_drop`` and ``disabled``
    :raises UnknownProvider: (a ``ValueError``) for a provider that nobody registered
    :raises ConfigurationError: for the name of a provider, or an option that cannot work
    """
    from .registry import configure as configure_name

    configure_name(name, provider, account, options)


def __getattr__(name):
    # type: (str) -> Any
    """Import a submodule on first use, so that ``analytical.utils`` needs no import of its own."""
    if name in _SUBMODULES:
        return importlib.import_module(str(__name__ + "." + name))
    raise AttributeError("module %r has no attribute %r" % (__name__, name))


class _Lazy(types.ModuleType):
    """A module with the ``__getattr__`` that Python knows from 3.7 on."""

    def __getattr__(self, name):
        # type: (str) -> Any
        return __getattr__(name)


if sys.version_info < (3, 7):
    _module = sys.modules[__name__]  # kept: Python 2 clears the globals of a module that is freed
    sys.modules[__name__] = _Lazy(str(__name__), __doc__)
    sys.modules[__name__].__dict__.update(globals())
