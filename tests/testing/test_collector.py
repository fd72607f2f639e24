"""The collector, over real sockets: what it is told to answer, and waiting for what it got."""

from __future__ import absolute_import, division, print_function, unicode_literals

import socket
import threading

import pytest
import requests
from loopback import DEADLINE, GET, connected, read_all, read_until_reset


class TestAnswers:
    def test_default_is_200_without_a_body(self, collector, session):
        """Nobody needs to order anything to record requests."""
        answer = session.get(collector.url)
        assert (answer.status_code, answer.content) == (200, b"")
        assert answer.headers["Content-Length"] == "0"

    @pytest.mark.parametrize("status", [201, 302, 404, 429, 500, 503, 599])
    def test_answer_from_now_on(self, collector, session, status):
        """Without times an answer holds until the next order."""
        collector.answer(status, b"body", headers={"Retry-After": "7"})
        for _ in range(3):
            answer = session.post(collector.url, allow_redirects=False)
            assert (answer.status_code, answer.content) == (status, b"body")
            assert answer.headers["retry-after"] == "7"

    def test_queued_answers_come_before_the_default(self, collector, session):
        """Orders with times are used up one by one, in their order, and then the default returns."""
        collector.answer(500, times=2)
        collector.answer(429, times=1)
        collector.answer(204)
        statuses = [session.get(collector.url).status_code for _ in range(5)]
        assert statuses == [500, 500, 429, 204, 204]

    def test_text_is_sent_as_utf_8(self, collector, session):
        """An answer's body may be text."""
        collector.answer(body="\xe9\u6f22")
        assert session.get(collector.url).content == "\xe9\u6f22".encode("utf-8")

    def test_head_gets_the_length_and_no_body(self, collector):
        """The answer to HEAD is the head alone."""
        collector.answer(body=b"12345", headers={"Connection": "close"})
        with connected(collector, b"HEAD / HTTP/1.1\r\n\r\n") as client:
            answer = read_all(client)
        assert b"\r\nContent-Length: 5\r\n" in answer
        assert answer.endswith(b"\r\n\r\n")

    def test_204_has_no_body(self, collector):
        """What may not have a body gets none, nor a length."""
        collector.answer(204, body=b"12345", headers={"Connection": "close"})
        with connected(collector, GET) as client:
            assert read_all(client) == b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"

    def test_own_content_length_is_kept(self, collector):
        """A test can lie about the length."""
        collector.answer(body=b"1", headers={"Content-Length": "9", "Connection": "close"})
        with connected(collector, GET) as client:
            answer = read_all(client)
        assert answer.count(b"Content-Length") == 1
        assert b"Content-Length: 9\r\n" in answer

    def test_answer_with_a_function_of_the_request(self, collector, session):
        """The function gets the request, and may leave the headers out."""
        collector.answer_with(lambda request: (202, {"X-Path": request.path}, request.body * 2))
        answer = session.post(collector.url + "/twice", data=b"ab")
        assert (answer.status_code, answer.content) == (202, b"abab")
        assert answer.headers["X-Path"] == "/twice"
        collector.answer_with(lambda request: (418, None, "tea"), times=1)
        assert session.get(collector.url).status_code == 418
        assert session.get(collector.url).status_code == 202

    def test_connection_close_is_said_and_done(self, collector, session):
        """A header that announces the end of the connection is kept to."""
        collector.answer(headers={"Connection": "close"})
        with connected(collector, GET) as client:
            assert b"Connection: close" in read_all(client)

    def test_answer_and_close(self, collector):
        """The connection ends after a whole answer that did not announce it."""
        collector.answer_and_close(200, b"done")
        with connected(collector, GET) as client:
            answer = read_all(client)
        assert answer.endswith(b"\r\n\r\ndone")
        assert b"close" not in answer.lower()

    def test_reset(self, collector, session):
        """The request is recorded, the client gets RST and not a byte; the next one an answer."""
        collector.reset(times=2)
        with connected(collector, GET) as client:
            assert read_until_reset(client) == b""
        with pytest.raises(requests.ConnectionError):
            session.post(collector.url)
        assert session.post(collector.url).status_code == 200
        assert [request.method for request in collector.requests] == ["GET", "POST", "POST"]

    def test_reset_mid_answer(self, collector, session):
        """The client gets the head and half of the body, then RST."""
        collector.reset_mid_answer(body=b"123456", times=2)
        with connected(collector, GET) as client:
            answer = read_until_reset(client)
        assert b"Content-Length: 6\r\n" in answer
        assert answer.endswith(b"\r\n\r\n123")
        with pytest.raises(requests.RequestException):
            session.get(collector.url)
        assert session.get(collector.url).status_code == 200

    def test_hang_answers_nothing(self, collector, session):
        """A client's own time limit is what ends the exchange; the collector goes on serving."""
        collector.hang()
        with pytest.raises(requests.ReadTimeout):
            session.post(collector.url, timeout=0.1)
        assert session.post(collector.url).status_code == 200
        assert len(collector.requests) == 2

    def test_hang_for_some_seconds(self, collector):
        """After them the connection ends without an answer."""
        collector.hang(seconds=0.05)
        with connected(collector, GET) as client:
            assert read_all(client) == b""

    def test_hang_as_default(self, collector):
        """With times=None every request hangs, and none keeps a thread when its client has left."""
        collector.hang(times=None)
        for _ in range(3):
            with connected(collector, GET):
                collector.wait(1)
                collector.clear()
        collector.answer()
        with connected(collector, GET) as client:
            assert client.recv(9) == b"HTTP/1.1 "

    def test_drip_sends_one_byte_at_a_time(self, collector):
        """After the first byte there is a pause."""
        collector.drip(interval=3600)
        with connected(collector, GET) as client:
            assert client.recv(65536) == b"H"
            client.settimeout(0.1)
            with pytest.raises(socket.timeout):
                client.recv(1)

    def test_drip_sends_all_of_it(self, collector, session):
        """A patient client gets the whole answer, and keeps its connection."""
        collector.drip(201, b"slow", headers={"X-Pace": "slow"}, interval=0.001)
        answer = session.get(collector.url)
        assert (answer.status_code, answer.content) == (201, b"slow")
        assert answer.headers["X-Pace"] == "slow"
        assert session.get(collector.url).status_code == 200
        assert collector.connections == 1

    def test_requests_sent_ahead_are_answered_in_turn(self, collector):
        """What arrives while an answer is dripping is the next request, and is not lost."""
        collector.drip(interval=0.001)
        last = b"GET /last HTTP/1.1\r\nConnection: close\r\n\r\n"
        with connected(collector, GET + GET + last) as client:
            assert read_all(client).count(b"HTTP/1.1 200 OK") == 3
        assert [request.path for request in collector.requests] == ["/", "/", "/last"]


class TestWait:
    def test_returns_what_came(self, collector, session):
        """Waiting for as many as have come returns them."""
        session.get(collector.url + "/1")
        session.get(collector.url + "/2")
        assert [request.path for request in collector.wait(2)] == ["/1", "/2"]
        assert collector.wait(1) == collector.wait(0) == collector.requests

    def test_blocks_until_they_come(self, collector):
        """It ends when the last of them arrives."""
        with connected(collector) as first, connected(collector) as second:
            timers = [threading.Timer(0.05, client.sendall, [GET]) for client in (first, second)]
            for timer in timers:
                timer.daemon = True
                timer.start()
            assert len(collector.wait(2, timeout=DEADLINE)) == 2

    def test_says_how_many_came(self, collector, session):
        """A test that waits in vain fails with the counts, and shows nothing of the requests."""
        session.get(collector.url + "/private")
        with connected(collector, b"nonsense\n") as client:
            client.recv(1)
        with pytest.raises(AssertionError) as caught:
            collector.wait(3, timeout=0.01)
        assert str(caught.value) == (
            "1 of 3 requests came in 0.01 seconds, on 2 connections (and 1 malformed)"
        )

    def test_clear_forgets(self, collector, session):
        """After clear only new requests count; the connection keeps its number."""
        session.get(collector.url)
        collector.clear()
        assert collector.requests == []
        session.get(collector.url)
        assert [request.connection for request in collector.wait(1)] == [1]

    def test_requests_is_a_copy(self, collector, session):
        """A list once taken does not change under its reader."""
        before = collector.requests
        session.get(collector.url)
        assert before == []
        assert len(collector.requests) == 1
