"""What providers themselves keep back: addresses of our own, and ids where rules forbid them."""

from __future__ import absolute_import, division, print_function, unicode_literals

import io
import json
import os
import socket

import pytest

import analytical
from analytical import registry
from analytical.testing import Collector

GOLDEN = os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, "providers", "golden")
# What the golden requests of a platform do without, and an address needs.
MORE = {"matomo": {"token_auth": "33dc3f2536d3025974cccb4b4d2d98f4"}}
LOCAL = {"sqlite", "console", "memory", "fanout"}
# What says to a platform that there is no address, where it would take ours otherwise.
NO_ADDRESS = {
    "mixpanel": '"ip":0',
    "posthog": '"$geoip_disable":true',
    "umami": '"ip":"0.0.0.0"',
}
NO_ADDRESS_HEADERS = {
    "plausible": ("X-Forwarded-For", "0.0.0.0"),
    "snowplow": ("SP-Anonymous", "*"),
}
REFUSES = {"pirsch"}  # a platform that takes no hit without an address
PROXY_HEADERS = (
    "X-Forwarded-For Forwarded X-Real-IP X-Client-IP Client-IP True-Client-IP CF-Connecting-IP "
    "X-Plausible-IP X-Forwarded-Host X-Forwarded Via X-Original-Forwarded-For"
).split()
HIT = {
    "dl": "https://example.com/",
    "ua": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "cid": "35009a79-1a05-49d7-b876-2b884d0f825b",
    "uid": "u-planted",
    "ec": "cart",
    "ea": "add",
}


def platforms():
    """List the providers that send, by their own names."""
    names = set(registry.names()) - LOCAL
    return sorted(name for name in names if registry.provider_class(name).name == name)


def sent(name, **fields):
    """Send a pageview and an event; give the requests that arrived, and the outcomes."""
    with io.open(os.path.join(GOLDEN, name + ".json"), encoding="utf-8") as file:
        golden = json.load(file)
    options = {str(key): value for key, value in golden.get("options", {}).items()}
    options.update(MORE.get(name, {}))
    options.pop("region", None)  # url= names an endpoint, as a region does
    with Collector() as collector:
        options["url"] = collector.url
        provider = analytical.Provider(name, golden["account"], **options)
        outcomes = [provider.track_hit(kind, HIT, **fields) for kind in ("pageview", "event")]
        return collector.requests, outcomes


def own_addresses():
    """List the addresses of this machine, as far as its name tells."""
    found = {"127.0.0.1", "::1"}
    try:
        found.update(entry[4][0] for entry in socket.getaddrinfo(socket.gethostname(), None))
    except (socket.error, UnicodeError):
        pass
    return found


def text(request):
    """Give all of a request but the name of the host it goes to."""
    headers = [
        name + ":" + request.headers[name] for name in request.headers if name.lower() != "host"
    ]
    return "\n".join([request.target, request.raw_body.decode("utf-8")] + headers)


@pytest.mark.parametrize("name", platforms())
def test_a_hit_without_an_address(name):
    """No address of ours is sent or implied: the platform's way to say so, and no header of a proxy."""
    requests, outcomes = sent(name)
    if name in REFUSES:
        assert requests == [] and [outcome.reason for outcome in outcomes] == ["invalid"] * 2
        return
    assert len(requests) == 2
    for request in requests:
        said = text(request)
        assert not [address for address in own_addresses() if address in said]
        header, value = NO_ADDRESS_HEADERS.get(name, (None, None))
        assert header is None or request.headers[header] == value
        found = [each for each in PROXY_HEADERS if each in request.headers and each != header]
        assert found == []
        assert NO_ADDRESS.get(name, "") in said.replace('": ', '":')


@pytest.mark.parametrize("name", platforms())
def test_a_hit_with_an_address(name):
    """The visitor's address stands in its one place, not in a header besides."""
    requests, _ = sent(name, user_ip="203.0.113.9")
    assert len(requests) == 2
    for request in requests:
        assert text(request).count("203.0.113.9") == 1
        assert NO_ADDRESS.get(name, "\0") not in text(request).replace('": ', '":')


@pytest.mark.parametrize("name", platforms())
@pytest.mark.parametrize(
    "address, common", [("203.0.113.9", "203.0."), ("2001:db8:1:2:3:4:5:6", "2001:db8:1::")]
)
def test_anonymize_ip(name, address, common):
    """anonymize_ip is obeyed before sending; Google's own protocol has aip for it, and uip as it came."""
    requests, _ = sent(name, user_ip=address, anonymize_ip=True)
    for request in requests:
        if name == "googleanalytics":
            assert "aip=1" in request.raw_body.decode("ascii")
        else:
            assert address not in text(request)
            assert common in text(request).replace("%3A", ":")
    assert len(requests) == 2


@pytest.mark.parametrize("name", ["plausible", "pirsch"])
def test_ids_stay_away(name):
    """A platform that counts visitors without ids, by its rules, gets none."""
    requests, _ = sent(name, user_ip="203.0.113.9", session_id="s-planted")
    assert len(requests) == 2
    for request in requests:
        for value in (HIT["cid"], HIT["uid"], "s-planted"):
            assert value not in text(request)


@pytest.mark.parametrize(
    "name, allowed, refused",
    [
        ("googleanalytics", None, ("npa=1",)),
        (
            "googleanalytics4",
            {"ad_user_data": "GRANTED", "ad_personalization": "GRANTED"},
            {"ad_user_data": "DENIED", "ad_personalization": "DENIED"},
        ),
        (
            "googledatamanager",
            {"adUserData": "CONSENT_GRANTED", "adPersonalization": "CONSENT_GRANTED"},
            {"adUserData": "CONSENT_DENIED", "adPersonalization": "CONSENT_DENIED"},
        ),
        (
            "segment",
            {"categoryPreferences": {"analytics": True, "ads": True}},
            {"categoryPreferences": {"analytics": True, "ads": False}},
        ),
    ],
)
def test_consent_is_passed_on(name, allowed, refused):
    """Platforms that take consent are told what the visitor said."""
    for ads, expected in ((True, allowed), (False, refused)):
        requests, _ = sent(name, consent={"analytics": True, "ads": ads})
        for request in requests:
            body = request.raw_body.decode("utf-8")
            if name == "googleanalytics":
                assert ("npa=1" in body) is not ads
            else:
                assert expected in list(values(json.loads(body), "consent"))


def values(data, name):
    """Find what stands under a name, at any depth."""
    if isinstance(data, dict):
        if name in data:
            yield data[name]
        data = list(data.values())
    if isinstance(data, list):
        for each in data:
            for found in values(each, name):
                yield found
