"""Direct delivery: in the caller's thread, one attempt."""

from __future__ import absolute_import, division, print_function, unicode_literals

from .base import Delivery

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import List, Sequence

    from ..providers.base import BaseProvider
    from .base import Envelope, Outcome


class Direct(Delivery):
    """Sends when it is called, and says what the platform answered."""

    def submit(self, provider, envelope):
        # type: (BaseProvider, Envelope) -> Outcome
        return provider.deliver([envelope])[0]

    def submit_batch(self, provider, envelopes):
        # type: (BaseProvider, Sequence[Envelope]) -> List[Outcome]
        return provider.deliver(envelopes)
