"""
Amplitude by its HTTP V2 API.

One invalid event makes Amplitude refuse a whole request, and name it: the others are to be sent again.

Names and limits: https://amplitude.com/docs/apis/analytics/http-v2
"""

from __future__ import absolute_import, division, print_function, unicode_literals

import re

from .. import _json
from ..delivery.base import DELIVERED, REJECTED, RETRY, Outcome
from ..delivery.http import Request
from ..hit import Problem, hyphenated
from . import eventapi, facts
from .http import REGION, HTTPProvider, by_status
from .pages import HOSTS, of_hit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterator, List, Mapping, Sequence, Set, Text

    from ..delivery.base import Envelope
    from ..delivery.http import Part, Response
    from ..hit import Hit
    from ..secrets import Secret

US, EU = "https://api2.amplitude.com", "https://api.eu.amplitude.com"
PAGEVIEW = "[Amplitude] Page Viewed"
REFUSED_IDS = frozenset(
    "anonymous nil none null n/a na undefined unknown 00000000-0000-0000-0000-000000000000 {} lmy47d "
    "0 -1".split()
)
RESERVED = frozenset(
    ["$identify", "$groupidentify"]
    + [
        "[Amplitude] " + name
        for name in (
            "Start Session",
            "End Session",
            "Revenue",
            "Revenue (Verified)",
            "Revenue (Unverified)",
            "Merged User",
        )
    ]
)
# In a 400: which events it is about.
INVALID = (
    "events_with_invalid_fields",
    "events_with_missing_fields",
    "events_with_invalid_id_lengths",
)
QUOTAS = {"exceeded_daily_quota_users": "user_id", "exceeded_daily_quota_devices": "device_id"}
_CURRENCY = re.compile(r"[A-Z]{3}\Z")
THROTTLED = 30.0  # seconds that Amplitude asks to wait after a 429 that names what is throttled


class Provider(HTTPProvider):
    """
    Sends hits to Amplitude, several in a request.

    :param data: the API key of the project
    """

    name = "amplitude"
    account = "the API key of a project"
    URL = US
    REGIONS = {"us": US, "eu": EU}
    PATHS = ("/2/httpapi", "/batch")
    OPTIONS = (REGION,)
    MAX_COUNT = 1000
    MAX_BYTES = 1000000
    SEPARATOR = b","
    ENVELOPE_BYTES = 200
    dedupes = True  # by insert_id and device_id, for seven days
    RENAMES = {name: name for name in eventapi.DETAILS + eventapi.ORDER if name != "revenue"}
    RENAMES.update(
        title="[Amplitude] Page Title",
        action="action",
        referrer="referrer",
        screen_resolution="screen_resolution",
        viewport_size="viewport_size",
        items="products",
    )
    BUILT = {
        "url": "[Amplitude] Page URL, Location, Path, Domain",
        "host": "[Amplitude] Page URL, Location, Domain",
        "path": "[Amplitude] Page URL, Location, Path",
        "client_id": "device_id of the event",
        "user_id": "user_id of the event",
        "session_id": "session_id of the event where it is a time, else session_id",
        "user_ip": "ip of the event",
        "anonymize_ip": "ip of the event (anonymized here)",
        "user_agent": "user_agent of the event",
        "language": "language of the event",
        "name": "event_type",
        "revenue": "revenue of the event; revenue where it is a refund",
        "properties": "event_properties",
        "custom_dimensions": "dimension<N>",
        "custom_metrics": "metric<N>",
    }
    BUILT.update((field, key + " of user_properties") for field, key in facts.CAMPAIGN.items())
    REQUIRED = {"pageview": ("url | host path",), "event": ("name | action | product_action",)}
    LIMITS = dict.fromkeys(("name", "url", "title", "referrer", "category", "label"), 1024)

    def check_account(self, data):
        # type: (Any) -> Secret
        return eventapi.check_key(self, data)

    def build(self, hit, entries):
        # type: (Hit, Dict[Text, Any]) -> Dict[Text, Any]
        name = PAGEVIEW if hit.type == "pageview" else facts.event_name(hit)
        if entries.get("action") == name:
            del entries["action"]
        event = {"event_type": name, "event_properties": entries}  # type: Dict[Text, Any]
        for field in ("user_agent", "language"):
            if field in hit.fields:
                event[field] = hit.fields[field]
        address = facts.address(hit)
        if address:
            event["ip"] = address
        add_page(event, hit)
        if "revenue" in hit.fields or "items" in hit.fields:
            add_revenue(event, hit)
        if "session_id" in hit.fields:
            add_session(event, hit)
        eventapi.add_own(entries, hit)
        event["insert_id"] = hyphenated(hit.id)
        event["time"] = int(round(hit.time * 1000))
        add_visitor(event, hit)
        return event

    def problems(self, hit):
        # type: (Hit) -> List[Problem]
        found = super(Provider, self).problems(hit)
        found.extend(eventapi.visitor_problems(hit, REFUSED_IDS))
        found.extend(name_problems(hit))
        return found

    def encode(self, envelope, now):
        # type: (Envelope, float) -> bytes
        return _json.dumps(envelope.payload)

    def request(self, parts, now):
        # type: (Sequence[Part], float) -> Request
        # Without the option, ids of less than five characters, such as a database's, would be removed.
        head = {"api_key": self.data.reveal(), "options": {"min_id_length": 1}}
        body = eventapi.body(head, "events", parts)
        headers = {"Content-Type": "application/json"}
        return Request("POST", self.endpoint(), headers, body, parts)

    def read(self, response, parts):
        # type: (Response, Sequence[Part]) -> List[Outcome]
        """A 400 names the events that spoiled the request, a 429 the visitors who had too many."""
        said = eventapi.answer(response)
        if response.status == 429:
            return read_throttled(said, response, parts)
        invalid = set().union(*(indexes(said.get(key)) for key in INVALID))  # type: Set[int]
        silenced = indexes(said.get("silenced_events"))
        if response.status not in (200, 400) or not (invalid or silenced):
            return [eventapi.apart(by_status(response), parts)] * len(parts)
        rest = Outcome(DELIVERED, status=200)
        if response.status == 400:
            rest = Outcome(RETRY, "refused_with_others", 400)
        named = dict.fromkeys(silenced, Outcome(REJECTED, "silenced", response.status))
        named.update(dict.fromkeys(invalid, Outcome(REJECTED, "invalid", response.status)))
        return [named.get(index, rest) for index in range(len(parts))]


def add_page(event, hit):
    # type: (Dict[Text, Any], Hit) -> None
    """Say the page by the properties of Amplitude's browser library, and the campaign by the user's."""
    props, page = event["event_properties"], of_hit(hit)
    if page.url:
        props["[Amplitude] Page Location"] = page.url
        props["[Amplitude] Page URL"] = page.url.partition("#")[0].partition("?")[0]
        props["[Amplitude] Page Path"] = page.path
        props["[Amplitude] Page Domain"] = page.hostname
    if "referrer" in hit.fields:
        props["referring_domain"] = HOSTS[hit.fields["referrer"]]
    tags = eventapi.campaign(hit, page)
    if tags:
        event["user_properties"] = dict(tags)


def add_revenue(event, hit):
    # type: (Dict[Text, Any], Hit) -> None
    """Give the revenue of an order; that of a refund is no revenue."""
    kind = facts.commerce_event(hit)
    if kind == "refund":
        if "revenue" in hit.fields:
            event["event_properties"]["revenue"] = hit.fields["revenue"]
    elif "revenue" in hit.fields or (kind == "purchase" and hit.get("items")):
        event["revenue"] = facts.order_total(hit)
        currency = hit.get("currency", "").upper()
        if _CURRENCY.match(currency):
            event["currency"] = currency


def add_session(event, hit):
    # type: (Dict[Text, Any], Hit) -> None
    """Give the start of the session where its id is one; any other id is no session for Amplitude."""
    session = hit.get("session_id")
    start = eventapi.session_start(session) if session else None
    if start is not None:
        event["session_id"] = start
    elif session:
        event["event_properties"]["session_id"] = session


def add_visitor(event, hit):
    # type: (Dict[Text, Any], Hit) -> None
    """Add the ids; a hit without any is a new device's."""
    user = eventapi.visitor(hit, "user_id", REFUSED_IDS)
    device = eventapi.visitor(hit, "client_id", REFUSED_IDS)
    if user is not None:
        event["user_id"] = user
    elif device is None:
        device = event["insert_id"]
    if device is not None:
        event["device_id"] = device


def name_problems(hit):
    # type: (Hit) -> Iterator[Problem]
    """Find names that Amplitude keeps for itself."""
    for field in ("name", "action"):
        if hit.get(field) in RESERVED:
            yield Problem(
                field, "reserved", "is a name that the platform keeps for itself: change it"
            )


def indexes(value):
    # type: (Any) -> Set[int]
    """Read places of events, from a list of them or a dict of such lists."""
    lists = value.values() if isinstance(value, dict) else [value]
    return {
        index
        for each in lists
        if isinstance(each, list)
        for index in each
        if isinstance(index, int)
    }


def read_throttled(said, response, parts):
    # type: (Mapping[Text, Any], Response, Sequence[Part]) -> List[Outcome]
    """Give up hits of visitors over their quota of a day; the others may go later."""
    later = by_status(response)
    if later.retry_after is None and said.get("throttled_events"):
        later = Outcome(RETRY, "http_429", 429, retry_after=THROTTLED)
    given_up = Outcome(REJECTED, "daily_quota", 429)
    return [given_up if over_quota(said, part.envelope.payload) else later for part in parts]


def over_quota(said, payload):
    # type: (Mapping[Text, Any], Mapping[Text, Any]) -> bool
    """Tell whether the visitor of a hit is over the quota of a day."""
    for key, field in QUOTAS.items():
        names = said.get(key)
        if isinstance(names, (dict, list)) and payload.get(field) in names:
            return True
    return False
