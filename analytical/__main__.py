"""``python -m analytical``: the same as the ``analytical`` command."""

from __future__ import absolute_import, division, print_function, unicode_literals

import sys

from .cli import main

if __name__ == "__main__":
    sys.exit(main())
