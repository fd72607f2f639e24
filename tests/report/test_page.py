"""The page as text: what it says, that all of it is escaped, and that it loads nothing."""

from __future__ import absolute_import, division, print_function, unicode_literals

import hashlib
import json
import os
import re
import sys

import pytest
from found import found, table, totals
from six.moves.html_parser import HTMLParser

import analytical
from analytical.errors import MissingDependency
from analytical.report import assets

try:
    from html import unescape  # novermin
except ImportError:
    unescape = HTMLParser().unescape

pytest.importorskip("jinja2")

from analytical.report.page import page  # noqa: E402

FOLDER = os.path.join(os.path.dirname(os.path.abspath(analytical.__file__)), "report")
ATTACKS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "javascript:alert(1)",
    "{{7*7}}{% raw %}${7*7}",
    "</script><script>alert(1)</script>",
    "]]><!--<svg/onload=alert(1)>-->",
    "&lt;script&gt;",
    "a\u202eb\x00c\x1b[2J\u2028d",
    "\ud800",
)


class Elements(HTMLParser, object):
    """Reads a page into its elements, (name, attributes), and what scripts and styles hold."""

    def __init__(self, text):
        super(Elements, self).__init__()
        self.elements = []
        self.raw = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        """Note an element."""
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data):
        """Note what a script or style holds."""
        name, attributes = self.elements[-1] if self.elements else ("", {})
        if name in ("script", "style") and data.strip():
            self.raw.append((name, attributes, data))


def words(text):
    """Give all text of a page that is no script, in one line."""
    text = re.sub(r"(?s)<(script|style)\b.*?</\1>", " ", text.replace("<wbr>", ""))
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", text)).split())


def names(text):
    """Count the elements of a page by name, and list all attributes."""
    elements = Elements(text).elements
    counts = {}
    for name, _ in elements:
        counts[name] = counts.get(name, 0) + 1
    return counts, {attribute for _, attributes in elements for attribute in attributes}


def everywhere(text):
    """Give figures that hold a text wherever a text can stand."""
    tables = {
        name: table([text, 3, 2])
        for name in (
            "pages entries exits referrers campaigns browsers systems devices languages statuses"
        ).split()
    }
    tables["events"] = {"rows": [[text, 1, 1, 2.5]], "items": 1, "total": 1}
    tables["properties"] = {"rows": [[text, text, text, 1]], "items": 1, "total": 1}
    return found(file=text, site=text, sites=[text, "example.com"], tables=tables)


def test_the_same_for_the_same_figures():
    """The page depends on the figures alone, and is ASCII."""
    text = page(found())
    assert text == page(found())
    assert text.encode("ascii").startswith(b"<!DOCTYPE html>")
    assert page(found(made=1)) != text


def test_numbers():
    """Totals, tables and days are on the page, in words and with separators."""
    text = page(
        found(
            totals=totals(pageviews=1234567, visitors=1000, bots=4321),
            tables={"pages": table(["example.com/", 1000000, 900], items=70, total=1234567)},
        )
    )
    seen = words(text)
    for part in (
        "1 to 3 November 2026",
        "1,234,567",
        "1,234.57",  # pageviews per visitor
        "/ 1,000,000 81%",
        "Pages 1 of 70",
        "4,321 hits of bots",
        "Sunday 1 November 2026",
        "counted once a day",
    ):
        assert part in seen, part
    assert "Entry pages" not in seen  # a table that is absent


def test_pages_of_several_sites():
    """Pages have their host where there are several, and go without where there is one."""
    tables = {"pages": table(["a.example/x/y", 2, 1], ["b.example/", 1, 1])}
    several = words(page(found(sites=["a.example", "b.example"], tables=tables)))
    assert "a.example/x/y 2" in several and "b.example/ 1" in several
    one = words(page(found(sites=["a.example"], tables=tables)))
    assert " /x/y 2" in one and "b.example/ 1" in one


def test_all_tables():
    """Each table that has rows is shown, with pageviews that had no referrer among the referrers."""
    seen = words(page(everywhere("item")))
    for title in (
        "Pages;Entry pages;Exit pages;Referrers;Campaigns;Browsers;Operating systems;Devices;"
        "Languages;Status codes;Events;Properties"
    ).split(";"):
        assert title in seen
    assert "No referrer 1 25% \u2013" in seen
    assert "item item item 1 100%" in seen


def test_period_before():
    """The period before is compared with, in figures and in words; without one the page says so."""
    before = dict(totals(visitors=4, events=0), first="2026-10-29", last="2026-10-31")
    seen = words(page(found(before=before)))
    assert "29 to 31 October 2026" in seen
    assert "\u2193 \u221250% 50% less than 4 in the 3 days before" in seen
    assert "the same as in the 3 days before" in seen
    assert "none in the 3 days before" in seen
    assert "no period before" in words(page(found()))


def test_no_hits():
    """A period without hits is a page too."""
    none = totals(pageviews=0, visitors=0, events=0, hits=0, direct=0)
    figures = found(totals=none, days=[["2026-11-01", 0, 0, 0]], tables={}, newest=None)
    figures.update(first="2026-11-01", last="2026-11-01")
    assert "No hits in this period" in words(page(figures))


@pytest.mark.parametrize("attack", ATTACKS, ids=["%d" % at for at in range(len(ATTACKS))])
@pytest.mark.parametrize("live", [False, True])
def test_what_visitors_sent_is_text(attack, live):
    """A text makes neither elements nor attributes, wherever it stands; the page is as with plain words."""
    text = page(everywhere(attack), live=live)
    counts, attributes = names(text.replace("<wbr>", ""))
    expected = names(page(everywhere("plain"), live=live))
    # A site that could not be asked for is not offered.
    for tags in (counts, expected[0]):
        tags.pop("option", None)
    assert (counts, attributes - {"selected"}) == (expected[0], expected[1] - {"selected"})
    assert "49" not in words(page(everywhere("{{7*7}}")))
    assert not re.search("[\x00-\x08\x0b-\x1f]", text)
    for harmful in ("\u202e", "\u2028", "&#8238;", "&#8232;", "&#0;"):
        assert harmful not in text


def test_no_style_attributes():
    """What the policy would block is not there: style attributes, handlers, and addresses to load."""
    text = page(everywhere("x"), live=True)
    attributes = names(text)[1]
    assert "style" not in attributes
    assert not [name for name in attributes if name.startswith("on")]
    assert "src" not in attributes
    links = [attributes.get("href", "#") for _, attributes in Elements(text).elements]
    assert all(link.startswith(("#", "data:")) for link in links)


@pytest.mark.parametrize("live", [False, True])
def test_policy_knows_the_inline_parts(live):
    """Each style and script is allowed by its hash, and nothing else is, but to ask the same server."""
    parsed = Elements(page(found(), live=live))
    (policy,) = [
        attributes["content"]
        for _, attributes in parsed.elements
        if attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    rules = {rule.split()[0]: rule.split()[1:] for rule in policy.split(";")}
    parts = {"script": [], "style": []}
    for name, attributes, content in parsed.raw:
        if attributes.get("type") != "application/json" and content.strip():
            parts[name].append(assets.source(content))
    assert parts == {"script": rules["script-src"], "style": rules["style-src"]}
    assert [len(parts[name]) for name in ("script", "style")] == [2, 1]
    assert rules["default-src"] == rules["base-uri"] == ["'none'"]
    own = ["'self'"] if live else ["'none'"]
    assert rules["connect-src"] == rules["form-action"] == own
    assert "unsafe" not in policy


def test_the_chart_has_the_days():
    """The numbers of the chart are those of the days, as JSON that no element can leave."""
    parsed = Elements(page(found()))
    (data,) = [
        json.loads(content)
        for _, attributes, content in parsed.raw
        if attributes.get("id") == "data"
    ]
    assert data == {
        "days": [1793491200, 1793577600, 1793664000],
        "pageviews": [2, 0, 1],
        "visitors": [1, 0, 1],
        "events": [1, 0, 0],
    }


def test_form_of_the_live_page():
    """The live page has a form with the period, the sites and the one that was chosen; a file has none."""
    figures = found(site="b.example", sites=["a.example", "b.example"])
    elements = Elements(page(figures, live=True)).elements
    fields = {
        attributes["name"]: attributes.get("value")
        for name, attributes in elements
        if name in ("input", "select")
    }
    assert fields == {"from": "2026-11-01", "to": "2026-11-03", "site": None}
    options = [
        (attributes["value"], "selected" in attributes)
        for name, attributes in elements
        if name == "option"
    ]
    assert options == [("", False), ("a.example", False), ("b.example", True)]
    assert "form" not in names(page(figures))[0]


def test_licence_of_the_library():
    """The library is in the page with its licence, and is the one that was published."""
    text = page(found())
    for part in ("uPlot 1.6.32", "Copyright (c) 2022 Leon Sorokin", "Permission is hereby granted"):
        assert text.count(part) >= 2, part
    digests = {
        "uPlot.iife.min.js": "19c8d4c6ad88929a79f4ae49d6f7161566dfd0ba3d15cc495e974f787eb78f1f",
        "uPlot.min.css": "df630c6a8d6f8eeaff264b50f73ce5b114f646ffd9a0bb74f049b0a00135fa04",
    }
    for name, digest in digests.items():
        with open(os.path.join(FOLDER, "vendor", name), "rb") as file:
            assert hashlib.sha256(file.read()).hexdigest() == digest


def test_parts_are_ascii():
    """Styles, scripts and template are ASCII, or the page could not be."""
    for name in ("style.css", "script.js", "early.js", "template.html"):
        assert assets.read(name).encode("ascii")


def test_without_jinja(monkeypatch):
    """Without Jinja2 the error holds the command that brings it."""
    module = sys.modules["analytical.report.page"]
    monkeypatch.setitem(sys.modules, str("jinja2"), None)
    monkeypatch.setattr(module, "_templates", [])
    with pytest.raises(MissingDependency) as caught:
        page(found())
    assert "pip install 'analytical[report]'" in "%s" % caught.value
