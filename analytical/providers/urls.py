"""Addresses of endpoints: what ``url=`` and ``region=`` take, and the paths that are put below them."""

from __future__ import absolute_import, division, print_function, unicode_literals

from six.moves.urllib.parse import unquote_plus, urlsplit, urlunsplit

from .._compat import encodable
from ..errors import ConfigurationError
from ..secrets import SHORTEST, Secret, describe, show_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import List, Mapping, Optional, Sequence, Text

_LOOPBACK = ("localhost", "::1")


def join(url, path, known):
    # type: (Text, Text, Sequence[Text]) -> Text
    """Put a path at the end of an address, in place of the known one that may stand there."""
    scheme, host, base, query, _ = urlsplit(url)
    base = base.rstrip("/")
    for ending in sorted(known, key=len, reverse=True):  # /debug/collect ends with /collect too
        if ending and base.endswith(ending.rstrip("/")):
            base = base[: -len(ending.rstrip("/"))]
            break
    return urlunsplit((scheme, host, base + path, query, ""))


def check_region(region, regions):
    # type: (Optional[Text], Mapping[Text, Text]) -> Optional[Text]
    """
    Give the endpoint of a region, or None where none is named.

    :raises ConfigurationError: for a region without an endpoint
    """
    if region is None:
        return None
    if region.lower() not in regions:
        known = " or ".join(repr(str(name)) for name in sorted(regions))
        raise ConfigurationError("region= takes %s, not %s" % (known, show_name(region)))
    return regions[region.lower()]


def check_url(url, insecure):
    # type: (Text, bool) -> None
    """
    Check the address of an endpoint; it is not repeated in errors, for it may hold a credential.

    :raises ConfigurationError: for what is no http(s) address, plain http beyond this host, a user or
        password in it, or a fragment
    """
    problem = _url_problem(url, insecure)
    if problem:
        raise ConfigurationError("url= %s (this is %s)" % (problem, describe(url)))


def keys_in(url):
    # type: (Optional[Text]) -> List[Secret]
    """List what in the query of an address may be a credential, such as a proxy's key: as it stands, and read."""
    values = [pair.partition("=")[2] for pair in urlsplit(url or "").query.split("&")]
    long_enough = [value for value in values if len(value) >= SHORTEST]
    return [Secret(form) for value in long_enough for form in (value, unquote_plus(value))]


def _url_problem(url, insecure):
    # type: (Text, bool) -> Optional[Text]
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "is no address that can be read"
    if not encodable(url):
        return "holds half of a surrogate pair"
    if parts.scheme not in ("http", "https") or not host or any(c.isspace() for c in url):
        return "takes an address like https://stats.example.com"
    if "@" in parts.netloc:
        return "holds a user or password: give session= a requests.Session that has them"
    if parts.fragment:
        return "holds a '#', which no server would see"
    if parts.scheme == "http" and not (insecure or is_loopback(host)):
        return "is plain http, which anyone on the way can read: use https, or say insecure=True"
    return None


def is_loopback(host):
    # type: (Text) -> bool
    """Tell whether a host name is this machine's own, without asking DNS."""
    return host in _LOOPBACK or (host.startswith("127.") and host.replace(".", "").isdigit())
