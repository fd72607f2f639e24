"""Events of Google Analytics 4 in the words of the Data Manager API: money, cart and device apart."""

from __future__ import absolute_import, division, print_function, unicode_literals

import numbers

import six

from ..hit import Problem
from . import facts, texts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, FrozenSet, Iterator, List, Text

    from ..hit import Hit

CUSTOMER_TYPES = ("NEW", "RETURNING", "REENGAGED")
# Parameters that have a place of their own, where the API wants them; the last two are the device's.
_COMMERCE = frozenset(["transaction_id", "value", "currency", "items", "coupon", "customer_type"])
_ELSEWHERE = _COMMERCE.union(["language", "screen_resolution"])
_ITEM_ELSEWHERE = frozenset(["item_id", "price", "quantity"])


def ingested(event, moment):
    # type: (Dict[Text, Any], Text) -> Dict[Text, Any]
    """Say an event, ``{"name": ..., "params": {...}}``, as the API takes it."""
    params = event["params"]
    result = {"eventName": event["name"], "eventTimestamp": moment}  # type: Dict[Text, Any]
    if not _COMMERCE.isdisjoint(params):
        params = dict(params)
        _put_commerce(result, params)
    listed = pairs(params, _ELSEWHERE)
    if listed:
        result["additionalEventParameters"] = listed
    return result


def _put_commerce(result, params):
    # type: (Dict[Text, Any], Dict[Text, Any]) -> None
    """Put order, amount, cart and kind of customer in their places; the shop goes with the cart."""
    if params.get("transaction_id"):
        result["transactionId"] = texts.plain(params["transaction_id"])
    value = params.get("value")
    if _is_number(value) and value:
        result["conversionValue"] = value
        if params.get("currency"):
            result["currency"] = params["currency"]
    items = params.get("items")
    if items and isinstance(items, list):
        result["cartData"] = _cart(items, params.pop("affiliation", None), params.get("coupon"))
    customer = params.get("customer_type")
    if customer and texts.plain(customer).upper() in CUSTOMER_TYPES:
        result["userProperties"] = {"customerType": texts.plain(customer).upper()}


def pairs(params, elsewhere):
    # type: (Dict[Text, Any], FrozenSet[Text]) -> List[Dict[Text, Text]]
    """List parameters as the API does: every value is text, and none is empty."""
    result = []
    for name in sorted(params):
        value = params[name]
        if name not in elsewhere and value is not None and value != "":
            # Texts, which most are, without a call.
            text = value if type(value) is six.text_type else texts.plain(value)
            result.append({"parameterName": name, "value": text})
    return result


def _cart(items, affiliation, coupon):
    # type: (List[Any], Any, Any) -> Dict[Text, Any]
    cart = {
        "items": [_item(each, affiliation) for each in items if isinstance(each, dict)]
    }  # type: Dict[Text, Any]
    if coupon:
        cart["couponCodes"] = [texts.plain(coupon)]
    return cart


def _item(item, affiliation):
    # type: (Dict[Text, Any], Any) -> Dict[Text, Any]
    """Give one product; the API wants an id, so a name stands in for it, and a whole quantity."""
    result = {"quantity": 1}  # type: Dict[Text, Any]
    name = item.get("item_id") or item.get("item_name")
    if name:
        result["itemId"] = texts.plain(name)
    if _is_number(item.get("price")):
        result["unitPrice"] = item["price"]
    quantity = item.get("quantity", 1)
    if _is_number(quantity) and quantity == int(quantity):
        result["quantity"] = int(quantity)
    more = {"affiliation": affiliation} if affiliation else {}
    listed = pairs(dict(more, **item), _ITEM_ELSEWHERE)
    if listed:
        result["additionalItemParameters"] = listed
    return result


def _is_number(value):
    # type: (Any) -> bool
    return isinstance(value, numbers.Real) and not isinstance(value, bool)


def device(hit):
    # type: (Hit) -> Dict[Text, Any]
    """Give what the hit knows of the visitor's device and address."""
    fields = hit.fields
    result = {}  # type: Dict[Text, Any]
    if fields.get("user_agent"):
        result["userAgent"] = fields["user_agent"]
    address = facts.address(hit)
    if address:
        result["ipAddress"] = address
    if fields.get("language"):
        result["languageCode"] = fields["language"].replace("_", "-").partition("-")[0].lower()
    size = texts.pixels(fields["screen_resolution"]) if "screen_resolution" in fields else None
    if size is not None:
        result["screenWidth"], result["screenHeight"] = size
    return result


def problems(hit):
    # type: (Hit) -> Iterator[Problem]
    """Find what the API asks beyond the rules of Google Analytics 4."""
    items = hit.get("items") or ()
    if any("price" not in item for item in items):
        yield Problem("items", "required", "each product needs a price here")
    if hit.get("coupon") and not items:
        text = "(tcc) stands in the cart, which needs a product: give items, or leave it out"
        yield Problem("coupon", "unsupported", text)
    if "screen_resolution" in hit.fields and texts.pixels(hit.fields["screen_resolution"]) is None:
        yield Problem("screen_resolution", "type", "(sr) takes width and height, such as 1920x1080")
