"""What ua-parser reads in user agents, by the fastest of its backends that is installed."""

from __future__ import absolute_import, division, print_function, unicode_literals

import importlib

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable, Optional, Text, Tuple

    Names = Tuple[Optional[Text], Optional[Text], Optional[Text], Optional[Text]]

# RFC 9110, section 10.1.5, asks for short values, for long ones identify their users: the longest of
# some 7,000 collected from browsers around 2024 has 251 characters. This also bounds what hostile
# text can cost in the regular expressions of ua-parser: some 15 ms.
LONGEST = 1024  # characters
REMEMBERED = 2048  # user agents about which something is kept


def load_names():
    # type: () -> Callable[[Text], Names]
    """Make a function: user agent -> browser, its major version, operating system, its major version."""
    ua_parser = importlib.import_module(str("ua_parser"))
    resolver = getattr(ua_parser, "BestAvailableResolver", None)
    if resolver is None:  # before ua-parser 1.0
        parser = importlib.import_module(str("ua_parser.user_agent_parser"))

        def old_names(text):
            # type: (Text) -> Names
            browser, system = parser.ParseUserAgent(text), parser.ParseOS(text)
            return browser["family"], browser["major"], system["family"], system["major"]

        return old_names

    # The device, on which user_agents.parse spends most of its time, is left out. Tens of times as fast
    # where ua-parser-rs or google-re2 is installed; and no second cache.
    browsers, systems, _ = ua_parser.load_lazy_builtins()
    resolve = resolver((browsers, systems, []))
    wanted = ua_parser.Domain.USER_AGENT | ua_parser.Domain.OS

    def names(text):
        # type: (Text) -> Names
        found = resolve(text, wanted)
        browser, system = found.user_agent, found.os
        return (
            getattr(browser, "family", None),
            getattr(browser, "major", None),
            getattr(system, "family", None),
            getattr(system, "major", None),
        )

    return names
