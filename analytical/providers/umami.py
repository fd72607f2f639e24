"""
Umami, in the cloud or self-hosted, by its collect API.

It answers 200 to what it takes for a bot and throws it away, so what its answer says is read. A field
over its length is an error for its hit on some versions and cut on others: we cut.

Names and limits: https://umami.is/docs/api/sending-stats
"""

from __future__ import absolute_import, division, print_function, unicode_literals

import re

import six
from six.moves.urllib.parse import quote, unquote_plus, urlunsplit

from .. import _json
from ..delivery.base import REJECTED, Outcome
from ..delivery.http import Request, Response
from ..errors import ConfigurationError
from ..hit import Problem
from ..secrets import describe
from . import facts
from .http import HTTPProvider, by_status
from .pages import of_hit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Sequence, Text

    from ..delivery.base import Envelope
    from ..delivery.http import Part
    from ..hit import Hit

SEND, BATCH = "/api/send", "/api/batch"
AGENT = "Mozilla/5.0 Umami/1.0"  # one of a library's own makes every hit a bot's
# Or Umami would take the address of our server for the visitor's.
UNKNOWN_ADDRESS = "0.0.0.0"  # nosec B104  # nothing is bound to it
MAX_ID = 50
CUTS = {"hostname": 100, "language": 35, "screen": 11, "name": 50, "tag": 50}  # characters
GUARDED = "=+-@\t\r"  # what a name or tag must not start with: spreadsheets take it for a formula
MAX_QUERY_VALUE = 255  # characters of a campaign's value in the address
_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\Z")
_CAMPAIGN = re.compile(r"utm_\w+\Z|\w*clk?id\Z|li_fat_id\Z")


class Provider(HTTPProvider):
    """
    Sends hits to Umami, many in a request.

    :param str data: the website's id, a UUID
    """

    name = "umami"
    account = "the website's id, a UUID such as 94db1cb1-74f4-4a40-ad6c-962362670409,"
    URL = "https://cloud.umami.is"
    PATHS = (SEND, BATCH)
    MAX_COUNT = 100
    MAX_BYTES = 1000000
    SEPARATOR = b","
    ENVELOPE_BYTES = 2
    RENAMES = {
        "referrer": "referrer",
        "language": "language",
        "screen_resolution": "screen",
        "user_agent": "userAgent",
    }
    BUILT = {
        "url": "url and hostname",
        "host": "hostname, and that of url",
        "path": "url",
        "user_ip": "ip",
        "anonymize_ip": "ip (anonymized here)",
        "user_id": "id",
        "client_id": "id, where there is no user_id",
        "name": "name",
        "action": "name, or data.action where there is a name",
        "properties": "data",
        "custom_dimensions": "data.dimension<N>",
        "custom_metrics": "data.metric<N>",
    }
    BUILT.update(dict.fromkeys(facts.CAMPAIGN, "url (its query)"))
    PROPERTIES = (
        ("category", "label", "value")
        + facts.COMMERCE
        + facts.APP
        + facts.CONTENT_GROUPS
        + facts.OTHER_TYPES
    )
    REQUIRED = {"pageview": ("url | host path", "user_agent", "user_ip")}
    REQUIRED["event"] = ("name | action | product_action", "user_agent", "user_ip")
    LIMITS = {
        "host": 100,
        "title": 500,
        "language": 35,
        "screen_resolution": 11,
        "name": 50,
        "currency": 10,
    }

    def check_account(self, data):
        # type: (Any) -> Any
        website = super(Provider, self).check_account(data).lower()
        if not _UUID.match(website):
            raise ConfigurationError(
                "umami takes %s not %s: Umami's settings of the website show it; the address of a server "
                "of your own goes into url=" % (self.account, describe(data))
            )
        return website

    def set_title(self, entries, value, hit):
        # type: (Dict[Text, Any], Any, Hit) -> None
        """``title``, with ``%`` as ``%25``, for the server decodes it."""
        entries["title"] = value.replace("%", "%25")

    def build(self, hit, entries):
        # type: (Hit, Dict[Text, Any]) -> Dict[Text, Any]
        entries["url"] = short_query(facts.campaign_url(hit) or "/")
        entries["hostname"] = of_hit(hit).hostname
        entries["ip"] = facts.address(hit) or UNKNOWN_ADDRESS
        entries["id"] = visitor(hit)
        entries["timestamp"] = int(hit.time)
        data = facts.properties(hit, self.present(hit))
        if hit.type != "pageview":
            entries["name"] = facts.event_name(hit)
            if hit.get("action") not in (None, entries["name"]):
                data.setdefault("action", hit.fields["action"])
        if data:
            entries["data"] = data
        return entries

    def encode(self, envelope, now):
        # type: (Envelope, float) -> bytes
        payload = {k: fitted(k, v) for k, v in envelope.payload.items() if v not in (None, "")}
        return _json.dumps({"type": "event", "payload": dict(payload, website=self.data)})

    def request(self, parts, now):
        # type: (Sequence[Part], float) -> Request
        headers = {"Content-Type": "application/json", "User-Agent": AGENT}
        if len(parts) == 1:
            return Request("POST", self.endpoint(SEND), headers, parts[0].data, parts)
        body = b"[" + self.SEPARATOR.join(part.data for part in parts) + b"]"
        return Request("POST", self.endpoint(BATCH), headers, body, parts)

    def read(self, response, parts):
        # type: (Response, Sequence[Part]) -> List[Outcome]
        """A 200 may say that a hit is a bot's and thrown away, and which hits of a batch failed."""
        outcome, answer = by_status(response), decoded(response)
        if outcome and ("beep" in answer or answer.get("disabled") is True):
            detail = "taken for a bot" if "beep" in answer else "the website takes no hits"
            outcome = Outcome(REJECTED, "dropped_by_platform", response.status, detail=detail)
        results = [outcome] * len(parts)
        if outcome and answer.get("errors") == len(parts):
            results = [Outcome(REJECTED, "invalid", response.status)] * len(parts)
        for entry in answer.get("details") or () if outcome else ():
            if entry["index"] in range(len(parts)):
                results[entry["index"]] = refused(entry.get("response"), response.status)
        return results

    def problems(self, hit):
        # type: (Hit) -> List[Problem]
        """List what is wrong with a hit, names of events included."""
        found = super(Provider, self).problems(hit)
        name = facts.event_name(hit)
        if hit.type != "pageview" and name.startswith(tuple(GUARDED)):
            text = "a name must not start with = + - @ or a tab: they are taken away"
            found.append(Problem("name", "type", text))
        return found


def visitor(hit):
    # type: (Hit) -> Any
    """Give the id of the visitor, or a hash where it is too long; a new one where nothing tells."""
    value = hit.get("user_id") or hit.get("client_id")
    if value is None:
        return None if hit.get("user_ip") and hit.get("user_agent") else hit.id
    return value if len(value) <= MAX_ID else facts.digest(value, "umami")[:32]


def fitted(key, value):
    # type: (Text, Any) -> Any
    """Cut a value to what all versions of Umami take."""
    if key not in CUTS or not isinstance(value, six.text_type):
        return value
    if key in ("name", "tag"):
        value = value.lstrip(GUARDED) or "event"
    return value[: CUTS[key]]


def short_query(url):
    # type: (Text) -> Text
    """Cut what a campaign says in the address: longer values fail in the server's database."""
    if len(url) <= MAX_QUERY_VALUE:
        return url
    parts = facts.split_url(url)
    pairs = [_short(pair) for pair in parts.query.split("&")]
    return six.text_type(urlunsplit(parts._replace(query="&".join(pairs))))


def _short(pair):
    # type: (Text) -> Text
    name, _, value = pair.partition("=")
    if len(value) <= MAX_QUERY_VALUE or not _CAMPAIGN.match(name):
        return pair
    plain = six.ensure_text(unquote_plus(six.ensure_str(value)), errors="replace")
    cut = quote(plain[:MAX_QUERY_VALUE].encode("utf-8"), safe=str(""))
    return "%s=%s" % (name, six.ensure_text(cut))


def decoded(response):
    # type: (Response) -> Dict[Text, Any]
    """Read an answer; an empty dict for what is no answer of Umami."""
    try:
        answer = _json.loads(response.body)
        for entry in answer.get("details") or ():
            entry["index"]
        return answer  # type: ignore[no-any-return]
    except (ValueError, KeyError, TypeError, AttributeError):
        return {}


def refused(answer, status):
    # type: (Any, int) -> Outcome
    """Say what became of a hit that a batch failed; its own status stands in its answer, or nowhere."""
    error = answer.get("error") if isinstance(answer, dict) else None
    own = error.get("status") if isinstance(error, dict) else None
    if isinstance(own, int) and own >= 400:
        return by_status(Response(own, {}, b""))
    return Outcome(REJECTED, "invalid", status)
