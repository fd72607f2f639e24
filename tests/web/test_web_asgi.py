"""The ASGI shim: under Starlette and FastAPI, and bare."""

from __future__ import absolute_import, division, print_function, unicode_literals

import browsers
import pytest

asyncio = pytest.importorskip(str("asyncio"))

from analytical.web import coroutines  # noqa: E402
from analytical.web.asgi import Analytics  # noqa: E402

HTML = [(b"content-type", b"text/html; charset=utf-8")]


def define(source, **names):
    """Give the coroutine function that a source defines; Python 2 could not read it here."""
    made = {}
    exec(source, dict(globals(), **names), made)
    (function,) = made.values()
    return function


APP = define("""
async def app(scope, receive, send):
    if scope["type"] != "http":
        scope["seen"].append(send)
        return
    if scope["path"] == "/error":
        raise ZeroDivisionError("secret of a visitor")
    if scope["path"] == "/event":
        scope["analytical"].event(category="cart", action="add")
        scope["state"]["analytics"].set(title="Shop")
    await send({"type": "http.response.start", "status": 200, "headers": HTML})
    await send({"type": "http.response.body", "body": b"a", "more_body": True})
    await send({"type": "http.response.body", "body": b"b"})
""")


def scope(path="/", **changes):
    """Make the scope of a request."""
    made = {"type": "http", "method": "GET", "path": path, "query_string": b"", "scheme": "https"}
    made["headers"] = [(b"host", b"example.com"), (b"user-agent", browsers.AGENT.encode("ascii"))]
    made.update(client=("203.0.113.9", 1), server=("127.0.0.1", 80), **changes)
    return made


def serve(app, scope):
    """Serve one request; list the messages that the server got."""
    sent = []
    send = define("async def send(message):\n    sent.append(message)", sent=sent)
    loop = asyncio.new_event_loop()
    try:
        loop.run_until_complete(app(scope, None, send))
    finally:
        loop.close()
    return sent


def make(app=APP, **options):
    """Wrap an application; give it and its provider."""
    provider = browsers.memory()
    return Analytics(app, provider, **options), provider


def test_a_pageview():
    """A page is a pageview, sent when the answer starts; messages pass as they are."""
    app, provider = make()
    messages = serve(app, scope("/shop"))
    assert messages == serve(APP, scope("/shop"))
    (hit,) = provider.hits
    assert (hit["url"], hit["user_ip"]) == ("https://example.com/shop", "203.0.113.9")
    assert (hit["status"], hit["method"]) == (200, "GET")


def test_events():
    """The visit is in the scope and in its state, where Starlette looks."""
    app, provider = make()
    serve(app, scope("/event"))
    event, pageview = provider.hits
    assert (event["type"], event["category"]) == ("event", "cart")
    assert (pageview["type"], pageview["title"]) == ("pageview", "Shop")
    state = {"kept": 1}
    serve(app, scope("/event", state=state))
    assert state["kept"] == 1 and "analytics" in state


def test_websockets():
    """Websockets reach the application with the server's own send."""
    app, provider = make()
    given = {"type": "websocket", "seen": []}
    assert serve(app, given) == []
    assert [send.__name__ for send in given["seen"]] == ["send"]
    assert set(given) == {"type", "seen"}
    assert provider.hits == []


LIFESPAN = define("""
async def app(scope, receive, send):
    await send({"type": "lifespan.startup.complete"})
    await send({"type": "lifespan.shutdown.complete"})
""")


def test_lifespan():
    """Lifespan passes too, and what is queued is sent before the server is told of the end."""
    app = Analytics(LIFESPAN, "memory")
    app.site.provider.pageview(dp="/first")  # its thread starts, and may be woken at once
    assert app.site.provider.flush(10)
    app.site.provider.delivery.interval = 3600.0
    app.site.provider.pageview(dp="/")
    assert len(app.site.provider.hits) == 1
    messages = serve(app, {"type": "lifespan"})
    assert [message["type"] for message in messages] == [
        "lifespan.startup.complete",
        "lifespan.shutdown.complete",
    ]
    assert len(app.site.provider.hits) == 2


@pytest.mark.parametrize("exceptions", [False, True])
def test_exceptions(exceptions):
    """They pass unchanged, and are hits where that was asked for."""
    app, provider = make(exceptions=exceptions)
    with pytest.raises(ZeroDivisionError) as caught:
        serve(app, scope("/error"))
    assert caught.value.args == ("secret of a visitor",)
    assert [hit["exception_description"] for hit in provider.hits] == [
        "ZeroDivisionError"
    ] * exceptions


def test_cookie():
    """The cookie is a header more, as bytes, and the application's own list stays as it is."""
    app, provider = make(cookie=True)
    start = serve(app, scope())[0]
    assert start["headers"][:-1] == HTML
    name, value = start["headers"][-1]
    assert name == b"set-cookie"
    assert value.startswith(b"analytical=" + provider.hits[0]["client_id"].encode("ascii"))
    assert len(HTML) == 1


def test_user_id():
    """user_id= is called with the scope."""
    app, provider = make(user_id=lambda scope: scope["who"])
    serve(app, scope(who="u-1"))
    assert provider.hits[0]["user_id"] == "u-1"


def test_servers_see_a_coroutine_function():
    """Servers that look what kind of application it is take it for ASGI 3."""
    app, _ = make()
    assert coroutines.is_coroutine_function(app.__call__)
    assert not coroutines.is_coroutine_function(len)


def needs_client():
    """Skip where Starlette's test client lacks what it makes requests with."""
    try:
        import starlette.testclient  # noqa: F401
    except (ImportError, RuntimeError) as error:
        pytest.skip("%s" % error)


def test_starlette():
    """Under Starlette the visit is request.state.analytics, also in background tasks."""
    pytest.importorskip("starlette")
    needs_client()
    from starlette.applications import Starlette
    from starlette.background import BackgroundTask
    from starlette.responses import HTMLResponse
    from starlette.routing import Mount, Route
    from starlette.testclient import TestClient

    def task(visit):
        visit.event(category="task", action="done")

    def page(request):
        request.state.analytics.event(action="seen")
        return HTMLResponse("page", background=BackgroundTask(task, request.state.analytics))

    provider = browsers.memory()
    app = Starlette(routes=[Route("/page", page), Mount("/app", routes=[Route("/page", page)])])
    app.add_middleware(Analytics, provider=provider)
    client = TestClient(app, base_url="http://example.com")
    assert client.get("/page").text == client.get("/app/page").text == "page"
    assert [hit["type"] for hit in provider.hits] == ["event", "pageview", "event"] * 2
    assert [hit["url"] for hit in provider.hits[::3]] == [
        "http://example.com/page",
        "http://example.com/app/page",
    ]
    assert TestClient(Analytics(app, "memory")).get("/page").status_code == 200


def test_fastapi():
    """Under FastAPI the three lines of the documentation are enough."""
    fastapi = pytest.importorskip("fastapi")
    needs_client()
    from fastapi.responses import HTMLResponse
    from fastapi.testclient import TestClient

    provider = browsers.memory()
    app = fastapi.FastAPI()
    app.add_middleware(Analytics, provider=provider)

    @app.get("/page", response_class=HTMLResponse)
    def page():
        return "page"

    @app.get("/data")
    def data():
        return {}

    client = TestClient(app)
    assert client.get("/page").text == "page"
    client.get("/data")
    assert [hit["path"] if "path" in hit else hit["url"] for hit in provider.hits] == [
        "http://testserver/page"
    ]
