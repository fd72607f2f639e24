"""Which lines of a log are pageviews, why others are not, and the hit of each."""

from __future__ import absolute_import, division, print_function, unicode_literals

import pytest

from analytical.errors import ConfigurationError
from analytical.logs.formats import named
from analytical.logs.pageviews import REASONS, Rules, hit_of
from analytical.params import read

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/17.5 Mobile/15E148 Safari/604.1"
)
LINE = '%s - ann [10/Oct/2000:13:55:36 -0700] "%s" %d 2326 "https://example.net/" "%s"'


def entry(request="GET /a?b=1 HTTP/1.1", status=200, agent=FIREFOX, ip="203.0.113.9", more=""):
    """Read an entry from a line of the combined format."""
    name = "vhost_combined" if more else "combined"
    return named(name).parse(more + LINE % (ip, request, status, agent))


PAGES = [
    entry(),
    entry("GET / HTTP/1.0"),
    entry("GET /a.html HTTP/1.1"),
    entry("GET /index.php?x=/style.css HTTP/1.1"),
    entry("GET /v1.2/notes HTTP/1.1"),
    entry("GET /healthy-food HTTP/1.1"),
    entry(status=304),
    entry(agent=SAFARI),
    entry(ip="192.168.0.7"),  # an intranet has visitors too, and a proxy hides them all
]
LEFT_OUT = [
    ("no_request", entry("-", status=408)),
    ("no_request", entry("\\x16\\x03\\x01", status=400)),
    ("method", entry("POST /a HTTP/1.1")),
    ("method", entry("HEAD /a HTTP/1.1")),
    ("error", entry(status=404)),
    ("error", entry(status=503)),
    ("redirect", entry(status=302)),
    ("status", entry(status=101)),
    ("status", entry(status=206)),
    ("static", entry("GET /style.CSS?v=2 HTTP/1.1")),
    ("static", entry("GET /favicon.ico HTTP/1.1")),
    ("download", entry("GET /robots.txt HTTP/1.1")),
    ("download", entry("GET /report.pdf HTTP/1.1")),
    ("health_check", entry("GET /healthz HTTP/1.1")),
    ("health_check", entry("GET /.well-known/security HTTP/1.1")),
    ("internal", entry(ip="127.0.0.1")),
    ("internal", entry(ip="::1")),
    ("bot", entry(agent="-")),
    (
        "bot",
        entry(agent="Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"),
    ),
    ("bot", entry(agent="curl/8.5.0 x86_64-pc-linux-gnu")),
    ("bot", entry(agent="python-requests/2.32.3")),
    ("bot", entry(agent="Mozilla/5.0 HeadlessChrome/120.0.0.0 Safari/537.36")),
]


@pytest.mark.parametrize("page", PAGES, ids=[str(number) for number in range(len(PAGES))])
def test_pageviews(page):
    """A page that a browser was shown is a pageview."""
    assert Rules().reason(page) is None


@pytest.mark.parametrize(("reason", "line"), LEFT_OUT)
def test_left_out(reason, line):
    """Anything else is left out for a reason that has words; switched off, the reason lets it pass."""
    assert Rules().reason(line) == reason
    assert reason in REASONS
    if reason != "no_request":
        assert Rules(keep=[reason]).reason(line) is None


def test_every_reason_is_tested():
    """The table above holds each reason but that for the user's own paths."""
    assert {reason for reason, _ in LEFT_OUT} | {"excluded"} == set(REASONS)


def test_paths():
    """Paths can be chosen and left out; the query is no part of them."""
    rules = Rules(include=["/shop"], exclude="/shop/admin")
    paths = ["/shop", "/shop/mug?x", "/", "/?/shop", "/shop/admin/x"]
    assert [rules.reason(entry("GET %s HTTP/1.1" % path)) for path in paths] == [
        None,
        None,
        "excluded",
        "excluded",
        "excluded",
    ]
    with pytest.raises(ConfigurationError):
        Rules(exclude=7)


def test_hit():
    """The hit says what the line says, at the line's time; no name of a user."""
    line = entry(more="example.com:443 ")
    line.response_time = 1.5
    hit = hit_of(line, "https://other.example")
    assert (hit.type, hit.time, hit.invalid, hit.other) == ("pageview", 971211336.0, {}, {})
    assert hit.fields == {
        "url": "https://example.com/a?b=1",
        "timestamp": 971211336.0,
        "referrer": "https://example.net/",
        "user_agent": FIREFOX,
        "user_ip": "203.0.113.9",
        "method": "GET",
        "status": 200,
        "response_time": 1.5,
    }


@pytest.mark.parametrize(
    ("base", "field", "value"),
    [
        ("", "path", "/a?b=1"),
        ("http://example.com/", "url", "http://example.com/a?b=1"),
        ("https://example.com:8443", "url", "https://example.com:8443/a?b=1"),
    ],
)
def test_base(base, field, value):
    """A line that does not say its host takes the user's, or stays a path."""
    assert hit_of(entry(), base).fields[field] == value


def test_hits_are_as_if_read():
    """The hit of any line is the one that params of the same fields would make."""
    for line in PAGES + [entry("GET /gr\\xc3\\xbcn HTTP/1.1")]:
        hit = hit_of(line, "https://example.com", "0" * 32)
        assert hit.id == "0" * 32
        again = read("pageview", hit.fields)
        assert (again.fields, again.time, again.invalid) == (hit.fields, hit.time, {})


def test_host_that_is_an_address():
    """An IPv6 address as host gets its brackets back."""
    assert hit_of(entry("GET http://[2001:db8::1]/a HTTP/1.1")).fields["url"] == (
        "http://[2001:db8::1]/a"
    )
