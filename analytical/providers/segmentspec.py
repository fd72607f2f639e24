"""
Segment's calls: what a hit is there, and the events of its e-commerce spec.

A view of a page is a ``page`` call; a purchase on it is a ``track`` call of its own, and so is each product
that was viewed, added or removed. Calls that follow the first share its visitor, time and context.
"""

from __future__ import absolute_import, division, print_function, unicode_literals

from . import eventapi, facts, texts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Mapping, Optional, Text, Tuple

    from ..hit import Hit
    from .pages import Page

BREAK = b",\n"  # between the calls of a hit; within one a line break would be escaped
ALSO = "also"  # in a payload: the calls that follow the first
SHARED = ("userId", "anonymousId", "timestamp", "context", "integrations")
COMPLETED = "Order Completed"
EVENTS = {
    "view_item": "Product Viewed",
    "select_item": "Product Clicked",
    "add_to_cart": "Product Added",
    "remove_from_cart": "Product Removed",
    "begin_checkout": "Checkout Started",
    "checkout_option": "Checkout Step Completed",
    "purchase": COMPLETED,
    "refund": "Order Refunded",
}
OF_ORDERS = (
    "begin_checkout",
    "checkout_option",
    "purchase",
    "refund",
)  # the others: of one product
ORDER = {
    "transaction_id": "order_id",
    "affiliation": "affiliation",
    "revenue": "total",
    "shipping": "shipping",
    "tax": "tax",
    "coupon": "coupon",
    "currency": "currency",
    "items": "products",
}
_GOODS = frozenset(facts.COMMERCE)
WITH_GOODS = ("transaction", "item")
CAMPAIGN = {
    "campaign_name": "name",
    "campaign_source": "source",
    "campaign_medium": "medium",
    "campaign_term": "term",
    "campaign_content": "content",
    "campaign_id": "id",
}
_UTM = {facts.CAMPAIGN[field]: key for field, key in CAMPAIGN.items()}


def about(hit, page):
    # type: (Hit, Page) -> Dict[Text, Any]
    """Say what is known of the page: url, path, search, title and referrer."""
    fields = hit.fields
    result = {}  # type: Dict[Text, Any]
    if page.url:
        result["url"], result["path"], result["search"] = page.url, page.path, page.search
    if "title" in fields:
        result["title"] = fields["title"]
    if "referrer" in fields:
        result["referrer"] = fields["referrer"]
    return result


def context(hit, page, said):
    # type: (Hit, Page, Dict[Text, Any]) -> Dict[Text, Any]
    """Say where a hit comes from: address, agent, page, campaign, consent ..."""
    fields = hit.fields
    result = {"library": {"name": eventapi.LIBRARY}}  # type: Dict[Text, Any]
    if said:
        result["page"] = said
    if "user_agent" in fields:
        result["userAgent"] = fields["user_agent"]
    if "language" in fields:
        result["locale"] = fields["language"]
    address = facts.address(hit)
    if address:
        result["ip"] = address
    tags = eventapi.campaign(hit, page)
    if tags:
        _add_campaign(result, tags)
    if "screen_resolution" in fields or "consent" in fields:
        _add_rare(result, hit)
    return result


def _add_rare(result, hit):
    # type: (Dict[Text, Any], Hit) -> None
    size = texts.pixels(hit.get("screen_resolution") or "")
    if size:
        result["screen"] = {"width": size[0], "height": size[1]}
    if "consent" in hit.fields:
        result["consent"] = {"categoryPreferences": hit.fields["consent"]}


def _add_campaign(result, tags):
    # type: (Dict[Text, Any], Mapping[Text, Any]) -> None
    named = {_UTM[name]: tags[name] for name in tags if name in _UTM}
    if named:
        result["campaign"] = named


def add_visitor(message, hit):
    # type: (Dict[Text, Any], Hit) -> None
    """Add the ids; a hit without any is a new visitor's, for a call without an id is refused."""
    user, client = hit.fields.get("user_id"), hit.fields.get("client_id")
    if user and user.strip():
        message["userId"] = user
    if client and client.strip():
        message["anonymousId"] = client
    elif "userId" not in message:
        message["anonymousId"] = message["messageId"]


def session_number(hit):
    # type: (Hit) -> int
    """Give RudderStack's number of a session: its own where that has 10 digits or more."""
    session = hit.fields["session_id"]
    if session.isdigit() and 10 <= len(session) <= 15 and session[0] != "0":
        return int(session)
    owner = hit.get("client_id") or hit.get("user_id") or ""
    return 10**10 + int(facts.digest("%s:%s" % (owner, session), "rudderstack session")[:12], 16)


def call_name(hit):
    # type: (Hit) -> Optional[Text]
    """Name the track call that a hit is; None for a page or screen."""
    if hit.type in ("pageview", "screenview"):
        return None
    name = hit.get("name") or EVENTS.get(facts.commerce_event(hit) or "")
    return name or facts.event_name(hit)


def add_calls(message, hit, page, said):
    # type: (Dict[Text, Any], Hit, Page, Dict[Text, Any]) -> None
    """Say what a hit is, and add the e-commerce calls that follow it."""
    entries, fields, name = message["properties"], hit.fields, None
    goods = hit.type in WITH_GOODS or not _GOODS.isdisjoint(fields)  # most have none
    more = commerce_calls(hit) if goods else []
    if hit.type == "pageview":
        message["type"] = "page"
        if fields.get("name"):
            message["name"] = fields["name"]
        if page.url:
            entries.update(said)
    elif hit.type == "screenview":
        message["type"] = "screen"
        if fields.get("screen_name"):
            message["name"] = fields["screen_name"]
    else:
        name = call_name(hit)
        message["type"], message["event"] = "track", name
        if entries.get("action") == name:
            del entries["action"]
    if more and (name is not None or more[0][0] is None):
        entries.update(more.pop(0)[1])
    eventapi.add_own(entries, hit)
    if more:
        message[ALSO] = [_follower(message, number, each) for number, each in enumerate(more, 2)]


def _follower(message, number, call):
    # type: (Dict[Text, Any], int, Tuple[Optional[Text], Dict[Text, Any]]) -> Dict[Text, Any]
    name, entries = call
    return {
        "type": "track",
        "messageId": "%s-%d" % (message["messageId"], number),
        "event": message.get("event") or name,
        "properties": entries,
    }


def commerce_calls(hit):
    # type: (Hit) -> List[Tuple[Optional[Text], Dict[Text, Any]]]
    """Make the events of the e-commerce spec, with their properties; the name None stands for no event."""
    kind = facts.commerce_event(hit)
    order = {
        key: hit.fields[name]
        for name, key in ORDER.items()
        if name in hit.fields and name != "items"
    }  # type: Dict[Text, Any]
    rows = [product(item) for item in hit.get("items", ())]
    if kind == "purchase":
        _complete(order, hit)
    elif "total" in order:
        order["revenue"] = order.pop("total") if kind is None else order["total"]
    if (hit.type == "item" and rows) or (kind is not None and kind not in OF_ORDERS):
        return [(EVENTS.get(kind or ""), _joined(order, row)) for row in rows or [{}]]
    if rows:
        order["products"] = rows
    return [(EVENTS.get(kind or ""), order)] if order or kind else []


def _complete(order, hit):
    # type: (Dict[Text, Any], Hit) -> None
    """Add the sums of an order: the total, and the revenue, which has neither shipping nor tax."""
    if "revenue" in hit.fields or hit.get("items"):
        order["total"] = facts.order_total(hit)
        order["revenue"] = round(order["total"] - order.get("shipping", 0) - order.get("tax", 0), 4)


def product(item):
    # type: (Mapping[Text, Any]) -> Dict[Text, Any]
    """Say an item as the spec does."""
    return {"product_id" if name == "id" else name: item[name] for name in item}


def _joined(one, other):
    # type: (Mapping[Text, Any], Mapping[Text, Any]) -> Dict[Text, Any]
    result = dict(one)
    result.update(other)
    return result


def calls(payload):
    # type: (Mapping[Text, Any]) -> List[Dict[Text, Any]]
    """Give the calls of a payload, each whole."""
    first = dict(payload)
    also = first.pop(ALSO, ())
    shared = {name: first[name] for name in SHARED if name in first}
    return [first] + [_joined(shared, each) for each in also]
