"""The live page in Chromium: new hits appear, and what the reader did stays."""

from __future__ import absolute_import, division, print_function, unicode_literals

import os

import pytest

import analytical

if "BROWSER" not in os.environ:
    pytest.importorskip("selenium", reason="tox -e browser brings it")
pytest.importorskip("jinja2")

import sample_site  # noqa: E402
from selenium.webdriver.support.ui import WebDriverWait  # noqa: E402
from serving_here import serving  # noqa: E402

DEADLINE = 60  # seconds; a safety net
END = sample_site.FIRST + 60 * sample_site.DAY


def shown(value):
    """Write a number as the page does."""
    return "{:,}".format(value)


def test_live(browser, tmp_path):
    """New hits appear by themselves, and what the reader had opened, zoomed and focused stays."""
    path = sample_site.build(str(tmp_path / "analytics.db"), visits=5)
    with serving(path) as server:
        browser.open(server.url)
        browser.find("summary").click()
        browser.find("#zooms button[data-days='7']").click()
        zoom = browser.zoom()
        browser.find(".note-mark").send_keys("")
        browser.run("document.querySelector('.note-mark').focus()")
        before = int(browser.text("#total-pageviews").replace(",", ""))
        with analytical.Provider("sqlite", path) as provider:
            hit = {"url": "https://www.example.com/new", "client_id": "new", "timestamp": END - 60}
            assert all(provider.batch([("pageview", dict(hit)) for _ in range(500)]))
        WebDriverWait(browser.driver, DEADLINE).until(
            lambda _: browser.text("#total-pageviews") == shown(before + 500)
        )
        assert ["www.example.com/new", "500", "1"] in browser.tables()["pages"]
        assert browser.zoom() == zoom
        assert browser.run("return document.querySelector('details').open")
        assert browser.run("return document.activeElement.className") == "note-mark"
        assert browser.run("return analyticalChart.data[2].reduce((a, b) => a + b)") == before + 500
        assert browser.messages() == []
        assert set(browser.requests()) == {server.url}


def test_pause(browser, tmp_path):
    """The reader can stop the refreshing, and go on; a server that went away is said, and found again."""
    path = sample_site.build(str(tmp_path / "analytics.db"), visits=2)
    with serving(path) as server:
        browser.open(server.url)
        button = browser.find("#pause")
        button.click()
        assert (button.get_attribute("aria-pressed"), browser.text("#live-state")) == (
            "true",
            "paused",
        )
        before = browser.text("#total-pageviews")
        with analytical.Provider("sqlite", path) as provider:
            provider.pageview(url="https://www.example.com/", client_id="new", timestamp=END - 60)
        assert browser.text("#total-pageviews") == before
        button.click()
        WebDriverWait(browser.driver, DEADLINE).until(
            lambda _: browser.text("#total-pageviews") != before
        )
        assert browser.text("#live-state") == "live"
        os.rename(path, path + ".away")
        WebDriverWait(browser.driver, DEADLINE).until(
            lambda _: "trying again" in browser.text("#live-state")
        )
        os.rename(path + ".away", path)
        WebDriverWait(browser.driver, DEADLINE).until(
            lambda _: browser.text("#live-state") == "live"
        )


def test_form(browser, site_file):
    """The form chooses a period and a site; the address keeps the choice."""
    with serving(site_file) as server:
        browser.open(server.url)
        both = int(browser.text("#total-pageviews").replace(",", ""))
        browser.find("select[name=site]").send_keys("shop")
        browser.run("document.querySelector('input[name=from]').value = '2026-11-20'")
        browser.find("form button").click()
        WebDriverWait(browser.driver, DEADLINE).until(
            lambda driver: "site=shop" in driver.current_url
        )
        assert browser.text("h1") == "shop.example.com"
        assert "20 to 24 November 2026" in browser.text("#period")
        assert 0 < int(browser.text("#total-pageviews").replace(",", "")) < both
        assert browser.messages() == []
