"""
Matomo, self-hosted or in its cloud, by the HTTP Tracking API.

A page view or event that carries an order or a cart makes two requests of this API: see trackingapi.

Names and limits: https://developer.matomo.org/api-reference/tracking-api
"""

from __future__ import absolute_import, division, print_function, unicode_literals

import re

import six
from six.moves.urllib.parse import urlsplit

from .. import _json
from ..delivery.base import REJECTED, Outcome
from ..delivery.http import Request
from ..errors import ConfigurationError
from ..hit import Problem
from ..secrets import describe, show_name
from ..values import integer
from . import facts, texts, trackingapi
from .http import HTTPProvider, by_status
from .measurement import form_line
from .options import Option, require

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterator, List, Optional, Sequence, Text

    from ..delivery.base import Envelope
    from ..delivery.http import Part, Response
    from ..hit import Hit

DAY = 86400  # seconds; what is older needs a token
_VISITOR = re.compile(r"[0-9a-f]{16}\Z")
_PLACE = re.compile(r"([A-Za-z]{2})(?:-([A-Za-z0-9]{1,3}))?\Z")


class Provider(HTTPProvider):
    """
    Sends hits to Matomo: one as a form, several as a bulk.

    :param data: the number of the site in Matomo (``idsite``)
    """

    name = "matomo"
    account = "the number of a site (idsite; its list of websites has it) as its account"
    PATHS = ("/matomo.php",)
    MAX_COUNT = 100
    MAX_BYTES = 1000000  # what nginx takes if nobody tells it otherwise
    MAX_HIT_BYTES = 8000000  # the same of PHP, which drops a longer body without a word
    OPTIONS = (
        Option("token_auth", "secret", None, "token of a user who may write to the site"),
        Option(
            "dimensions",
            "map",
            None,
            "custom dimension or property -> Matomo's number, {1: 3, 'plan': 4}",
        ),
    )
    RENAMES = {
        "title": "action_name",
        "referrer": "urlref",
        "user_id": "uid",
        "user_agent": "ua",
        "language": "lang",
        "screen_resolution": "res",
    }
    BUILT = {
        "url": "url",
        "host": "url",
        "path": "url",
        "client_id": "_id (16 hex digits)",
        "anonymize_ip": "cip (anonymized here)",
        "name": "e_a, where no action is given",
        "category": "e_c",
        "action": "e_a",
        "label": "e_n",
        "value": "e_v",
        "screen_name": "action_name, where no title is given",
        "product_action": "idgoal, or _pk* for detail",
        "transaction_id": "ec_id",
        "revenue": "revenue",
        "items": "ec_items, or _pk* for detail",
    }
    BUILT.update(trackingapi.ORDER)
    BUILT.update(dict.fromkeys(facts.CAMPAIGN, "url (its query)"))
    BUILT.update(dict.fromkeys(facts.OTHER_TYPES, "e_c, e_a, e_n, e_v"))
    del BUILT["exception_fatal"]
    REQUIRED = {
        "pageview": ("url | host path",),
        "event": ("action | name | product_action",),
        "transaction": ("transaction_id", "revenue | items"),
    }
    LIMITS = {"url": 1024, "user_id": 200, "transaction_id": 100, "custom_dimensions": 255}

    def __init__(self, data=None, **options):
        # type: (Any, **Any) -> None
        super(Provider, self).__init__(data, **options)
        self.has_token = self.options["token_auth"] is not None
        self.MAX_AGE = None if self.has_token else DAY
        self.dimensions = check_dimensions(self.options["dimensions"])

    def check_account(self, data):
        # type: (Any) -> int
        require(self.name, self.options, "url", "the address of your Matomo")
        if "?" in self.options["url"]:
            raise ConfigurationError(
                "url= holds a query, with which Matomo takes no batch: end it before the '?'"
            )
        try:
            site = integer(data)
        except ValueError:
            site = 0
        if site < 1:
            raise ConfigurationError("matomo takes %s, not %s" % (self.account, describe(data)))
        return site

    def set_user_ip(self, entries, value, hit):
        # type: (Dict[Text, Any], Any, Hit) -> None
        """``cip``, with a token."""
        if self.has_token:
            entries["cip"] = facts.address(hit)
        else:
            self.guard.counts.unsupported("user_ip")

    def set_geo_id(self, entries, value, hit):
        # type: (Dict[Text, Any], Any, Hit) -> None
        """``country`` and ``region``, with a token, of codes such as US or DE-BE."""
        place = _PLACE.match(value) if self.has_token else None
        if place is None:
            self.guard.counts.unsupported("geo_id")
            return
        entries["country"], entries["region"] = place.group(1).lower(), place.group(2)

    def set_session_control(self, entries, value, hit):
        # type: (Dict[Text, Any], Any, Hit) -> None
        """``new_visit``, of start."""
        if value == "start":
            entries["new_visit"] = 1

    def set_custom_dimensions(self, entries, value, hit):
        # type: (Dict[Text, Any], Any, Hit) -> None
        """``dimension<N>``, by the numbers in ``dimensions=`` where it is given."""
        self._set_dimensions(entries, value, "custom_dimensions")

    def set_properties(self, entries, value, hit):
        # type: (Dict[Text, Any], Any, Hit) -> None
        """``dimension<N>``, by the numbers in ``dimensions=``."""
        self._set_dimensions(entries, value, "properties")

    def _set_dimensions(self, entries, given, field):
        # type: (Dict[Text, Any], Dict[Any, Any], Text) -> None
        for key, value in given.items():
            number = self.dimension(key)
            if number is None:
                self.guard.counts.unsupported(field)
            elif value is not None:
                entries["dimension%d" % number] = texts.plain(value)

    def dimension(self, key):
        # type: (Any) -> Optional[int]
        """Give Matomo's number of a custom dimension or property; None where it has none."""
        if self.dimensions is not None:
            return self.dimensions.get(six.text_type(key))
        return key if isinstance(key, int) else None

    def build(self, hit, entries):
        # type: (Hit, Dict[Text, Any]) -> Dict[Text, Any]
        entries["idsite"], entries["rec"], entries["apiv"] = self.data, 1, 1
        # Rounded down, for a time to come, even by clocks that differ, is replaced by that of arrival.
        entries["cdt"] = int(hit.time)
        entries["url"] = facts.campaign_url(hit)
        if hit.get("client_id"):
            entries["_id"] = visitor_id(hit.fields["client_id"])
        elif not entries.get("uid") and not entries.get("cip"):
            entries["_id"] = hit.id[-16:]  # else all of them would be one visitor, at our address
        goods = trackingapi.goods(hit)
        if hit.type == "transaction":
            entries.update(goods or {})
        else:
            trackingapi.add_action(entries, hit)
            if goods:
                entries[trackingapi.ECOMMERCE] = goods
        return entries

    def problems(self, hit):
        # type: (Hit) -> List[Problem]
        return super(Provider, self).problems(hit) + list(self._without_place(hit))

    def _without_place(self, hit):
        # type: (Hit) -> Iterator[Problem]
        for field in ("user_ip", "geo_id"):
            if field in hit.fields and not self.has_token:
                yield Problem(field, "unsupported", "goes to matomo only with token_auth=")
        for field in ("custom_dimensions", "properties"):
            for key in hit.fields.get(field, {}):
                if self.dimension(key) is None:
                    text = "has %s, which dimensions= gives no number: add it, such as {'%s': 1}"
                    name = show_name(six.text_type(key))
                    yield Problem(field, "unsupported", text % (name, name))

    def endpoint(self, path=None):
        # type: (Optional[Text]) -> Text
        """Give the address; one that names a script of its own, such as piwik.php, stays as it is."""
        if urlsplit(self.url or "").path.endswith((".php", "/js/")):
            return six.ensure_text(self.url)
        return super(Provider, self).endpoint(path)

    def group(self, envelope):
        # type: (Envelope) -> Any
        """Orders go alone, so that the answer says which of them is there already."""
        return envelope.id if trackingapi.is_order(envelope) else None

    def encode(self, envelope, now):
        # type: (Envelope, float) -> bytes
        return trackingapi.encode(envelope.payload)

    def request(self, parts, now):
        # type: (Sequence[Part], float) -> Request
        lines = [line for part in parts for line in part.data.split(trackingapi.BREAK)]
        token = {"token_auth": self.options["token_auth"].reveal()} if self.has_token else {}
        if len(lines) == 1:  # in the body too: there every version takes every kind of token
            body = b"&".join(lines + [b"send_image=0"] + [form_line(token)][: len(token)])
            headers = {"Content-Type": "application/x-www-form-urlencoded"}
        else:
            bulk = dict(token, requests=["?" + line.decode("ascii") for line in lines])
            body, headers = _json.dumps(bulk), {"Content-Type": "application/json"}
        return Request("POST", self.endpoint(), headers, body, parts)

    def read(self, response, parts):
        # type: (Response, Sequence[Part]) -> List[Outcome]
        """A bulk is answered 200 even if no hit was taken; a single hit is refused by 400."""
        outcomes = trackingapi.read_bulk(response, parts)
        if outcomes is not None:
            return outcomes
        if response.status == 400 and trackingapi.is_order(parts[0].envelope):
            detail = trackingapi.REPEATED_DETAIL
            return [Outcome(REJECTED, trackingapi.REPEATED, 400, detail=detail)]
        return [by_status(response)] * len(parts)


def check_dimensions(given):
    # type: (Optional[Dict[Text, Any]]) -> Optional[Dict[Text, int]]
    """
    Give the numbers of custom dimensions as integers.

    :raises ConfigurationError: for what is no number of a dimension
    """
    try:
        numbers = {name: integer(number) for name, number in (given or {}).items()}
    except ValueError:
        numbers = {"": 0}
    if any(number < 1 for number in numbers.values()):
        raise ConfigurationError("dimensions= takes numbers of dimensions, such as {'plan': 4}")
    return None if given is None else numbers


def visitor_id(client_id):
    # type: (Text) -> Text
    """Give the 16 hex digits that stand for a client id: itself where it has that form."""
    return client_id if _VISITOR.match(client_id) else facts.digest(client_id, "matomo")[:16]
