"""What the address of a page says, remembered: pages and referrers come again and again."""

from __future__ import absolute_import, division, print_function, unicode_literals

from six.moves.urllib.parse import SplitResult

from .._compat import encodable, unquote
from .._memo import Memo
from . import facts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Dict, Text, Tuple

    from ..hit import Hit

# Addresses that are remembered, each in memory only. There may be personal data in one, so they are few: enough
# for the pages that most hits are of. All are forgotten when another one comes.
REMEMBERED = 1000
_CAMPAIGN_NAMES = frozenset(facts.CAMPAIGN.values())


class Page(object):
    """
    An address, taken apart; many hits share one, so nothing in it is to be changed.

    :ivar str url: the whole address; empty where it is not known
    :ivar str scheme: such as ``https``
    :ivar str host: host and port, without user and password
    :ivar str hostname: the host alone
    :ivar str path: ``/`` where there is none
    :ivar str query: without ``?``
    :ivar str search: with it; empty where there is no query
    :ivar dict campaign: ``utm_source`` ..., ``gclid`` and ``dclid`` that the query holds
    """

    __slots__ = tuple(
        str(name)
        for name in ("url", "scheme", "host", "hostname", "path", "query", "search", "campaign")
    )

    def __init__(self, url):
        # type: (Text) -> None
        parts = facts.split_url(url)
        self.url = url
        self.scheme = parts.scheme
        self.host, self.hostname = _NAMES[parts.netloc]
        self.path = parts.path or "/"
        self.query = parts.query
        self.search = "?" + parts.query if parts.query else ""
        self.campaign = campaign(parts.query)


def of_hit(hit):
    # type: (Hit) -> Page
    """Give the page of a hit; one without an address where that is not known."""
    return PAGES[facts.page_url(hit) or ""]  # type: ignore[no-any-return]


def campaign(query):
    # type: (Text) -> Dict[Text, Text]
    """Collect what a query says of a campaign: utm_source ..., gclid and dclid."""
    result = {}  # type: Dict[Text, Text]
    if "utm_" in query or "clid=" in query:
        for pair in query.split("&"):
            name, _, value = pair.partition("=")
            if value and name in _CAMPAIGN_NAMES and name not in result:
                if "%" in value or "+" in value:
                    value = unquote(value.replace("+", " "))
                if encodable(value):
                    result[name] = value
    return result


def host_of(url):
    # type: (Text) -> Text
    """Give host and port of an address, without user and password; empty where it has none."""
    return facts.split_url(url).netloc.rpartition("@")[2]


def _names(netloc):
    # type: (Text) -> Tuple[Text, Text]
    parts = SplitResult("", netloc, "", "", "")
    return netloc.rpartition("@")[2], parts.hostname or ""


PAGES = Memo(Page, REMEMBERED)  # address -> Page
HOSTS = Memo(host_of, REMEMBERED)  # address of a referrer -> its host
_NAMES = Memo(_names, REMEMBERED)  # what stands between // and / -> host with port, host alone
