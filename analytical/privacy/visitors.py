"""Visitors without cookies: an id that lasts a day or a month, and samples of visitors."""

from __future__ import absolute_import, division, print_function, unicode_literals

import binascii
import hashlib
import numbers
import re

from ..errors import ConfigurationError
from ..hit import Hit, hyphenated, version_4
from ..secrets import check_secret, describe
from .addresses import anonymize_ip
from .salts import Salts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Mapping, Optional, Text

MIN_SECRET = 16  # characters; a shorter one can be found by trying
IPV4_BITS, IPV6_BITS = 16, 80
_AUTHORITY = re.compile("://([^/?#]*)")


def visitor_id(secret, rotate="day", store=None, ipv4_bits=IPV4_BITS, ipv6_bits=IPV6_BITS):
    # type: (Any, Optional[Text], Any, int, int) -> _VisitorId
    """
    Set ``client_id`` without a cookie, so that a visitor's pageviews of one day count as one visitor's.

    The id is an HMAC-SHA256 of the page's host, the anonymized address and the agent, in the form of a
    UUID: the same in every process and on every machine with the same secret. The raw values are kept
    nowhere. The periods are those of UTC, by the time of the hit.

    *Protects* by replacing an id in a cookie, which lasts for years and needs consent, by one that ends
    with its day, differs from site to site, and tells nothing without the secret. *Costs* precision:
    visitors with the same agent and the same first half of an address are one visitor, and who
    changes network or browser is another; nobody is known again after the period.

    Without ``store`` **whoever holds the secret can make the ids of any period again**, and link a visitor's
    days. With it nobody can once the period is over; :doc:`/privacy` says how.

    It needs ``user_ip`` and ``user_agent`` as they were before they were made common, so it comes before
    ``anonymize_user_agent``, ``remove_ip`` and ``remove``. It makes the address common itself, as
    ``anonymize_ip`` does, so that these two may come in either order. A hit that has a ``client_id`` keeps
    it. One with a ``user_id`` gets none, for it would link the visitor's anonymous hits to the account. A hit
    without address or agent gets none either.

        >>> from analytical.params import read
        >>> processor = visitor_id('a-secret-of-the-site')
        >>> hit = read('pageview', {'dl': 'https://example.com/', 'uip': '12.34.56.78', 'ua': 'Mozilla/5.0'})
        >>> len(processor(hit).get('client_id'))
        36

    :param secret: text of 16 characters or more, of the site's own; ``os.urandom(32)`` as hex is good
    :param rotate: ``'day'``, ``'month'``, or None for an id that does not end
    :param store: the path of a file that all processes share (SQLite, made on first use), or an object with
        ``get(period)``, which gives the salt or None, and ``put(period, salt)``, which keeps the salt unless
        there is one (atomically) and forgets all other periods
    :param int ipv4_bits: how many bits of an IPv4 address are left out; below 16, put it before ``anonymize_ip``
    :param int ipv6_bits: the same for IPv6
    :raises ConfigurationError: for a secret that is short, and other values than these
    """
    common = anonymize_ip(ipv4_bits, ipv6_bits).address
    return _VisitorId(Salts(_long(secret), rotate, store), common)


def _long(secret):
    # type: (Any) -> Any
    checked = check_secret("secret", secret)
    if len(checked.reveal()) < MIN_SECRET:
        raise ConfigurationError(
            "secret= takes at least %d characters, for a short one can be guessed (this is %s)"
            % (MIN_SECRET, describe(checked.reveal()))
        )
    return checked


class _VisitorId(object):
    """A class, so that its secret is in no closure that a debugger or an error report would show."""

    __name__ = str("visitor_id")

    def __init__(self, salts, common):
        # type: (Salts, Callable[[Any], Optional[Text]]) -> None
        self._salts = salts
        self._common = common

    def __repr__(self):
        # type: () -> str
        return str("visitor_id(...)")

    def __call__(self, hit):
        # type: (Hit) -> Hit
        fields = hit.fields
        if fields.get("client_id") or fields.get("user_id") or "client_id" in hit.invalid:
            return hit
        client_id = self.of(fields, hit.time)
        if client_id is None:
            return hit
        fields = dict(fields, client_id=client_id)
        return Hit(hit.type, fields, hit.time, hit.id, hit.raw, hit.other, hit.invalid)

    def of(self, fields, moment):
        # type: (Mapping[Text, Any], float) -> Optional[Text]
        """Make the id of whom fields tell about, at a moment (Unix seconds); None where they tell too little."""
        agent, address = fields.get("user_agent"), fields.get("user_ip")
        address = self._common(address) if address else None
        key = self._salts.key(moment) if agent and address else None
        if key is None:
            return None
        text = "\0".join((address, site(fields), agent))  # type: ignore[arg-type]
        digits = binascii.hexlify(key.digest(text.encode("utf-8"))[:16]).decode("ascii")
        return hyphenated(version_4(digits))


def site(fields):
    # type: (Mapping[Text, Any]) -> Text
    """Give the host of the page in lower case; empty where it has none."""
    host = fields.get("host")
    if not host:
        match = _AUTHORITY.search(fields.get("url", ""))
        host = match.group(1).rpartition("@")[2] if match else ""
    return host.lower()


def sample(rate):
    # type: (Any) -> Callable[[Hit], Optional[Hit]]
    """
    Keep the hits of a share of the visitors, and drop those of all others.

    Which visitors are kept hangs on a hash of ``client_id``, else of ``user_id``, so that a visitor is kept
    whole or not at all, in every process; put it after ``visitor_id``. Hits without an id are drawn one by
    one. No field is added.

    *Protects* most visitors: nothing about them is kept. *Costs* precision: divide what you count by the
    rate yourself, for no platform is told of it.

        >>> from analytical.params import read
        >>> sample(0)(read('pageview', {'cid': 'c-1'})) is None
        True

    :param float rate: the share of the visitors that is kept, 0 to 1
    :raises ConfigurationError: for anything else
    """
    if isinstance(rate, bool) or not isinstance(rate, numbers.Real) or not 0 <= float(rate) <= 1:
        raise ConfigurationError("sample takes a rate from 0 to 1, such as 0.1")
    most = int(float(rate) * 2**32)

    def processor(hit):
        # type: (Hit) -> Optional[Hit]
        visitor = hit.fields.get("client_id") or hit.fields.get("user_id") or hit.id
        digest = hashlib.sha256(b"analytical-sample:" + visitor.encode("utf-8")).hexdigest()
        return hit if int(digest[:8], 16) < most else None

    processor.__name__ = str("sample")
    return processor
