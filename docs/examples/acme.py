"""A provider for a platform called Acme, whole."""

from __future__ import absolute_import, division, print_function, unicode_literals

import json

from analytical.delivery.http import Request
from analytical.providers import facts
from analytical.providers.http import HTTPProvider
from analytical.providers.options import Option


class Provider(HTTPProvider):
    """Sends hits to Acme, up to a hundred in a request."""

    name = "acme"
    account = "a site such as shop-1"
    URL = "https://api.example.com"
    PATHS = ("/v1/hits",)
    OPTIONS = (Option("api_key", "secret", None, "the site's key for writing"),)
    MAX_COUNT = 100
    SEPARATOR = b","
    RENAMES = {"title": "title", "referrer": "ref", "user_ip": "ip", "user_agent": "agent"}
    BUILT = {"url": "page", "host": "page", "path": "page", "name": "kind", "action": "kind"}
    PROPERTIES = ("category", "label", "value", "revenue", "currency")
    REQUIRED = {"pageview": ("url | host path",)}

    def set_client_id(self, entries, value, hit):
        """A UUID that stands for the client id."""
        entries["visitor"] = facts.as_uuid(value)

    def build(self, hit, entries):
        kind = "view" if hit.type == "pageview" else facts.event_name(hit)
        entries.update(kind=kind, page=facts.page_url(hit), id=hit.id, time=hit.time)
        entries["properties"] = facts.properties(hit, self.PROPERTIES)
        return entries

    def encode(self, envelope, now):
        return json.dumps(envelope.payload, sort_keys=True).encode("ascii")

    def request(self, parts, now):
        headers = {"Content-Type": "application/json"}
        headers["Authorization"] = "Bearer " + self.options["api_key"].reveal()
        body = b"[" + b",".join(part.data for part in parts) + b"]"
        return Request("POST", self.endpoint(), headers, body, parts)
