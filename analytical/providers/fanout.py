"""fanout: sends each hit to several providers; one that fails harms no other."""

from __future__ import absolute_import, division, print_function, unicode_literals

from collections import OrderedDict

from .._compat import monotonic
from ..delivery import switch
from ..delivery.base import DELIVERED, DROPPED, QUEUED, Outcome, Payload
from ..errors import ConfigurationError
from ..hit import Problem
from ..secrets import describe
from ..vocabulary import BY_NAME
from . import checks
from .base import BaseProvider
from .guard import INTENDED
from .options import COMMON, read_options

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, Iterable, List, Optional, Sequence, Text, Tuple

    from ..hit import Hit

    Result = Tuple[Outcome, Optional[Exception]]

# All else is each provider's own.
SHARED = ("processors", "strict", "fail_silently", "on_drop", "disabled")


class Fanned(Outcome):
    """
    What became of a hit at several providers; true when it is true for all of them.

    ``state``, ``reason`` and ``status`` are those of the first provider that failed.

    :ivar dict outcomes: name of the provider -> its outcome; empty for a hit that reached none
    """

    __slots__ = (str("outcomes"),)

    def __init__(self, outcome, outcomes, detail):
        # type: (Outcome, Dict[Text, Outcome], Text) -> None
        super(Fanned, self).__init__(
            outcome.state, outcome.reason, outcome.status, outcome.sent, outcome.retry_after, detail
        )
        self.outcomes = outcomes


class Provider(BaseProvider):
    """
    Sends each hit to several providers, one after the other.

        >>> import analytical
        >>> one, other = analytical.Provider('memory'), analytical.Provider('memory')
        >>> both = analytical.Provider('fanout', [one, other])
        >>> outcome = both.pageview({'dl': 'https://example.com/'})
        >>> sorted(outcome.outcomes)
        ['memory', 'memory-2']
        >>> one.hits[0]['id'] == other.hits[0]['id']
        True

    :param list data: the providers
    :ivar dict providers: name -> provider, in their order; a second one of a name is ``name-2``
    """

    name = "fanout"
    account = "a list of providers, such as [analytical.Provider('memory')]"
    COMMON_OPTIONS = tuple(option for option in COMMON if option.name in SHARED)
    BUILT = dict.fromkeys(BY_NAME, "where each provider has it")

    def __init__(self, data=None, **options):
        # type: (Any, **Any) -> None
        read_options(self.name, self.COMMON_OPTIONS, options)  # refuses what is not shared
        self.COMMON_OPTIONS = COMMON  # the base class reads the defaults of all
        self.providers = OrderedDict()  # type: OrderedDict[Text, BaseProvider]
        super(Provider, self).__init__(data, **options)

    def check_account(self, data):
        # type: (Any) -> Any
        if not (
            isinstance(data, (list, tuple))
            and data
            and all(isinstance(provider, BaseProvider) for provider in data)
        ):
            raise ConfigurationError(
                "fanout takes %s, not %s: no address can say it, make it in code"
                % (self.account, describe(data))
            )
        for provider in data:
            name, number = provider.name, 1
            while name in self.providers:
                number += 1
                name = "%s-%d" % (provider.name, number)
            self.providers[name] = provider
        return list(data)

    # The way of a hit: our own processors, then all that each provider does with a hit.

    def payload(self, hit):
        # type: (Hit) -> Payload
        """Carry the hit itself: each provider makes its own payload of it."""
        payload = Payload({}, hit.id, hit.time)
        payload.hit = hit
        return payload

    def unsendable(self, hit):
        # type: (Hit) -> List[Problem]
        """Refuse nothing: a value that one platform cannot take may be right for another."""
        return []

    def _prepare(self, make, reader, *given):
        # type: (Callable[[Hit], Any], Callable[..., Hit], *Any) -> Tuple[Any, Outcome, Optional[Exception]]
        payload, outcome, error = super(Provider, self)._prepare(make, reader, *given)
        return payload, Fanned(outcome, {}, outcome.detail), error

    def _send(self, payload):
        # type: (Dict[Text, Any]) -> Outcome
        outcomes, error = self._hand_over([payload])
        return self.guard.finish(outcomes[0], error)

    def _hand_over(self, payloads):
        # type: (Sequence[Any]) -> Tuple[List[Outcome], Optional[Exception]]
        if self.disabled and switch.tap is None:
            return [self._disabled(payload.hit) for payload in payloads], None
        results = OrderedDict()  # type: OrderedDict[Text, List[Result]]
        faults = []  # type: List[Exception]
        for name, provider in self.providers.items():
            # A copy for each: what one's processors do to a hit is no business of the next.
            hits = [payload.hit.replace() for payload in payloads]
            results[name] = send(provider, hits, faults)
        raise_first(fault for fault in faults if not self.guard.swallows(fault))
        merged = [
            merge(OrderedDict((name, results[name][index]) for name in results))
            for index in range(len(payloads))
        ]
        for payload, (outcome, _) in zip(payloads, merged):
            self.guard.record(outcome, payload.hit)
        # The guard raises for the first hit that was lost, and this is what was wrong with that one.
        errors = [error for outcome, error in merged if is_loss(outcome)]
        return [outcome for outcome, _ in merged], errors[0] if errors else None

    def _disabled(self, hit):
        # type: (Hit) -> Outcome
        return Fanned(self.guard.record(switch.DISABLED, hit), {}, "")

    # What concerns all providers at once.

    def problems(self, hit):
        # type: (Hit) -> List[Problem]
        """List the problems that each provider has with a hit, its name before the field."""
        return [
            Problem("%s.%s" % (name, problem.field), problem.code, problem.text)
            for name, provider in self.providers.items()
            for problem in provider.problems(hit)
        ]

    def supports(self, name):
        # type: (Text) -> bool
        """Tell whether one of the platforms has a place for a field."""
        return any(provider.supports(name) for provider in self.providers.values())

    def preview(self, hits):
        # type: (Iterable[Hit]) -> List[Any]
        """Give what would leave this process, provider after provider."""
        hits = list(hits)
        result = []  # type: List[Any]
        for provider in self.providers.values():
            processed = [provider.process(hit.replace()) for hit in hits]
            result.extend(provider.preview([hit for hit in processed if hit is not None]))
        return result

    def stats(self):
        # type: () -> Dict[Text, Any]
        """Count the hits given to all; ``providers`` holds what each provider counts, by its name."""
        each = OrderedDict((name, provider.stats()) for name, provider in self.providers.items())
        oldest = max(numbers["oldest_age"] for numbers in each.values())
        return dict(super(Provider, self).stats(), oldest_age=oldest, providers=each)

    def flush(self, timeout=None):
        # type: (Optional[float]) -> bool
        """Flush all providers within ``timeout`` seconds together; tell whether all of them are out."""
        return self._all("flush", timeout)

    def close(self, timeout=None):
        # type: (Optional[float]) -> bool
        """Close all providers within ``timeout`` seconds together."""
        return self._all("close", timeout)

    def _all(self, method, timeout):
        # type: (str, Optional[float]) -> bool
        deadline = None if timeout is None else monotonic() + timeout
        done, faults = True, []  # type: bool, List[Exception]
        for provider in self.providers.values():
            left = None if deadline is None else max(deadline - monotonic(), 0.0)
            try:
                done = getattr(provider, method)(left) and done
            except Exception as fault:  # the others have hits of their own to bring out
                faults.append(fault)
        raise_first(fault for fault in faults if not self.guard.swallows(fault))
        return done and not faults


def send(provider, hits, faults):
    # type: (BaseProvider, List[Hit], List[Exception]) -> List[Result]
    """Send hits by one provider as its batch() does, with errors as outcomes; note what is a fault."""
    prepared = [_prepared(provider, hit, faults) for hit in hits]
    ready = [payload for payload, _, _ in prepared if payload is not None]
    try:
        sent, error = provider._hand_over(ready) if ready else ([], None)
    except Exception as fault:
        sent, error = [_fault(fault, faults)] * len(ready), fault
    waiting = iter(sent)
    return [
        (outcome, own) if payload is None else (next(waiting), error)
        for payload, outcome, own in prepared
    ]


def _prepared(provider, hit, faults):
    # type: (BaseProvider, Hit, List[Exception]) -> Tuple[Optional[Payload], Outcome, Optional[Exception]]
    try:
        return provider._prepare(provider._maker(), checks.read_entry, hit)
    except Exception as fault:
        return None, _fault(fault, faults), fault


def _fault(fault, faults):
    # type: (Exception, List[Exception]) -> Outcome
    """Say in an outcome what a provider raised instead of counting it."""
    faults.append(fault)
    return Outcome(DROPPED, "fault", detail=type(fault).__name__)


def merge(results):
    # type: (Dict[Text, Result]) -> Result
    """Make one outcome of those of all providers, and give the error of the one that it repeats."""
    outcomes = OrderedDict((name, outcome) for name, (outcome, _) in results.items())
    failed = [name for name, outcome in outcomes.items() if not outcome]
    if not failed:
        queued = any(outcome.state == QUEUED for outcome in outcomes.values())
        return Fanned(Outcome(QUEUED if queued else DELIVERED), outcomes, ""), None
    # What somebody chose to drop is no loss; a real one beside it must not hide behind it.
    lost = [name for name in failed if is_loss(outcomes[name])]
    first, error = results[(lost or failed)[0]]
    return Fanned(first, outcomes, "; ".join(_said(name, outcomes[name]) for name in failed)), error


def is_loss(outcome):
    # type: (Outcome) -> bool
    """Tell whether a hit failed without anybody's having chosen it."""
    return not outcome and outcome.reason not in INTENDED


def _said(name, outcome):
    # type: (Text, Outcome) -> Text
    words = "%s: %s" % (name, outcome.reason or outcome.state)
    return "%s (%s)" % (words, outcome.detail) if outcome.detail else words


def raise_first(faults):
    # type: (Iterable[Exception]) -> None
    """Raise the first of what no guard may keep from the caller, after all others were served."""
    for fault in faults:
        raise fault
