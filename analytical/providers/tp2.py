"""
Snowplow's tracker protocol (tp2) on the wire: bodies, the events of an order, self-describing JSON.

Every value is text, and a key that the protocol does not have loses the whole request, although the
collector answers 200.

Names: the schema iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4
"""

from __future__ import absolute_import, division, print_function, unicode_literals

import six

from .. import _json
from . import facts, texts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Mapping, Optional, Text

    from ..hit import Hit

_IGLU = "iglu:com.snowplowanalytics.snowplow/%s/jsonschema/%s"
HEAD = ('{"schema":"%s","data":[' % (_IGLU % ("payload_data", "1-0-4"))).encode("ascii")
SEPARATOR = b","
TAIL = b"]}"
MORE = "more"  # in a payload: the events that come with the hit's own
KEYS = frozenset(
    "tna aid p dtm tz e tid eid tv duid nuid uid vid ip res url page refr fp ctype cookie lang f_pdf "
    "f_qt f_realp f_wma f_dir f_fla f_java f_gears f_ag cd ds cs vp mac pp_mix pp_max pp_miy pp_may "
    "ad_ba ad_ca ad_ad ad_uid tr_id tr_af tr_tt tr_tx tr_sh tr_ci tr_st tr_co tr_cu ti_id ti_sk ti_nm "
    "ti_na ti_ca ti_pr ti_qu ti_cu sa sn st sp se_ca se_ac se_la se_pr se_va ue_na ue_pr ue_px co cx "
    "ua tnuid stm sid ttm".split()
)
_ALL_KEYS = KEYS | {MORE}
# What the events of one hit have in common.
SHARED = "p tv aid dtm ttm duid uid sid ip ua lang res vp cd cs url refr".split()
TRANSACTION = {
    "affiliation": "tr_af",
    "revenue": "tr_tt",
    "tax": "tr_tx",
    "shipping": "tr_sh",
    "currency": "tr_cu",
}
ITEM = {"id": "ti_sk", "name": "ti_nm", "category": "ti_ca", "price": "ti_pr", "quantity": "ti_qu"}


def order(hit):
    # type: (Hit) -> List[Dict[Text, Any]]
    """List the events of an order, itself first where the hit is no item, and one for each item."""
    is_purchase = facts.commerce_event(hit) == "purchase"
    if not is_purchase and hit.type != "item":
        return []
    order_id = hit.get("transaction_id") or hit.id
    rows = hit.get("items", []) or ([] if is_purchase else [{}])
    events = [_item(row, order_id, hit.get("currency")) for row in rows]
    if is_purchase:
        total = {TRANSACTION[name]: hit.get(name) for name in TRANSACTION}
        total.update(e="tr", tr_id=order_id, tr_tt=facts.order_total(hit))
        events.insert(0, total)
    return events


def _item(row, order_id, currency):
    # type: (Dict[Text, Any], Text, Optional[Text]) -> Dict[Text, Any]
    event = {"e": "ti", "ti_id": order_id, "ti_cu": currency}
    event.update((ITEM[key], row[key]) for key in ITEM if key in row)
    return event


def self_describing(schema, data):
    # type: (Text, Dict[Text, Any]) -> Text
    """Write an event of a schema of the user's own."""
    inner = {"schema": schema, "data": data}
    return texts.json_text({"schema": _IGLU % ("unstruct_event", "1-0-0"), "data": inner})


def entities(schema, data):
    # type: (Text, Dict[Text, Any]) -> Text
    """Write a context entity of a schema of the user's own."""
    inner = [{"schema": schema, "data": data}]
    return texts.json_text({"schema": _IGLU % ("contexts", "1-0-0"), "data": inner})


def size(value):
    # type: (Text) -> Optional[Text]
    """Write a size as the pipeline reads it; None for what it would fail on."""
    pixels = texts.pixels(value)
    return "%dx%d" % pixels if pixels else None


def unknown_keys(payload):
    # type: (Mapping[Text, Any]) -> List[Text]
    """List the keys that the protocol does not have; they come from ``extra`` alone."""
    return [] if _ALL_KEYS.issuperset(payload) else sorted(set(payload) - _ALL_KEYS)


def count(payload):
    # type: (Mapping[Text, Any]) -> int
    """Count the events of a hit."""
    return 1 + len(payload.get(MORE, ()))


def encode(payload, now):
    # type: (Mapping[Text, Any], float) -> bytes
    """Write the events of a hit, sent at ``now``: from it and dtm the collector's side knows the time."""
    sent = "%.0f" % (now * 1000)
    if MORE not in payload:
        return _json.dumps(strings(payload, sent))
    own = dict(payload)
    events = [own]
    for event in own.pop(MORE):
        events.append({name: own[name] for name in SHARED if name in own})
        events[-1].update(event)
    return SEPARATOR.join(_json.dumps(strings(event, sent)) for event in events)


def strings(entries, sent):
    # type: (Mapping[Text, Any], Text) -> Dict[Text, Text]
    """Make every value text; empty ones are left out. ``sent`` goes by the name of stm."""
    filled = {
        name: value if type(value) is six.text_type else texts.plain(value)
        for name, value in entries.items()
        if value is not None
    }
    filled["stm"] = sent
    return filled if all(filled.values()) else {name: text for name, text in filled.items() if text}
