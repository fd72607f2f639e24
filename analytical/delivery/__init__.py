"""When and where envelopes go: the deliveries, and the values they share with the providers."""

from __future__ import absolute_import, division, print_function, unicode_literals

from ..errors import ConfigurationError
from ..secrets import describe, show_name
from .base import Delivery, Envelope, Outcome
from .switch import Disabled

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Mapping, Text

__all__ = [str(name) for name in ("Delivery", "Envelope", "Outcome", "Outbox", "make")]

NAMES = ("direct", "background", "celery", "outbox:///path")


def make(delivery):
    # type: (Any) -> Delivery
    """
    Make the delivery that an option names.

    :param delivery: ``'direct'``, ``'background'``, ``'celery'``, ``'outbox:///path'``, or an object with the
        methods of :class:`Delivery`
    :raises ConfigurationError: for anything else
    :raises MissingDependency: for ``'celery'`` without Celery
    """
    if isinstance(delivery, bytes):
        delivery = delivery.decode("utf-8", "replace")
    if delivery == "direct":
        from .direct import Direct

        return Direct()
    if delivery == "background":
        from .background import Background

        return Background()
    if delivery == "celery":
        from .celery import Celery

        return Celery()
    if hasattr(delivery, "startswith") and delivery.startswith("outbox:"):
        from .outbox import parse

        return parse(delivery)
    if all(hasattr(delivery, name) for name in ("submit", "submit_batch", "flush", "close")):
        return delivery  # type: ignore[no-any-return]
    shown = show_name(delivery) if hasattr(delivery, "encode") else describe(delivery)
    raise ConfigurationError(
        "delivery= takes %s or a subclass of analytical.delivery.Delivery, not %s"
        % (", ".join(repr(str(name)) for name in NAMES), shown)
    )


def chosen(options, disabled):
    # type: (Mapping[Text, Any], bool) -> Delivery
    """
    Make the delivery that a provider's options name; for a disabled one only check them.

    :raises ConfigurationError: as :func:`make`
    """
    named = make("celery" if options["asynchronously"] else options["delivery"])
    return Disabled() if disabled else named


def Outbox(path, **options):  # noqa: N802 - it is used like the class it makes
    # type: (Any, **Any) -> Delivery
    """Make an :class:`~analytical.delivery.outbox.Outbox`; SQLite is loaded only then."""
    from . import outbox

    return outbox.Outbox(path, **options)
