"""
The coroutine functions of the shims, made from text: Python 2.7 compiles this file too.

Servers and frameworks look whether a function is one, so that a plain function which returns an
awaitable would be taken for something else.
"""

from __future__ import absolute_import, division, print_function, unicode_literals

import importlib
import inspect

import six

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict

_SOURCE = """
async def serve(shim, scope, receive, send):
    if scope["type"] != "http":
        await shim.app(scope, receive, shim.until_end(send) if scope["type"] == "lifespan" else send)
        return
    visit, watched = shim.begin(scope, send)
    try:
        await shim.app(scope, receive, watched)
    except Exception as error:
        shim.site.failed(visit, error)
        raise

async def respond(middleware, request):
    from asgiref.sync import sync_to_async

    visit = middleware.begin(request)
    response = await middleware.get_response(request)
    if middleware.may_block:
        return await sync_to_async(middleware.end, thread_sensitive=True)(visit, response)
    return middleware.end(visit, response)

def give_lifespan(app, end):
    async def served(scope, receive, send):
        if scope["type"] != "lifespan":
            return await app(scope, receive, send)
        step = ""
        while step != "lifespan.shutdown":
            step = (await receive())["type"]
            if step == "lifespan.shutdown":
                end()
            await send({"type": step + ".complete"})
    return served
"""

_made = {}  # type: Dict[str, Any]
if six.PY3:
    six.exec_(_SOURCE, _made)
serve = _made.get("serve")  # type: Any
respond = _made.get("respond")  # type: Any
give_lifespan = _made.get("give_lifespan")  # type: Any

_mark = getattr(inspect, "markcoroutinefunction", None)  # type: Any  # since Python 3.12


def is_coroutine_function(function):
    # type: (Any) -> bool
    """Tell whether calling a function gives a coroutine."""
    if six.PY2:
        return False
    module = inspect if _mark is not None else importlib.import_module("asyncio")  # type: Any
    return bool(module.iscoroutinefunction(function))


def mark(instance):
    # type: (Any) -> None
    """Have an object taken for a coroutine function, for calling it gives a coroutine."""
    if _mark is not None:
        _mark(instance)
    else:
        instance._is_coroutine = importlib.import_module("asyncio.coroutines")._is_coroutine
