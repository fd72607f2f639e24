"""The formats by name, and which of them a log has."""

from __future__ import absolute_import, division, print_function, unicode_literals

from ..errors import ConfigurationError
from ..providers.options import suggestion
from ..secrets import show_name
from .columns import FIELDS, W3C
from .combined import COMBINED, COMMON, Split
from .entry import BadLine
from .objects import Objects
from .pattern import PatternFormat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Iterable, List, Optional, Text, Tuple

# Amazon's, in nginx's words: server access logs of S3, classic and application load balancers.
S3 = (
    "$owner $bucket [$time_local] $remote_addr $requester $id $operation $key "
    '"$request" $status $error $bytes_sent $object $total $turn "$http_referer" "$http_user_agent"'
)
_BALANCER = (
    "$time_iso8601 $balancer $client $target $waited $worked $answered $status $target_status "
    '$received $bytes_sent "$request" "$http_user_agent"'
)
ALB = "$type " + _BALANCER + ' $cipher $protocol $group "$trace" "$host"'
# As `option httplog` has it, from the client's address on.
HAPROXY = (
    "$client [$time_local] $frontend $backend $timers $status $bytes_sent $cookie $set_cookie "
    '$termination $connections $queues $headers"$request"'
)


class HAProxy(PatternFormat):
    """Lines of HAProxy, with or without what syslog puts before them."""

    def __init__(self):
        # type: () -> None
        super(HAProxy, self).__init__("haproxy", HAPROXY, more=True)

    def parse(self, line):
        # type: (Text) -> Any
        """
        Read a line.

        :raises BadLine: for a line that is not of this format
        """
        head, found, rest = line.partition("]: ")
        return super(HAProxy, self).parse(rest if found and "haproxy" in head else line)


def _pattern(name, pattern, more=False):
    # type: (Text, Text, bool) -> Tuple[Text, Callable[[], Any]]
    return name, lambda: PatternFormat(name, pattern, more)


def _split(name, pattern):
    # type: (Text, Text) -> Tuple[Text, Callable[[], Any]]
    return name, lambda: Split(name, pattern)


# The most particular first: of two that read a line, this one counts.
FORMATS = (
    ("json", Objects),
    ("w3c", W3C),
    _pattern("alb", ALB, more=True),
    _pattern("elb", _BALANCER, more=True),
    _pattern("s3", S3, more=True),
    ("haproxy", HAProxy),
    _split("vhost_combined", "%v:%p " + COMBINED),
    _split("vhost_common", "%v " + COMMON),
    _split("combined", COMBINED),
    _split("common", COMMON),
)  # type: Tuple[Tuple[Text, Callable[[], Any]], ...]
NAMES = tuple(name for name, _ in FORMATS)
_ALIASES = {
    "ncsa_extended": "combined",
    "nginx": "combined",
    "apache": "combined",
    "iis": "w3c",
    "cloudfront": "w3c",
    "caddy": "json",
    "traefik": "json",
}


def named(name):
    # type: (Text) -> Any
    """
    Make a format of its name, or of a string that describes it, as the server's configuration has it.

    >>> entry = named('$remote_addr [$time_local] "$request" $status').parse(
    ...     '203.0.113.9 [10/Oct/2000:13:55:36 -0700] "GET /a HTTP/1.1" 200')
    >>> print(entry.method, entry.target, entry.status)
    GET /a 200

    :raises ConfigurationError: for a name that there is not, and a string that cannot be read
    """
    if "$" in name or "%" in name:
        return PatternFormat("given", name)
    makers = dict(FORMATS)
    wanted = _ALIASES.get(name, name)
    if wanted in makers:
        return makers[wanted]()
    known = sorted(list(NAMES) + list(_ALIASES))
    raise ConfigurationError(
        "there is no log format %s%s; there are %s, or give the string of your server's configuration"
        % (show_name(name), suggestion(name, known), ", ".join(known))
    )


def detect(lines):
    # type: (Iterable[Text]) -> Optional[Any]
    """
    Find the format that reads most of the first lines of a log; None where none reads half of them.

    :param lines: some lines from the start of the log, at least one that is whole
    """
    sample = [line for line in lines if line.strip()]
    best, most = None, 0
    for name, make in FORMATS:
        if name == "w3c" and not any(line.startswith(FIELDS) for line in sample):
            continue
        count = _readable(make(), sample)
        if count > most:
            best, most = make, count
    wanted = sum(not line.startswith("#") for line in sample)
    return None if best is None or most * 2 < wanted else best()


def _readable(found, sample):
    # type: (Any, List[Text]) -> int
    count = 0
    for line in sample:
        try:
            count += found.parse(line) is not None
        except BadLine:
            pass
    return count
