"""The pages of the Django project in the tests."""

from __future__ import absolute_import, division, print_function, unicode_literals

import threading

import django
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse, StreamingHttpResponse
from django.template import engines


def page(request):
    return HttpResponse("page")


def data(request):
    return JsonResponse({})


def moved(request):
    return HttpResponseRedirect("/page")


def event(request):
    request.analytics.set(title="Events")
    request.analytics.event(category="cart", action="add")
    template = engines["django"].from_string(
        "Visit of {{ request.analytics.provider.name }}, {{ request.analytics.path }}"
    )
    return HttpResponse(template.render({"request": request}))


def stream(request):
    return StreamingHttpResponse(iter(["a", "b", "c"]))


def error(request):
    return HttpResponse(1 / 0)


class Somebody(object):
    pk = 42
    is_authenticated = True


def somebody(request):
    request.user = Somebody()
    return HttpResponse("somebody")


VIEWS = {
    "page": page,
    "data": data,
    "moved": moved,
    "event": event,
    "stream": stream,
    "error": error,
}
VIEWS["somebody"] = somebody

if django.VERSION >= (4, 1):
    made = {}
    exec(
        """
async def view(request):
    request.analytics.event(action="look")
    return HttpResponse("async")

async def thread(request):
    return HttpResponse("same" if threading.current_thread() is threading.main_thread() else "other")
""",
        dict(globals()),
        made,
    )
    VIEWS.update({"async": made["view"], "thread": made["thread"]})

if django.VERSION >= (2, 0):
    from django.urls import path

    urlpatterns = [path(name, view) for name, view in VIEWS.items()]
else:
    from django.conf.urls import url

    urlpatterns = [url("^%s$" % name, view) for name, view in VIEWS.items()]
