"""Secret, and the only code that decides what a log line, a repr or an error may show of a value."""

from __future__ import absolute_import, division, print_function, unicode_literals

import base64

import six
from six.moves.urllib.parse import quote, quote_plus, urlsplit

from ._compat import encodable, type_name
from .errors import ConfigurationError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterable, List, Optional, Text, Union

MASK = "****"
# Characters of a credential; what is shorter is a stand-in of a test, and would mask half of every line.
SHORTEST = 6


class Secret(object):
    """
    A credential that shows itself to no one but the code that sends it.

    ``repr`` and ``str`` are masks, and it refuses to be pickled or copied into a log by accident.

        >>> Secret('hunter2')
        Secret('****')

    :param value: text, or bytes of UTF-8
    :raises ConfigurationError: for anything else
    """

    __slots__ = (str("_value"), str("_forms"))

    def __init__(self, value):
        # type: (Union[Text, bytes, Secret]) -> None
        text = value.reveal() if isinstance(value, Secret) else _decoded(value)
        if text is None or not encodable(text):
            raise ConfigurationError(
                "a credential is text, or bytes of UTF-8 (%s)" % describe(value)
            )
        self._value = text
        self._forms = []  # type: List[Text]

    def reveal(self):
        # type: () -> Text
        """Give the credential itself; only a provider's ``request()`` has a reason to ask."""
        return self._value

    def forms(self):
        # type: () -> List[Text]
        """List the texts by which requests, headers and bodies carry it; they are written once, when first asked for."""
        if not self._forms:
            self._forms = _forms(self._value)
        return self._forms

    def __repr__(self):
        # type: () -> str
        return str("Secret(%r)" % str(MASK))

    def __str__(self):
        # type: () -> str
        return str(MASK)

    def __eq__(self, other):
        # type: (Any) -> bool
        return isinstance(other, Secret) and other._value == self._value

    def __ne__(self, other):
        # type: (Any) -> bool
        return not self == other

    def __hash__(self):
        # type: () -> int
        return hash((Secret, self._value))

    def __reduce__(self):
        # type: () -> Any
        raise TypeError("a Secret cannot be pickled: give the credential where it is used")


def _decoded(value):
    # type: (Any) -> Optional[Text]
    try:
        return six.ensure_text(value)
    except (TypeError, UnicodeDecodeError):  # not passed on: it holds the bytes
        return None


def describe(value):
    # type: (Any) -> Text
    """
    Say what a value is without saying it: its type and, where it has one, its length.

    >>> print(describe('12.34.56.78'))
    str of 11 characters
    """
    if isinstance(value, six.text_type):
        return "str of %d characters" % len(value)
    if isinstance(value, (bytes, bytearray)):
        return "%s of %d bytes" % (type_name(value), len(value))
    if isinstance(value, (list, tuple, dict, set)):
        return "%s of %d entries" % (type_name(value), len(value))
    return type_name(value)


def show_name(name):
    # type: (Any) -> Text
    """Show the name of a field or option, cut where it is too long to be one."""
    if isinstance(name, bytes):
        name = name.decode("utf-8", "replace")
    if not isinstance(name, six.text_type):
        return describe(name)
    return _plain(name if len(name) <= 40 else name[:37] + "...")


def _plain(text):
    # type: (Text) -> Text
    return "".join(char if " " < char < "\x7f" else "?" for char in text)


def show_host(url):
    # type: (Text) -> Text
    """Show where an address points, without user, password, path and query."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "an address that cannot be read"
    return _plain("%s://%s" % (parts.scheme, parts.netloc.rpartition("@")[2]))


def mask(text, secrets):
    # type: (Text, Iterable[Secret]) -> Text
    """Replace each secret in text by a mask, in every form in which a request carries one."""
    for form in _all_forms(secrets):
        text = text.replace(form, MASK)
    return text


def mask_bytes(data, secrets):
    # type: (bytes, Iterable[Secret]) -> bytes
    """Do the same in bytes of UTF-8."""
    for form in _all_forms(secrets):
        data = data.replace(form.encode("utf-8"), MASK.encode("ascii"))
    return data


def _all_forms(secrets):
    # type: (Iterable[Secret]) -> List[Text]
    forms = {form for secret in secrets for form in secret.forms()}
    return sorted(forms, key=len, reverse=True)


def _forms(value):
    # type: (Text) -> List[Text]
    import json  # here, so that importing the package stays light

    raw = value.encode("utf-8")
    basic = base64.b64encode(raw + b":").decode("ascii")
    # The third is how requests writes an address anew before Python 3.7: it leaves the tilde.
    forms = {value, quote(raw, safe=str("")), quote(raw, safe=str("~")), quote(raw)}
    forms |= {quote_plus(raw), basic}
    # As JSON writes it, with and without ASCII only: a body may be shown as it will be sent.
    forms |= {json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1]}
    return [form for form in forms if form]


def check_secret(name, value):
    # type: (Text, Any) -> Secret
    """
    Make a credential option a :class:`Secret`.

    :raises ConfigurationError: unless it is text without control characters, for it goes into
        headers and addresses, where a line break would start another header
    """
    if not isinstance(value, (six.text_type, bytes, Secret)):
        raise ConfigurationError("%s= takes text, not %s" % (name, describe(value)))
    secret = Secret(value)
    text = secret.reveal()
    if not text or any(char < " " or char == "\x7f" for char in text):
        raise ConfigurationError(
            "%s= is empty or holds a control character, such as a line break (%s): "
            "strip what your configuration adds" % (name, describe(value))
        )
    return secret
