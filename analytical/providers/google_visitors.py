"""Who a hit is from, in Google Analytics 4's words: visitor, session, consent, place."""

from __future__ import absolute_import, division, print_function, unicode_literals

import re

from . import facts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Dict, Optional, Text

    from ..hit import Hit

DAY = 24 * 3600

_COOKIE = re.compile(r"(?:GA1\.[0-9-]+\.)?([0-9]{1,20}\.[0-9]{1,20})\Z")
_INSTANCE = re.compile(r"[0-9a-f]{32}\Z")
_SESSION = re.compile(r"[1-9][0-9]{0,19}\Z|GS[0-9]+\.")
_PLACE = re.compile(r"([A-Za-z]{2})(?:-([A-Za-z0-9]{1,3}))?\Z")


def client_id(hit):
    # type: (Hit) -> Text
    """
    Give the visitor as number.number, the form of Google's cookie ``_ga``, always the same.

    An id of that form, or the cookie's whole value, is kept, so that hits join those of the site's own
    tag. Without a client id the user stands for it; without both, the hit is that of a new visitor.
    """
    given = hit.fields.get("client_id", "")
    if "." in given:
        match = _COOKIE.match(given)
        if match:
            return match.group(1)
    return facts.number_pair(given or hit.fields.get("user_id") or hit.id)


def app_instance_id(hit):
    # type: (Hit) -> Text
    """Give the app's installation as 32 hex digits; Google knows only those its own SDK has used."""
    given = (hit.get("client_id") or "").replace("-", "").lower()
    if _INSTANCE.match(given):
        return given
    return facts.digest(given or hit.get("user_id") or hit.id, "app_instance_id")[:32]


def session_id(hit, is_app=False):
    # type: (Hit, bool) -> Optional[Text]
    """
    Give the visit: a number, or the cookie of Google's tag.

    Where the hit names none, it is the visitor's day (UTC): without a session Google shows no visit. Not
    so for ids that come from Google's own tag or SDK, which keep sessions of their own.
    """
    fields = hit.fields
    given = fields.get("session_id")
    if given:
        return given if _SESSION.match(given) else facts.number_pair(given).partition(".")[0]
    if fields.get("session_control") == "start":
        return "%d" % hit.time
    client = fields.get("client_id", "")
    if is_app or "." in client and _COOKIE.match(client):
        return None
    return "%d" % (hit.time // DAY * DAY)


def consent(hit):
    # type: (Hit) -> Dict[Text, bool]
    """Give what the visitor allows with ads: ``ad_user_data``, ``ad_personalization``."""
    ads = hit.get("consent", {}).get("ads")
    result = {} if ads is None else {"ad_user_data": ads, "ad_personalization": ads}
    if hit.get("no_personalized_ads"):
        result["ad_personalization"] = False
    return result


def place(hit):
    # type: (Hit) -> Dict[Text, Text]
    """Give ``country`` and ``region`` of a geo_id that is an ISO 3166 code, else nothing."""
    match = _PLACE.match(hit.get("geo_id") or "")
    if match is None:
        return {}
    result = {"country": match.group(1).upper()}
    if match.group(2):
        result["region"] = match.group(0).upper()
    return result
