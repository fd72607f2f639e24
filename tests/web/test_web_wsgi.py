"""The WSGI shim: what it sends, and that the application and the server notice nothing."""

from __future__ import absolute_import, division, print_function, unicode_literals

import logging
import threading

import browsers
import pytest

import analytical
from analytical.delivery.background import Background
from analytical.delivery.direct import Direct
from analytical.errors import ConfigurationError
from analytical.providers.guard import Guard
from analytical.testing import Collector, capture
from analytical.web import site as sites
from analytical.web.wsgi import Analytics


def test_a_pageview():
    """A page that was served is a pageview with the request's and the answer's fields."""
    provider = browsers.memory()
    app = Analytics(browsers.application(), provider)
    environ = browsers.environ("/shop", QUERY_STRING="a=1")
    status, headers, body = browsers.call(app, environ)
    assert (status, body) == ("200 OK", b"body")
    assert headers == [("Content-Type", "text/html; charset=utf-8")]
    (hit,) = provider.hits
    assert (hit["type"], hit["url"]) == ("pageview", "http://example.com/shop?a=1")
    assert (hit["method"], hit["status"], hit["user_ip"]) == ("GET", 200, "203.0.113.9")
    assert 0 <= hit["response_time"] < 60000


def test_what_a_view_sets():
    """A view can set the title, and more, of the pageview to come."""
    provider = browsers.memory()
    app = browsers.application(
        does=lambda environ: environ["analytical"].set(title="Shop", status=203)
    )
    browsers.call(Analytics(app, provider), browsers.environ())
    assert (provider.hits[0]["title"], provider.hits[0]["status"]) == ("Shop", 203)


def test_user_id():
    """user_id= is called with the environ, as it is when the answer begins."""
    provider = browsers.memory()
    app = browsers.application(does=lambda environ: environ.update(USER="u-1"))
    shim = Analytics(app, provider, user_id=lambda environ: environ.get("USER"))
    browsers.call(shim, browsers.environ())
    assert provider.hits[0]["user_id"] == "u-1"


def test_streaming_is_untouched():
    """The body is the application's own object, and the hit is made before the body is."""
    provider = browsers.memory()
    made = []

    class Body(object):
        def __iter__(self):
            made.append(len(provider.hits))
            yield b"a"

    body = Body()

    def app(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/html")])
        return body

    given = Analytics(app, provider)(browsers.environ(), lambda status, headers: None)
    assert given is body
    assert list(given) == [b"a"] and made == [1]


def test_write_and_lazy_start():
    """The write callable passes through, and an answer that begins with the iteration counts too."""
    provider = browsers.memory()

    def app(environ, start_response):
        write = start_response("200 OK", [("Content-Type", "text/html")])
        yield write(b"x")

    answer = Analytics(app, provider)(browsers.environ(), lambda *args: lambda data: data * 2)
    assert provider.hits == []
    assert list(answer) == [b"xx"]
    assert len(provider.hits) == 1


def test_an_answer_that_starts_again():
    """An error after the start passes on with its exc_info, and nothing is counted twice."""
    provider = browsers.memory()
    started = []

    def app(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/html")])
        start_response("500 Oops", [("Content-Type", "text/html")], ("type", "error", "trace"))
        return []

    Analytics(app, provider)(browsers.environ(), lambda *args: started.append(args))
    assert [args[0] for args in started] == ["200 OK", "500 Oops"]
    assert started[1][2] == ("type", "error", "trace")
    assert len(provider.hits) == 1


def raising(environ):
    """Fail with an error whose text is nobody's business."""
    raise KeyError("secret of a visitor")


@pytest.mark.parametrize("exceptions", [False, True])
def test_exceptions_of_the_application(exceptions):
    """They reach the server unchanged, and are hits where that was asked for, without their text."""
    provider = browsers.memory()
    app = Analytics(browsers.application(does=raising), provider, exceptions=exceptions)
    with pytest.raises(KeyError) as caught:
        browsers.call(app, browsers.environ("/shop"))
    assert caught.value.args == ("secret of a visitor",)
    assert len(provider.hits) == exceptions
    for hit in provider.hits:
        assert (hit["type"], hit["url"]) == ("exception", "http://example.com/shop")
        assert (hit["exception_description"], hit["exception_fatal"]) == ("KeyError", True)
        assert "secret" not in repr(hit)


@pytest.fixture
def guarded(monkeypatch):
    """Swallow faults, as in an application."""
    monkeypatch.setattr(Guard, "swallow_faults", True)


class Broken(Direct):
    """A delivery that fails in a way nobody foresaw."""

    def submit(self, provider, envelope):
        raise KeyError("planted")


@pytest.mark.parametrize(
    ("provider_options", "options"),
    [
        ({"delivery": Broken()}, {}),
        ({"delivery": Broken(), "fail_silently": False}, {}),
        ({"processors": [lambda hit: hit.planted]}, {}),
        ({}, {"when": lambda visit: visit.planted}),
    ],
)
def test_our_failures_are_ours(guarded, caplog, provider_options, options):
    """Whatever fails in a hit's making, the page is served; it is counted, and logged without values."""
    provider = browsers.memory(**provider_options)
    app = Analytics(browsers.application(), provider, **options)
    with caplog.at_level(logging.WARNING):
        assert browsers.call(app, browsers.environ())[0] == "200 OK"
    assert provider.stats()["dropped"] == {"fault": 1}
    assert "planted" not in caplog.text.replace("has no attribute 'planted'", "")
    assert "203.0.113.9" not in caplog.text


def test_failures_of_exception_hits(guarded):
    """A failure while an exception is noted does not replace the exception."""
    provider = browsers.memory(delivery=Broken(), fail_silently=False)
    app = Analytics(browsers.application(does=raising), provider, exceptions=True)
    with pytest.raises(KeyError) as caught:
        browsers.call(app, browsers.environ())
    assert caught.value.args == ("secret of a visitor",)


def test_provider_by_address():
    """A provider's address is enough, and then hits go in the background unless it says otherwise."""
    provider = Analytics(browsers.application(), "memory").site.provider
    assert isinstance(provider.delivery, Background)
    assert isinstance(sites.make_provider("memory://?delivery=direct").delivery, Direct)
    ga4 = sites.make_provider("ga4://G-ABC1234567?api_secret=abc")
    assert (ga4.data, type(ga4.delivery)) == ("G-ABC1234567", Background)


def test_provider_by_its_configured_name():
    """So is the name of a configuration, whose own delivery stands."""
    analytical.configure("web_a", "memory", delivery="direct")
    analytical.configure("web_b", "memory")
    assert isinstance(sites.make_provider("web_a").delivery, Direct)
    assert isinstance(sites.make_provider(b"web_b").delivery, Background)


@pytest.mark.parametrize("provider", [None, 7, "nonsense", "nonsense://", object()])
def test_no_provider(provider):
    """Anything else is an error when the application starts."""
    with pytest.raises(ConfigurationError):
        Analytics(browsers.application(), provider)


def test_direct_delivery_is_warned_of(caplog):
    """A provider that would have visitors wait for the platform is used, with a warning."""
    with caplog.at_level(logging.WARNING):
        Analytics(browsers.application(), analytical.Provider("googleanalytics", "UA-1-1"))
    assert "delivery='background'" in caplog.text


def test_options_are_known():
    """An option that does not exist is an error that names the nearest one."""
    with pytest.raises(ConfigurationError) as caught:
        Analytics(browsers.application(), "memory", trusted_proxy=1)
    assert "did you mean trusted_proxies" in str(caught.value)


def delivery_threads():
    """List the package's threads that run."""
    return [thread for thread in threading.enumerate() if thread.name == "analytical-delivery"]


def test_disabled(monkeypatch):
    """Where the environment says so, pages are served, and nothing is started or sent."""
    monkeypatch.setenv(str("ANALYTICAL_DISABLED"), str("1"))
    with Collector() as collector:
        app = Analytics(browsers.application(), "plausible://example.com?url=" + collector.url)
        assert browsers.call(app, browsers.environ())[0] == "200 OK"
        assert app.site.provider.flush(10)
        assert collector.requests == [] and delivery_threads() == []
    assert app.site.provider.stats()["dropped"] == {"disabled": 1}


def test_captured():
    """The application's own tests see the pageview, and nothing leaves."""
    with Collector() as collector:
        app = Analytics(browsers.application(), "plausible://example.com?url=" + collector.url)
        with capture() as hits:
            browsers.call(app, browsers.environ("/shop"))
            hits.assert_sent("pageview", url="http://example.com/shop", status=200)
            hits.assert_count(1)
        assert collector.requests == [] and delivery_threads() == []
