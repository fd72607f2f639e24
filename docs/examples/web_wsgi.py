"""A shop in plain WSGI: ``python web_wsgi.py``, then look at http://127.0.0.1:8000/."""

from __future__ import absolute_import, division, print_function, unicode_literals

import os
from wsgiref.simple_server import make_server

from analytical.web.wsgi import Analytics


def shop(environ, start_response):
    """Show the shop; /add puts a mug into the cart."""
    visit = environ["analytical"]
    if environ["PATH_INFO"] == "/add":
        visit.event(category="cart", action="add", label="mug")
    visit.set(title="Shop")
    start_response(str("200 OK"), [(str("Content-Type"), str("text/html; charset=utf-8"))])
    return [b'<title>Shop</title><a href="/add">Add a mug</a>']


application = Analytics(shop, os.environ.get("ANALYTICAL_URL", "sqlite://analytics.db"))

if __name__ == "__main__":
    make_server("127.0.0.1", int(os.environ.get("PORT", 8000)), application).serve_forever()
