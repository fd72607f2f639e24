"""Shims for web applications: WSGI, ASGI, Django, Flask; thin, over ``visit`` and ``site``."""

from __future__ import absolute_import, division, print_function, unicode_literals
