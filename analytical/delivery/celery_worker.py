"""The Celery task of a worker: envelopes from the broker to the platform, or back to the broker."""

from __future__ import absolute_import, division, print_function, unicode_literals

import logging
import time

from .._json import dumps
from .._log import RateLimitedLog
from ..errors import ConfigurationError
from .base import Envelope
from .celery_broker import shown
from .lane import SPLIT, deliver, final
from .retry import DAY, Retry

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Text, Tuple

    from ..providers.base import BaseProvider
    from .base import Outcome

log = logging.getLogger(__name__)
_warnings = RateLimitedLog(log)

KEPT = 100  # providers that a worker keeps

# Patient, for what waits in a broker outlives processes; each pause is far below the hour after which
# Redis gives a task to another worker too.
POLICY = Retry(cap=300.0, max_age=7 * DAY)
UNCONFIGURED_PAUSE = 60.0  # seconds until a worker that does not know a configuration sees it again

_providers = {}  # type: Dict[bytes, Tuple[Any, BaseProvider]]


def provider_of(source):
    # type: (Dict[Text, Any]) -> BaseProvider
    """
    Make the provider that a task is for, or find the one made before.

    :raises ConfigurationError: for a name that is not configured in this process, or a bad account
    """
    from .. import configurations, registry

    name = source.get("name")
    configuration = None if name is None else configurations.find(name)
    key = dumps(source)
    if key in _providers and _providers[key][0] is configuration:
        return _providers[key][1]
    if name is not None:
        provider = registry.make(
            name, None, {str("delivery"): "direct", str("asynchronously"): False}
        )
    else:
        options = {str(key): value for key, value in source["options"].items()}
        provider = registry.make(source["provider"], source["account"], options)
    if len(_providers) >= KEPT:
        _providers.clear()
    _providers[key] = (configuration, provider)
    return provider


def run(task, source, rows, accepted, answered=0):
    # type: (Any, Dict[Text, Any], List[List[Any]], float, int) -> None
    """
    Deliver the envelopes of one task, and send those that may be retried to the broker again.

    :param source: as :func:`source_of` gives it
    :param rows: a list of ``[id, time, payload]``
    :param float accepted: when the envelopes were accepted, Unix seconds
    :param int answered: how often the platform answered a hit that travels alone
    """
    try:
        provider = provider_of(source)
    except ConfigurationError as error:  # its text holds no value
        _warnings.warning("configuration", "hits wait for their configuration: %s", error)
        if time.time() - accepted < POLICY.max_age:
            _again(task, [source, rows], accepted, answered, UNCONFIGURED_PAUSE)
        return
    outcomes = deliver(provider, [Envelope(*row) for row in rows])
    # Only alone does it show that the error is its own.
    answered += len(rows) == 1 and outcomes[0].status is not None
    waiting = []  # type: List[Tuple[List[Any], Outcome]]
    for row, outcome in zip(rows, outcomes):
        reason = POLICY.gives_up(outcome, answered, time.time() - accepted, provider.may_repeat())
        if reason is None and _is_call(task):
            reason = outcome.reason  # nobody can wait here
        if reason is None:
            waiting.append((row, outcome))
        else:
            provider.guard.record(final(outcome, reason))
    provider.guard.counts.retried(len(waiting))
    for piece in _pieces(waiting):
        pause = POLICY.delay((task.request.retries or 0) + 1, piece[0][1])
        _again(task, [source, [row for row, _ in piece]], accepted, answered, pause)


def _is_call(task):
    # type: (Any) -> bool
    """Tell whether the task runs in its caller's process, as with Celery's ``task_always_eager``."""
    return bool(task.request.is_eager or task.request.called_directly)


def _pieces(waiting):
    # type: (List[Tuple[List[Any], Outcome]]) -> List[List[Tuple[List[Any], Outcome]]]
    """Divide hits on which the platform failed, so that in the end the cause of it stands alone."""
    whole = any(outcome.of_host() for _, outcome in waiting)
    size = len(waiting) if whole else len(waiting) // SPLIT
    size = max(size, 1)
    return [waiting[start : start + size] for start in range(0, len(waiting), size)]


def _again(task, args, accepted, answered, pause):
    # type: (Any, List[Any], float, int, float) -> None
    from celery.exceptions import Reject
    from celery.utils import uuid

    if _is_call(task):
        return
    try:
        task.retry(
            args=args,
            kwargs={"accepted": accepted, "answered": answered},
            countdown=pause,
            throw=False,
            task_id=uuid(),  # one task may become several
            argsrepr=shown(args[1]),
            kwargsrepr="{}",
        )
    except Reject as error:  # the broker did not take it; by default the hits would be thrown away
        raise Reject(type(error.reason).__name__, requeue=True)
