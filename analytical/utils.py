"""
Public helpers: visitors' addresses and user agents made common, and text or bytes by force.

Addresses are read and written here, not by ``socket`` or ``ipaddress``, whose answers differ between
systems and between Python versions. No address is kept.
"""

from __future__ import absolute_import, division, print_function, unicode_literals

import binascii
import collections
import re
import struct

import six

from ._agents import LONGEST, REMEMBERED, load_names
from ._compat import encodable, type_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Deque, Dict, List, Optional, Text, Tuple

_DEFAULT_BITS = 16
_LONGEST_ADDRESS = 128  # 53 for IPv6 with dotted IPv4, brackets and port; the rest for a zone
_WHITE_SPACE = " \t\r\n\f\v"  # what strip() takes by itself depends on the version of Unicode
_OCTETS = {"%d" % octet: octet for octet in range(256)}  # no leading zeros: they once meant octal
_DOTTED = "%d.%d.%d.%d"
_PADDED_GROUPS = "%4s" * 8
_GROUPS = ":%x" * 8 + ":"
_RUNS_OF_ZEROS = tuple(":0" * length + ":" for length in range(8, 1, -1))
_unpack_groups = struct.Struct(str(">8H")).unpack
_HOST_AND_PORT = re.compile(r"(?:\[([^\[\]]*:[^\[\]]*)\]|([0-9.]+))(?::([0-9]{1,5}))?\Z")
_MAPPED = (0, 0, 0, 0, 0, 0xFFFF)  # RFC 4291, section 2.5.5.2
_6TO4 = 0x2002  # RFC 3056
# Prefixes of what ends in an IPv4 address: IPv4-compatible (RFC 4291, section 2.5.5.1) and
# IPv4-translated (RFC 2765), NAT64 (RFC 6052, RFC 8215), Teredo (RFC 4380).
_END_IN_IPV4 = frozenset([(0, 0), (0x64, 0xFF9B), (0x2001, 0)])

# A shortcut for most visitors, two to three times as fast: dotted IPv4, and eight groups of IPv6 with
# nothing to shorten and no IPv4 inside. Only their end has to be replaced.
_OCTET = r"(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_GROUP = r"[1-9a-f][0-9a-f]{0,3}:"
_USUAL_IPV4 = r"%s\.%s\.(?=%s\.%s\Z)" % ((_OCTET,) * 4)
_USUAL_IPV6 = r"(?!2002:)" + r"(?:%s|0:(?!0))" % _GROUP * 6 + _GROUP + r"(?=[0-9a-f]{1,4}\Z)"
_USUAL = re.compile("(%s)|%s" % (_USUAL_IPV4, _USUAL_IPV6))

_RARE = "Rare user agent"
_common = {}  # type: Dict[Text, bool]
_remembered = collections.deque()  # type: Deque[Text]
_families = None  # type: Optional[Callable[[Text], Tuple[Optional[Text], Optional[Text]]]]


def force_bytes(value):
    # type: (Any) -> bytes
    """
    Text as its UTF-8 bytes; bytes as they are.

    :raises TypeError: for anything else
    """
    if isinstance(value, bytes):
        return value
    if isinstance(value, six.text_type):
        return value.encode("utf-8")
    raise TypeError("needs str or bytes, not %s" % type_name(value))


def force_text(value, encoding="utf-8", errors="strict"):
    # type: (Any, str, str) -> Text
    """
    Bytes decoded, with ``encoding`` and ``errors`` as in ``bytes.decode``; text as it is.

    :raises TypeError: for anything else
    """
    if isinstance(value, six.text_type):
        return value
    if isinstance(value, bytes):
        return value.decode(encoding, errors)
    raise TypeError("needs str or bytes, not %s" % type_name(value))


def anonymize_ip_address(ip_address, ipv4_bits=_DEFAULT_BITS, ipv6_bits=_DEFAULT_BITS):
    # type: (Any, int, int) -> Optional[Text]
    """
    Zero the last bits of an IP address, so that it stands for many visitors.

    Without its last two bytes an address still tells the country and often the region; taking one
    byte is too little for Do Not Track. Applied to its own answer it changes nothing.

        >>> anonymize_ip_address('12.34.56.78')
        '12.34.0.0'
        >>> anonymize_ip_address('[2001:db8::aaaa:bbbb]:443')
        '2001:db8::aaaa:0'
        >>> anonymize_ip_address('::ffff:12.34.56.78')
        '12.34.0.0'
        >>> anonymize_ip_address('localhost') is None
        True

    Surrounding white space, a port, brackets around IPv6 and a zone (``fe80::1%eth0``) are taken off.

    Where an IPv6 address shows that it holds an IPv4 address, that keeps no more than ``ipv4_bits``
    allows. IPv4-mapped addresses come back as IPv4. In 6to4 (``2002::/16``) it is zeroed in its place.
    What may end in one (6to4, NAT64 ``64:ff9b::/32``, Teredo ``2001::/32``, the reserved ``::/32``) has
    the larger number of bits zeroed. A network's own NAT64 prefix cannot be told from any other.

    :param ip_address: text or ASCII bytes; IPv4 as four decimal numbers without leading zeros
    :param int ipv4_bits: how many bits of an IPv4 address to zero, 0 to 32
    :param int ipv6_bits: how many bits of an IPv6 address to zero, 0 to 128
    :returns: text, IPv6 in the form of RFC 5952; None for what is no address, of whatever type
    :raises TypeError: for a number of bits that is no int
    :raises ValueError: for a number of bits out of range
    """
    if ipv4_bits is not _DEFAULT_BITS or ipv6_bits is not _DEFAULT_BITS:
        _check_bits("ipv4_bits", ipv4_bits, 32)
        _check_bits("ipv6_bits", ipv6_bits, 128)
    elif isinstance(ip_address, six.text_type):
        usual = _USUAL.match(ip_address)
        if usual:
            return usual.group() + ("0.0" if usual.group(1) else "0")
    return _anonymize_any(ip_address, ipv4_bits, ipv6_bits)


def _check_bits(name, bits, most):
    # type: (Text, Any, int) -> None
    if isinstance(bits, bool) or not isinstance(bits, six.integer_types):
        raise TypeError("%s needs an int from 0 to %d, not %s" % (name, most, type_name(bits)))
    if not 0 <= bits <= most:
        raise ValueError("%s is out of range: it takes 0 to %d bits" % (name, most))


def _anonymize_any(value, ipv4_bits, ipv6_bits):
    # type: (Any, int, int) -> Optional[Text]
    if not isinstance(value, (six.text_type, bytes)) or len(value) > _LONGEST_ADDRESS:
        return None
    try:
        return _anonymize_host(force_text(value, "ascii"), ipv4_bits, ipv6_bits)
    except ValueError:
        return None


def _anonymize_host(text, ipv4_bits, ipv6_bits):
    # type: (Text, int, int) -> Text
    text = text.strip(_WHITE_SPACE)
    if text[:1] == "[" or text.count(":") == 1:
        text = _without_port(text)
    if ":" not in text:
        return _DOTTED % _zero_bits(_read_ipv4(text), 8, ipv4_bits)
    groups = _read_ipv6(text)
    if groups[:6] == _MAPPED:
        octets = (groups[6] >> 8, groups[6] & 255, groups[7] >> 8, groups[7] & 255)
        return _DOTTED % _zero_bits(octets, 8, ipv4_bits)
    if groups[0] == _6TO4:
        groups = groups[:1] + _zero_bits(groups[1:3], 16, ipv4_bits) + groups[3:]
    if (
        groups[0] == _6TO4 or groups[:2] in _END_IN_IPV4
    ):  # some systems repeat that of 6to4 at the end
        ipv6_bits = max(ipv4_bits, ipv6_bits)
    return _write_ipv6(_zero_bits(groups, 16, ipv6_bits))


def _without_port(text):
    # type: (Text) -> Text
    match = _HOST_AND_PORT.match(text)
    if match is None or int(match.group(3) or 0) > 65535:
        raise ValueError("no address")
    return match.group(1) or match.group(2)


def _zero_bits(numbers, size, bits):
    # type: (Tuple[int, ...], int, int) -> Tuple[int, ...]
    """Zero the last bits of numbers that have ``size`` bits each."""
    whole, part = divmod(bits, size)
    kept = numbers[: len(numbers) - whole]
    if part:
        kept = kept[:-1] + (kept[-1] >> part << part,)
    return kept + (0,) * whole


def _read_ipv4(text):
    # type: (Text) -> Tuple[int, ...]
    a, b, c, d = text.split(".")
    try:
        return _OCTETS[a], _OCTETS[b], _OCTETS[c], _OCTETS[d]
    except KeyError:
        raise ValueError("no address")


def _read_ipv6(text):
    # type: (Text) -> Tuple[int, ...]
    if "%" in text:
        text, _, zone = text.partition("%")
        if not zone or "%" in zone:
            raise ValueError("no address")
    if "." in text:  # an IPv4 address at the end stands for two groups
        text, _, dotted = text.rpartition(":")
        a, b, c, d = _read_ipv4(dotted)
        text += ":%x:%x" % (a << 8 | b, c << 8 | d)
    digits = (_PADDED_GROUPS % tuple(_all_groups(text))).replace(" ", "0")
    if len(digits) != 32 or " " in text:
        raise ValueError("no address")
    try:
        return _unpack_groups(binascii.unhexlify(digits))
    except TypeError:  # Python 2 raises it for what is no digit, Python 3 a ValueError
        raise ValueError("no address")


def _all_groups(text):
    # type: (Text) -> List[Text]
    """Write out the groups, at least one, that ``::`` stands for."""
    head, gap, tail = text.partition("::")
    groups = head.split(":") if head else []
    if gap:
        last = tail.split(":") if tail else []
        groups += ["0"] * max(1, 8 - len(groups) - len(last)) + last
    if len(groups) != 8 or "" in groups:
        raise ValueError("no address")
    return groups


def _write_ipv6(groups):
    # type: (Tuple[int, ...]) -> Text
    """Shorten the first of the longest runs of zeros, but no single zero (RFC 5952, section 4.2)."""
    text = _GROUPS % groups
    if ":0:0:" in text:
        for run in _RUNS_OF_ZEROS:
            if run in text:
                head, _, tail = text.partition(run)
                return head[1:] + "::" + tail[:-1]
    return text[1:-1]


def anonymize_user_agent(user_agent):
    # type: (Any) -> Text
    """
    Replace a user agent that is rare, for it may point at one visitor.

    It is common if ua-parser, which ``user_agents`` asks, names both its browser and its operating
    system. The verdicts on up to 2,048 user agents are kept, in memory only; the oldest go first.

        >>> anonymize_user_agent('Mozilla/5.0 (Windows NT 10.0; rv:128.0) Gecko/20100101 Firefox/128.0')
        'Mozilla/5.0 (Windows NT 10.0; rv:128.0) Gecko/20100101 Firefox/128.0'
        >>> anonymize_user_agent('Some rare user agent')
        'Rare user agent'

    :param user_agent: text, or bytes of UTF-8
    :returns: the same text, or ``'Rare user agent'``: also for what is no text, cannot be written as
        UTF-8, has more than 1,024 characters, or makes the parser fail
    """
    if isinstance(user_agent, bytes):
        # A character takes four bytes at most, so that one more byte is certainly too long.
        user_agent = user_agent[: LONGEST * 4 + 1].decode("utf-8", "replace")
    if not isinstance(user_agent, six.text_type) or len(user_agent) > LONGEST:
        return _RARE
    common = _common.get(user_agent)
    if common is None:
        common = _is_common(user_agent)
        # Each step is atomic by itself: threads need no lock, and no fork can leave one locked. In this
        # order whatever is in the dict is in the deque as well, so that both stay bounded.
        _common[user_agent] = common
        _remembered.append(user_agent)
        if len(_remembered) > REMEMBERED:
            _common.pop(_remembered.popleft(), None)
    return user_agent if common else _RARE


def _is_common(user_agent):
    # type: (Text) -> bool
    global _families
    if _families is None:  # two threads may both load it, which only costs time
        _families = _load_families()
    if not encodable(user_agent):
        return False
    try:
        browser, system = _families(user_agent)
    except Exception:  # not logged: its text may repeat the user agent
        return False
    return bool(browser and system) and "Other" not in (browser, system)


def _load_families():
    # type: () -> Callable[[Text], Tuple[Optional[Text], Optional[Text]]]
    """Make a function: user agent -> families of browser and operating system."""
    names = load_names()

    def families(text):
        # type: (Text) -> Tuple[Optional[Text], Optional[Text]]
        browser, _, system, _ = names(text)
        return browser, system

    return families
