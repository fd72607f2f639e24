"""ProviderContract: what every provider keeps, ours and yours; inherit it in your tests."""

from __future__ import absolute_import, division, print_function, unicode_literals

import json
import logging
import time

from ..delivery.base import Envelope
from ..params import read
from .collector import Collector

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Text, Tuple

    from ..providers.base import BaseProvider

PAGEVIEW = {
    "dl": "https://example.com/shop?utm_source=mail",
    "dt": "Shop \u2713",
    "dr": "https://example.net/",
    "cid": "35009a79-1a05-49d7-b876-2b884d0f825b",
    "uip": "203.0.113.9",
    "ua": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "ul": "en-gb",
}
EVENT = dict(PAGEVIEW, ec="cart", ea="add", el="mug", ev="1")
PURCHASE = dict(
    PAGEVIEW, pa="purchase", ti="A-1", tr="21.40", cu="EUR", pr1id="MUG-1", pr1nm="Mug", pr1qt="2"
)


class ProviderContract(object):
    """
    The promises of a provider as tests. Subclass it under a name that pytest collects::

        class TestAcme(ProviderContract):
            name, account = "acme", "site-1"
            options = {"api_key": "planted-secret"}
            secrets = ("planted-secret",)

    :cvar str name: the registered name
    :cvar account: an account the provider takes
    :cvar dict options: its own options
    :cvar tuple secrets: the texts among account and options that must never show
    :cvar int ok: the HTTP status of a good answer
    :cvar bytes answer: the body of a good answer to one hit
    """

    name = ""
    account = ""  # type: Any
    options = {}  # type: Dict[str, Any]
    secrets = ()  # type: Tuple[Text, ...]
    ok = 200
    answer = b"{}"

    def make(self, collector, **more):
        # type: (Collector, **Any) -> BaseProvider
        """Make the provider, pointed at a collector."""
        import analytical

        options = dict(self.options, url=collector.url, **more)
        return analytical.Provider(self.name, self.account, **options)

    def hits(self):
        # type: () -> List[Tuple[Text, Dict[str, Any]]]
        """Give hits of Universal Analytics, which every platform takes."""
        return [("pageview", PAGEVIEW), ("event", EVENT), ("pageview", PURCHASE)]

    def envelopes(self, provider):
        # type: (BaseProvider) -> List[Envelope]
        """Make an envelope of each hit."""
        hits = [read(hit_type, params) for hit_type, params in self.hits()]
        return [Envelope(hit.id, hit.time, provider.payload(hit)) for hit in hits]

    def test_universal_analytics_hits_arrive(self):
        # type: () -> None
        """The params of Universal Analytics are delivered without change by the caller."""
        with Collector() as collector:
            collector.answer(self.ok, self.answer)
            provider = self.make(collector, fail_silently=False)
            for hit_type, params in self.hits():
                assert provider.track_hit(hit_type, params)
            assert collector.requests

    def test_a_batch_has_one_outcome_for_each_hit(self):
        # type: () -> None
        """batch() gives outcomes in the order of the hits, and a bad hit harms no other."""
        with Collector() as collector:
            collector.answer(self.ok, self.answer)
            outcomes = self.make(collector).batch(self.hits() + [("pageview", {"dl": object()})])
            assert [bool(outcome) for outcome in outcomes] == [True] * len(self.hits()) + [False]

    def test_payloads_are_json(self):
        # type: () -> None
        """A payload is a dict that JSON carries unchanged, so that queues and brokers can hold it."""
        with Collector() as collector:
            for envelope in self.envelopes(self.make(collector)):
                assert json.loads(json.dumps(envelope.payload)) == envelope.payload

    def test_a_retry_is_the_same_hit(self):
        # type: () -> None
        """The same envelopes at the same moment make the same requests, read back from JSON or not."""
        with Collector() as collector:
            provider = self.make(collector)  # type: Any
            sent = self.envelopes(provider)
            again = [
                Envelope(each.id, each.time, json.loads(json.dumps(each.payload))) for each in sent
            ]
            now = time.time()
            first = [(r.url, r.headers, sorted(r.body)) for r in provider.requests(sent, now)]
            assert first == [
                (r.url, r.headers, sorted(r.body)) for r in provider.requests(again, now)
            ]

    def test_failures_are_outcomes(self):
        # type: () -> None
        """A refused connection, an error answer and a silent server never raise, and say why."""
        with Collector() as collector:
            provider = self.make(collector, timeout=0.5)
            collector.answer(503)
            busy = provider.pageview(PAGEVIEW)
            collector.answer(400)
            refused = provider.pageview(PAGEVIEW)
        assert (busy.state, busy.reason) == ("retry", "http_503")
        assert refused.state == "rejected"
        gone = provider.pageview(PAGEVIEW)
        assert (gone.state, gone.reason) == ("retry", "connection")

    def test_secrets_never_show(self):
        # type: () -> None
        """No repr, payload, log line or error text holds a credential."""
        records = []  # type: List[logging.LogRecord]
        handler = logging.Handler()
        handler.emit = records.append  # type: ignore[assignment,method-assign]
        logging.getLogger().addHandler(handler)
        talker = logging.getLogger("urllib3")
        level = talker.level
        talker.setLevel(logging.DEBUG)  # then it logs the address of each request
        try:
            with Collector() as collector:
                provider = self.make(collector)
                provider.pageview(PAGEVIEW)
                shown = [repr(provider), repr(provider.__dict__), repr(self.envelopes(provider))]
            provider.pageview(PAGEVIEW)
            provider.guard.fail_silently = False
            try:
                provider.pageview(PAGEVIEW)
            except Exception as error:
                shown += [str(error), repr(error), repr(error.__dict__)]
        finally:
            talker.setLevel(level)
            logging.getLogger().removeHandler(handler)
        shown += [record.getMessage() for record in records]
        assert not [secret for secret in self.secrets if any(secret in text for text in shown)]
