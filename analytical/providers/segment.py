"""
Segment by its HTTP Tracking API, and the compatible servers RudderStack and Jitsu.

A hit that carries a commerce action is followed by calls of Segment's e-commerce spec, in the same request.

Names and limits: https://segment.com/docs/connections/sources/catalog/libraries/server/http-api/ and
https://segment.com/docs/connections/spec/ecommerce/v2/
"""

from __future__ import absolute_import, division, print_function, unicode_literals

import base64

from .. import _json
from ..delivery.base import REJECTED, RETRY, Outcome
from ..delivery.http import Request, retry_after
from ..errors import ConfigurationError
from ..hit import Problem, hyphenated
from ..secrets import show_name
from . import eventapi, facts, segmentspec
from .http import COMPRESS, REGION, HTTPProvider, by_status
from .options import Option, require
from .pages import of_hit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Sequence, Text

    from ..delivery.base import Envelope
    from ..delivery.http import Part, Response
    from ..hit import Hit
    from ..secrets import Secret

US, EU = "https://api.segment.io", "https://events.eu1.segmentapis.com"
PATHS = ("/v1/batch",) + tuple(
    "/v1/" + call for call in ("track", "page", "screen", "identify", "group", "alias")
)
# Jitsu's other paths are for browsers: there the address of the sender replaces that of the visitor.
JITSU_PATHS = ("/api/s/s2s/batch", "/api/s/s2s", "/v1/batch", "/v1/b", "/batch", "/b")
# Flavor -> paths, bytes of a body, bytes of one call, whether a call is counted once that arrives twice.
FLAVORS = {
    "segment": (PATHS, 500000, 32768, True),
    "rudderstack": (PATHS, 4000000, None, False),
    "jitsu": (JITSU_PATHS, 500000, None, False),
}
JITSU_EVENT = 64  # characters
JITSU_FORBIDDEN = ("--", ";", "=", "/*")
LATER = (410, 460)  # statuses that Segment's own libraries try again, besides the usual
NEVER = (501, 505)


class Provider(HTTPProvider):
    """
    Sends hits to Segment, RudderStack or Jitsu, several in a request.

    :param data: the write key of the source; of Jitsu, the key as ``keyId:secret``
    """

    name = "segment"
    account = "the write key of a source"
    URL = US
    REGIONS = {"us": US, "eu": EU}
    OPTIONS = (
        Option("flavor", "text", "segment", "what takes the hits: segment, rudderstack or jitsu"),
        REGION,
        COMPRESS,
    )
    PATHS = PATHS
    MAX_COUNT = 2500
    READS_PAYLOADS = False
    SEPARATOR = b","
    ENVELOPE_BYTES = len('{"sentAt":"2026-06-01T10:00:05.000Z","batch":[]}')
    RENAMES = {name: name for name in eventapi.DETAILS}
    RENAMES.update(facts.CLICK_IDS, action="action")
    BUILT = {
        "url": "context.page.url, path, search; of a page properties too",
        "host": "context.page.url",
        "path": "context.page.url, path, search",
        "title": "context.page.title",
        "referrer": "context.page.referrer",
        "client_id": "anonymousId",
        "user_id": "userId",
        "session_id": "properties.session_id; context.sessionId of RudderStack",
        "user_ip": "context.ip",
        "anonymize_ip": "context.ip (anonymized here)",
        "user_agent": "context.userAgent",
        "language": "context.locale",
        "screen_resolution": "context.screen",
        "name": "event; name of a page",
        "action": "event, or properties.action where there is a name",
        "non_interaction": "properties.nonInteraction",
        "properties": "properties",
        "consent": "context.consent.categoryPreferences",
        "product_action": "event of the e-commerce spec",
        "custom_dimensions": "properties.dimension<N>",
        "custom_metrics": "properties.metric<N>",
    }
    BUILT.update((name, "properties." + key) for name, key in segmentspec.ORDER.items())
    BUILT.update((name, "context.campaign." + key) for name, key in segmentspec.CAMPAIGN.items())
    REQUIRED = {"pageview": ("url | host path",), "event": ("name | action | product_action",)}
    REQUIRED["transaction"] = ("transaction_id", "revenue | items")

    def __init__(self, data=None, **options):
        # type: (Any, **Any) -> None
        super(Provider, self).__init__(data, **options)
        limits = FLAVORS[self.options["flavor"]]
        self.PATHS, self.MAX_BYTES, self.MAX_HIT_BYTES, self.dedupes = limits

    def check_account(self, data):
        # type: (Any) -> Secret
        flavor = self.options["flavor"]
        if flavor not in FLAVORS:
            raise ConfigurationError(
                "flavor= takes %s, not %s" % (" or ".join(sorted(FLAVORS)), show_name(flavor))
            )
        if flavor != "segment":
            require(self.name, self.options, "url", "the address of your %s server" % flavor)
        if flavor == "jitsu" and self.options["compress"]:
            raise ConfigurationError("jitsu does not say that it takes gzip: leave out compress=")
        key = eventapi.check_key(self, data)
        if flavor != "jitsu" and ":" in key.reveal():
            raise ConfigurationError(
                "a write key of %s holds no ':'; for a key of Jitsu say flavor='jitsu'" % flavor
            )
        return key

    def set_non_interaction(self, entries, value, hit):
        # type: (Dict[Text, Any], Any, Hit) -> None
        if value:
            entries["nonInteraction"] = 1

    def build(self, hit, entries):
        # type: (Hit, Dict[Text, Any]) -> Dict[Text, Any]
        page = of_hit(hit)
        said = segmentspec.about(hit, page)
        message = {
            "messageId": hyphenated(hit.id),
            "timestamp": facts.iso_time(hit.time),
            "context": segmentspec.context(hit, page, said),
            "properties": entries,
        }  # type: Dict[Text, Any]
        segmentspec.add_visitor(message, hit)
        if "session_id" in hit.fields:
            if self.options["flavor"] == "rudderstack":
                message["context"]["sessionId"] = segmentspec.session_number(hit)
            else:
                entries["session_id"] = hit.fields["session_id"]
        segmentspec.add_calls(message, hit, page, said)
        return message

    def problems(self, hit):
        # type: (Hit) -> List[Problem]
        found = super(Provider, self).problems(hit)
        name = segmentspec.call_name(hit)
        if self.options["flavor"] == "jitsu" and name and is_bad_jitsu_name(name):
            text = (
                "is no name for jitsu, which takes %d characters, without %s: shorten or change it"
            )
            field = "name" if "name" in hit.fields else "action"
            found.append(Problem(field, "limit", text % (JITSU_EVENT, " ".join(JITSU_FORBIDDEN))))
        return found

    def weight(self, envelope):
        # type: (Envelope) -> int
        """A hit is one call, and one more for each that follows it."""
        payload = envelope.payload
        return 1 + len(payload[segmentspec.ALSO]) if segmentspec.ALSO in payload else 1

    def encode(self, envelope, now):
        # type: (Envelope, float) -> bytes
        payload = envelope.payload
        if segmentspec.ALSO not in payload:
            return _json.dumps(payload)
        return segmentspec.BREAK.join(_json.dumps(call) for call in segmentspec.calls(payload))

    def refusal(self, envelope, data, now):
        # type: (Envelope, bytes, float) -> Optional[Outcome]
        """The limit is that of one call, and a hit may be several."""
        if self.MAX_HIT_BYTES and len(data) > self.MAX_HIT_BYTES:
            data = max(data.split(segmentspec.BREAK), key=len)
        return HTTPProvider.refusal(self, envelope, data, now)

    def request(self, parts, now):
        # type: (Sequence[Part], float) -> Request
        key = self.data.reveal()
        headers = {"Content-Type": "application/json"}
        if self.options["flavor"] == "jitsu":
            headers["X-Write-Key"] = key
        else:
            basic = base64.b64encode((key + ":").encode("utf-8")).decode("ascii")
            headers["Authorization"] = "Basic " + basic
        # The server corrects the time of a call by sentAt, so an old one would move it.
        body = eventapi.body({"sentAt": facts.iso_time(now)}, "batch", parts)
        return Request("POST", self.endpoint(), headers, body, parts)

    def read(self, response, parts):
        # type: (Response, Sequence[Part]) -> List[Outcome]
        """Any 200 is taken for good, also a plain ``OK``, unless it says ``"success": false``."""
        outcome, status = by_status(response), response.status
        if status in LATER:
            after = retry_after(response.headers)
            outcome = Outcome(RETRY, "http_%d" % status, status, retry_after=after)
        elif status in NEVER:
            outcome = Outcome(REJECTED, "http_%d" % status, status)
        elif outcome and eventapi.answer(response).get("success") is False:
            outcome = Outcome(REJECTED, "invalid", status)
        return [eventapi.apart(outcome, parts)] * len(parts)


def is_bad_jitsu_name(name):
    # type: (Text) -> bool
    """Tell whether Jitsu would not take the name of an event."""
    return len(name) > JITSU_EVENT or any(part in name for part in JITSU_FORBIDDEN)
