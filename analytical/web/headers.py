"""
Header values as text, whatever the interface gave, and an ASGI scope as the WSGI environ it stands for.

A WSGI environ (PEP 3333) is the common form, cut down to the keys that are read here: it outlives the
request in a queue or a background task, and must not keep sockets and bodies alive.
"""

from __future__ import absolute_import, division, print_function, unicode_literals

import re

import six

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterable, Mapping, Optional, Text, Tuple

LONGEST = (
    2048  # characters of a value that is kept; addresses and referrers of the vocabulary end here
)

KEYS = (
    "REQUEST_METHOD wsgi.url_scheme SCRIPT_NAME PATH_INFO QUERY_STRING REMOTE_ADDR SERVER_NAME "
    "SERVER_PORT HTTP_HOST HTTP_REFERER HTTP_USER_AGENT HTTP_ACCEPT_LANGUAGE HTTP_DNT HTTP_SEC_GPC "
    "HTTP_SEC_PURPOSE HTTP_PURPOSE HTTP_X_PURPOSE HTTP_X_MOZ HTTP_X_REQUESTED_WITH HTTP_SEC_FETCH_DEST"
).split()

_MATCH_PLAIN = re.compile(r"[ -~]*\Z").match
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def text(value):
    # type: (Any) -> Text
    """
    Give a header's value as text: UTF-8 where it is, no line breaks, at most 2,048 characters.

    :param value: bytes, or text in which each character stands for a byte, as PEP 3333 has it
    """
    if isinstance(value, six.text_type) and len(value) <= LONGEST and _is_plain(value):
        return value
    decoded = raw(value)[: LONGEST * 4].decode("utf-8", "replace")
    return _CONTROL.sub(" ", decoded)[:LONGEST].strip()


def _matches_plain(value):
    # type: (Text) -> bool
    return _MATCH_PLAIN(value) is not None


def _prints_plain(value):
    # type: (Any) -> bool
    return value.isascii() and value.isprintable()  # type: ignore[no-any-return]


# Since Python 3.7 there is something faster.
_is_plain = _prints_plain if hasattr("", "isascii") else _matches_plain


def raw(value):
    # type: (Any) -> bytes
    """Give the bytes of a header's value."""
    if isinstance(value, bytes):
        return value
    if not isinstance(value, six.text_type):
        return b""
    try:
        return value.encode("latin-1")
    except UnicodeEncodeError:  # of a server that decodes by itself
        return value.encode("utf-8", "replace")


def key_of(name):
    # type: (Text) -> Text
    """Spell the name of a header as WSGI does: X-Real-IP is HTTP_X_REAL_IP."""
    return "HTTP_" + name.strip().upper().replace("-", "_")


def asgi_names(keys):
    # type: (Iterable[Text]) -> Dict[bytes, Text]
    """Map the headers' names in an ASGI scope to keys of a WSGI environ."""
    return {
        key[len("HTTP_") :].lower().replace("_", "-").encode("ascii"): key
        for key in keys
        if key.startswith("HTTP_")
    }


def narrow(environ, keys=KEYS):
    # type: (Mapping[str, Any], Iterable[Text]) -> Dict[Text, Any]
    """Copy what is read here out of a WSGI environ."""
    return {key: environ[key] for key in keys if key in environ}


def from_scope(scope, names=asgi_names(KEYS)):  # noqa: B008 - a constant
    # type: (Mapping[str, Any], Mapping[bytes, Text]) -> Dict[Text, Any]
    """Give the WSGI environ that an ASGI scope of type ``http`` stands for, cut down."""
    root, path = scope.get("root_path") or "", scope.get("path") or ""
    if root and not path.startswith(root):
        path = root + path
    client, server = scope.get("client"), scope.get("server")
    environ = {
        "REQUEST_METHOD": scope.get("method"),
        "wsgi.url_scheme": scope.get("scheme") or "http",
        "PATH_INFO": path.encode("utf-8", "replace"),
        "QUERY_STRING": scope.get("query_string") or b"",
    }  # type: Dict[Text, Any]
    if client:
        environ["REMOTE_ADDR"] = client[0]
    if server and server[1]:  # without a port it is the path of a socket
        environ["SERVER_NAME"], environ["SERVER_PORT"] = server[0], "%s" % server[1]
    for name, value in scope.get("headers") or ():
        key = names.get(name)
        if key is None:
            continue
        if key in environ:
            value = raw(environ[key]) + (b"; " if key == "HTTP_COOKIE" else b", ") + raw(value)
        environ[key] = value
    return environ


def find(headers, name):
    # type: (Iterable[Tuple[Any, Any]], Any) -> Optional[Any]
    """Give the first value of a header by its name in small letters, or None; of text or of bytes."""
    length = len(name)
    for each, value in headers:
        if len(each) == length and each.lower() == name:
            return value
    return None
