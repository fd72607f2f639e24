"""The address of the page that a request asks for: ASCII, whole, and of no other host."""

from __future__ import absolute_import, division, print_function, unicode_literals

import re

import six
from six.moves.urllib.parse import quote

from .forwarded import host_of, scheme_of
from .headers import LONGEST, raw, text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Mapping, Optional, Text

# RFC 3986: what may stand in a path and in a query as it is. Servers have percent-decoded the path.
_MARKS = "/!$&'()*+,;=:@~-._"
_PATH = re.compile(r"/[A-Za-z0-9/!$&'()*+,;=:@~\-._]*\Z")
_QUERY = re.compile(r"[A-Za-z0-9/!$&'()*+,;=:@~\-._?%]*\Z")
_ABSOLUTE = re.compile("https?://[^/]*".encode("ascii"), re.I)


def page(environ, host, scheme):
    # type: (Mapping[Any, Any], Optional[Text], Optional[Text]) -> Dict[Text, Any]
    """
    Give ``url``, or ``path`` where nobody names a host.

    :param host: what a trusted proxy says of it, or None
    :param scheme: the same
    """
    path = quoted_path(environ)
    query = environ.get("QUERY_STRING")
    if query:
        path += "?" + _quoted_query(query)
    host = host or host_of(environ.get("HTTP_HOST")) or _server(environ)
    if host is None:
        return {"path": path[:LONGEST]}
    scheme = scheme or scheme_of(environ.get("wsgi.url_scheme")) or "http"
    return {"url": ("%s://%s%s" % (scheme, host, path))[:LONGEST]}


def _server(environ):
    # type: (Mapping[Any, Any]) -> Optional[Text]
    """Give the server's own name, for a request without a Host header that can be one."""
    name, port = environ.get("SERVER_NAME"), text(environ.get("SERVER_PORT"))
    usual = {"http": "80", "https": "443"}.get(environ.get("wsgi.url_scheme", "http"))
    if not name or port in ("", usual):
        return host_of(name)
    return host_of("%s:%s" % (text(name), port))


def quoted_path(environ):
    # type: (Mapping[Any, Any]) -> Text
    """Give the path as an address holds it: ASCII, percent-encoded."""
    path = usual_path(environ)
    if path is None:
        path = six.ensure_text(quote(path_bytes(environ)[: LONGEST * 4], safe=str(_MARKS)))
    return path


def usual_path(environ):
    # type: (Mapping[Any, Any]) -> Optional[Text]
    """Give a path in which there is nothing to encode, or None for any other."""
    path = environ.get("PATH_INFO")
    if isinstance(path, six.text_type) and not environ.get("SCRIPT_NAME") and _PATH.match(path):
        return path[:LONGEST]
    return None


def path_bytes(environ):
    # type: (Mapping[Any, Any]) -> bytes
    """Give the path, decoded, of any request."""
    path = raw(environ.get("SCRIPT_NAME")) + raw(environ.get("PATH_INFO"))
    if path.startswith(b"/"):
        return path
    # A target in absolute form (RFC 9112, section 3.2.2), or * of OPTIONS.
    return b"/" + _ABSOLUTE.sub(b"", path, 1).lstrip(b"/*")


def _quoted_query(query):
    # type: (Any) -> Text
    if isinstance(query, six.text_type) and _QUERY.match(query):
        return query[:LONGEST]
    return six.ensure_text(quote(raw(query)[: LONGEST * 4], safe=str(_MARKS + "?%")))
