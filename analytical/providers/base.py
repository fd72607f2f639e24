"""BaseProvider: what all platforms share, from the caller's params to the delivery and back."""

from __future__ import absolute_import, division, print_function, unicode_literals

import six

from ..delivery import chosen, switch
from ..delivery.base import DROPPED, READY, REJECTED, TAKEN, Envelope, Outcome, Payload, envelope_of
from ..errors import ConfigurationError, InvalidHit
from ..hit import Hit
from ..secrets import describe
from . import checks
from .counts import say_at_exit
from .explaining import Explaining
from .guard import Guard
from .options import COMMON, check_processors, read_options, stripped

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, Iterable, List, Mapping, Optional, Sequence, Text, Tuple

    from .options import Option


class BaseProvider(Explaining):
    """
    One platform. Subclasses give the tables, and ``build`` or ``payload``; and either the four methods
    of :class:`~analytical.providers.http.HTTPProvider` or ``deliver``.

    :param data: the account, as the platform's page says
    :param options: see ``OPTIONS`` and the options of every provider
    :raises ConfigurationError: for an account or option that cannot work, whatever ``fail_silently``
    """

    account = "an account"  # what `data` is, in words, for errors
    DEFAULT_TIMEOUT = 3  # seconds
    COMMON_OPTIONS = COMMON  # type: Tuple[Option, ...]
    OPTIONS = ()  # type: Tuple[Option, ...]
    # Hit type -> what it needs, each a line like "url | host path".
    REQUIRED = {}  # type: Dict[Text, Tuple[Text, ...]]
    LIMITS = {}  # type: Dict[Text, int]  # field -> most characters or bytes
    LIMIT_UNIT = "characters"
    TAKES_OTHER = False  # whether there is a place for names that the vocabulary does not know
    dedupes = False  # whether the platform counts a hit once that it gets twice
    fills = False  # whether deliver() makes the payloads that envelopes lack
    configured = None  # type: Optional[Text]  # its name for analytical.configure(), if it has one
    MAX_AGE = None  # type: Optional[float]  # seconds a hit may be back-dated; None: no limit

    def __init__(self, data=None, **options):
        # type: (Any, **Any) -> None
        values = read_options(self.name, self.COMMON_OPTIONS + self.OPTIONS, options)
        self.options = values
        self.data = self.check_account(data)
        self.timeout = self.DEFAULT_TIMEOUT if values["timeout"] is None else values["timeout"]
        self.fail_silently, self.asynchronously = values["fail_silently"], values["asynchronously"]
        self.disabled = switch.is_disabled(values["disabled"])
        self.delivery = chosen(values, self.disabled)
        self.processors = check_processors(values["processors"])
        # Whoever asked for errors gets those of the payload from the call, not from a thread's log.
        asked = values["strict"] or not self.fail_silently
        takes = self.fills and getattr(self.delivery, "takes_hits", False)
        self._queues_hits = takes and not asked
        super(BaseProvider, self).__init__(
            Guard(self.name, self.fail_silently, values["strict"], values["on_drop"])
        )
        say_at_exit(self)

    def check_account(self, data):
        # type: (Any) -> Any
        """
        Give the account in its normal form; platforms with a form of their own override this.

        :raises ConfigurationError: for what cannot be an account
        """
        account = stripped(data)
        if account:
            return account
        raise ConfigurationError(
            "%s takes %s as its account, not %s" % (self.name, self.account, describe(data))
        )

    def pageview(self, params=None, **fields):
        # type: (Optional[Mapping[Any, Any]], **Any) -> Outcome
        """
        Send a pageview.

        :param dict params: fields by their readable or protocol names, such as ``{'dl': ..., 'dt': ...}``
        :param fields: the same as keywords; both may be given
        :returns: an :class:`~analytical.delivery.base.Outcome`, true when the hit is delivered or queued
        :raises InvalidHit: with ``strict=True`` or ``fail_silently=False``, for fields that cannot be sent
        :raises DeliveryError: with ``fail_silently=False``, when the hit did not arrive
        """
        if params is None:  # the same, without a copy
            return self.track_hit("pageview", fields)
        return self.track_hit("pageview", params, **fields)

    def event(self, params=None, **fields):
        # type: (Optional[Mapping[Any, Any]], **Any) -> Outcome
        """Send an event; parameters, result and errors are those of :meth:`pageview`."""
        if params is None:
            return self.track_hit("event", fields)
        return self.track_hit("event", params, **fields)

    def track_hit(self, hit_type, params=None, **fields):
        # type: (Any, Optional[Mapping[Any, Any]], **Any) -> Outcome
        """
        Send a hit of any type; parameters, result and errors are those of :meth:`pageview`.

        :param hit_type: ``pageview``, ``screenview``, ``event``, ``transaction``, ``item``,
            ``social``, ``exception`` or ``timing``; or, alone, a :class:`~analytical.hit.Hit`
        """
        make = self._maker()
        ready, outcome, error = self._prepare(make, checks.read_hit, hit_type, params, fields)
        if ready is None:
            return self.guard.finish(outcome, error)
        return self._submit(ready, ready) if make is _same else self._send(ready)

    def batch(self, hits):
        # type: (Iterable[Any]) -> List[Outcome]
        """
        Send several hits, in as few requests as the platform allows.

        :param hits: pairs ``(hit_type, params)``, dicts of params that hold the hit type as ``t``,
            :class:`~analytical.hit.Hit` values, or what :meth:`payload` made of processed ones
        :returns: one outcome for each hit, in their order; a bad hit harms no other
        :raises: as :meth:`pageview`, for the first hit that failed, after all others were sent
        """
        make = self._maker()
        prepared = [
            (
                (entry, READY, None)
                if isinstance(entry, Payload)
                else self._prepare(make, checks.read_entry, entry)
            )
            for entry in hits
        ]
        sent, fault = self._hand_over([each for each, _, _ in prepared if each is not None])
        waiting = iter(sent)
        results = [
            (outcome, error) if payload is None else (next(waiting), fault)
            for payload, outcome, error in prepared
        ]
        return [self.guard.finish(outcome, error) for outcome, error in results]

    def stats(self):
        # type: () -> Dict[Text, Any]
        """
        Count the hits of this provider in this process, by what became of them.

        :returns: ``accepted``, ``delivered`` and ``queued`` as numbers; ``retry``, ``rejected`` and
            ``dropped`` as dicts from a reason; ``unsupported`` as a dict from a field; ``oldest_age``,
            the seconds that the oldest hit has waited
        """
        return dict(self.guard.counts.snapshot(), oldest_age=self.delivery.oldest_age())

    def flush(self, timeout=None):
        # type: (Optional[float]) -> bool
        """Wait at most ``timeout`` seconds (None: as long as it takes) until what is queued is out."""
        return self.delivery.flush(timeout)

    def close(self, timeout=None):
        # type: (Optional[float]) -> bool
        """Flush, and give back connections and files; a closed provider may be used again."""
        return self.delivery.close(timeout)

    def __enter__(self):
        # type: () -> BaseProvider
        return self

    def __exit__(self, *exc_info):
        # type: (*Any) -> None
        self.close()

    def __repr__(self):
        # type: () -> str
        return str("<%s provider>" % self.name)

    def may_repeat(self):
        # type: () -> bool
        """Tell whether a hit that was sent and not answered may be sent again."""
        return self.dedupes or bool(self.options["at_least_once"])

    def deliver(self, envelopes):
        # type: (Sequence[Envelope]) -> List[Outcome]
        """Bring envelopes to the platform: the one way out, which all deliveries take. Never raises."""
        raise NotImplementedError("%s must implement deliver(envelopes)" % type(self).__name__)

    def _prepare(self, make, reader, *given):
        # type: (Callable[[Hit], Any], Callable[..., Hit], *Any) -> Tuple[Any, Outcome, Optional[Exception]]
        """Read and process a hit and ``make`` a payload of it; where it goes no further, say why."""
        hit = None
        try:
            hit, guard = reader(*given), self.guard
            if self.processors:
                processed = self.process(hit)
                if processed is None:
                    return None, guard.record(Outcome(DROPPED, "processor", sent=False), hit), None
                hit = processed
            if hit.invalid or guard.strict:
                self.check(hit)
            return make(hit), READY, None
        except InvalidHit as error:
            outcome = Outcome(REJECTED, "invalid", sent=False, detail=six.text_type(error))
            return None, self.guard.record(outcome, hit, error), error
        except Exception as error:
            if self.guard.passes(error):
                raise
            outcome = Outcome(DROPPED, "fault", sent=False, detail=type(error).__name__)
            return None, self.guard.record(outcome, hit, error), error

    def _maker(self):
        # type: () -> Callable[[Hit], Any]
        """Give what makes of a processed hit what goes to the delivery: its payload, or nothing, for one that queues hits."""
        if self._queues_hits and switch.tap is None and _is_own(self._send):
            return _same
        return self._mapped

    def _mapped(self, hit):
        # type: (Hit) -> Payload
        payload = self.payload(hit)
        if self.guard.on_drop is not None or switch.tap is not None:
            payload.hit = hit
        return payload

    def fill(self, envelope):
        # type: (Envelope) -> None
        """
        Make the payload of a hit that was queued without.

        :raises InvalidHit: where there can be none
        """
        envelope.payload = self._mapped(envelope.hit)

    def process(self, hit):
        # type: (Hit) -> Optional[Hit]
        """Run the processors in order; None where one of them drops the hit."""
        return checks.process(self.processors, hit)

    def check(self, hit):
        # type: (Hit) -> None
        """Raise InvalidHit for a processed hit that would not be sent as it is."""
        if self.guard.strict:
            checks.raise_for(self.problems(hit), self.name)
        elif hit.invalid:
            checks.raise_for(self.unsendable(hit), self.name)

    def _send(self, payload):
        # type: (Dict[Text, Any]) -> Outcome
        """Hand a payload to the delivery. The seam of 0.0.1: tests and subclasses replace it."""
        return self._submit(envelope_of(payload), getattr(payload, "hit", None))

    def _submit(self, ready, hit):
        # type: (Any, Optional[Hit]) -> Outcome
        guard, error = self.guard, None
        try:
            outcome = (switch.tap or self.delivery).submit(self, ready)
        except Exception as fault:  # of a delivery or provider that somebody else wrote
            outcome, error = guard.lost(fault), fault
        if outcome.state in TAKEN:
            guard.counts.outcome(outcome)
            return outcome
        return guard.finish(guard.record(outcome, hit, error), error)

    def _hand_over(self, payloads):
        # type: (Sequence[Dict[Text, Any]]) -> Tuple[List[Outcome], Optional[Exception]]
        envelopes = [envelope_of(each) for each in payloads]
        error = None  # type: Optional[Exception]
        try:
            outcomes = (switch.tap or self.delivery).submit_batch(self, envelopes)
        except Exception as fault:
            outcomes, error = [self.guard.lost(fault)] * len(payloads), fault
        for envelope, outcome in zip(envelopes, outcomes):
            self.guard.record(outcome, envelope.hit, error)
        return outcomes, error


_own_send = BaseProvider.__dict__[str("_send")]


def _is_own(send):
    # type: (Any) -> bool
    return getattr(send, "__func__", None) is _own_send


def _same(hit):
    # type: (Hit) -> Hit
    return hit
