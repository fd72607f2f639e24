"""Processors of providers: nothing leaves unprocessed, whatever fails, and everything is counted."""

from __future__ import absolute_import, division, print_function, unicode_literals

import pytest
from one_platform import lines

import analytical
from analytical import privacy
from analytical.testing import Collector

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PAGE = {"dl": "https://example.com/", "uip": "203.0.113.9", "ua": FIREFOX}


def fail_on_x(hit):
    if hit.get("title") == "x":
        raise ValueError("12.34.56.78 is in this text")
    return hit.replace(title="processed")


def umami(collector, **options):
    account = "94db1cb1-74f4-4a40-ad6c-962362670409"
    return analytical.Provider("umami", account, url=collector.url, **options)


@pytest.fixture
def collector():
    with Collector() as server:
        server.answer(200, b"{}")
        yield server


def sent(collector):
    return [request.body.decode("utf-8") for request in collector.requests]


@pytest.mark.parametrize("delivery", ["direct", "background"])
def test_a_failing_processor_sends_nothing(swallow, fresh_log, caplog, collector, delivery):
    """The hit is dropped, counted as a fault, and logged without what the error says."""
    provider = umami(collector, processors=[fail_on_x], delivery=delivery)
    outcome = provider.pageview(PAGE, title="x")
    assert (bool(outcome), outcome.state, outcome.reason) == (False, "dropped", "fault")
    assert outcome.sent is False
    assert provider.close(10) and sent(collector) == []
    assert provider.stats()["dropped"] == {"fault": 1}
    said = [line for line in lines(caplog) if "hit was dropped" in line]
    assert said == ["umami: a hit was dropped: fault: ValueError"]


def test_an_outbox_stores_nothing(swallow, tmpdir, collector):
    """A hit that a processor failed on is not written to a file either."""
    path = tmpdir.join("hits.outbox")
    provider = umami(collector, processors=[fail_on_x], delivery="outbox://%s" % path)
    assert not provider.pageview(PAGE, title="x")
    assert provider.close(10) and sent(collector) == []
    assert not path.exists() or b"203.0.113.9" not in path.read_binary()


def test_with_errors_wanted(swallow, fresh_log, caplog, collector):
    """With fail_silently=False the error is raised, and the hit is counted and logged all the same."""
    provider = umami(collector, processors=[fail_on_x], fail_silently=False)
    with pytest.raises(ValueError):
        provider.pageview(PAGE, title="x")
    assert sent(collector) == []
    assert provider.stats()["dropped"] == {"fault": 1}
    assert "umami: a hit was dropped: fault: ValueError" in lines(caplog)


@pytest.mark.parametrize("fail_silently", [True, False])
def test_batch(swallow, collector, fail_silently):
    """Of a batch the bad hit is lost, and all others go out processed, before anything is raised."""
    provider = umami(collector, processors=[fail_on_x], fail_silently=fail_silently)
    hits = [("pageview", dict(PAGE, dt=title)) for title in ("a", "x", "b")]
    if fail_silently:
        outcomes = provider.batch(hits)
        assert [outcome.reason for outcome in outcomes] == ["", "fault", ""]
    else:
        with pytest.raises(ValueError):
            provider.batch(hits)
    (body,) = sent(collector)
    assert body.count('"processed"') == 2 and '"x"' not in body
    assert provider.stats()["dropped"] == {"fault": 1}


@pytest.mark.parametrize("fail_silently", [True, False])
def test_fanout(swallow, collector, fail_silently):
    """A failing processor of the fanout stops all providers; one of a provider stops that one alone."""
    other = analytical.Provider("memory")
    failing = umami(collector, processors=[fail_on_x], fail_silently=fail_silently)
    both = analytical.Provider("fanout", [failing, other], fail_silently=fail_silently)

    def send(provider):
        if fail_silently:
            outcome = provider.pageview(PAGE, title="x")
            assert not outcome and outcome.reason == "fault"
        else:
            with pytest.raises(ValueError):
                provider.pageview(PAGE, title="x")

    send(both)
    assert sent(collector) == [] and len(other.hits) == 1
    assert failing.stats()["dropped"] == {"fault": 1}
    send(
        analytical.Provider(
            "fanout",
            [umami(collector), other],
            processors=[fail_on_x],
            fail_silently=fail_silently,
        )
    )
    assert sent(collector) == [] and len(other.hits) == 1


def test_on_drop_hears_of_it(swallow):
    """on_drop is told of a hit that a processor failed on."""
    told = []
    provider = analytical.Provider(
        "memory", processors=[fail_on_x], on_drop=lambda hit, reason: told.append(reason)
    )
    provider.pageview(PAGE, title="x")
    assert told == ["fault"]


def test_a_processor_alone():
    """One callable stands for a list of one."""
    provider = analytical.Provider("memory", processors=fail_on_x)
    assert provider.pageview(PAGE) and provider.hits[0]["title"] == "processed"


@pytest.mark.parametrize(
    "text, count",
    [
        ("private", len(privacy.private())),
        ("anonymous", len(privacy.anonymous())),
        ("drop_bots, anonymize_ip", 2),
        (b"remove_ip", 1),
    ],
)
def test_by_name(text, count):
    """Text names presets and processors, so that an address can choose them."""
    assert len(analytical.Provider("memory", processors=text).processors) == count
    if not isinstance(text, bytes):
        provider = analytical.from_url("memory://x?processors=" + text.replace(" ", "%20"))
        assert len(provider.processors) == count


def test_an_address_names_a_preset():
    """A provider made from an address with processors=private sends nothing private."""
    provider = analytical.from_url("memory://x?processors=private")
    assert provider.pageview(dict(PAGE, uid="u-1", dt="Home"))
    (hit,) = provider.hits
    assert "user_id" not in hit and hit["user_ip"] == "203.0.0.0"


@pytest.mark.parametrize("text", ["", "privat", "private,", "visitor_id", "s3cret"])
def test_other_names(text):
    """A name that is none raises, rather than let everything pass, and is not repeated."""
    with pytest.raises(analytical.ConfigurationError) as caught:
        analytical.Provider("memory", processors=text)
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    "processors",
    [privacy.private, [privacy.anonymize_ip], [fail_on_x, privacy.remove], (privacy.visitor_id,)],
)
def test_a_factory_is_no_processor(processors):
    """Who forgets the parentheses is told so at once."""
    with pytest.raises(analytical.ConfigurationError, match="call it"):
        analytical.Provider("memory", processors=processors)
