"""A running collector, and a client that keeps its connection."""

from __future__ import absolute_import, division, print_function, unicode_literals

import pytest
import requests

from analytical.testing import Collector


@pytest.fixture
def collector():
    with Collector() as running:
        yield running


@pytest.fixture
def session():
    with requests.Session() as kept:
        kept.trust_env = False
        yield kept
