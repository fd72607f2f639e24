"""A request in fields, and the visit that sends hits with them."""

from __future__ import absolute_import, division, print_function, unicode_literals

import json

import browsers
import pytest
import six

import analytical
from analytical.errors import InvalidHit
from analytical.web.forwarded import Proxies
from analytical.web.headers import from_scope as environ_of
from analytical.web.site import Site
from analytical.web.visit import from_environ, from_scope


def scope(path="/", headers=(), **changes):
    """Make an ASGI scope."""
    made = {
        "type": "http",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode("utf-8"),
        "query_string": b"",
        "root_path": "",
        "headers": [(b"host", b"example.com"), (b"user-agent", browsers.AGENT.encode("ascii"))],
        "client": ("203.0.113.9", 50000),
        "server": ("127.0.0.1", 8000),
    }
    made["headers"] += list(headers)
    made.update(changes)
    return made


def as_wsgi(text):
    """Give text as PEP 3333 carries it: native, each character a byte."""
    return text.encode("utf-8") if six.PY2 else text.encode("utf-8").decode("latin-1")


def test_all_fields():
    """Each field of a request is found where browsers and servers put it, in both interfaces."""
    expected = {
        "url": "http://example.com/shop?q=mug",
        "method": "GET",
        "referrer": "https://example.net/",
        "user_agent": browsers.AGENT,
        "language": "en-GB",
        "user_ip": "203.0.113.9",
        "dnt": True,
        "gpc": True,
        "purpose": "prefetch;prerender",
    }
    headers = {
        "HTTP_REFERER": "https://example.net/",
        "HTTP_ACCEPT_LANGUAGE": "en-GB,en;q=0.9",
        "HTTP_DNT": "1",
        "HTTP_SEC_GPC": "1",
        "HTTP_SEC_PURPOSE": "prefetch;prerender",
    }
    environ = browsers.environ("/shop", QUERY_STRING="q=mug", **headers)
    assert from_environ(environ) == expected
    pairs = [
        (name[5:].lower().replace("_", "-").encode("ascii"), value.encode("ascii"))
        for name, value in headers.items()
    ]
    assert from_scope(scope("/shop", pairs, query_string=b"q=mug")) == expected
    assert all(isinstance(value, (six.text_type, bool)) for value in expected.values())


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"HTTP_DNT": "0"}, {"dnt": False}),
        ({"HTTP_DNT": "unspecified"}, {}),
        ({"HTTP_SEC_GPC": "0"}, {}),
        ({"HTTP_X_PURPOSE": "preview"}, {"purpose": "preview"}),
        ({"HTTP_X_MOZ": "prefetch"}, {"purpose": "prefetch"}),
        ({"HTTP_PURPOSE": "prefetch"}, {"purpose": "prefetch"}),
        ({"HTTP_ACCEPT_LANGUAGE": "*"}, {}),
        ({"HTTP_ACCEPT_LANGUAGE": "de"}, {"language": "de"}),
        ({"HTTP_ACCEPT_LANGUAGE": ""}, {}),
    ],
)
def test_wishes(changes, fields):
    """What says nothing gives no field."""
    plain = from_environ(browsers.environ())
    found = from_environ(browsers.environ(**changes))
    assert {name: found[name] for name in set(found) - set(plain)} == fields


@pytest.mark.parametrize(
    ("changes", "url"),
    [
        ({"PATH_INFO": ""}, "http://example.com/"),
        ({"PATH_INFO": "/a b/c%d"}, "http://example.com/a%20b/c%25d"),
        ({"SCRIPT_NAME": "/app", "PATH_INFO": "/x"}, "http://example.com/app/x"),
        ({"PATH_INFO": as_wsgi("/\u4e2d/\xe9")}, "http://example.com/%E4%B8%AD/%C3%A9"),
        ({"PATH_INFO": str("/a\r\nSet-Cookie: x")}, "http://example.com/a%0D%0ASet-Cookie:%20x"),
        ({"QUERY_STRING": "a=%2f&b=\xe9"}, "http://example.com/?a=%2f&b=%E9"),
        ({"QUERY_STRING": "a=1\r\nb"}, "http://example.com/?a=1%0D%0Ab"),
        ({"wsgi_url_scheme": "https"}, "https://example.com/"),
        ({"HTTP_HOST": "Example.com:8443"}, "http://example.com:8443/"),
        ({"HTTP_HOST": None}, "http://127.0.0.1:8000/"),
        ({"HTTP_HOST": None, "SERVER_PORT": "80"}, "http://127.0.0.1/"),
        ({"HTTP_HOST": "a b"}, "http://127.0.0.1:8000/"),
        ({"PATH_INFO": "http://evil.example/a"}, "http://example.com/a"),
        ({"PATH_INFO": "http://evil.example"}, "http://example.com/"),
        ({"PATH_INFO": "*"}, "http://example.com/"),
        ({"PATH_INFO": "a"}, "http://example.com/a"),
    ],
)
def test_url(changes, url):
    """The address of the page is ASCII, whole, and never another host's."""
    assert from_environ(browsers.environ(**changes))["url"] == url


def test_no_host_at_all():
    """Where nobody names a host, there is a path and no invented address."""
    fields = from_environ(browsers.environ("/a", HTTP_HOST=None, SERVER_NAME="", QUERY_STRING="b"))
    assert fields["path"] == "/a?b"
    assert "url" not in fields


def test_asgi_details():
    """Mounted applications, Unix sockets, split cookies and repeated headers are understood."""
    assert from_scope(scope("/app/x", root_path="/app"))["url"] == "http://example.com/app/x"
    assert from_scope(scope("/x", root_path="/app"))["url"] == "http://example.com/app/x"
    assert from_scope(scope("/\u4e2d"))["url"] == "http://example.com/%E4%B8%AD"
    bare = scope(client=None, server=("/run/app.sock", None), headers=())
    bare["headers"] = []
    assert from_scope(bare) == {"path": "/", "method": "GET"}
    twice = [(b"x-forwarded-for", b"6.6.6.6"), (b"x-forwarded-for", b"198.51.100.1")]
    assert from_scope(scope("/", twice), Proxies(1))["user_ip"] == "198.51.100.1"
    split = [(b"cookie", b"a=1"), (b"cookie", b"b=2")]
    assert environ_of(scope("/", split), {b"cookie": "HTTP_COOKIE"})["HTTP_COOKIE"] == b"a=1; b=2"


def test_values_are_harmless():
    """Line breaks go, what is no UTF-8 is replaced, and long values end."""
    changes = {
        "HTTP_REFERER": str("https://example.net/\r\nX-Injected: yes"),
        "HTTP_USER_AGENT": "a" * 65536,
        "HTTP_ACCEPT_LANGUAGE": as_wsgi("\xe9"),
    }
    fields = from_environ(browsers.environ(**changes))
    assert fields["referrer"] == "https://example.net/ X-Injected: yes"
    assert fields["user_agent"] == "a" * 2048
    assert "language" not in fields
    broken = b"caf\xe9" if six.PY2 else b"caf\xe9".decode("latin-1")
    assert from_environ(browsers.environ(HTTP_USER_AGENT=broken))["user_agent"] == "caf\ufffd"
    good = from_environ(browsers.environ(HTTP_USER_AGENT=as_wsgi("caf\xe9")))
    assert good["user_agent"] == "caf\xe9"


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"PATH_INFO": "/a b"}, "/a b"),
        ({"PATH_INFO": ""}, "/"),
        ({"SCRIPT_NAME": "/app", "PATH_INFO": "/x"}, "/app/x"),
        ({"PATH_INFO": as_wsgi("/caf\xe9")}, "/caf\xe9"),
        ({"PATH_INFO": "http://evil.example/a"}, "/a"),
    ],
)
def test_path(changes, path):
    """The path of a visit is decoded, and starts with a slash whatever the target looked like."""
    site = Site(browsers.memory(), {})
    assert site.visit(browsers.environ(**changes), None).path == path


def make_visit(**options):
    """Begin a visit; give it, and what its provider kept."""
    provider = browsers.memory()
    site = Site(provider, options)
    return site.visit(browsers.environ("/shop"), {"who": "u-1"}), provider.hits


def test_events_have_the_visitor():
    """An event of a visit is the provider's event with the visitor's fields filled in."""
    visit, hits = make_visit()
    assert visit.event(category="cart", action="add")
    assert visit.event({"ec": "cart", "ea": "add"}, label="mug")
    for hit in hits:
        assert (hit["type"], hit["category"], hit["action"]) == ("event", "cart", "add")
        assert (hit["url"], hit["user_ip"]) == ("http://example.com/shop", "203.0.113.9")
        assert hit["user_agent"] == browsers.AGENT
    assert hits[1]["label"] == "mug"


def test_the_caller_comes_first():
    """What the caller passes, under whichever name, replaces what is known of the visitor."""
    visit, hits = make_visit()
    visit.pageview({"dl": "https://example.com/other"}, user_ip="198.51.100.1")
    visit.pageview(url="https://example.com/third", dr="https://example.net/", user_ip=None)
    assert [hit["url"] for hit in hits] == [
        "https://example.com/other",
        "https://example.com/third",
    ]
    assert hits[0]["user_ip"] == "198.51.100.1"
    assert hits[1]["referrer"] == "https://example.net/"
    assert "user_ip" not in hits[1]


def test_set():
    """Fields that are set are those of all hits from then on, under either name."""
    visit, hits = make_visit()
    visit.set(dt="Shop", user_id=7)
    visit.event(action="a")
    visit.set(title="Shop 2")
    visit.event(action="b")
    assert [(hit["title"], hit["user_id"]) for hit in hits] == [("Shop", "7"), ("Shop 2", "7")]


def test_fields_travel():
    """The fields are a copy that JSON carries, from which a worker makes the same event."""
    visit, hits = make_visit(user_id=lambda request: request["who"])
    carried = json.loads(json.dumps(visit.fields()))
    visit.fields()["url"] = "changed"
    visit.event(category="cart", action="add")
    elsewhere = browsers.memory()
    elsewhere.event(carried, category="cart", action="add")
    for hit in (hits[0], elsewhere.hits[0]):
        del hit["id"], hit["time"]
    assert hits[0] == elsewhere.hits[0]
    assert hits[0]["user_id"] == "u-1"


def test_user_id_fails():
    """A user_id= that raises, or gives what is no id, costs the id and nothing else."""
    for user_id in (lambda request: request["nobody"], lambda request: object()):
        visit, hits = make_visit(user_id=user_id)
        assert visit.event(action="a")
        assert "user_id" not in hits[0]


def test_errors_are_those_of_the_provider():
    """An event in a view raises where the provider was asked for errors, and only there."""
    site = Site(browsers.memory(strict=True), {})
    with pytest.raises(InvalidHit):
        site.visit(browsers.environ(), None).event(nonsense_field=object())
    visit, hits = make_visit()
    assert not visit.event(value=object())
    assert not visit.event("category")
    assert hits == []


def test_repr_shows_nobody():
    """The visit shows no datum of the visitor."""
    visit, _ = make_visit()
    assert repr(visit) == "<Visit of memory>"


def test_no_request_is_kept():
    """Without callables that want the request, it is not kept from being freed."""
    assert make_visit()[0].request is None
    assert make_visit(when=lambda visit: True)[0].request == {"who": "u-1"}
    assert isinstance(make_visit()[0].provider, analytical.providers.base.BaseProvider)
