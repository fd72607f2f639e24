"""What is known of user agents: answers that are remembered, and which of them are spiders."""

from __future__ import absolute_import, division, print_function, unicode_literals

import collections
import importlib

from .._agents import REMEMBERED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Deque, Dict, Text

_SPIDER = "Spider"


class Remembered(object):
    """
    Remembers a function's answers on the last 2,048 new user agents, in memory only.

    Each step is atomic by itself: threads need no lock, and no fork can leave one locked.
    """

    def __init__(self, function):
        # type: (Callable[[Text], Any]) -> None
        self._function = function
        self._answers = {}  # type: Dict[Text, Any]
        self._order = collections.deque()  # type: Deque[Text]

    def __call__(self, text):
        # type: (Text) -> Any
        try:
            return self._answers[text]
        except KeyError:
            pass
        answer = self._answers[text] = self._function(text)
        # After the dict: whatever is in that is here as well, so that both stay bounded.
        self._order.append(text)
        if len(self._order) > REMEMBERED:
            self._answers.pop(self._order.popleft(), None)
        return answer


def load_is_spider():
    # type: () -> Callable[[Text], bool]
    """Make a function: user agent -> whether the device is a spider, as ``user_agents`` calls a bot."""
    # Of the patterns for devices, far the most of all, only those for spiders; they come first.
    ua_parser = importlib.import_module(str("ua_parser"))
    resolver = getattr(ua_parser, "BestAvailableResolver", None)
    if resolver is None:
        parser = importlib.import_module(str("ua_parser.user_agent_parser"))
        patterns = [p for p in parser.DEVICE_PARSERS if p.device_replacement == _SPIDER]
        return lambda text: any(pattern.Parse(text)[0] == _SPIDER for pattern in patterns)

    _, _, devices = ua_parser.load_lazy_builtins()
    resolve = resolver(([], [], [device for device in devices if _names_spider(device)]))
    wanted = ua_parser.Domain.DEVICE
    return lambda text: getattr(resolve(text, wanted).device, "family", None) == _SPIDER


def _names_spider(device):
    # type: (Any) -> bool
    family = getattr(device, "family", None)
    return bool(family == _SPIDER)
