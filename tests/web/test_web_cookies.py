"""The cookie of our own, and those of Google's tag."""

from __future__ import absolute_import, division, print_function, unicode_literals

import re

import browsers
import pytest

import analytical
from analytical.errors import ConfigurationError
from analytical.web.site import Site
from analytical.web.wsgi import Analytics

KNOWN = "0123456789abcdef0123456789abcdef"


def ask(environ=None, headers=(("Content-Type", "text/html"),), provider=None, **options):
    """Make one request; give the cookies that it set, and the hits."""
    provider = provider or browsers.memory()
    app = Analytics(browsers.application(headers=headers), provider, **options)
    _, answered, _ = browsers.call(app, environ or browsers.environ())
    return browsers.cookies(answered), getattr(provider, "hits", None)


def test_no_cookie_by_default():
    """Nobody gets a cookie, or an id of one, unless the application asks for it."""
    set_cookies, (hit,) = ask(browsers.environ(HTTP_COOKIE="analytical=%s" % KNOWN))
    assert set_cookies == []
    assert "client_id" not in hit


def test_a_new_visitor():
    """A new visitor gets a random id, in a cookie that scripts and other sites do not see."""
    (cookie,), (hit,) = ask(cookie=True)
    match = re.match(
        "analytical=([0-9a-f]{32}); Path=/; Max-Age=34128000; Secure; HttpOnly; SameSite=Lax$",
        cookie,
    )
    assert match.group(1) == hit["client_id"]
    assert isinstance(cookie, str)
    (other,), _ = ask(cookie=True)
    assert other != cookie


def test_a_known_visitor():
    """One who comes again keeps the id, and no cookie is set."""
    set_cookies, (hit,) = ask(
        browsers.environ(HTTP_COOKIE="a=b; seen=%s; c=d" % KNOWN), cookie="seen"
    )
    assert set_cookies == []
    assert hit["client_id"] == KNOWN


@pytest.mark.parametrize(
    "header", ["analytical=short", "xanalytical=%s" % KNOWN, "analytical=%sff" % KNOWN, "=;;,", ""]
)
def test_a_cookie_that_is_not_ours(header):
    """What we cannot have set is no id."""
    (cookie,), (hit,) = ask(browsers.environ(HTTP_COOKIE=header), cookie=True)
    assert hit["client_id"] in cookie


def test_options():
    """Name, age and domain can be chosen."""
    (cookie,), _ = ask(cookie="seen", cookie_age=3600, cookie_domain="example.com")
    assert cookie.startswith("seen=")
    assert "; Max-Age=3600; Domain=example.com; Secure" in cookie


@pytest.mark.parametrize("changes", [{"HTTP_DNT": "1"}, {"HTTP_SEC_GPC": "1"}])
def test_who_objects_gets_none(changes):
    """A visitor who asks not to be tracked gets no cookie and no random id."""
    set_cookies, (hit,) = ask(browsers.environ(**changes), cookie=True)
    assert set_cookies == []
    assert "client_id" not in hit


def test_only_with_a_hit():
    """An answer that is no pageview sets none; one whose view sent an event does."""
    data = (("Content-Type", "application/json"),)
    assert ask(headers=data, cookie=True) == ([], [])
    provider = browsers.memory()
    app = browsers.application(
        headers=data, does=lambda environ: environ["analytical"].event(action="add")
    )
    _, headers, _ = browsers.call(Analytics(app, provider, cookie=True), browsers.environ())
    (cookie,), (hit,) = browsers.cookies(headers), provider.hits
    assert hit["client_id"] in cookie


@pytest.mark.parametrize("control", ["public, max-age=60", "s-maxage=60", "max-age=5, PUBLIC"])
def test_not_where_others_share_it(control):
    """An answer that caches hand to others sets no cookie: they would all be one visitor."""
    headers = (("Content-Type", "text/html"), ("Cache-Control", control))
    assert ask(headers=headers, cookie=True)[0] == []


SECRET = "a secret of the tests"


def test_ids_without_cookies():
    """With a secret a visitor has the same id all day, another one another, and nothing is set."""
    set_cookies, (first,) = ask(browsers.environ("/a"), secret=SECRET)
    _, (again,) = ask(browsers.environ("/b"), secret=SECRET)
    _, (other,) = ask(browsers.environ(HTTP_USER_AGENT="Mozilla/5.0 (other)"), secret=SECRET)
    _, (elsewhere,) = ask(browsers.environ("/a"), secret="another secret, as long")
    assert set_cookies == []
    assert first["client_id"] == again["client_id"]
    assert len({hit["client_id"] for hit in (first, other, elsewhere)}) == 3


def test_ids_without_cookies_come_last():
    """A cookie's id is kept; and who is signed in gets none, for it would link the hits before."""
    known = browsers.environ(HTTP_COOKIE="analytical=" + KNOWN)
    assert ask(known, secret=SECRET, cookie=True)[1][0]["client_id"] == KNOWN
    signed_in = {"secret": SECRET, "user_id": lambda environ: "u-1"}
    assert "client_id" not in ask(**signed_in)[1][0]
    assert ask(known, cookie=True, **signed_in)[1][0]["client_id"] == KNOWN
    provider = browsers.memory()
    visit = Site(provider, {"secret": SECRET}).visit(browsers.environ(), None)
    visit.event(action="anonymous")
    visit.event(action="signed in", uid="u-1")
    visit.event(action="of its own", cid="c-1")
    visit.set(user_id="u-1")
    visit.event(action="signed in")
    ids = [(hit.get("client_id"), hit.get("user_id")) for hit in provider.hits]
    assert ids[0][0] and ids[1:] == [(None, "u-1"), ("c-1", None), (None, "u-1")]


GOOGLE = (
    "_ga=GA1.1.1234567890.1700000000; _ga_ABC1234567=%s; _ga_OTHER12=GS1.1.1600000000.1.0.0.0.0.0"
)


@pytest.mark.parametrize(
    "session",
    ["GS1.1.1700000123.4.1.1700000200.0.0.0", "GS2.1.s1700000123$o4$g1$t1700000200$j60$l0$h0"],
)
def test_google_cookies(session):
    """Google's visitor and visit are read in both forms of its cookie, so that hits join."""
    environ = browsers.environ(HTTP_COOKIE=GOOGLE % session)
    set_cookies, (hit,) = ask(environ, ga_cookies="G-ABC1234567", cookie=True)
    assert (hit["client_id"], hit["session_id"]) == ("1234567890.1700000000", "1700000123")
    assert set_cookies == []
    assert "client_id" not in ask(environ)[1][0]


def test_stream_of_the_provider():
    """With True the stream is the provider's own; where it has none, whichever comes first."""
    environ = browsers.environ(
        HTTP_COOKIE="_ga_OTHER12=GS1.1.1600000000.1; " + GOOGLE % "GS1.1.1700000123.4"
    )
    ga4 = analytical.Provider(
        "googleanalytics4", "G-ABC1234567", api_secret="s", delivery="background"
    )
    fields = (
        Analytics(browsers.application(), ga4, ga_cookies=True).site.visit(environ, None).fields()
    )
    assert fields["session_id"] == "1700000123"
    assert ask(environ, ga_cookies=True)[1][0]["session_id"] == "1600000000"


@pytest.mark.parametrize(
    "header",
    [
        "_ga=GA1.1.123",
        "_ga=GA1.1.a.b",
        "_ga=GA2.1.123.456",
        "_ga_ABC1234567=GS1.1.1700000123.4",  # a visit of nobody
        "_ga=GA1.1.%s.456" % ("1" * 50),
    ],
)
def test_no_google_cookies(header):
    """What has not the form of Google's cookies gives no ids."""
    (hit,) = ask(browsers.environ(HTTP_COOKIE=header), ga_cookies=True)[1]
    assert "client_id" not in hit and "session_id" not in hit


@pytest.mark.parametrize(
    "options",
    [
        {"cookie": "a b"},
        {"cookie": 7},
        {"cookie": True, "cookie_domain": "a; b"},
        {"cookie": True, "cookie_age": -1},
        {"ga_cookies": "UA-1-1"},
        {"ga_cookies": 7},
        {"secret": "short"},
    ],
)
def test_mistakes(options):
    """What would make a broken header is an error when the application starts."""
    with pytest.raises(ConfigurationError):
        Analytics(browsers.application(), "memory", **options)
