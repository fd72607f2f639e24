"""
What looks like a secret or a person's datum in a text, replaced by a word that says what it was.

Hostile text costs no more per character than other text: each pattern either takes what it has looked
at, or looks at a bounded number of characters.
"""

from __future__ import absolute_import, division, print_function, unicode_literals

import re

import six
from six.moves.urllib.parse import quote

from .._compat import unquote
from ..errors import ConfigurationError
from ..secrets import describe, show_name
from ..utils import anonymize_ip_address

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable, Dict, Iterable, Match, Text

MASKED = ("email", "address", "jwt", "token", "card", "digits")
_MANY_DIGITS = 9
_DECODINGS = 6  # levels of percent-encoding; what has more was made to hide something
_PASSES = 4

# What has none of these holds nothing to mask: nearly all titles, and most URLs.
_HINT = re.compile("[0-9@%]|::|eyJ")
_WORD = re.compile("[^\\s/?#&=:;,<>()\"'\\[\\]|\\\\]+")
_IPV4 = re.compile("(?<![0-9])[0-9]{1,3}(?:\\.[0-9]{1,3}){3}(?![0-9])")
_IPV6 = re.compile(
    "(?<![0-9A-Za-z])(?!:::)(?:[0-9A-Fa-f]{0,4}:){2,8}[0-9A-Fa-f]{0,4}(?:\\.[0-9]{1,3}){0,3}(?![0-9A-Za-z])"
)
_LONG = re.compile("[0-9A-Za-z_.-]{20,}")
_PART = re.compile("[0-9A-Za-z_-]{20,}")
_UUID = re.compile("[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\\Z")
# Where random text jumps between kinds of characters, which words, dates and CamelCase seldom do.
_JUMP = re.compile("[A-Za-z](?=[0-9])|[0-9](?=[A-Za-z])|[a-z](?=[A-Z](?![a-z]{2}))")
_DIGITS = re.compile("[0-9](?:[ ().+\xa0-]{0,2}[0-9]){%d,}" % (_MANY_DIGITS - 1))
_NO_DIGIT = re.compile("[^0-9]+")
_DATE = re.compile("(?:19|20)[0-9]{2}[-. ][01]?[0-9][-. ][0-3]?[0-9](?![0-9])")


class Masks(object):
    """
    Masks texts.

    :param names: those of MASKED that count
    :raises ConfigurationError: for another name
    """

    def __init__(self, names):
        # type: (Iterable[Text]) -> None
        if isinstance(names, (six.text_type, bytes)):
            raise ConfigurationError("mask= takes a tuple of names, not %s" % describe(names))
        self.names = tuple(names)
        for name in self.names:
            if name not in MASKED:
                raise ConfigurationError(
                    "mask= takes %s, not %s" % (", ".join(MASKED), show_name(name))
                )
        self._steps = [_STEPS[name] for name in MASKED if name in self.names]

    def __call__(self, text):
        # type: (Text) -> Text
        """Mask text of no special form; where something is found, what is percent-encoded is decoded."""
        if _HINT.search(text) is None:
            return text
        if "%" not in text:
            return self._masked(text)
        return self._encoded(text, lambda masked: masked)

    def in_url(self, text):
        # type: (Text) -> Text
        """Mask a part of a URL, which stays one."""
        if _HINT.search(text) is None:
            return text
        if "%" not in text:
            return self._masked(text)
        return self._encoded(text, _quoted)

    def _encoded(self, text, encode):
        # type: (Text, Callable[[Text], Text]) -> Text
        plain = text
        for _ in range(_DECODINGS):
            plain, before = unquote(plain), plain
            if plain == before:
                break
        else:
            return "[encoded]"
        masked = self._masked(plain)
        return self._masked(text) if masked == plain else encode(masked)

    def _masked(self, text):
        # type: (Text) -> Text
        for _ in range(_PASSES):  # what is masked may join what stood around it
            before = text
            for step in self._steps:
                text = step(text)
            if text == before:
                break
        return text


def _quoted(text):
    # type: (Text) -> Text
    return six.ensure_text(quote(text.encode("utf-8", "replace"), safe=str("/[]:@!$'()*+,;~")))


def _emails(text):
    # type: (Text) -> Text
    if "@" not in text:
        return text
    return _WORD.sub(
        lambda word: "[email]" if word.group().strip("@").count("@") else word.group(), text
    )


def _addresses(text):
    # type: (Text) -> Text
    if text.count(":") > 1:
        text = _IPV6.sub(_address, text)
    if text.count(".") > 2:
        text = _IPV4.sub("[address]", text)
    return text


def _address(match):
    # type: (Match[Text]) -> Text
    found = match.group()
    groups = found.split(":")
    for first in range(
        len(groups) - 2
    ):  # what stands before an address may look like a group of it
        if anonymize_ip_address(":".join(groups[first:])) is not None:
            return "[address]"
    return found


def _tokens(text):
    # type: (Text) -> Text
    return _PART.sub(_token, text)


def _token(match):
    # type: (Match[Text]) -> Text
    found = match.group()
    jumps = len(_JUMP.findall(found))
    return "[token]" if jumps >= max(3, len(found) // 8) or _UUID.match(found) else found


def _jwts(text):
    # type: (Text) -> Text
    if "eyJ" not in text:
        return text
    return _LONG.sub(_jwt, text)


def _jwt(match):
    # type: (Match[Text]) -> Text
    found = match.group()
    return "[jwt]" if "." in found and (found[:3] == "eyJ" or ".eyJ" in found) else found


def _cards(text):
    # type: (Text) -> Text
    return _DIGITS.sub(lambda match: "[card]" if _is_card(match.group()) else match.group(), text)


def _is_card(found):
    # type: (Text) -> bool
    """Tell whether digits have the length of card numbers and the check digit of Luhn (ISO/IEC 7812)."""
    digits = _NO_DIGIT.sub("", found[:64])
    if not 13 <= len(digits) <= 19 or len(found) > 64:
        return False
    total = 0
    for place, digit in enumerate(reversed(digits)):
        number = int(digit) * (place % 2 + 1)
        total += number - 9 if number > 9 else number
    return total % 10 == 0


def _long_digits(text):
    # type: (Text) -> Text
    return _DIGITS.sub(_number, text)


def _number(match):
    # type: (Match[Text]) -> Text
    found = match.group()
    date = _DATE.match(found)
    if date and len(_NO_DIGIT.sub("", found[date.end() :])) < _MANY_DIGITS - 2:
        return found
    return "[digits]"


_STEPS = {
    "email": _emails,
    "address": _addresses,
    "jwt": _jwts,
    "token": _tokens,
    "card": _cards,
    "digits": _long_digits,
}  # type: Dict[Text, Callable[[Text], Text]]
