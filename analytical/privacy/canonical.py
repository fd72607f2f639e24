"""
User agents without details: one text for each browser, its major version and operating system.

The model is what browsers themselves send since they reduce their user agents (Chrome's User-Agent
Reduction, Firefox's and Safari's frozen versions of macOS), so that whoever parses those parses these.
"""

from __future__ import absolute_import, division, print_function, unicode_literals

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Dict, Optional, Text

    from .._agents import Names

_CHROME = re.compile("(?:Chrome|Chromium)/([0-9]{1,4})")
_WEBKIT = "Mozilla/5.0 (%s) AppleWebKit/537.36 (KHTML, like Gecko) "
_APPLE = "Mozilla/5.0 (%s) AppleWebKit/605.1.15 (KHTML, like Gecko) "
_ENGINE = "Chrome/{chrome}.0.0.0 {mobile}Safari/537.36"

# ua-parser's name of a browser -> what follows the system, by the engine it runs on.
_ON_CHROME = {
    "Chrome": _ENGINE,
    "Chrome Mobile": _ENGINE,
    "Chrome Mobile WebView": "Version/4.0 " + _ENGINE,
    "Edge": _ENGINE + " Edg/{major}.0.0.0",
    "Edge Mobile": _ENGINE + " EdgA/{major}.0.0.0",
    "Opera": _ENGINE + " OPR/{major}.0.0.0",
    "Opera Mobile": _ENGINE + " OPR/{major}.0.0.0",
    "Samsung Internet": "SamsungBrowser/{major}.0 " + _ENGINE,
    "Vivaldi": _ENGINE + " Vivaldi/{major}.0",
    "Yandex Browser": "Chrome/{chrome}.0.0.0 YaBrowser/{major}.0.0.0 {mobile}Safari/537.36",
}
_ON_IOS = {
    "Mobile Safari": "Version/{major}.0 Mobile/15E148 Safari/604.1",
    "Chrome Mobile iOS": "CriOS/{major}.0.0.0 Mobile/15E148 Safari/604.1",
    "Firefox iOS": "FxiOS/{major}.0 Mobile/15E148 Safari/605.1.15",
    "Edge Mobile": "Version/{system}.0 EdgiOS/{major}.0.0.0 Mobile/15E148 Safari/604.1",
    "Mobile Safari UI/WKWebView": "Mobile/15E148",
}
_WINDOWS = {"10": "10.0", "8.1": "6.3", "8": "6.2", "7": "6.1", "Vista": "6.0", "XP": "5.1"}
_LINUX = {"Linux": "X11; ", "Ubuntu": "X11; Ubuntu; ", "Fedora": "X11; Fedora; "}


def canonical(text, names, versions=True):
    # type: (Text, Names, bool) -> Optional[Text]
    """
    Give the text that stands for all user agents alike; None for a browser or system not in the tables.

    :param names: what the parser reads in the user agent
    :param bool versions: whether the major versions stay; else they are 0, or the one that browsers froze
    """
    browser, major, system, system_major = names
    if "Xbox" in text:  # it would pass for a computer
        return None
    if not versions:
        major, system_major = "0", "10" if system == "Windows" else None
    found = _CHROME.search(text) if versions else None
    words = {
        "major": major or "0",
        "chrome": found.group(1) if found else major or "0",
        "mobile": "Mobile " if "Mobile" in text else "",
        "system": system_major or "0",
    }
    if system == "iOS":
        return _on_ios(text, browser, words)
    if browser in ("Firefox", "Firefox Mobile"):
        return _firefox(text, system, system_major, words)
    place = _place(text, system, system_major)
    if place is None:
        return None
    if browser == "Safari" and system == "Mac OS X":
        return _APPLE % place + "Version/%s.0 Safari/605.1.15" % words["major"]
    if browser in _ON_CHROME:
        if browser == "Chrome Mobile WebView":
            place += "; wv"
        return _WEBKIT % place + _ON_CHROME[browser].format(**words)
    return None


def _on_ios(text, browser, words):
    # type: (Text, Optional[Text], Dict[Text, Text]) -> Optional[Text]
    if browser not in _ON_IOS:
        return None
    if "iPad" in text:
        place = "iPad; CPU OS %s_0 like Mac OS X"
    elif "iPod" in text:
        place = "iPod touch; CPU iPhone OS %s_0 like Mac OS X"
    else:
        place = "iPhone; CPU iPhone OS %s_0 like Mac OS X"
    return _APPLE % (place % words["system"]) + _ON_IOS[browser].format(**words)


def _firefox(text, system, system_major, words):
    # type: (Text, Optional[Text], Optional[Text], Dict[Text, Text]) -> Optional[Text]
    place = _place(text, system, system_major)
    if system == "Android":
        kind = "Tablet" if "Tablet" in text else "Mobile"
        place = "Android %s; %s" % (system_major or "10", kind)
    elif system == "Mac OS X":
        place = "Macintosh; Intel Mac OS X 10.15"
    if place is None:
        return None
    engine = words["major"] + ".0" if system == "Android" else "20100101"
    form = "Mozilla/5.0 ({place}; rv:{major}.0) Gecko/{engine} Firefox/{major}.0"
    return form.format(place=place, engine=engine, **words)


def _place(text, system, major):
    # type: (Text, Optional[Text], Optional[Text]) -> Optional[Text]
    """Write what stands in the first brackets; details of devices and processors are left out."""
    if system == "Windows":
        number = _WINDOWS.get(major or "")
        return number and "Windows NT %s; Win64; x64" % number
    if system == "Mac OS X":
        return "Macintosh; Intel Mac OS X " + ("10_15_7" if major in (None, "10") else major + "_0")
    if system == "Android":
        return "Linux; Android %s; K" % (major or "10")
    if system == "Chrome OS":
        return "X11; CrOS x86_64 14541.0.0"
    if system in _LINUX:
        return _LINUX[system] + "Linux x86_64"
    return None
