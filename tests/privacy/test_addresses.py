"""What leaves as the visitor's address."""

from __future__ import absolute_import, division, print_function, unicode_literals

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytical.hit import Hit
from analytical.params import read
from analytical.privacy.addresses import anonymize_ip, remove_ip
from analytical.utils import anonymize_ip_address

V4 = st.lists(st.integers(0, 255), min_size=4, max_size=4).map(lambda o: "%d.%d.%d.%d" % tuple(o))
V6 = st.lists(st.integers(0, 65535), min_size=8, max_size=8).map(
    lambda groups: ":".join("%x" % group for group in groups)
)


def test_rejects_bits_at_construction():
    """Bits that cannot be are refused when the list is made, not with the first hit."""
    with pytest.raises(ValueError):
        anonymize_ip(ipv4_bits=33)
    with pytest.raises(TypeError):
        anonymize_ip(ipv6_bits="80")


@pytest.mark.parametrize(
    "address, expected",
    [
        ("12.34.56.78", "12.34.0.0"),
        (" 12.34.56.78:443 ", "12.34.0.0"),
        ("2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff", "2001:db8:aaaa::"),
        ("2001:DB8:AAAA:BBBB:CCCC:DDDD:EEEE:FFFF", "2001:db8:aaaa::"),
        ("2001:db8::1", "2001:db8::"),
        ("::ffff:12.34.56.78", "12.34.0.0"),
        ("2002:c22:384e:1:2:3:4:5", "2002:c22::"),
        ("unknown", None),
        ("12.34.56.78, 192.0.2.1", None),
    ],
)
def test_address_of_hit(address, expected):
    """An address loses its end, and what is none is taken away."""
    hit = anonymize_ip()(read("pageview", {"uip": address}))
    assert hit.get("user_ip") == expected


@given(st.one_of(V4, V6))
def test_shortcut_agrees(address):
    """The shortcut for usual addresses gives what the reader of all addresses gives."""
    assert anonymize_ip().address(address) == anonymize_ip_address(address, 16, 80)


@pytest.mark.parametrize("processor", [anonymize_ip(), remove_ip()])
@pytest.mark.parametrize("address", ["12.34.56.78", b"12.34.56.78", b"\xff12.34.56.78", 203569230])
def test_no_original_stays(processor, address):
    """No other part of the hit keeps the address, in whatever form it was passed."""
    hit = processor(read("pageview", {"uip": address, "some_address": "12.34.56.78"}))
    kept = repr([hit.fields, hit.raw, hit.other, hit.invalid])
    assert "56.78" not in kept and "203569230" not in kept


def test_remove():
    """The address goes, and nothing else."""
    hit = read("pageview", {"uip": "12.34.56.78", "title": "Home", "unknown": "x"})
    changed = remove_ip()(hit)
    assert changed.fields == {"title": "Home"}
    assert changed.other == {"unknown": "x"}
    assert (changed.id, changed.time, changed.type) == (hit.id, hit.time, hit.type)
    assert hit.fields["user_ip"] == "12.34.56.78"


def test_same_hit_without_address():
    """A hit that has no address is passed on as it is."""
    hit = Hit("pageview", {"title": "Home"})
    assert anonymize_ip()(hit) is hit and remove_ip()(hit) is hit


def test_repr_names_the_processor():
    """Its repr says what it does, in the words of the call that made it."""
    assert repr(anonymize_ip()) == "anonymize_ip(ipv4_bits=16, ipv6_bits=80)"
    assert repr(remove_ip()) == "remove_ip()"
