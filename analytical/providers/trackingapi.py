"""
The HTTP Tracking API of Matomo on the wire: what a hit is there, its form lines, the answer to a bulk.

A line is a page view, an event, or an order or cart: never two of them. A hit that is two of them has
two lines, which travel together.
"""

from __future__ import absolute_import, division, print_function, unicode_literals

from .. import _json
from ..delivery.base import DELIVERED, REJECTED, Outcome
from . import facts, texts
from .measurement import form_pairs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Mapping, Optional, Sequence, Text

    from ..delivery.base import Envelope
    from ..delivery.http import Part, Response
    from ..hit import Hit

BREAK = b"\n"  # between the two lines of a hit; within a line it would be escaped
ECOMMERCE = "ecommerce"  # in a payload: the parameters of the order or cart that comes with the hit
# Parameters of the page view or event alone, which its order does not repeat.
ACTION = ("action_name", "ca", "e_a", "e_c", "e_n", "e_v", "new_visit")
EVENT = ("e_c", "e_a", "e_n", "e_v")
NEED_TOKEN = ("cip", "city", "country", "lat", "long", "region")
CARTS = ("add_to_cart", "begin_checkout")  # their items are what is in the cart now
VIEWED = {"category": "_pkc", "id": "_pks", "name": "_pkn", "price": "_pkp"}
ORDER = {"shipping": "ec_sh", "tax": "ec_tx"}
REPEATED = "repeated_order"
REPEATED_DETAIL = (
    "the platform has an order with this id, most likely from an attempt before; if it has not, the "
    "site, the token or an address is not valid"
)


def add_action(entries, hit):
    # type: (Dict[Text, Any], Hit) -> None
    """Say what a page view or event is; an event without category or action would be a page view."""
    if hit.type == "screenview":
        entries.setdefault("action_name", hit.get("screen_name"))
    elif hit.type != "pageview":
        entries.update(zip(EVENT, facts.event_parts(hit)))
        entries["ca"] = 1
    if hit.get("product_action") == "detail" and hit.get("items"):
        item = hit.fields["items"][0]
        entries.update((VIEWED[key], item[key]) for key in VIEWED if key in item)


def goods(hit):
    # type: (Hit) -> Optional[Dict[Text, Any]]
    """Make the parameters of an order or a cart; None for a hit that neither is nor carries one."""
    event, items = facts.commerce_event(hit), hit.get("items", [])
    if event != "purchase" and not (event in CARTS and items):
        return None
    result = {"idgoal": 0, "revenue": facts.order_total(hit)}  # type: Dict[Text, Any]
    if items:
        result["ec_items"] = [product(item) for item in items]
    if event == "purchase":
        result["ec_id"] = hit.get("transaction_id") or hit.id  # without one it would be a cart
        result.update((ORDER[name], hit.fields[name]) for name in ORDER if name in hit.fields)
    return result


def product(item):
    # type: (Dict[Text, Any]) -> List[Any]
    """Say an item as Matomo does: SKU, name, category, price, quantity."""
    name = item.get("name", "")
    row = [item.get("id", name), name, item.get("category", "")]
    return row + [item.get("price", 0), item.get("quantity", 1)]


def is_order(envelope):
    # type: (Envelope) -> bool
    """Tell whether an envelope holds an order, alone or with a page view or event."""
    inner = envelope.payload.get(ECOMMERCE, envelope.payload)
    return isinstance(inner, dict) and bool(inner.get("ec_id"))


def encode(payload):
    # type: (Mapping[Text, Any]) -> bytes
    """Write a hit as its form line, or two where an order or cart comes with it."""
    entries = dict(payload)
    inner = entries.pop(ECOMMERCE, None)
    lines = [entries]
    if isinstance(inner, dict):
        lines.append({name: entries[name] for name in entries if name not in ACTION})
        lines[1].update(inner)
    return BREAK.join(_line(line) for line in lines)


def _line(entries):
    # type: (Dict[Text, Any]) -> bytes
    """Write parameters in the order of their names; empty ones are left out, lists are JSON."""
    return form_pairs(
        (name, texts.json_text(value) if isinstance(value, (dict, list)) else value)
        for name, value in sorted(entries.items())
        if value is not None and value != ""
    )


def read_bulk(response, parts):
    # type: (Response, Sequence[Part]) -> Optional[List[Outcome]]
    """Read how many lines of a bulk were invalid, and which; None where the answer does not say."""
    try:
        answer = _json.loads(response.body)
        count, named = int(answer["invalid"]), answer.get("invalid_indices")
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    if response.status != 200:
        return None
    part_of = [index for index, part in enumerate(parts) for _ in part.data.split(BREAK)]
    detail = "%d of %d lines of its request are invalid" % (count, len(part_of))
    if named and isinstance(named, list):
        bad = {part_of[i] for i in named if isinstance(i, int) and 0 <= i < len(part_of)}
    else:
        # Only the token of a superuser is told which: most likely those that need a valid token.
        bad = set(sorted(part_of, key=lambda index: not _needs_token(parts[index]))[:count])
    refused = Outcome(REJECTED, "invalid", 200, detail=detail)
    if is_order(parts[0].envelope) and count < len(part_of):
        refused = Outcome(REJECTED, REPEATED, 200, detail=REPEATED_DETAIL)
    taken = Outcome(DELIVERED, status=200)
    return [refused if index in bad else taken for index in range(len(parts))]


def _needs_token(part):
    # type: (Part) -> bool
    return any(name in part.envelope.payload for name in NEED_TOKEN)
