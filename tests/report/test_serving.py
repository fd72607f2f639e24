"""The page over a real socket: who is answered, with what, and that nobody can stop it."""

from __future__ import absolute_import, division, print_function, unicode_literals

import contextlib
import os
import re
import socket
import threading

import pytest

import analytical

pytest.importorskip("jinja2")

from serving_here import serving  # noqa: E402

from analytical.report.serving import MOST_OPEN  # noqa: E402

DEADLINE = 60  # seconds; a safety net


@pytest.fixture
def path(tmpdir):
    """Give a file with two pageviews, of two sites and days."""
    path = str(tmpdir.join("analytics.db"))
    with analytical.Provider("sqlite", path) as provider:
        provider.pageview(url="https://a.example/one", client_id="1", timestamp="2026-11-02T12:00Z")
        provider.pageview(url="https://b.example/two", client_id="2", timestamp="2026-11-04T12:00Z")
    return path


@pytest.fixture
def server(path):
    """Serve it."""
    with serving(path) as server:
        yield server


def exchange(server, data):
    """Send bytes as they are, and give all that comes back."""
    with contextlib.closing(connect(server)) as connection:
        connection.sendall(data)
        parts = []
        while True:
            part = connection.recv(65536)
            if not part:
                return b"".join(parts)
            parts.append(part)


def connect(server):
    """Connect to a server."""
    return socket.create_connection(("127.0.0.1", server.server_port), DEADLINE)


def ask(server, target="/", method="GET", host=None, more=""):
    """Make a request; give status, headers and body."""
    host = "Host: 127.0.0.1:%d\r\n" % server.server_port if host is None else host
    request = "%s %s HTTP/1.1\r\n%s%s\r\n" % (method, target, host, more)
    head, _, body = exchange(server, request.encode("utf-8")).partition(b"\r\n\r\n")
    lines = head.decode("ascii").split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines[1:])
    return int(lines[0].split()[1]), headers, body.decode("utf-8")


def test_the_page(server):
    """GET / gives the page, HEAD its headers; none of it may be kept, framed or read by other sites."""
    status, headers, body = ask(server)
    assert status == 200 and body.startswith("<!DOCTYPE html>") and "one" in body
    assert headers["content-type"] == "text/html; charset=utf-8"
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["x-frame-options"] == "deny"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "connect-src 'self'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert not [name for name in headers if name.startswith("access-control")]
    assert "python" not in headers["server"]
    status, head, nothing = ask(server, method="HEAD")
    assert (status, nothing) == (200, "")
    assert int(head["content-length"]) > 50000


def test_what_was_chosen(server):
    """from, to and site choose what is counted."""
    for query, counted in (
        ("", 2),
        ("?from=&to=&site=", 2),
        ("?from=2026-11-03&to=2026-11-05", 1),
        ("?site=a.example", 1),
        ("?from=2026-11-03&to=2026-11-05&site=a.example", 0),
    ):
        status, _, body = ask(server, "/" + query)
        assert status == 200
        assert '<dd class="value" id="total-pageviews">%d</dd>' % counted in body


@pytest.mark.parametrize(
    "query",
    [
        "from=yesterday",
        "from=2026-02-30",
        "to=%3Cscript%3E",
        "from=2026-11-05&to=2026-11-03",
        "from=1970-01-01&to=2026-01-01",
        "site=" + "a" * 300,
        "site=a%00b",
        "site=a&site=b",
        "limit=5",
        "&".join(["from="] * 1000)[:1900],
    ],
)
def test_what_cannot_be_chosen(server, query):
    """Bad parameters are a plain page that says what is taken, and repeats nothing of them."""
    status, headers, body = ask(server, "/?" + query)
    assert (status, headers["content-type"]) == (400, "text/plain; charset=utf-8")
    assert "script" not in body and "yesterday" not in body and "aaaa" not in body


def test_other_paths_and_methods(server):
    """There is one page, for reading; no answer repeats what was asked."""
    assert ask(server, "/favicon.ico")[0] == 404
    assert ask(server, "//example.com/")[0] == 404
    assert ask(server, "http://127.0.0.1/")[0] == 404
    assert ask(server, "/?" + "a" * 5000)[0] == 414
    for method in ("POST", "PUT", "DELETE", "OPTIONS", "CONNECT", "<b>"):
        status, headers, body = ask(server, method=method)
        assert (status, headers["allow"]) == (405, "get, head")
        assert "<" not in body


@pytest.mark.parametrize(
    "host",
    [
        "",
        "Host: example.com\r\n",
        "Host: example.com:{port}\r\n",
        "Host: localhost\r\n",
        "Host: localhost:1\r\n",
        "Host: localhost.example.com:{port}\r\n",
        "Host: 192.0.2.1:{port}\r\n",
        "Host: 0.0.0.0:{port}\r\n",
        "Host: localhost:{port}\r\nHost: example.com\r\n",
        "Host: user@localhost:{port}\r\n",
    ],
)
def test_foreign_names(server, host):
    """A request by any other name is refused: it may be that of a site whose name leads here."""
    status, headers, body = ask(server, host=host.replace("{port}", "%d" % server.server_port))
    assert status == 421
    assert "one" not in body and "example.com" not in body


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "[::1]", "LOCALHOST"])
def test_own_names(server, name):
    """The names of this machine are answered."""
    assert ask(server, host="Host: %s:%d\r\n" % (name, server.server_port))[0] == 200


@pytest.mark.parametrize(
    ("site", "mode", "status"),
    [
        ("cross-site", "no-cors", 403),
        ("same-site", "cors", 403),
        ("cross-site", "navigate", 200),
        ("same-origin", "cors", 200),
        ("none", "navigate", 200),
    ],
)
def test_pages_of_other_sites(server, site, mode, status):
    """Another site's page can link here, and load nothing."""
    more = "Sec-Fetch-Site: %s\r\nSec-Fetch-Mode: %s\r\nOrigin: http://example.com\r\n"
    assert ask(server, more=more % (site, mode))[0] == status


def test_new_hits_are_on_the_next_page(server, path):
    """A hit that was stored between two requests is in the second."""
    before = ask(server)[2]
    with analytical.Provider("sqlite", path) as provider:
        provider.pageview(url="https://b.example/three", timestamp="2026-11-04T13:00Z")
    after = ask(server)[2]
    assert "b.example/<wbr>three" not in before and "b.example/<wbr>three" in after


def test_the_file_is_only_read(server, path):
    """Requests leave the file as it is."""
    with open(path, "rb") as stream:
        before = stream.read()
    ask(server)
    with open(path, "rb") as stream:
        assert stream.read() == before


def test_a_file_that_is_lost_and_comes_back(server, path):
    """Errors of the file are a page that asks again by itself; the server goes on."""
    os.rename(path, path + ".away")
    status, headers, body = ask(server)
    assert (status, headers["content-type"], headers["refresh"]) == (
        503,
        "text/plain; charset=utf-8",
        "5",
    )
    assert "missing" in body and path not in body
    with open(path, "wb") as stream:
        stream.write(b"a text " * 1000)
    assert ask(server)[0] == 503
    os.remove(path)
    os.rename(path + ".away", path)
    assert ask(server)[0] == 200


def test_broken_requests(server, capfd):
    """What is no HTTP is answered by 400 or not at all, without a word on the terminal."""
    for data in (
        b"\r\n",
        b"\x16\x03\x01\x02\x00\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9.9\r\n\r\n",
    ):
        answer = exchange(server, data)
        assert answer == b"" or b" 400 " in answer.split(b"\r\n")[0]
    long = b"GET / HTTP/1.1\r\n" + b"x: " + b"a" * 100000 + b"\r\n\r\n"
    with contextlib.closing(connect(server)) as connection:
        try:
            connection.sendall(long)
            connection.recv(100)
        except EnvironmentError:
            pass  # it was closed before all was sent
    with contextlib.closing(connect(server)) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: loc")  # and goes away
    assert ask(server)[0] == 200
    assert capfd.readouterr() == ("", "")


def test_clients_that_hang(server):
    """However many connections say nothing, the next one that asks is answered."""
    hanging = [connect(server) for _ in range(MOST_OPEN + 20)]
    try:
        assert ask(server)[0] == 200
        # Those that had to go were the oldest.
        assert hanging[0].recv(10) == b""
    finally:
        for connection in hanging:
            connection.close()


def test_clients_that_read_nothing(server):
    """Clients that do not read their answer keep nobody waiting."""
    request = "GET / HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n" % server.server_port
    lazy = []
    try:
        for _ in range(5):
            connection = socket.socket()
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.connect(("127.0.0.1", server.server_port))
            connection.sendall(request.encode("ascii"))
            lazy.append(connection)
        assert ask(server)[0] == 200
    finally:
        for connection in lazy:
            connection.close()


def test_many_at_once(server):
    """Requests at the same time are all answered, and alike."""
    found = []
    threads = [threading.Thread(target=lambda: found.append(ask(server))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(DEADLINE)
    assert [status for status, _, _ in found] == [200] * 8
    bodies = {re.sub(r"\d\d:\d\d:\d\d UTC", "", body) for _, _, body in found}
    assert len(bodies) == 1


def test_only_on_loopback(server):
    """Nothing listens on other addresses of the machine."""
    assert server.socket.getsockname()[0] == "127.0.0.1"
