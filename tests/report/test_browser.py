"""The page in Chromium: the numbers, the chart, keyboard and screen, colours and widths."""

from __future__ import absolute_import, division, print_function, unicode_literals

import contextlib
import io
import os
import sqlite3

import pytest

import analytical

if "BROWSER" not in os.environ:
    pytest.importorskip("selenium", reason="tox -e browser brings it")
pytest.importorskip("jinja2")

import sample_site  # noqa: E402
from browsing import write_page  # noqa: E402
from selenium.webdriver.common.action_chains import ActionChains  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402
from selenium.webdriver.support.ui import WebDriverWait  # noqa: E402
from serving_here import serving  # noqa: E402

from analytical.report.figures import figures  # noqa: E402
from analytical.report.page import page  # noqa: E402

DEADLINE = 60  # seconds; a safety net
DAY = 86400
START, END = sample_site.FIRST + 30 * DAY, sample_site.FIRST + 60 * DAY  # the usual 30 days


def ask(file, sql):
    """Ask the file itself; programs that say so are no visitors."""
    where = "time >= %d AND time < %d AND user_agent NOT LIKE '%%bot%%'" % (START, END)
    with contextlib.closing(sqlite3.connect(file)) as connection:
        return connection.execute(sql.replace("HITS", "hits WHERE " + where)).fetchall()


def shown(value):
    """Write a number as the page does."""
    return "{:,}".format(value) if isinstance(value, int) else value


def test_numbers_are_those_of_the_file(browser, site_file, written):
    """Totals and tables are what SQL says of the file."""
    browser.open_file(written)
    sums = (
        "SELECT count(CASE WHEN type = 'pageview' THEN 1 END), count(CASE WHEN type = 'event' THEN 1 END), "
        "count(DISTINCT date(time, 'unixepoch') || client_id) FROM HITS"
    )
    ((pageviews, events, visitors),) = ask(site_file, sums)
    assert pageviews > 1000
    for name, value in (("pageviews", pageviews), ("events", events), ("visitors", visitors)):
        assert browser.text("#total-" + name) == shown(value)
    tables = browser.tables()
    for name, column in (
        ("pages", "page"),
        ("referrers", "referrer_host"),
        ("languages", "language"),
    ):
        rows = ask(
            site_file,
            "SELECT %s AS item, count(*), count(DISTINCT date(time, 'unixepoch') || client_id) "
            "FROM HITS AND type = 'pageview' AND %s IS NOT NULL AND %s <> '' "
            "GROUP BY item ORDER BY 2 DESC, 1 LIMIT 10" % (column, column, column),
        )
        seen = [row for row in tables[name] if row[0] != "No referrer"]
        assert seen == [[shown(value) for value in row] for row in rows], name
    ((direct,),) = ask(
        site_file, "SELECT count(*) FROM HITS AND type = 'pageview' AND referrer_host IS NULL"
    )
    assert ["No referrer", shown(direct), "\u2013"] in tables["referrers"]
    events = ask(
        site_file,
        "SELECT coalesce(name, category || '/' || action) AS event, count(*), "
        "count(DISTINCT date(time, 'unixepoch') || client_id), round(coalesce(sum(value), 0), 2) "
        "FROM HITS AND type = 'event' GROUP BY event ORDER BY 2 DESC",
    )
    assert [(row[0], row[1], row[2]) for row in tables["events"]] == [
        (name, shown(number), shown(people)) for name, number, people, _ in events
    ]
    sums = [float(row[3].replace(",", "")) for row in tables["events"]]
    assert sums == [total for _, _, _, total in events]


def test_days_are_those_of_the_file(browser, site_file, written):
    """The table of days has each day of the period, with the numbers that SQL counts."""
    browser.open_file(written)
    rows = ask(
        site_file,
        "SELECT date(time, 'unixepoch') AS day, count(DISTINCT client_id), "
        "count(CASE WHEN type = 'pageview' THEN 1 END), count(CASE WHEN type = 'event' THEN 1 END) "
        "FROM HITS GROUP BY day ORDER BY day",
    )
    assert len(rows) == 30
    seen = browser.run(
        "return Array.from(document.querySelectorAll('#part-days tr'), row => [row.querySelector('time').dateTime]"
        ".concat(Array.from(row.querySelectorAll('td'), cell => cell.textContent)))"
    )
    assert seen == [[shown(value) for value in row] for row in rows]
    data = browser.run("return analyticalChart.data")
    assert data[1:] == [[row[at] for row in rows] for at in (1, 2, 3)]


def test_nothing_is_loaded(browser, written):
    """Opened from the disk the page asks for nothing but itself, and the policy has nothing to report."""
    browser.open_file(written)
    browser.find("summary").click()
    assert browser.requests() == ["file://" + written]
    assert browser.messages() == []


def over(browser):
    """Give the area of the chart."""
    area = browser.find(".u-over")
    browser.run("arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})", area)
    return area


def test_zoom(browser, written):
    """Dragging across the chart shows fewer days, a double click all of them; buttons do both."""
    browser.open_file(written)
    whole = browser.zoom()
    assert whole == [START, END - DAY]
    area = over(browser)
    actions = ActionChains(browser.driver)
    actions.move_to_element_with_offset(area, -200, 0).click_and_hold()
    actions.move_by_offset(50, 0).move_by_offset(150, 5).release().perform()
    first, last = browser.zoom()
    assert whole[0] < first < last < whole[1]
    assert browser.attribute("#zooms button[data-days='0']", "aria-pressed") == "false"
    ActionChains(browser.driver).double_click(area).perform()
    WebDriverWait(browser.driver, DEADLINE).until(lambda _: browser.zoom() == whole)
    browser.find("#zooms button[data-days='7']").click()
    assert browser.zoom() == [END - 7 * DAY, END - DAY]
    assert browser.attribute("#zooms button[data-days='7']", "aria-pressed") == "true"
    browser.find("#zooms button[data-days='0']").click()
    assert browser.zoom() == whole


def test_hover(browser, site_file, written):
    """The pointer over the chart shows the day it is at, and that day's numbers."""
    browser.open_file(written)
    total = browser.text("[data-series=visitors] b")
    area = over(browser)
    ActionChains(browser.driver).move_to_element(area).perform()
    at = browser.run("return analyticalChart.cursor.idx")
    assert 10 < at < 20
    day = START + at * DAY
    ((visitors, pageviews, words),) = ask(
        site_file,
        "SELECT count(DISTINCT client_id), count(CASE WHEN type = 'pageview' THEN 1 END), "
        "ltrim(strftime('%%d', %d, 'unixepoch'), '0') FROM HITS AND time >= %d AND time < %d"
        % (day, day, day + DAY),
    )
    assert browser.text("[data-series=visitors] b") == shown(visitors)
    assert browser.text("[data-series=pageviews] b") == shown(pageviews)
    assert " %s " % words in browser.text("#chart-readout")
    ActionChains(browser.driver).move_to_element(browser.find("h1")).perform()
    assert browser.text("[data-series=visitors] b") == total


def test_lines_can_be_left_out(browser, written):
    """A button of the legend takes its line out of the chart, and brings it back."""
    browser.open_file(written)
    button = browser.find("[data-series=pageviews]")
    for shown_now in (False, True):
        button.click()
        assert browser.run("return analyticalChart.series[2].show") is shown_now
        assert button.get_attribute("aria-pressed") == str(shown_now).lower()


def test_keys_of_the_chart(browser, written):
    """Arrow keys go from day to day and are heard; plus, minus and zero zoom."""
    browser.open_file(written)
    plot = browser.find("#plot")
    whole = browser.zoom()
    plot.send_keys(Keys.ARROW_LEFT)
    said = []
    for key in (Keys.HOME, Keys.ARROW_RIGHT, Keys.ARROW_RIGHT, Keys.END, Keys.ARROW_LEFT):
        plot.send_keys(key)
        browser.driver.execute_async_script("requestAnimationFrame(() => setTimeout(arguments[0]))")
        said.append(
            (
                browser.attribute("#plot", "aria-valuenow"),
                browser.attribute("#plot", "aria-valuetext"),
            )
        )
    assert [now for now, _ in said] == ["1", "2", "3", "30", "29"]
    assert said[0][1].startswith("Mon 26 Oct 2026, ") and " visitors, " in said[0][1]
    plot.send_keys("+")
    assert browser.zoom() != whole
    plot.send_keys("-", "-")
    assert browser.zoom() == whole
    plot.send_keys("+", "0")
    assert browser.zoom() == whole


# What Tab has to reach, as a browser and not as we see it.
FOCUSABLE = """
return Array.from(document.querySelectorAll('a[href], button, input, select, summary, [tabindex="0"]'))
  .filter(one => one.checkVisibility()).length
"""
NUMBERED = """
const one = document.activeElement;
if (!one || one === document.body) return null;
const style = getComputedStyle(one);
return [Array.from(document.querySelectorAll('*')).indexOf(one), style.outlineStyle !== 'none'];
"""


@pytest.mark.parametrize("live", [False, True])
def test_tab_reaches_all(browser, site_file, written, live):
    """Tab goes through all that can be used, in the order in which it stands, with a visible focus."""
    with serving(site_file) as server:
        browser.open(server.url) if live else browser.open_file(written)
        browser.find("summary").click()
        browser.run("document.body.tabIndex = -1; document.body.focus()")
        found = []
        for _ in range(60):
            ActionChains(browser.driver).send_keys(Keys.TAB).perform()
            number, visible = browser.run(NUMBERED) or (None, False)
            if found and number == found[-1][0]:  # the parts of a date are stops of their own
                continue
            if number is None or number in [number for number, _ in found]:
                break
            found.append((number, visible))
    numbers = [number for number, _ in found]
    assert [number for number, visible in found if not visible] == []
    assert numbers == sorted(numbers)
    assert len(numbers) == browser.run(FOCUSABLE) > 10


def test_skip_link(browser, written):
    """The first stop leads past the head, and is seen when it has the focus."""
    browser.open_file(written)
    ActionChains(browser.driver).send_keys(Keys.TAB).perform()
    assert browser.run("return document.activeElement.className") == "skip"
    assert browser.run("return document.activeElement.getBoundingClientRect().top") >= 0
    ActionChains(browser.driver).send_keys(Keys.ENTER).perform()
    assert browser.run("return document.activeElement.id") == "main"


def test_colours(browser, written):
    """The system's dark or light is followed, until the button chooses; the choice is kept."""
    browser.open_file(written)
    light = browser.color("body", "backgroundColor")
    browser.look(scheme="dark")
    dark = browser.color("body", "backgroundColor")
    assert dark != light
    assert browser.attribute("#theme", "aria-pressed") == "true"
    browser.find("#theme").send_keys(Keys.SPACE)
    assert browser.color("body", "backgroundColor") == light
    assert browser.attribute("#theme", "aria-pressed") == "false"
    browser.driver.refresh()
    assert browser.color("body", "backgroundColor") == light
    browser.find("#theme").click()
    assert browser.color("body", "backgroundColor") == dark
    browser.look(scheme="light")
    assert browser.color("body", "backgroundColor") == dark


def luminance(color):
    """Give the relative luminance of rgb(...), as WCAG 2 defines it."""
    parts = [int(part) / 255.0 for part in color[color.index("(") + 1 : -1].split(",")[:3]]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast(browser, tmp_path, site_file, scheme):
    """All text, and the lines of the chart, have a contrast of 4.5 or more to what is behind them."""
    found = figures(site_file)
    found["before"].update(visitors=1, pageviews=10**9, events=found["totals"]["events"])
    browser.look(scheme=scheme)
    browser.open_file(write_page(tmp_path, page(found)))
    ground, card = browser.color("body", "backgroundColor"), browser.color(
        ".card", "backgroundColor"
    )
    pairs = [(browser.color(name), card) for name in (".tile dt", ".value", ".share", "summary")]
    pairs += [
        (browser.color(name), ground) for name in ("h1", ".period .quiet", "nav a", "footer li")
    ]
    for name in (".change.up", ".change.down", ".change.same"):
        pairs += [(browser.color(name), card)]
    for name in ("visitors", "pageviews", "events"):
        pairs += [(browser.color(".swatch-" + name, "backgroundColor"), card)]
    pairs += [
        (
            browser.color("#zooms button[aria-pressed=true]"),
            browser.color("#zooms button[aria-pressed=true]", "backgroundColor"),
        )
    ]
    for front, back in pairs:
        lighter, darker = sorted([luminance(front), luminance(back)], reverse=True)
        assert (lighter + 0.05) / (darker + 0.05) >= 4.5, (front, back)


@pytest.mark.parametrize("width", [320, 360, 768, 1280, 1920])
def test_widths(browser, tmp_path, width):
    """Nothing is wider than the window, however long the words; a wide window has columns."""
    path = str(tmp_path / "analytics.db")
    long = "w" * 400
    with analytical.Provider("sqlite", path) as provider:
        visitor = {"client_id": "1", "timestamp": START}
        provider.pageview(
            dict(
                visitor,
                url="https://%s.example/%s" % ("h" * 60, long),
                referrer="https://%s.example/" % ("r" * 60),
            )
        )
        provider.pageview(
            dict(visitor, url="https://b.example/", language=long, campaign_name=long)
        )
        provider.event(dict(visitor, name=long, value=123456789012, properties={long: long}))
    browser.look(width=width)
    browser.open_file(write_page(tmp_path, page(figures(path))))
    browser.find("summary").click()
    wide = browser.run("return [document.documentElement.scrollWidth, window.innerWidth]")
    assert wide[0] <= wide[1] == width
    columns = browser.run(
        "return new Set(Array.from(document.querySelectorAll('#technology .card, #pages .card'), "
        "card => card.getBoundingClientRect().left)).size"
    )
    assert columns == 1 if width < 600 else columns >= (3 if width >= 1280 else 2)
    assert browser.run("return analyticalChart.width") <= width


def test_without_script(browser, written):
    """Where scripts are off all numbers are there, and nothing that would not work."""
    browser.look(scripts=False)
    browser.open_file(written)
    assert browser.find("#total-visitors").is_displayed()
    assert len(browser.driver.find_elements("css selector", ".cards tbody tr")) > 30
    for selector in ("#theme", "#plot", ".legend"):
        assert not browser.find(selector).is_displayed()


AXE = "const done = arguments[0]; axe.run().then(found => done(found.violations.map(one => [one.id, one.nodes.map(node => node.html)])))"


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (360, "light")])
@pytest.mark.parametrize("live", [False, True])
def test_accessibility(browser, axe, site_file, written, width, scheme, live):
    """axe-core finds nothing to mend, in any colours, on a small screen, and with the form."""
    browser.look(width=width, scheme=scheme)
    with serving(site_file) as server:
        browser.open(server.url) if live else browser.open_file(written)
        browser.run("document.querySelector('details').open = true")
        browser.run(axe)
        assert browser.driver.execute_async_script(AXE) == []


def test_as_a_screen_reader_has_it(browser, written):
    """Landmarks, one main heading, headings without a gap, and a name for all that can be used."""
    browser.open_file(written)
    tree = browser.command("Accessibility.getFullAXTree")["nodes"]
    nodes = [
        (node["role"]["value"], node.get("name", {}).get("value", ""))
        for node in tree
        if not node["ignored"]
    ]
    roles = [role for role, _ in nodes]
    for role in ("banner", "main", "contentinfo", "navigation"):
        assert roles.count(role) == 1, role
    unnamed = [
        node
        for node in nodes
        if node[0] in ("button", "link", "slider", "region", "table", "figure") and not node[1]
    ]
    assert unnamed == []
    levels = browser.run(
        "return Array.from(document.querySelectorAll('h1, h2, h3'), head => Number(head.tagName[1]))"
    )
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after - before <= 1 for before, after in zip(levels, levels[1:]))
    assert ("slider", "Day in the chart") in nodes
