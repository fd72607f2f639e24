"""
What analytical costs, beside its peers and the bare least that Python can do.

``python -m benchmarks --help`` says how to run it. Python 3.8 or newer; the package itself runs on older.
"""

from __future__ import absolute_import, division, print_function, unicode_literals
