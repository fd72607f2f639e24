"""The transport over real sockets: what fails and how it is named, what is kept, what is never sent."""

from __future__ import absolute_import, division, print_function, unicode_literals

import io
import os
import socket
import threading

import pytest
import requests

from analytical.delivery import transport as transport_module
from analytical.delivery.http import Request
from analytical.delivery.transport import MAX_BODY, MAX_KNOWN, Transport
from analytical.errors import ConfigurationError, DeliveryError, TransportError
from analytical.testing import Collector

DEADLINE = 20  # seconds; a safety net, not a measure
SECRET = "s3cr3t-token"
PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch):
    """Whatever the machine's environment says, the loopback needs no proxy."""
    for name in PROXIES:
        monkeypatch.delenv(str(name), raising=False)
        monkeypatch.delenv(str(name.upper()), raising=False)


@pytest.fixture
def collector():
    with Collector() as running:
        yield running


def request(url, headers=None, body=b"t=pageview"):
    return Request("POST", url + "/collect?token=" + SECRET, headers or {}, body)


def failure(url, timeout=DEADLINE, transport=None, headers=None):
    """Give the error of sending to an address; neither it nor what hangs on it holds the address."""
    with pytest.raises(TransportError) as caught:
        (transport or Transport()).send(request(url, headers), timeout)
    error = caught.value
    assert isinstance(error, DeliveryError)
    assert getattr(error, "__context__", None) is None
    assert getattr(error, "__cause__", None) is None
    assert SECRET not in repr(error) + str(error) + repr(vars(error))
    return error.reason, error.sent


def unused_port():
    """Give a port of the loopback that nobody listens at."""
    server = socket.socket()
    server.bind(("127.0.0.1", 0))
    port = server.getsockname()[1]
    server.close()
    return port


def speaker(words):
    """Start a server that says this to the first who comes, and no more until that one goes."""
    server = socket.socket()
    server.bind(("127.0.0.1", 0))
    server.listen(1)

    def speak():
        client, _ = server.accept()
        client.recv(65536)
        client.sendall(words)
        while client.recv(65536):
            pass
        client.close()
        server.close()

    thread = threading.Thread(target=speak)
    thread.daemon = True
    thread.start()
    return "http://127.0.0.1:%d" % server.getsockname()[1], thread


class TestFailures:
    def test_refused(self):
        """Where nobody listens nothing was sent."""
        assert failure("http://127.0.0.1:%d" % unused_port()) == ("connection", False)

    def test_unknown_host(self):
        """A name that cannot be resolved: nothing was sent."""
        assert failure("http://host.invalid") == ("connection", False)

    def test_silence(self, collector):
        """A server that takes the request and does not answer may have counted it."""
        collector.hang()
        assert failure(collector.url, timeout=0.2) == ("timeout", True)
        assert len(collector.requests) == 1

    def test_reset(self, collector):
        """A connection that ends without an answer: the request may have arrived."""
        collector.reset()
        assert failure(collector.url) == ("connection", True)
        assert len(collector.requests) == 1

    def test_no_http(self):
        """A server that speaks another protocol."""
        url, thread = speaker(b"220 mail.example.com ESMTP\r\n")
        assert failure(url)[1] is True
        thread.join(DEADLINE)

    def test_tls_to_a_plain_port(self, collector):
        """Without a handshake nothing was sent."""
        assert failure(collector.url.replace("http:", "https:")) == ("tls", False)
        assert collector.requests == []

    def test_a_certificate_that_nobody_signed(self, certificate):
        """Who cannot show that it is the platform is sent nothing."""
        with Collector(0, *certificate) as impostor:
            assert failure(impostor.url) == ("tls", False)
            assert impostor.requests == []

    @pytest.mark.parametrize(
        "url", ["http://", "nonsense://x", "no address", "http://[", "http://a:b"]
    )
    def test_addresses_that_cannot_be(self, url):
        """An address that cannot be used is a failure like others, and nothing was sent."""
        assert failure(url)[1] is False

    def test_refused_by_a_proxy(self, monkeypatch):
        """The proxies of the environment are used; one that is not there was sent nothing."""
        monkeypatch.setenv(str("http_proxy"), str("http://127.0.0.1:%d" % unused_port()))
        assert failure("http://example.com") == ("proxy", False)

    def test_proxy_that_opens_no_tunnel(self, monkeypatch, collector):
        """A proxy that refuses a tunnel was not sent the request."""
        collector.answer(407)
        monkeypatch.setenv(str("https_proxy"), str(collector.url))
        assert failure("https://example.com") == ("proxy", False)
        assert all(received.method == "CONNECT" for received in collector.requests)

    @pytest.mark.parametrize(
        "error", [RuntimeError, UnicodeError, KeyError, AttributeError, OSError]
    )
    def test_whatever_an_adapter_raises(self, error):
        """The user's adapters may raise anything: it becomes a TransportError, and its text is dropped."""

        class Adapter(requests.adapters.HTTPAdapter):
            def send(self, *args, **options):
                raise error("no %s" % SECRET)

        session = requests.Session()
        session.mount("https://", Adapter())
        assert failure("https://example.com", transport=Transport(session))[1] is True

    def test_interrupts_are_not_caught(self):
        """Ctrl-C during a request is not taken for a failure of the network."""

        class Session(requests.Session):
            def request(self, *args, **options):
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            Transport(Session()).send(request("https://example.com"), 1)

    @pytest.mark.parametrize("session", ["text", 5, object()])
    def test_what_is_no_session(self, session):
        """What cannot send is refused when it is given, not when the first hit is lost."""
        with pytest.raises(ConfigurationError):
            Transport(session)


class TestAnswers:
    def test_status_headers_and_body(self, collector):
        """The answer comes as values; names of headers are found in any case."""
        collector.answer(429, b"slow down", headers={"Retry-After": "7"})
        response = Transport().send(request(collector.url), DEADLINE)
        assert (response.status, response.body) == (429, b"slow down")
        assert response.headers["retry-after"] == "7"
        (received,) = collector.requests
        assert (received.method, received.body) == ("POST", b"t=pageview")

    def test_reset_in_the_midst_of_the_body(self, collector):
        """The status came whole, so that is the answer."""
        collector.reset_mid_answer(200, b"0123456789" * 100)
        response = Transport().send(request(collector.url), DEADLINE)
        assert response.status == 200 and len(response.body) < 1000

    def test_trickle_is_not_read_to_its_end(self, collector):
        """A body that never stops coming is left when the time is up."""
        collector.drip(200, b"x" * 100000, interval=0.001)
        response = Transport().send(request(collector.url), 1)
        assert response.status == 200 and len(response.body) < 100000

    def test_endless_body(self, collector):
        """No more of a body is read than a platform could have to say."""
        collector.answer(200, b"x" * (3 * MAX_BODY))
        assert len(Transport().send(request(collector.url), DEADLINE).body) == MAX_BODY

    @pytest.mark.parametrize("status", [301, 302, 307, 308])
    def test_redirects_are_not_followed(self, collector, status):
        """Another address may be another party: credentials and visitors' data do not go there."""
        collector.answer(status, headers={"Location": collector.url + "/elsewhere"})
        assert Transport().send(request(collector.url), DEADLINE).status == status
        assert len(collector.requests) == 1

    def test_a_redirect_is_an_answer_before_its_body(self):
        """An answer that names another address is read no further than others are."""
        url, thread = speaker(
            b"HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 9\r\n\r\nhalf"
        )
        assert Transport().send(request(url), 1).status == 302
        thread.join(DEADLINE)

    @pytest.mark.parametrize(
        "place", [requests.Session, requests.adapters.HTTPAdapter], ids=["session", "adapter"]
    )
    def test_a_mock_answers(self, place, monkeypatch):
        """Where tests put their mocks into requests, nothing goes past them, and each call has its own request."""
        seen = []

        def send(self, request, **options):
            seen.append(request)
            answer = requests.Response()
            answer.status_code, answer.raw = 202, io.BytesIO(b"mocked")
            return answer

        monkeypatch.setattr(place, str("send"), send)
        transport = Transport()
        for body in (b"1", b"22"):
            response = transport.send(request("https://example.com", {"X-One": "1"}, body), 1)
            assert (response.status, response.body) == (202, b"mocked")
        assert [(each.body, each.headers["content-length"]) for each in seen] == [
            (b"1", "1"),
            (b"22", "2"),
        ]
        assert all(each.headers["x-one"] == "1" for each in seen)


class TestNothingOfOurOwn:
    def test_cookies_are_not_sent_back(self, collector):
        """A collector's cookie names one visitor; all hits would become that visitor's."""
        collector.answer(200, headers={"Set-Cookie": "visitor=1; Path=/"})
        transport = Transport()
        for _ in range(2):
            transport.send(request(collector.url), DEADLINE)
        assert [received.headers.get("Cookie") for received in collector.requests] == [None, None]

    def test_netrc_is_not_used(self, collector, tmpdir, monkeypatch):
        """The user's passwords for a host are not for the platform, and do not replace its key."""
        netrc = tmpdir.join(".netrc")
        netrc.write("machine 127.0.0.1 login me password mine\n")
        netrc.chmod(0o600)
        monkeypatch.setenv(str("NETRC"), str(netrc))
        monkeypatch.setenv(str("HOME"), str(tmpdir))
        transport = Transport()
        transport.send(request(collector.url), DEADLINE)
        transport.send(request(collector.url, {"Authorization": "Bearer x"}), DEADLINE)
        sent = [received.headers.get("Authorization") for received in collector.requests]
        assert sent == [None, "Bearer x"]

    def test_headers_in_latin_1(self, collector):
        """A user agent beyond ASCII arrives, on Python 2 too, with a body that is no ASCII either."""
        headers = {"User-Agent": " Caf\xe9/1.0 ", "Content-Type": "text/plain"}
        exchange = Request("POST", collector.url + "/", headers, "caf\xe9".encode("utf-8"))
        assert Transport().send(exchange, DEADLINE).status == 200
        (received,) = collector.requests
        assert received.headers["User-Agent"] == "Caf\xe9/1.0"
        assert received.body == b"caf\xc3\xa9"


class TestConnections:
    def test_is_kept(self, collector):
        """One thread needs one connection for all its requests."""
        transport = Transport()
        collector.answer(200, b"body " * 100)
        for _ in range(5):
            transport.send(request(collector.url), DEADLINE)
        assert collector.connections == 1

    def test_a_stale_one_is_replaced(self, collector):
        """A connection that the server has closed in the meantime costs no hit."""
        transport = Transport()
        transport.send(request(collector.url), DEADLINE)
        collector.close()
        collector.start()
        assert transport.send(request(collector.url), DEADLINE).status == 200
        assert collector.connections == 2

    def test_each_thread_has_its_own(self, collector):
        """Threads do not share a session, whose state is not made for that."""
        transport = Transport()
        barrier = []

        def work():
            for _ in range(3):
                transport.send(request(collector.url), DEADLINE)
            barrier.append(transport._session())

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(DEADLINE)
        assert len(collector.requests) == 12 and collector.connections == 4
        assert len(set(map(id, barrier))) == 4

    def test_the_environment_may_change(self, collector, monkeypatch):
        """A proxy that is set later is used by connections that were made before."""
        monkeypatch.setattr(transport_module, "SETTINGS_AGE", 0.0)
        transport = Transport()
        transport.send(request(collector.url), DEADLINE)
        with Collector() as proxy:
            monkeypatch.setenv(str("http_proxy"), str(proxy.url))
            transport.send(request(collector.url), DEADLINE)
            assert [each.target for each in proxy.requests] == [
                collector.url + "/collect?token=" + SECRET
            ]
        assert [each.path for each in collector.requests] == ["/collect"]

    def test_each_request_has_its_own_headers_and_body(self, collector):
        """Of what is kept from one request to the next, nothing shows in the next."""
        transport = Transport()
        transport.send(request(collector.url, {"X-One": "1"}, b"first"), DEADLINE)
        transport.send(request(collector.url, {"x-two": "2"}, b""), DEADLINE)
        transport.send(
            Request("GET", collector.url + "/collect?token=" + SECRET, {}, b""), DEADLINE
        )
        first, second, third = collector.requests
        assert (first.headers["X-One"], first.body) == ("1", b"first")
        assert (second.headers["X-Two"], second.body) == ("2", b"")
        assert "X-One" not in second.headers and "X-Two" not in third.headers
        assert (second.headers["Content-Length"], third.method) == ("0", "GET")

    def test_connections_that_are_no_longer_kept(self, collector, monkeypatch):
        """Connections to ten hosts are kept; urllib3 1 closes that to an eleventh, and it is opened again."""
        monkeypatch.setattr(transport_module, "SETTINGS_AGE", 1000.0)
        transport, others = Transport(), [Collector() for _ in range(10)]
        transport.send(request(collector.url), DEADLINE)
        for other in others:
            with other:
                transport.send(request(other.url), DEADLINE)
        assert transport.send(request(collector.url), DEADLINE).status == 200

    def test_addresses_are_kept_within_bounds(self, collector):
        """Addresses with a visitor's data in them are many; few of them stay in memory."""
        transport = Transport()
        for number in range(MAX_KNOWN + 10):
            transport.send(request("%s/%d" % (collector.url, number)), DEADLINE)
        assert len(transport._local.known) <= MAX_KNOWN
        assert len({each.path for each in collector.requests}) == MAX_KNOWN + 10

    def test_close(self, collector):
        """After close() the transport opens another connection."""
        transport = Transport()
        for _ in range(2):
            transport.send(request(collector.url), DEADLINE)
            transport.close()
        assert collector.connections == 2

    @pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork()")
    @pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
    def test_a_forked_child_has_its_own(self, collector):
        """Parent and child never write into one connection."""
        transport = Transport()
        transport.send(request(collector.url), DEADLINE)
        child = os.fork()
        if not child:
            status = 1
            try:
                status = int(transport.send(request(collector.url), DEADLINE).status != 200)
            finally:
                os._exit(status)
        assert os.waitpid(child, 0)[1] == 0
        transport.send(request(collector.url), DEADLINE)
        numbers = [received.connection for received in collector.requests]
        assert numbers[0] == numbers[2] != numbers[1]

    def test_the_users_session_is_used_by_all_and_not_closed(self, collector):
        """A session that was given is used as it is, by every thread, and stays open."""
        session = requests.Session()
        session.headers["X-Mine"] = "1"
        transport = Transport(session)
        thread = threading.Thread(target=transport.send, args=(request(collector.url), DEADLINE))
        thread.start()
        thread.join(DEADLINE)
        transport.close()
        transport.send(request(collector.url), DEADLINE)
        assert [received.headers["X-Mine"] for received in collector.requests] == ["1", "1"]
        assert collector.connections == 1
