"""LocalProvider: what keeps hits on this machine has a place for every field, in our own words."""

from __future__ import absolute_import, division, print_function, unicode_literals

from ..delivery import switch
from ..delivery.base import DELIVERED, DROPPED, Outcome, Payload
from ..params import PROTOCOL_CONTROL
from .base import BaseProvider

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Sequence, Text

    from ..delivery.base import Envelope
    from ..hit import Hit

STORED = Outcome(DELIVERED)


class LocalProvider(BaseProvider):
    """The payload is the hit: ``type``, ``id``, ``time`` (Unix seconds) and each field by its name."""

    TAKES_OTHER = True

    def payload(self, hit):
        # type: (Hit) -> Payload
        made = Payload({"type": hit.type, "id": hit.id, "time": hit.time}, hit.id, hit.time)
        made.update(hit.fields)
        made.pop("timestamp", None)
        extra = made.pop("extra", None)
        if hit.other:
            other = {
                name: value for name, value in hit.other.items() if name not in PROTOCOL_CONTROL
            }
            if other:
                made["other"] = other
        if extra:
            made.update(extra.get(self.name, {}))
        return made

    def supports(self, name):
        # type: (Text) -> bool
        return True

    def deliver(self, envelopes):
        # type: (Sequence[Envelope]) -> List[Outcome]
        """Keep the payloads."""
        if self.disabled:
            return switch.held(envelopes)
        try:
            self.keep([envelope.payload for envelope in envelopes])
        except EnvironmentError as error:
            return [Outcome(DROPPED, "unwritable", detail=type(error).__name__)] * len(envelopes)
        return [STORED] * len(envelopes)

    def keep(self, payloads):
        # type: (List[Dict[Text, Any]]) -> None
        """
        Keep payloads, each a dict.

        :raises EnvironmentError: where they cannot be written
        """
        raise NotImplementedError("%s must implement keep(payloads)" % type(self).__name__)
