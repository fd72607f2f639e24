"""
Snowplow, always one's own collector, by the tracker protocol (tp2).

A hit with an order makes several events: its own, the order, and one for each item. See tp2.

Names: https://docs.snowplow.io/docs/fundamentals/canonical-event/ and the schema payload_data/1-0-4
"""

from __future__ import absolute_import, division, print_function, unicode_literals

import re

from ..delivery.base import REJECTED, Outcome
from ..delivery.http import Request
from ..errors import ConfigurationError
from ..hit import Problem, hyphenated
from ..secrets import show_name
from . import facts, texts, tp2
from .http import HTTPProvider
from .options import Option, require

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Mapping, Optional, Sequence, Set, Text

    from ..delivery.base import Envelope
    from ..delivery.http import Part
    from ..hit import Hit

TRACKER = "analytical-1.0"
SCHEMA = re.compile(r"iglu:[\w.\-]+/[\w.\-]+/[\w.\-]+/[0-9]+-[0-9]+-[0-9]+\Z")
PLATFORMS = ("srv", "web", "mob", "app", "pc", "tv", "cnsl", "iot", "headset")
ORDERED = ("transaction", "item")  # hit types that are events of an order and nothing else
# Fields without a key of their own, and those that have one only in some events.
WITHOUT_KEY = ("non_interaction",) + facts.APP + facts.CONTENT_GROUPS + facts.OTHER_TYPES
SPREAD = ("custom_dimensions", "custom_metrics", "properties")  # fields of many values
STRUCT = ("se_ca", "se_ac", "se_la", "se_va")
OTHERS = frozenset(WITHOUT_KEY + SPREAD + facts.COMMERCE + facts.EVENT)
IN_ORDER = frozenset(facts.COMMERCE) - {"coupon"}
WITHOUT_ENTITY = "goes to snowplow only as part of a context entity: name its schema in entity="

# Keeps the collector from taking our address, and a cookie of its own, for the visitor's; what a hit says
# comes first (https://docs.snowplow.io, "HTTP request headers" of the tracker protocol).
NOTHING_OF_OURS = "*"


class Provider(HTTPProvider):
    """
    Sends hits to a Snowplow collector, several in a request.

    :param str data: the app id, by which one's own reports tell sites apart
    """

    name = "snowplow"
    account = "an app id, such as shop,"
    PATHS = ("/com.snowplowanalytics.snowplow/tp2",)
    MAX_COUNT = 50
    READS_PAYLOADS = False
    # A collector takes 2 MB but throws away, with a 200, an event over 1 MB.
    MAX_BYTES = 1000000
    SEPARATOR = tp2.SEPARATOR
    ENVELOPE_BYTES = len(tp2.HEAD + tp2.TAIL)
    dedupes = True  # not the collector, but the loaders behind it, by eid
    OPTIONS = (
        Option("path", "text", None, "the collector's path, where it is not that of tp2"),
        Option("platform", "text", "srv", "srv, web, mob, app, pc, tv, cnsl, iot or headset"),
        Option("schemas", "map", {}, "event name -> Iglu URI of a self-describing event"),
        Option("entity", "text", None, "Iglu URI of the context entity for all other fields"),
    )
    RENAMES = {
        "title": "page",
        "referrer": "refr",
        "user_agent": "ua",
        "language": "lang",
        "encoding": "cs",
        "client_id": "duid",
        "user_id": "uid",
    }
    BUILT = dict.fromkeys(WITHOUT_KEY + SPREAD + facts.COMMERCE, "the entity, or se_pr")
    BUILT.update(
        {
            "url": "url",
            "host": "url",
            "path": "url",
            "anonymize_ip": "ip (anonymized here)",
            "name": "se_ac, or the key in schemas=",
            "category": "se_ca",
            "action": "se_ac",
            "label": "se_la",
            "value": "se_va",
            "properties": "ue_pr with schemas=, else the entity or se_pr",
        }
    )
    BUILT.update(
        tp2.TRANSACTION, transaction_id="tr_id", items="an event (ti) for each of an order"
    )
    BUILT.update(dict.fromkeys(facts.CAMPAIGN, "url (its query)"))
    REQUIRED = {
        "pageview": ("url | host path",),
        "event": ("action | name | product_action",),
        "transaction": ("transaction_id", "revenue"),
        "item": ("transaction_id", "items"),
    }
    LIMITS = {
        "url": 10000,
        "referrer": 10000,
        "title": 2000,
        "user_agent": 1000,
        "category": 1000,
        "action": 1000,
        "label": 4096,
        "user_id": 255,
        "client_id": 128,
        "language": 255,
        "currency": 3,
        "transaction_id": 255,
        "affiliation": 255,
    }

    def __init__(self, data=None, **options):
        # type: (Any, **Any) -> None
        super(Provider, self).__init__(data, **options)
        check_options(self.options)
        self.schemas, self.entity = self.options["schemas"], self.options["entity"]

    def check_account(self, data):
        # type: (Any) -> Any
        require(self.name, self.options, "url", "the address of your collector")
        return super(Provider, self).check_account(data)

    def set_user_ip(self, entries, value, hit):
        # type: (Dict[Text, Any], Any, Hit) -> None
        """``ip``."""
        entries["ip"] = facts.address(hit)

    def set_session_id(self, entries, value, hit):
        # type: (Dict[Text, Any], Any, Hit) -> None
        """``sid``, as a UUID."""
        entries["sid"] = facts.as_uuid(value)

    def set_screen_resolution(self, entries, value, hit):
        # type: (Dict[Text, Any], Any, Hit) -> None
        """``res``."""
        entries["res"] = tp2.size(value)

    def set_viewport_size(self, entries, value, hit):
        # type: (Dict[Text, Any], Any, Hit) -> None
        """``vp``."""
        entries["vp"] = tp2.size(value)

    def set_screen_colors(self, entries, value, hit):
        # type: (Dict[Text, Any], Any, Hit) -> None
        """``cd``."""
        entries["cd"] = value.partition("-")[0]

    def build(self, hit, entries):
        # type: (Hit, Dict[Text, Any]) -> Dict[Text, Any]
        entries["p"], entries["tv"], entries["aid"] = self.options["platform"], TRACKER, self.data
        entries["eid"] = hyphenated(hit.id)
        entries["dtm"] = "%.0f" % (hit.time * 1000)
        if (
            "timestamp" in hit.fields
        ):  # the caller knows it; else the clocks' difference is corrected
            entries["ttm"] = entries["dtm"]
        entries["url"] = facts.campaign_url(hit)
        if not entries.get("duid") and not entries.get("uid"):
            # Or the collector's cookie would stand for the visitor: one for all hits of a request.
            entries["duid"] = entries["eid"]
        others = not OTHERS.isdisjoint(hit.fields)  # most page views have none
        more = tp2.order(hit) if others or hit.type in ORDERED else []
        if hit.type in ORDERED:
            entries.update(more.pop(0))
        else:
            self._add_event(entries, hit)
        if others:
            self._add_data(entries, hit)
        if more:
            ids = (facts.as_uuid("%s:%d" % (hit.id, number)) for number in range(len(more)))
            entries[tp2.MORE] = [dict(event, eid=eid) for event, eid in zip(more, ids)]
        return entries

    def _add_event(self, entries, hit):
        # type: (Dict[Text, Any], Hit) -> None
        """Say a page view or event: by a schema of the user's own where there is one for its name."""
        schema = self._schema(hit)
        if hit.type == "pageview":
            entries["e"] = "pv"
        elif schema is None:
            entries["e"] = "se"
            entries.update(zip(STRUCT, facts.event_parts(hit)))
        else:
            entries["e"] = "ue"
            entries["ue_pr"] = tp2.self_describing(schema, hit.get("properties", {}))

    def _schema(self, hit):
        # type: (Hit) -> Optional[Text]
        if not self.schemas or hit.type == "pageview" or hit.type in ORDERED:
            return None
        return self.schemas.get(facts.event_name(hit))  # type: ignore[no-any-return]

    def _add_data(self, entries, hit):
        # type: (Dict[Text, Any], Hit) -> None
        """Put the fields without a key of their own into the entity, or beside a struct event."""
        others = self._others(hit)
        if not others:
            return
        if self.entity is None and entries["e"] != "se":
            for name in others:
                self.guard.counts.unsupported(name)
            return
        if entries["e"] == "ue":  # they are its data already
            hit = hit.replace(properties=None)
        data = facts.properties(hit, [name for name in others if name not in SPREAD])
        if self.entity is None:
            entries["se_pr"] = texts.json_text(data)
        elif data:
            entries["co"] = tp2.entities(self.entity, data)

    def _others(self, hit):
        # type: (Hit) -> List[Text]
        """List the fields that the events of a hit have no key for."""
        found = OTHERS.intersection(hit.fields)
        taken = set()  # type: Set[Text]
        if hit.type == "item" or facts.commerce_event(hit) == "purchase":
            taken.update(IN_ORDER)
        if self._schema(hit) is not None:
            taken.add("properties")
        elif hit.type != "pageview" and hit.type not in ORDERED:
            taken.update(facts.EVENT_PARTS.get(hit.type, ()))
        return sorted(found - taken)

    def problems(self, hit):
        # type: (Hit) -> List[Problem]
        found = super(Provider, self).problems(hit)
        struct = hit.type not in ORDERED and hit.type != "pageview" and self._schema(hit) is None
        if self.entity is None and not struct:
            found += [Problem(name, "unsupported", WITHOUT_ENTITY) for name in self._others(hit)]
        return found

    def encode(self, envelope, now):
        # type: (Envelope, float) -> bytes
        return tp2.encode(envelope.payload, now)

    def refusal(self, envelope, data, now):
        # type: (Envelope, bytes, float) -> Optional[Outcome]
        """One key too many would lose all hits of the request."""
        unknown = tp2.unknown_keys(envelope.payload)
        if unknown:
            detail = "the protocol has no key %s" % show_name(unknown[0])
            return Outcome(REJECTED, "invalid", sent=False, detail=detail)
        return super(Provider, self).refusal(envelope, data, now)

    def weight(self, envelope):
        # type: (Envelope) -> int
        return tp2.count(envelope.payload)

    def request(self, parts, now):
        # type: (Sequence[Part], float) -> Request
        body = tp2.HEAD + tp2.SEPARATOR.join(part.data for part in parts) + tp2.TAIL
        # Exactly so: with a charset and no space before it, the pipeline behind the collector fails.
        headers = {"Content-Type": "application/json", "SP-Anonymous": NOTHING_OF_OURS}
        return Request("POST", self.endpoint(self.options["path"]), headers, body, parts)


def check_options(options):
    # type: (Mapping[Text, Any]) -> None
    """
    Check the options that name schemas, the platform and the path.

    :raises ConfigurationError: for what would make each hit a failed event
    """
    if options["platform"] not in PLATFORMS:
        raise ConfigurationError("platform= takes one of " + ", ".join(PLATFORMS))
    if options["path"] is not None and not options["path"].startswith("/"):
        raise ConfigurationError("path= takes a path such as /com.example/track")
    entity = [] if options["entity"] is None else [options["entity"]]
    for schema in entity + list(options["schemas"].values()):
        if not SCHEMA.match(texts.plain(schema)):
            raise ConfigurationError(
                "schemas= and entity= take Iglu URIs such as iglu:com.example/search/jsonschema/1-0-0"
            )
