"""Whose hits are dropped as those of programs."""

from __future__ import absolute_import, division, print_function, unicode_literals

import io
import os

import pytest

from analytical.hit import Hit
from analytical.params import read
from analytical.privacy import parsing
from analytical.privacy.bots import drop_bots

with io.open(os.path.join(os.path.dirname(__file__), "agents.txt"), encoding="ascii") as _file:
    BROWSERS = _file.read().splitlines()

BOTS = """
Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)
Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)
Mozilla/5.0 (compatible; Yahoo! Slurp)
Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/120.0.0.0 Safari/537.36
facebookexternalhit/1.1
python-requests/2.31.0
curl/8.5.0
Wget/1.21.4
Go-http-client/2.0
Java/17.0.9
okhttp/4.12.0
libwww-perl/6.72
axios/1.6.2
node-fetch/1.0
Apache-HttpClient/4.5.14 (Java/17.0.9)
Scrapy/2.11.0
""".strip().splitlines()


def judged(agent):
    """Tell whether a hit with this agent stays."""
    return drop_bots()(Hit("pageview", {"user_agent": agent})) is not None


@pytest.mark.parametrize("agent", BOTS + ["", "  ", "x" * 2000])
def test_programs_go(agent):
    """Programs that say what they are, and those that say nothing, are dropped."""
    assert not judged(agent)


def test_no_browser_goes():
    """No agent of a real browser is taken for a bot's."""
    assert [agent for agent in BROWSERS if not judged(agent)] == []


@pytest.mark.parametrize("purpose", ["prefetch", "prefetch;prerender", "Preview"])
def test_loaded_in_advance(purpose):
    """A page that nobody has looked at yet does not count."""
    assert drop_bots()(Hit("pageview", {"purpose": purpose})) is None


def test_hit_without_agent():
    """A hit without an agent stays, unless asked otherwise; one with an agent that is no text goes."""
    hit = Hit("event", {"name": "paid"})
    assert drop_bots()(hit) is hit
    assert drop_bots(without_agent=True)(hit) is None
    assert drop_bots()(read("pageview", {"ua": b"\xff"})) is None


def test_what_is_remembered_of_agents_is_bounded(monkeypatch):
    """Only of the last agents a verdict is kept; others are judged anew, and the same."""
    monkeypatch.setattr(parsing, "REMEMBERED", 100)
    asked = []
    verdict = parsing.Remembered(lambda agent: asked.append(agent) or "bot" in agent)
    agents = ["bot/%d" % number if number % 2 else "Firefox/%d" % number for number in range(201)]
    for _ in range(2):
        assert [verdict(agent) for agent in agents] == ["bot" in agent for agent in agents]
    assert len(verdict._answers) <= 100 and len(asked) == 402
    assert verdict(agents[-1]) is False and len(asked) == 402
