"""A real Chromium for the tests: started fresh, told to be quiet, and looked at from outside."""

from __future__ import absolute_import, division, print_function, unicode_literals

import io
import json
import os
import shutil

import pytest

BROWSER, DRIVER = "chromium", "chromedriver"
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--lang=en",
)

# What a reader sees: of each table the cells of its rows, shares left out.
READ_TABLES = """
const found = {};
for (const table of document.querySelectorAll('.cards .card')) {
  found[table.id.replace('table-', '')] = Array.from(table.querySelectorAll('tbody tr'), row =>
    Array.from(row.children, cell => {
      const copy = cell.cloneNode(true);
      copy.querySelectorAll('.share').forEach(share => share.remove());
      return copy.textContent.trim();
    }));
}
return found;
"""


def start(folder):
    """Start Chromium with a profile in a folder; without it skip, or fail where CI is set."""
    webdriver = pytest.importorskip("selenium.webdriver")
    browser, driver = (shutil.which(name) for name in (BROWSER, DRIVER))  # novm
    if not (browser and driver):
        missing = "Chromium or its driver is not installed: no browser looks at the page"
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)
    options = webdriver.ChromeOptions()
    options.binary_location = browser
    for flag in FLAGS + ("--user-data-dir=%s" % folder,):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    service = webdriver.chrome.service.Service(executable_path=driver)
    return Browser(webdriver.Chrome(options=options, service=service))


def write_page(folder, text):
    """Write a page; give its path."""
    path = os.path.join("%s" % folder, "report.html")
    with io.open(path, "w", encoding="ascii", newline="") as stream:
        stream.write(text)
    return path


class Browser(object):
    """
    The driver, and what tests ask of it.

    :ivar driver: Selenium's
    """

    def __init__(self, driver):
        self.driver = driver
        self.run = driver.execute_script

    def look(self, width=1280, height=900, scheme="light", scripts=True, scale=1):
        """Set the size of the window, the system's colours, and whether scripts run."""
        self.command(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=scale,
            mobile=width < 600,
        )
        features = [
            {"name": "prefers-color-scheme", "value": scheme},
            # What scrolls slowly is not yet where it is clicked.
            {"name": "prefers-reduced-motion", "value": "reduce"},
        ]
        self.command("Emulation.setEmulatedMedia", features=features)
        self.command("Emulation.setScriptExecutionDisabled", value=not scripts)

    def command(self, name, **parameters):
        """Send a command of the DevTools protocol."""
        return self.driver.execute_cdp_cmd(name, parameters)

    def open(self, url):
        """Open a page, in a browser that remembers nothing of those before."""
        self.driver.get("about:blank")
        self.messages()
        self.requests()
        self.driver.get(url)

    def open_file(self, path):
        """Open a page from the disk."""
        self.open("file://%s" % path)

    def text(self, selector):
        """Give the text that an element holds, seen or not."""
        return self.run("return document.querySelector(arguments[0]).textContent.trim()", selector)

    def attribute(self, selector, name):
        """Give an attribute of an element."""
        script = "return document.querySelector(arguments[0]).getAttribute(arguments[1])"
        return self.run(script, selector, name)

    def find(self, selector):
        """Find an element, for actions of a person."""
        return self.driver.find_element("css selector", selector)

    def tables(self):
        """Read the tables: {name: [[cell, ...], ...]}."""
        return self.run(READ_TABLES)

    def zoom(self):
        """Give the first and last Unix time that the chart shows."""
        return self.run("const x = analyticalChart.scales.x; return [x.min, x.max]")

    def color(self, selector, name="color"):
        """Give a colour as it is shown."""
        script = "return getComputedStyle(document.querySelector(arguments[0]))[arguments[1]]"
        return self.run(script, selector, name)

    def messages(self):
        """Give what the browser's console was told since the last time: reports of the policy too."""
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def requests(self):
        """Give the addresses that pages asked for since the last time."""
        found = []
        for entry in self.driver.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                found.append(message["params"]["request"]["url"])
        return [url for url in found if not url.startswith("data:")]

    def close(self):
        """End it."""
        self.driver.quit()
