"""Processors for visitors' addresses: zero a part of them, or take them away."""

from __future__ import absolute_import, division, print_function, unicode_literals

import re

import six

from ..hit import Hit
from ..utils import anonymize_ip_address

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Optional, Text

_IPV4_BITS, _IPV6_BITS = 16, 80

# A shortcut for most IPv6 visitors, whose three kept groups need no shortening and hold no IPv4; for
# the others, utils reads the address.
_GROUP = "[1-9a-f][0-9a-f]{0,3}"
_USUAL_IPV6 = re.compile(
    "(?!2002:)(%s:%s:%s:)(?=(?:[0-9a-f]{1,4}:){4}[0-9a-f]{1,4}\\Z)" % ((_GROUP,) * 3)
)


def anonymize_ip(ipv4_bits=_IPV4_BITS, ipv6_bits=_IPV6_BITS):
    # type: (int, int) -> AnonymizeIP
    """
    Zero the last bits of the visitor's address (field ``user_ip``), so that it stands for many.

    *Protects* the visitor's connection: with the defaults 65,536 IPv4 addresses look the same, and so do
    all networks that an IPv6 provider gave out of one /48. What is no address is taken away, for it may
    be one in a form of its own. Addresses under names that the vocabulary does not know are treated the
    same. *Costs* precision of the place: the country stays right, mostly the region too; cities do not.

    Put :func:`visitor_id` before it only if that is to tell neighbours apart; its own use of the address
    never leaves the process.

        >>> from analytical.params import read
        >>> hit = anonymize_ip()(read('pageview', {'uip': '12.34.56.78'}))
        >>> print(hit.get('user_ip'))
        12.34.0.0

    :param int ipv4_bits: how many bits of an IPv4 address to zero, 0 to 32
    :param int ipv6_bits: how many bits of an IPv6 address to zero, 0 to 128
    :raises TypeError: for a number of bits that is no int
    :raises ValueError: for a number of bits out of range
    """
    return AnonymizeIP(ipv4_bits, ipv6_bits)


def remove_ip():
    # type: () -> RemoveIP
    """
    Take the visitor's address away (field ``user_ip``).

    *Protects* the visitor's connection entirely. *Costs* the place: a platform then knows no country but
    from the fields ``geo_id`` and ``language``. Addresses under names that the vocabulary does not know
    are taken away too.

        >>> from analytical.params import read
        >>> hit = remove_ip()(read('pageview', {'uip': '12.34.56.78'}))
        >>> hit.get('user_ip') is None
        True
    """
    return RemoveIP()


class AnonymizeIP(object):
    """The processor that :func:`anonymize_ip` makes."""

    def __init__(self, ipv4_bits, ipv6_bits):
        # type: (int, int) -> None
        anonymize_ip_address("", ipv4_bits, ipv6_bits)  # checks the bits
        self._bits = (ipv4_bits, ipv6_bits)
        self._usual = self._bits == (_IPV4_BITS, _IPV6_BITS)
        self.__name__ = repr(self)

    def __call__(self, hit):
        # type: (Hit) -> Hit
        return _with_address(hit, self)

    def address(self, value):
        # type: (Any) -> Optional[Text]
        """Give the anonymized address; None for what is no address."""
        if self._usual and isinstance(value, six.text_type):
            if (
                ":" not in value
            ):  # for IPv4 the defaults of utils, which have a shortcut, are the same
                return anonymize_ip_address(value)
            usual = _USUAL_IPV6.match(value)
            if usual:
                return usual.group(1) + ":"
        return anonymize_ip_address(value, *self._bits)

    def __repr__(self):
        # type: () -> str
        return str("anonymize_ip(ipv4_bits=%d, ipv6_bits=%d)" % self._bits)


class RemoveIP(object):
    """The processor that :func:`remove_ip` makes."""

    __name__ = str("remove_ip()")

    def __call__(self, hit):
        # type: (Hit) -> Hit
        return _with_address(hit, self)

    def address(self, value):
        # type: (Any) -> Optional[Text]
        """Give None for every address."""
        return None

    def __repr__(self):
        # type: () -> str
        return str("remove_ip()")


def _with_address(hit, processor):
    # type: (Hit, Any) -> Hit
    """Change the address of a hit, and forget the original that ``raw`` or ``other`` may hold."""
    fields, raw, invalid = hit.fields, hit.raw, hit.invalid
    if "user_ip" in fields:
        fields = dict(fields)
        address = processor.address(fields.pop("user_ip"))
        if address is not None:
            fields["user_ip"] = address
    elif not raw and not invalid and not hit.other:
        return hit
    if raw or invalid:
        raw = {name: value for name, value in raw.items() if name != "user_ip"}
        invalid = {name: why for name, why in invalid.items() if name != "user_ip"}
    other = _others(hit.other, processor) if hit.other else None
    return Hit(hit.type, fields, hit.time, hit.id, raw, other, invalid)


def _others(other, processor):
    # type: (Dict[Text, Any], Any) -> Dict[Text, Any]
    """Change what is an address among values that the vocabulary does not know."""
    changed = {}
    for name, value in other.items():
        if anonymize_ip_address(value) is not None:
            value = processor.address(value)
        if value is not None:
            changed[name] = value
    return changed
