"""
Mixpanel by its import API, which takes hits of any age and says which of them it refused.

Mixpanel does not read user agents of server events, and locates the sender where an event has no address.

Names and limits: https://developer.mixpanel.com/reference/import-events
"""

from __future__ import absolute_import, division, print_function, unicode_literals

import base64

import six

from .. import _json
from ..delivery.base import DELIVERED, REJECTED, Outcome
from ..delivery.http import Request
from ..errors import ConfigurationError
from ..hit import Problem, hyphenated
from ..secrets import Secret, show_name
from . import eventapi, facts, texts
from .http import COMPRESS, REGION, HTTPProvider, by_status
from .options import Option
from .pages import HOSTS, of_hit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Sequence, Text

    from ..delivery.base import Envelope
    from ..delivery.http import Part, Response
    from ..hit import Hit

US, EU, IN = ("https://api%s.mixpanel.com" % place for place in ("", "-eu", "-in"))
PAGEVIEW = "$mp_web_page_view"
REFUSED_IDS = frozenset(
    "00000000-0000-0000-0000-000000000000 anon anonymous nil none null n/a na undefined unknown <nil> "
    "0 -1 true false [] {}".split()
)
MAX_PROPERTIES = 254
NO_ADDRESS = 0  # or Mixpanel would locate our server


class Provider(HTTPProvider):
    """
    Sends hits to Mixpanel, several in a request.

    :param data: the token of the project; with ``username=`` and ``secret=``, the number of the project
    """

    name = "mixpanel"
    account = "the token of a project"
    URL = US
    REGIONS = {"us": US, "eu": EU, "in": IN}
    PATHS = ("/import", "/track")
    OPTIONS = (
        Option("username", "text", None, "user name of a service account, instead of the token"),
        Option("secret", "secret", None, "secret of the service account"),
        REGION,
        COMPRESS,
    )
    MAX_COUNT = 2000
    READS_PAYLOADS = False
    MAX_BYTES = 2000000  # of 10 MB in the documentation; an error text of the server speaks of 2 MB
    MAX_HIT_BYTES = 1000000
    SEPARATOR = b","
    ENVELOPE_BYTES = 2
    dedupes = True  # by $insert_id, with event, time and distinct_id
    RENAMES = {name: name for name in eventapi.DETAILS + eventapi.ORDER}
    RENAMES.update(
        title="current_page_title",
        action="action",
        user_agent="user_agent",
        language="language",
        session_id="session_id",
        items="items",
    )
    BUILT = {
        "url": "$current_url, current_domain, current_url_path, _protocol, _search",
        "host": "$current_url, current_domain",
        "path": "$current_url, current_url_path, _search",
        "referrer": "$referrer, $referring_domain",
        "client_id": "$device_id, distinct_id",
        "user_id": "$user_id, distinct_id",
        "user_ip": "ip",
        "anonymize_ip": "ip (anonymized here)",
        "screen_resolution": "$screen_width, $screen_height",
        "name": "event",
        "properties": "properties",
        "custom_dimensions": "dimension<N>",
        "custom_metrics": "metric<N>",
    }
    BUILT.update(facts.CAMPAIGN)
    REQUIRED = {"pageview": ("url | host path",), "event": ("name | action | product_action",)}
    LIMITS = dict.fromkeys(("name", "title", "referrer", "category", "label"), 255)

    def check_account(self, data):
        # type: (Any) -> Any
        given = [bool(self.options[name]) for name in ("username", "secret")]
        number = six.text_type(data) if isinstance(data, six.integer_types) else data
        if isinstance(number, bytes):
            number = number.decode("ascii", "replace")
        if not any(given):
            return eventapi.check_key(self, data)
        if not all(given) or ":" in self.options["username"]:
            raise ConfigurationError(
                "mixpanel takes username= (which holds no ':') and secret= of a service account together"
            )
        if not isinstance(number, six.text_type) or not number.strip().isdigit():
            raise ConfigurationError(
                "with username= and secret=, mixpanel takes the number of the project (its project id) as "
                "its account"
            )
        return number.strip()

    def secrets(self):
        # type: () -> List[Secret]
        """List the credentials; a service account's leave within a header that is one too."""
        found = super(Provider, self).secrets()
        return found + [Secret(self._basic())] if self.options["secret"] else found

    def _basic(self):
        # type: () -> Text
        if self.options["secret"]:
            pair = "%s:%s" % (self.options["username"], self.options["secret"].reveal())
        else:
            pair = self.data.reveal() + ":"
        return base64.b64encode(pair.encode("utf-8")).decode("ascii")

    def set_referrer(self, entries, value, hit):
        # type: (Dict[Text, Any], Any, Hit) -> None
        entries["$referrer"], entries["$referring_domain"] = value, HOSTS[value]

    def set_screen_resolution(self, entries, value, hit):
        # type: (Dict[Text, Any], Any, Hit) -> None
        size = texts.pixels(value)
        if size:
            entries["$screen_width"], entries["$screen_height"] = size

    def build(self, hit, entries):
        # type: (Hit, Dict[Text, Any]) -> Dict[Text, Any]
        name = PAGEVIEW if hit.type == "pageview" else facts.event_name(hit)
        if entries.get("action") == name:
            del entries["action"]
        add_page(entries, hit)
        entries["ip"] = facts.address(hit) or NO_ADDRESS
        eventapi.add_own(entries, hit)
        identity = hyphenated(hit.id)
        add_visitor(entries, hit, identity)
        entries["time"], entries["$insert_id"] = int(round(hit.time * 1000)), identity
        return {"event": name, "properties": entries}

    def problems(self, hit):
        # type: (Hit) -> List[Problem]
        found = super(Provider, self).problems(hit)
        found.extend(eventapi.visitor_problems(hit, REFUSED_IDS))
        count = len(hit.get("properties", ()))
        if count > MAX_PROPERTIES:
            text = "has %d entries, and the platform takes %d: leave some out"
            found.append(Problem("properties", "limit", text % (count, MAX_PROPERTIES)))
        return found

    def encode(self, envelope, now):
        # type: (Envelope, float) -> bytes
        return _json.dumps(envelope.payload)

    def request(self, parts, now):
        # type: (Sequence[Part], float) -> Request
        url = self.endpoint()
        url += ("&" if "?" in url else "?") + "strict=1"
        if self.options["secret"]:
            url += "&project_id=" + self.data
        headers = {"Content-Type": "application/json", "Authorization": "Basic " + self._basic()}
        body = b"[" + b",".join(part.data for part in parts) + b"]"
        return Request("POST", url, headers, body, parts)

    def read(self, response, parts):
        # type: (Response, Sequence[Part]) -> List[Outcome]
        """A 400 may name the events that were refused; then the others were taken."""
        failed = read_failed(response)
        if failed is None:
            return [eventapi.apart(by_status(response), parts)] * len(parts)
        taken = Outcome(DELIVERED, status=400)
        return [failed.get(index, taken) for index in range(len(parts))]


def add_page(entries, hit):
    # type: (Dict[Text, Any], Hit) -> None
    """Say the page whole and, as Mixpanel cuts texts after 255 characters, in its parts."""
    page = of_hit(hit)
    if page.url:
        entries["$current_url"] = page.url
        entries["current_domain"] = page.host
        entries["current_url_path"] = page.path
        entries["current_url_protocol"] = page.scheme + ":" if page.scheme else ""
        entries["current_url_search"] = page.search
    entries.update(eventapi.campaign(hit, page))


def add_visitor(entries, hit, identity):
    # type: (Dict[Text, Any], Hit, Text) -> None
    """Add the ids; both of them on one event are how Mixpanel learns that they are one visitor."""
    user = eventapi.visitor(hit, "user_id", REFUSED_IDS)
    device = eventapi.visitor(hit, "client_id", REFUSED_IDS)
    if user is not None:
        entries["$user_id"] = entries["distinct_id"] = user
    else:
        device = device or identity
        entries["distinct_id"] = "$device:" + device
    if device is not None:
        entries["$device_id"] = device


def read_failed(response):
    # type: (Response) -> Optional[Dict[int, Outcome]]
    """Read which events were refused, and for which property; None where the answer does not say."""
    records = eventapi.answer(response).get("failed_records") if response.status == 400 else None
    if not records or not isinstance(records, list):
        return None
    found = {}
    for record in records:
        index = record.get("index") if isinstance(record, dict) else None
        if not isinstance(index, int):
            return None
        field = record.get("field")
        # Not the message, which may repeat a value.
        detail = "the platform refused %s" % show_name(field) if field else ""
        found[index] = Outcome(REJECTED, "invalid", 400, detail=detail)
    return found
