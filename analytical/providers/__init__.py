"""The platforms: one module each, with a class named Provider."""

from __future__ import absolute_import, division, print_function, unicode_literals
