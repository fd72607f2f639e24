"""What Google Analytics 4 asks of an event beyond types: its names, numbers, required parameters."""

from __future__ import absolute_import, division, print_function, unicode_literals

import re

from ..hit import Problem
from ..secrets import show_name
from ..vocabulary import BY_NAME
from . import checks, facts, google_names, google_visitors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterator, List, Text

    from ..hit import Hit

MAX_PARAMETERS = 25  # of an event
MAX_ITEM_PARAMETERS = 10  # of one product, beyond those below
_PRICED = ("items", "value")
# Event -> the parameters that Google's own validator asks for.
REQUIRED = {
    "purchase": ("transaction_id", "items", "value"),
    "refund": ("transaction_id", "value"),
    "add_to_cart": _PRICED,
    "remove_from_cart": _PRICED,
    "view_cart": _PRICED,
    "view_item": _PRICED,
    "begin_checkout": _PRICED,
    "add_payment_info": _PRICED,
    "add_shipping_info": _PRICED,
    "add_to_wishlist": _PRICED,
    "view_item_list": ("items",),
    "select_item": ("items",),
    "view_promotion": ("items",),
    "search": ("search_term",),
    "generate_lead": ("value",),
    "post_score": ("score",),
    "unlock_achievement": ("achievement_id",),
    "spend_virtual_currency": ("value", "virtual_currency_name"),
}  # type: Dict[Text, Any]
ITEM_PARAMETERS = frozenset(
    "item_id item_name item_brand item_category item_category2 item_category3 item_category4 "
    "item_category5 item_variant price quantity coupon index affiliation discount item_list_id "
    "item_list_name location_id promotion_id promotion_name creative_name creative_slot".split()
)
NAME_RULE = "a letter, then letters, digits and _, at most %d characters" % google_names.MAX_NAME
_CURRENCY = re.compile(r"[A-Z]{3}\Z")
_FIELDS = {"value": "revenue"}  # parameter -> the field it comes from, where that has another name


def problems(hit, events, is_app):
    # type: (Hit, List[Dict[Text, Any]], bool) -> Iterator[Problem]
    """Find what is wrong with a hit, and with the events made of it."""
    finders = [_name_problems(hit, is_app), _property_problems(hit), _visitor_problems(hit, is_app)]
    finders += [_event_problems(event["name"], event["params"]) for event in events]
    for finder in finders:
        for problem in finder:
            yield problem


def _name_problems(hit, is_app):
    # type: (Hit, bool) -> Iterator[Problem]
    name = hit.get("name")
    if name and hit.type not in ("pageview", "screenview"):
        if google_names.event(name, is_app) != name:
            yield Problem("name", "name", _name_text(name, "no name of Google's own"))
        return
    said = facts.event_name(hit)
    if hit.type == "event" and google_names.is_reserved_event(said, is_app):
        yield Problem("action", "reserved", "is a name of Google's own: event_ is put before it")


def _name_text(name, also):
    # type: (Text, Text) -> Text
    return "(%d characters) is sent in another form, for a name is %s, and %s: choose one" % (
        len(name),
        NAME_RULE,
        also,
    )


def _property_problems(hit):
    # type: (Hit) -> Iterator[Problem]
    for name in sorted(hit.get("properties", {})):
        if google_names.parameter(name) != name:
            also = "does not start with " + " or ".join(google_names.PARAMETER_PREFIXES)
            yield Problem(show_name(name), "name", _name_text(name, also))


def _visitor_problems(hit, is_app):
    # type: (Hit, bool) -> Iterator[Problem]
    if hit.get("consent", {}).get("analytics") is False:
        text = (
            "the visitor refused analytics, and Google has no place to say so: do not send the hit"
        )
        yield Problem("consent", "refused", text)
    if hit.get("session_control") == "end":
        yield Problem("session_control", "unsupported", "(sc) end has no equivalent: leave it out")
    if hit.get("geo_id") and not google_visitors.place(hit):
        text = "(geoid) takes a code like DE or US-CA here, not a number of Google Ads: look it up"
        yield Problem("geo_id", "unsupported", text)
    if is_app and google_visitors.app_instance_id(hit) != hit.get("client_id"):
        text = "(cid) of an app is the app_instance_id of Google's SDK, 32 hex digits: pass that"
        yield Problem("client_id", "type", text)
    if hit.get("product_action") and facts.commerce_event(hit) is None:
        known = ", ".join(sorted(facts.COMMERCE_EVENTS))
        yield Problem("product_action", "type", "(pa) takes one of " + known)


def _event_problems(name, params):
    # type: (Text, Dict[Text, Any]) -> Iterator[Problem]
    for parameter in REQUIRED.get(name, ()):
        if params.get(parameter) in (None, "", []):
            field = _FIELDS.get(parameter, parameter)
            text = "the event %s needs the parameter %s" % (name, parameter)
            if field not in BY_NAME:
                field, text = "properties", text + ": give it in properties"
            yield Problem(field, "required", text)
    if len(params) > MAX_PARAMETERS:
        text = "%d parameters, and an event takes %d: leave some out" % (
            len(params),
            MAX_PARAMETERS,
        )
        yield Problem("properties", "limit", text)
    for problem in _money_problems(params):
        yield problem


def _money_problems(params):
    # type: (Dict[Text, Any]) -> Iterator[Problem]
    if "value" in params and "currency" not in params:
        text = "(cu) is needed with an amount: give it, or the option currency= to the provider"
        yield Problem("currency", "required", text)
    if "currency" in params and not _CURRENCY.match("%s" % params["currency"]):
        yield Problem("currency", "type", "(cu) takes three letters of ISO 4217, such as EUR")
    items = params.get("items")
    for item in items if isinstance(items, list) else ():
        if not isinstance(item, dict) or not (item.get("item_id") or item.get("item_name")):
            yield Problem("items", "required", "each product needs an id or a name")
        elif len(set(item) - ITEM_PARAMETERS) > MAX_ITEM_PARAMETERS:
            text = "a product takes %d parameters of your own: leave some out" % MAX_ITEM_PARAMETERS
            yield Problem("items", "limit", text)


def user_property_problems(properties):
    # type: (Any) -> Iterator[Problem]
    """Find what is wrong with user properties, as ``extra`` passes them: ``{name: {"value": ...}}``."""
    for name, entry in sorted(properties.items()) if isinstance(properties, dict) else ():
        if not isinstance(entry, dict) or "value" not in entry:
            text = "a user property is written as {'value': ...}"
            yield Problem(show_name(name), "type", text)
            continue
        for what, text, limit in (("name", name, 24), ("value", entry["value"], 36)):
            size = checks.measure(text, "characters")
            if size > limit:
                problem = "the %s has %d characters, and Google takes %d: shorten it"
                yield Problem(show_name(name), "limit", problem % (what, size, limit))
        if name in google_names.RESERVED_PROPERTIES or google_names.has_prefix(
            name, google_names.PROPERTY_PREFIXES
        ):
            text = "is a name of Google's own: choose another"
            yield Problem(show_name(name), "reserved", text)
