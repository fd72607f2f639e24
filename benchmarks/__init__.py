"""What a call costs here: ``python -m benchmarks`` in an environment with analytical installed."""

from __future__ import absolute_import, division, print_function, unicode_literals
