"""Names that Google Analytics 4 takes, and those it keeps for itself."""

from __future__ import absolute_import, division, print_function, unicode_literals

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterable, Text

MAX_NAME = 40  # characters
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*\Z")
_OTHER = re.compile(r"[^A-Za-z0-9_]+")

# An event of such a name is thrown away by the Measurement Protocol, and an error elsewhere.
RESERVED_EVENTS = frozenset(
    "ad_activeview ad_click ad_exposure ad_query ad_reward adunit_exposure app_clear_data app_exception "
    "app_install app_remove app_store_refund app_update app_upgrade dynamic_link_app_open "
    "dynamic_link_app_update dynamic_link_first_open error firebase_campaign "
    "firebase_in_app_message_action firebase_in_app_message_dismiss firebase_in_app_message_impression "
    "first_open first_visit notification_dismiss notification_foreground notification_open "
    "notification_receive notification_send os_update session_start user_engagement".split()
)
APP_EVENTS = frozenset(["ad_impression", "in_app_purchase", "screen_view"])
PARAMETER_PREFIXES = ("_", "firebase_", "ga_", "google_", "gtag.")
PROPERTY_PREFIXES = ("_", "firebase_", "ga_", "google_")
RESERVED_PROPERTIES = frozenset(
    "first_open_time first_visit_time last_deep_link_referrer user_id first_open_after_install".split()
)


def event(text, is_app=False):
    # type: (Text, bool) -> Text
    """Make of any text the name of an event; what Google keeps for itself gets ``event_`` before it."""
    name = text if NAME.match(text) else _OTHER.sub("_", text).strip("_")
    if not NAME.match(name) or is_reserved_event(name, is_app):
        name = ("event_" + name).strip("_")
    return name[:MAX_NAME]


def is_reserved_event(name, is_app=False):
    # type: (Text, bool) -> bool
    """Tell whether Google takes no event of this name from us."""
    return name in RESERVED_EVENTS or (name in APP_EVENTS and not is_app)


def parameter(text):
    # type: (Text) -> Text
    """Make of any text the name of a parameter, in the same way."""
    name = text if NAME.match(text) else _OTHER.sub("_", text).strip("_")
    if not NAME.match(name) or has_prefix(name, PARAMETER_PREFIXES):
        name = ("event_" + name).strip("_")
    return name[:MAX_NAME]


def has_prefix(name, prefixes):
    # type: (Text, Iterable[Text]) -> bool
    """Tell whether a name starts with one of some prefixes."""
    return name.startswith(tuple(prefixes))
