"""What user agents say: whether they are programs, and which browser, system and kind of device."""

from __future__ import absolute_import, division, print_function, unicode_literals

import importlib

from .._agents import LONGEST, load_names
from ..privacy.bots import is_bot

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable, Optional, Text, Tuple

    from .._agents import Names

OTHER = "Other"
PHONE, TABLET, COMPUTER = "Phone", "Tablet", "Computer"
_COMPUTERS = frozenset(
    "Windows|Mac OS X|Linux|Ubuntu|Fedora|Debian|Chrome OS|FreeBSD|OpenBSD|NetBSD".split("|")
)
_names = None  # type: Optional[Callable[[Text], Names]]


def read(agent):
    # type: (Text) -> Tuple[bool, Text, Text, Text]
    """
    Read a user agent: whether it is a program's, and the browser, operating system and device.

    >>> bot, browser, system, device = read(
    ...     'Mozilla/5.0 (Windows NT 10.0; rv:128.0) Gecko/20100101 Firefox/128.0')
    >>> print(bot, browser, system, device)
    False Firefox Windows Computer
    >>> read('curl/8.5.0')[0]
    True
    """
    if is_bot(agent):
        return True, OTHER, OTHER, OTHER
    try:
        browser, _, system, _ = _parse(agent)
    except Exception:  # not logged: its text may repeat the user agent
        browser = system = None
    return False, browser or OTHER, system or OTHER, _device(agent, system)


def _parse(agent):
    # type: (Text) -> Names
    global _names
    if _names is None:  # two threads may both load it, which only costs time
        _names = load_names()
    return _names(agent[:LONGEST])


def _device(agent, system):
    # type: (Text, Optional[Text]) -> Text
    """Name the kind of device by the words that browsers have for it; televisions are none of them."""
    if "iPad" in agent or "Tablet" in agent:
        return TABLET
    if "TV" in agent or "Xbox" in agent or "PlayStation" in agent:
        return OTHER
    if "Mobi" in agent or "iPhone" in agent or "iPod" in agent:
        return PHONE
    if system == "Android":  # where it is a phone, browsers say "Mobile"
        return TABLET
    return COMPUTER if system in _COMPUTERS else OTHER


def versions():
    # type: () -> Text
    """Name all that the answers depend on: others are found when one of these is another."""
    parser = importlib.import_module(str("ua_parser"))
    found = ["%r" % (getattr(parser, "VERSION", None),)]
    for name in ("ua_parser_builtins", "crawleruseragents"):
        try:
            module = importlib.import_module(str(name))
            found.append("%s %s" % (name, getattr(module, "__version__", "")))
        except ImportError:
            found.append("")
    return " ".join(found)
