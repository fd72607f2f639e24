"""What several platforms ask of a hit: its page, its name, its commerce, its ids, in common forms."""

from __future__ import absolute_import, division, print_function, unicode_literals

import hashlib
import struct
import time
import uuid

import six
from six.moves.urllib.parse import SplitResult, quote, urlsplit, urlunsplit

from ..utils import anonymize_ip_address
from ..vocabulary import BY_NAME

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterable, Optional, Text, Tuple

    from ..hit import Hit

# Product actions of enhanced e-commerce -> the name that most platforms know the event by.
COMMERCE_EVENTS = {
    "detail": "view_item",
    "click": "select_item",
    "add": "add_to_cart",
    "remove": "remove_from_cart",
    "checkout": "begin_checkout",
    "checkout_option": "checkout_option",
    "purchase": "purchase",
    "refund": "refund",
}
# Hit types that are neither a pageview nor an event -> the name of the event that stands for them.
TYPE_EVENTS = {
    "screenview": "screen_view",
    "transaction": "purchase",
    "item": "item",
    "social": "share",
    "exception": "exception",
    "timing": "timing",
}
EVENT = ("category", "action", "label", "value", "non_interaction")
COMMERCE = (
    "transaction_id",
    "affiliation",
    "revenue",
    "shipping",
    "tax",
    "coupon",
    "currency",
    "product_action",
    "items",
)
CAMPAIGN = {
    "campaign_source": "utm_source",
    "campaign_medium": "utm_medium",
    "campaign_name": "utm_campaign",
    "campaign_term": "utm_term",
    "campaign_content": "utm_content",
    "campaign_id": "utm_id",
    "gclid": "gclid",
    "dclid": "dclid",
}
_CAMPAIGN_NAMES = frozenset(CAMPAIGN)
OWN = ("properties", "custom_dimensions", "custom_metrics")  # of the caller's own making
_two_words = struct.Struct(str(">2I")).unpack_from
_MILLISECONDS = tuple(".%03dZ" % number for number in range(1000))
_last_second = (0, "1970-01-01T00:00:00")  # one tuple, so that threads never see half of a change
CLICK_IDS = {"gclid": "gclid", "dclid": "dclid"}
APP = ("app_name", "app_id", "app_version", "app_installer_id", "screen_name")
OTHER_TYPES = tuple(
    name for name in BY_NAME if name.split("_")[0] in ("social", "timing", "exception")
)
CONTENT_GROUPS = tuple("content_group_%d" % number for number in range(1, 6))
# Hit type -> the fields that say it as category, action, label and value; for others, the first row.
EVENT_PARTS = {
    "event": ("category", "action", "label", "value"),
    "social": ("social_network", "social_action", "social_target", ""),
    "timing": ("timing_category", "timing_variable", "timing_label", "timing_time"),
    "exception": ("", "", "exception_description", ""),
    "screenview": ("", "", "screen_name", ""),
    "transaction": ("", "", "transaction_id", "revenue"),
}


def page_url(hit):
    # type: (Hit) -> Optional[Text]
    """Give the full address of the page; host and path stand in for those of the address."""
    fields = hit.fields
    if "host" not in fields and "path" not in fields:
        return fields.get("url")
    url, host, path = fields.get("url"), fields.get("host"), fields.get("path")
    parts = split_url(url or "https://")
    netloc = host if host is not None else parts.netloc
    if not netloc:
        return path
    if path is None:
        return six.text_type(urlunsplit((parts.scheme, netloc) + tuple(parts[2:])))
    return "%s://%s/%s" % (parts.scheme, netloc, path.lstrip("/"))


def split_url(url):
    # type: (Text) -> SplitResult
    """Take an address apart; what cannot be read, such as ``http://[``, is all path."""
    try:
        return urlsplit(url)
    except ValueError:
        return SplitResult("", "", url, "", "")


def campaign_url(hit, fields=CAMPAIGN):
    # type: (Hit, Dict[Text, Text]) -> Optional[Text]
    """Give the full address of the page, with the fields of a campaign in its query."""
    url = page_url(hit)
    if not url or not has_campaign(hit):
        return url
    query = campaign_query(hit, split_url(url).query, fields)
    return six.text_type(urlunsplit(split_url(url)._replace(query=query))) if query else url


def has_campaign(hit):
    # type: (Hit) -> bool
    """Tell whether a hit has fields of a campaign."""
    return not _CAMPAIGN_NAMES.isdisjoint(hit.fields)


def campaign_query(hit, query, fields=CAMPAIGN):
    # type: (Hit, Text, Dict[Text, Text]) -> Text
    """Add the fields of a campaign to a query; what stands there already stays."""
    present = {pair.partition("=")[0] for pair in query.split("&")}
    pairs = [
        "%s=%s" % (name, six.ensure_text(quote(hit.fields[field].encode("utf-8"), safe=str(""))))
        for field, name in sorted(fields.items())
        if hit.fields.get(field) and name not in present
    ]
    return "&".join(([query] if query else []) + pairs)


def commerce_event(hit):
    # type: (Hit) -> Optional[Text]
    """Name the commerce event a hit is, or rides on it: ``purchase``, ``add_to_cart`` ...; or None."""
    if hit.type == "transaction":
        return "purchase"
    return COMMERCE_EVENTS.get(hit.fields.get("product_action", ""))


def order_total(hit):
    # type: (Hit) -> Any
    """Give the total of an order or cart: the revenue, else the sum of its items."""
    if "revenue" in hit.fields:
        return hit.fields["revenue"]
    total = sum(row.get("price", 0) * row.get("quantity", 1) for row in hit.get("items", ()))
    return round(total, 4) if isinstance(total, float) else total


def event_name(hit):
    # type: (Hit) -> Text
    """Name an event for platforms that know events by one name: the name given, else the action."""
    name = hit.get("name") or commerce_event(hit) or hit.get("action")
    return name or TYPE_EVENTS.get(hit.type) or hit.get("category") or "event"


def event_parts(hit):
    # type: (Hit) -> Tuple[Text, Text, Optional[Text], Any]
    """Say a hit as category, action, label and value; category and action are never blank."""
    names = EVENT_PARTS.get(hit.type, EVENT_PARTS["event"])
    category, action, label, value = [hit.get(name) for name in names]
    commerce = hit.type == "item" or commerce_event(hit) is not None
    return (
        _first_filled(category, "ecommerce" if commerce else hit.type),
        _first_filled(action, event_name(hit), hit.type),
        label,
        value,
    )


def _first_filled(*texts):
    # type: (*Optional[Text]) -> Text
    return next(text for text in texts if text and text.strip())


def properties(hit, names):
    # type: (Hit, Iterable[Text]) -> Dict[Text, Any]
    """
    Collect fields as named values of an event, and the caller's own properties after them.

    Custom dimensions and metrics become ``dimension1``, ``metric1`` ...
    """
    fields = hit.fields
    result = {}  # type: Dict[Text, Any]
    for name in names:
        if name in fields and fields[name] is not None:
            result[name] = fields[name]
    for field, prefix in (("custom_dimensions", "dimension"), ("custom_metrics", "metric")):
        if field in fields:
            result.update(
                ("%s%d" % (prefix, index), value) for index, value in fields[field].items()
            )
    if "properties" in fields:
        result.update(fields["properties"])
    return result


def address(hit):
    # type: (Hit) -> Optional[Text]
    """Give the visitor's address, anonymized here where the hit says ``anonymize_ip``."""
    fields = hit.fields
    value = fields.get("user_ip")
    if "anonymize_ip" in fields and value and fields["anonymize_ip"]:
        return anonymize_ip_address(value, ipv6_bits=80)  # as many as Google's own aip zeroes
    return value or None


def iso_time(seconds):
    # type: (float) -> Text
    """Write Unix seconds as ISO 8601 in UTC, with milliseconds and ``Z``."""
    global _last_second
    whole, milliseconds = divmod(int(round(seconds * 1000)), 1000)
    second, text = _last_second
    if whole != second:
        text = "%04d-%02d-%02dT%02d:%02d:%02d" % time.gmtime(whole)[:6]
        _last_second = (whole, text)
    return text + _MILLISECONDS[milliseconds]


def digest(text, purpose):
    # type: (Text, Text) -> Text
    """Hash an id for one purpose: 64 hex digits, the same on every machine."""
    return six.ensure_text(_sha256(text, purpose).hexdigest())


def _sha256(text, purpose):
    # type: (Text, Text) -> Any
    return hashlib.sha256(("analytical:%s:%s" % (purpose, text)).encode("utf-8"))


def as_uuid(text):
    # type: (Text) -> Text
    """Give an id as a UUID: itself where it is one, else one that stands for it, always the same."""
    try:
        return six.text_type(uuid.UUID(text))
    except ValueError:
        return six.text_type(uuid.UUID(digest(text, "uuid")[:32], version=4))


def number_pair(text):
    # type: (Text) -> Text
    """Give two positive numbers joined by a point that stand for an id, always the same."""
    first, second = _two_words(_sha256(text, "number.number").digest())
    return "%d.%d" % (first & 0x7FFFFFFF or 1, second & 0x7FFFFFFF or 1)
