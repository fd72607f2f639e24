"""
The pictures of the documentation: a made-up site's page in Chromium.

    python tests/report/screenshots.py docs/images

Needs Chromium and its driver, Selenium, Jinja2 and Pillow, which makes the files small.
"""

from __future__ import absolute_import, division, print_function, unicode_literals

import io
import os
import shutil
import sys
import tempfile

import sample_site
from browsing import start
from PIL import Image

from analytical.report.figures import figures
from analytical.report.page import page

COLORS = 160  # of a palette; the page has few
# Name, width and height of the window in pixels, colours of the system, and pixels of each.
PICTURES = (
    ("report.png", 1280, 1130, "light", 1),
    ("report-dark.png", 1280, 1130, "dark", 1),
    ("report-narrow.png", 360, 960, "light", 1.5),
)


def main(target):
    """Make the pictures."""
    folder = tempfile.mkdtemp()
    browser = start(os.path.join(folder, "profile"))
    try:
        file = sample_site.build(os.path.join(folder, "analytics.db"))
        found = figures(file, site="www.example.com", limit=10)
        path = os.path.join(folder, "report.html")
        with io.open(path, "w", encoding="ascii", newline="") as stream:
            stream.write(page(dict(found, made=found["newest"])))
        browser.command("Emulation.setScrollbarsHidden", hidden=True)
        for name, width, height, scheme, scale in PICTURES:
            browser.look(width=width, height=height, scheme=scheme, scale=scale)
            browser.open_file(path)
            browser.run("document.fonts.ready")
            save(browser.driver.get_screenshot_as_png(), os.path.join(target, name))
    finally:
        browser.close()
        shutil.rmtree(folder, ignore_errors=True)


def save(data, path):
    """Write a picture with a palette."""
    image = Image.open(io.BytesIO(data)).convert("RGB")
    image.quantize(COLORS, dither=Image.Dither.NONE).save(path, optimize=True)
    print("%s: %d kB" % (path, os.path.getsize(path) // 1000))


if __name__ == "__main__":
    main(sys.argv[1])
