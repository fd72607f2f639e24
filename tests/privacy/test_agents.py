"""What leaves as the visitor's user agent."""

from __future__ import absolute_import, division, print_function, unicode_literals

import io
import os
import re

import pytest
import user_agents

from analytical.errors import ConfigurationError
from analytical.hit import Hit
from analytical.params import read
from analytical.privacy.agents import anonymize_user_agent

# Shapes of current browsers on systems and devices of all kinds, one a line.
with io.open(os.path.join(os.path.dirname(__file__), "agents.txt"), encoding="ascii") as _file:
    BROWSERS = _file.read().splitlines()

RARE = "Rare user agent"
PHONE = (
    "Mozilla/5.0 (Linux; Android 13; SM-S918B) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/120.0.6099.230 Mobile Safari/537.36"
)
# Facts of isbot's list, which Umami asks: agents with these words, or of these bare forms, are bots.
ISBOT = re.compile(r"(?<! cu)bot|crawl|spider|headless|http|^[\w .:()-]+$|^mozilla/5\.0$", re.I)


def reduced(agent, mode):
    """Give the user agent that a processor makes of one."""
    return anonymize_user_agent(mode)(Hit("pageview", {"user_agent": agent})).get("user_agent")


def kind(parsed):
    """Tell the kinds that platforms count by."""
    return parsed.is_mobile, parsed.is_tablet, parsed.is_pc, parsed.is_bot


def test_table_has_200():
    """The table is as large as promised, and holds no agent twice."""
    assert len(set(BROWSERS)) >= 200


@pytest.mark.parametrize("mode", ["rare", "major", "family"])
def test_no_browser_is_rare(mode):
    """No agent of a real browser is taken for a rare one."""
    assert [agent for agent in BROWSERS if reduced(agent, mode) == RARE] == []


@pytest.mark.parametrize("agent", BROWSERS)
def test_same_browser_after_all(agent):
    """Platforms parse a reduced agent as the same browser, version, system and kind of device."""
    before = user_agents.parse(agent)
    major = user_agents.parse(reduced(agent, "major"))
    family = user_agents.parse(reduced(agent, "family"))
    assert (major.browser.family, major.os.family) == (before.browser.family, before.os.family)
    assert (family.browser.family, family.os.family) == (before.browser.family, before.os.family)
    assert major.browser.version[:1] == before.browser.version[:1]
    assert kind(major) == kind(before) and kind(family) == kind(before)


def test_same_browser_for_matomo():
    """Matomo's device detector reads the same of a reduced agent, but for what only a model tells."""
    detector = pytest.importorskip("device_detector").DeviceDetector

    def read_by_matomo(agent):
        found = detector(agent).parse()
        device = "smartphone" if found.device_type() == "phablet" else found.device_type()
        major = (found.client_version() or "").partition(".")[0]
        return found.client_name(), major, found.os_name(), device, found.is_bot()

    pairs = [(agent, reduced(agent, "major")) for agent in BROWSERS]
    others = [pair for pair in pairs if pair[0] != pair[1]]
    assert len(others) > 100
    assert [one for one, two in others if read_by_matomo(one) != read_by_matomo(two)] == []


@pytest.mark.parametrize("mode", ["major", "family"])
def test_no_bot_by_known_rules(mode):
    """No reduced agent has what public lists know bots by."""
    made = {reduced(agent, mode) for agent in BROWSERS} - set(BROWSERS)
    assert [agent for agent in made if ISBOT.search(agent)] == []


def test_device_and_build_go():
    """The model of the device and the build of the browser leave in neither mode."""
    for mode in ("major", "family"):
        assert "SM-S918B" not in reduced(PHONE, mode) and "6099" not in reduced(PHONE, mode)
    assert "120" in reduced(PHONE, "major") and "120" not in reduced(PHONE, "family")


def test_idempotent():
    """A reduced agent is not changed again."""
    for mode in ("rare", "major", "family"):
        once = {reduced(agent, mode) for agent in BROWSERS}
        assert once == {reduced(agent, mode) for agent in once}


@pytest.mark.parametrize("mode", ["rare", "major", "family"])
@pytest.mark.parametrize("agent", ["", "My own browser 1.0", PHONE + "x" * 2000])
def test_rare(agent, mode):
    """What nobody can name, or nobody should parse, is made common."""
    assert reduced(agent, mode) == RARE


@pytest.mark.parametrize("passed", [PHONE.encode("ascii"), b"\xff" + PHONE.encode("ascii")])
def test_no_original_stays(passed):
    """No other part of the hit keeps the agent as it was passed."""
    hit = anonymize_user_agent("major")(read("pageview", {"ua": passed}))
    assert "SM-S918B" not in repr([hit.fields, hit.raw, hit.other, hit.invalid])


def test_hit_without_agent():
    """A hit without an agent is passed on as it is."""
    hit = Hit("pageview", {"title": "Home"})
    assert anonymize_user_agent()(hit) is hit


def test_mode():
    """An unknown mode is refused when the list is made; a known one is named in the repr."""
    with pytest.raises(ConfigurationError):
        anonymize_user_agent("minor")
    assert repr(anonymize_user_agent("major")) == "anonymize_user_agent('major')"
