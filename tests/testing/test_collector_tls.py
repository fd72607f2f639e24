"""The collector behind https."""

from __future__ import absolute_import, division, print_function, unicode_literals

import contextlib
import ssl

import pytest
import requests
from loopback import DEADLINE, GET, close_within_deadline, connected, read_all

from analytical.testing import Collector


class TestTLS:
    @pytest.fixture
    def secure(self, certificate, session):
        session.verify = certificate[0]
        with Collector(certfile=certificate[0], keyfile=certificate[1]) as running:
            yield running

    def test_records_and_answers(self, secure, session):
        """With a certificate it is the same collector behind https."""
        assert secure.url.startswith("https://127.0.0.1:")
        secure.answer(201, b"safe")
        for _ in range(2):
            answer = session.post(secure.url, data=b"x")
            assert (answer.status_code, answer.content) == (201, b"safe")
        assert [request.connection for request in secure.requests] == [1, 1]

    def test_unknown_certificate_is_refused_by_the_client(self, secure, session, capfd):
        """A certificate nobody vouches for: the client fails, nothing is recorded or printed."""
        with pytest.raises(requests.exceptions.SSLError):
            session.post(secure.url, verify=True)
        secure.close()
        assert secure.requests == []
        assert capfd.readouterr() == ("", "")

    def test_plain_http_to_the_tls_port_fails(self, secure, session):
        """The other way round fails too, and hurts nobody else."""
        with pytest.raises(requests.ConnectionError):
            session.get(secure.url.replace("https:", "http:"))
        assert session.get(secure.url).status_code == 200

    def test_every_order_works(self, secure, session):
        """Reset, hang and drip do over TLS what they do without."""
        secure.reset()
        with pytest.raises(requests.ConnectionError):
            session.get(secure.url)
        secure.hang()
        with pytest.raises(requests.ReadTimeout):
            session.get(secure.url, timeout=0.1)
        secure.hang(seconds=0.05)
        with pytest.raises(requests.ConnectionError):
            session.get(secure.url, timeout=DEADLINE)
        secure.drip(body=b"slow", interval=0.001)
        assert session.get(secure.url).content == b"slow"

    def test_close_ends_connections_in_every_state(self, secure, session):
        """Before the handshake, idle and hanging: all end."""
        session.get(secure.url)
        secure.hang(times=1)
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        with connected(secure) as silent, connected(secure) as plain:
            hanging = context.wrap_socket(plain)
            with contextlib.closing(hanging):
                hanging.sendall(GET)
                secure.wait(2)
                close_within_deadline(secure)
                assert read_all(silent) == b""
