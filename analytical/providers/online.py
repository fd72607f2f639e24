"""OnlineProvider: a platform that can be asked what is wrong with a hit, without recording it."""

from __future__ import absolute_import, division, print_function, unicode_literals

import six

from ..errors import InvalidHit, TransportError
from ..hit import Problem
from ..params import read
from .http import HTTPProvider

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List, Mapping, Optional, Text

    from ..delivery.base import Payload
    from ..delivery.http import Response


class OnlineProvider(HTTPProvider):
    """Adds ``validate(..., online=True)``; subclasses give ``ask``."""

    def validate(self, hit_type, params=None, online=False, **fields):
        # type: (Text, Optional[Mapping[Any, Any]], bool, **Any) -> List[Problem]
        """
        Check a hit without recording it.

        :param bool online: ask the platform too; without an answer, that is the problem reported
        :returns: a list of :class:`~analytical.hit.Problem`, empty when all is well
        """
        problems = super(OnlineProvider, self).validate(hit_type, params, **fields)
        if online:
            try:
                hit = self.process(read(hit_type, params, fields))
                problems.extend([] if hit is None else self.ask(self.payload(hit)))
            except InvalidHit as error:
                problems.extend(found for found in error.problems if found not in problems)
            except TransportError as error:
                problems.append(Problem("online", "unanswered", six.text_type(error)))
        return problems

    def ask(self, payload):
        # type: (Payload) -> List[Problem]
        """
        Send a payload to where the platform only checks it, and read what it says.

        :raises TransportError: without an answer
        """
        raise NotImplementedError("%s must implement ask(payload)" % type(self).__name__)


def no_validation(response):
    # type: (Response) -> Problem
    """Word the problem of an answer that is no validation result."""
    text = "the answer (HTTP %d) is no validation result" % response.status
    return Problem("online", "unanswered", text)
