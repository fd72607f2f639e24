"""What the tests of the web shims share: requests as browsers make them, applications, sites."""

from __future__ import absolute_import, division, print_function, unicode_literals

import analytical

AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def environ(path="/", **changes):
    """Make a WSGI environ; None takes a key away."""
    made = {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "REMOTE_ADDR": "203.0.113.9",
        "wsgi.url_scheme": "http",
        "HTTP_HOST": "example.com",
        "HTTP_USER_AGENT": AGENT,
    }
    made.update((name.replace("wsgi_", "wsgi."), value) for name, value in changes.items())
    # Native text, as servers give it: bytes on Python 2.
    return {str(name): _native(value) for name, value in made.items() if value is not None}


def _native(value):
    return (
        str(value)
        if isinstance(value, type("")) and all(char < "\x80" for char in value)
        else value
    )


def application(
    status="200 OK", headers=(("Content-Type", "text/html; charset=utf-8"),), does=None
):
    """Make a WSGI application with one answer; ``does`` is called with the environ first."""

    def app(environ, start_response):
        if does is not None:
            does(environ)
        start_response(str(status), [(str(name), str(value)) for name, value in headers])
        return [b"body"]

    return app


def call(app, environ):
    """Call a WSGI application as a server does; return status, headers and body."""
    started = []

    def start_response(status, headers, exc_info=None):
        started[:] = [status, headers]

    body = app(environ, start_response)
    try:
        content = b"".join(body)
    finally:
        if hasattr(body, "close"):
            body.close()
    return started[0], started[1], content


def memory(**options):
    """Make a provider that keeps hits at once, in the caller's thread."""
    return analytical.Provider("memory", **options)


def cookies(headers):
    """List the Set-Cookie headers of an answer."""
    return [value for name, value in headers if name.lower() == "set-cookie"]
