"""The applications that real servers run in the tests; $PROVIDER is where their hits go."""

from __future__ import absolute_import, division, print_function, unicode_literals

import os

from analytical.web import asgi, wsgi


def page(environ, start_response):
    """Tell which process serves."""
    start_response(str("200 OK"), [(str("Content-Type"), str("text/html"))])
    return [str(os.getpid()).encode("ascii")]


PAGE = """
async def page(scope, receive, send):
    if scope["type"] == "lifespan":
        while True:
            event = await receive()
            await send({"type": event["type"] + ".complete"})
            if event["type"] == "lifespan.shutdown":
                return
    headers = [(b"content-type", b"text/html")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": str(os.getpid()).encode("ascii")})
"""

wsgi_app = wsgi.Analytics(page, os.environ["PROVIDER"])

if str is not bytes:
    made = {}
    exec(PAGE, {"os": os}, made)
    asgi_app = asgi.Analytics(made["page"], os.environ["PROVIDER"])
