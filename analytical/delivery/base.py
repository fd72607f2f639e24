"""What deliveries and providers hand each other: Envelope, Outcome; and the contract of a delivery."""

from __future__ import absolute_import, division, print_function, unicode_literals

import time

from ..hit import Hit, new_id

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Sequence, Text, Union

    from ..providers.base import BaseProvider

DELIVERED = "delivered"  # the platform took it, as far as it tells
QUEUED = "queued"  # accepted here; a delivery will bring it
RETRY = "retry"  # not taken, and the same hit may be taken later
REJECTED = "rejected"  # the platform, or its protocol's limits, refused it for good
DROPPED = "dropped"  # given up here: by a processor, for its age, for want of room
TAKEN = (QUEUED, DELIVERED)  # states of a true outcome

# Options that act where a hit is made, not where it is sent: a worker elsewhere need not know them.
LOCAL = (
    "delivery",
    "asynchronously",
    "processors",
    "strict",
    "fail_silently",
    "on_drop",
    "disabled",
)

OVERLOAD = (408, 429, 503)  # statuses that speak of the server, not of the hits

_SLOTS = ("state", "reason", "status", "sent", "retry_after", "detail")


class Outcome(object):
    """
    What became of a hit. True when it was delivered or is safely queued.

    :ivar str state: ``delivered``, ``queued``, ``retry``, ``rejected`` or ``dropped``
    :ivar str reason: one word for why, such as ``timeout`` or ``http_503``; empty when all is well
    :ivar int status: the HTTP status of the answer, or None
    :ivar bool sent: whether the request may have reached the platform
    :ivar float retry_after: seconds the platform asked us to wait, or None
    :ivar str detail: more about the reason, for people; holds no value of the hit
    """

    __slots__ = tuple(str(name) for name in _SLOTS)

    def __init__(self, state, reason="", status=None, sent=True, retry_after=None, detail=""):
        # type: (Text, Text, Optional[int], bool, Optional[float], Text) -> None
        self.state = state
        self.reason = reason
        self.status = status
        self.sent = sent
        self.retry_after = retry_after
        self.detail = detail

    def __bool__(self):
        # type: () -> bool
        return self.state in TAKEN

    __nonzero__ = __bool__

    def of_host(self):
        # type: () -> bool
        """Tell whether it speaks of the server, silent or overloaded, so that other hits would fail too."""
        return self.state == RETRY and (self.status is None or self.status in OVERLOAD)

    def __repr__(self):
        # type: () -> str
        return str("Outcome(%s)" % ", ".join(part for part in (self.state, self.reason) if part))

    def __eq__(self, other):
        # type: (Any) -> bool
        return isinstance(other, Outcome) and all(
            getattr(self, name) == getattr(other, name) for name in _SLOTS
        )

    def __ne__(self, other):
        # type: (Any) -> bool
        return not self == other

    def __hash__(self):
        # type: () -> int
        return hash((self.state, self.reason, self.status))


class Payload(dict):  # type: ignore[type-arg]
    """
    One hit in the platform's own terms: a dict that JSON can carry, without credentials.

    :ivar str id: the hit's id
    :ivar float time: when the hit happened, Unix seconds
    :ivar hit: the hit itself where ``on_drop`` wants it, else None; it never leaves the process
    """

    __slots__ = (str("id"), str("time"), str("hit"))

    def __init__(self, entries, id, time):
        # type: (Dict[Text, Any], Text, float) -> None
        dict.__init__(self, entries)
        self.id = id
        self.time = time
        self.hit = None  # type: Any


class Envelope(object):
    """
    A payload on its way: what queues, outboxes and brokers carry.

    :ivar str id: the hit's id, which makes a retry the same hit
    :ivar float time: when the hit happened, Unix seconds
    :ivar dict payload: the hit in the platform's terms; where a delivery ``takes_hits``, None until it
        is delivered
    :ivar hit: the hit where there is no payload yet, or where ``on_drop`` wants it, else None
    :ivar float since: when a thread took it, by the monotonic clock; 0 before
    """

    __slots__ = tuple(str(name) for name in ("id", "time", "payload", "hit", "since"))

    def __init__(self, id, time, payload, hit=None):
        # type: (Text, float, Any, Any) -> None
        self.id = id
        self.time = time
        self.payload = payload
        self.hit = hit
        self.since = 0.0

    def __repr__(self):
        # type: () -> str
        return str("Envelope(%s)" % self.id)


READY = Outcome(QUEUED)  # stands in until the delivery has said more


def envelope_of(given):
    # type: (Union[Envelope, Hit, Dict[Text, Any]]) -> Envelope
    """Wrap a hit or a payload, unless it is; a plain dict, from a caller of ``_send``, gets an id and the time of now."""
    if isinstance(given, Envelope):
        return given
    if isinstance(given, Hit):
        return Envelope(given.id, given.time, None, given)
    if isinstance(given, Payload):
        return Envelope(given.id, given.time, given, given.hit)
    return Envelope(new_id(), time.time(), given)


class Delivery(object):
    """
    The contract: when and where envelopes go. Subclass it, or offer the same methods.

    A delivery may be shared by several providers, threads and processes.

    :cvar bool takes_hits: whether ``submit`` takes a processed hit too, whose payload is made when it is
        delivered; no such hit leaves the process
    """

    takes_hits = False

    def check(self, provider):
        # type: (BaseProvider) -> None
        """Raise ConfigurationError for a provider whose envelopes this delivery cannot carry."""

    def submit(self, provider, envelope):
        # type: (BaseProvider, Envelope) -> Outcome
        """Take one envelope; return without raising, whatever the network does."""
        raise NotImplementedError("a delivery must implement submit(provider, envelope)")

    def submit_batch(self, provider, envelopes):
        # type: (BaseProvider, Sequence[Envelope]) -> List[Outcome]
        """Take several envelopes; one outcome for each, in their order."""
        return [self.submit(provider, envelope) for envelope in envelopes]

    def flush(self, timeout):
        # type: (Optional[float]) -> bool
        """Wait until what was taken is out, at most ``timeout`` seconds; tell whether it is."""
        return True

    def close(self, timeout):
        # type: (Optional[float]) -> bool
        """Flush, and give back threads and files; tell whether everything is out."""
        return self.flush(timeout)

    def oldest_age(self):
        # type: () -> float
        """Give the seconds that the oldest hit has waited here; 0 with nothing waiting."""
        return 0.0
