"""What became of one hit, step by step, for people who must know: what explain() gives."""

from __future__ import absolute_import, division, print_function, unicode_literals

import json
from collections import OrderedDict

import six

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterator, List, Text

SENT = "sent"  # what would become of a hit that is neither dropped nor rejected


class Step(object):
    """
    What one processor did.

    :ivar str processor: its name
    :ivar list changes: dicts with ``field``, ``before`` and ``after``, None where it was not there
    :ivar bool dropped: whether it dropped the hit
    :ivar str error: what it raised, which drops the hit too; else empty
    """

    __slots__ = tuple(str(name) for name in ("processor", "changes", "dropped", "error"))

    def __init__(self, processor):
        # type: (Text) -> None
        self.processor = processor
        self.changes = []  # type: List[Dict[Text, Any]]
        self.dropped = False
        self.error = ""

    def lines(self, number):
        # type: (int) -> Iterator[Text]
        """Say it in words."""
        title = "  %d. %s" % (number, self.processor)
        if self.error:
            yield "%s: failed, so the hit is dropped: %s" % (title, self.error)
        elif self.dropped or not self.changes:
            yield "%s: %s" % (title, "drops the hit" if self.dropped else "changes nothing")
        else:
            yield title
            for change in self.changes:
                yield "       " + _in_words(change)


class Explanation(object):
    """
    What came in, what each processor changed, and what would leave. ``str()`` is a page of text.

    Values are shown, for that is its purpose; the provider's credentials are masked.

    :ivar str provider: the provider's name
    :ivar str type: the hit's type
    :ivar str delivery: how hits leave: ``direct``, ``background``, ``outbox`` ...
    :ivar dict given: field -> value, as read from the params; entries of dicts as ``properties.plan``
    :ivar list steps: a :class:`Step` for each processor that the hit reached
    :ivar str result: ``sent``, ``dropped`` or ``rejected``: what would become of the hit
    :ivar str reason: why it would not be sent
    :ivar list left_out: fields that the platform has no place for
    :ivar list requests: the exact requests as dicts of ``method``, ``url``, ``headers`` and ``body``;
        what would be stored, for a provider that makes none
    :ivar dict providers: name -> Explanation, where a fanout hands the hit on
    """

    def __init__(self, provider, hit_type, delivery):
        # type: (Text, Text, Text) -> None
        self.provider = provider
        self.type = hit_type
        self.delivery = delivery
        self.given = {}  # type: Dict[Text, Any]
        self.steps = []  # type: List[Step]
        self.result, self.reason = SENT, ""
        self.left_out = []  # type: List[Text]
        self.requests = []  # type: List[Dict[Text, Any]]
        self.providers = OrderedDict()  # type: OrderedDict[Text, Explanation]

    @property
    def failed(self):
        # type: () -> bool
        """Tell whether a processor raised, here or at a provider of a fanout."""
        return any(step.error for step in self.steps) or any(
            each.failed for each in self.providers.values()
        )

    def as_dict(self):
        # type: () -> Dict[Text, Any]
        """Give all of it as what JSON can carry."""
        result = dict(vars(self))
        result["steps"] = [
            {str(name): getattr(step, name) for name in Step.__slots__} for step in self.steps
        ]
        result["providers"] = {name: each.as_dict() for name, each in self.providers.items()}
        return result

    def lines(self):
        # type: () -> Iterator[Text]
        """Give the page line by line."""
        yield "A %s for %s" % (self.type, self.provider)
        yield ""
        yield "What came in:"
        for name in sorted(self.given):
            yield "  %s: %s" % (name, _shown(self.given[name]))
        yield ""
        yield "What the processors do:" if self.steps else "No processors: all of it goes on."
        for number, step in enumerate(self.steps, 1):
            for line in step.lines(number):
                yield line
        for line in self._end():
            yield line

    def _end(self):
        # type: () -> Iterator[Text]
        yield ""
        if self.result != SENT:
            yield "What leaves: nothing. The hit is %s: %s" % (self.result, self.reason)
            return
        if self.left_out:
            yield "Left out, for %s has no place: %s" % (self.provider, ", ".join(self.left_out))
        for request in self.requests:
            is_sent = "method" in request and "headers" in request
            for line in self._sent(request) if is_sent else _kept(request):
                yield line
        for name, each in self.providers.items():
            yield "==== %s ====" % name
            for line in each.lines():
                yield line

    def _sent(self, request):
        # type: (Dict[Text, Any]) -> Iterator[Text]
        yield "What leaves (%s delivery):" % self.delivery
        yield "  %s %s" % (request["method"], request["url"])
        for name in sorted(request["headers"]):
            yield "  %s: %s" % (name, request["headers"][name])
        yield ""
        for line in request["body"].split("\n"):
            yield "  " + line

    def __str__(self):
        # type: () -> str
        return six.ensure_str("\n".join(self.lines()))

    def __repr__(self):
        # type: () -> str
        return str("<Explanation of a %s: %s>" % (self.type, self.result))


def _kept(row):
    # type: (Dict[Text, Any]) -> Iterator[Text]
    yield "What is kept on this machine:"
    for name in sorted(row):
        yield "  %s: %s" % (name, _shown(row[name]))


def _in_words(change):
    # type: (Dict[Text, Any]) -> Text
    before, after = change["before"], change["after"]
    if before is None:
        return "%s is set to %s" % (change["field"], _shown(after))
    if after is None:
        return "%s is removed; it was %s" % (change["field"], _shown(before))
    return "%s: %s becomes %s" % (change["field"], _shown(before), _shown(after))


def _shown(value):
    # type: (Any) -> Text
    return six.ensure_text(json.dumps(value, sort_keys=True, ensure_ascii=False))
