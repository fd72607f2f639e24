"""Access tokens that end after a while: kept, and renewed in a thread of their own before they do."""

from __future__ import absolute_import, division, print_function, unicode_literals

import os
import re
import threading
import time

import six

from .._compat import monotonic
from ..errors import TransportError
from ..secrets import Secret

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Optional, Text, Tuple

    Fetch = Callable[[Optional[Secret]], Tuple[Any, float]]

EARLY = 300.0  # seconds before its end at which a token is renewed; they live for about an hour
PAUSE = 10.0  # seconds after a failure in which nobody waits for another attempt
REASON = "token"
_CODE = re.compile(r"[a-z_]{3,40}\Z")  # of RFC 6749, section 5.2


class Tokens(object):
    """
    Keeps one token. Whoever sends waits for a token only where there is none that is valid.

    :param fetch: asked with the token that is of no more use, or None; gives a token and its end, Unix
        seconds. It runs in a daemon thread, so that a slow server holds up nobody for longer than the
        timeout.
    """

    def __init__(self, fetch):
        # type: (Fetch) -> None
        self._fetch = fetch
        self._stale = None  # type: Optional[Secret]
        self._token = None  # type: Optional[Secret]
        self._end = 0.0
        self._begin()

    def _begin(self):
        # type: () -> None
        """Start without a renewal under way: threads do not live on in a forked child."""
        self._pid = os.getpid()
        self._lock = threading.Lock()
        self._done = None  # type: Optional[threading.Event]
        self._failure = ""
        self._failed_at = 0.0

    def current(self):
        # type: () -> Optional[Secret]
        """Give the token there is, without waiting; None where there is none."""
        return self._token

    def ensure(self, timeout):
        # type: (float) -> None
        """
        See to it that there is a valid token.

        :param timeout: seconds to wait for one
        :raises TransportError: without one
        """
        if self._pid != os.getpid():
            self._begin()
        left = self._end - time.time()
        if left > EARLY:
            return
        done = self._renew()
        if left <= 0:
            done.wait(timeout)
            if self._end <= time.time():
                why = self._failure or "timeout"
                raise TransportError("no access token: %s" % why, REASON, sent=False)

    def discard(self, token):
        # type: (Optional[Secret]) -> None
        """Forget a token that the platform did not take, unless there is another already."""
        if token is not None and self._token == token:
            self._stale, self._token, self._end = token, None, 0.0

    def _renew(self):
        # type: () -> threading.Event
        """Start a renewal, unless one is under way or has just failed; give the event of its end."""
        with self._lock:
            if self._done is not None and not self._may_start(self._done):
                return self._done
            done = self._done = threading.Event()
        thread = threading.Thread(target=self._run, args=(done,), name="analytical-token")
        thread.daemon = True
        try:
            thread.start()
        except RuntimeError:  # no thread starts any more while the interpreter ends
            self._run(done)
        return done

    def _may_start(self, done):
        # type: (threading.Event) -> bool
        return done.is_set() and not (self._failure and monotonic() - self._failed_at < PAUSE)

    def _run(self, done):
        # type: (threading.Event) -> None
        try:
            token, end = self._fetch(self._token or self._stale)
            self._token, self._end, self._failure = Secret(token), end, ""
        except (
            Exception
        ) as error:  # whatever it is, no hit can be sent, and the next attempt may do
            self._failure, self._failed_at = describe_failure(error), monotonic()
        finally:
            done.set()


class GivenTokens(object):
    """
    Tokens that the user keeps: asks for one before each request.

    :param source: a callable that gives the token as text
    """

    def __init__(self, source):
        # type: (Callable[[], Any]) -> None
        self._source = source
        self._token = None  # type: Optional[Secret]

    def current(self):
        # type: () -> Optional[Secret]
        """Give the last token that was given, without asking."""
        return self._token

    def ensure(self, timeout):
        # type: (float) -> None
        """
        Ask for a token.

        :raises TransportError: where the callable raises, or gives no text
        """
        failure = ""
        try:
            self._token = Secret(self._source())
        except Exception as error:  # the user's code may raise anything
            failure = describe_failure(error)
        if failure:
            raise TransportError("no access token: %s" % failure, REASON, sent=False)

    def discard(self, token):
        # type: (Optional[Secret]) -> None
        """Forget a token that the platform did not take."""
        self._token = None


def describe_failure(error):
    # type: (Exception) -> Text
    """Say what went wrong without the error's text, which can hold a part of a key or an account."""
    if isinstance(error, TransportError):  # ours: it names the host and the reason
        return "%s" % error
    for part in error.args:  # google-auth passes on what the token server answered
        code = part.get("error") if isinstance(part, dict) else None
        if isinstance(code, six.text_type) and _CODE.match(code):
            return "%s, %s" % (type(error).__name__, code)
    return type(error).__name__
