"""explain(): what came in, what each processor changed, and what would leave."""

from __future__ import absolute_import, division, print_function, unicode_literals

import json

import pytest

import analytical
from analytical.params import read
from analytical.testing import Collector

PAGE = {"dl": "https://example.com/", "uip": "12.34.56.78", "uid": "u-1", "plan": "gold"}
TOKEN = "planted-token"


def shorten_ip(hit):
    return hit.replace(user_ip="12.34.0.0")


def remove_user(hit):
    del hit.fields["user_id"]  # no good manners, and it happens
    return hit


def add_language(hit):
    return hit.replace(language="en", properties={"plan": "x"})


def keep(hit):
    return hit


def drop(hit):
    return None


def fail(hit):
    raise ValueError("no such thing")


def umami(**options):
    return analytical.Provider("umami", "94db1cb1-74f4-4a40-ad6c-962362670409", **options)


def test_steps():
    """Each processor is named, with the fields it changed, set and removed; the input stays as it came."""
    provider = umami(processors=[keep, shorten_ip, remove_user, add_language])
    result = provider.explain("pageview", PAGE, properties={"plan": "gold"})
    assert result.given == {
        "url": PAGE["dl"],
        "user_ip": PAGE["uip"],
        "user_id": "u-1",
        "plan": "gold",
        "properties.plan": "gold",
    }
    names = ["keep", "shorten_ip", "remove_user", "add_language"]
    assert [step.processor for step in result.steps] == names
    changes = [
        [(c["field"], c["before"], c["after"]) for c in step.changes] for step in result.steps
    ]
    assert changes == [
        [],
        [("user_ip", "12.34.56.78", "12.34.0.0")],
        [("user_id", "u-1", None)],
        [("language", None, "en"), ("properties.plan", "gold", "x")],
    ]
    assert (result.result, result.reason, result.left_out) == ("sent", "", ["plan"])


def test_the_request_is_the_one_sent():
    """The request shown is the one that arrives, byte by byte, and explaining sends none."""
    with Collector() as collector:
        provider = umami(url=collector.url, processors=[shorten_ip])
        params = dict(PAGE, timestamp=1750000000)
        (shown,) = provider.explain("pageview", params).requests
        assert collector.requests == []
        provider.pageview(params)
        (sent,) = collector.wait(1)
    assert shown["method"] == sent.method
    assert shown["url"].endswith(sent.path)
    assert shown["body"].encode("utf-8") == sent.raw_body
    for name, value in shown["headers"].items():
        assert sent.headers[name] == value


def test_what_is_kept_here():
    """A provider that makes no requests shows what it would keep."""
    provider = analytical.Provider("memory", processors=[shorten_ip])
    (kept,) = provider.explain("pageview", PAGE).requests
    assert kept["user_ip"] == "12.34.0.0" and provider.hits == []


@pytest.mark.parametrize("processor, error", [(drop, ""), (fail, "ValueError: no such thing")])
def test_drops(processor, error):
    """A hit that a processor drops, or fails on, goes no further, and it is said where it ended."""
    result = umami(processors=[keep, processor, shorten_ip]).explain("pageview", PAGE)
    assert [step.processor for step in result.steps] == ["keep", processor.__name__]
    assert (result.steps[1].dropped, result.steps[1].error) == (True, error)
    assert (result.result, result.requests) == ("dropped", [])
    assert result.reason == "by " + processor.__name__
    assert result.failed is bool(error)


def test_a_processor_that_returns_no_hit():
    """What a processor returns by mistake is named as its mistake."""
    result = umami(processors=[lambda hit: "hit"]).explain("pageview", PAGE)
    assert "no hit" in result.steps[0].error and result.result == "dropped"


def test_rejected():
    """A hit that would be refused here is said to be, with the reason."""
    result = umami(strict=True).explain("pageview", PAGE)
    assert result.result == "rejected" and "user_agent" in result.reason
    large = umami().explain("pageview", dict(PAGE, dt="x" * 1200000))
    assert large.result == "rejected" and "too_large" in large.reason
    assert umami().explain("pageview", value="much").result == "rejected"
    with pytest.raises(analytical.InvalidHit):
        umami().explain("nonsense")


def test_secrets_are_masked():
    """No credential is shown, not even where the caller put it into the hit."""
    provider = analytical.Provider("mixpanel", TOKEN, processors=[shorten_ip, fail])
    tricky = dict(PAGE, dt=TOKEN, properties={"note": "a " + TOKEN})
    for each in (provider, analytical.Provider("mixpanel", TOKEN, processors=[add_language])):
        result = each.explain("pageview", tricky)
        text = json.dumps(result.as_dict()) + str(result) + repr(result)
        assert TOKEN not in text and "****" in text


def test_fanout():
    """A fanout shows its own processors, and then each provider with those of its own."""
    both = analytical.Provider(
        "fanout",
        [umami(processors=[shorten_ip]), analytical.Provider("memory", processors=[drop])],
        processors=[remove_user],
    )
    result = both.explain("pageview", PAGE)
    assert [step.processor for step in result.steps] == ["remove_user"]
    assert [each.result for each in result.providers.values()] == ["sent", "dropped"]
    one = result.providers["umami"]
    assert "user_id" not in one.given and "12.34.0.0" in one.requests[0]["body"]
    assert "12.34.56.78" not in one.requests[0]["body"]
    assert not result.failed


def test_text():
    """The page of text says all of it, in an order that can be read."""
    page = str(umami(processors=[shorten_ip, add_language]).explain("pageview", PAGE))
    parts = [
        "A pageview for umami",
        'user_ip: "12.34.56.78"',
        "1. shorten_ip",
        'user_ip: "12.34.56.78" becomes "12.34.0.0"',
        "2. add_language",
        'language is set to "en"',
        "Left out, for umami has no place: plan",
        "What leaves (direct delivery):",
        "POST https://cloud.umami.is/api/send",
    ]
    places = [page.index(part) for part in parts]
    assert places == sorted(places)


def test_json():
    """as_dict() holds what JSON can carry, and all of it."""
    given = json.loads(json.dumps(umami(processors=[drop]).explain("pageview", PAGE).as_dict()))
    names = "provider type delivery given steps result reason left_out requests providers"
    assert set(given) == set(names.split())
    assert given["steps"] == [{"processor": "drop", "changes": [], "dropped": True, "error": ""}]


def test_explaining_changes_nothing():
    """The caller's params and the provider's counts of hits stay as they are."""
    provider = umami(processors=[remove_user])
    params = dict(PAGE)
    provider.explain("pageview", params)
    stats = provider.stats()
    assert params == PAGE and stats["accepted"] == stats["delivered"] == 0
    assert read("pageview", params).get("user_id") == "u-1"
