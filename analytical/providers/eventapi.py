"""What platforms share that take events with properties under one key: PostHog, Segment, Mixpanel, Amplitude."""

from __future__ import absolute_import, division, print_function, unicode_literals

import re

import six

from .. import _json
from ..delivery.base import REJECTED, RETRY, Outcome
from ..errors import ConfigurationError
from ..hit import Problem
from ..secrets import Secret, check_secret, describe
from . import facts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Container, Dict, Iterator, Mapping, Optional, Sequence, Text

    from ..delivery.http import Part, Response
    from ..hit import Hit
    from .base import BaseProvider
    from .pages import Page

LIBRARY = "analytical"
_GOOGLE_ID = re.compile(r"(?:UA-[0-9]+-[0-9]+|G-[A-Z0-9]{8,12})\Z")
_CAMPAIGN_FIELDS = frozenset(facts.CAMPAIGN)
# What describes an event and has no name of its own on these platforms.
DETAILS = (
    ("category", "label", "value", "screen_colors", "encoding", "geo_id")
    + facts.APP
    + facts.CONTENT_GROUPS
    + facts.OTHER_TYPES
)
ORDER = tuple(name for name in facts.COMMERCE if name != "items")


def check_key(provider, data):
    # type: (BaseProvider, Any) -> Secret
    """
    Make an account that is a credential a Secret, without white space around it.

    :raises ConfigurationError: for what is no text, empty, or the id of a Google property
    """
    if not isinstance(data, (six.text_type, bytes, Secret)):
        raise ConfigurationError(
            "%s takes %s as its account, not %s" % (provider.name, provider.account, describe(data))
        )
    key = check_secret("data", Secret(data).reveal().strip())
    if _GOOGLE_ID.match(key.reveal()):
        raise ConfigurationError(
            "%s takes %s as its account; this has the form of a Google Analytics id"
            % (provider.name, provider.account)
        )
    return key


def visitor(hit, field, refused):
    # type: (Hit, Text, Container[Text]) -> Optional[Text]
    """Give an id of the visitor; None where it is missing, or a word that would make all visitors one."""
    value = hit.fields.get(field)
    if not value:
        return None
    word = value.strip().lower()
    return value if word and word not in refused else None


def visitor_problems(hit, refused):
    # type: (Hit, Container[Text]) -> Iterator[Problem]
    """Find the ids that the platform takes for none."""
    for field in ("client_id", "user_id"):
        if field in hit.fields and visitor(hit, field, refused) is None:
            text = "is empty or a word that the platform takes for no id, so it is not sent: leave it out"
            yield Problem(field, "reserved", text)


def campaign(hit, page):
    # type: (Hit, Page) -> Mapping[Text, Any]
    """Give a campaign as utm_source ..., gclid and dclid: the fields, else what the page's query says."""
    fields = hit.fields
    if _CAMPAIGN_FIELDS.isdisjoint(fields):
        return page.campaign
    result = dict(page.campaign)
    for field, name in facts.CAMPAIGN.items():
        if fields.get(field):
            result[name] = fields[field]
    return result


def add_own(entries, hit):
    # type: (Dict[Text, Any], Hit) -> None
    """Add the caller's properties, custom dimensions and metrics, in place of ours."""
    fields = hit.fields
    if "properties" in fields or "custom_dimensions" in fields or "custom_metrics" in fields:
        entries.update(facts.properties(hit, ()))


def body(head, name, parts):
    # type: (Dict[Text, Any], Text, Sequence[Part]) -> bytes
    """Write a JSON object whose last member is the list of the encoded hits."""
    start = _json.dumps(head)[:-1] + b"," if head else b"{"
    return start + b'"%s":[' % name.encode("ascii") + b",".join(p.data for p in parts) + b"]}"


def answer(response):
    # type: (Response) -> Dict[Text, Any]
    """Read an answer that is a JSON object; an empty dict for any other, such as ``OK``."""
    try:
        found = _json.loads(response.body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def apart(outcome, parts):
    # type: (Outcome, Sequence[Part]) -> Outcome
    """A refusal of several hits may be due to one: let the delivery try them in smaller batches."""
    if len(parts) > 1 and outcome.state == REJECTED and outcome.status in (400, 413):
        return Outcome(RETRY, outcome.reason, outcome.status)
    return outcome


def session_start(session_id):
    # type: (Text) -> Optional[int]
    """Give the Unix milliseconds that a session's id is, as Google's are; None where it is none."""
    if re.match(r"[1-9][0-9]{9}(?:[0-9]{3})?\Z", session_id):
        return int(session_id.ljust(13, "0"))
    return None
