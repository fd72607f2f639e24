"""
Google Analytics 4, by Google's Data Manager API, the successor of the Measurement Protocol.

One bad event makes Google refuse a whole request: the answer names it, and the others are sent again.

Names and limits: https://developers.google.com/data-manager/api
"""

from __future__ import absolute_import, division, print_function, unicode_literals

import time

import six

from .. import _json
from ..delivery.base import REJECTED, RETRY, Outcome, envelope_of
from ..delivery.googleauth import Fetch, from_file
from ..delivery.http import Request
from ..delivery.tokens import GivenTokens, Tokens
from ..errors import ConfigurationError, TransportError
from ..hit import Problem
from ..secrets import Secret, describe
from . import datamanager_answers as answers
from . import datamanager_events, facts, google_events, google_visitors
from .google_streams import StreamProvider
from .options import Option

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Sequence, Text, Union

    from ..delivery.base import Envelope, Payload
    from ..delivery.http import Part, Response
    from ..hit import Hit

SCOPES = ("https://www.googleapis.com/auth/datamanager",)
PROPERTY = "GOOGLE_ANALYTICS_PROPERTY"
AHEAD = 60  # seconds; Google takes no hit of the future, and clocks differ
ROUNDS = 5  # how often a request is sent again without the hits that the answer names


class Provider(StreamProvider):
    """
    Sends hits by the Data Manager API.

    :param str data: the measurement id of a web stream, ``G-...``
    :param str property_id: the number of the property that the stream belongs to
    :param credentials: of google-auth, or a callable that gives an access token as text
    """

    name = "googledatamanager"
    OPTIONS = StreamProvider.OPTIONS + (
        Option("property_id", "text", None, "the number of the property; needed"),
        Option(
            "credentials",
            "object",
            None,
            "of google-auth, or a callable that gives a token; those of the environment if left out",
        ),
        Option("credentials_file", "text", None, "the JSON file of a service account or a user"),
        Option("token", "secret", None, "an access token of your own; it lives about an hour"),
    )
    URL = "https://datamanager.googleapis.com"
    PATHS = ("/v1/events:ingest",)
    MAX_AGE = (
        StreamProvider.MAX_AGE - 300
    )  # what is too old on arrival makes the whole request fail
    MAX_COUNT = 2000  # events
    MAX_BYTES = 5000000  # no limit is documented
    SEPARATOR = b","
    RENAMES = {"user_id": "userId"}
    BUILT = dict(
        google_events.BUILT,
        client_id="clientId, appInstanceId",
        user_ip="eventDeviceInfo.ipAddress",
        user_agent="eventDeviceInfo.userAgent",
        language="eventDeviceInfo.languageCode",
        screen_resolution="eventDeviceInfo.screenWidth, eventDeviceInfo.screenHeight",
        anonymize_ip="eventDeviceInfo.ipAddress, shortened",
        no_personalized_ads="consent.adPersonalization",
        consent="consent.adUserData, consent.adPersonalization",
        timestamp="eventTimestamp",
        transaction_id="transactionId",
        revenue="conversionValue",
        currency="currency",
        name="eventName",
        action="eventName, params.event_action",
        product_action="eventName",
        coupon="cartData.couponCodes",
        affiliation="cartData.items: affiliation",
        items="cartData.items",
    )
    PLACE = ("eventLocation", "regionCode", "subdivisionCode")
    CONSENT = ("adUserData", "adPersonalization")
    DECISIONS = {True: "CONSENT_GRANTED", False: "CONSENT_DENIED"}

    def __init__(self, data=None, **options):
        # type: (Any, **Any) -> None
        super(Provider, self).__init__(data, **options)
        self.tokens = self._tokens()

    def check_account(self, data):
        # type: (Any) -> Any
        number = self.options["property_id"]
        if number is None or not number.strip().isdigit():
            raise ConfigurationError(
                "googledatamanager needs property_id=, the number of the property: Admin > Property details"
            )
        self.property_id = number.strip()
        return super(Provider, self).check_account(data)

    def _tokens(self):
        # type: () -> Union[Tokens, GivenTokens]
        names = ("credentials", "credentials_file", "token")
        given = [name for name in names if self.options[name] is not None]
        if len(given) > 1:
            raise ConfigurationError("give one of %s" % " and ".join(name + "=" for name in given))
        credentials, token = self.options["credentials"], self.options["token"]
        self._fetch = None  # type: Optional[Fetch]
        if token is not None:
            return GivenTokens(token.reveal)
        if self.options["credentials_file"] is not None:
            credentials = from_file(self.options["credentials_file"], SCOPES)
        elif callable(credentials):
            return GivenTokens(credentials)
        elif credentials is not None and not hasattr(credentials, "refresh"):
            raise ConfigurationError(
                "credentials= takes credentials of google-auth, or a callable that gives a token, not %s"
                % describe(credentials)
            )
        self._fetch = Fetch(credentials, self.transport, SCOPES)
        return Tokens(self._fetch)

    # Hit -> payload.

    def build(self, hit, entries):
        # type: (Hit, Dict[Text, Any]) -> Dict[Text, Any]
        if self.is_app:
            entries["appInstanceId"] = google_visitors.app_instance_id(hit)
        else:
            entries["clientId"] = google_visitors.client_id(hit)
        entries["eventSource"] = "APP" if self.is_app else "WEB"
        device, consent = datamanager_events.device(hit), self.consent(hit)
        if device:
            entries["eventDeviceInfo"] = device
        if consent:
            entries["consent"] = consent
        entries["events"] = self.events(hit)
        return entries

    # Payload -> requests.

    def encode(self, envelope, now):
        # type: (Envelope, float) -> bytes
        shared = {key: value for key, value in envelope.payload.items() if key != "events"}
        moment = facts.iso_time(envelope.time)
        events = [datamanager_events.ingested(e, moment) for e in envelope.payload["events"]]
        return b",".join(_json.dumps(dict(shared, **event)) for event in events)

    def refusal(self, envelope, data, now):
        # type: (Envelope, bytes, float) -> Optional[Outcome]
        if envelope.time > now + AHEAD:
            return Outcome(REJECTED, "in_future", sent=False, detail="Google takes no such hit")
        return super(Provider, self).refusal(envelope, data, now)

    def group(self, envelope):
        # type: (Envelope) -> bool
        return "userData" in envelope.payload

    def weight(self, envelope):
        # type: (Envelope) -> int
        return len(envelope.payload["events"])

    def overhead(self, group):
        # type: (bool) -> int
        return len(self._head(group, False)) + len(b"]}")

    def request(self, parts, now):
        # type: (Sequence[Part], float) -> Request
        return self._request(parts, False)

    def _request(self, parts, validate_only):
        # type: (Sequence[Part], bool) -> Request
        headers = {"Content-Type": "application/json"}
        token = self.tokens.current() or self.options["token"]
        if token is not None:
            headers["Authorization"] = "Bearer " + token.reveal()
        if self._fetch is not None and self._fetch.project:
            headers["x-goog-user-project"] = self._fetch.project
        head = self._head(parts[0].key, validate_only)
        body = head + b",".join(part.data for part in parts) + b"]}"
        return Request("POST", self.endpoint(), headers, body, parts)

    def _head(self, hashes, validate_only):
        # type: (bool, bool) -> bytes
        account = {"accountType": PROPERTY, "accountId": self.property_id}
        destination = {
            "operatingAccount": account,
            "loginAccount": account,
            "productDestinationId": self.data,
        }
        start = {"destinations": [destination]}  # type: Dict[Text, Any]
        if hashes:
            start["encoding"] = "HEX"  # of the hashes in userData
        if validate_only:
            start["validateOnly"] = True
        return _json.dumps(start)[:-1] + b',"events":['

    # The way out.

    def _exchange(self, group, now):
        # type: (List[Part], float) -> List[Outcome]
        outcomes = self._authorized(group, now)
        for _ in range(ROUNDS):
            held = [place for place, each in enumerate(outcomes) if each.reason == answers.HELD]
            if not held:
                break
            for place, again in zip(held, self._authorized([group[n] for n in held], now)):
                outcomes[place] = again
        return outcomes

    def _authorized(self, group, now):
        # type: (List[Part], float) -> List[Outcome]
        """Send with a valid token; one that Google does not take is renewed once."""
        outcomes = []  # type: List[Outcome]
        for _ in range(2):
            try:
                self.tokens.ensure(self.timeout)
            except TransportError as error:
                why = six.text_type(error)
                return [Outcome(RETRY, error.reason, sent=False, detail=why)] * len(group)
            token = self.tokens.current()
            outcomes = super(Provider, self)._exchange(group, now)
            if outcomes[0].status != 401:
                break
            self.tokens.discard(token)
        return outcomes

    def read(self, response, parts):
        # type: (Response, Sequence[Part]) -> List[Outcome]
        """200 names what was ignored; an error names the events that made it refuse all of them."""
        owners = [place for place, part in enumerate(parts) for _ in range(part.weight)]
        return answers.outcomes(response, owners, len(parts))

    def secrets(self):
        # type: () -> List[Secret]
        """List the credentials, the current token among them."""
        tokens = getattr(self, "tokens", None)  # the transport is made before them
        token = tokens.current() if tokens is not None else None
        return super(Provider, self).secrets() + ([] if token is None else [token])

    # Checks.

    def ask(self, payload):
        # type: (Payload) -> List[Problem]
        """Send a payload with ``validateOnly``: Google checks it, and stores nothing."""
        envelope = envelope_of(payload)
        self.tokens.ensure(self.timeout)
        part = self.part(envelope, time.time())
        response = self.answer_to(self._request([part], True))
        return answers.problems(response)

    def problems(self, hit):
        # type: (Hit) -> List[Problem]
        """List what is wrong with a hit by Google's reference."""
        found = super(Provider, self).problems(hit)
        if hit.time > time.time() + AHEAD:
            found.append(
                Problem("timestamp", "in_future", "lies in the future: the hit is refused")
            )
        found.extend(datamanager_events.problems(hit))
        return found
