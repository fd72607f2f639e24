"""Processor for URLs and texts: unknown parameters removed, secrets and personal data masked."""

from __future__ import absolute_import, division, print_function, unicode_literals

import re

import six

from ..errors import ConfigurationError
from ..hit import Hit
from ..params import PROTOCOL_CONTROL
from ..secrets import describe
from ..utils import anonymize_ip_address
from .masks import MASKED, Masks

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterable, Text, Tuple

_CLICKS = ("gclid", "dclid", "gbraid", "wbraid", "msclkid")  # random text by their nature
KEPT = ("utm_*", "mtm_*", "pk_*", "ref", "source") + _CLICKS

_URLS = frozenset(("url", "path", "referrer", "social_target"))
_TEXTS = frozenset(
    "title content_group_1 content_group_2 content_group_3 content_group_4 content_group_5 name "
    "category action label properties campaign_name campaign_source campaign_medium campaign_term "
    "campaign_content custom_dimensions items screen_name timing_category timing_variable "
    "timing_label exception_description social_network social_action coupon affiliation".split()
)
_IDS = frozenset(("id", "sku"))  # of items
_ID_FIELDS = frozenset(
    "client_id user_id session_id transaction_id campaign_id gclid dclid".split()
)
_PATH_PARAMETER = re.compile(";[^/]*")
# Most addresses: nothing in them can be one of the things to mask or remove. The group is the origin.
_PLAIN = re.compile("(https?://[A-Za-z.-]{1,255})?(?:/(?:(?!eyJ)[A-Za-z_./-])*)?\\Z")
_ORIGIN = re.compile("(https?://[A-Za-z.-]{1,255})(?=[/?#]|\\Z)")
_PASSES = 4
_LONGEST_HOST = 255  # RFC 1035, section 2.3.4


def scrub_url(keep=KEPT, mask=MASKED):
    # type: (Iterable[Text], Iterable[Text]) -> ScrubURL
    """
    Clean URLs and texts: ``url``, ``path``, ``referrer``, ``title``, ``properties`` and other texts.

    *Protects* what applications put into addresses and titles: of URLs, query parameters not in ``keep``,
    ``user:password@``, fragments and ``;`` parameters are removed, an address as the host is zeroed, and a
    referrer from another host is cut to its origin. In URLs, in texts and in the texts of properties, at
    any depth, what looks like one of these becomes ``[email]``, ``[address]`` (IP), ``[jwt]``, ``[token]``
    (20 or more random characters, UUIDs too), ``[card]`` (by its check digit) or ``[digits]`` (9 or more,
    such as telephone numbers); percent-encoded forms too, to six levels. *Costs* reports on search terms
    and other query parameters, on the pages of other sites that link to yours, and on pages whose path
    holds such a value: these become one page.

    Numbers in properties stay, and ids as well (``client_id``, ``user_id``, ``transaction_id``, those of
    items, click ids): give no email as one. ``extra`` is meant for one platform, and loses all but what
    looks like ids.

        >>> from analytical.params import read
        >>> hit = scrub_url()(read('pageview', {
        ...     'url': 'https://example.com/u/jo%40example.com?utm_source=mail&key=1#top',
        ...     'referrer': 'https://search.example/?q=headache'}))
        >>> print(hit.get('url'))
        https://example.com/u/[email]?utm_source=mail
        >>> print(hit.get('referrer'))
        https://search.example/

    :param keep: names of the query parameters that stay; one may end with ``*``
    :param mask: what is masked: some of ``email``, ``address``, ``jwt``, ``token``, ``card``, ``digits``
    :raises ConfigurationError: for what is no such name
    """
    return ScrubURL(keep, mask)


class ScrubURL(object):
    """The processor that :func:`scrub_url` makes."""

    def __init__(self, keep, mask):
        # type: (Iterable[Text], Iterable[Text]) -> None
        if isinstance(keep, (six.text_type, bytes)):
            raise ConfigurationError("keep= takes a tuple of names, not %s" % describe(keep))
        names = [six.ensure_text(name) for name in keep]
        if any("*" in name[:-1] for name in names):
            raise ConfigurationError("keep= takes names with a '*' at their end only")
        self._kept = frozenset(name for name in names if name[-1:] != "*")
        self._prefixes = tuple(name[:-1] for name in names if name[-1:] == "*")
        self._mask = Masks(mask)
        self._mask_ids = Masks(
            [name for name in self._mask.names if name not in ("token", "digits")]
        )
        self.__name__ = str("scrub_url")

    def __repr__(self):
        # type: () -> str
        return str("scrub_url()")

    def __call__(self, hit):
        # type: (Hit) -> Hit
        changed = {}  # type: Dict[Text, Any]
        for name, value in hit.fields.items():
            if name in _URLS:
                clean = self._referrer(value, hit) if name == "referrer" else self.url(value)
            elif name in _TEXTS:
                clean = self._value(value, self._mask)
            elif name == "host":
                clean = self._host(value)
            elif name == "extra" or name == "campaign_id":
                clean = self._value(value, self._mask_ids)
            else:
                continue
            if clean is not value and clean != value:
                changed[name] = clean
        if not changed and not hit.raw and not hit.other:
            return hit
        fields = dict(hit.fields)
        fields.update(changed)
        return Hit(
            hit.type, fields, hit.time, hit.id, self._raw(hit), self._other(hit), hit.invalid
        )

    def _raw(self, hit):
        # type: (Hit) -> Dict[Text, Any]
        scrubbed = _URLS | _TEXTS
        return {
            name: self._value(value, self._mask_ids if name in _ID_FIELDS else self._mask)
            for name, value in hit.raw.items()
            if name not in scrubbed and name != "host"
        }

    def _other(self, hit):
        # type: (Hit) -> Dict[Text, Any]
        return {
            self._mask(name): value if name in PROTOCOL_CONTROL else self._value(value, self._mask)
            for name, value in hit.other.items()
        }

    def _value(self, value, mask):
        # type: (Any, Any) -> Any
        """Mask the texts in a value, at any depth; properties hold no deeper than values.MAX_DEPTH."""
        if isinstance(value, bytes):
            value = value.decode("utf-8", "replace")
        if isinstance(value, six.text_type):
            return self.url(value) if "://" in value[:12] and " " not in value else mask(value)
        if isinstance(value, dict):
            return {
                mask(name) if isinstance(name, six.text_type) else name: (
                    entry if name in _IDS else self._value(entry, mask)
                )
                for name, entry in value.items()
            }
        if isinstance(value, (list, tuple)):
            return [self._value(entry, mask) for entry in value]
        return value

    def url(self, text):
        # type: (Text) -> Text
        """Clean an address, or a path with its query."""
        rest, _, query = text.partition("?")
        if _PLAIN.match(rest) and "#" not in query:
            if not query:
                return rest
            query = self._query(query)
            return rest + "?" + query if query else rest
        for _ in range(_PASSES):  # what is removed may have kept apart what stood around it
            before, text = text, self._once(text)
            if text == before:
                break
        return text

    def _once(self, text):
        # type: (Text) -> Text
        text = text.strip().partition("#")[0]
        rest, _, query = text.partition("?")
        start, rest = self._origin(rest)
        if ";" in rest:
            rest = _PATH_PARAMETER.sub("", rest)
        result = start + self._mask.in_url(rest)
        query = self._query(query) if query else ""
        return result + "?" + query if query else result

    def _origin(self, text):
        # type: (Text) -> Tuple[Text, Text]
        """Split an address before its path, and clean its host."""
        scheme, found, rest = text.replace("\\", "/").partition("://")
        if not found:
            if text[:2] not in ("//", "\\\\"):
                return "", text
            scheme, rest = "", text[2:]
        rest = rest.lstrip("/")
        host, slash, path = rest.partition("/")
        start = self._mask(scheme) + ":" if scheme else ""
        return start + "//" + self._host(host), slash + path

    def _host(self, text):
        # type: (Text) -> Text
        text = text.rpartition("@")[2]
        if len(text) > _LONGEST_HOST:
            return "long.invalid"
        if text[:1] == "[" or text.replace(".", "").replace(":", "").isdigit():
            address = anonymize_ip_address(text, 16, 80)
            if address is None:  # no address: a name in brackets is no host
                return "address.invalid"
            return "[%s]" % address if ":" in address else address
        clean = self._mask(text)
        if clean == text:
            return text
        return six.ensure_text(clean.replace("[", "").replace("]", "") + ".invalid")

    def _query(self, query):
        # type: (Text) -> Text
        kept = []
        for pair in query.replace(";", "&").split("&"):
            name, _, value = pair.partition("=")
            if name in self._kept or (self._prefixes and name.startswith(self._prefixes)):
                mask = self._mask_ids if name in _CLICKS else self._mask
                clean = mask.in_url(value)
                kept.append(mask.in_url(name) + "=" + clean)
        return "&".join(kept)

    def _referrer(self, text, hit):
        # type: (Text, Hit) -> Text
        there, here = _ORIGIN.match(text), _ORIGIN.match(hit.fields.get("url", ""))
        # The common case: both hosts are as plain as can be, and nothing of another's page is kept.
        if there and here and "host" not in hit.fields and "eyJ" not in text:
            hosts = [each.group(1).partition("://")[2].lower() for each in (there, here)]
            return self.url(text) if hosts[0] == hosts[1] else there.group(1) + "/"
        clean = self.url(text)
        start, path = self._origin(clean.partition("?")[0])
        if not start:
            return clean if path[:1] == "/" else path.partition("/")[0]
        url = hit.fields.get("url", "").partition("?")[0]
        host = hit.fields.get("host") or self._origin(url)[0]
        if start.rpartition("//")[2].lower() == host.rpartition("//")[2].lower():
            return clean
        return start + "/"
