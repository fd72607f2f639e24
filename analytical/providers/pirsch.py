"""
Pirsch Analytics, by its API.

Pirsch tells visitors apart by address and agent, and refuses a hit without them; ids of visitors have
no place there. Only its batch endpoints take the time of a hit, so every hit goes to one of them.

Names: https://docs.pirsch.io/api-sdks/api
"""

from __future__ import absolute_import, division, print_function, unicode_literals

from .. import _json
from ..delivery.base import REJECTED, Outcome
from ..delivery.http import Request
from ..errors import ConfigurationError
from ..secrets import show_name
from . import facts, texts
from .http import HTTPProvider, by_status
from .options import Option, require

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Sequence, Text

    from ..delivery.base import Envelope
    from ..delivery.http import Part, Response
    from ..hit import Hit

HIT, EVENT = "/api/v1/hit/batch", "/api/v1/event/batch"
NEEDED = {"url": "url", "ip": "user_ip", "user_agent": "user_agent"}  # key -> field
PROPERTIES = (
    ("category", "label", "value")
    + tuple(name for name in facts.COMMERCE if name != "items")
    + facts.APP
    + facts.CONTENT_GROUPS
    + facts.OTHER_TYPES
)
VALUES = frozenset(PROPERTIES + ("custom_dimensions", "custom_metrics", "properties"))


class Provider(HTTPProvider):
    """
    Sends hits to Pirsch, page views and events apart, several in a request.

    :param str data: the domain of the site in Pirsch, such as ``example.com``
    """

    name = "pirsch"
    account = "a domain such as example.com"
    URL = "https://api.pirsch.io"
    PATHS = (HIT, EVENT, "/api/v1/hit", "/api/v1/event")
    MAX_COUNT = 100
    SEPARATOR = b","
    ENVELOPE_BYTES = 2
    OPTIONS = (Option("access_key", "secret", None, "access key of the domain, ``pa_...``"),)
    RENAMES = {
        "title": "title",
        "referrer": "referrer",
        "user_agent": "user_agent",
        "language": "accept_language",
    }
    BUILT = {
        "url": "url",
        "host": "url",
        "path": "url",
        "anonymize_ip": "ip (anonymized here)",
        "name": "event_name",
        "action": "event_name, or in event_meta where there is a name",
        "non_interaction": "non_interactive",
        "properties": "event_meta, tags of a page view",
        "custom_dimensions": "dimension<N> in event_meta or tags",
        "custom_metrics": "metric<N> in event_meta or tags",
    }
    BUILT.update(dict.fromkeys(facts.CAMPAIGN, "url (its query)"))
    PROPERTIES = PROPERTIES
    REQUIRED = {"pageview": ("url | host path", "user_agent", "user_ip")}
    REQUIRED["event"] = REQUIRED["pageview"]

    def check_account(self, data):
        # type: (Any) -> Any
        domain = super(Provider, self).check_account(data)
        if domain.startswith("pa_"):
            raise ConfigurationError(
                "pirsch takes a domain as its account: give the access key as access_key="
            )
        if "/" in domain:
            raise ConfigurationError("pirsch takes the domain alone, such as example.com")
        require(self.name, self.options, "access_key", "which the domain's integration page makes")
        return domain

    def set_user_ip(self, entries, value, hit):
        # type: (Dict[Text, Any], Any, Hit) -> None
        """``ip``."""
        entries["ip"] = facts.address(hit)

    def set_screen_resolution(self, entries, value, hit):
        # type: (Dict[Text, Any], Any, Hit) -> None
        """``screen_width`` and ``screen_height``."""
        entries["screen_width"], entries["screen_height"] = texts.pixels(value) or (None, None)

    def set_viewport_size(self, entries, value, hit):
        # type: (Dict[Text, Any], Any, Hit) -> None
        """``sec_ch_viewport_width``."""
        size = texts.pixels(value)
        entries["sec_ch_viewport_width"] = size and "%d" % size[0]

    def build(self, hit, entries):
        # type: (Hit, Dict[Text, Any]) -> Dict[Text, Any]
        url = facts.campaign_url(hit) or "/"
        entries["url"] = "https://" + self.data + url if url.startswith("/") else url
        entries["time"] = facts.iso_time(hit.time)
        values = {} if VALUES.isdisjoint(hit.fields) else facts.properties(hit, self.present(hit))
        if hit.type != "pageview":
            self._add_event(entries, hit, values)
        if values:
            entries["tags" if hit.type == "pageview" else "event_meta"] = {
                name: texts.plain(value) for name, value in values.items() if value is not None
            }
        return entries

    def _add_event(self, entries, hit, values):
        # type: (Dict[Text, Any], Hit, Dict[Text, Any]) -> None
        entries["event_name"] = facts.event_name(hit)
        if hit.get("action") not in (None, entries["event_name"]):
            values.setdefault("action", hit.fields["action"])
        if hit.get("non_interaction"):
            entries["non_interactive"] = True

    def encode(self, envelope, now):
        # type: (Envelope, float) -> bytes
        return _json.dumps({k: v for k, v in envelope.payload.items() if v not in (None, "")})

    def refusal(self, envelope, data, now):
        # type: (Envelope, bytes, float) -> Optional[Outcome]
        """One hit without an address or agent would be an error for all of its request."""
        missing = [field for key, field in sorted(NEEDED.items()) if not envelope.payload.get(key)]
        if missing:
            detail = "pirsch takes no hit without %s" % " and ".join(missing)
            return Outcome(REJECTED, "invalid", sent=False, detail=detail)
        return super(Provider, self).refusal(envelope, data, now)

    def group(self, envelope):
        # type: (Envelope) -> Text
        return EVENT if "event_name" in envelope.payload else HIT

    def request(self, parts, now):
        # type: (Sequence[Part], float) -> Request
        headers = {
            "Content-Type": "application/json",
            "Authorization": "Bearer " + self.options["access_key"].reveal(),
        }
        body = b"[" + self.SEPARATOR.join(part.data for part in parts) + b"]"
        return Request("POST", self.endpoint(parts[0].key), headers, body, parts)

    def read(self, response, parts):
        # type: (Response, Sequence[Part]) -> List[Outcome]
        """A refusal names the fields that it is about."""
        outcome = by_status(response)
        if response.status == 400:
            outcome.detail = fields_refused(response)
        return [outcome] * len(parts)


def fields_refused(response):
    # type: (Response) -> Text
    """List the names of fields in an error answer; its messages may repeat values."""
    try:
        return ", ".join(
            sorted(show_name(name) for name in _json.loads(response.body)["validation"])
        )
    except (ValueError, KeyError, TypeError):
        return ""
