"""What would become of a hit, without sending it: validate(), preview(), and explain(), which notes each step."""

from __future__ import absolute_import, division, print_function, unicode_literals

import copy

import six

from ..delivery.base import DROPPED, REJECTED
from ..errors import DeliveryError, InvalidHit
from ..hit import Hit, Problem
from ..params import read
from ..secrets import describe, mask
from . import checks
from .explained import Explanation, Step
from .mapping import Mapped

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterable, Iterator, List, Mapping, Optional, Text

    from ..delivery.http import Request

_ABSENT = object()


class Explaining(Mapped):
    """Gives every provider the methods that send nothing."""

    def validate(self, hit_type, params=None, **fields):
        # type: (Text, Optional[Mapping[Any, Any]], **Any) -> List[Problem]
        """
        Check a hit without sending it: required fields, types, limits, fields without a place.

        :returns: a list of :class:`~analytical.hit.Problem`, empty when all is well
        """
        try:
            hit = read(hit_type, params, fields)
        except InvalidHit as error:
            return list(error.problems) or [Problem("params", "type", six.text_type(error))]
        return self.problems(hit)

    def problems(self, hit):
        # type: (Hit) -> List[Problem]
        """List what is wrong with a hit for this platform; a platform adds its own rules."""
        return checks.problems(self, hit)  # type: ignore[arg-type]

    def unsendable(self, hit):
        # type: (Hit) -> List[Problem]
        """List the problems for which a hit is refused even when ``strict`` is off."""
        return hit.problems()

    def preview(self, hits):
        # type: (Iterable[Hit]) -> List[Any]
        """Give what would leave this process for hits, unsent: requests over HTTP, else payloads."""
        return [self.payload(hit) for hit in hits]

    def explain(self, hit_type, params=None, **fields):
        # type: (Text, Optional[Mapping[Any, Any]], **Any) -> Explanation
        """
        Show what came in, what each processor changed, and what would leave. Nothing is sent.

        The processors run as they do for a hit that is sent, with all that they do besides.

        :param str hit_type: as for :meth:`~analytical.providers.base.BaseProvider.track_hit`
        :param dict params: the same
        :returns: an :class:`~analytical.providers.explained.Explanation`; its ``str()`` is a page of text
        :raises InvalidHit: for params that cannot be read
        """
        return explain(self, read(hit_type, params, fields))


def explain(provider, hit):
    # type: (Any, Hit) -> Explanation
    """Take a hit through a provider's processors up to its requests, without sending them."""
    result = Explanation(provider.name, hit.type, type(provider.delivery).__name__.lower())
    result.given = _values(hit)
    processed = _process(result, provider, hit)
    if processed is not None:
        try:
            _finish(result, provider, processed)
        except InvalidHit as error:
            result.result, result.reason = REJECTED, six.text_type(error)
        except DeliveryError as error:  # too large, too old
            result.result, result.reason = error.outcome.state, six.text_type(error)
    _mask(result, getattr(provider, "secrets", list)())
    return result


def _process(result, provider, hit):
    # type: (Explanation, Any, Any) -> Any
    """Run the processors one by one; None where the hit goes no further."""
    for processor in provider.processors:
        step = Step(_name(processor))
        result.steps.append(step)
        before = copy.deepcopy(_values(hit))  # what it gets, it may change in its place
        try:
            hit = processor(hit)
        except Exception as error:
            step.error = _told(error)
        if not step.error and hit is not None and not isinstance(hit, Hit):
            step.error = "it returned %s, which is no hit" % describe(hit)
        step.dropped = bool(step.error) or hit is None
        if step.dropped:
            result.result, result.reason = DROPPED, "by " + step.processor
            return None
        step.changes = list(_changes(before, _values(hit)))
    return hit


def _told(error):
    # type: (Exception) -> Text
    try:
        return "%s: %s" % (type(error).__name__, six.text_type(error))
    except UnicodeError:  # its text is bytes of Python 2
        return type(error).__name__


def _finish(result, provider, hit):
    # type: (Explanation, Any, Hit) -> None
    provider.check(hit)
    members = getattr(provider, "providers", None)
    if members is not None:
        for name, member in members.items():
            result.providers[name] = explain(member, hit.replace())
        return
    found = {problem.field for problem in provider.problems(hit) if problem.code == "unsupported"}
    result.left_out = sorted(found)
    for item in provider.preview([hit]):
        result.requests.append(_plain(item) if hasattr(item, "headers") else dict(item))


def _plain(request):
    # type: (Request) -> Dict[Text, Any]
    return {
        "method": request.method,
        "url": request.url,
        "headers": dict(request.headers),
        "body": request.body.decode("utf-8", "replace"),
    }


def masked(request, provider):
    # type: (Request, Any) -> Dict[Text, Any]
    """Give a request as plain values, without the provider's credentials."""
    return _masked(_plain(request), getattr(provider, "secrets", list)())  # type: ignore[no-any-return]


def _mask(result, secrets):
    # type: (Explanation, List[Any]) -> None
    """Take the credentials out of everything, wherever the caller or a processor put them."""
    if secrets:
        for step in result.steps:
            step.changes, step.error = _masked(step.changes, secrets), mask(step.error, secrets)
        for name in ("given", "requests", "reason"):
            setattr(result, name, _masked(getattr(result, name), secrets))


def _masked(value, secrets):
    # type: (Any, List[Any]) -> Any
    if isinstance(value, dict):
        return {name: _masked(value[name], secrets) for name in value}
    if isinstance(value, list):
        return [_masked(each, secrets) for each in value]
    return mask(value, secrets) if isinstance(value, six.text_type) else value


def _values(hit):
    # type: (Hit) -> Dict[Text, Any]
    """Give what a hit holds by names, the entries of dicts each by its own."""
    result = {}  # type: Dict[Text, Any]
    for held in (hit.raw, hit.other, hit.fields):
        for name, value in held.items():
            if held is hit.raw and (name in hit.fields or isinstance(value, dict)):
                continue  # the same again as it was passed
            if isinstance(value, dict) and value:
                result.update(("%s.%s" % (name, key), value[key]) for key in value)
            else:
                result[name] = value
    return result


def _changes(before, after):
    # type: (Dict[Text, Any], Dict[Text, Any]) -> Iterator[Dict[Text, Any]]
    for name in sorted(set(before) | set(after)):
        old, new = before.get(name, _ABSENT), after.get(name, _ABSENT)
        if old is _ABSENT or new is _ABSENT or old != new:
            yield {"field": name, "before": before.get(name), "after": after.get(name)}


def _name(processor):
    # type: (Any) -> Text
    return six.ensure_text(getattr(processor, "__name__", None) or type(processor).__name__)
