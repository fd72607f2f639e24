"""Pageviews of logs as rows of the sqlite provider's file, with no hit and no payload in between."""

from __future__ import absolute_import, division, print_function, unicode_literals

from .._agents import LONGEST
from .._compat import encodable
from .._memo import Memo
from ..providers.rows import page_of, referrer_host
from .cleaning import VALUES, is_plain_origin, shortened
from .pageviews import plain_hit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Optional, Text, Tuple

    from .cleaning import Clean

COLUMNS = tuple(
    "id time type method status url path page referrer referrer_host user_agent user_ip".split()
)


class Rows(object):
    """
    Makes what the provider would make of cleaned hits; of what comes again and again once.

    :param clean: cleans them; None: they stay as they are
    """

    def __init__(self, clean=None):
        # type: (Optional[Clean]) -> None
        self._clean = clean
        self._plain = Memo(is_plain_origin)
        self._pages = Memo(self._page, VALUES)
        self._referrers = Memo(self._referrer, VALUES)
        self._agents = Memo(self._agent, VALUES, LONGEST)
        self._ips = Memo(self._ip, VALUES)

    def make(self, origin, time, ip, target, status, referrer, agent, id, method):
        # type: (Text, float, Text, Text, int, Optional[Text], Optional[Text], Text, Text) -> Any
        """
        Make a row, the values of COLUMNS; a hit where that is what the provider has to see.

        Parameters are those of :func:`~analytical.logs.pageviews.plain_hit`.
        """
        if origin and not self._plain[origin]:
            return plain_hit(origin, time, ip, target, status, referrer, agent, id, method)
        address = origin + target
        try:
            url, path, page = self._pages[address if self._clean is None else shortened(address)]
            host = None
            if referrer is not None:
                referrer, host = self._referrers[origin + " " + referrer]
            if agent is not None:
                agent = self._agents[agent]
            return (
                id, time, "pageview", method, status, url, path, page, referrer, host, agent, self._ips[ip],
            )  # fmt: skip
        except ValueError:
            return plain_hit(origin, time, ip, target, status, referrer, agent, id, method)

    def _page(self, address):
        # type: (Text) -> Tuple[Optional[Text], Optional[Text], Text]
        clean = _fit(address if self._clean is None else self._clean.address(address))
        if address[:1] == "/":
            return None, clean, page_of("", "", clean)
        return clean, None, page_of(clean, "", "")

    def _referrer(self, question):
        # type: (Text) -> Tuple[Text, Optional[Text]]
        origin, _, referrer = question.partition(" ")
        if self._clean is not None:
            if origin and referrer.startswith(origin + "/"):  # a page of the same site
                referrer = self._pages[shortened(referrer)][0] or ""
            else:
                referrer = self._clean.referrer(referrer, origin)
        host = referrer_host(referrer, page_of(origin, "", "")) if referrer else None
        return _fit(referrer), host

    def _agent(self, agent):
        # type: (Text) -> Text
        return _fit(agent if self._clean is None else self._clean.agent(agent))

    def _ip(self, ip):
        # type: (Text) -> Optional[Text]
        return _fit(ip) if self._clean is None else self._clean.ip(ip)


def _fit(text):
    # type: (Text) -> Text
    if not encodable(text):
        raise ValueError("half of a surrogate pair")
    return text
