"""
The vendors' SDKs and we send the same hits: what differs is in the table, with a reason, or it fails.

``tox -e conformance`` installs the SDKs and runs this. Each SDK is a process of its own, which can
reach nothing but the collector, and has 30 seconds.

Compared with no SDK:

- goatcounter: it publishes none, only the script for pages and a description of its API
- googledatamanager: Google's client only speaks to a server with TLS, by credentials of its own
- console, memory, sqlite, fanout: they have no wire format of a vendor
"""

from __future__ import absolute_import, division, print_function, unicode_literals

import json
import os
import subprocess
import sys
import time

import pytest
from comparison import differences, flatten, is_like
from expected import EXPECTED

import analytical
from analytical.testing import Collector

HERE = os.path.dirname(os.path.abspath(__file__))
SECONDS = 30
# Enough of an answer for every SDK; one of them only ends when the connection does.
ANSWER = b'{"status": 1, "code": 200, "success": true, "cache": "", "sessionId": "", "visitId": ""}'
ANSWER_HEADERS = {"Content-Type": "application/json", "Connection": "close"}

FACTS = {
    "site": "example.com",
    "url": "https://example.com/shop/mugs?size=l",
    "path": "/shop/mugs",
    "search": "?size=l",
    "title": "Mugs \u2713",
    "referrer": "https://example.net/",
    "referring_domain": "example.net",
    "client_id": "35009a79-1a05-49d7-b876-2b884d0f825b",
    "user_id": "user-7",
    "session_id": "1750000000",
    "user_ip": "203.0.113.9",
    "user_agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "language": "en-GB",
    "screen_resolution": "1920x1080",
    "name": "signup",
    "properties": {"plan": "pro", "seats": 3},
    "category": "account",
    "action": "signup",
    "label": "pro",
    "value": 3,
}
PAGE = ("url", "title", "referrer")
VISITOR = ("user_ip", "user_agent")
FREE = ("name", "properties")
STRUCTURED = ("category", "action", "label", "value")
# Plausible takes a short name for each of its own.
PLAUSIBLE = {"n": "name", "u": "url", "d": "domain", "r": "referrer", "p": "props"}
PLAUSIBLE = {"body." + short: "body." + name for short, name in PLAUSIBLE.items()}


class Case(object):
    """
    One SDK beside one of our providers.

    :ivar dict facts: what differs from FACTS for the sake of the platform's forms
    :ivar dict fields: what we are told, by the type of hit: ``fields`` of both, ``event`` of events
        besides, ``page`` of page views
    :ivar dict names: {the SDK's key: ours}, where the platform takes both
    """

    def __init__(self, provider, account, fields, event=FREE, page=(), npm=False, **more):
        self.provider, self.account = provider, account
        self.fields = {"pageview": fields + page, "event": fields + event}
        self.options = more.pop("options", {})
        self.names = more.pop("names", {})
        self.facts, self.npm = more, npm


WEBSITE = "b59e9c65-ae32-47f1-8400-119fcf4861c4"
TOKEN = "0123456789abcdef0123456789abcdef"
ACCESS_KEY = "pa_" + 45 * "k"
IDS = VISITOR + ("client_id", "timestamp")
ALL = IDS + ("user_id", "language", "screen_resolution")
UMAMI = PAGE + VISITOR + ("user_id", "language", "screen_resolution", "timestamp")
SEGMENT = PAGE + IDS + ("user_id", "language")
SITE = ("plausible", "example.com", VISITOR + ("url", "referrer"))
CASES = {
    "posthog": Case("posthog", "phc_planted", PAGE + IDS),
    "posthog-node": Case("posthog", "phc_planted", PAGE + IDS, npm=True),
    "segment-analytics-python": Case("segment", "planted", SEGMENT, page=("name",)),
    "@segment/analytics-node": Case("segment", "planted", SEGMENT, page=("name",), npm=True),
    "rudder-sdk-python": Case(
        "segment", "planted", SEGMENT, page=("name",), options={"flavor": "rudderstack"}
    ),
    "snowplow-tracker": Case("snowplow", "shop", ALL, STRUCTURED, page=PAGE),
    "matomo-tracker": Case(
        "matomo",
        "1",
        PAGE + ALL,
        STRUCTURED,
        npm=True,
        options={"token_auth": TOKEN},
        token=TOKEN,
        client_id="0123456789abcdef",
    ),
    "@plausible-analytics/tracker": Case(*SITE, page=("title",), npm=True, names=PLAUSIBLE),
    "plausible-tracker": Case(*SITE, page=("title",), npm=True, names=PLAUSIBLE),
    "pirsch-sdk": Case(
        "pirsch",
        "example.com",
        PAGE + VISITOR + ("language", "screen_resolution", "timestamp"),
        npm=True,
        options={"access_key": ACCESS_KEY},
        access_key=ACCESS_KEY,
    ),
    "universal-analytics": Case(
        "googleanalytics",
        "UA-1-1",
        PAGE + VISITOR + ("client_id", "user_id", "language", "screen_resolution"),
        STRUCTURED,
        npm=True,
    ),
    "ga4mp": Case(
        "googleanalytics4",
        "G-ABC1234567",
        ("timestamp", "client_id", "session_id"),
        page=PAGE,
        options={"api_secret": "planted"},
        api_secret="planted",
        client_id="12345.6789",
    ),
    "mixpanel": Case(
        "mixpanel",
        "planted",
        PAGE + ("user_ip", "client_id", "user_id", "timestamp"),
        names={"param.data": "body.0"},
    ),
    "amplitude-analytics": Case("amplitude", "planted", PAGE + IDS + ("user_id", "language")),
    "umami-analytics": Case("umami", WEBSITE, UMAMI),
    "@umami/node": Case("umami", WEBSITE, UMAMI, npm=True),
}


def environment():
    """Give our environment without proxies: the collector is on this machine."""
    kept = {name: os.environ[name] for name in os.environ if not name.lower().endswith("_proxy")}
    return dict(kept, NO_PROXY="*", PYTHONIOENCODING="utf-8")


def run(command, facts):
    """Run an SDK, and show what it says where it fails."""
    done = subprocess.run(  # novm
        command,
        input=json.dumps(facts).encode("ascii"),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=environment(),
        timeout=SECONDS,
    )
    assert done.returncode == 0, done.stdout.decode("utf-8", "replace")


def received(send):
    """Give the one request that comes of a call of ``send`` with the collector's address."""
    with Collector() as collector:
        collector.answer(200, ANSWER, ANSWER_HEADERS)
        send(collector.url)
        (request,) = collector.wait(1)
        return request


def compare(sdk, case, kind, command):
    """Let both send the hit, and give the differences."""
    facts = dict(FACTS, account=case.account, timestamp=int(time.time()))
    facts.update(case.facts)

    def ours(url):
        provider = analytical.Provider(
            case.provider, case.account, url=url, fail_silently=False, **case.options
        )
        assert provider.track_hit(kind, {name: facts[name] for name in case.fields[kind]})

    theirs = received(lambda url: run(command + [sdk, kind, url], facts))
    return differences(flatten(theirs, case.names), flatten(received(ours), {}))


@pytest.mark.parametrize("sdk", sorted(CASES))
def test_sdk(sdk, request):
    """A page view and an event of an SDK differ from ours in what the table says, and nothing else."""
    case = CASES[sdk]
    if case.npm:
        folder = request.getfixturevalue("npm_folder")
        command = ["node", os.path.join(HERE, "node_clients.js"), folder]
    else:
        command = [sys.executable, os.path.join(HERE, "python_clients.py")]
    unused, unexpected = set(EXPECTED.get(sdk, ())), []
    for kind in ("pageview", "event"):
        for difference, values in compare(sdk, case, kind, command).items():
            entries = [entry for entry in EXPECTED.get(sdk, ()) if is_like(difference, entry)]
            unused.difference_update(entries)
            if not entries:
                unexpected.append("%s %s: theirs %r, ours %r" % ((kind, difference) + values))
    unused = ["in the table, and no difference any more: " + entry for entry in sorted(unused)]
    if unexpected or unused:
        pytest.fail("\n".join(unexpected + unused), pytrace=False)


def test_the_table_is_of_these_sdks():
    """Every SDK has its part of the table, and no other has."""
    assert set(EXPECTED) == set(CASES)
