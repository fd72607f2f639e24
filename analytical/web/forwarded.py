"""
Whose address a request comes from: the peer's, or what proxies that are trusted say of it.

Anyone may send any header. So entries are read from the right, where the proxy that talks to us wrote,
and only as far as those who wrote them are trusted.
"""

from __future__ import absolute_import, division, print_function, unicode_literals

import binascii
import ipaddress
import re
import socket

import six

from ..errors import ConfigurationError
from ..secrets import describe
from ..utils import anonymize_ip_address
from .headers import key_of, raw, text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterator, List, Mapping, Optional, Text, Tuple

    Origin = Tuple[Optional[Text], Optional[Text], Optional[Text]]

MAX_HOPS = 32  # entries that are looked at; no request passes more proxies

_OCTET = r"(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_IPV4 = re.compile(r"(?:%s\.){3}%s\Z" % (_OCTET, _OCTET))
_HOST = re.compile(
    r"(?:[A-Za-z0-9_][A-Za-z0-9._-]{0,252}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?\Z"
)
_OBFUSCATED_PORT = re.compile(r":_[A-Za-z0-9._-]+\Z")  # RFC 7239, section 6.3
# RFC 7239, section 4: token = token / quoted-string, separated by semicolons.
_PAIR = re.compile(
    r"[ \t]*([!#$%&'*+.^_`|~0-9A-Za-z-]+)=(?:\"((?:[^\"\\]|\\.)*)\"|([^\s\";,]*))[ \t]*(?:;|\Z)"
)
_SCHEMES = {"http": "http", "https": "https"}  # native to text, on Python 2
_ESCAPE = re.compile(r"\\(.)")


def address_of(value):
    # type: (Any) -> Optional[Text]
    """Give an IP address in its normal form, without port, brackets and zone; None for what is none."""
    if isinstance(value, six.text_type) and _IPV4.match(value):
        return value
    return anonymize_ip_address(value, ipv4_bits=0, ipv6_bits=0)


def host_of(value):
    # type: (Any) -> Optional[Text]
    """Give a host, with its port if it has one, in small letters; None for what has not its form."""
    if isinstance(value, bytes):
        value = text(value)
    return value.lower() if value and _HOST.match(value) else None


def scheme_of(value):
    # type: (Any) -> Optional[Text]
    """Give ``http`` or ``https``, or None for anything else."""
    if value in _SCHEMES:
        return _SCHEMES[value]
    scheme = text(value).lower() if value else None
    return scheme if scheme in ("http", "https") else None


class Proxies(object):
    """
    The proxies in front of the application.

    :param trusted: how many there are (1, 2 ...), or their addresses and networks, such as
        ``['10.0.0.0/8', '2001:db8::/32']``; ``'unix'`` among them stands for a peer without an address,
        as behind a Unix socket. None, 0 or nothing: no header is believed
    :param str address_header: the header in which they say the visitor's address: ``X-Forwarded-For``,
        ``Forwarded`` (RFC 7239), or one that holds a single address, such as ``CF-Connecting-IP``. One
        alone: what your proxies do not write, a visitor may have written
    :raises ConfigurationError: for networks that are none, or a header that nobody is trusted with
    """

    def __init__(self, trusted=None, address_header=None):
        # type: (Any, Optional[Text]) -> None
        self._count, self._unix = 0, False
        self._networks = []  # type: List[Tuple[int, int, int]]
        if isinstance(trusted, six.integer_types) and not isinstance(trusted, bool):
            self._count = _check_count(trusted)
        elif trusted:
            self._take_networks(trusted)
        self.trusting = bool(self._count or self._networks or self._unix)
        if address_header and not self.trusting:
            raise ConfigurationError(
                "address_header= needs trusted_proxies=, the proxies that write it: anyone else may "
                "write it too"
            )
        self._key = key_of(address_header or "X-Forwarded-For")
        self.keys = ()  # type: Tuple[Text, ...]
        if self.trusting:
            self.keys = (self._key, "HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PROTO")

    def _take_networks(self, trusted):
        # type: (Any) -> None
        names = trusted.split(",") if isinstance(trusted, (six.text_type, str)) else trusted
        if not isinstance(names, (list, tuple, set, frozenset)):
            raise ConfigurationError(
                "trusted_proxies= takes a number or a list of networks, not %s" % describe(trusted)
            )
        for name in names:
            name = text(name).strip()
            if name == "unix":
                self._unix = True
            else:
                self._networks.append(_network(name))

    def origin(self, environ):
        # type: (Mapping[Text, Any]) -> Origin
        """
        Tell whom a request is from, and what for: (address, host, scheme).

        The address is None where it is not known, host and scheme where no trusted proxy says them.
        """
        peer = environ.get("REMOTE_ADDR")
        address = address_of(peer)
        if not self.trusting or not self._trusts(address, 0, peer):
            return address, None, None
        if self._key == "HTTP_FORWARDED":
            return self._walk_forwarded(environ, address)
        address, hops = self._walk(address, self._nodes(environ))
        host = _nth(environ.get("HTTP_X_FORWARDED_HOST"), hops)
        return address, host_of(host), scheme_of(_nth(environ.get("HTTP_X_FORWARDED_PROTO"), hops))

    def _trusts(self, address, hops, peer=None):
        # type: (Optional[Text], int, Any) -> bool
        if self._count:
            return hops < self._count
        if address is None:
            return self._unix and not hops and not peer
        number, size = _number(address)
        for bits, prefix, shift in self._networks:
            if bits == size and number >> shift == prefix:
                return True
        return False

    def _nodes(self, environ):
        # type: (Mapping[Text, Any]) -> List[Text]
        given = environ.get(self._key)
        if not given:
            return []
        if self._key == "HTTP_X_FORWARDED_FOR":
            return _entries(given)
        return [text(given)]

    def _walk(self, address, nodes):
        # type: (Optional[Text], List[Text]) -> Tuple[Optional[Text], int]
        """Go from entry to entry, the nearest first, while he who wrote it is trusted."""
        hops = 0
        for node in nodes:
            hops += 1
            address = address_of(node)
            if address is None or not self._trusts(address, hops):
                break
        return address, max(hops, 1)

    def _walk_forwarded(self, environ, address):
        # type: (Mapping[Text, Any], Optional[Text]) -> Origin
        elements = [_pairs(element) for element in _elements(environ.get(self._key))]
        nodes = [_OBFUSCATED_PORT.sub("", pairs.get("for", "")) for pairs in elements]
        address, hops = self._walk(address, nodes)
        said = elements[hops - 1] if elements else {}
        return address, host_of(said.get("host")), scheme_of(said.get("proto"))


def _check_count(count):
    # type: (int) -> int
    if 0 <= count <= MAX_HOPS:
        return count
    raise ConfigurationError("trusted_proxies= takes 0 to %d proxies, or networks" % MAX_HOPS)


def _network(name):
    # type: (Text) -> Tuple[int, int, int]
    """Read a network: (bits of an address, the number its addresses start with, bits after that)."""
    try:
        network = ipaddress.ip_network(name)
    except ValueError:  # not passed on: it repeats the value
        network = None
    if network is None:
        raise ConfigurationError(
            "trusted_proxies= takes networks such as '10.0.0.0/8', with no bits after the prefix, or "
            "'unix', not %s" % describe(name)
        )
    shift = network.max_prefixlen - network.prefixlen
    return network.max_prefixlen, int(network.network_address) >> shift, shift


def _number(address):
    # type: (Text) -> Tuple[int, int]
    """Give an address as a number, and how many bits it has; ``ipaddress`` takes several times as long."""
    if ":" not in address:
        a, b, c, d = address.split(".")
        return int(a) << 24 | int(b) << 16 | int(c) << 8 | int(d), 32
    if not hasattr(socket, "inet_pton"):  # Python 2 on Windows
        return int(ipaddress.ip_address(address)), 128
    packed = socket.inet_pton(socket.AF_INET6, str(address))
    return int(binascii.hexlify(packed), 16), 128


def _entries(value):
    # type: (Any) -> List[Text]
    """Take a list apart, the last entry first; what lies beyond the most hops stays one entry."""
    if isinstance(value, bytes):
        value = value.decode("latin-1")
    parts = [part.strip(" \t") for part in value.rsplit(",", MAX_HOPS)]
    return [part for part in reversed(parts) if part]


def _elements(value):
    # type: (Any) -> Iterator[Text]
    """
    Take a Forwarded header apart, the last element first, at commas outside of quotes.

    Read from the left, a quote that a visitor left open would swallow what the proxy wrote after it.
    """
    element = ""
    for part in reversed(raw(value or b"").rsplit(b",", MAX_HOPS)):
        element = text(part) + ("," + element if element else "")
        if element.replace('\\"', "").count('"') % 2 == 0:
            if element.strip():
                yield element
            element = ""
    if element:
        yield element


def _pairs(element):
    # type: (Text) -> Dict[Text, Text]
    """Read an element of Forwarded; nothing where it is malformed."""
    pairs, position = {}, 0  # type: Dict[Text, Text], int
    while position < len(element):
        match = _PAIR.match(element, position)
        if match is None:
            return {}
        name, quoted, token = match.groups()
        pairs[name.lower()] = token if quoted is None else _ESCAPE.sub(r"\1", quoted)
        position = match.end()
    return pairs


def _nth(value, hops):
    # type: (Any, int) -> Optional[Text]
    """Give the entry that the farthest trusted proxy wrote; proxies may write one for them all."""
    entries = _entries(value) if value else []
    return entries[min(hops, len(entries)) - 1] if entries else None
