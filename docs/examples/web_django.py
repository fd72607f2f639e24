"""A shop in Django, in one file: ``python web_django.py``, then look at http://127.0.0.1:8000/."""

from __future__ import absolute_import, division, print_function, unicode_literals

import os
import sys

from django.conf import settings
from django.core.management import execute_from_command_line
from django.http import HttpResponse
from django.urls import path

settings.configure(
    ALLOWED_HOSTS=["127.0.0.1"],
    SECRET_KEY=os.environ.get("SECRET_KEY", "only for this example"),
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=["analytical.web.django.AnalyticsConfig"],
    MIDDLEWARE=["analytical.web.django.AnalyticsMiddleware"],
    ANALYTICAL={"provider": os.environ.get("ANALYTICAL_URL", "sqlite://analytics.db")},
)


def shop(request):
    """Show the shop."""
    request.analytics.set(title="Shop")
    return HttpResponse('<title>Shop</title><a href="/add">Add a mug</a>')


def add(request):
    """Put a mug into the cart."""
    request.analytics.event(category="cart", action="add", label="mug")
    return shop(request)


urlpatterns = [path("", shop), path("add", add)]

if __name__ == "__main__":
    port = os.environ.get("PORT", "8000")
    execute_from_command_line([sys.argv[0], "runserver", "--noreload", "127.0.0.1:" + port])
