"""What is remembered of addresses."""

from __future__ import absolute_import, division, print_function, unicode_literals

import pytest

import analytical
from analytical.params import read
from analytical.providers import pages

KEY = "0123456789abcdef0123456789abcdef"
ADDRESS = "https://u:p@Example.com:8080/a?utm_source=a%20b+c&gclid=1&x=2#utm_medium=no"


def test_an_address_is_taken_apart():
    """Host, path, query and campaign are told, and user and password are no part of a host."""
    page = pages.PAGES[ADDRESS]
    assert (page.url, page.scheme, page.path) == (ADDRESS, "https", "/a")
    assert (page.host, page.hostname) == ("Example.com:8080", "example.com")
    assert page.search == "?" + page.query == "?utm_source=a%20b+c&gclid=1&x=2"
    assert page.campaign == {"utm_source": "a b c", "gclid": "1"}
    assert pages.HOSTS[ADDRESS] == page.host


@pytest.mark.parametrize("url, path", [("", "/"), ("http://[", "http://["), ("/p", "/p")])
def test_what_is_no_whole_address_has_no_host(url, path):
    """A path alone, nothing, and what cannot be read are pages without a host."""
    page = pages.PAGES[url]
    assert (page.host, page.hostname, page.path, page.search) == ("", "", path, "")


def test_few_addresses_are_remembered():
    """However many come, memory holds no more than REMEMBERED of them, and answers stay right."""
    for number in range(2 * pages.REMEMBERED + 10):
        url = "https://%d.example.com/%d" % (number, number)
        assert pages.PAGES[url].path == "/%d" % number
        assert pages.HOSTS[url] == "%d.example.com" % number
    assert 0 < len(pages.PAGES) <= pages.REMEMBERED
    assert 0 < len(pages.HOSTS) <= pages.REMEMBERED


@pytest.mark.parametrize("name", ["amplitude", "mixpanel", "posthog", "segment"])
def test_hits_of_one_page_share_nothing_that_can_change(name):
    """What is done to the payload of one hit does not show in that of the next."""
    provider = analytical.Provider(name, KEY)

    def payload():
        return provider.payload(read("pageview", {"url": ADDRESS, "client_id": "c"}))

    first = payload()
    _spoil(first)
    assert "spoilt" not in repr(payload())


def _spoil(value):
    for each in list(value.values()):
        if isinstance(each, dict):
            _spoil(each)
    value["spoilt"] = True
