"""
PostHog, in its clouds or self-hosted, by the capture API that its server libraries use.

A visitor without a user id stays anonymous: PostHog makes, and bills, no person profile for it.

Names and limits: https://posthog.com/docs/api/capture and https://posthog.com/docs/data/sessions
"""

from __future__ import absolute_import, division, print_function, unicode_literals

import re

from .. import _json
from ..delivery.base import REJECTED, Outcome
from ..delivery.http import Request
from ..errors import ConfigurationError
from ..hit import hyphenated
from . import eventapi, facts, texts
from .http import COMPRESS, REGION, HTTPProvider, by_status
from .pages import HOSTS, of_hit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Sequence, Text

    from ..delivery.base import Envelope
    from ..delivery.http import Part, Response
    from ..hit import Hit, Problem
    from ..secrets import Secret

US, EU = "https://us.i.posthog.com", "https://eu.i.posthog.com"
# The addresses that people see in their browser -> those that take hits.
APPS = {
    "https://app.posthog.com": US,
    "https://us.posthog.com": US,
    "https://eu.posthog.com": EU,
}
# Ids that would make one person of all visitors, compared in lower case; from PostHog's capture service.
REFUSED_IDS = frozenset(
    "0 00000000-0000-0000-0000-000000000000 anonymous anonymous-user backend distinct_id distinctid "
    "email false guest id nan none not_authenticated null system true undefined user".split()
) | {"[object object]"}
DAY = 86400000  # milliseconds; the most that a session's id may be older than its last event
_UUID7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\Z", re.I)


class Provider(HTTPProvider):
    """
    Sends hits to PostHog, several in a request.

    :param data: the key of the project (``phc_...``), which PostHog calls project token
    """

    name = "posthog"
    account = "the key of a project (phc_...; its settings have it)"
    URL = US
    REGIONS = {"us": US, "eu": EU}
    PATHS = ("/batch/", "/capture/", "/e/", "/i/v0/e/")
    OPTIONS = (REGION, COMPRESS)
    MAX_COUNT = 500  # no limit is documented
    READS_PAYLOADS = False
    MAX_BYTES = 5 * 1024 * 1024
    MAX_HIT_BYTES = 1000000
    SEPARATOR = b","
    ENVELOPE_BYTES = 300
    dedupes = True  # by uuid, with the day, the event's name and the visitor
    RENAMES = {name: name for name in eventapi.DETAILS + eventapi.ORDER}
    RENAMES.update(
        title="title",
        action="action",
        user_agent="$raw_user_agent",
        language="$browser_language",
        items="products",
    )
    BUILT = {
        "url": "$current_url, $host, $pathname",
        "host": "$current_url, $host",
        "path": "$current_url, $pathname",
        "referrer": "$referrer, $referring_domain",
        "client_id": "distinct_id, or client_id beside a user_id",
        "user_id": "distinct_id",
        "session_id": "$session_id (a UUIDv7)",
        "user_ip": "$ip",
        "anonymize_ip": "$ip (anonymized here)",
        "screen_resolution": "$screen_width, $screen_height",
        "viewport_size": "$viewport_width, $viewport_height",
        "name": "event",
        "properties": "properties",
        "custom_dimensions": "dimension<N>",
        "custom_metrics": "metric<N>",
    }
    BUILT.update(facts.CAMPAIGN)
    REQUIRED = {"pageview": ("url | host path",), "event": ("name | action | product_action",)}
    LIMITS = {"name": 200, "client_id": 200, "user_id": 200}

    def __init__(self, data=None, **options):
        # type: (Any, **Any) -> None
        super(Provider, self).__init__(data, **options)
        if self.url is not None:
            self.url = APPS.get(self.url.rstrip("/"), self.url)

    def check_account(self, data):
        # type: (Any) -> Secret
        key = eventapi.check_key(self, data)
        if key.reveal().startswith("phx_"):
            raise ConfigurationError(
                "posthog takes %s as its account; this is a personal API key (phx_...), which may "
                "read your data: revoke it if it was shared" % self.account
            )
        return key

    def set_referrer(self, entries, value, hit):
        # type: (Dict[Text, Any], Any, Hit) -> None
        entries["$referrer"], entries["$referring_domain"] = value, HOSTS[value]

    def set_screen_resolution(self, entries, value, hit):
        # type: (Dict[Text, Any], Any, Hit) -> None
        size = texts.pixels(value)
        if size:
            entries["$screen_width"], entries["$screen_height"] = size

    def set_viewport_size(self, entries, value, hit):
        # type: (Dict[Text, Any], Any, Hit) -> None
        size = texts.pixels(value)
        if size:
            entries["$viewport_width"], entries["$viewport_height"] = size

    def set_session_id(self, entries, value, hit):
        # type: (Dict[Text, Any], Any, Hit) -> None
        entries["$session_id"] = session_uuid(value, hit)

    def build(self, hit, entries):
        # type: (Hit, Dict[Text, Any]) -> Dict[Text, Any]
        user = eventapi.visitor(hit, "user_id", REFUSED_IDS)
        client = eventapi.visitor(hit, "client_id", REFUSED_IDS)
        name = "$pageview" if hit.type == "pageview" else facts.event_name(hit)
        if entries.get("action") == name:
            del entries["action"]
        if user is None:
            entries["$process_person_profile"] = False
        elif client is not None:
            entries["client_id"] = client
        add_page(entries, hit)
        add_address(entries, hit)
        entries["$lib"] = eventapi.LIBRARY
        eventapi.add_own(entries, hit)
        identity = hyphenated(hit.id)
        return {
            "event": name,
            "distinct_id": user or client or identity,
            "uuid": identity,
            "timestamp": facts.iso_time(hit.time),
            "properties": entries,
        }

    def problems(self, hit):
        # type: (Hit) -> List[Problem]
        return super(Provider, self).problems(hit) + list(
            eventapi.visitor_problems(hit, REFUSED_IDS)
        )

    def encode(self, envelope, now):
        # type: (Envelope, float) -> bytes
        return _json.dumps(envelope.payload)

    def request(self, parts, now):
        # type: (Sequence[Part], float) -> Request
        # The server corrects its idea of our clock by sent_at, so an old one would move the hits.
        head = {"api_key": self.data.reveal(), "sent_at": facts.iso_time(now)}
        body = eventapi.body(head, "batch", parts)
        headers = {"Content-Type": "application/json"}
        return Request("POST", self.endpoint(), headers, body, parts)

    def read(self, response, parts):
        # type: (Response, Sequence[Part]) -> List[Outcome]
        """A 200 may say that the project's quota is used up, and the events thrown away."""
        limited = eventapi.answer(response).get("quota_limited")
        if response.status == 200 and isinstance(limited, list) and "events" in limited:
            detail = "the project's quota of events is used up"
            return [Outcome(REJECTED, "quota_limited", 200, detail=detail)] * len(parts)
        return [eventapi.apart(by_status(response), parts)] * len(parts)


def add_page(entries, hit):
    # type: (Dict[Text, Any], Hit) -> None
    """Say the page as PostHog's web analytics wants it, and the campaign that led to it."""
    page = of_hit(hit)
    if page.url:
        entries["$current_url"] = page.url
        entries["$host"] = page.host
        entries["$pathname"] = page.path
    entries.update(eventapi.campaign(hit, page))


def add_address(entries, hit):
    # type: (Dict[Text, Any], Hit) -> None
    """Add the visitor's address; without one, keep PostHog from locating our server's."""
    address = facts.address(hit)
    if address:
        entries["$ip"] = address
    else:
        entries["$geoip_disable"] = True


def session_uuid(session_id, hit):
    # type: (Text, Hit) -> Text
    """
    Give the UUIDv7 that stands for a session: itself where it is one, else the same one for a day.

    Its time must be at most that of the session's first event, and within a day of its last.
    """
    if _UUID7.match(session_id):
        return session_id.lower()
    start, moment = eventapi.session_start(session_id), int(hit.time * 1000)
    if start is None or not moment - DAY < start <= moment:
        start = max(moment // DAY * DAY, 0)
    owner = hit.get("client_id") or hit.get("user_id") or ""
    digits = facts.digest("%s:%s" % (owner, session_id), "posthog session")
    variant = "89ab"[int(digits[3], 16) & 3]
    return hyphenated("%012x7%s%s%s" % (start, digits[:3], variant, digits[4:19]))
