"""only, remove, before_send: which fields go on."""

from __future__ import absolute_import, division, print_function, unicode_literals

import pytest

import analytical
from analytical import privacy
from analytical.params import read

FULL = {
    "dl": "https://example.com/",
    "dt": "Home",
    "uid": "u-1",
    "cd1": "gold",
    "cm1": "2.0",
    "pr1id": "MUG",
    "mystery": "x",
    "v": "1",
    "timestamp": 1750000000,
    "anonymize_ip": True,
    "consent": {"ads": False},
    "extra": {"matomo": {"uid": "u-1"}},
}


def test_only():
    """Only the named fields go on, by either name, and what restricts their use."""
    hit = read("pageview", FULL)
    result = privacy.only("url", "dt", "custom_dimensions")(hit)
    restrictions = {"consent", "anonymize_ip"}
    assert set(result.fields) == {"url", "title", "custom_dimensions"} | restrictions
    assert (result.type, result.id, result.time) == (hit.type, hit.id, 1750000000)
    assert result.raw == {"custom_dimensions": {"cd1": "gold"}}
    assert result.other == {"v": "1"}


def test_only_on_google_analytics():
    """Names unknown to the vocabulary, and forms kept as passed, do not slip by."""
    provider = analytical.Provider("googleanalytics", "UA-1-1")
    payload = provider.payload(privacy.only("url")(read("pageview", FULL)))
    cid = payload.pop("cid")
    assert len(cid) == 64
    assert payload == {
        "v": "1",
        "tid": "UA-1-1",
        "t": "pageview",
        "dl": "https://example.com/",
        "aip": True,
        "npa": True,
    }


def test_remove():
    """The named fields are gone, in every form, and all others are as before."""
    hit = read("pageview", FULL)
    result = privacy.remove("uid", "custom_dimensions", "items", "extra")(hit)
    gone = {"user_id", "custom_dimensions", "items", "extra"}
    assert set(result.fields) == set(hit.fields) - gone
    assert result.raw == {"custom_metrics": hit.raw["custom_metrics"]}
    assert (result.other, result.id, result.time) == (hit.other, hit.id, hit.time)


def test_remove_what_is_not_there():
    """A hit without the fields stays the same object."""
    hit = read("pageview", {"dl": "https://example.com/"})
    assert privacy.remove("user_id")(hit) is hit


def test_values_that_are_wrong():
    """A wrong value no longer counts once its field is removed; that of a field kept still does."""
    hit = read("pageview", {"ev": "much", "cm1": "many", "foo": object(), "dt": "Home"})
    assert set(hit.invalid) == {"value", "custom_metrics", "foo"}
    assert set(privacy.only("title", "value")(hit).invalid) == {"value"}
    assert privacy.only("title")(hit).invalid == {}
    assert set(privacy.remove("ev", "custom_metrics")(hit).invalid) == {"foo"}


def test_given_hits_stay_as_they_are():
    """The caller's hit is not changed."""
    hit = read("pageview", FULL, now=1750000000)
    for processor in (privacy.only("url"), privacy.remove("user_id", "custom_dimensions")):
        processor(hit)
    assert hit.fields == read("pageview", FULL).fields
    assert hit.raw == read("pageview", FULL).raw


@pytest.mark.parametrize("make", [privacy.only, privacy.remove])
@pytest.mark.parametrize("name", ["user_adress", "cd1", "", 5, None])
def test_names_are_checked(make, name):
    """A name that is none raises where it is written, not when a visitor's data has left."""
    with pytest.raises(analytical.ConfigurationError):
        make("url", name)
    with pytest.raises(analytical.ConfigurationError):
        make()


def test_a_near_name_is_suggested():
    """A slip of the pen is named with what was meant."""
    with pytest.raises(analytical.ConfigurationError, match="user_agent"):
        privacy.remove("user_agnt")


def test_before_send():
    """A function of one's own is a processor as it is; what cannot be called raises at once."""
    provider = analytical.Provider(
        "memory",
        processors=[
            privacy.before_send(lambda hit: hit if hit.get("title") else None),
            privacy.before_send(lambda hit: hit.replace(title="changed")),
        ],
    )
    assert provider.pageview(title="a")
    assert not provider.pageview(url="https://example.com/")
    assert [hit["title"] for hit in provider.hits] == ["changed"]
    with pytest.raises(analytical.ConfigurationError, match="a callable, not str"):
        privacy.before_send("secret")
