"""Flask: the extension in a real application."""

from __future__ import absolute_import, division, print_function, unicode_literals

import browsers
import pytest

from analytical.errors import ConfigurationError

flask = pytest.importorskip(str("flask"))

from analytical.web.flask import Analytics  # noqa: E402


def make(init=False, config=None, **options):
    """Make an application with some pages; give its provider and a client."""
    app = flask.Flask(str("shop"))
    provider = browsers.memory()
    app.before_request(lambda: flask.g.analytics.set(title="Shop"))
    if config is not None:
        app.config["ANALYTICAL"] = dict(config, provider=provider)
        Analytics(app)
    elif init:
        Analytics(provider=provider, **options).init_app(app)
    else:
        Analytics(app, provider, **options)

    @app.route("/page")
    def page():
        return "page"

    @app.route("/event")
    def event():
        flask.g.analytics.event(category="cart", action="add")
        return flask.render_template_string("{{ g.analytics.path }}")

    @app.route("/data")
    def data():
        return flask.jsonify({})

    @app.route("/moved")
    def moved():
        return flask.redirect("/page")

    @app.route("/stream")
    def stream():
        return flask.Response(iter(["a", "b"]), mimetype="text/html")

    @app.route("/error")
    def error():
        return str(1 / 0)

    return app, provider, app.test_client()


def get(client, path, **headers):
    """Get a page as a browser does."""
    return client.get(path, base_url="http://example.com", headers=headers)


@pytest.mark.parametrize("how", [{}, {"init": True}, {"config": {"exclude": "/never"}}])
def test_a_pageview(how):
    """A page is a pageview, however the extension was set up; data and the like are not."""
    _, provider, client = make(**how)
    assert get(client, "/page?a=1").data == b"page"
    for path in ("/data", "/moved", "/missing"):
        get(client, path)
    (hit,) = provider.hits
    assert (hit["url"], hit["title"], hit["status"]) == ("http://example.com/page?a=1", "Shop", 200)


def test_events_and_templates():
    """g.analytics is there in views, templates and the application's own before_request."""
    _, provider, client = make()
    assert get(client, "/event").data == b"/event"
    event, pageview = provider.hits
    assert (event["type"], event["category"], event["title"]) == ("event", "cart", "Shop")
    assert pageview["type"] == "pageview"


def test_streaming():
    """A streamed answer is counted once and arrives whole."""
    _, provider, client = make()
    assert get(client, "/stream").data == b"ab"
    assert len(provider.hits) == 1


def test_user_id_and_when():
    """They are given Flask's request, and may use session and g."""
    _, provider, client = make(
        user_id=lambda request: request.args.get("who") and flask.g.analytics and "u-1",
        when=lambda visit: visit.request.args.get("count") != "no",
    )
    get(client, "/page?who=me")
    get(client, "/page?count=no")
    assert [hit["user_id"] for hit in provider.hits] == ["u-1"]


@pytest.mark.parametrize("testing", [False, True])
@pytest.mark.parametrize("exceptions", [False, True])
def test_exceptions(testing, exceptions):
    """An error is one hit where that was asked for, whether Flask makes a page of it or not."""
    app, provider, client = make(exceptions=exceptions)
    app.testing = testing
    if testing:
        with pytest.raises(ZeroDivisionError):
            get(client, "/error")
    else:
        assert get(client, "/error").status_code == 500
    assert [hit["exception_description"] for hit in provider.hits] == [
        "ZeroDivisionError"
    ] * exceptions


def test_cookie():
    """The cookie is set, and known again."""
    _, provider, client = make(cookie=True)
    header = get(client, "/page").headers["Set-Cookie"]
    assert header.startswith("analytical=%s; " % provider.hits[0]["client_id"])
    get(client, "/page", Cookie="analytical=" + provider.hits[0]["client_id"])
    assert provider.hits[1]["client_id"] == provider.hits[0]["client_id"]


@pytest.mark.parametrize(
    ("key", "options", "ids"), [(b"\xff\0key", {}, 1), ("key", {"secret": None}, 0), (None, {}, 0)]
)
def test_ids_without_cookies(key, options, ids):
    """Visitors have ids of the day by the application's key, unless that is turned off."""
    app = flask.Flask(str("shop"))
    app.secret_key = key
    provider = browsers.memory()
    Analytics(app, provider, **options)
    app.route("/page")(lambda: "page")
    get(app.test_client(), "/page", **{"User-Agent": browsers.AGENT})
    assert ["client_id" in hit for hit in provider.hits] == [bool(ids)]


def test_request_context():
    """A request made by hand, as in tests of views, has a visit too."""
    app, provider, _ = make(user_id=lambda request: None)
    with app.test_request_context("/page"):
        app.preprocess_request()
        flask.g.analytics.event(action="a")
    assert provider.hits[0]["action"] == "a"


def test_site_of_an_application():
    """The application knows its provider, for tasks."""
    app, provider, _ = make()
    assert app.extensions["analytical"].provider is provider


def test_no_provider():
    """Without a provider, here or in the configuration, the application does not start."""
    with pytest.raises(ConfigurationError):
        Analytics(flask.Flask(str("shop")))
