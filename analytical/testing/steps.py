"""Steps of the delivery contract: hits told apart by their titles, and waits that end."""

from __future__ import absolute_import, division, print_function, unicode_literals

import io
import json
import os
import signal
import threading
import time
import warnings

from .._compat import monotonic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List, Text

    from ..delivery.base import Outcome
    from ..providers.base import BaseProvider
    from .collector import Collector
    from .received import Received

POISON = "poison"
PATIENCE = 60.0  # seconds; a safety net, not a measure


def params(title):
    # type: (Text) -> Dict[str, Any]
    return {str("url"): "https://example.com/", str("title"): title, str("client_id"): "1.2"}


def pageview(provider, title):
    # type: (BaseProvider, Text) -> Outcome
    return provider.pageview(params(title))


def send_some(provider, who):
    # type: (BaseProvider, Text) -> bool
    sent = [pageview(provider, "%s-%d" % (who, number)) for number in range(5)]
    return all(bool(outcome) for outcome in sent)


def no_robots(hit):
    # type: (Any) -> Any
    return None if hit.get("title") == "robot" else hit


def take(request):
    # type: (Received) -> Any
    """Answer as Mixpanel does: the poisoned events are refused, the others taken."""
    bad = [
        {"index": index, "field": "event"}
        for index, title in enumerate(titles_of(request))
        if title == POISON
    ]
    answer = {"code": 400 if bad else 200, "failed_records": bad}
    return answer["code"], None, json.dumps(answer).encode("ascii")


def titles_of(request):
    # type: (Received) -> List[Text]
    return [event["properties"]["current_page_title"] for event in request.json]


def titles(collector):
    # type: (Collector) -> List[Text]
    return sum([titles_of(request) for request in collector.requests], [])


def total(stats):
    # type: (Dict[Text, Any]) -> int
    """Sum up what became of hits."""
    numbers = [stats["delivered"], stats["queued"]]
    return sum(numbers + [sum(stats[name].values()) for name in ("retry", "rejected", "dropped")])


def until(condition):
    # type: (Callable[[], bool]) -> None
    deadline = monotonic() + PATIENCE
    while not condition():
        assert monotonic() < deadline, "it did not happen in %d seconds" % PATIENCE
        time.sleep(0.01)


def returns(function):
    # type: (Callable[[], Any]) -> Any
    """Give what a function returns, which it must do in time."""
    found = []  # type: List[Any]
    thread = threading.Thread(target=lambda: found.append(function()))
    thread.daemon = True
    thread.start()
    thread.join(PATIENCE)
    assert found, "it did not return in %d seconds" % PATIENCE
    return found[0]


def fork():
    # type: () -> int
    with warnings.catch_warnings():
        # Python 3.12 warns where there are threads; that it works nevertheless is what is tested.
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


def leave(function):
    # type: (Callable[[], Any]) -> None
    """End a child that was forked, past all of its parent's tests, and say how it went."""
    signal.alarm(int(PATIENCE))
    status = 1
    try:
        status = 0 if function() else 1
    finally:
        os._exit(status)


def read_all(folder):
    # type: (Text) -> bytes
    """Read all files below a folder."""
    contents = b""
    for directory, _, names in os.walk(folder):
        for name in names:
            with io.open(os.path.join(directory, name), "rb") as file:
                contents += file.read()
    return contents
