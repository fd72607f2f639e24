"""
What Google Analytics 4 calls an event, whichever way it is sent: names, parameters, items, ids.

A hit becomes one event or more, ``{"name": ..., "params": {...}}``: commerce that rides on a pageview
is an event of its own, and so is a campaign.

Names and limits: https://developers.google.com/analytics/devguides/collection/protocol/ga4/reference
"""

from __future__ import absolute_import, division, print_function, unicode_literals

from . import facts, google_names, google_visitors, texts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Text, Union

    from ..hit import Hit

ENGAGEMENT = 1  # milliseconds; what is not above 0 does not make the visitor an active one
MAX_CATEGORIES = 5
VIEWS = ("pageview", "screenview")
PAGE_VIEW = "page_view"

# Fields that go to a parameter as they are.
PARAMETERS = {
    "title": "page_title",
    "referrer": "page_referrer",
    "language": "language",
    "screen_resolution": "screen_resolution",
    "screen_colors": "screen_colors",
    "viewport_size": "viewport_size",
    "encoding": "encoding",
    "category": "event_category",
    "label": "event_label",
    "content_group_1": "content_group",
    "content_group_2": "content_group_2",
    "content_group_3": "content_group_3",
    "content_group_4": "content_group_4",
    "content_group_5": "content_group_5",
    "app_name": "app_name",
    "app_id": "app_id",
    "app_version": "app_version",
    "app_installer_id": "app_installer_id",
    "screen_name": "screen_name",
    "social_network": "method",
    "social_action": "content_type",
    "social_target": "item_id",
    "timing_category": "event_category",
    "timing_variable": "name",
    "timing_time": "event_value",
    "timing_label": "event_label",
    "exception_description": "description",
    "exception_fatal": "fatal",
}
CAMPAIGN = {
    "campaign_name": "campaign",
    "campaign_source": "source",
    "campaign_medium": "medium",
    "campaign_term": "term",
    "campaign_content": "content",
    "campaign_id": "campaign_id",
}
COMMERCE = {
    "transaction_id": "transaction_id",
    "affiliation": "affiliation",
    "shipping": "shipping",
    "tax": "tax",
    "coupon": "coupon",
}
ITEM = {
    "id": "item_id",
    "name": "item_name",
    "brand": "item_brand",
    "variant": "item_variant",
    "position": "index",
}
# Field -> where it goes, in words for docs; each provider adds what stands beside the events.
BUILT = dict(
    {field: "params." + name for field, name in PARAMETERS.items()},
    url="params.page_location",
    host="params.page_location",
    path="params.page_location",
    gclid="params.page_location (query)",
    dclid="params.page_location (query)",
    name="name",
    action="name, params.event_action",
    product_action="name",
    value="params.event_value, params.value",
    non_interaction="no params.engagement_time_msec",
    session_id="params.session_id",
    revenue="params.value",
    currency="params.currency",
    items="params.items",
    properties="params",
    custom_dimensions="params.dimension<N>",
    custom_metrics="params.metric<N>",
)
BUILT.update((field, "campaign_details: params." + name) for field, name in CAMPAIGN.items())
BUILT.update((field, "params." + name) for field, name in COMMERCE.items())
_COMMERCE_NAMES = frozenset(facts.COMMERCE)
# Fields that more is said of than a parameter; a page view seldom has any.
_RARE = _COMMERCE_NAMES.union(facts.OWN, facts.CAMPAIGN, ["screen_name", "value"])


def events(hit, is_app=False, currency=None):
    # type: (Hit, bool, Optional[Text]) -> List[Dict[Text, Any]]
    """
    Say a hit as events.

    :param bool is_app: for an app's stream, where some names and ids differ
    :param str currency: of amounts where the hit names none
    """
    name, session = main_name(hit, is_app), google_visitors.session_id(hit, is_app)
    plain = hit.type == "pageview" and _RARE.isdisjoint(hit.fields)
    params = parameters(hit, name, plain)
    if session is not None:
        params.setdefault("session_id", session)
    if not hit.fields.get("non_interaction"):
        params.setdefault("engagement_time_msec", ENGAGEMENT)
    if plain:
        return [{"name": name, "params": params}]
    order = commerce(hit, currency)
    result = campaign(hit, session) if facts.has_campaign(hit) else []
    rides = facts.commerce_event(hit) if hit.type in VIEWS else None
    if rides is not None:
        result.append({"name": name, "params": dict(params)})
        name = rides
    if order:
        order.update(params)
    result.append({"name": name, "params": order or params})
    return result


def main_name(hit, is_app=False):
    # type: (Hit, bool) -> Text
    """Name the event that a hit is, in a form that Google takes."""
    if hit.type == "pageview":
        return PAGE_VIEW
    if hit.type == "screenview":
        return "screen_view" if is_app else PAGE_VIEW
    if hit.type == "timing" and not hit.get("name"):
        return "timing_complete"
    return google_names.event(facts.event_name(hit), is_app)


def parameters(hit, name, plain):
    # type: (Hit, Text, bool) -> Dict[Text, Any]
    """
    Give the parameters of a hit but for those of commerce.

    :param bool plain: for a page view without a rare field
    """
    params = {
        PARAMETERS[field]: value
        for field, value in hit.fields.items()
        if field in PARAMETERS and value != ""
    }  # type: Dict[Text, Any]
    url = facts.page_url(hit) if plain else facts.campaign_url(hit, facts.CLICK_IDS)
    if url:
        params["page_location"] = url
    if not plain:
        _add_rare(params, hit, name)
    return params


def _add_rare(params, hit, name):
    # type: (Dict[Text, Any], Hit, Text) -> None
    """Add what an event says beyond its parameters; the caller's own are the last word."""
    fields = hit.fields
    if hit.type == "event":
        said = fields.get("action") or facts.event_name(hit)
        if said != name:
            params["event_action"] = said
    elif name == PAGE_VIEW and "screen_name" in params:
        params.setdefault("page_title", params["screen_name"])
    if "value" in fields and not _is_amount(hit):
        params["event_value"] = fields["value"]
    for key, value in facts.properties(hit, ()).items():
        if value is not None:
            params[google_names.parameter(key)] = _plain(key, value)


def _is_amount(hit):
    # type: (Hit) -> bool
    """Tell whether the value of an event is money: it has a currency, and no revenue beside it."""
    return "currency" in hit.fields and "revenue" not in hit.fields


def _plain(name, value):
    # type: (Text, Any) -> Any
    """Give what a parameter can hold: Google takes no lists and dicts but ``items``."""
    if name != "items" and isinstance(value, (list, dict)):
        return texts.json_text(value)
    return value


def commerce(hit, currency=None):
    # type: (Hit, Optional[Text]) -> Dict[Text, Any]
    """Give the parameters of commerce: an amount has a currency, so far as one is known."""
    fields = hit.fields
    if _COMMERCE_NAMES.isdisjoint(fields):
        return {}
    params = {
        COMMERCE[field]: value
        for field, value in fields.items()
        if field in COMMERCE and value != ""
    }
    code = fields.get("currency") or currency
    amount = fields.get("revenue")
    if amount is None and _is_amount(hit):
        amount = fields.get("value")
    items = fields.get("items")
    if items:
        params["items"] = [item(entry) for entry in items]
        if amount is None and code:
            amount = total(items)
    if amount is not None:
        params["value"] = amount
    if code and (amount is not None or "currency" in fields):
        params["currency"] = code.upper()
    return params


def item(entry):
    # type: (Dict[Text, Any]) -> Dict[Text, Any]
    """Give one product in Google's words; keys that the vocabulary does not know stay as they are."""
    result = {}  # type: Dict[Text, Any]
    for key, value in entry.items():
        if key == "category":
            levels = [level.strip() for level in value.split("/", MAX_CATEGORIES - 1)]
            for number, level in enumerate([level for level in levels if level], 1):
                result["item_category%d" % number if number > 1 else "item_category"] = level
        elif value is not None:
            result[ITEM.get(key, key)] = _plain(key, value)
    return result


def total(items):
    # type: (List[Dict[Text, Any]]) -> Optional[Union[int, float]]
    """Add up price times quantity; None where no product has a price."""
    amounts = [each["price"] * each.get("quantity", 1) for each in items if "price" in each]
    return round(sum(amounts), 6) if amounts else None


def campaign(hit, session):
    # type: (Hit, Optional[Text]) -> List[Dict[Text, Any]]
    """Give the event that tells of a campaign; none where there is no more than a click id."""
    params = {name: hit.fields[field] for field, name in CAMPAIGN.items() if hit.get(field)}
    if not params:
        return []
    if session is not None:
        params["session_id"] = session
    return [{"name": "campaign_details", "params": params}]
