"""Say by which numbers a failed test chose its moments."""

from __future__ import absolute_import, division, print_function, unicode_literals

import pytest
from turmoil import SEED


@pytest.fixture(autouse=True)
def seed():
    """Print the seed, which is shown where a test fails."""
    print("CHAOS_SEED=%d" % SEED)
