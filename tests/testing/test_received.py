"""What the collector keeps of a request, sent over a real socket."""

from __future__ import absolute_import, division, print_function, unicode_literals

import gzip
import io
import json
import socket
import time

import pytest
import requests

from analytical.testing import Collector

DEADLINE = 20  # seconds


@pytest.fixture
def send():
    """Send one request, by the requests library, and return what the collector made of it."""
    with Collector() as collector, requests.Session() as session:
        session.trust_env = False

        def send(method="POST", target="/", **options):
            collector.clear()
            assert session.request(method, collector.url + target, **options).status_code == 200
            [received] = collector.requests
            return received

        yield send


@pytest.fixture
def send_raw():
    """Send bytes, and return what the collector made of them."""
    with Collector() as collector:

        def send(data):
            client = socket.create_connection(("127.0.0.1", collector.port), timeout=DEADLINE)
            client.sendall(data)
            [received] = collector.wait(1)
            client.close()
            return received

        yield send


def gzipped(data):
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb") as file:
        file.write(data)
    return packed.getvalue()


@pytest.mark.parametrize(
    "method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "REPORT"]
)
def test_any_method(send, method):
    """Every method is recorded under its name."""
    assert send(method).method == method


def test_path_and_target(send):
    """The path ends before the question mark, and both are as they were sent."""
    received = send(target="/mp/a%20b?x=1%2B1&y=?")
    assert received.target == "/mp/a%20b?x=1%2B1&y=?"
    assert received.path == "/mp/a%20b"


def test_query_is_decoded(send):
    """Names and values are text, empty ones included, in their order."""
    received = send(params=[("dt", "Caf\xe9 \u6f22"), ("empty", ""), ("a;b", "c&d=e"), ("dt", "2")])
    assert received.query_pairs == [
        ("dt", "Caf\xe9 \u6f22"),
        ("empty", ""),
        ("a;b", "c&d=e"),
        ("dt", "2"),
    ]
    assert received.query == {"dt": "2", "empty": "", "a;b": "c&d=e"}


def test_no_query(send):
    """Without a question mark the query is empty."""
    assert send().query == {}


def test_headers_in_any_case(send):
    """A header is found whatever the case; one that was not sent is None, or the default."""
    headers = send(headers={"X-Api-Key": "abc", "Accept": "*/*"}).headers
    assert headers["x-api-key"] == headers.get("X-API-KEY") == "abc"
    assert "X-aPI-key" in headers
    assert ("X-Api-Key", "abc") in headers.pairs
    assert headers.get("Cookie") is None
    assert headers.get("Cookie", "none") == "none"
    with pytest.raises(KeyError):
        headers["Cookie"]
    assert sorted(headers)[0] == "accept"
    assert len(headers) == len(headers.pairs)


def test_repeated_header(send_raw):
    """Repeats are joined with a comma, and apart in pairs."""
    received = send_raw(b"GET / HTTP/1.1\r\nVia: a\r\nvia:  b \r\n\r\n")
    assert received.headers["Via"] == "a, b"
    assert received.headers.pairs == (("Via", "a"), ("via", "b"))
    assert len(received.headers) == 1


def test_headers_beyond_ascii(send_raw):
    """Bytes beyond ASCII come through, one character a byte."""
    received = send_raw(b"GET /\xe9 HTTP/1.1\r\nUser-Agent: caf\xe9\r\n\r\n")
    assert received.headers["User-Agent"] == "caf\xe9"
    assert received.path == "/\xe9"
    assert repr(received) == "<Received GET /\\xe9, 0 bytes>"


def test_line_ends_without_carriage_return(send_raw):
    """Requests typed by hand are understood."""
    assert send_raw(b"GET /hand HTTP/1.1\nA: b\n\n").headers["a"] == "b"


def test_form(send):
    """A form body is text by name; spaces, plus signs and UTF-8 survive."""
    fields = {
        "dt": "Caf\xe9 \u6f22 \U0001f600",
        "a+b": "1 + 1",
        "empty": "",
        "dl": "https://x/?a=b&c;d",
    }
    received = send(data=fields)
    assert received.form == fields
    assert received.headers["Content-Type"] == "application/x-www-form-urlencoded"


def test_form_pairs_keep_order_and_repeats(send):
    """What the dict cannot hold is in form_pairs."""
    received = send(data="b=1&a=2&b=3&c")
    assert received.form_pairs == [("b", "1"), ("a", "2"), ("b", "3"), ("c", "")]
    assert received.form == {"b": "3", "a": "2", "c": ""}


@pytest.mark.parametrize("value", [b"%E9", b"\xe9", b"%ED%A0%80"])
def test_form_that_is_not_utf_8(send, value):
    """Bytes that no platform could read make the test fail that looks at them."""
    received = send(data=b"dt=" + value)
    with pytest.raises(ValueError):
        _ = received.form


def test_json(send):
    """A JSON body is parsed."""
    value = {"events": [{"name": "Caf\xe9", "n": 1.5}]}
    assert send(json=value).json == value
    assert send(data=json.dumps(value, ensure_ascii=False).encode("utf-8")).json == value


def test_body_and_lines(send):
    """The body is bytes, and its lines are without their ends."""
    received = send(data=b'{"a": 1}\n{"b": 2}\r\n\xff\x00')
    assert received.body == b'{"a": 1}\n{"b": 2}\r\n\xff\x00'
    assert received.lines == [b'{"a": 1}', b'{"b": 2}', b"\xff\x00"]


def test_no_body(send):
    """Without a body there are no bytes, lines or fields."""
    received = send("GET")
    assert (received.body, received.raw_body) == (b"", b"")
    assert received.lines == []
    assert received.form == {}


def test_large_body(send):
    """A body of many packets is put together."""
    body = bytes(bytearray(range(256))) * 8192
    assert send(data=body).body == body


def test_gzip_body(send):
    """Compressed bodies are read through every property; raw_body is what came."""
    packed = gzipped(b"dt=Caf%C3%A9")
    received = send(data=packed, headers={"Content-Encoding": "gzip"})
    assert received.raw_body == packed
    assert received.body == b"dt=Caf%C3%A9"
    assert received.form == {"dt": "Caf\xe9"}
    assert received.lines == [b"dt=Caf%C3%A9"]
    packed = send(data=gzipped(b"[1]"), headers={"Content-Encoding": "GZIP"})
    assert packed.json == [1]


def test_gzip_body_that_is_not(send):
    """A false Content-Encoding fails where the body is read, not in the server."""
    received = send(data=b"plain", headers={"Content-Encoding": "gzip"})
    assert received.raw_body == b"plain"
    with pytest.raises(IOError):
        _ = received.body


def test_chunked_body(send):
    """Chunks are put together, and the connection is in step afterwards."""
    for _ in range(2):
        received = send(data=iter([b"first ", b"x" * 100000, b" last"]))
        assert received.headers["Transfer-Encoding"] == "chunked"
        assert received.body == b"first " + b"x" * 100000 + b" last"
    assert received.connection == 1


def test_chunk_extensions_and_trailers(send_raw):
    """What may stand around the chunks is read over."""
    received = send_raw(
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"3;a=b\r\nabc\r\n0A \r\n0123456789\r\n0\r\nX-Sum: 1\r\n\r\n"
    )
    assert received.body == b"abc0123456789"
    assert "X-Sum" not in received.headers


@pytest.mark.parametrize(
    "framing, body",
    [(b"Content-Length: 3", b"abc"), (b"Transfer-Encoding: chunked", b"3\r\nabc\r\n0\r\n\r\n")],
)
def test_expect_100_continue(framing, body):
    """A client that asks first is told to go on, and then answered."""
    with Collector() as collector:
        client = socket.create_connection(("127.0.0.1", collector.port), timeout=DEADLINE)
        client.sendall(b"POST / HTTP/1.1\r\nExpect: 100-continue\r\n" + framing + b"\r\n\r\n")
        assert client.recv(65536) == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.sendall(body)
        assert client.recv(65536).startswith(b"HTTP/1.1 200 OK\r\n")
        client.close()
        assert collector.requests[0].body == b"abc"


def test_one_byte_at_a_time():
    """However the request is cut into packets, it is the same request."""
    data = b"POST /slow?a=b HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"
    with Collector() as collector:
        client = socket.create_connection(("127.0.0.1", collector.port), timeout=DEADLINE)
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for start in range(len(data)):
            client.sendall(data[start : start + 1])
        [received] = collector.wait(1)
        client.close()
    assert (received.target, received.headers["host"], received.body) == ("/slow?a=b", "x", b"abc")


def test_time(send):
    """The time is Unix seconds."""
    before = time.time()
    received = send()
    assert before - 1 <= received.time <= time.time() + 1


@pytest.mark.parametrize("name", ["method", "raw_body", "body", "form", "new"])
def test_is_immutable(send, name):
    """Neither a field nor a property can be set, nor a new one added."""
    with pytest.raises(AttributeError):
        setattr(send(), name, None)


def test_repr_shows_nothing_private(send):
    """Method, path and size are shown; the query, header values and the body are not."""
    received = send(
        target="/collect?uip=198.51.100.7", data=b"secret", headers={"Authorization": "token"}
    )
    assert repr(received) == str("<Received POST /collect, 6 bytes>")
    shown = repr(received.headers)
    assert shown.startswith("<Headers accept, accept-encoding, authorization, ")
    assert "token" not in shown
