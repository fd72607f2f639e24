"""The whole example of the guide "Adding a platform" keeps every promise of a provider."""

from __future__ import absolute_import, division, print_function, unicode_literals

import documented
import pytest

import analytical
from analytical.testing import Collector, ProviderContract


@pytest.fixture(autouse=True)
def registered():
    """Register the guide's provider as the guide says."""
    analytical.register("acme", documented.load("acme").Provider)


class TestAcme(ProviderContract):
    name, account = "acme", "shop-1"
    options = {"api_key": "planted-secret"}
    secrets = ("planted-secret",)


def test_what_arrives():
    """A params dict of Universal Analytics arrives in the platform's terms."""
    with Collector() as collector:
        acme = analytical.Provider("acme", "shop-1", api_key="k" * 8, url=collector.url)
        assert acme.event({"dh": "example.com", "dp": "/a", "ec": "cart", "ea": "add", "cid": "1"})
        (received,) = collector.requests
        (hit,) = received.json
        assert received.path == "/v1/hits"
        assert received.headers["Authorization"] == "Bearer " + "k" * 8
        assert (hit["kind"], hit["page"]) == ("add", "https://example.com/a")
        assert hit["properties"] == {"category": "cart"}
