"""Access tokens of Google by the library google-auth (extra ``google``), over our own transport."""

from __future__ import absolute_import, division, print_function, unicode_literals

import calendar
import importlib
import io
import json

import six

from ..errors import ConfigurationError, MissingDependency
from .http import Request

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Mapping, Optional, Sequence, Text, Tuple

    from ..secrets import Secret
    from .http import Response
    from .transport import Transport

TIMEOUT = 30.0  # seconds that one request for a token may take; nobody waits for it that long
NEVER = float("inf")

# What a credentials file says it is -> where google-auth reads it.
_KINDS = {
    "service_account": ("google.oauth2.service_account", "from_service_account_info"),
    "authorized_user": ("google.oauth2.credentials", "from_authorized_user_info"),
}


class Fetch(object):
    """
    Fetches tokens for :class:`~analytical.delivery.tokens.Tokens`.

    :param credentials: of google-auth; None for those of the environment, which are looked for when the
        first token is, for that can take seconds
    :param transport: what the requests for tokens go through
    :param scopes: what the tokens are for
    :raises MissingDependency: without google-auth
    """

    def __init__(self, credentials, transport, scopes):
        # type: (Any, Transport, Sequence[Text]) -> None
        self._auth = load("google.auth")
        if credentials is not None:
            credentials = load("google.auth.credentials").with_scopes_if_required(
                credentials, scopes
            )
        self._credentials = credentials
        self._scopes = scopes
        self._caller = Caller(transport)

    def __call__(self, stale):
        # type: (Optional[Secret]) -> Tuple[Any, float]
        if self._credentials is None:
            self._credentials, _ = self._auth.default(scopes=self._scopes)
        held = self._credentials
        if not held.valid or (stale is not None and held.token == stale.reveal()):
            held.refresh(self._caller)
        return held.token, NEVER if held.expiry is None else unix(held.expiry)

    @property
    def project(self):
        # type: () -> Optional[Text]
        """The project that pays for requests, where the credentials name one."""
        return getattr(self._credentials, "quota_project_id", None)


class Caller(object):
    """The transport in the shape that google-auth calls."""

    def __init__(self, transport):
        # type: (Transport) -> None
        self._transport = transport

    def __call__(self, url, method="GET", body=None, headers=None, timeout=None, **others):
        # type: (Text, Text, Any, Optional[Mapping[Text, Text]], Optional[float], **Any) -> Answer
        content = six.ensure_binary(body or b"")
        request = Request(method, url, dict(headers or {}), content)
        return Answer(self._transport.send(request, TIMEOUT))


class Answer(object):
    """A response in the shape that google-auth reads."""

    def __init__(self, response):
        # type: (Response) -> None
        self.status = response.status
        self.headers = response.headers
        self.data = response.body


def from_file(path, scopes):
    # type: (Text, Sequence[Text]) -> Any
    """
    Read credentials from the JSON file of a service account, or of a user (gcloud makes those).

    :raises ConfigurationError: for a file that cannot be read, or holds something else
    :raises MissingDependency: without google-auth
    """
    failure = ""
    try:
        with io.open(path, encoding="utf-8") as file:
            info = json.load(file)
        kind = info["type"]
    except (IOError, OSError, ValueError, KeyError, TypeError) as error:
        failure = type(error).__name__
    # Raised outside the handlers: what failed underneath can hold a part of the key, or all of the file.
    if failure:
        raise ConfigurationError("credentials_file= cannot be read: %s" % failure)
    if kind not in _KINDS:
        raise ConfigurationError(
            "credentials_file= takes the file of a service account or of a user: pass other credentials "
            "as credentials=, or name their file in GOOGLE_APPLICATION_CREDENTIALS"
        )
    module, maker = _KINDS[kind]
    try:
        return getattr(load(module).Credentials, maker)(info, scopes=scopes)
    except (ValueError, TypeError, KeyError) as error:
        failure = type(error).__name__
    raise ConfigurationError("credentials_file= holds no usable credentials: %s" % failure)


def load(module):
    # type: (Text) -> Any
    """
    Import a module of google-auth.

    :raises MissingDependency: without it
    """
    try:
        return importlib.import_module(str(module))
    except ImportError as error:
        raise MissingDependency(
            "Google's tokens need google-auth, for Python 3: pip install 'analytical[google]' (%s)"
            % error
        )


def unix(moment):
    # type: (Any) -> float
    """Give a datetime, naive ones being UTC, as Unix seconds."""
    return float(calendar.timegm(moment.utctimetuple()))
