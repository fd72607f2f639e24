"""Tokens: kept, renewed before their end and off the request path, fetched by google-auth."""

from __future__ import absolute_import, division, print_function, unicode_literals

import base64
import datetime
import json
import logging
import os
import threading
import time

import pytest

import analytical
from analytical.delivery import googleauth, tokens
from analytical.errors import ConfigurationError, MissingDependency, TransportError
from analytical.secrets import Secret
from analytical.testing import Collector

PAGE = {"dl": "https://example.com/", "cid": "1234567890.1700000000"}
WAIT = 20  # seconds; a safety net


class Source(object):
    """Gives tokens one after the other, each valid for so many seconds."""

    def __init__(self, *seconds):
        self.seconds = list(seconds)
        self.stale = []
        self.threads = []
        self.go = threading.Event()
        self.go.set()

    def __call__(self, stale):
        self.threads.append(threading.current_thread())
        self.stale.append(stale and stale.reveal())
        assert self.go.wait(WAIT)
        seconds = self.seconds.pop(0)
        if seconds is None:
            raise KeyError("planted-text")
        return "token-%d" % len(self.stale), time.time() + seconds


def settle(kept):
    """Wait for the renewal that is under way."""
    assert kept._done.wait(WAIT)


def test_a_token_is_kept():
    """One token serves all requests until its end is near."""
    source = Source(3600)
    kept = tokens.Tokens(source)
    assert kept.current() is None
    for _ in range(3):
        kept.ensure(WAIT)
    assert kept.current() == Secret("token-1")
    assert source.stale == [None]


def test_a_token_is_renewed_before_its_end_while_others_send():
    """Near its end the old token is used on, without waiting, while a thread fetches the next."""
    source = Source(tokens.EARLY - 1, 3600)
    kept = tokens.Tokens(source)
    kept.ensure(WAIT)
    settle(kept)
    source.go.clear()
    for _ in range(3):  # would not return if it waited for the source
        kept.ensure(10 * WAIT)
        assert kept.current() == Secret("token-1")
    source.go.set()
    settle(kept)
    kept.ensure(WAIT)
    assert kept.current() == Secret("token-2")
    assert source.stale == [None, "token-1"]
    assert threading.current_thread() not in source.threads


def test_nobody_waits_longer_than_the_timeout():
    """While the token server is silent, sending fails in time and says so; it recovers by itself."""
    source = Source(3600)
    source.go.clear()
    kept = tokens.Tokens(source)
    with pytest.raises(TransportError) as caught:
        kept.ensure(0.01)
    assert (caught.value.reason, caught.value.sent) == ("token", False)
    source.go.set()
    settle(kept)
    kept.ensure(0.01)
    assert source.stale == [None]


def test_a_failure_is_not_repeated_for_each_hit():
    """After a failure hits fail at once for a while, and no text of the error shows."""
    source = Source(None, 3600)
    kept = tokens.Tokens(source)
    for _ in range(3):
        with pytest.raises(TransportError) as caught:
            kept.ensure(WAIT)
        assert str(caught.value) == "no access token: KeyError"
    assert len(source.stale) == 1
    kept._failed_at -= tokens.PAUSE
    kept.ensure(WAIT)
    assert kept.current() == Secret("token-2")


def test_a_discarded_token_is_fetched_anew():
    """A token that the platform refused is told to the source; one that is new already stays."""
    source = Source(3600, 3600)
    kept = tokens.Tokens(source)
    kept.ensure(WAIT)
    kept.discard(Secret("another"))
    assert kept.current() == Secret("token-1")
    kept.discard(Secret("token-1"))
    kept.ensure(WAIT)
    assert source.stale == [None, "token-1"] and kept.current() == Secret("token-2")


def test_many_threads_fetch_once():
    """Threads that all need the first token wait for one fetch."""
    source = Source(3600)
    source.go.clear()
    kept = tokens.Tokens(source)
    threads = [threading.Thread(target=kept.ensure, args=(WAIT,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    source.go.set()
    for thread in threads:
        thread.join(WAIT)
    assert source.stale == [None] and kept.current() == Secret("token-1")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_child_fetches_for_itself():
    """A renewal that was under way at the fork does not exist in the child, which starts its own."""
    source = Source(3600, 3600)
    source.go.clear()
    kept = tokens.Tokens(source)
    with pytest.raises(TransportError):
        kept.ensure(0.01)
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            source.go = threading.Event()
            source.go.set()
            kept.ensure(WAIT)
            code = 0 if kept.current() is not None else 2
        finally:
            os._exit(code)
    source.go.set()
    assert os.waitpid(pid, 0)[1] == 0


def test_given_tokens_are_secrets():
    """What a callable gives is kept as a Secret, and what is no text is a failure."""
    kept = tokens.GivenTokens(lambda: "planted")
    kept.ensure(WAIT)
    assert repr(kept.current()) == "Secret('****')"
    with pytest.raises(TransportError):
        tokens.GivenTokens(lambda: None).ensure(WAIT)


def test_without_google_auth_the_error_says_what_to_install():
    """A missing library is an error of configuration with the pip command."""
    with pytest.raises(MissingDependency) as caught:
        googleauth.load("google.auth.no_such_module")
    assert "pip install 'analytical[google]'" in str(caught.value)


# From here on with google-auth itself, where it can be installed.


@pytest.fixture
def google():
    """Give google.auth, or skip: there is none for Python 2."""
    return pytest.importorskip("google.auth")


@pytest.fixture(scope="module")
def key():
    """Generate an RSA key as PEM, by the library that google-auth itself uses."""
    pytest.importorskip("google.auth")
    try:
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric import rsa
    except ImportError:
        rsa = pytest.importorskip("rsa")
        return rsa.newkeys(1024)[1].save_pkcs1().decode("ascii")
    return (
        rsa.generate_private_key(public_exponent=65537, key_size=2048)
        .private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.TraditionalOpenSSL,
            serialization.NoEncryption(),
        )
        .decode("ascii")
    )


@pytest.fixture
def service_account(tmpdir, google, key):
    """Make the file of a service account whose token server is a collector."""
    with Collector() as server:
        path = tmpdir.join("key.json")
        info = {
            "type": "service_account",
            "project_id": "planted-project",
            "private_key_id": "planted-key-id",
            "private_key": key,
            "client_email": "robot@planted-project.example.com",
            "client_id": "1",
            "token_uri": server.url + "/token",
        }
        path.write(json.dumps(info))
        server.path = str(path)
        yield server


def give(server, token, seconds=3600, **order):
    """Have the token server answer with a token."""
    body = {"access_token": token, "expires_in": seconds, "token_type": "Bearer"}
    server.answer(200, json.dumps(body), headers={"Content-Type": "application/json"}, **order)


def make(collector, **options):
    """Make a provider that needs tokens."""
    return analytical.Provider(
        "googledatamanager",
        "G-ABC1234567",
        property_id="123456789",
        url=collector.url,
        timeout=WAIT,
        **options
    )


def claims(request):
    """Read the claims of the JWT that asks for a token."""
    part = request.form["assertion"].split(".")[1]
    return json.loads(base64.urlsafe_b64decode((part + "===").encode("ascii")).decode("utf-8"))


def test_a_service_account_signs_for_a_token(service_account):
    """The key file buys one token at its token server; hits go out with it."""
    give(service_account, "planted-access")
    with Collector() as collector:
        collector.answer(200, b'{"requestId":"r"}')
        provider = make(collector, credentials_file=service_account.path)
        assert service_account.requests == []
        assert provider.pageview(PAGE) and provider.pageview(PAGE)
        shown = [each.headers["Authorization"] for each in collector.requests]
    assert shown == ["Bearer planted-access"] * 2
    (asked,) = service_account.requests
    assert asked.form["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer"
    assert claims(asked)["scope"] == "https://www.googleapis.com/auth/datamanager"
    assert claims(asked)["iss"] == "robot@planted-project.example.com"


def test_a_refused_token_is_renewed(service_account):
    """After a 401 the library is asked for another token, though the first had not ended."""
    give(service_account, "first", times=1)
    give(service_account, "second")
    with Collector() as collector:
        collector.answer(401, times=1)
        collector.answer(200, b"{}")
        assert make(collector, credentials_file=service_account.path).pageview(PAGE)
        shown = [each.headers["Authorization"] for each in collector.requests]
    assert shown == ["Bearer first", "Bearer second"]


@pytest.mark.parametrize(
    "status, body, detail",
    [
        (
            400,
            '{"error":"invalid_grant","error_description":"planted"}',
            "RefreshError, invalid_grant",
        ),
        (401, "planted", "RefreshError"),
    ],
)
def test_a_refused_key_says_why(service_account, status, body, detail):
    """The hit waits for a key that works; the reason shows, the answer's own text does not."""
    service_account.answer(status, body)
    with Collector() as collector:
        provider = make(collector, credentials_file=service_account.path)
        outcome = provider.pageview(PAGE)
        assert collector.requests == []
    assert (outcome.state, outcome.reason, outcome.sent) == ("retry", "token", False)
    assert outcome.detail == "no access token: " + detail


def test_a_token_server_that_is_gone_is_a_failure_like_others(service_account):
    """Without an answer from the token server the hit waits, and nothing raises."""
    service_account.close()
    with Collector() as collector:
        outcome = make(collector, credentials_file=service_account.path).pageview(PAGE)
    assert (outcome.state, outcome.reason) == ("retry", "token")
    assert "no answer from http://127.0.0.1" in outcome.detail


def test_key_and_tokens_never_show(service_account, key):
    """Nothing of key file or token is logged, by us, urllib3 or google-auth, even at DEBUG."""
    give(service_account, "planted-access", times=1)
    service_account.answer(400, '{"error":"planted_grant"}')
    records, root = [], logging.getLogger()
    handler = logging.Handler()
    handler.emit = lambda record: records.append(handler.format(record))
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        with Collector() as collector:
            collector.answer(401)
            provider = make(collector, credentials_file=service_account.path)
            outcome = provider.pageview(PAGE)
            records.append(repr(provider.__dict__) + repr(outcome.detail))
            records.append(repr([provider.payload(analytical.params.read("pageview", PAGE))]))
    finally:
        root.setLevel(before)
        root.removeHandler(handler)
    assert len(records) > 4 and "planted_grant" in outcome.detail
    planted = ["planted-access", "planted-key-id", key.splitlines()[3]]
    assert not [text for text in planted if any(text in line for line in records)]


def test_a_file_with_a_broken_key_is_refused(tmpdir, google):
    """The error comes when the provider is made, without a word of the key."""
    path = tmpdir.join("key.json")
    info = {"type": "service_account", "private_key": "planted", "client_email": "a@example.com"}
    path.write(json.dumps(dict(info, token_uri="http://127.0.0.1:9/")))
    with pytest.raises(ConfigurationError) as caught:
        analytical.Provider("googledatamanager", "G-A", property_id="1", credentials_file=str(path))
    assert "no usable credentials" in str(caught.value) and "planted" not in str(caught.value)


def user_credentials(google, seconds, quota=None):
    """Make credentials as a user's program would pass them."""
    from google.auth import credentials

    class Credentials(credentials.Credentials):
        refreshed = 0
        quota_project_id = quota

        def refresh(self, request):
            self.refreshed += 1
            self.token = "own-%d" % self.refreshed
            now = datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=int(time.time()))
            self.expiry = now + datetime.timedelta(seconds=seconds)

    return Credentials()


def test_credentials_of_the_program_are_taken(google):
    """credentials= takes any of google-auth's, and their quota project is named."""
    given = user_credentials(google, 3600, "planted-quota")
    with Collector() as collector:
        collector.answer(200, b"{}")
        provider = make(collector, credentials=given)
        assert provider.pageview(PAGE) and provider.pageview(PAGE)
        request = collector.requests[1]
    assert given.refreshed == 1
    assert request.headers["Authorization"] == "Bearer own-1"
    assert request.headers["x-goog-user-project"] == "planted-quota"


def test_credentials_of_the_environment_are_the_default(service_account, monkeypatch):
    """Without an option google-auth looks where Google's tools do, at the first hit."""
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", service_account.path)
    give(service_account, "from-environment")
    with Collector() as collector:
        collector.answer(200, b"{}")
        assert make(collector).pageview(PAGE)
        assert collector.requests[0].headers["Authorization"] == "Bearer from-environment"


def test_an_end_is_read_as_utc(google):
    """The end of a token, a datetime without zone, is not shifted by the machine's own zone."""
    fetch = googleauth.Fetch(user_credentials(google, 3600), None, ())
    _, end = fetch(None)
    assert abs(end - time.time() - 3600) < 60
