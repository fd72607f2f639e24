"""Opt-outs and consent: who is not sent at all."""

from __future__ import absolute_import, division, print_function, unicode_literals

import pytest

import analytical
from analytical import privacy
from analytical.params import read


@pytest.mark.parametrize("name", ["dnt", "gpc"])
def test_opt_outs(name):
    """Either signal drops the hit; a signal that says no, or none, does not."""
    processor = privacy.respect_opt_out()
    assert processor(read("pageview", {name: "1"})) is None
    for params in ({name: "0"}, {}):
        hit = read("pageview", params)
        assert processor(hit) is hit


def test_one_signal_alone():
    """Each signal can be left out of account."""
    both = read("pageview", {"dnt": True, "gpc": True})
    only_dnt, only_gpc = read("pageview", {"dnt": True}), read("pageview", {"gpc": True})
    assert privacy.respect_opt_out(gpc=False)(only_gpc) is only_gpc
    assert privacy.respect_opt_out(gpc=False)(only_dnt) is None
    assert privacy.respect_opt_out(dnt=False)(only_dnt) is only_dnt
    assert privacy.respect_opt_out(dnt=False, gpc=False)(both) is both


@pytest.mark.parametrize(
    "given, default, sent",
    [
        ({"analytics": True}, False, True),
        ({"analytics": False}, True, False),
        ({"ads": True}, False, False),
        ({"ads": False}, True, True),
        (None, False, False),
        (None, True, True),
        ({}, False, False),
        ({}, True, True),
    ],
)
def test_consent(given, default, sent):
    """What the visitor said counts, and the default where nothing is said of the purpose."""
    hit = read("pageview", {"consent": given})
    result = privacy.require_consent("analytics", default=default)(hit)
    assert result is (hit if sent else None)


def test_consent_of_another_purpose():
    """The purpose is the caller's choice; one that the field does not know is a mistake."""
    hit = read("pageview", {"consent": {"analytics": True, "ads": False}})
    assert privacy.require_consent("ads")(hit) is None
    with pytest.raises(analytical.ConfigurationError, match="'analytics' or 'ads'"):
        privacy.require_consent("marketing")


def test_an_opt_out_reaches_nothing():
    """A hit of a visitor who opted out is dropped by intent: counted, not stored, no error."""
    provider = analytical.Provider(
        "memory", processors=[privacy.respect_opt_out()], fail_silently=False
    )
    outcome = provider.pageview({"dl": "https://example.com/", "gpc": True})
    assert (outcome.state, outcome.reason) == ("dropped", "processor")
    assert provider.hits == []
    assert provider.stats()["dropped"] == {"processor": 1}
