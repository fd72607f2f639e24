"""A shop in FastAPI: ``python web_fastapi.py``, then look at http://127.0.0.1:8000/."""

from __future__ import absolute_import, division, print_function, unicode_literals

import os

import uvicorn
from fastapi import BackgroundTasks, FastAPI, Request
from fastapi.responses import HTMLResponse

from analytical.web.asgi import Analytics

app = FastAPI()
app.add_middleware(Analytics, provider=os.environ.get("ANALYTICAL_URL", "sqlite://analytics.db"))


@app.get("/", response_class=HTMLResponse)
def shop(request: Request):
    """Show the shop."""
    request.state.analytics.set(title="Shop")
    return '<title>Shop</title><a href="/add">Add a mug</a>'


@app.get("/add", response_class=HTMLResponse)
def add(request: Request, tasks: BackgroundTasks):
    """Put a mug into the cart; the event is sent when the answer is out."""
    tasks.add_task(request.state.analytics.event, category="cart", action="add", label="mug")
    return shop(request)


if __name__ == "__main__":
    uvicorn.run(app, port=int(os.environ.get("PORT", 8000)))
