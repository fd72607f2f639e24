"""
Plausible Analytics, in the cloud or self-hosted, by its Events API.

Plausible tells visitors apart by address and agent, so every hit needs both; ids of visitors are
never sent, for its rules forbid them. It cannot back-date a hit.

Names and limits: https://plausible.io/docs/events-api
"""

from __future__ import absolute_import, division, print_function, unicode_literals

from .. import _json
from ..delivery.base import DELIVERED, REJECTED, Outcome
from ..delivery.http import Request
from ..errors import ConfigurationError
from ..hit import Problem
from ..secrets import describe, show_name
from . import checks, facts, texts
from .http import HTTPProvider, by_status
from .options import Option

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterator, List, Sequence, Text

    from ..delivery.base import Envelope
    from ..delivery.http import Part, Response
    from ..hit import Hit

DROPPED_HEADER = "x-plausible-dropped"  # on a 202: how many sites threw the event away
PAGEVIEW = "pageview"
RESERVED = (PAGEVIEW, "engagement")
ADDRESS_HEADERS = ("X-Forwarded-For", "X-Plausible-IP")
# Or Plausible would take the address of our server for the visitor's.
UNKNOWN_ADDRESS = "0.0.0.0"  # nosec B104  # nothing is bound to it
HEADERS = ("user_agent", "user_ip")  # what a payload holds and a body does not
MAX_URL, MAX_KEY, MAX_VALUE = 2000, 300, 2000  # bytes
MAX_NAME = 120  # characters
MAX_PROPS = 30
AMOUNT = ("revenue", "currency")


class Provider(HTTPProvider):
    """
    Sends hits to Plausible, one in a request.

    :param str data: the site as it is called in Plausible, such as ``example.com``; several, with commas
        between them, get every hit
    """

    name = "plausible"
    account = "a site as Plausible calls it, such as example.com,"
    URL = "https://plausible.io"
    PATHS = ("/api/event",)
    MAX_AGE = 300  # seconds; the server takes the time of arrival for that of the hit
    OPTIONS = (
        Option(
            "ip_header",
            "text",
            "X-Forwarded-For",
            "header for the visitor's address; X-Plausible-IP reaches a server behind Cloudflare",
        ),
    )
    RENAMES = {"referrer": "referrer"}
    BUILT = {
        "url": "url",
        "host": "url",
        "path": "url",
        "user_agent": "header User-Agent",
        "user_ip": "header X-Forwarded-For",
        "anonymize_ip": "header X-Forwarded-For (anonymized here)",
        "name": "name",
        "action": "name, or props.action where there is a name",
        "revenue": "revenue.amount; props.revenue without a currency",
        "currency": "revenue.currency",
        "non_interaction": "interactive",
        "properties": "props",
        "custom_dimensions": "props.dimension<N>",
        "custom_metrics": "props.metric<N>",
    }
    BUILT.update(dict.fromkeys(facts.CAMPAIGN, "url (its query)"))
    PROPERTIES = (
        ("title", "category", "label", "value")
        + tuple(name for name in facts.COMMERCE if name not in AMOUNT + ("items",))
        + facts.APP
        + facts.CONTENT_GROUPS
        + facts.OTHER_TYPES
    )
    REQUIRED = {"pageview": ("url | host path", "user_agent", "user_ip")}
    REQUIRED["event"] = REQUIRED["pageview"]
    LIMITS = {"referrer": 2000}

    def check_account(self, data):
        # type: (Any) -> Any
        sites = [site.strip() for site in super(Provider, self).check_account(data).split(",")]
        if not all(sites) or any("://" in site or " " in site for site in sites):
            raise ConfigurationError(
                "plausible takes %s not %s: leave out https://, and put the address of a server of "
                "your own into url=" % (self.account, describe(data))
            )
        if self.options["ip_header"] not in ADDRESS_HEADERS:
            raise ConfigurationError("ip_header= takes " + " or ".join(ADDRESS_HEADERS))
        self.sites = sites
        return ",".join(sites)

    def set_user_agent(self, entries, value, hit):
        # type: (Dict[Text, Any], Any, Hit) -> None
        entries["user_agent"] = value

    def set_user_ip(self, entries, value, hit):
        # type: (Dict[Text, Any], Any, Hit) -> None
        entries["user_ip"] = facts.address(hit)

    def build(self, hit, entries):
        # type: (Hit, Dict[Text, Any]) -> Dict[Text, Any]
        entries["name"] = PAGEVIEW if hit.type == "pageview" else facts.event_name(hit)
        entries["url"] = self.page(hit)
        props = {
            name: texts.cut_bytes(value, MAX_VALUE)
            for name, value in self.props(hit).items()
            if checks.measure(name, "bytes") <= MAX_KEY
        }
        if props:
            entries["props"] = props
        if has_amount(hit):
            entries["revenue"] = {
                "amount": hit.fields["revenue"],
                "currency": hit.fields["currency"],
            }
        if hit.fields.get("non_interaction"):
            entries["interactive"] = False
        return entries

    def page(self, hit):
        # type: (Hit) -> Text
        """Give the page's full address; a path alone, or none, is one of the site's."""
        url = facts.campaign_url(hit) or "/"
        return "https://" + self.sites[0].partition("/")[0] + url if url.startswith("/") else url

    def props(self, hit):
        # type: (Hit) -> Dict[Text, Text]
        """Give all that has no key of its own, as text; Plausible throws empty values away."""
        names = self.present(hit)
        values = facts.properties(hit, names if has_amount(hit) else names + list(AMOUNT))
        if hit.type == "pageview":
            values.pop("title", None)
        elif hit.get("action") not in (None, facts.event_name(hit)):
            values.setdefault("action", hit.fields["action"])
        return {
            name: texts.plain(value) for name, value in values.items() if value not in (None, "")
        }

    def encode(self, envelope, now):
        # type: (Envelope, float) -> bytes
        body = {name: value for name, value in envelope.payload.items() if name not in HEADERS}
        return _json.dumps(dict(body, domain=self.data))

    def request(self, parts, now):
        # type: (Sequence[Part], float) -> Request
        payload = parts[0].envelope.payload
        headers = {
            "Content-Type": "application/json",
            "User-Agent": payload.get("user_agent", ""),
            self.options["ip_header"]: payload.get("user_ip") or UNKNOWN_ADDRESS,
        }
        return Request("POST", self.endpoint(), headers, parts[0].data, parts)

    def read(self, response, parts):
        # type: (Response, Sequence[Part]) -> List[Outcome]
        """A 202 may say by a header that the event was accepted and thrown away; a 400 names fields."""
        outcome = by_status(response)
        if response.status == 400:
            outcome.detail = fields_refused(response)
        dropped = response.headers.get(DROPPED_HEADER, "0").strip()
        if not outcome or dropped == "0":
            return [outcome]
        detail = "%s of %d sites threw it away" % (show_name(dropped), len(self.sites))
        if dropped.isdigit() and int(dropped) < len(self.sites):
            return [Outcome(DELIVERED, status=response.status, detail=detail)]
        return [Outcome(REJECTED, "dropped_by_platform", response.status, detail=detail)]

    def problems(self, hit):
        # type: (Hit) -> List[Problem]
        """List what is wrong with a hit, the limits of the whole address, name and props included."""
        found = super(Provider, self).problems(hit)
        size = checks.measure(self.page(hit), "bytes")
        if size > MAX_URL:
            found.append(checks.too_long("url", size, MAX_URL, "bytes"))
        if hit.type != "pageview":
            found.extend(name_problems(facts.event_name(hit)))
        found.extend(prop_problems(self.props(hit)))
        return found


def has_amount(hit):
    # type: (Hit) -> bool
    """Tell whether a hit has both halves of an amount of money."""
    return "revenue" in hit.fields and "currency" in hit.fields


def name_problems(name):
    # type: (Text) -> Iterator[Problem]
    """Find what is wrong with the name of an event."""
    if len(name) > MAX_NAME:
        yield checks.too_long("name", len(name), MAX_NAME, "characters")
    if name in RESERVED:
        yield Problem(
            "name",
            "reserved",
            "%s are names of Plausible's own: choose another" % " and ".join(RESERVED),
        )


def prop_problems(props):
    # type: (Dict[Text, Text]) -> Iterator[Problem]
    """Find the props that would be left out or cut."""
    if len(props) > MAX_PROPS:
        text = "the hit makes %d props, and Plausible keeps %d" % (len(props), MAX_PROPS)
        yield Problem("properties", "limit", text)
    for name, value in sorted(props.items()):
        of_key, of_value = checks.measure(name, "bytes"), checks.measure(value, "bytes")
        if of_key > MAX_KEY:
            text = "a name of %d bytes is left out: Plausible takes %d" % (of_key, MAX_KEY)
            yield Problem("properties", "limit", text)
        if of_value > MAX_VALUE:
            text = "%s has %d bytes and is cut to %d" % (show_name(name), of_value, MAX_VALUE)
            yield Problem("properties", "limit", text)


def fields_refused(response):
    # type: (Response) -> Text
    """List the names of fields in an error answer; its messages may repeat values."""
    try:
        return ", ".join(sorted(show_name(name) for name in _json.loads(response.body)["errors"]))
    except (ValueError, KeyError, TypeError):
        return ""
