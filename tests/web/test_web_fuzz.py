"""Whatever stands in a request: the application gets it, and nothing raises or leaks into headers."""

from __future__ import absolute_import, division, print_function, unicode_literals

import browsers
import six
from hypothesis import given
from hypothesis import strategies as st

import analytical
from analytical.testing import Collector
from analytical.web.forwarded import Proxies, address_of
from analytical.web.headers import KEYS
from analytical.web.site import Site
from analytical.web.visit import from_environ, from_scope
from analytical.web.wsgi import Analytics

NAMES = [key for key in KEYS if key != "REQUEST_METHOD"] + [
    "HTTP_COOKIE",
    "HTTP_X_FORWARDED_FOR",
    "HTTP_FORWARDED",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PROTO",
]
PIECES = [b'for="', b"for=", b"[2001:db8::1]:80", b"198.51.100.1", b",", b";", b'"', b"\\", b"\r\n"]
PIECES += [
    b"_ga=GA1.1.1.2",
    b"analytical=",
    b"unknown",
    b"\xe9",
    b"\xff\xfe",
    b"/",
    b"%",
    b" ",
    b"=",
    b"\0",
]
VALUES = st.one_of(
    st.binary(max_size=60), st.lists(st.sampled_from(PIECES), max_size=12).map(b"".join)
)
OPTIONS = [
    {},
    {"trusted_proxies": 2, "cookie": True, "ga_cookies": True},
    {"trusted_proxies": ["10.0.0.0/8", "unix"], "address_header": "Forwarded"},
    {"trusted_proxies": 1, "address_header": "X-Purpose"},
]


def native(value):
    """Give bytes as a WSGI server does."""
    return value if six.PY2 else value.decode("latin-1")


@given(st.dictionaries(st.sampled_from(NAMES), VALUES), st.sampled_from(OPTIONS))
def test_any_environ(headers, options):
    """Any header values give one pageview of harmless text, and cookies without line breaks."""
    provider = browsers.memory(strict=False)
    environ = browsers.environ()
    environ.update((str(name), native(value)) for name, value in headers.items())
    environ.update({str("HTTP_SEC_FETCH_DEST"): str("document")})
    for name in ("X_REQUESTED_WITH", "SEC_PURPOSE", "PURPOSE", "X_PURPOSE", "X_MOZ"):
        if options.get("address_header") != "X-Purpose":
            environ.pop("HTTP_" + name, None)
    status, answered, _ = browsers.call(
        Analytics(browsers.application(), provider, include="*", **options), environ
    )
    assert status == "200 OK"
    for _, value in answered:
        assert "\n" not in value and "\r" not in value
    for hit in provider.hits:
        check(hit)
    if options.get("address_header") != "X-Purpose":
        assert len(provider.hits) == 1


def check(fields):
    """Check that fields are in their normal form and carry no control characters."""
    for name in set(fields) - {"id", "type"}:
        if isinstance(fields[name], six.text_type):
            assert not any(char < " " or char == "\x7f" for char in fields[name]), name
            fields[name].encode("utf-8")
    if "user_ip" in fields:
        assert address_of(fields["user_ip"]) == fields["user_ip"]
    if "url" in fields:
        fields["url"].encode("ascii")
        assert fields["url"].startswith(("http://", "https://"))


@given(
    st.lists(
        st.tuples(st.sampled_from(sorted(Site("memory", OPTIONS[1]).names)), VALUES), max_size=8
    ),
    st.text(max_size=20),
    st.binary(max_size=20),
)
def test_any_scope(headers, path, query):
    """The same for ASGI, whose values are bytes."""
    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "query_string": query,
        "headers": headers,
    }
    check(from_scope(scope, Proxies(2)))


def test_huge_requests():
    """Headers of 64 kB are read up to a bound, whatever they are full of."""
    for piece in ("a", ",", ";", '"', "\\", "=", " ", "1.", "for=,", "\xe9", "for=10.0.0.1,", "%"):
        value = (piece * 65536)[:65536]
        changes = {str(name): value for name in NAMES if name.startswith("HTTP_") or "_" in name}
        for options in OPTIONS:
            fields = from_environ(
                dict(browsers.environ(), **changes), Site("memory", options).proxies
            )
            assert all(len(text) <= 2048 for text in fields.values() if isinstance(text, type("")))


def test_no_injection():
    """Line breaks of a visitor do not become headers of the platform's request."""
    with Collector() as collector:
        provider = analytical.Provider(
            "plausible", "example.com", url=collector.url, delivery="background"
        )
        app = Analytics(browsers.application(), provider, trusted_proxies=1)
        evil = str("a\r\nX-Injected: yes")
        environ = browsers.environ(
            HTTP_USER_AGENT=evil, HTTP_REFERER=evil, HTTP_X_FORWARDED_FOR=evil, PATH_INFO="/" + evil
        )
        browsers.call(app, environ)
        browsers.call(app, dict(environ, HTTP_X_FORWARDED_FOR=str("198.51.100.1")))
        assert provider.close(10)
        assert collector.requests
        for request in collector.requests:
            assert "X-Injected" not in request.headers
