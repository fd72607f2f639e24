"""capture(): nothing goes anywhere, and tests see all of it."""

from __future__ import absolute_import, division, print_function, unicode_literals

import threading

import pytest

import analytical
from analytical.delivery import Outbox
from analytical.testing import Collector, capture

PAGE = "https://example.com/cart"
FOREVER = 20  # seconds after which a test gives up

DELIVERIES = {
    "direct": lambda tmpdir: "direct",
    "background": lambda tmpdir: "background",
    "outbox": lambda tmpdir: Outbox(str(tmpdir.join("hits.outbox"))),
}


class Anything(object):
    """Equals all values, as mock.ANY does."""

    def __eq__(self, other):
        return True

    __hash__ = None


def google(collector, **options):
    """Make a provider that would send to a collector."""
    return analytical.Provider(
        "ga4", "G-ABC1234567", api_secret="s" * 8, url=collector.url, **options
    )


def failure_of(assertion, *args, **fields):
    """Give the text of the error that an assertion raises."""
    with pytest.raises(AssertionError) as caught:
        assertion(*args, **fields)
    return str(caught.value)


class TestNothingGoesOut:
    """Whatever the application configured."""

    @pytest.mark.parametrize("kind", sorted(DELIVERIES))
    @pytest.mark.parametrize("before", [True, False])
    def test_no_request(self, collector, tmpdir, kind, before):
        """No delivery sends, starts a thread or writes a file, for providers made before or within."""
        delivery = DELIVERIES[kind](tmpdir)
        made = google(collector, delivery=delivery) if before else None
        with capture() as hits:
            provider = made or google(collector, delivery=delivery)
            assert provider.pageview(url=PAGE, cid="1")
            assert provider.batch([("event", {"ea": "add", "cid": "1"})] * 2)[0]
            assert provider.flush(FOREVER)
        assert getattr(provider.delivery, "_thread", None) is None
        assert provider.close(FOREVER)
        assert [hit.type for hit in hits] == ["pageview", "event", "event"]
        assert not collector.requests
        assert not tmpdir.listdir()

    def test_afterwards_all_is_as_before(self, collector):
        """After the block hits go out again, and are not held."""
        collector.answer(204)
        provider = google(collector)
        with capture() as hits:
            provider.pageview(url=PAGE, cid="1")
        assert provider.pageview(url=PAGE, cid="1")
        assert (len(hits), len(collector.requests)) == (1, 1)

    def test_files_and_streams(self, tmpdir, capsys):
        """Hits for a file, a stream or a list go nowhere either."""
        path = tmpdir.join("analytics.db")
        memory = analytical.Provider("memory")
        with capture() as hits:
            for provider in (
                memory,
                analytical.Provider("sqlite", str(path)),
                analytical.Provider("console"),
            ):
                assert provider.pageview(url=PAGE)
        assert len(hits) == 3
        assert (path.check(), memory.hits, capsys.readouterr()[0]) == (False, [], "")

    def test_validation_by_the_platform(self, collector):
        """A platform is not asked either, and validate() says so."""
        provider = google(collector)
        with capture():
            problems = provider.validate("pageview", url=PAGE, cid="1", online=True)
        assert [problem.field for problem in problems] == ["online"]
        assert "capture()" in problems[0].text
        assert not collector.requests

    def test_what_was_queued_before_waits(self, collector):
        """A hit accepted before the block is sent when the block has ended, not in it."""
        collector.answer(204)
        provider = google(collector, delivery="background")
        with capture() as hits:
            # As a hit accepted a moment before, whose thread comes to it only now.
            from analytical.delivery.base import envelope_of
            from analytical.params import read

            hit = read("pageview", {"url": PAGE, "cid": "1"})
            provider.delivery.submit(provider, envelope_of(provider.payload(hit)))
            assert not provider.flush(1)
            assert not collector.requests
        assert provider.flush(FOREVER)
        assert (len(collector.requests), len(hits)) == (1, 0)

    def test_disabled_providers_too(self):
        """What a provider disabled for tests would have sent can be looked at."""
        provider = analytical.Provider("memory", disabled=True)
        both = analytical.Provider("fanout", [provider], disabled=True)
        with capture() as hits:
            assert provider.pageview(url=PAGE)
            assert both.pageview(url=PAGE)
        assert len(hits) == 2


class TestWhatIsHeld:
    """Hits, payloads, requests."""

    def test_hits_after_processors(self):
        """Hits are those that the processors made; one that they dropped is not there."""
        processors = [lambda hit: hit.replace(title=None) if hit.type == "pageview" else None]
        provider = analytical.Provider("memory", processors=processors)
        with capture() as hits:
            assert provider.pageview(url=PAGE, title="secret")
            assert provider.event(action="add").reason == "processor"
        (hit,) = hits
        assert hit.fields == {"url": PAGE}
        assert (hits.pageviews, hits.events, hits[0]) == ([hit], [], hit)

    def test_mistakes_stay_mistakes(self):
        """A hit that would not be sent is not held, and strict providers raise as ever."""
        provider = analytical.Provider("memory", strict=True)
        with capture() as hits:
            with pytest.raises(analytical.InvalidHit):
                provider.event(value="many")
        assert len(hits) == 0

    def test_requests(self):
        """Requests are those that would have been sent, one for each hit; local providers have none."""
        matomo = analytical.Provider("matomo", "3", url="https://stats.example.com")
        with capture() as hits:
            matomo.pageview(url=PAGE)
            matomo.event(url=PAGE, ec="cart", ea="add")
            analytical.Provider("memory").pageview(url=PAGE)
        assert [request.url for request in hits.requests] == [
            "https://stats.example.com/matomo.php"
        ] * 2
        assert "idsite=3" in hits.requests[0].body.decode("ascii")
        assert [payload["url"] for payload in hits.payloads] == [PAGE] * 3

    def test_fanout(self):
        """A hit for several providers stands there for each, with what its own processors made of it."""
        bare = analytical.Provider("memory", processors=[lambda hit: hit.replace(title=None)])
        matomo = analytical.Provider("matomo", "1", url="https://stats.example.com")
        both = analytical.Provider("fanout", [bare, matomo])
        with capture() as hits:
            outcome = both.pageview(url=PAGE, title="Cart")
        assert outcome and sorted(outcome.outcomes) == ["matomo", "memory"]
        hits.assert_count(2)
        hits.assert_sent("pageview", provider="memory", title=None)
        hits.assert_sent("pageview", provider="matomo", title="Cart")

    def test_a_payload_of_ones_own(self):
        """What is handed to _send directly, as with 0.0.1, is held too, though it is no hit."""
        provider = analytical.Provider("googleanalytics", "UA-1-1")
        with capture() as hits:
            assert provider._send({"v": "1"})
        assert (len(hits), list(hits), hits.payloads) == (1, [], [{"v": "1"}])
        assert repr(hits) == "<1 sent: payload>"

    def test_nested(self):
        """Each block holds what is sent within it."""
        provider = analytical.Provider("memory")
        with capture() as outer:
            provider.pageview(url=PAGE)
            with capture() as inner:
                provider.event(action="add")
            provider.event(action="remove")
        assert (len(outer), len(inner), provider.hits) == (3, 1, [])

    def test_threads(self):
        """Hits of all threads are held, none twice and none lost."""
        provider = analytical.Provider("memory")

        def work():
            for _ in range(200):
                provider.pageview(url=PAGE)

        with capture() as hits:
            threads = [threading.Thread(target=work) for _ in range(5)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(FOREVER)
        assert len({hit.id for hit in hits}) == len(hits) == 1000

    def test_ends_with_an_error(self):
        """An error in the block ends it as well."""
        provider = analytical.Provider("memory")
        with pytest.raises(KeyError):
            with capture():
                raise KeyError("x")
        assert provider.pageview(url=PAGE)
        assert len(provider.hits) == 1

    def test_clear(self):
        """A test can begin anew."""
        with capture() as hits:
            analytical.Provider("memory").pageview(url=PAGE)
            hits.clear()
        hits.assert_none()


@pytest.fixture
def shop():
    """Give three captured hits: a page, an event, an order."""
    provider = analytical.Provider("memory")
    with capture() as hits:
        provider.pageview(dl=PAGE, dt="Cart")
        provider.event(ec="cart", ea="add", ev=2, properties={"size": "L"})
        provider.track_hit("transaction", ti="A-1", tr="9.90", unheard="of")
    return hits


class TestAssertions:
    """They read well, pass only where they should, and say what differs."""

    def test_pass(self, shop):
        """Readable and protocol names, in any form of a value, find the hit that has them."""
        assert shop.assert_sent("pageview", url=PAGE, dt="Cart") is shop[0]
        assert shop.assert_sent("event", value="2", properties={"size": "L"}) is shop[1]
        assert shop.assert_sent(revenue="9.9", unheard="of") is shop[2]
        assert shop.assert_sent("event", title=None, label=None, category=Anything()) is shop[1]
        assert shop.find(provider="memory") == list(shop)
        shop.assert_count(1, "pageview")
        shop.assert_count(3)
        shop.assert_none("event", action="remove")
        shop.assert_none("exception")
        shop.assert_none(provider="matomo")

    def test_what_differs(self, shop):
        """The error shows what was expected and the nearest hits, field by field."""
        text = failure_of(shop.assert_sent, "pageview", dl="https://example.com/card", dt="Cart")
        assert text.splitlines()[:12] == [
            "no hit was sent like this:",
            "    pageview",
            "        title: 'Cart'",
            "        url: 'https://example.com/card'",
            "3 sent:",
            "    pageview by memory",
            "      url:",
            "        expected 'https://example.com/card'",
            "        sent     'https://example.com/cart'",
            "    = title: 'Cart'",
            "    event by memory",
            "      another hit type",
        ]

    def test_a_field_that_should_not_be_there(self, shop):
        """None as a value fails where the field is there, and says so."""
        text = failure_of(shop.assert_sent, "pageview", title=None)
        assert "        expected (no such field)\n        sent     'Cart'" in text

    def test_only_the_nearest(self, shop):
        """Of many hits the nearest three are shown."""
        with capture() as hits:
            provider = analytical.Provider("memory")
            for number in range(9):
                provider.pageview(url="https://example.com/%d" % number, title="T")
            provider.pageview(url=PAGE)
        text = failure_of(hits.assert_sent, "pageview", url=PAGE, title="T")
        assert "10 sent, the nearest:" in text
        assert text.count("pageview by memory") == 3

    def test_counts(self, shop):
        """A wrong number fails with both numbers."""
        text = failure_of(shop.assert_count, 2, "event", provider="memory")
        assert text.startswith("2 expected, 1 sent of hits like this:\n    event by memory\n")
        text = failure_of(shop.assert_none, "pageview")
        assert text.startswith("0 expected, 1 sent of hits like this:\n    pageview\n")
        text = failure_of(shop.assert_sent, provider="matomo")
        assert "another provider" in text

    def test_nothing_at_all(self):
        """Where nothing was sent the error says so."""
        with capture() as hits:
            pass
        assert failure_of(hits.assert_sent, "event").endswith("no hit was sent at all")
        assert not hits

    @pytest.mark.parametrize(
        ("fields", "says"),
        [
            ({"hit_type": "pagevew"}, "did you mean pageview?"),
            ({"ulr": PAGE}, "did you mean url?"),
            ({"value": "many"}, "no hit can have this: value"),
        ],
    )
    def test_slips(self, shop, fields, says):
        """A slip in a name or value, by which nothing could ever be found, is an error of its own."""
        with pytest.raises(ValueError) as caught:
            shop.assert_none(**fields)
        assert says in str(caught.value)

    def test_text_beyond_ascii(self):
        """Any text can stand in an error."""
        with capture() as hits:
            analytical.Provider("memory").pageview(url=PAGE, title="\u2713 gr\u00fcn")
        text = failure_of(hits.assert_sent, title="\u2717")
        assert "sent     " in text


def test_collector_is_not_reached_by_deliver():
    """Not even deliver(), which deliveries call, opens a connection; its outcome says why."""
    from analytical.delivery.base import envelope_of

    with Collector() as collector:
        provider = google(collector)
        with capture():
            (outcome,) = provider.deliver([envelope_of({"client_id": "1", "events": []})])
        assert (outcome.reason, outcome.sent, collector.requests) == ("captured", False, [])
