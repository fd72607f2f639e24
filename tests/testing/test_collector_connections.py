"""The collector, over real sockets: connections, malformed requests, many clients at once."""

from __future__ import absolute_import, division, print_function, unicode_literals

import pytest
import requests
from loopback import DEADLINE, GET, connected, read_all, run_threads


class TestConnections:
    def test_kept_connection_has_one_number(self, collector, session):
        """A client that keeps its connection is told from one that does not."""
        for _ in range(3):
            session.post(collector.url, data=b"x")
        with requests.Session() as other:
            other.trust_env = False
            other.get(collector.url)
        assert [request.connection for request in collector.requests] == [1, 1, 1, 2]

    @pytest.mark.parametrize(
        "head",
        [b"GET / HTTP/1.0\r\n", b"GET / HTTP/1.1\r\nConnection: close\r\n"],
    )
    def test_connection_ends_as_the_client_wishes(self, collector, head):
        """HTTP/1.0 and Connection: close end it after the answer."""
        with connected(collector, head + b"\r\n") as client:
            assert read_all(client).startswith(b"HTTP/1.1 200 OK\r\n")

    def test_http_1_0_can_ask_to_keep_it(self, collector):
        """Old clients such as ab ask for it by a header."""
        with connected(collector) as client:
            for _ in range(2):
                client.sendall(b"GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n")
                assert client.recv(65536).startswith(b"HTTP/1.1 200 OK\r\n")
        assert collector.connections == 1

    def test_connection_without_a_request_is_counted(self, collector):
        """Attempts that send nothing show in connections, not in requests."""
        with connected(collector), connected(collector, GET):
            collector.wait(1)
        assert collector.connections == 2
        assert len(collector.requests) == 1

    @pytest.mark.parametrize(
        "data",
        [
            b"nonsense\r\n",
            b"\x16\x03\x01",
            b"\r\n",
            b"GET /\r\n",
            b"GET / HTTP/2.0\r\n",
            b"GET / HTTP/1.1\r\nno colon\r\n\r\n",
            b"GET / HTTP/1.1\r\nA: b\r\n folded: c\r\n\r\n",
            b"GET / HTTP/1.1\r\n: no name\r\n\r\n",
            b"POST / HTTP/1.1\r\nContent-Length: many\r\n\r\n",
            b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
            b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
            b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n",
        ],
    )
    def test_malformed_request_is_refused_alone(self, collector, session, data):
        """The client is told at once, nothing is recorded, and others are served as before."""
        with connected(collector, data) as client:
            assert client.recv(65536).startswith(b"HTTP/1.1 400 ")
        assert collector.requests == []
        assert session.get(collector.url).status_code == 200

    def test_https_to_the_plain_port_fails_at_once(self, collector, session):
        """A test of failing TLS needs no certificate."""
        with pytest.raises(requests.exceptions.SSLError):
            session.get(collector.url.replace("http:", "https:"), timeout=DEADLINE)

    def test_client_that_leaves_is_no_news(self, collector, session, capfd):
        """Half a request is not recorded, and nothing is printed about it."""
        with connected(collector, b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nhalf"):
            pass
        collector.answer(body=b"x" * 10000000, times=1)
        with connected(collector, GET) as client:
            client.recv(1)
        assert session.put(collector.url).status_code == 200
        collector.close()
        assert [request.method for request in collector.requests] == ["GET", "PUT"]
        assert capfd.readouterr() == ("", "")

    def test_eight_threads_are_all_recorded(self, collector):
        """Every request of many clients at once is there, each connection under its own number."""

        def client(number):
            with requests.Session() as session:
                session.trust_env = False
                for turn in range(50):
                    session.post(collector.url, data={"n": "%d.%d" % (number, turn)})

        run_threads(8, client)
        received = collector.wait(400)
        assert len(received) == 400
        assert len({request.form["n"] for request in received}) == 400
        by_connection = {}
        for request in received:
            by_connection.setdefault(request.connection, []).append(request.form["n"])
        assert sorted(by_connection) == list(range(1, 9))
        for names in by_connection.values():
            number = names[0].split(".")[0]
            assert names == ["%s.%d" % (number, turn) for turn in range(50)]

    def test_orders_are_used_in_the_order_of_arrival(self, collector):
        """The n-th request recorded is the one that got the n-th answer, whoever sent it."""
        for number in range(80):
            collector.answer(body="%d" % number, times=1)
        answers = {}

        def client(number):
            with requests.Session() as session:
                session.trust_env = False
                for turn in range(20):
                    path = "/%d.%d" % (number, turn)
                    answers[path] = int(session.get(collector.url + path).text)

        run_threads(4, client)
        assert [answers[request.path] for request in collector.requests] == list(range(80))
