"""Mapping: a hit in a platform's own terms, by the tables of the platform's class."""

from __future__ import absolute_import, division, print_function, unicode_literals

import itertools

from ..delivery.base import Payload
from ..params import PROTOCOL_CONTROL
from ..vocabulary import CONTROL

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List, Text, Tuple

    from ..hit import Hit
    from .guard import Guard


class Mapped(object):
    """Gives every provider the method ``payload``, and the tables that say where a field goes."""

    name = "provider"  # as registered; the key in extra={...}
    RENAMES = {}  # type: Dict[Text, Text]  # field -> the platform's parameter
    BUILT = {}  # type: Dict[Text, Text]  # field -> where build() puts it, in words for docs
    PROPERTIES = ()  # type: Tuple[Text, ...]  # fields that build() puts among the properties

    def __init__(self, guard):
        # type: (Guard) -> None
        self.guard = guard
        self._hooks = {
            name[len("set_") :]: getattr(self, name)
            for name in dir(self)
            if name.startswith("set_")
        }  # type: Dict[Text, Callable[[Dict[Text, Any], Any, Hit], None]]
        self._places = frozenset(
            itertools.chain(self.RENAMES, self.BUILT, self.PROPERTIES, self._hooks, CONTROL)
        )
        self._properties = frozenset(self.PROPERTIES)
        # What payload() itself has nothing to do for.
        self._built = self._places.difference(self.RENAMES, self._hooks)

    def supports(self, name):
        # type: (Text) -> bool
        """Tell whether the platform has a place for a field."""
        return name in self._places

    def payload(self, hit):
        # type: (Hit) -> Payload
        """Say a hit in the platform's terms: RENAMES, then set_<field> hooks, then build()."""
        entries = {}  # type: Dict[Text, Any]
        fields = hit.fields
        if not self._built.issuperset(fields):
            self._place(hit, entries)
        for name in hit.other:
            if name not in PROTOCOL_CONTROL:
                self.guard.counts.unsupported(name)
        built = self.build(hit, entries)
        if "extra" in fields:
            built.update(fields["extra"].get(self.name, {}))
        return Payload(built, hit.id, hit.time)

    def _place(self, hit, entries):
        # type: (Hit, Dict[Text, Any]) -> None
        renames, hooks, built = self.RENAMES, self._hooks, self._built
        for name, value in hit.fields.items():
            if name in renames:
                entries[renames[name]] = value
            elif name in built:
                continue
            elif name in hooks:
                hooks[name](entries, value, hit)
            else:
                self.guard.counts.unsupported(name)

    def present(self, hit):
        # type: (Hit) -> List[Text]
        """List the fields of PROPERTIES that a hit has, in their order."""
        # A hit has few of them or none, so that to look for each would take longer.
        found = list(self._properties.intersection(hit.fields))
        if len(found) > 1:
            found.sort(key=self.PROPERTIES.index)
        return found

    def build(self, hit, entries):
        # type: (Hit, Dict[Text, Any]) -> Dict[Text, Any]
        """Make the payload of the renamed fields, ``entries``, and of those in BUILT and PROPERTIES."""
        return entries
