"""Processor that drops the hits of programs."""

from __future__ import absolute_import, division, print_function, unicode_literals

import importlib
import re

from .._agents import LONGEST
from .parsing import Remembered, load_is_spider

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable, Optional, Text

    from ..hit import Hit

# Words that programs name themselves by; CUBOT makes telephones.
_WORDS = re.compile(
    "(?<!cu)bots?(?![a-z])|crawl|spider|slurp|headless|phantomjs|selenium|puppeteer|playwright|"
    "lighthouse|scrap[ey]|archiver|feedfetch|mediapartners|facebookexternalhit|preview|pingdom|"
    "uptime|httpclient|http-client|libwww|http://|https://"
)
_CUBOT = re.compile("cubot", re.I)
# Libraries and tools put themselves first.
_LIBRARIES = re.compile(
    "(?:python|curl|wget|go-http|java/|okhttp|axios|node|undici|got |got/|ruby|php|guzzle|perl|lwp|"
    "apache-|httpie|http_|postman|insomnia|aiohttp|httpx|urllib|reqwest|faraday|rest-client|"
    "restsharp|powershell|winhttp|deno/|bun/|dart/|zgrab|masscan|nmap|nikto|sqlmap|whatsapp/)"
)
# Browsers load these before anybody looks, or to show a small picture.
_EARLY = re.compile("prefetch|prerender|preview", re.I)
_is_listed = None  # type: Optional[Callable[[Text], bool]]
_is_spider = None  # type: Optional[Callable[[Text], bool]]


def drop_bots(without_agent=False):
    # type: (bool) -> DropBots
    """
    Drop the hits of programs: crawlers, libraries, monitors, and pages that a browser loads in advance.

    *Protects* the numbers, and visitors from being drowned in them. *Costs* the hits of people whose
    agents look like those of programs, and a parse of each new user agent. Programs that claim to be
    browsers stay.

    A bot is what ua-parser calls a spider, what says so by a word or begins as a library does, an empty
    user agent and one of more than 1,024 characters; with ``pip install analytical[bots]`` also what the
    package crawler-user-agents lists. Loaded in advance is what the field ``purpose`` calls ``prefetch``,
    ``prerender`` or ``preview``. Verdicts on 2,048 user agents are kept, in memory only.

        >>> from analytical.params import read
        >>> drop_bots()(read('pageview', {'user_agent': 'curl/8.5.0'})) is None
        True

    :param bool without_agent: whether to drop hits without the field ``user_agent`` too; as a rule these
        are events that the application itself makes, so they stay
    """
    return DropBots(bool(without_agent))


class DropBots(object):
    """The processor that :func:`drop_bots` makes."""

    def __init__(self, without_agent):
        # type: (bool) -> None
        self._without_agent = without_agent
        self.__name__ = repr(self)

    def __call__(self, hit):
        # type: (Hit) -> Optional[Hit]
        fields = hit.fields
        if is_early(fields.get("purpose", "")):
            return None
        agent = fields.get("user_agent")
        if agent is None:
            refused = self._without_agent or "user_agent" in hit.invalid
            return None if refused else hit
        return None if is_bot(agent) else hit

    def __repr__(self):
        # type: () -> str
        return str("drop_bots(without_agent=True)" if self._without_agent else "drop_bots()")


def is_early(purpose):
    # type: (Text) -> bool
    """Tell whether a request was made ahead of its user, as it says of its purpose."""
    return _EARLY.search(purpose) is not None


def is_bot(agent):
    # type: (Text) -> bool
    """Tell whether a user agent is that of a program; an empty one is."""
    return len(agent) > LONGEST or bool(_remembered(agent))


def _judge(agent):
    # type: (Text) -> bool
    global _is_listed, _is_spider
    lower = agent.strip().lower()
    if not lower or _WORDS.search(lower) or _LIBRARIES.match(lower):
        return True
    if _is_listed is None:  # two threads may both load it, which only costs time
        _is_listed, _is_spider = _load_list(), load_is_spider()
    agent = _CUBOT.sub("", agent)  # both others take these telephones for bots
    return _is_listed(agent) or bool(_is_spider and _is_spider(agent))


_remembered = Remembered(_judge)


def _load_list():
    # type: () -> Callable[[Text], bool]
    try:
        listed = importlib.import_module(str("crawleruseragents"))
    except ImportError:
        return lambda agent: False
    return lambda agent: bool(listed.is_crawler(agent))
