"""memory: what it keeps of a hit."""

from __future__ import absolute_import, division, print_function, unicode_literals

import threading

import pytest

import analytical
from analytical.errors import UnsupportedField

NOW = 1704110400.0


@pytest.fixture
def memory():
    return analytical.Provider("memory")


def test_a_hit_is_kept_in_readable_words(memory):
    """Each hit is a dict of type, id, time and the fields by their readable names, in normal form."""
    outcome = memory.event({"ec": "cart", "ev": "3", "cd1": 7, "pr1nm": "Mug"}, timestamp=NOW)
    assert outcome and outcome.state == "delivered"
    (hit,) = memory.hits
    assert len(hit.pop("id")) == 32
    assert hit == {
        "type": "event",
        "time": NOW,
        "category": "cart",
        "value": 3,
        "custom_dimensions": {1: "7"},
        "items": [{"name": "Mug"}],
    }


def test_names_beyond_the_vocabulary(memory):
    """Other names are kept apart; those that only Google's protocol needs are not kept."""
    memory.pageview({"foo": "bar", "v": "1", "tid": "UA-1-1", "qt": 0})
    assert memory.hits[0]["other"] == {"foo": "bar"}
    assert set(memory.hits[0]) == {"type", "id", "time", "other"}


def test_extra(memory):
    """Raw parameters for memory are merged last; those of other platforms are not its own."""
    memory.pageview(title="a", extra={"memory": {"title": "b", "x": 1}, "matomo": {"y": 2}})
    hit = memory.hits[0]
    assert (hit["title"], hit["x"]) == ("b", 1) and "y" not in hit and "extra" not in hit


def test_every_field_has_a_place():
    """In strict mode nothing is unsupported, names beyond the vocabulary neither."""
    memory = analytical.Provider("memory", strict=True)
    for field in analytical.hit.BY_NAME:
        assert memory.supports(field)
    try:
        assert memory.event(name="x", session_id="y", foo="z", consent={"ads": True})
    except UnsupportedField as error:
        pytest.fail(str(error))


def test_account_is_optional(memory):
    """It takes any account, and needs none."""
    assert memory.data is None and analytical.Provider("memory", "x").data == "x"


def test_providers_do_not_share(memory):
    """Each provider has hits of its own."""
    memory.pageview()
    assert analytical.Provider("memory").hits == []


def test_threads(memory):
    """Hits of many threads are all there."""
    threads = [
        threading.Thread(target=lambda: [memory.pageview() for _ in range(100)]) for _ in range(5)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len({hit["id"] for hit in memory.hits}) == 500
