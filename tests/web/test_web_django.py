"""Django: the middleware in a real project, synchronous and asynchronous, and its system checks."""

from __future__ import absolute_import, division, print_function, unicode_literals

import importlib
import os
import sys

import browsers
import pytest

django = pytest.importorskip(str("django"))

from django.conf import settings  # noqa: E402

FOLDER = os.path.dirname(os.path.abspath(__file__))

if not settings.configured:
    settings.configure(
        ALLOWED_HOSTS=["*"],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "analytical.web.django.AnalyticsConfig",
        ],
        MIDDLEWARE=[
            "analytical.web.django.AnalyticsMiddleware",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
        ],
        ROOT_URLCONF="django_urls",
        SECRET_KEY="a key of tests",
        SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies",
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
        USE_TZ=True,
        ANALYTICAL={"provider": "memory"},
    )
    django.setup()

from django.core import checks  # noqa: E402
from django.test import Client, RequestFactory, override_settings  # noqa: E402

import analytical.web.django as shim  # noqa: E402
from analytical.errors import ConfigurationError  # noqa: E402
from analytical.web.django_settings import check_settings, signed_in  # noqa: E402

ASYNC = django.VERSION >= (4, 1)
needs_async = pytest.mark.skipif(not ASYNC, reason="asynchronous views and clients came later")


@pytest.fixture
def project(monkeypatch):
    """Give a function that configures the project and returns its provider and a client."""
    overrides = []

    def configure(client=Client, **options):
        provider = browsers.memory()
        override = override_settings(ANALYTICAL=dict(options, provider=provider))
        override.enable()
        overrides.append(override)
        made = client()
        made.raise_request_exception = False
        return provider, made

    monkeypatch.setattr(sys, "path", [FOLDER] + sys.path)
    yield configure
    for override in overrides:
        override.disable()


def get(client, path, **extra):
    """Get a page as a browser does."""
    return client.get(path, HTTP_HOST="example.com", HTTP_USER_AGENT=browsers.AGENT, **extra)


def test_a_pageview(project):
    """A page is a pageview; data, redirects and missing pages are not."""
    provider, client = project()
    assert get(client, "/page?a=1").content == b"page"
    for path in ("/data", "/moved", "/missing"):
        get(client, path)
    (hit,) = provider.hits
    assert (hit["type"], hit["url"]) == ("pageview", "http://example.com/page?a=1")
    assert (hit["status"], hit["user_agent"], hit["user_ip"]) == (200, browsers.AGENT, "127.0.0.1")


def test_events_and_templates(project):
    """request.analytics is there in views and templates."""
    provider, client = project()
    assert get(client, "/event").content == b"Visit of memory, /event"
    event, pageview = provider.hits
    assert (event["type"], event["category"], event["url"]) == (
        "event",
        "cart",
        "http://example.com/event",
    )
    assert (pageview["type"], pageview["title"]) == ("pageview", "Events")


def test_streaming(project):
    """A streamed answer is counted when it starts, and is not read."""
    provider, client = project()
    response = get(client, "/stream")
    assert response.streaming and len(provider.hits) == 1
    assert b"".join(response.streaming_content) == b"abc"


@pytest.mark.parametrize("exceptions", [False, True])
def test_exceptions(project, exceptions):
    """A view that raises gives Django's page, and an exception hit where that was asked for."""
    provider, client = project(exceptions=exceptions)
    if not hasattr(client, "handler") or django.VERSION < (3, 0):
        with pytest.raises(ZeroDivisionError):
            get(client, "/error")
    else:
        assert get(client, "/error").status_code == 500
    assert [hit["exception_description"] for hit in provider.hits] == [
        "ZeroDivisionError"
    ] * exceptions


def test_cookie(project):
    """The cookie is set on the answer, and known again."""
    provider, client = project(cookie="seen", cookie_domain="example.com")
    response = get(client, "/page")
    header = response.cookies["seen"].OutputString().replace("secure", "Secure")
    for part in ("seen=" + provider.hits[0]["client_id"], "Secure", "Path=/", "SameSite=Lax"):
        assert part in header
    assert "httponly" in header.lower() and "Domain=example.com" in header
    again = get(client, "/page", HTTP_COOKIE="seen=" + provider.hits[0]["client_id"])
    assert "seen" not in again.cookies
    assert provider.hits[0]["client_id"] == provider.hits[1]["client_id"]


@pytest.mark.parametrize(("options", "ids"), [({}, 1), ({"secret": None}, 0)])
def test_ids_without_cookies(project, options, ids):
    """Visitors have ids of the day by the project's key, unless that is turned off."""
    provider, client = project(**options)
    get(client, "/page")
    get(client, "/page")
    assert len({hit["client_id"] for hit in provider.hits if "client_id" in hit}) == ids
    assert len(provider.hits) == 2
    assert not client.cookies


class Somebody(object):
    """A user as far as it matters here."""

    pk = 42
    is_authenticated = True


def test_user_id(project):
    """With user_id=True the primary key of who is signed in goes along; by default nobody's does."""
    request = RequestFactory().get("/")
    assert signed_in(request) is None
    request.user = Somebody()
    assert signed_in(request) == 42
    for options, expected in (({}, [None]), ({"user_id": True}, ["42"])):
        provider, client = project(**options)
        get(client, "/somebody")
        assert [hit.get("user_id") for hit in provider.hits] == expected
    provider, client = project(user_id=True)
    get(client, "/page")
    assert "user_id" not in provider.hits[0]


def test_provider_for_tasks(project):
    """provider() gives the one of the settings, the same each time."""
    provider, _ = project()
    assert shim.provider() is provider is shim.provider()


def run(coroutine):
    """Run a coroutine to its end."""
    loop = importlib.import_module("asyncio").new_event_loop()
    try:
        return loop.run_until_complete(coroutine)
    finally:
        loop.close()


@needs_async
@pytest.mark.parametrize("path", ["/page", "/async"])
@pytest.mark.parametrize("options", [{}, {"user_id": True}])
def test_async(project, path, options):
    """Over ASGI both kinds of views are counted, and user_id= may read the database."""
    from django.test import AsyncClient

    provider, client = project(AsyncClient, **options)
    response = run(client.get(path + "?a=1"))
    assert response.content == path[1:].encode("ascii")
    assert [hit["type"] for hit in provider.hits] == ["event"] * (path == "/async") + ["pageview"]
    assert {hit["url"] for hit in provider.hits} == {"http://testserver%s?a=1" % path}


@needs_async
def test_async_is_not_adapted(project):
    """Django takes the middleware for asynchronous where it is, without a thread in between."""
    from django.test import AsyncClient

    provider, client = project(AsyncClient)
    response = run(client.get("/thread"))
    assert response.content == b"same"
    assert len(provider.hits) == 1


def ids(**changes):
    """List the ids of what the system checks find with some settings."""
    with override_settings(**changes):
        return [found.id for found in check_settings()]


def test_system_checks():
    """Mistakes in the settings are found by Django's checks, and named."""
    assert check_settings in checks.registry.registry.get_checks()
    assert ids() == []
    assert ids(ANALYTICAL=None) == ids(ANALYTICAL={}) == ["analytical.E001"]
    assert ids(ANALYTICAL={"provider": "nonsense://"}) == ["analytical.E001"]
    assert ids(MIDDLEWARE=[]) == ["analytical.W001"]
    with override_settings(ANALYTICAL={"provider": "memory", "exlude": ["/admin"]}):
        (error,) = check_settings()
    assert "exlude (did you mean exclude?)" in error.msg


def test_no_settings(project):
    """Without settings the middleware says what to set."""
    with override_settings(ANALYTICAL=None):
        with pytest.raises(ConfigurationError):
            shim.AnalyticsMiddleware(lambda request: None)
