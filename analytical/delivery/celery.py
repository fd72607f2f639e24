"""
Celery delivery: envelopes go through a broker to workers, on this machine or others.

A worker has to import this module (``include=['analytical.delivery.celery']``) and the module that
calls :func:`analytical.configure`. The name is ours, the package Celery is imported by its own.
"""

from __future__ import absolute_import, division, print_function, unicode_literals

import weakref

from ..errors import ConfigurationError, MissingDependency
from ..secrets import Secret, describe
from .base import LOCAL, Delivery
from .celery_broker import NAME, Broker
from .celery_worker import run

try:
    from celery import shared_task
except ImportError:  # said where it is used, so that this module can be looked at without Celery
    shared_task = None

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Sequence, Text

    from ..providers.base import BaseProvider
    from .base import Envelope, Outcome

BATCH = 100  # hits in one task
TIMEOUT = 1.0  # seconds that a try to connect to the broker, or to write to it, may take
PLAIN = ("flag", "seconds", "integer", "text", "map")  # kinds of options that may be seen


class Celery(Delivery):
    """
    Hands envelopes to Celery; workers deliver and retry them. No credential goes through the broker.

    :param app: the Celery application; by default Celery's current one
    :param float timeout: seconds that a try to reach the broker may take
    :raises MissingDependency: without Celery
    """

    def __init__(self, app=None, timeout=TIMEOUT):
        # type: (Any, float) -> None
        if shared_task is None:
            raise MissingDependency(
                "delivery='celery' needs Celery: pip install 'analytical[celery]'"
            )
        if not timeout > 0:
            raise ConfigurationError("Celery takes timeout > 0")
        self._broker = Broker(app, timeout)
        self._sources = weakref.WeakKeyDictionary()  # type: Any  # provider -> source

    def check(self, provider):
        # type: (BaseProvider) -> None
        """
        Find out how a worker will make the same provider.

        :raises ConfigurationError: where it could not, without a name of :func:`analytical.configure`
        """
        if provider not in self._sources:
            self._sources[provider] = source_of(provider)

    def submit(self, provider, envelope):
        # type: (BaseProvider, Envelope) -> Outcome
        """
        Hand one envelope to the broker; ``retry``, reason ``broker``, where it does not take it.

        :raises ConfigurationError: see :meth:`check`
        """
        return self.submit_batch(provider, [envelope])[0]

    def submit_batch(self, provider, envelopes):
        # type: (BaseProvider, Sequence[Envelope]) -> List[Outcome]
        self.check(provider)
        source = self._sources[provider]
        rows = [[each.id, each.time, each.payload] for each in envelopes]
        outcomes = []  # type: List[Outcome]
        for start in range(0, len(rows), BATCH):
            some = rows[start : start + BATCH]
            # What follows a refused task would be refused too, or arrive before it.
            ready = not outcomes or bool(outcomes[-1])
            outcome = self._broker.take(source, some) if ready else outcomes[-1]
            outcomes.extend([outcome] * len(some))
        return outcomes

    def close(self, timeout=None):
        # type: (Any) -> bool
        """Give back the connections to the broker."""
        self._broker.close()
        return True


def source_of(provider):
    # type: (BaseProvider) -> Dict[Text, Any]
    """
    Say how a worker makes the same provider: by its configured name, or by what may be seen of it.

    :raises ConfigurationError: for a provider without a configured name that holds a credential, or
        what JSON cannot carry
    """
    if provider.configured is not None:
        return {"name": provider.configured}
    given = provider.options
    known = provider.COMMON_OPTIONS + provider.OPTIONS
    options = [
        each for each in known if each.name not in LOCAL and given[each.name] != each.default
    ]
    hidden = [option.name + "=" for option in options if option.kind not in PLAIN]
    if isinstance(provider.data, Secret):
        hidden.insert(0, "the account, a credential,")
    elif provider.data is not None and not hasattr(provider.data, "encode"):
        hidden.insert(0, "the account, %s," % describe(provider.data))
    if "?" in (given.get("url") or ""):
        hidden.append("url=, whose query may hold a key,")
    if not hidden and not _is_registered(provider):
        hidden.append("a class that is not registered as %r" % str(provider.name))
    if hidden:
        raise ConfigurationError(
            "%s: %s cannot go through a broker: call analytical.configure('web', %r, ...), here and in "
            "the worker, and analytical.Provider('web')"
            % (provider.name, " ".join(hidden), str(provider.name))
        )
    plain = {option.name: given[option.name] for option in options}
    return {"provider": provider.name, "account": provider.data, "options": plain}


def _is_registered(provider):
    # type: (BaseProvider) -> bool
    from .. import registry

    try:
        return registry.provider_class(provider.name) is type(provider)
    except ConfigurationError:
        return False


if shared_task is not None:
    task = shared_task(
        name=NAME,
        bind=True,
        serializer="json",
        acks_late=True,
        reject_on_worker_lost=True,
        ignore_result=True,
        max_retries=None,
    )(run)
