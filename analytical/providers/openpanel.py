"""
OpenPanel, hosted or one's own, by its track API.

Names: https://openpanel.dev/docs/api/track
"""

from __future__ import absolute_import, division, print_function, unicode_literals

import uuid

from .. import _json
from ..delivery.base import REJECTED, Outcome
from ..delivery.http import Request
from ..errors import ConfigurationError
from ..hit import Problem
from . import eventapi, facts
from .http import HTTPProvider, by_status
from .options import Option, require

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Sequence, Text

    from ..delivery.base import Envelope
    from ..delivery.http import Part, Response
    from ..hit import Hit

WHOLE_UNITS = ("JPY", "KRW", "VND", "CLP", "ISK", "UGX", "XAF", "XOF", "XPF")  # no cents: ISO 4217
RESERVED = ("session_start", "session_end")
VISITOR = ("language", "screen_resolution", "viewport_size")


class Provider(HTTPProvider):
    """
    Sends hits to OpenPanel, one a request.

    :param str data: the client id, a UUID
    """

    name = "openpanel"
    account = "a client id, a UUID"
    URL = "https://api.openpanel.dev"
    PATHS = ("/track",)
    OPTIONS = (Option("client_secret", "secret", None, "secret of a client that may write"),)
    BUILT = {
        "user_ip": "__ip",
        "title": "__title",
        "referrer": "__referrer",
        "client_id": "__deviceId",
        "revenue": "__revenue, of a purchase",
    }
    BUILT.update(dict.fromkeys(("url", "host", "path"), "__path"))
    BUILT.update(dict.fromkeys(facts.CAMPAIGN, "__path (its query)"))
    BUILT.update(user_agent="header User-Agent", name="name", action="name", anonymize_ip="__ip")
    BUILT.update(dict.fromkeys(("properties", "custom_dimensions", "custom_metrics"), "properties"))
    RENAMES = {"user_id": "profileId"}
    PROPERTIES = eventapi.DETAILS + facts.COMMERCE + VISITOR
    REQUIRED = {"pageview": ("url | host path",), "event": ("name | action | product_action",)}

    def check_account(self, data):
        # type: (Any) -> Any
        try:
            client = str(uuid.UUID(super(Provider, self).check_account(data)))
        except ValueError:
            raise ConfigurationError("openpanel takes a client id, a UUID, as its account")
        require(self.name, self.options, "client_secret", "which comes with the client's id")
        return client

    def build(self, hit, entries):
        # type: (Hit, Dict[Text, Any]) -> Dict[Text, Any]
        properties = facts.properties(hit, self.present(hit))
        entries["name"] = "screen_view" if hit.type == "pageview" else facts.event_name(hit)
        properties["__timestamp"] = facts.iso_time(hit.time)
        properties["__path"] = facts.campaign_url(hit)
        properties["__ip"] = facts.address(hit)
        properties["__title"] = hit.get("title")
        properties["__referrer"] = hit.get("referrer")
        properties["__deviceId"] = device_id(hit.get("client_id"))
        if facts.commerce_event(hit) == "purchase":
            entries["name"] = "revenue"
            properties["__revenue"] = smallest_units(facts.order_total(hit), hit.get("currency"))
        entries["user_agent"] = hit.get("user_agent", "")
        entries["properties"] = {k: v for k, v in properties.items() if v not in (None, "")}
        return entries

    def problems(self, hit):
        # type: (Hit) -> List[Problem]
        found = super(Provider, self).problems(hit)
        if hit.type != "pageview" and facts.event_name(hit) in RESERVED:
            found.append(
                Problem("name", "reserved", "OpenPanel makes this event itself: rename it")
            )
        return found

    def encode(self, envelope, now):
        # type: (Envelope, float) -> bytes
        payload = {k: v for k, v in envelope.payload.items() if k != "user_agent"}
        return _json.dumps({"type": "track", "payload": payload})

    def request(self, parts, now):
        # type: (Sequence[Part], float) -> Request
        headers = {"Content-Type": "application/json", "openpanel-client-id": self.data}
        headers["openpanel-client-secret"] = self.options["client_secret"].reveal()
        headers["User-Agent"] = parts[0].envelope.payload.get("user_agent") or eventapi.LIBRARY
        return Request("POST", self.endpoint(), headers, parts[0].data, parts)

    def read(self, response, parts):
        # type: (Response, Sequence[Part]) -> List[Outcome]
        """A bot's hit is answered with 202, and not counted."""
        return [Outcome(REJECTED, "bot", 202) if response.status == 202 else by_status(response)]


def device_id(client_id):
    # type: (Any) -> Any
    """Give a client id as it is, or the UUID that stands for one over 64 characters."""
    return facts.as_uuid(client_id) if client_id and len(client_id) > 64 else client_id


def smallest_units(total, currency):
    # type: (Any, Any) -> int
    """Give an amount in cents, or in whole units where a currency has none."""
    return int(round(total * (1 if (currency or "").upper() in WHOLE_UNITS else 100)))
