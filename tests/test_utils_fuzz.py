"""The anonymizers against arbitrary input, and against the standard library's idea of an address."""

from __future__ import absolute_import, division, print_function, unicode_literals

import ipaddress
import re

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from analytical.utils import anonymize_ip_address, anonymize_user_agent

RARE = "Rare user agent"

any_text = st.text(st.characters())  # lone surrogates as well
nearly_addresses = st.text(st.sampled_from("0123456789abcdefABCDEFx:::...%[]/ \n"), max_size=50)
ports = st.integers(0, 65535)
ipv4_bits = st.integers(0, 32)
ipv6_bits = st.integers(0, 128)

# Many zeros, so that there is much to shorten; and the prefixes that have a meaning.
groups = st.sampled_from([0, 0, 0, 0, 1, 0x64, 0x0C22, 0x2001, 0x2002, 0xFF9B, 0xFFFF])
groups = st.one_of(groups, groups, st.integers(0, 0xFFFF))
ipv6_texts = st.lists(groups, min_size=8, max_size=8).map(
    lambda g: "%x:%x:%x:%x:%x:%x:%x:%x" % tuple(g)
)
ipv4 = st.integers(0, 2**32 - 1).map(ipaddress.IPv4Address)
ipv6 = ipv6_texts.map(ipaddress.IPv6Address)


def zero(number, bits):
    """Zero the last bits of a number by shifting, unlike the code under test."""
    return number >> bits << bits


def expected_ipv6(address, ipv4_bits, ipv6_bits):
    """Answer for an IPv6 address, computed on one number of 128 bits."""
    number = int(address)
    if address.ipv4_mapped is not None:
        return expected_ipv4(address.ipv4_mapped, ipv4_bits)
    if number >> 112 == 0x2002:
        below = number % 2**80
        number = zero(number >> 80, ipv4_bits) << 80 | below
    if number >> 112 == 0x2002 or number >> 96 in (0, 0x0064FF9B, 0x20010000):
        ipv6_bits = max(ipv4_bits, ipv6_bits)
    return ipaddress.IPv6Address(zero(number, ipv6_bits)).compressed


def expected_ipv4(address, ipv4_bits):
    """Answer for an IPv4 address."""
    return ipaddress.IPv4Address(zero(int(address), ipv4_bits)).compressed


def parsed(text):
    """Read an address with ipaddress, as strictly as its newest version does on every interpreter."""
    if re.search(r"(\A|[.:])0[0-9]+(\.|\Z)", text) and "." in text:
        return None
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


@settings(deadline=None, max_examples=200)
@given(st.one_of(any_text, nearly_addresses, st.binary()), ipv4_bits, ipv6_bits)
def test_any_address(value, ipv4_bits, ipv6_bits):
    """Whatever is given, the answer is None or an address that stays as it is."""
    anonymized = anonymize_ip_address(value, ipv4_bits, ipv6_bits)

    if anonymized is not None:
        assert parsed(anonymized).compressed == anonymized
        assert anonymize_ip_address(anonymized, ipv4_bits, ipv6_bits) == anonymized


@settings(deadline=None, max_examples=500)
@given(st.one_of(nearly_addresses, ipv6_texts, st.from_regex(r"\A[0-9a-f:.]{1,20}\Z")))
def test_same_addresses_as_the_standard_library(text):
    """What ipaddress refuses is refused, and what it reads is read."""
    assume(not re.search(r"[%\[\]\s]", text) and text.count(":") != 1)

    assert (anonymize_ip_address(text) is None) == (parsed(text) is None)


@settings(deadline=None, max_examples=200)
@given(ipv4, ipv4_bits, ports)
def test_any_ipv4(address, bits, port):
    """The first bits are kept and the last are zeroed, with a port as without."""
    expected = expected_ipv4(address, bits)

    for text in ("%s", " %s ", "%s:{}", "::ffff:%s", "[::FFFF:%s]:{}"):
        text = (text % address).format(port)
        assert anonymize_ip_address(text, ipv4_bits=bits) == expected
    assert anonymize_ip_address(expected, ipv4_bits=bits) == expected
    assert anonymize_ip_address(address.compressed) == expected_ipv4(address, 16)


@settings(deadline=None, max_examples=300)
@given(ipv6, ipv4_bits, ipv6_bits, ports)
def test_any_ipv6(address, ipv4_bits, ipv6_bits, port):
    """The first bits are kept and the last are zeroed, however the address is written."""
    expected = expected_ipv6(address, ipv4_bits, ipv6_bits)
    last = int(address) % 2**32
    dotted = "%s:%s" % (address.exploded[:29], ipaddress.IPv4Address(last))

    for text in (address.compressed, address.exploded, address.exploded.upper(), dotted):
        assert anonymize_ip_address(text, ipv4_bits, ipv6_bits) == expected
        assert anonymize_ip_address(text + "%eth0", ipv4_bits, ipv6_bits) == expected
        assert anonymize_ip_address("[%s]:%d" % (text, port), ipv4_bits, ipv6_bits) == expected
    assert anonymize_ip_address(expected, ipv4_bits, ipv6_bits) == expected


@settings(deadline=None, max_examples=300)
@given(ipv6, ipv6_texts)
def test_any_ipv6_as_usual(address, text):
    """The shortcut for usual addresses and usual numbers of bits gives what the long way gives."""
    assert anonymize_ip_address(address.compressed) == expected_ipv6(address, 16, 16)
    assert anonymize_ip_address(text) == anonymize_ip_address("[%s]" % text)
    assert anonymize_ip_address(text) == expected_ipv6(ipaddress.IPv6Address(text), 16, 16)


@settings(deadline=None, max_examples=60)
@given(st.one_of(any_text, st.binary(), any_text.map("Firefox/1.0 (Windows NT 10.0) {}".format)))
def test_any_user_agent(value):
    """Whatever is given, the answer is its text or the replacement, and can be sent."""
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else value
    answer = anonymize_user_agent(value)

    assert answer in (text, RARE)
    assert answer.encode("utf-8").decode("utf-8") == answer
    assert anonymize_user_agent(answer) == answer
