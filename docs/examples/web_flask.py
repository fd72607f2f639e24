"""A shop in Flask: ``python web_flask.py``, then look at http://127.0.0.1:8000/."""

from __future__ import absolute_import, division, print_function, unicode_literals

import os

from flask import Flask, g

from analytical.web.flask import Analytics

app = Flask(__name__)
Analytics(app, os.environ.get("ANALYTICAL_URL", "sqlite://analytics.db"))


@app.route("/")
def shop():
    """Show the shop."""
    g.analytics.set(title="Shop")
    return '<title>Shop</title><a href="/add">Add a mug</a>'


@app.route("/add")
def add():
    """Put a mug into the cart."""
    g.analytics.event(category="cart", action="add", label="mug")
    return shop()


if __name__ == "__main__":
    app.run(port=int(os.environ.get("PORT", 8000)))
