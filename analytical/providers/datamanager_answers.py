"""What the Data Manager API answers: a request id and warnings, or an error that names events."""

from __future__ import absolute_import, division, print_function, unicode_literals

import re

import six

from .. import _json
from ..delivery.base import DELIVERED, REJECTED, RETRY, Outcome
from ..hit import Problem
from ..secrets import show_name
from .http import by_status
from .online import no_validation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterator, List, Optional, Sequence, Text, Tuple

    from ..delivery.http import Response

HELD = "batch_refused"  # another hit made Google refuse the request, and nothing of it was stored
BAD_CLIENT = "INVALID_CLIENT_ID"
DAY_QUOTA = 3600.0  # seconds; a quota of the day is not there again in a minute
HINTS = {
    "SERVICE_DISABLED": "enable the Data Manager API in the project of the credentials",
    "PERMISSION_DENIED": "the account of the credentials needs the role Editor or Administrator on the "
    "property, and serviceusage.serviceUsageConsumer on the project",
    "INVALID_DESTINATION": "property_id= and the stream do not belong together",
    "INVALID_PROPERTY_TYPE": "property_id= is no property that takes events",
    "INVALID_STREAM_TYPE": "the stream is not of the kind, web or app, that was given",
    "EVENT_SOURCE_AND_DESTINATION_MISMATCH": "the stream is not of the kind, web or app, that was given",
    "DESTINATION_ACCOUNT_TYPE_MISMATCH": "property_id= is no number of an Analytics property",
    "GOOGLE_ANALYTICS_SUBPROPERTY_OR_ROLLUP_PROPERTY_NOT_ALLOWED": "give the ordinary property",
    "NOT_ALLOWLISTED": "Google has to allow this use for the property",
    "EVENT_TIME_INVALID": "Google takes hits of the last 72 hours",
    "UNAUTHENTICATED": "the access token is wrong or has ended",
}
_EVENT = re.compile(r"events\[([0-9]{1,6})\]")
# What an answer may raise that has not the form it should; the last stands for one that is nested deep.
_BROKEN = (ValueError, KeyError, TypeError, AttributeError)


def outcomes(response, owners, count):
    # type: (Response, Sequence[int], int) -> List[Outcome]
    """
    Say what became of each hit.

    :param owners: for each event of the request, the place of its hit
    :param int count: how many hits there are
    """
    plain = by_status(response)
    try:
        answer = _json.loads(response.body)
        if plain.state == DELIVERED:
            return _taken(response, answer, owners, count)
        return _refused(response, answer["error"], owners, count)
    except _BROKEN:
        return [plain] * count


def _taken(response, answer, owners, count):
    # type: (Response, Dict[Text, Any], Sequence[int], int) -> List[Outcome]
    detail = _request_text(answer.get("requestId"))
    result = [Outcome(DELIVERED, status=response.status, detail=detail)] * count
    for field, reason, _ in _warnings(answer):
        place = _owner(field, owners)
        if place is not None and reason.endswith(BAD_CLIENT):
            why = ": ".join(part for part in (reason, detail) if part)
            result[place] = Outcome(REJECTED, "dropped_by_platform", response.status, detail=why)
    return result


def _refused(response, error, owners, count):
    # type: (Response, Dict[Text, Any], Sequence[int], int) -> List[Outcome]
    reason, request = _reason(error), _request_id(error)
    status, name = response.status, "http_%d" % response.status
    detail = "; ".join(part for part in (reason, HINTS.get(reason), _request_text(request)) if part)
    plain = by_status(response)
    if status == 409 and error.get("status") == "ABORTED":
        return [Outcome(RETRY, name, status, detail=detail)] * count
    if plain.state == RETRY:
        wait = DAY_QUOTA if status == 429 and _is_of_day(error) else plain.retry_after
        return [Outcome(RETRY, name, status, retry_after=wait, detail=detail)] * count
    named = _named(error, owners)
    if status != 400 or not named:
        return [Outcome(REJECTED, name, status, detail=detail)] * count
    return [
        (
            Outcome(REJECTED, name, status, detail=named[place] or reason)
            if place in named
            else Outcome(RETRY, HELD, status, detail=detail)
        )
        for place in range(count)
    ]


def _named(error, owners):
    # type: (Dict[Text, Any], Sequence[int]) -> Dict[int, Text]
    """Give the places of the hits that an error names, each with the first reason."""
    found = {}  # type: Dict[int, Text]
    for field, why, _ in _violations(error):
        place = _owner(field, owners)
        if place is not None:
            found.setdefault(place, why)
    return found


def problems(response):
    # type: (Response) -> List[Problem]
    """Read the answer to a request that was only to be checked."""
    try:
        answer = _json.loads(response.body)
        error = answer.get("error")
        if error is None and response.status == 200:
            return [_problem(*warning) for warning in _warnings(answer)]
        found = [_problem(*violation) for violation in _violations(error)]
        reason = _reason(error)
        text = HINTS.get(reason, "Google refuses the request (HTTP %d)" % response.status)
        return found or [Problem("online", reason, text)]
    except _BROKEN:
        return [no_validation(response)]


def _problem(field, reason, description):
    # type: (Text, Text, Text) -> Problem
    return Problem(
        show_name(field or "hit"), reason or "online", description or "Google refuses it"
    )


def _warnings(answer):
    # type: (Dict[Text, Any]) -> Iterator[Tuple[Text, Text, Text]]
    return _fields(answer.get("fieldWarnings"))


def _violations(error):
    # type: (Dict[Text, Any]) -> Iterator[Tuple[Text, Text, Text]]
    for detail in error.get("details") or ():
        for violation in _fields(detail.get("fieldViolations")):
            yield violation


def _fields(entries):
    # type: (Any) -> Iterator[Tuple[Text, Text, Text]]
    for entry in entries or ():
        yield (
            six.text_type(entry.get("field") or ""),
            show_name(entry.get("reason") or ""),
            six.text_type(entry.get("description") or ""),
        )


def _owner(field, owners):
    # type: (Text, Sequence[int]) -> Optional[int]
    """Find the hit that a path such as ``events.events[3].client_id`` is about."""
    numbers = _EVENT.findall(field)
    index = int(numbers[-1]) if numbers else len(owners)
    return owners[index] if index < len(owners) else None


def _reason(error):
    # type: (Dict[Text, Any]) -> Text
    for detail in error.get("details") or ():
        if detail.get("reason"):
            return show_name(detail["reason"])
    return show_name(error.get("status") or "error")


def _request_id(error):
    # type: (Dict[Text, Any]) -> Any
    for detail in error.get("details") or ():
        if detail.get("requestId"):
            return detail["requestId"]
    return None


def _request_text(number):
    # type: (Any) -> Text
    return "request %s" % show_name(number) if number else ""


def _is_of_day(error):
    # type: (Dict[Text, Any]) -> bool
    return any(
        "PerDay" in six.text_type((detail.get("metadata") or {}).get("quota_limit"))
        for detail in error.get("details") or ()
    )
