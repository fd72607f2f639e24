"""Whose address a request is from: what may be believed, and what may not."""

from __future__ import absolute_import, division, print_function, unicode_literals

import browsers
import pytest

from analytical.errors import ConfigurationError
from analytical.web.forwarded import Proxies, address_of, host_of

PROXY, OTHER = "10.0.0.7", "10.0.0.8"
NETWORKS = ["10.0.0.0/8", "2001:db8:f::/48"]


def address(proxies, peer=PROXY, **headers):
    """Give the address that some proxies make of a request."""
    return proxies.origin(browsers.environ(REMOTE_ADDR=peer, **headers))[0]


@pytest.mark.parametrize(
    "header",
    ["HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_CF_CONNECTING_IP"],
)
def test_nothing_is_trusted_by_default(header):
    """Without trusted_proxies the address is the peer's, whatever headers say."""
    for value in ("198.51.100.1", "for=198.51.100.1"):
        assert address(Proxies(), "203.0.113.9", **{header: value}) == "203.0.113.9"


@pytest.mark.parametrize(
    ("trusted", "peer", "header", "expected"),
    [
        (1, PROXY, "198.51.100.1", "198.51.100.1"),
        (1, PROXY, "6.6.6.6, 198.51.100.1", "198.51.100.1"),
        (2, PROXY, "6.6.6.6, 198.51.100.1, 10.0.0.8", "198.51.100.1"),
        (2, PROXY, "198.51.100.1", "198.51.100.1"),  # it passed by the inner one only
        (1, "", "198.51.100.1", "198.51.100.1"),  # through a Unix socket
        (1, PROXY, None, PROXY),
        (1, PROXY, " , ,", PROXY),
        (1, PROXY, "198.51.100.1:4711", "198.51.100.1"),
        (1, PROXY, "[2001:db8::1]:4711", "2001:db8::1"),
        (1, PROXY, "2001:DB8:0::1", "2001:db8::1"),
        (1, PROXY, "::ffff:198.51.100.1", "198.51.100.1"),
        (1, PROXY, "198.51.100.1, unknown", None),
        (1, PROXY, "198.51.100.1, _hidden", None),
        (1, PROXY, "198.51.100.1, 198.51.100.300", None),
        (NETWORKS, PROXY, "6.6.6.6, 198.51.100.1, 10.0.0.8", "198.51.100.1"),
        (NETWORKS, PROXY, "198.51.100.1, unknown, 10.0.0.8", None),
        (NETWORKS, "2001:db8:f::9", "6.6.6.6, 2001:db8:e::1", "2001:db8:e::1"),
        (NETWORKS, PROXY, "10.0.0.9, 10.0.0.8", "10.0.0.9"),  # from within
        (NETWORKS, "198.51.100.7", "6.6.6.6", "198.51.100.7"),  # past the proxies
        (NETWORKS, "", "6.6.6.6", None),
        ("10.0.0.0/8", PROXY, "198.51.100.1", "198.51.100.1"),
        (["unix"], "", "6.6.6.6, 198.51.100.1", "198.51.100.1"),
        (["unix"], "203.0.113.9", "6.6.6.6", "203.0.113.9"),
        (["unix", "10.0.0.0/8"], "", "6.6.6.6, 198.51.100.1, 10.0.0.8", "198.51.100.1"),
        (0, PROXY, "6.6.6.6", PROXY),
        ([], PROXY, "6.6.6.6", PROXY),
    ],
)
def test_x_forwarded_for(trusted, peer, header, expected):
    """X-Forwarded-For is read from the right, as far as those who wrote it are trusted."""
    assert address(Proxies(trusted), peer, HTTP_X_FORWARDED_FOR=header) == expected


@pytest.mark.parametrize(
    ("trusted", "header", "expected"),
    [
        (1, "for=198.51.100.1", "198.51.100.1"),
        (1, 'For="[2001:db8:cafe::17]:4711"', "2001:db8:cafe::17"),
        (1, "for=198.51.100.1;proto=https;by=10.0.0.7", "198.51.100.1"),
        (1, "by=10.0.0.7 ; for=198.51.100.1", "198.51.100.1"),
        (1, 'for="198.51.100.1:_gazonk"', "198.51.100.1"),
        (1, "for=6.6.6.6, for=198.51.100.1", "198.51.100.1"),
        (NETWORKS, "for=6.6.6.6, for=198.51.100.1,for=10.0.0.8", "198.51.100.1"),
        (1, "for=198.51.100.1, for=unknown", None),
        (1, "for=198.51.100.1, for=_SEVKISEK", None),
        (1, "for=198.51.100.1, proto=https", None),
        (1, 'for="198.51.100.1', None),
        (1, "for=198.51.100.1 for=6.6.6.6", None),
        # A quote left open, and a value that looks like more: what the proxy wrote stands alone.
        (1, 'for="6.6.6.6, for=198.51.100.1', "198.51.100.1"),
        (1, 'for="6.6.6.6\\", for=198.51.100.1', "198.51.100.1"),
        (1, 'host="a;for=6.6.6.6";for=198.51.100.1', "198.51.100.1"),
        (1, 'for=6.6.6.6, host="a,for=6.6.6.6";for=198.51.100.1', "198.51.100.1"),
        (1, 'host="a\\",for=6.6.6.6";for=198.51.100.1', "198.51.100.1"),
        (1, None, PROXY),
    ],
)
def test_forwarded(trusted, header, expected):
    """Forwarded (RFC 7239) is read likewise: quoted forms, ports, obfuscated and unknown nodes."""
    assert address(Proxies(trusted, "Forwarded"), HTTP_FORWARDED=header) == expected


def test_one_header_is_read():
    """The header that the proxies do not write is a visitor's, and is not looked at."""
    headers = {"HTTP_X_FORWARDED_FOR": "198.51.100.1", "HTTP_FORWARDED": "for=6.6.6.6"}
    assert address(Proxies(1), **headers) == "198.51.100.1"
    headers = {"HTTP_X_FORWARDED_FOR": "6.6.6.6", "HTTP_FORWARDED": "for=198.51.100.1"}
    assert address(Proxies(1, "forwarded"), **headers) == "198.51.100.1"


@pytest.mark.parametrize(
    ("peer", "value", "expected"),
    [
        (PROXY, "198.51.100.1", "198.51.100.1"),
        (PROXY, "2001:db8::1", "2001:db8::1"),
        (PROXY, "6.6.6.6, 198.51.100.1", None),
        (PROXY, "", PROXY),
        ("203.0.113.9", "6.6.6.6", "203.0.113.9"),
    ],
)
def test_header_of_a_cdn(peer, value, expected):
    """A header with a single address is believed of trusted peers alone."""
    proxies = Proxies(NETWORKS, "CF-Connecting-IP")
    assert address(proxies, peer, HTTP_CF_CONNECTING_IP=value) == expected


def test_many_entries():
    """Ten thousand entries cost no more than some, and lead to nobody's address."""
    entries = ", ".join(["10.0.0.8"] * 10000)
    assert address(Proxies(NETWORKS), HTTP_X_FORWARDED_FOR=entries) is None
    assert address(Proxies(1), HTTP_X_FORWARDED_FOR=entries + ", 198.51.100.1") == "198.51.100.1"
    elements = ", ".join(["for=10.0.0.8"] * 10000)
    assert address(Proxies(NETWORKS, "Forwarded"), HTTP_FORWARDED=elements) is None


@pytest.mark.parametrize(
    ("trusted", "peer", "host", "proto", "expected"),
    [
        (0, PROXY, "shop.example", "https", (None, None)),
        (1, PROXY, "Shop.example", "https", ("shop.example", "https")),
        (1, PROXY, "evil.example, shop.example", "gopher", ("shop.example", None)),
        (1, PROXY, "a/b", "HTTPS", (None, "https")),
        (NETWORKS, "203.0.113.9", "evil.example", "https", (None, None)),
    ],
)
def test_host_and_scheme(trusted, peer, host, proto, expected):
    """X-Forwarded-Host and -Proto are taken from trusted proxies alone."""
    headers = {"HTTP_X_FORWARDED_HOST": host, "HTTP_X_FORWARDED_PROTO": proto}
    environ = browsers.environ(REMOTE_ADDR=peer, HTTP_X_FORWARDED_FOR="198.51.100.1", **headers)
    assert Proxies(trusted).origin(environ)[1:] == expected


def test_host_and_scheme_of_forwarded():
    """Forwarded says them in the same element as the address."""
    environ = browsers.environ(
        REMOTE_ADDR=PROXY,
        HTTP_FORWARDED='for=6.6.6.6;host=evil.example, for=198.51.100.1;host="shop.example:8443";proto=https',
    )
    assert Proxies(1, "Forwarded").origin(environ)[1:] == ("shop.example:8443", "https")


@pytest.mark.parametrize(
    ("trusted", "header", "words"),
    [
        (None, "X-Real-IP", "trusted_proxies="),
        (-1, None, "0 to 32"),
        (True, None, "a number or a list"),
        (["10.0.0.1/8"], None, "no bits after the prefix"),
        (["proxy.example"], None, "networks such as"),
        (1.5, None, "a number or a list"),
    ],
)
def test_mistakes(trusted, header, words):
    """What cannot be networks, or would believe anyone, is an error when the application starts."""
    with pytest.raises(ConfigurationError) as caught:
        Proxies(trusted, header)
    assert words in str(caught.value)
    assert "proxy.example" not in str(caught.value)


@pytest.mark.parametrize(
    "host",
    ["example.com", "EXAMPLE.com:8000", "[2001:db8::1]:80", "127.0.0.1", "a_b.example", "x."],
)
def test_hosts(host):
    """What has the form of a host is one, in small letters."""
    assert host_of(host) == host.lower() == host_of(host.encode("ascii"))


@pytest.mark.parametrize(
    "host",
    ["", None, "a b", "a/b", "a@b", "a\r\nX: y", "a:b", "-", "exa\xe4mple", "a" * 300, "a:1\n"],
)
def test_no_hosts(host):
    """Anything else is none."""
    assert host_of(host) is None


def test_no_addresses():
    """What only looks like an address is none, on every Python."""
    for value in ("01.2.3.4", "1.2.3", "1.2.3.4.5", "::g", "", None, "1.2.3.4\n6", b"\xff", 7):
        assert address_of(value) is None
