"""capture(): what an application sends, kept from the network and held for its tests to look at."""

from __future__ import absolute_import, division, print_function, unicode_literals

import contextlib
import threading
import time

from ..delivery import switch
from ..delivery.base import DELIVERED, Delivery, Outcome
from . import expectations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterator, List, Optional, Sequence, Text

    from ..delivery.base import Envelope
    from ..hit import Hit
    from ..providers.base import BaseProvider

CAPTURED = Outcome(DELIVERED, "captured", sent=False)

_lock = threading.RLock()
_sinks = []  # type: List[Any]  # the outermost first


class Sent(object):
    """
    One hit on its way out.

    :ivar provider: the provider that would have sent it
    :ivar envelope: what its delivery would have been given
    :ivar hit: the hit as the processors left it; None for what somebody handed to ``_send`` directly
    """

    def __init__(self, provider, envelope):
        # type: (BaseProvider, Envelope) -> None
        self.provider = provider
        self.envelope = envelope
        self.hit = envelope.hit

    def __repr__(self):
        # type: () -> str
        kind = self.hit.type if self.hit is not None else "payload"
        return str("<Sent %s by %s>" % (kind, self.provider.name))


class Hits(object):
    """
    What was sent under :func:`capture`. It has a length, and gives hits when it is looped over.

    In all methods ``hit_type`` and ``provider`` (a name) choose among the hits, and so do fields, under
    their readable names or the protocol's. Values are compared in the vocabulary's own form, so that
    ``revenue="9.90"`` finds ``Decimal("9.9")``; None means that the field is not there; an object of
    another kind, such as ``mock.ANY``, is compared as it is.

    :ivar list sent: a :class:`Sent` for each hit: one sent through ``fanout`` stands there once for each
        of its providers
    """

    def __init__(self):
        # type: () -> None
        self.sent = []  # type: List[Sent]

    @property
    def hits(self):
        # type: () -> List[Hit]
        """The hits, as the processors left them, in the order of the calls."""
        return [each.hit for each in list(self.sent) if each.hit is not None]

    @property
    def pageviews(self):
        # type: () -> List[Hit]
        """The hits that are page views."""
        return self.find("pageview")

    @property
    def events(self):
        # type: () -> List[Hit]
        """The hits that are events."""
        return self.find("event")

    @property
    def payloads(self):
        # type: () -> List[Dict[Text, Any]]
        """The hits in the terms of their platforms."""
        return [each.envelope.payload for each in list(self.sent)]

    @property
    def requests(self):
        # type: () -> List[Any]
        """
        The exact requests, one :class:`~analytical.delivery.http.Request` for each hit that HTTP would
        have carried; they hold the credentials.
        """
        now, found = time.time(), []  # type: float, List[Any]
        for each in list(self.sent):
            if hasattr(each.provider, "requests"):
                found.extend(each.provider.requests([each.envelope], now))
        return found

    def find(self, hit_type=None, provider=None, **fields):
        # type: (Optional[Text], Optional[Text], **Any) -> List[Hit]
        """List the hits of a type, by a provider, with these fields."""
        return self._matching(expectations.Expected(hit_type, provider, fields))

    def _matching(self, expected):
        # type: (expectations.Expected) -> List[Hit]
        return [each.hit for each in list(self.sent) if expected.met_by(each)]

    def assert_sent(self, hit_type=None, provider=None, **fields):
        # type: (Optional[Text], Optional[Text], **Any) -> Hit
        """
        Fail unless such a hit was sent; the error compares the nearest ones, field by field.

        :returns: the first one
        """
        __tracebackhide__ = True
        expected = expectations.Expected(hit_type, provider, fields)
        found = self._matching(expected)
        if not found:
            expectations.fail("no hit was sent like this:", expected, self.sent)
        return found[0]

    def assert_count(self, count, hit_type=None, provider=None, **fields):
        # type: (int, Optional[Text], Optional[Text], **Any) -> List[Hit]
        """
        Fail unless so many such hits were sent.

        :returns: them
        """
        __tracebackhide__ = True
        expected = expectations.Expected(hit_type, provider, fields)
        expected.check_names(self.sent)
        found = self._matching(expected)
        if len(found) != count:
            text = "%d expected, %d sent of hits like this:" % (count, len(found))
            expectations.fail(text, expected, self.sent)
        return found

    def assert_none(self, hit_type=None, provider=None, **fields):
        # type: (Optional[Text], Optional[Text], **Any) -> None
        """Fail if such a hit was sent."""
        __tracebackhide__ = True
        self.assert_count(0, hit_type, provider, **fields)

    def clear(self):
        # type: () -> None
        """Forget what was sent so far."""
        del self.sent[:]

    def add(self, sent):
        # type: (Sent) -> None
        """Hold one more; threads may do so at once."""
        self.sent.append(sent)

    def __len__(self):
        # type: () -> int
        return len(self.sent)

    def __iter__(self):
        # type: () -> Iterator[Hit]
        return iter(self.hits)

    def __getitem__(self, index):
        # type: (Any) -> Any
        return self.hits[index]

    def __repr__(self):
        # type: () -> str
        kinds = [each.hit.type if each.hit is not None else "payload" for each in list(self.sent)]
        return str("<%d sent%s>" % (len(kinds), ": " + ", ".join(kinds) if kinds else ""))


class _Tap(Delivery):
    """Stands before every provider's delivery, and passes nothing on."""

    def submit(self, provider, envelope):
        # type: (BaseProvider, Envelope) -> Outcome
        sent = Sent(provider, envelope)
        for sink in list(_sinks):
            sink.add(sent)
        return CAPTURED

    def submit_batch(self, provider, envelopes):
        # type: (BaseProvider, Sequence[Envelope]) -> List[Outcome]
        return [self.submit(provider, envelope) for envelope in envelopes]


_TAP = _Tap()


class Nowhere(object):
    """A sink that keeps nothing, for as long as a whole test session."""

    def add(self, sent):
        # type: (Sent) -> None
        """Forget it."""


@contextlib.contextmanager
def tapped(sink):
    # type: (Any) -> Iterator[Any]
    """Send all hits of this process to a sink, and nowhere else."""
    with _lock:
        _sinks.append(sink)
        switch.tap = _TAP
    try:
        yield sink
    finally:
        with _lock:
            _sinks.remove(sink)
            if not _sinks:
                switch.tap = None


@contextlib.contextmanager
def capture():
    # type: () -> Iterator[Hits]
    """
    Keep the hits of all providers from going anywhere, and hold them.

    Within the block no hit of this process reaches a network, a file, a queue or a broker, whichever
    provider and delivery the application chose, before the block or in it, in whatever thread. All else
    happens as ever: params are read, processors run, mistakes are found; outcomes are true. What a
    background thread or an outbox had accepted before waits until the block ends. Where blocks are
    nested, each holds what is sent within it.

        >>> import analytical
        >>> from analytical.testing import capture
        >>> shop = analytical.Provider('matomo', '1', url='https://stats.example.com/')
        >>> with capture() as hits:
        ...     outcome = shop.pageview(url='https://example.com/cart', title='Cart')
        >>> hits
        <1 sent: pageview>
        >>> hit = hits.assert_sent('pageview', url='https://example.com/cart')
        >>> hits.assert_none('event')
        >>> hits.requests[0].method
        'POST'

    :returns: as the block's value, :class:`Hits`
    """
    with tapped(Hits()) as hits:
        yield hits
