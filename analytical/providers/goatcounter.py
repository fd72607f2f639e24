"""
GoatCounter, hosted or self-hosted, by its API.

It counts paths: those of pages, and names of events. A refusal may be about a few hits of a request,
and then all others were taken.

Names and limits: https://www.goatcounter.com/help/api
"""

from __future__ import absolute_import, division, print_function, unicode_literals

import re

import six

from .. import _json
from ..delivery.base import DELIVERED, REJECTED, Outcome
from ..delivery.http import Request
from ..errors import ConfigurationError
from ..secrets import describe, show_name
from . import facts, texts
from .http import HTTPProvider, by_status
from .options import Option, require
from .pages import of_hit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Sequence, Text

    from ..delivery.base import Envelope
    from ..delivery.http import Part, Response
    from ..hit import Hit

DAY = 86400
FILTERED = "X-Goatcounter-Filter"  # indexes of the hits that the site's settings ignore
RESET = "X-Rate-Limit-Reset"  # seconds until more requests are taken
_NUMBER = six.integer_types + (float,)
# The server refuses a whole request for one other key, or for a value of another type.
KEYS = {
    "path": six.text_type,
    "title": six.text_type,
    "event": bool,
    "ref": six.text_type,
    "size": _NUMBER,
    "query": six.text_type,
    "bot": six.integer_types,
    "user_agent": six.text_type,
    "location": six.text_type,
    "language": six.text_type,
    "ip": six.text_type,
    "created_at": six.text_type,
    "session": six.text_type,
}  # type: Dict[Text, Any]
_CODE = re.compile(r"[a-z0-9][a-z0-9\-]*\Z")
_HOST = re.compile(r"[a-z0-9][a-z0-9.\-]*\.[a-z0-9\-]+(?::[0-9]{1,5})?\Z")
_PLACE = re.compile(r"[A-Za-z]{2}(?:-[A-Za-z0-9]{1,3})?\Z")


class Provider(HTTPProvider):
    """
    Sends hits to GoatCounter, many in a request.

    :param str data: the site's code, as in CODE.goatcounter.com, or its host where it has another
    """

    name = "goatcounter"
    account = "a site's code or its host, such as stats.example.com,"
    PATHS = ("/api/v0/count", "/count")
    MAX_COUNT = 500
    SEPARATOR = b","
    OPTIONS = (Option("token", "secret", None, "API token that may record pageviews"),)
    RENAMES = {"referrer": "ref", "user_agent": "user_agent", "language": "language"}
    BUILT = {
        "url": "path, and its query as query",
        "path": "path",
        "title": "title",
        "name": "path of an event",
        "category": "path of an event, category-action",
        "action": "path of an event",
        "label": "title of an event",
        "product_action": "path of an event",
        "screen_name": "path of an event",
        "client_id": "session (a hash for each day)",
        "user_id": "session (a hash for each day)",
        "session_id": "session",
        "anonymize_ip": "ip (anonymized here)",
    }
    BUILT.update(dict.fromkeys(facts.CAMPAIGN, "query"))
    BUILT.update(dict.fromkeys(facts.OTHER_TYPES, "path and title of an event"))
    del BUILT["exception_fatal"], BUILT["timing_time"]
    REQUIRED = {
        "pageview": ("url | path",),
        "event": ("name | action | product_action",),
    }
    LIMITS = {"path": 2048, "title": 1024, "referrer": 2048, "user_agent": 512}

    def check_account(self, data):
        # type: (Any) -> Any
        host = super(Provider, self).check_account(data).lower()
        if _CODE.match(host):
            host += ".goatcounter.com"
        if not _HOST.match(host):
            raise ConfigurationError(
                "goatcounter takes %s not %s: an address goes into url="
                % (self.account, describe(data))
            )
        require(self.name, self.options, "token", "made on the site's page of users and API tokens")
        self.URL = "https://" + host
        return host

    def set_user_ip(self, entries, value, hit):
        # type: (Dict[Text, Any], Any, Hit) -> None
        """``ip``."""
        entries["ip"] = facts.address(hit)

    def set_geo_id(self, entries, value, hit):
        # type: (Dict[Text, Any], Any, Hit) -> None
        """``location``, of codes such as US or US-TX."""
        if _PLACE.match(value):
            entries["location"] = value.upper()
        else:
            self.guard.counts.unsupported("geo_id")

    def set_screen_resolution(self, entries, value, hit):
        # type: (Dict[Text, Any], Any, Hit) -> None
        """``size``, the width."""
        size = texts.pixels(value)
        entries["size"] = size and size[0]

    def build(self, hit, entries):
        # type: (Hit, Dict[Text, Any]) -> Dict[Text, Any]
        entries["created_at"] = facts.iso_time(hit.time)
        entries["session"] = session(hit)
        entries["title"] = hit.get("title")
        if hit.type == "pageview":
            page = of_hit(hit)
            entries["path"] = page.path
            entries["query"] = page.query
            if facts.has_campaign(hit):
                entries["query"] = facts.campaign_query(hit, page.query)
            return entries
        _, _, label, _ = facts.event_parts(hit)
        entries["event"] = True
        entries["path"] = event_path(hit)
        entries["title"] = label or hit.get("title")
        return entries

    def encode(self, envelope, now):
        # type: (Envelope, float) -> bytes
        return _json.dumps({k: v for k, v in envelope.payload.items() if v not in (None, "")})

    def refusal(self, envelope, data, now):
        # type: (Envelope, bytes, float) -> Optional[Outcome]
        """One key too many would lose all hits of the request."""
        wrong = [name for name, value in envelope.payload.items() if not fits(name, value)]
        if wrong:
            detail = "goatcounter has no %s, or takes another type for it" % show_name(min(wrong))
            return Outcome(REJECTED, "invalid", sent=False, detail=detail)
        return super(Provider, self).refusal(envelope, data, now)

    def request(self, parts, now):
        # type: (Sequence[Part], float) -> Request
        headers = {
            "Content-Type": "application/json",
            "Authorization": "Bearer " + self.options["token"].reveal(),
        }
        hits = self.SEPARATOR.join(part.data for part in parts)
        body = b'{"filter":["ip"],"hits":[' + hits + b"]}"
        return Request("POST", self.endpoint(), headers, body, parts)

    def read(self, response, parts):
        # type: (Response, Sequence[Part]) -> List[Outcome]
        """A 400 may name a few hits: all others were taken. A 202 may name some that are ignored."""
        outcome, invalid = by_status(response), invalid_hits(response)
        if invalid is None and not outcome:
            if outcome.retry_after is None:
                outcome.retry_after = next(iter(indexes(response.headers.get(RESET, ""))), None)
            return [outcome] * len(parts)
        results = [Outcome(DELIVERED, status=response.status)] * len(parts)
        for index in indexes(response.headers.get(FILTERED, "")):
            if index < len(results):
                detail = "its address is one that the site ignores"
                results[index] = Outcome(
                    REJECTED, "dropped_by_platform", response.status, detail=detail
                )
        for index in invalid or ():
            if index < len(results):
                results[index] = Outcome(REJECTED, "invalid", response.status)
        return results


def fits(name, value):
    # type: (Text, Any) -> bool
    """Tell whether the server's decoder takes a key and its value."""
    return name in KEYS and (value in (None, "") or isinstance(value, KEYS[name]))


def session(hit):
    # type: (Hit) -> Optional[Text]
    """Give what the visits of one visitor have in common; None to let the server tell by the address."""
    if hit.get("session_id"):
        return hit.fields["session_id"]  # type: ignore[no-any-return]
    visitor = hit.get("client_id") or hit.get("user_id")
    if visitor:
        return facts.digest("%d:%s" % (hit.time // DAY, visitor), "goatcounter")[:32]
    return None if hit.get("user_ip") and hit.get("user_agent") else hit.id


def event_path(hit):
    # type: (Hit) -> Text
    """Name an event: by its name, else ``category-action``."""
    name = hit.get("name") or facts.commerce_event(hit)
    if name is None and hit.type == "screenview":
        name = hit.get("screen_name")
    if name:
        return name
    category, action, _, _ = facts.event_parts(hit)
    has_category = hit.get(facts.EVENT_PARTS.get(hit.type, ("",))[0])
    return "%s-%s" % (category, action) if has_category else action


def invalid_hits(response):
    # type: (Response) -> Optional[List[int]]
    """Read which hits a 400 is about; None where it does not say, and is about all of them."""
    if response.status != 400:
        return None
    try:
        return [int(index) for index in _json.loads(response.body)["errors"]] or None
    except (ValueError, KeyError, TypeError):
        return None


def indexes(text):
    # type: (Text) -> List[int]
    """Read the whole numbers of a header such as ``5, 10``."""
    return [int(number) for number in text.replace(",", " ").split() if number.isdigit()]
