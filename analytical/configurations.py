"""Named configurations: how to make a provider, by a name that the whole application agrees on."""

from __future__ import absolute_import, division, print_function, unicode_literals

from .errors import UnknownProvider
from .providers.options import suggestion
from .secrets import show_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Mapping, Optional, Text

_configured = {}  # type: Dict[Text, Configuration]


class Configuration(object):
    """
    How to make a provider. It has no repr of its own, for it holds credentials.

    :ivar str provider: a registered name
    :ivar account: what the provider takes as its account
    :ivar dict options: as they were given
    """

    __slots__ = (str("provider"), str("account"), str("options"))

    def __init__(self, provider, account, options):
        # type: (Text, Any, Mapping[str, Any]) -> None
        self.provider = provider
        self.account = account
        self.options = dict(options)


def put(name, configuration):
    # type: (Text, Configuration) -> None
    """Keep a configuration, in place of one of the same name."""
    _configured[name] = configuration


def get(name):
    # type: (Text) -> Optional[Configuration]
    """Give what was configured by a name, or None."""
    return _configured.get(name)


def find(name):
    # type: (Text) -> Configuration
    """
    Give what was configured by a name.

    :raises UnknownProvider: where nothing was, in this process
    """
    if name not in _configured:
        raise UnknownProvider(
            "%s is not configured in this process%s: call analytical.configure() here too"
            % (show_name(name), suggestion(name, _configured))
        )
    return _configured[name]
