"""
Google Analytics 4, by its Measurement Protocol.

Google answers 204 to whatever it gets, and throws away what it does not like: a delivered hit is one
that arrived. ``validate(..., online=True)`` asks Google's validation server what it thinks of a hit.

Names and limits: https://developers.google.com/analytics/devguides/collection/protocol/ga4/reference
"""

from __future__ import absolute_import, division, print_function, unicode_literals

import json
import time

import six
from six.moves.urllib.parse import quote

from .. import _json
from ..delivery.base import DELIVERED, Outcome, envelope_of
from ..delivery.http import Request
from ..errors import ConfigurationError
from ..hit import Problem
from ..secrets import show_name
from . import checks, facts, google_events, google_rules, google_visitors
from .google_streams import StreamProvider
from .http import REGION, by_status
from .online import no_validation
from .options import Option

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Sequence, Text

    from ..delivery.base import Envelope, Payload
    from ..delivery.http import Part, Response
    from ..hit import Hit

COLLECT = "/mp/collect"
DEBUG = "/debug/mp/collect"
UNKNOWN = "Google says the same of hits that it throws away: see validate(online=True)"
# Keys of a payload that are not of the request it is sent in. On the live server the last two make Google
# throw away more.
_OWN = ("events", "validation_behavior", "validationBehavior")
_quoted = json.encoder.encode_basestring_ascii
_as_key = json.JSONEncoder(sort_keys=True, allow_nan=False, separators=(",", ":")).encode


class Provider(StreamProvider):
    """
    Sends hits by the Measurement Protocol of Google Analytics 4.

    :param str data: the measurement id of a web stream, ``G-...``
    :param str api_secret: made under Admin > Data streams > Measurement Protocol API secrets
    """

    name = "googleanalytics4"
    OPTIONS = StreamProvider.OPTIONS + (
        Option(
            "api_secret", "secret", None, "the stream's Measurement Protocol API secret; needed"
        ),
        REGION,
    )
    URL = "https://www.google-analytics.com"
    REGIONS = {"eu": "https://region1.google-analytics.com"}
    PATHS = (COLLECT, DEBUG)
    MAX_COUNT = 25  # events
    READS_PAYLOADS = False
    MAX_BYTES = 130000
    SEPARATOR = b","
    RENAMES = {"user_id": "user_id", "user_agent": "user_agent"}
    BUILT = dict(
        google_events.BUILT,
        client_id="client_id, app_instance_id",
        user_ip="ip_override",
        anonymize_ip="ip_override, shortened",
        no_personalized_ads="consent.ad_personalization",
        consent="consent.ad_user_data, consent.ad_personalization",
        timestamp="events[].timestamp_micros",
    )
    PLACE = ("user_location", "country_id", "region_id")
    CONSENT = ("ad_user_data", "ad_personalization")
    DECISIONS = {True: "GRANTED", False: "DENIED"}

    def check_account(self, data):
        # type: (Any) -> Any
        if self.options["api_secret"] is None:
            raise ConfigurationError(
                "googleanalytics4 needs api_secret=: Admin > Data streams > the stream > Measurement "
                "Protocol API secrets"
            )
        return super(Provider, self).check_account(data)

    def build(self, hit, entries):
        # type: (Hit, Dict[Text, Any]) -> Dict[Text, Any]
        if self.is_app:
            entries["app_instance_id"] = google_visitors.app_instance_id(hit)
        else:
            entries["client_id"] = google_visitors.client_id(hit)
        address, consent = facts.address(hit), self.consent(hit)
        if address:
            entries["ip_override"] = address
        if consent:
            entries["consent"] = consent
        entries["events"] = self.events(hit)
        micros = int(round(hit.time * 1000000))
        for event in entries["events"]:
            event["timestamp_micros"] = micros
        return entries

    # Payload -> requests.

    def encode(self, envelope, now):
        # type: (Envelope, float) -> bytes
        return b",".join(_json.dumps(event) for event in envelope.payload["events"])

    def group(self, envelope):
        # type: (Envelope) -> bytes
        """Hits share a request where client, user, consent, place, address and agent are the same."""
        payload, pairs = envelope.payload, []
        for key in sorted(payload):
            if key not in _OWN:
                if type(payload[key]) is not six.text_type:
                    shared = {name: payload[name] for name in payload if name not in _OWN}
                    return six.ensure_binary(_as_key(shared))
                pairs.append("%s:%s" % (_quoted(key), _quoted(payload[key])))
        return ("{%s}" % ",".join(pairs)).encode("ascii")  # as _as_key writes it, sooner

    def weight(self, envelope):
        # type: (Envelope) -> int
        return len(envelope.payload["events"])

    def overhead(self, group):
        # type: (bytes) -> int
        return len(group + b',"events":[]')

    def request(self, parts, now):
        # type: (Sequence[Part], float) -> Request
        return self._request(COLLECT, parts)

    def _request(self, path, parts, more=b""):
        # type: (Text, Sequence[Part], bytes) -> Request
        url = self.endpoint(path)
        query = "%s=%s&api_secret=%s" % (
            "firebase_app_id" if self.is_app else "measurement_id",
            quote(self.data, safe=str(":")),
            quote(self.options["api_secret"].reveal().encode("utf-8"), safe=str("~")),
        )
        start = parts[0].key[:-1]
        events = b",".join(part.data for part in parts)
        body = start + more + b',"events":[' + events + b"]}"
        url += ("&" if "?" in url else "?") + six.ensure_text(query)
        return Request("POST", url, {"Content-Type": "application/json"}, body, parts)

    def read(self, response, parts):
        # type: (Response, Sequence[Part]) -> List[Outcome]
        """204 says that the request arrived, and nothing else."""
        outcome = by_status(response)
        if outcome.state == DELIVERED:
            outcome = Outcome(DELIVERED, status=response.status, detail=UNKNOWN)
        return [outcome] * len(parts)

    # Checks.

    def ask(self, payload):
        # type: (Payload) -> List[Problem]
        """Send a payload to the validation server; it checks neither the secret nor the id."""
        envelope = envelope_of(payload)
        part = self.part(envelope, time.time())
        more = b',"validation_behavior":"ENFORCE_RECOMMENDATIONS"'
        return read_validation(self.answer_to(self._request(DEBUG, [part], more)))

    def problems(self, hit):
        # type: (Hit) -> List[Problem]
        """List what is wrong with a hit by Google's reference and the rules of its event builder."""
        found = super(Provider, self).problems(hit)
        raw = hit.get("extra", {}).get(self.name, {})
        found.extend(google_rules.user_property_problems(raw.get("user_properties")))
        if not found:
            found.extend(self._size_problems(hit))
        return found

    def _size_problems(self, hit):
        # type: (Hit) -> List[Problem]
        envelope = envelope_of(self.payload(hit))
        size = len(self.encode(envelope, hit.time)) + self.overhead(self.group(envelope))
        if size <= self.MAX_BYTES:
            return []
        return [checks.too_long("hit", size, self.MAX_BYTES, "bytes")]


def read_validation(response):
    # type: (Response) -> List[Problem]
    """Read the answer of the validation server: a list of messages."""
    try:
        return [
            Problem(
                show_name(message.get("fieldPath") or "hit"),
                show_name(message.get("validationCode") or "online"),
                six.text_type(message.get("description") or "the platform finds it invalid"),
            )
            for message in _json.loads(response.body)["validationMessages"]
        ]
    except (ValueError, KeyError, TypeError, AttributeError):
        return [no_validation(response)]
