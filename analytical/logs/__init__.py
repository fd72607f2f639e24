"""Access logs of web servers: formats, what in them is a pageview."""

from __future__ import absolute_import, division, print_function, unicode_literals
