"""The processors of privacy.private() for hits of logs, with what they make of a value remembered."""

from __future__ import absolute_import, division, print_function, unicode_literals

import re

from .._agents import LONGEST
from .._memo import Memo
from ..hit import Hit
from ..privacy.addresses import AnonymizeIP
from ..privacy.agents import AnonymizeUserAgent
from ..privacy.bots import DropBots
from ..privacy.presets import private
from ..privacy.urls import KEPT, ScrubURL

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Optional, Text

VALUES = 20000  # of a field that are remembered
MOST = 512  # characters of one
# What a hit of a log can have that these processors look at; any other field, and they run as they are.
_KNOWN = frozenset(
    "timestamp referrer user_agent user_ip language method status response_time url path".split()
)
# What the names of parameters that are kept begin with.
_KEPT = re.compile("|".join(re.escape(name.rstrip("*")) for name in KEPT))
# An origin that is its own cleaned form, whatever stands behind it.
_ORIGIN = re.compile(r"https?://[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\Z")


class Clean(object):
    """
    A processor that does what those of :func:`analytical.privacy.private` do, but that bots are left to the rules.

    Each field of a hit of a log is cleaned by its own value alone, but for the referrer, which hangs on the
    page's origin too; so what becomes of a value is asked once.
    """

    __name__ = str("private")

    def __init__(self):
        # type: () -> None
        self.processors = [each for each in private() if not isinstance(each, DropBots)]
        of_kind = {type(each): each for each in self.processors}  # type: Any
        self._agents, self._scrub = of_kind[AnonymizeUserAgent], of_kind[ScrubURL]
        self.ip, self.address = of_kind[AnonymizeIP].address, self._scrub.url
        self._ip = Memo(self.ip, VALUES)
        self._agent = Memo(self.agent, VALUES, LONGEST)
        self._address = Memo(self.address, VALUES)
        self._referrer = Memo(lambda question: self.referrer(question[1], question[0]), VALUES)
        self._plain = Memo(is_plain_origin)

    def __call__(self, hit):
        # type: (Hit) -> Optional[Hit]
        given = hit.fields
        url = given.get("url")
        origin = "" if url is None else url[: max(url.find("/", 8), 0)]
        if url is not None and not self._plain[origin]:
            return self.process(hit)
        if hit.other or hit.raw or hit.invalid or not _KNOWN.issuperset(given):
            return self.process(hit)
        fields = dict(given)
        if url is not None:
            fields["url"] = self._address[shortened(url)]
        elif "path" in fields:
            fields["path"] = self._address[shortened(fields["path"])]
        if "referrer" in fields:
            fields["referrer"] = self._clean_referrer(fields["referrer"], origin)
        if "user_agent" in fields:
            fields["user_agent"] = self._agent[fields["user_agent"]]
        if "user_ip" in fields:
            ip = self._ip[fields.pop("user_ip")]
            if ip is not None:
                fields["user_ip"] = ip
        return Hit(hit.type, fields, hit.time, hit.id)

    def process(self, hit):
        # type: (Hit) -> Optional[Hit]
        """Run the processors one by one, whatever hit it is."""
        for processor in self.processors:
            result = processor(hit)
            if result is None:
                return None
            hit = result
        return hit

    def agent(self, agent):
        # type: (Text) -> Any
        """Clean a user agent."""
        return self._agents(Hit("pageview", {"user_agent": agent}, 0.0, "")).fields["user_agent"]

    def _clean_referrer(self, referrer, origin):
        # type: (Text, Text) -> Any
        if origin and referrer.startswith(origin) and referrer[len(origin) :][:1] == "/":
            return self._address[shortened(referrer)]  # a page of the same site
        return (
            self._referrer[origin, referrer]
            if len(referrer) <= MOST
            else self.referrer(referrer, origin)
        )

    def referrer(self, referrer, origin):
        # type: (Text, Text) -> Any
        """Clean a referrer of a page of an origin."""
        fields = {"referrer": referrer}
        if origin:
            fields["url"] = origin + "/"
        return self._scrub(Hit("pageview", fields, 0.0, "")).fields["referrer"]

    def __repr__(self):
        # type: () -> str
        return str("private()")


def is_plain_origin(origin):
    # type: (Text) -> bool
    """Tell whether an origin is its own cleaned form, so that what is cleaned behind it does not hang on it."""
    return _ORIGIN.match(origin) is not None


def shortened(address):
    # type: (Text) -> Text
    """Leave out a query of which nothing would be kept, so that fewer addresses differ."""
    start, mark, query = address.partition("?")
    if not mark or _KEPT.search(query) or start[-1:].isspace():
        return address
    return start
