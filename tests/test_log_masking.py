"""What other libraries log of our requests holds no credential."""

from __future__ import absolute_import, division, print_function, unicode_literals

import logging

import pytest

import analytical
from analytical.secrets import MASK
from analytical.testing import Collector

SECRET = "planted-Zx9/8~7+6=5"
FORMS = (SECRET, "planted-Zx9", "Zx9%2F8", "9/8~7")


@pytest.fixture
def lines(monkeypatch):
    """Collect what urllib3 logs at DEBUG, formatted as a handler would."""
    found = []
    handler = logging.Handler()
    handler.emit = lambda record: found.append(handler.format(record))
    logger = logging.getLogger("urllib3.connectionpool")
    before = logger.level
    # Frameworks that other tests start turn off the loggers there are.
    monkeypatch.setattr(logging.root.manager, "disable", 0)
    monkeypatch.setattr(logger, "disabled", False)
    logger.setLevel(logging.DEBUG)
    logger.addHandler(handler)
    yield found
    logger.setLevel(before)
    logger.removeHandler(handler)


def test_a_secret_in_an_address_does_not_show(lines):
    """urllib3 logs the path of each request at DEBUG; the secret in it is masked, the rest stays."""
    with Collector() as collector:
        provider = analytical.Provider(
            "googleanalytics4", "G-ABC1234567", api_secret=SECRET, url=collector.url
        )
        provider.pageview(url="https://example.com/")
        assert collector.requests[0].query["api_secret"] == SECRET
    (line,) = [line for line in lines if "/mp/collect" in line]
    assert "measurement_id=G-ABC1234567&api_secret=" + MASK in line
    assert not [line for line in lines if any(form in line for form in FORMS)]


def test_lines_of_others_stay_as_they_are(lines):
    """The log of a program's own requests is not touched."""
    requests = pytest.importorskip("requests")
    analytical.Provider("googleanalytics4", "G-ABC1234567", api_secret=SECRET)
    with Collector() as collector:
        requests.get(collector.url + "/path?a=1&b=%2F")
    assert [line for line in lines if '"GET /path?a=1&b=%2F HTTP' in line]


def test_there_is_one_filter_however_many_providers():
    """Making providers does not make logging slower and slower."""
    logger = logging.getLogger("urllib3.connectionpool")
    for number in range(3):
        secret = "planted-%d" % number
        analytical.Provider("googleanalytics4", "G-ABC1234567", api_secret=secret)
    assert len([each for each in logger.filters if type(each).__name__ == "_Mask"]) == 1
