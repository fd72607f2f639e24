"""HTTPProvider: envelopes -> requests -> responses -> outcomes, for platforms reached over HTTP."""

from __future__ import absolute_import, division, print_function, unicode_literals

import time
from collections import OrderedDict

import six

from ..delivery.base import DELIVERED, DROPPED, REJECTED, RETRY, Outcome, envelope_of
from ..delivery.http import Part, gzipped, retry_after
from ..errors import InvalidHit, TransportError
from ..secrets import Secret, mask_bytes
from .base import BaseProvider
from .guard import failure
from .options import Option
from .urls import check_region, check_url, join, keys_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterable, Iterator, List, Optional, Sequence, Text, Tuple

    from ..delivery.base import Envelope
    from ..delivery.http import Request, Response
    from ..hit import Hit

HTTP = (
    Option(
        "url",
        "text",
        None,
        "another endpoint: a base address or a whole one, https unless loopback",
    ),
    Option("insecure", "flag", False, "allow plain http to hosts other than this one"),
    Option("session", "object", None, "the requests.Session to send with, instead of one's own"),
)
# For the OPTIONS of a platform with a table of REGIONS.
REGION = Option("region", "text", None, "where the platform takes the hits, such as 'eu'")

# For the OPTIONS of a platform that says it takes it.
COMPRESS = Option("compress", "flag", False, "gzip the bodies of requests")


class HTTPProvider(BaseProvider):
    """
    A platform reached over HTTP. Subclasses give ``encode`` and ``request``, and tables of limits.

    ``requests()`` groups what ``encode`` made into as few requests as the limits allow; ``read`` says
    what became of each hit from the answer.
    """

    COMMON_OPTIONS = BaseProvider.COMMON_OPTIONS + HTTP
    fills = True
    URL = None  # type: Optional[Text]  # the endpoint when url= does not name another
    REGIONS = {}  # type: Dict[Text, Text]  # region -> the endpoint there
    PATHS = ("",)  # type: Tuple[Text, ...]  # the platform's path first, then its siblings
    MAX_COUNT = 1  # hits a request may carry
    MAX_BYTES = None  # type: Optional[int]  # bytes a request's body may have
    MAX_HIT_BYTES = None  # type: Optional[int]  # bytes one encoded hit may have
    READS_PAYLOADS = True  # whether request() and read() look at more of a hit than its bytes
    SEPARATOR = b""  # what stands between two encoded hits in a body
    ENVELOPE_BYTES = 0  # bytes of a body besides the hits and separators

    def __init__(self, data=None, **options):
        # type: (Any, **Any) -> None
        super(HTTPProvider, self).__init__(data, **options)
        self.url = self.options["url"]
        if self.url is not None:
            check_url(self.url, self.options["insecure"])
        self.region_url = check_region(self.options.get("region"), self.REGIONS)
        # Costs a quarter of a second the first time: better here than within a visitor's request.
        from ..delivery.transport import Transport

        self.transport = Transport(self.options["session"], self.secrets(), self.disabled)

    # What a platform's class gives.

    def encode(self, envelope, now):
        # type: (Envelope, float) -> bytes
        """Write one hit as it stands in the body of a request sent at ``now`` (Unix seconds)."""
        raise NotImplementedError("%s must implement encode(envelope, now)" % type(self).__name__)

    def request(self, parts, now):
        # type: (Sequence[Part], float) -> Request
        """Make the request that carries these hits; the one place that reveals credentials."""
        raise NotImplementedError("%s must implement request(parts, now)" % type(self).__name__)

    def group(self, envelope):
        # type: (Envelope) -> Any
        """Give what must be equal for hits to share a request."""
        return None

    def weight(self, envelope):
        # type: (Envelope) -> int
        """Count what a hit adds to MAX_COUNT; some platforms take several events for one hit."""
        return 1

    def overhead(self, group):
        # type: (Any) -> int
        """Count the bytes of a body, besides hits and separators, whose hits are of this ``group()``."""
        return self.ENVELOPE_BYTES

    def read(self, response, parts):
        # type: (Response, Sequence[Part]) -> List[Outcome]
        """Say what became of each hit; platforms that say more than a status override it."""
        return [by_status(response)] * len(parts)

    # The way out.

    def deliver(self, envelopes):
        # type: (Sequence[Envelope]) -> List[Outcome]
        """Send envelopes in as few requests as the platform allows; one outcome each, in their order."""
        now = time.time()
        outcomes = [None] * len(envelopes)  # type: List[Any]
        parts = []
        for index, envelope in enumerate(envelopes):
            queued = envelope.payload is None
            try:
                if queued:
                    self.fill(envelope)
                part = self.part(envelope, now, index)
                outcomes[index] = refused = self.refusal(envelope, part.data, now)
                if refused is None:
                    parts.append(part)
                if queued and not self.READS_PAYLOADS:
                    # Else those of a whole batch live long enough to have Python look for garbage among them.
                    envelope.payload = None
            except InvalidHit as error:
                outcomes[index] = _invalid(error)
            except Exception as error:  # one that cannot be sent harms no other
                outcomes[index] = self.guard.fault(error)
        failed = None  # type: Optional[Outcome]
        for group in self.groups(parts):
            # Behind a silent server every other request would wait for its timeout too, and order be lost.
            answers = self._exchange(group, now) if failed is None else [failed] * len(group)
            for part, outcome in zip(group, answers):
                outcomes[part.index] = outcome
            if failed is None and answers[0].of_host():
                failed = Outcome(RETRY, answers[0].reason, sent=False)
        return outcomes

    def part(self, envelope, now, index=0):
        # type: (Envelope, float, int) -> Part
        """Encode a hit, and note what it takes for others to share a request with it."""
        data = self.encode(envelope, now)
        return Part(envelope, data, index, self.group(envelope), self.weight(envelope))

    def refusal(self, envelope, data, now):
        # type: (Envelope, bytes, float) -> Optional[Outcome]
        """Refuse a hit that the platform would not take, or would give a false time."""
        size, most = len(data), self.MAX_HIT_BYTES
        if most is None and self.MAX_BYTES is not None:
            size, most = size + self.overhead(self.group(envelope)), self.MAX_BYTES
        if most is not None and size > most:
            detail = "%d bytes, and the platform takes %d" % (size, most)
            return Outcome(REJECTED, "too_large", sent=False, detail=detail)
        if self.MAX_AGE is not None and now - envelope.time > self.MAX_AGE:
            detail = "the platform takes hits of the last %d seconds" % self.MAX_AGE
            return Outcome(DROPPED, "too_old", sent=False, detail=detail)
        return None

    def requests(self, envelopes, now):
        # type: (Sequence[Envelope], float) -> List[Request]
        """Give the exact requests for envelopes sent at ``now``, without sending them."""
        return [self._packed(request) for request in self._plain(envelopes, now)]

    def _packed(self, request):
        # type: (Request) -> Request
        return gzipped(request) if self.options.get("compress") else request

    def _plain(self, envelopes, now):
        # type: (Sequence[Envelope], float) -> List[Request]
        parts = [self.part(envelope, now, index) for index, envelope in enumerate(envelopes)]
        return [self.request(group, now) for group in self.groups(parts)]

    def preview(self, hits):
        # type: (Iterable[Hit]) -> List[Any]
        """
        Give the exact requests for processed hits, sent now, without sending them or compressing them.

        :raises DeliveryError: for a hit that would not be sent: it is too large, or too old
        """
        now = time.time()
        envelopes = [envelope_of(self.payload(hit)) for hit in hits]
        for envelope in envelopes:
            refused = self.refusal(envelope, self.encode(envelope, now), now)
            if refused is not None:
                raise failure(self.name, refused)
        return self._plain(envelopes, now)

    def groups(self, parts):
        # type: (Iterable[Part]) -> Iterator[List[Part]]
        """Split parts into what one request may carry; those of one group keep their order."""
        together = OrderedDict()  # type: OrderedDict[Any, List[Part]]
        for part in parts:
            together.setdefault(part.key, []).append(part)
        for key, same in together.items():
            for group in self._split(same, self.overhead(key)):
                yield group

    def _split(self, parts, overhead):
        # type: (Iterable[Part], int) -> Iterator[List[Part]]
        group, count, size = [], 0, 0  # type: List[Part], int, int
        between, most = len(self.SEPARATOR), self.MAX_BYTES
        for part in parts:
            weight, more = part.weight, len(part.data) + between
            full = count + weight > self.MAX_COUNT or (most is not None and size + more > most)
            if group and full:
                yield group
                group, count = [], 0
            if not group:
                size = overhead - between
            group.append(part)
            count += weight
            size += more
        if group:
            yield group

    def _exchange(self, group, now):
        # type: (List[Part], float) -> List[Outcome]
        try:
            request = self._packed(self.request(group, now))
            outcomes = self.read(self.answer_to(request), group)
            if len(outcomes) != len(group):
                raise ValueError("%d hits, and %d outcomes" % (len(group), len(outcomes)))
            return outcomes
        except TransportError as error:
            return [Outcome(RETRY, error.reason, sent=error.sent)] * len(group)
        except InvalidHit as error:  # a header that the hit's values would break
            return [_invalid(error)] * len(group)
        except Exception as error:
            return [self.guard.fault(error)] * len(group)

    def answer_to(self, request):
        # type: (Request) -> Response
        """
        Send a request; the answer may repeat what it was sent, so credentials are masked in its body.

        :raises TransportError: when there was none
        """
        response = self.transport.send(request, self.timeout)
        if response.body:
            response.body = mask_bytes(response.body, self.secrets())
        return response

    def close(self, timeout=None):
        # type: (Optional[float]) -> bool
        """Flush, and give back connections; a closed provider may be used again."""
        done = super(HTTPProvider, self).close(timeout)
        self.transport.close()
        return done

    def endpoint(self, path=None):
        # type: (Optional[Text]) -> Text
        """Give the address of the platform's path, or of a sibling path, below ``url=``."""
        base = self.url or self.region_url or self.URL or ""
        return join(base, self.PATHS[0] if path is None else path, self.PATHS)

    def secrets(self):
        # type: () -> List[Secret]
        """
        List the credentials, for masking: those among the options, the account where it is one, and
        whatever in the query of ``url=`` is long enough to be one.
        """
        given = [self.data] + list(self.options.values())
        return [value for value in given if isinstance(value, Secret)] + keys_in(self.url)


def _invalid(error):
    # type: (InvalidHit) -> Outcome
    return Outcome(REJECTED, "invalid", sent=False, detail=six.text_type(error))


def by_status(response):
    # type: (Response) -> Outcome
    """Say what an HTTP status means for a hit: 2xx delivered; 408, 429 and 5xx later; others never."""
    status = response.status
    if 200 <= status < 300:
        return Outcome(DELIVERED, status=status)
    reason = "http_%d" % status
    if status in (408, 429) or status >= 500:
        return Outcome(RETRY, reason, status, retry_after=retry_after(response.headers))
    return Outcome(REJECTED, reason, status)
