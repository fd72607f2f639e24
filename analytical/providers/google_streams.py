"""StreamProvider: what the two ways to a data stream of Google Analytics 4 share."""

from __future__ import absolute_import, division, print_function, unicode_literals

import re

import six

from ..errors import ConfigurationError
from ..secrets import describe
from . import google_events, google_rules, google_visitors
from .online import OnlineProvider
from .options import Option

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Text, Tuple

    from ..hit import Hit, Problem

CONSENT_KEYS = ("ad_user_data", "ad_personalization")
_MEASUREMENT_ID = re.compile(r"G-[A-Z0-9]+\Z")
_APP_ID = re.compile(r"[0-9]+:[0-9]+:(?:android|ios|web):[0-9a-f]+\Z")
_CURRENCY = re.compile(r"[A-Za-z]{3}\Z")
# How another id starts -> what it is, and so the way out.
_MISTAKES = (
    ("UA-", "is a property of Universal Analytics, which Google Analytics 4 does not know"),
    ("GTM-", "is a container of Tag Manager"),
    ("GT-", "is a Google tag"),
    ("AW-", "is an account of Google Ads"),
)
_WAY_OUT = "give the measurement id (G-...) of a web stream: Admin > Data streams"


class StreamProvider(OnlineProvider):
    """Sends hits to a web stream, ``G-...``, or with ``firebase_app_id=`` to that of an app."""

    account = "a measurement id such as G-ABC1234567"
    OPTIONS = (
        Option("firebase_app_id", "text", None, "an app's stream, instead of a measurement id"),
        Option("currency", "text", None, "ISO 4217 currency of amounts where a hit names none"),
    )  # type: Tuple[Option, ...]
    MAX_AGE = 72 * 3600  # seconds
    BUILT = google_events.BUILT
    REQUIRED = {
        "pageview": ("url | host path",),
        "screenview": ("screen_name",),
        "event": ("name | action | product_action",),
        "item": ("transaction_id", "items"),
        "social": ("social_network", "social_action", "social_target"),
        "timing": ("timing_category", "timing_variable", "timing_time"),
    }
    # Those of a standard property: https://support.google.com/analytics/answer/9267744
    LIMITS = dict(
        dict.fromkeys(google_events.PARAMETERS, 100),
        url=1000,
        title=300,
        referrer=420,
        user_id=256,
        properties=100,
        custom_dimensions=100,
    )
    PLACE = ("", "", "")  # the platform's words for a place, its country and its region
    CONSENT = ("", "")  # the platform's words for ad_user_data and ad_personalization
    DECISIONS = {}  # type: Dict[bool, Text]  # the platform's words for yes and no

    def check_account(self, data):
        # type: (Any) -> Any
        app_id, currency = self.options["firebase_app_id"], self.options["currency"]
        self.currency = currency and currency.upper()
        self.is_app = app_id is not None
        if currency is not None and not _CURRENCY.match(currency):
            raise ConfigurationError("currency= takes three letters of ISO 4217, such as EUR")
        if app_id is None:
            return _measurement_id(super(StreamProvider, self).check_account(data))
        if data is not None:
            raise ConfigurationError(
                "a stream is that of the web or of an app: give a measurement id or firebase_app_id="
            )
        if not _APP_ID.match(app_id):
            form = "firebase_app_id= takes the form 1:1234567890:android:abcdef (this is %s)"
            raise ConfigurationError(form % describe(app_id))
        return app_id

    def events(self, hit):
        # type: (Hit) -> List[Dict[Text, Any]]
        """Say a hit as events, ``{"name": ..., "params": {...}}``."""
        return google_events.events(hit, self.is_app, self.currency)

    def consent(self, hit):
        # type: (Hit) -> Dict[Text, Text]
        """Say what the visitor allows with ads, in the platform's words."""
        if "consent" not in hit.fields and "no_personalized_ads" not in hit.fields:
            return {}
        given = google_visitors.consent(hit)
        return {
            word: self.DECISIONS[given[key]]
            for key, word in zip(CONSENT_KEYS, self.CONSENT)
            if key in given
        }

    def set_geo_id(self, entries, value, hit):
        # type: (Dict[Text, Any], Any, Hit) -> None
        """An ISO 3166 code, such as DE or US-CA; a number of Google Ads has no place."""
        key, country, region = self.PLACE
        place = google_visitors.place(hit)
        if place:
            entries[key] = {country: place["country"]}
            if "region" in place:
                entries[key][region] = place["region"]
        else:
            self.guard.counts.unsupported("geo_id")

    def set_session_control(self, entries, value, hit):
        # type: (Dict[Text, Any], Any, Hit) -> None
        """``start`` begins a session with this hit; ``end`` has no equivalent."""
        if value != "start":
            self.guard.counts.unsupported("session_control")

    def problems(self, hit):
        # type: (Hit) -> List[Problem]
        """List what is wrong with a hit, and with the events that are made of it."""
        found = super(StreamProvider, self).problems(hit)
        found.extend(google_rules.problems(hit, self.events(hit), self.is_app))
        return found


def _measurement_id(text):
    # type: (Text) -> Text
    text = six.ensure_text(text).upper()
    if _MEASUREMENT_ID.match(text):
        return text
    for start, meaning in _MISTAKES:
        if text.startswith(start):
            raise ConfigurationError(
                "an id that starts with %s %s: %s" % (start, meaning, _WAY_OUT)
            )
    if text.isdigit():
        meaning = "a number is that of a property or stream: "
        raise ConfigurationError(meaning + _WAY_OUT)
    if _APP_ID.match(text.lower()):
        raise ConfigurationError("an app's stream is named by firebase_app_id=, not as the account")
    raise ConfigurationError("this is no measurement id (%s): %s" % (describe(text), _WAY_OUT))
