"""openpanel: what the golden requests do not show."""

from __future__ import absolute_import, division, print_function, unicode_literals

import pytest

import analytical
from analytical.errors import ConfigurationError
from analytical.testing import Collector, ProviderContract

CLIENT, SECRET = "0a9f4b6e-54a5-4d1c-9a3b-2f1c5ad1c001", "sec_planted-1a2b3c"
PAGE = {"dl": "https://example.com/", "ua": "Mozilla/5.0", "uip": "203.0.113.9"}


class TestContract(ProviderContract):
    name, account = "openpanel", CLIENT
    options = {"client_secret": SECRET}
    secrets = (SECRET,)
    ok, answer = 200, b'{"deviceId": "x", "sessionId": "y"}'


def make(collector, path=""):
    """Make a provider that sends to a collector."""
    url = collector.url + path
    return analytical.Provider("openpanel", CLIENT, client_secret=SECRET, url=url)


@pytest.mark.parametrize("account", [None, "", 7, "example.com", "G-ABC1234567", SECRET])
def test_the_account_is_a_uuid(account):
    """What is no client id is refused; a secret in its place is not repeated."""
    with pytest.raises(ConfigurationError) as caught:
        analytical.Provider("openpanel", account, client_secret=SECRET)
    assert "a UUID" in str(caught.value) and SECRET not in str(caught.value)


def test_the_secret_is_needed():
    """Without a secret hits would be refused, and the error names the option."""
    with pytest.raises(ConfigurationError) as caught:
        analytical.Provider("openpanel", CLIENT)
    assert "client_secret=" in str(caught.value)


@pytest.mark.parametrize(
    "path, target", [("", "/track"), ("/api", "/api/track"), ("/api/track", "/api/track")]
)
def test_a_server_of_ones_own(path, target):
    """The base address of an own server is enough; the secret is in a header alone."""
    with Collector() as collector:
        assert make(collector, path).pageview(PAGE)
        request = collector.requests[0]
    assert request.path == target
    assert request.headers["openpanel-client-secret"] == SECRET
    assert SECRET.encode("ascii") not in request.raw_body


def test_a_bot_is_no_visitor():
    """The answer 202 says that the hit was thrown away."""
    with Collector() as collector:
        collector.answer(202, b'{"bot": {"name": "x"}}')
        outcome = make(collector).pageview(PAGE)
    assert (outcome.state, outcome.reason) == ("rejected", "bot")


@pytest.mark.parametrize("name", ["session_start", "session_end"])
def test_reserved_names(name):
    """Events that the platform makes itself are found by validate()."""
    provider = analytical.Provider("openpanel", CLIENT, client_secret=SECRET)
    assert [(p.field, p.code) for p in provider.validate("event", name=name)] == [
        ("name", "reserved")
    ]
    assert provider.validate("event", name="signup") == []
