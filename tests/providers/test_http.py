"""HTTPProvider: hits shared out among requests, answers read for each, endpoints put together."""

from __future__ import absolute_import, division, print_function, unicode_literals

import time

import pytest
import requests

from analytical.delivery.base import DELIVERED, DROPPED, REJECTED, RETRY, Envelope, Outcome
from analytical.delivery.http import Part, Request, Response
from analytical.errors import ConfigurationError, DeliveryError, InvalidHit
from analytical.params import read
from analytical.providers.guard import Guard
from analytical.providers.http import COMPRESS, HTTPProvider, by_status
from analytical.providers.urls import check_url, is_loopback, join, keys_in
from analytical.secrets import Secret
from analytical.testing import Collector

GA_PATHS = ("/collect", "/batch", "/debug/collect")


class Lines(HTTPProvider):
    """A platform that takes titles, one a line; those of one host in one request."""

    name = "lines"
    URL = "https://lines.example.com"
    PATHS = ("/one", "/many")
    RENAMES = {"title": "t", "host": "h", "user_agent": "a", "value": "w"}
    SEPARATOR = b"\n"
    MAX_COUNT = 3

    def encode(self, envelope, now):
        title = envelope.payload["t"]
        if title == "invalid":
            raise InvalidHit("title: is invalid")
        if title == "fault":
            raise KeyError(title)
        return title.encode("utf-8")

    def group(self, envelope):
        return envelope.payload.get("h")

    def request(self, parts, now):
        headers = {"User-Agent": parts[0].envelope.payload.get("a", "x")}
        body = self.SEPARATOR.join(part.data for part in parts)
        path = "/many" if len(parts) > 1 else "/one"
        return Request("POST", self.endpoint(path), headers, body, parts)


@pytest.fixture
def collector():
    with Collector() as running:
        yield running


@pytest.fixture
def lines(collector, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(str(name), raising=False)
    return Lines("account", url=collector.url)


def batch(provider, titles, **fields):
    return provider.batch([("pageview", dict(fields, dt=title)) for title in titles])


class TestGroups:
    @pytest.mark.parametrize(
        ("count", "size", "titles", "groups"),
        [
            (3, None, "abcdefg", ["abc", "def", "g"]),
            (1, None, "abc", ["a", "b", "c"]),
            (99, 5, "abcd", ["abc", "d"]),
            (99, 4, "abcd", ["ab", "cd"]),
            (99, 5, ["aaaaa", "b", "cc"], [["aaaaa"], ["b", "cc"]]),
            (2, 3, ["aa", "b", "c"], [["aa"], ["b", "c"]]),
            (3, None, [], []),
        ],
    )
    def test_count_and_bytes(self, lines, monkeypatch, count, size, titles, groups):
        """A request carries no more hits, and no more bytes with its separators, than the platform takes."""
        monkeypatch.setattr(Lines, "MAX_COUNT", count)
        monkeypatch.setattr(Lines, "MAX_BYTES", size)
        parts = [Part(Envelope("", 0, {}), title.encode("ascii")) for title in titles]
        found = [[part.data.decode("ascii") for part in group] for group in lines.groups(parts)]
        assert found == [list(group) for group in groups]

    def test_envelope_bytes(self, lines, monkeypatch):
        """What surrounds the hits counts as well."""
        monkeypatch.setattr(Lines, "MAX_BYTES", 5)
        monkeypatch.setattr(Lines, "ENVELOPE_BYTES", 2)
        parts = [Part(Envelope("", 0, {}), b"a") for _ in range(4)]
        assert [len(group) for group in lines.groups(parts)] == [2, 2]

    def test_weight(self, lines, collector, monkeypatch):
        """A hit that the platform counts as several takes their room."""
        monkeypatch.setattr(Lines, "weight", lambda self, envelope: int(envelope.payload["t"]))
        assert all(lines.batch([("pageview", {"dt": title}) for title in "211322"]))
        bodies = [request.body for request in collector.requests]
        assert bodies == [b"2\n1", b"1", b"3", b"2", b"2"]

    def test_key(self, lines, collector):
        """Hits travel with those of their group, and keep their order in it."""
        hits = [("pageview", {"dt": str(n), "dh": "ab"[n % 2]}) for n in range(6)]
        assert all(lines.batch(hits))
        assert [request.body for request in collector.requests] == [b"0\n2\n4", b"1\n3\n5"]

    def test_paths(self, lines, collector):
        """One hit and many may go to different paths of the platform."""
        lines.pageview({"dt": "a"})
        batch(lines, "bc")
        assert [request.path for request in collector.requests] == ["/one", "/many"]


class TestCompress:
    """compress=True, for platforms whose options have it."""

    class Packed(Lines):
        OPTIONS = (COMPRESS,)
        MAX_COUNT = 99
        MAX_BYTES = 2000

    def test_arrives(self, collector):
        """Bodies travel in gzip, shorter, and are what they were."""
        provider = self.Packed("account", url=collector.url, compress=True)
        assert batch(provider, ["abc" * 99])[0].state == "delivered"
        (received,) = collector.requests
        assert received.headers["Content-Encoding"] == "gzip"
        assert len(received.raw_body) < len(received.body) == 297

    def test_limits_are_those_of_the_body_before(self, collector):
        """What would only fit compressed is split, and a hit over the limit is refused, as without."""
        provider = self.Packed("account", url=collector.url, compress=True)
        outcomes = batch(provider, ["a" * 900] * 5 + ["b" * 2001])
        assert [len(request.body) for request in collector.requests] == [1801, 1801, 900]
        assert [outcome.reason for outcome in outcomes] == [""] * 5 + ["too_large"]

    def test_is_off_by_default(self, collector):
        """Without it bodies go as they are."""
        batch(self.Packed("account", url=collector.url), ["abc" * 99])
        assert "Content-Encoding" not in collector.requests[0].headers

    def test_preview_can_be_read(self):
        """What people look at before it is sent is not compressed."""
        provider = self.Packed("account", compress=True)
        (request,) = provider.preview([read("pageview", {"dt": "abc"})])
        assert request.body == b"abc"


class TestOutcomes:
    @pytest.mark.parametrize(
        ("status", "state", "reason"),
        [
            (200, DELIVERED, ""),
            (204, DELIVERED, ""),
            (299, DELIVERED, ""),
            (302, REJECTED, "http_302"),
            (400, REJECTED, "http_400"),
            (404, REJECTED, "http_404"),
            (408, RETRY, "http_408"),
            (413, REJECTED, "http_413"),
            (429, RETRY, "http_429"),
            (500, RETRY, "http_500"),
            (503, RETRY, "http_503"),
            (599, RETRY, "http_599"),
        ],
    )
    def test_status(self, lines, collector, status, state, reason):
        """2xx is delivered, what may pass comes again later, everything else never."""
        collector.answer(status)
        outcome = lines.pageview({"dt": "a"})
        assert (outcome.state, outcome.reason, outcome.status) == (state, reason, status)
        assert outcome.sent and bool(outcome) == (state == DELIVERED)

    def test_retry_after(self):
        """The time that the platform asks for is handed on."""
        response = Response(429, {"Retry-After": "7"}, b"")
        assert by_status(response).retry_after == 7.0

    def test_each_request_has_its_answer(self, lines, collector):
        """The hits of one request share its fate, not that of others."""
        collector.answer(200, times=1)
        collector.answer(400, times=1)
        outcomes = batch(lines, "abcdefg")
        assert [outcome.status for outcome in outcomes] == [200] * 3 + [400] * 3 + [200]

    def test_silent_server_is_asked_once(self, lines, collector):
        """Behind a server that does not answer the other requests do not wait for their timeouts too."""
        collector.reset(times=None)
        outcomes = batch(lines, "abcdefg")
        assert [(outcome.state, outcome.reason) for outcome in outcomes] == [
            (RETRY, "connection")
        ] * 7
        assert [outcome.sent for outcome in outcomes] == [True] * 3 + [False] * 4
        assert len(collector.requests) == 1

    def test_a_bad_hit_harms_no_other(self, lines, collector, monkeypatch):
        """A hit that cannot be encoded is rejected alone, a fault drops alone; the rest is sent."""
        monkeypatch.setattr(Guard, "swallow_faults", True)
        outcomes = batch(lines, ["a", "invalid", "b", "fault", "c"])
        assert [outcome.reason for outcome in outcomes] == ["", "invalid", "", "fault", ""]
        assert outcomes[1].detail == "title: is invalid" and outcomes[3].detail == "KeyError"
        assert not outcomes[1].sent and [r.body for r in collector.requests] == [b"a\nb\nc"]

    def test_a_header_that_cannot_be(self, lines, collector):
        """A line break in what goes into a header rejects the hit; no such request leaves."""
        outcome = lines.pageview({"dt": "a", "ua": "x\r\nX-Evil: 1"})
        assert (outcome.state, outcome.reason, outcome.sent) == (REJECTED, "invalid", False)
        assert "User-Agent" in outcome.detail and "Evil" not in outcome.detail
        assert not collector.requests

    @pytest.mark.parametrize("answer", [[], [Outcome(DELIVERED)] * 5, KeyError("x")])
    def test_answers_that_do_not_fit(self, lines, monkeypatch, answer):
        """A platform's class that misreads the answer loses no hit uncounted."""

        def read_answer(response, parts):
            if isinstance(answer, Exception):
                raise answer
            return answer

        monkeypatch.setattr(Guard, "swallow_faults", True)
        lines.read = read_answer
        assert [outcome.reason for outcome in batch(lines, "abcd")] == ["fault"] * 4
        assert lines.stats()["dropped"] == {"fault": 4}

    def test_too_large(self, lines, collector, monkeypatch):
        """A hit over the platform's limit is rejected here, with both numbers."""
        monkeypatch.setattr(Lines, "MAX_HIT_BYTES", 3)
        outcomes = batch(lines, ["abc", "abcd", "\xe9\xe9"])
        assert [outcome.reason for outcome in outcomes] == ["", "too_large", "too_large"]
        assert outcomes[1].detail == "4 bytes, and the platform takes 3"
        assert [request.body for request in collector.requests] == [b"abc"]

    def test_too_old(self, lines, monkeypatch):
        """A hit that the platform would give a false time is dropped with a reason."""
        monkeypatch.setattr(Lines, "MAX_AGE", 60)
        outcome = lines.pageview({"dt": "a"}, timestamp=time.time() - 61)
        assert (outcome.state, outcome.reason, outcome.sent) == (DROPPED, "too_old", False)
        assert lines.pageview({"dt": "a"}, timestamp=time.time() - 30)

    def test_fail_loudly(self, lines, collector):
        """With fail_silently=False the answer is raised."""
        collector.answer(500)
        loud = Lines("account", url=collector.url, fail_silently=False)
        with pytest.raises(DeliveryError) as caught:
            loud.pageview({"dt": "a"})
        assert caught.value.outcome.status == 500


class TestPreview:
    def test_requests_are_those_that_would_be_sent(self, lines, collector):
        """A preview shows the very requests, and sends nothing."""
        hits = [read("pageview", {"dt": title}) for title in "abcd"]
        shown = lines.preview(hits)
        assert not collector.requests
        assert all(lines.batch(hits))
        sent = [(request.method, request.path, request.body) for request in collector.requests]
        assert sent == [(r.method, r.url[len(collector.url) :], r.body) for r in shown]

    def test_refusals(self, lines, monkeypatch):
        """A hit that would not be sent is an error."""
        monkeypatch.setattr(Lines, "MAX_HIT_BYTES", 3)
        with pytest.raises(DeliveryError):
            lines.preview([read("pageview", {"dt": "abcd"})])


class TestEndpoint:
    @pytest.mark.parametrize(
        ("url", "path", "expected"),
        [
            ("https://h", "/collect", "https://h/collect"),
            ("https://h/", "/collect", "https://h/collect"),
            ("https://h:8443", "/batch", "https://h:8443/batch"),
            ("https://h/collect", "/collect", "https://h/collect"),
            ("https://h/collect/", "/collect", "https://h/collect"),
            ("https://h/collect", "/batch", "https://h/batch"),
            ("https://h/collect", "/debug/collect", "https://h/debug/collect"),
            ("https://h/debug/collect", "/collect", "https://h/collect"),
            ("https://h/batch", "/collect", "https://h/collect"),
            ("https://h/proxy", "/collect", "https://h/proxy/collect"),
            ("https://h/proxy/collect", "/batch", "https://h/proxy/batch"),
            ("https://h/recollect", "/collect", "https://h/recollect/collect"),
            ("https://h/collect?key=a%2Fb", "/batch", "https://h/batch?key=a%2Fb"),
            ("https://h?key=1", "/collect", "https://h/collect?key=1"),
            ("http://[::1]:80/x/", "/collect", "http://[::1]:80/x/collect"),
            ("https://caf\xe9.example/\xe9", "/collect", "https://caf\xe9.example/\xe9/collect"),
        ],
    )
    def test_join(self, url, path, expected):
        """A base address, one with a prefix, or a whole one: the path is put where it belongs, once."""
        assert join(url, path, GA_PATHS) == expected

    def test_default(self):
        """Without url= it is the platform's own."""
        assert Lines("account").endpoint() == "https://lines.example.com/one"
        assert Lines("account", url="https://h/many").endpoint() == "https://h/one"

    def test_host_beyond_ascii(self):
        """An address with other letters is no crash at the first hit."""
        outcome = Lines("account", url="https://caf\xe9.invalid", timeout=5).pageview({"dt": "a"})
        assert outcome.state == RETRY and outcome.sent is False


class TestCheckUrl:
    @pytest.mark.parametrize(
        "url",
        [
            "https://example.com",
            "HTTPS://example.com:8443/a?b=c",
            "https://[2001:db8::1]/",
            "http://localhost:8000",
            "http://LOCALHOST",
            "http://127.0.0.1:1/x",
            "http://127.1",
            "http://[::1]",
        ],
    )
    def test_takes(self, url):
        """https anywhere, http to this machine."""
        check_url(url, False)

    @pytest.mark.parametrize(
        ("url", "why"),
        [
            ("", "takes an address"),
            ("s3cr3t", "takes an address"),
            ("//s3cr3t", "takes an address"),
            ("ftp://s3cr3t", "takes an address"),
            ("https://", "takes an address"),
            ("https://:80/s3cr3t", "takes an address"),
            ("https://s3cr3t /", "takes an address"),
            ("https://a\r\nb.example/s3cr3t", "takes an address"),
            ("https://s3cr3t:port/", "that can be read"),
            ("https://[s3cr3t", "that can be read"),
            ("https://me:s3cr3t@example.com", "user or password"),
            ("https://s3cr3t@example.com", "user or password"),
            ("https://example.com/#s3cr3t", "'#'"),
            ("https://example.com/\ud800s3cr3t", "surrogate"),
            ("http://s3cr3t.example.com", "plain http"),
            ("http://127.0.0.1.s3cr3t.example.com", "plain http"),
            ("http://127.s3cr3t", "plain http"),
            ("http://192.0.2.1/s3cr3t", "plain http"),
            ("http://localhost.s3cr3t.example", "plain http"),
        ],
    )
    def test_refuses(self, url, why):
        """What cannot work or could be read on the way is refused, and never repeated."""
        with pytest.raises(ConfigurationError) as caught:
            Lines("account", url=url)
        assert why in str(caught.value) and "s3cr3t" not in str(caught.value)
        assert getattr(caught.value, "__context__", None) is None

    def test_keys_in_the_query(self):
        """What is long enough to be a key is known as one, in both forms; a number or a word is not."""
        url = "https://h/?v=1&site=shop&key=s3cr3t%2F+Zx9/=&flag"
        assert keys_in(url) == [Secret("s3cr3t%2F+Zx9/="), Secret("s3cr3t/ Zx9/=")]
        assert keys_in(None) == keys_in("https://h/s3cr3t?s3cr3t") == []
        assert Lines("account", url=url).secrets() == keys_in(url)

    def test_insecure(self):
        """Plain http to other hosts has to be asked for."""
        assert (
            Lines("a", url="http://192.0.2.1", insecure=True).endpoint() == "http://192.0.2.1/one"
        )

    @pytest.mark.parametrize(
        "host", ["", "127.0.0.1.example.com", "1127.0.0.1", "::2", "localhost2"]
    )
    def test_what_is_not_loopback(self, host):
        """Names and addresses that only look like this machine's are others."""
        assert not is_loopback(host)


def test_session_is_checked():
    """session= takes what can send; a text from an address of a provider is none."""
    with pytest.raises(ConfigurationError):
        Lines("account", session="text")
    assert Lines("account", session=requests.Session())
