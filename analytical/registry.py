"""The registry: provider names and the classes behind them, imported when they are first asked for."""

from __future__ import absolute_import, division, print_function, unicode_literals

import importlib
import re

import six

from . import configurations
from ._compat import unquote
from .delivery.base import LOCAL, Delivery
from .errors import ConfigurationError, UnknownProvider
from .providers.base import BaseProvider
from .providers.options import read_options, suggestion, unknown_option
from .secrets import describe, show_name
from .values import text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import (
        Any,
        Callable,
        Dict,
        Iterable,
        Iterator,
        List,
        Mapping,
        Optional,
        Text,
        Tuple,
        Type,
        Union,
    )

ENTRY_POINTS = "analytical.providers"

_BUILT_IN = {
    "amplitude": "analytical.providers.amplitude.Provider",
    "console": "analytical.providers.console.Provider",
    "fanout": "analytical.providers.fanout.Provider",
    "ga4": "analytical.providers.googleanalytics4.Provider",
    "goatcounter": "analytical.providers.goatcounter.Provider",
    "googleanalytics": "analytical.providers.googleanalytics.Provider",
    "googleanalytics4": "analytical.providers.googleanalytics4.Provider",
    "googledatamanager": "analytical.providers.googledatamanager.Provider",
    "matomo": "analytical.providers.matomo.Provider",
    "memory": "analytical.providers.memory.Provider",
    "mixpanel": "analytical.providers.mixpanel.Provider",
    "openpanel": "analytical.providers.openpanel.Provider",
    "pirsch": "analytical.providers.pirsch.Provider",
    "plausible": "analytical.providers.plausible.Provider",
    "posthog": "analytical.providers.posthog.Provider",
    "segment": "analytical.providers.segment.Provider",
    "snowplow": "analytical.providers.snowplow.Provider",
    "sqlite": "analytical.providers.sqlite.Provider",
    "umami": "analytical.providers.umami.Provider",
}
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.\-]*\Z")
_PARAMETERS = ("self", "data", "initial_data")  # of constructors; no option has such a name

_registered = dict(_BUILT_IN)  # type: Dict[Text, Union[Text, Type[BaseProvider]]]


def register(name, provider):
    # type: (Any, Any) -> None
    """See :func:`analytical.register`."""
    name = _text(name, "a provider name")
    if not _NAME.match(name):
        raise ConfigurationError('a provider name takes letters, digits, "_", "-" and "."')
    if isinstance(provider, (six.text_type, bytes)):
        provider = _text(provider, "a dotted path")
        if "." not in provider:
            raise ConfigurationError(
                "register takes a class or a dotted path: 'package.module.Class'"
            )
    else:
        _check_class(provider)
    if configurations.get(name) is not None:
        raise ConfigurationError("%s is the name of a configuration" % show_name(name))
    _registered[name] = provider


def configure(name, provider, account, options):
    # type: (Any, Any, Any, Mapping[str, Any]) -> None
    """See :func:`analytical.configure`."""
    name = _text(name, "the name of a configuration")
    if not _NAME.match(name):
        raise ConfigurationError('the name of a configuration takes letters, digits, "_", "-", "."')
    if name in names():
        raise ConfigurationError(
            "%s is a provider: give its configuration a name of your own" % show_name(name)
        )
    made_by = _checked_class(provider, options)
    read_options(made_by.name, made_by.COMMON_OPTIONS + made_by.OPTIONS, options)
    configurations.put(name, configurations.Configuration(provider, account, options))


def names():
    # type: () -> List[Text]
    """List the names that Provider() takes, those of installed packages included."""
    return sorted(set(_registered) | {point.name for point in _entry_points()})


def provider_class(name):
    # type: (Any) -> Type[BaseProvider]
    """
    Give the class behind a name.

    :raises UnknownProvider: for a name that nobody registered
    :raises ConfigurationError: for a registered path that cannot be imported
    """
    name = _text(name, "a provider name")
    found = _registered.get(name)
    if found is None:
        # Other packages are looked for only now: reading their metadata takes longer than a hit.
        found = _from_entry_points(name)
    if not isinstance(found, six.text_type):
        return found
    loaded = _import(name, found)
    _registered[name] = loaded
    return loaded


def make(name, data, options):
    # type: (Any, Any, Mapping[str, Any]) -> BaseProvider
    """See :func:`analytical.Provider`."""
    name = _text(name, "a provider name")
    configured = configurations.get(name)
    if configured is None:
        provider = _checked_class(name, options)(data, **options)
    else:
        provider = _make_configured(name, configured, data, options)
    # Only once it is whole can a delivery see whether it can carry its envelopes.
    if isinstance(provider.delivery, Delivery):
        provider.delivery.check(provider)
    return provider


def _make_configured(name, configured, data, options):
    # type: (Text, configurations.Configuration, Any, Mapping[str, Any]) -> BaseProvider
    other = sorted(show_name(option) for option in options if option not in LOCAL)
    if data is not None or other:
        raise ConfigurationError(
            "%s is configured: %s must stand in analytical.configure(); here only %s may differ"
            % (show_name(name), ", ".join(other) or "its account", ", ".join(LOCAL))
        )
    merged = dict(configured.options, **options)
    provider = _checked_class(configured.provider, merged)(configured.account, **merged)
    provider.configured = name
    return provider


def _checked_class(name, options):
    # type: (Any, Mapping[str, Any]) -> Type[BaseProvider]
    made_by = provider_class(name)
    for option in _PARAMETERS:
        if option in options:
            known = [known.name for known in made_by.COMMON_OPTIONS + made_by.OPTIONS]
            raise ConfigurationError(unknown_option(made_by.name, option, known))
    return made_by


def from_url(url):
    # type: (Any) -> BaseProvider
    """See :func:`analytical.from_url`."""
    return make(*parse_url(url))


def parse_url(url):
    # type: (Any) -> Tuple[Text, Optional[Text], Dict[str, Any]]
    """
    Take a provider's address apart: name, account (None where it has none) and options, as text.

    :raises ConfigurationError: for what has not the form of an address; it is never repeated
    """
    url = _text(url, "a provider's address")
    name, separator, rest = url.partition("://")
    if not separator or not _NAME.match(name):
        raise ConfigurationError(
            "a provider's address has the form name://account?option=value, such as "
            "googleanalytics://UA-1-1?timeout=1 (this is %s)" % describe(url)
        )
    if "#" in rest:
        raise ConfigurationError("a provider's address holds a '#': write it as %23")
    account, _, query = rest.partition("?")
    return name, unquote(account) or None, dict(_options(query))


def _options(query):
    # type: (Text) -> Iterator[Any]
    seen = set()
    for pair in query.split("&") if query else ():
        name, separator, value = pair.partition("=")
        name = unquote(name)
        if not separator or not name:
            raise ConfigurationError(
                "an option in a provider's address has the form name=value; an & within a value is "
                "written as %26"
            )
        if name in seen:
            raise ConfigurationError(
                "the option %s stands twice in the provider's address" % show_name(name)
            )
        seen.add(name)
        yield six.ensure_str(name), unquote(value)


def _text(value, what):
    # type: (Any, Text) -> Text
    if not isinstance(value, (six.text_type, bytes)):
        raise ConfigurationError("%s is text, not %s" % (what, describe(value)))
    try:
        value = text(value)
    except ValueError:  # not passed on: what it comes from holds the text
        value = None
    if value is None:
        raise ConfigurationError("%s is text that UTF-8 can carry" % what)
    return value  # type: ignore[no-any-return]


def _import(name, path):
    # type: (Text, Text) -> Type[BaseProvider]
    module, _, attribute = path.rpartition(".")
    return _load(name, path, lambda: getattr(importlib.import_module(str(module)), str(attribute)))


def _load(name, place, load):
    # type: (Text, Text, Callable[[], Any]) -> Type[BaseProvider]
    try:
        found = load()
    except ConfigurationError:  # it says already what to install
        raise
    except Exception as error:  # a module may raise anything while it is imported
        why = type(error).__name__
        if isinstance(error, (ImportError, AttributeError)):  # these name modules, no values
            why = "%s" % error
        raise ConfigurationError(
            "the provider %s stands at %s, which cannot be imported: %s"
            % (show_name(name), place, why)
        )
    _check_class(found)
    return found  # type: ignore[no-any-return]


def _check_class(found):
    # type: (Any) -> None
    if not (isinstance(found, type) and issubclass(found, BaseProvider)):
        raise ConfigurationError(
            "a provider is a subclass of analytical.providers.base.BaseProvider, not %s"
            % describe(found)
        )


def _from_entry_points(name):
    # type: (Text) -> Type[BaseProvider]
    for point in _entry_points():
        if point.name == name:
            found = _load(
                name, "the entry point %s" % (getattr(point, "value", point),), point.load
            )
            _registered[name] = found
            return found
    known = names()
    raise UnknownProvider(
        "unknown provider %s%s; known: %s"
        % (show_name(name), suggestion(name, known), ", ".join(known))
    )


def _entry_points():
    # type: () -> Iterable[Any]
    try:
        from importlib import metadata  # novermin
    except ImportError:  # before Python 3.8
        return _old_entry_points()
    points = metadata.entry_points()
    if hasattr(points, "select"):  # since Python 3.10
        return points.select(group=ENTRY_POINTS)
    return points.get(ENTRY_POINTS, ())


def _old_entry_points():
    # type: () -> Iterable[Any]
    try:
        import pkg_resources
    except ImportError:  # no setuptools there, so no package's metadata can be read
        return ()
    return pkg_resources.iter_entry_points(ENTRY_POINTS)  # type: ignore[no-any-return]
