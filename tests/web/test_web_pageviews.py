"""What counts as a pageview, and what does not."""

from __future__ import absolute_import, division, print_function, unicode_literals

import browsers
import pytest

from analytical.errors import ConfigurationError
from analytical.web.wsgi import Analytics

HTML = (("Content-Type", "text/html"),)


def count(environ, status="200 OK", headers=HTML, **options):
    """Count the pageviews of one request."""
    provider = browsers.memory()
    app = Analytics(browsers.application(status, headers), provider, **options)
    browsers.call(app, environ)
    return len(provider.hits)


@pytest.mark.parametrize(
    ("status", "content_type", "expected"),
    [
        ("200 OK", "text/html", 1),
        ("200 OK", "text/html; charset=utf-8", 1),
        ("200 OK", "Text/HTML;charset=utf-8", 1),
        ("201 Created", " application/xhtml+xml", 1),
        ("200 OK", "text/htmlx", 0),
        ("200 OK", "application/json", 0),
        ("200 OK", "text/css", 0),
        ("200 OK", "", 0),
        ("200 OK", None, 0),
        ("301 Moved Permanently", "text/html", 0),
        ("302 Found", "text/html", 0),
        ("304 Not Modified", "text/html", 0),
        ("404 Not Found", "text/html", 0),
        ("500 Internal Server Error", "text/html", 0),
        ("nonsense", "text/html", 0),
    ],
)
def test_answers(status, content_type, expected):
    """A page that was found counts; redirects, errors, assets and data do not."""
    headers = () if content_type is None else (("content-TYPE", content_type),)
    assert count(browsers.environ(), status, headers) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, 1),
        ({"REQUEST_METHOD": "HEAD"}, 0),
        ({"REQUEST_METHOD": "POST"}, 0),
        ({"HTTP_X_REQUESTED_WITH": "XMLHttpRequest"}, 0),
        ({"HTTP_X_REQUESTED_WITH": "com.example.browser"}, 1),  # some telephones name the app
        ({"HTTP_SEC_FETCH_DEST": "document"}, 1),
        ({"HTTP_SEC_FETCH_DEST": "empty"}, 0),
        ({"HTTP_SEC_FETCH_DEST": "iframe"}, 0),
        ({"HTTP_SEC_PURPOSE": "prefetch"}, 0),
        ({"HTTP_SEC_PURPOSE": "prefetch;prerender"}, 0),
        ({"HTTP_PURPOSE": "prefetch"}, 0),
        ({"HTTP_X_PURPOSE": "preview"}, 0),
        ({"HTTP_X_MOZ": "prefetch"}, 0),
        ({"HTTP_PURPOSE": "reading"}, 1),
    ],
)
def test_requests(changes, expected):
    """Somebody who asked for a page counts; scripts, frames and browsers ahead of their user do not."""
    assert count(browsers.environ(**changes)) == expected


@pytest.mark.parametrize(
    "path",
    "/health /healthz /health/ /Health-Check /livez /readyz /ping /_ping /favicon.ico /robots.txt "
    "/.well-known/security.txt".split(),
)
def test_health_checks(path):
    """What monitors ask for does not count, unless it is named."""
    assert count(browsers.environ(path)) == 0
    assert count(browsers.environ(path), include=path) == 1


@pytest.mark.parametrize("path", ["/healthy-food", "/a/ping", "/pings", "/live"])
def test_no_health_checks(path):
    """A page that is named likewise does."""
    assert count(browsers.environ(path)) == 1


@pytest.mark.parametrize(
    ("pattern", "path", "matches"),
    [
        ("/shop", "/shop", True),
        ("/shop", "/shop/mugs", True),
        ("/shop/", "/shop", True),
        ("/shop", "/shopping", False),
        ("/shop", "/a/shop", False),
        ("/", "/anything", True),
        ("/users/*/edit", "/users/7/edit", True),
        ("/users/*/edit", "/users/7/edit/x", False),
        ("*.php", "/a/b.php", True),
        ("*.php", "/a/b.phpx", False),
        ("/a.b", "/axb", False),
        ("/caf\xe9", "/caf\xe9/menu", True),
    ],
)
def test_paths(pattern, path, matches):
    """A path stands for itself and what is below it, and a star for any text."""
    environ = browsers.environ(path.encode("utf-8").decode("latin-1"))
    if str is bytes:
        environ["PATH_INFO"] = path.encode("utf-8")
    assert count(environ, include=[pattern]) == matches
    assert count(environ, exclude=[pattern]) == (not matches)
    assert count(environ, exclude=pattern) == (not matches)
    assert count(environ, include="/", exclude=["/never", pattern]) == (not matches)


def test_when():
    """when= is asked last, with the visit as it is then."""
    seen = []

    def when(visit):
        seen.append((visit.path, visit.status, visit.request["HTTP_HOST"]))
        return len(seen) > 1

    environ = browsers.environ("/a")
    assert count(environ, when=when) == 0
    assert count(environ, when=when) == 1
    assert count(environ, "404 Not Found", when=when) == 0
    assert seen == [("/a", 200, "example.com")] * 2


@pytest.mark.parametrize(
    "options",
    [{"include": "shop"}, {"exclude": 5}, {"exclude": [""]}, {"when": True}, {"exlude": "/"}],
)
def test_mistakes(options):
    """What is no path, no callable or no option is an error when the application starts."""
    with pytest.raises(ConfigurationError):
        Analytics(browsers.application(), "memory", **options)
