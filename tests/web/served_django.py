"""A Django project that an ASGI server runs in the tests; $PROVIDER is where its hits go."""

from __future__ import absolute_import, division, print_function, unicode_literals

import os

from django.conf import settings
from django.http import HttpResponse

if not settings.configured:
    settings.configure(
        ALLOWED_HOSTS=["*"],
        MIDDLEWARE=["analytical.web.django.AnalyticsMiddleware"],
        ROOT_URLCONF=__name__,
        SECRET_KEY="a key of tests",
        ANALYTICAL={"provider": os.environ["PROVIDER"]},
    )

from django.core.asgi import get_asgi_application  # noqa: E402
from django.urls import re_path  # noqa: E402

from analytical.web.django import lifespan  # noqa: E402


def page(request):
    """Tell which process serves."""
    return HttpResponse(str(os.getpid()))


urlpatterns = [re_path("", page)]
application = lifespan(get_asgi_application())
