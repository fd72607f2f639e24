"""
Google Analytics, Measurement Protocol v1 (Universal Analytics), and collectors that accept it.

Google's own endpoint no longer processes these hits: standard properties since 1 July 2023, 360
properties since 1 July 2024. Snowplow's collectors and others still do.

Names, limits and required fields: https://developers.google.com/analytics/devguides/collection/protocol/v1
"""

from __future__ import absolute_import, division, print_function, unicode_literals

import hashlib
import time
import uuid

import six
from six.moves.urllib.parse import urlsplit

from ..delivery.base import Payload, envelope_of
from ..delivery.http import Request
from ..errors import ConfigurationError, InvalidHit
from ..hit import Problem
from ..params import ITEM_PARAMETERS, PRODUCT_SUFFIXES
from ..utils import force_bytes
from ..vocabulary import CONTROL, FIELDS
from . import checks, measurement
from .online import OnlineProvider
from .urls import join

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Sequence, Text

    from ..delivery.base import Envelope, Outcome
    from ..delivery.http import Part
    from ..hit import Hit

FORM = "application/x-www-form-urlencoded"
COLLECT = "/collect"
BATCH = "/batch"
DEBUG = "/debug/collect"
SNOWPLOW = "/com.google.analytics/v1"  # takes one hit or many at the same address
PARAMETERS = {field.name: field.parameter for field in FIELDS if field.parameter is not None}
COMPOUND = ("items", "custom_dimensions", "custom_metrics")
MAX_AGE = 4 * 3600  # seconds; older hits may not be processed
QT_TOLERANCE = 1000  # milliseconds; a hit that waited less goes out as it was made
SALT = b"analytical-googleanalytics-client"  # part of every visitor's id since 0.0.1

_ITEM_PARAMETERS = {name: parameter for parameter, name in ITEM_PARAMETERS.items()}
_SUFFIXES = {name: suffix for suffix, name in PRODUCT_SUFFIXES.items()}


def generate_client_id(user_secret=None):
    # type: (Any) -> Text
    """
    Make a client id (``cid``): the same one for the same secret, in every process and release.

    A platform takes hits with one client id for one visitor. This tells new from returning visitors
    without cookies, from what you know of them:

        >>> from analytical.providers.googleanalytics import generate_client_id
        >>> generate_client_id('my-secret$user-17') == generate_client_id('my-secret$user-17')
        True

    Put a secret of the site's own into it: an id made of an address or an account number alone can be
    found again by trying all of them.

    :param str user_secret: what stays the same for one visitor; None makes a new id each time
    :returns: 64 hex digits, a SHA-256
    """
    digest = hashlib.sha256(SALT)
    digest.update(force_bytes(user_secret) if user_secret else uuid.uuid4().bytes)
    return six.ensure_text(digest.hexdigest())


class Provider(OnlineProvider):
    """
    Sends hits by the Measurement Protocol v1.

    The payload of ``pageview(params)`` is ``{'v': '1', 'tid': ..., 't': 'pageview'}`` and ``params``, and a
    new ``cid`` where neither ``cid`` nor ``uid`` is given.

    :param str initial_data: the property id, such as ``UA-XXXXX-Y``
    :param float timeout: seconds that sending may take
    :param bool fail_silently: log and return a false Outcome instead of raising
    :param bool asynchronously: the same as ``delivery='celery'``
    :param options: the options of every provider, and ``url``, ``insecure`` and ``session``
    """

    name = "googleanalytics"
    account = "a property id such as UA-XXXXX-Y"
    ANALYTICS_API_URL = "https://www.google-analytics.com/collect"
    DEFAULT_DATA = {"v": "1"}
    PATHS = (COLLECT, BATCH, DEBUG)
    MAX_AGE = MAX_AGE
    MAX_COUNT = 20
    READS_PAYLOADS = False
    MAX_BYTES = 16384
    MAX_HIT_BYTES = 8192
    SEPARATOR = b"\n"
    RENAMES = PARAMETERS
    REQUIRED = {
        "pageview": ("url | host path | path",),
        "screenview": ("screen_name",),
        "event": ("category | name", "action | name"),
        "transaction": ("transaction_id",),
        "item": ("transaction_id", "items"),
        "social": ("social_network", "social_action", "social_target"),
        "timing": ("timing_category", "timing_variable", "timing_time"),
    }
    LIMITS = {field.name: field.limit for field in FIELDS if field.limit is not None}
    LIMIT_UNIT = "bytes"

    def __init__(
        self, initial_data=None, timeout=None, fail_silently=True, asynchronously=False, **options
    ):
        # type: (Any, Optional[float], bool, bool, **Any) -> None
        super(Provider, self).__init__(
            initial_data,
            timeout=timeout,
            fail_silently=fail_silently,
            asynchronously=asynchronously,
            **options
        )
        self.property_id = self.data

    def check_account(self, data):
        # type: (Any) -> Any
        data = super(Provider, self).check_account(data)
        if data.startswith("G-"):
            raise ConfigurationError(
                "an id that starts with G- is one of Google Analytics 4: use the provider 'googleanalytics4'"
            )
        return data

    # Hit -> payload.

    def payload(self, hit):
        # type: (Hit) -> Payload
        """Give the hit's parameters; what came under protocol names goes out as it came."""
        entries = dict(self.DEFAULT_DATA, tid=self.property_id, t=hit.type)  # type: Dict[Text, Any]
        fields, raw = hit.fields, hit.raw
        for name, value in fields.items():
            if name in PARAMETERS and name not in raw:  # as nearly all are
                entries[PARAMETERS[name]] = value
            else:
                self._put(entries, name, hit)
        for name in raw:
            if name not in fields:
                self._put(entries, name, hit)
        entries.update(hit.other)
        if "cid" not in entries and "uid" not in entries:
            entries["cid"] = generate_client_id()
        if "extra" in fields:
            entries.update(fields["extra"].get(self.name, {}))
        return Payload(entries, hit.id, hit.time)

    def _put(self, entries, name, hit):
        # type: (Dict[Text, Any], Text, Hit) -> None
        parameter = PARAMETERS.get(name)
        if parameter is not None:
            entries[parameter] = hit.raw[name] if name in hit.raw else hit.fields[name]
        elif name in hit.raw and name in COMPOUND:
            if name in hit.fields and name != "items":  # those of raw have the caller's numbers
                self._hooks[name](entries, hit.fields[name], hit)
            entries.update(hit.raw[name])
        elif name == "timestamp":
            entries.update({"qt": hit.raw[name]} if name in hit.raw else {})
        elif name in self._hooks:
            self._hooks[name](entries, hit.fields[name], hit)
        elif name not in CONTROL:
            self.guard.counts.unsupported(name)

    def set_name(self, entries, value, hit):
        # type: (Dict[Text, Any], Any, Hit) -> None
        """Events have no name here: it is the action, in a category of its own where none is given."""
        if "action" not in hit.fields:
            entries["ea"] = value
            entries.setdefault("ec", hit.fields.get("category", "event"))

    def set_consent(self, entries, value, hit):
        # type: (Dict[Text, Any], Any, Hit) -> None
        if value.get("ads") is False:
            entries["npa"] = True

    def set_custom_dimensions(self, entries, value, hit):
        # type: (Dict[Text, Any], Any, Hit) -> None
        entries.update(("cd%d" % index, text) for index, text in value.items())

    def set_custom_metrics(self, entries, value, hit):
        # type: (Dict[Text, Any], Any, Hit) -> None
        entries.update(("cm%d" % index, number) for index, number in value.items())

    def set_items(self, entries, value, hit):
        # type: (Dict[Text, Any], Any, Hit) -> None
        if hit.type == "item":
            for key, parameter in _ITEM_PARAMETERS.items():
                if value and key in value[0]:
                    entries[parameter] = value[0][key]
            if len(value) > 1:
                self.guard.counts.unsupported("items")
            return
        for index, item in enumerate(value, 1):
            for key, suffix in _SUFFIXES.items():
                if key in item:
                    entries["pr%d%s" % (index, suffix)] = item[key]

    # Payload -> requests.

    def encode(self, envelope, now):
        # type: (Envelope, float) -> bytes
        """Write the form line of a hit, with its age as ``qt`` where it has waited."""
        payload = envelope.payload
        age = int((now - envelope.time) * 1000)
        if age - measurement.milliseconds(payload.get("qt", 0)) >= QT_TOLERANCE:
            payload = dict(payload, qt=age)
        return measurement.form_line(payload)

    def request(self, parts, now):
        # type: (Sequence[Part], float) -> Request
        url = self.endpoint(COLLECT if len(parts) == 1 else BATCH)
        headers = {"Content-Type": FORM}
        return Request("POST", url, headers, b"\n".join(part.data for part in parts), parts)

    def endpoint(self, path=COLLECT):
        # type: (Optional[Text]) -> Text
        """Give the address of /collect, /batch or /debug/collect at the server that ``url=`` names."""
        if self.url is None and path == COLLECT:
            return self.ANALYTICS_API_URL  # a subclass may have put a whole address there
        base = self.url or self.ANALYTICS_API_URL
        if urlsplit(base).path.rstrip("/").endswith(SNOWPLOW):
            return base
        return join(base, path or COLLECT, self.PATHS)

    def deliver(self, envelopes):
        # type: (Sequence[Envelope]) -> List[Outcome]
        measurement.warn_if_retired(self.endpoint())
        return super(Provider, self).deliver(envelopes)

    # Checks.

    def ask(self, payload):
        # type: (Payload) -> List[Problem]
        """Send a payload to ``/debug/collect``, where nothing is recorded."""
        if DEBUG not in self.endpoint(DEBUG):
            return [Problem("online", "unanswered", "this collector would record it: none asked")]
        envelope, headers = envelope_of(payload), {"Content-Type": FORM}
        request = Request(
            "POST", self.endpoint(DEBUG), headers, self.encode(envelope, time.time()), ()
        )
        return measurement.read_validation(self.answer_to(request))

    def problems(self, hit):
        # type: (Hit) -> List[Problem]
        """List what is wrong with a hit by the protocol's reference."""
        found = hit.problems()
        found.extend(checks.missing(self, hit))
        found.extend(checks.too_long_values(self, hit))
        found.extend(checks.too_old(self, hit))
        found.extend(
            checks.no_place(self, name) for name in sorted(hit.fields) if not self.supports(name)
        )
        found.extend(measurement.rule_problems(hit))
        return found or self._form_problems(hit)

    def _form_problems(self, hit):
        # type: (Hit) -> List[Problem]
        try:
            size = len(measurement.form_line(self.payload(hit)))
        except InvalidHit as error:
            return list(error.problems)
        if size <= self.MAX_HIT_BYTES:
            return []
        return [checks.too_long("hit", size, self.MAX_HIT_BYTES, "bytes")]

    def unsendable(self, hit):
        # type: (Hit) -> List[Problem]
        """List the values that cannot go out even as they came."""
        return [problem for problem in hit.problems() if problem.field not in hit.raw]
