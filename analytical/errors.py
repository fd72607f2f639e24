"""
Every exception of the package::

    AnalyticalError
      ConfigurationError       the program is wrong; raised whatever fail_silently says
        UnknownProvider        also a ValueError
        MissingDependency      also an ImportError
      InvalidHit               the caller's data is wrong; also a ValueError
        UnsupportedField       the platform has no place for a field, and strict=True was asked for
      DeliveryError            a hit did not arrive; carries .outcome
        TransportError         no answer; .sent says whether bytes may have left
        Rejected               the platform said no

No text of these holds a value that a caller passed, for it may be a secret or a person's datum.
"""

from __future__ import absolute_import, division, print_function, unicode_literals

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Sequence, Text


class AnalyticalError(Exception):
    """The base of all errors that this package raises."""


class ConfigurationError(AnalyticalError):
    """An account, an option or a registration that cannot work: a mistake in the program."""


class UnknownProvider(ConfigurationError, ValueError):
    """A provider name that nobody registered; the text lists the known ones and the nearest."""


class MissingDependency(ConfigurationError, ImportError):
    """An optional package is not installed; the text holds the pip command that brings it."""


class InvalidHit(AnalyticalError, ValueError):
    """
    A hit that cannot be sent as the caller passed it.

    :ivar problems: the :class:`~analytical.hit.Problem` values found, one for each field
    """

    def __init__(self, text, problems=()):
        # type: (Text, Sequence[Any]) -> None
        super(InvalidHit, self).__init__(text)
        self.problems = tuple(problems)


class UnsupportedField(InvalidHit):
    """A field that the platform has no place for, in strict mode."""


class DeliveryError(AnalyticalError):
    """
    A hit did not arrive, and ``fail_silently=False`` was asked for.

    :ivar outcome: the :class:`~analytical.delivery.base.Outcome` of the hit
    """

    def __init__(self, text, outcome=None):
        # type: (Text, Any) -> None
        super(DeliveryError, self).__init__(text)
        self.outcome = outcome


class TransportError(DeliveryError):
    """
    The platform gave no answer.

    :ivar str reason: what happened, one word: ``connection``, ``timeout``, ``tls`` ...
    :ivar bool sent: whether the request, or part of it, may have reached the platform
    """

    def __init__(self, text, reason="connection", sent=True, outcome=None):
        # type: (Text, Text, bool, Any) -> None
        super(TransportError, self).__init__(text, outcome)
        self.reason = reason
        self.sent = sent


class Rejected(DeliveryError):
    """The platform answered, and did not take the hit."""
