"""Attackers' hits in Chromium: nothing of theirs runs, on the page from the disk or the live one."""

from __future__ import absolute_import, division, print_function, unicode_literals

import contextlib
import io
import os
import sqlite3

import pytest
from six.moves.urllib.parse import quote

import analytical
from analytical.vocabulary import FIELDS

if "BROWSER" not in os.environ:
    pytest.importorskip("selenium", reason="tox -e browser brings it")
pytest.importorskip("jinja2")

from browsing import write_page  # noqa: E402
from selenium.common.exceptions import NoAlertPresentException  # noqa: E402
from selenium.webdriver.support.ui import WebDriverWait  # noqa: E402
from serving_here import serving  # noqa: E402

from analytical.report.figures import figures  # noqa: E402
from analytical.report.page import page  # noqa: E402

DEADLINE = 60  # seconds; a safety net
START = 1792972800  # a day
DAY = 86400

MARK = "window.attacked=1"
ATTACKS = (
    "<script>%s</script>" % MARK,
    '"><img src=x onerror=%s>' % MARK,
    "'><svg/onload=%s>" % MARK,
    "</script><script>%s</script>" % MARK,
    "</style></title></textarea></noscript><script>%s</script>" % MARK,
    "javascript:%s" % MARK,
    "{{7*7}}{%% set x=1 %%}${7*7}<%%= 7*7 %%>{{constructor.constructor('%s')()}}" % MARK,
    '" onfocus="%s" autofocus tabindex="1" style="position:fixed' % MARK,
    "--><script>%s</script><!--" % MARK,
    "<meta http-equiv=refresh content='0;url=http://192.0.2.1/'><base href='http://192.0.2.1/'>",
    "<link rel=stylesheet href=http://192.0.2.1/x><iframe srcdoc='<script>%s</script>'>" % MARK,
    "alert(1)//`${alert(1)}`",
)


# Fields whose texts have to be of another kind, or that are no part of what is stored.
LEFT_OUT = ("url", "host", "path", "referrer", "currency")
COLUMNS = ("page", "referrer_host", "name", "language", "campaign_name", "status")
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def attack(path):
    """Store hits with an attack in every field that takes one: by the provider, and as others may write them."""
    texts = [field.name for field in FIELDS if field.kind == "text" and field.name not in LEFT_OUT]
    assert {"title", "user_agent", "campaign_name", "language"} <= set(texts)
    hits = []
    for number, text in enumerate(ATTACKS):
        fields = dict.fromkeys(texts, text)
        fields.update(
            timestamp=START + number * DAY,
            properties={text: text, "list": [text]},
            items=[{"id": text, "name": text}],
            custom_dimensions={1: text},
            referrer="https://%s/%s" % (text, text),
            host=text,
            path="/" + text,
        )
        for agent in (text, FIREFOX):
            for hit_type in ("pageview", "event", "transaction"):
                hits.append((hit_type, dict(fields, user_agent=agent)))
    with analytical.Provider("sqlite", path) as provider:
        assert all(provider.batch(hits))
    sql = "INSERT INTO hits (id, time, type, user_agent, %s) VALUES (?, ?, 'pageview', ?, %s)"
    with contextlib.closing(sqlite3.connect(path)) as connection:
        for number, text in enumerate(ATTACKS):
            for agent in (text, FIREFOX):
                connection.execute(
                    sql % (", ".join(COLUMNS), ", ".join("?" * len(COLUMNS))),
                    ("%s %d" % (agent, number), START, agent, text + "/" + text) + (text,) * 5,
                )
        connection.commit()
    return path


def nothing_ran(browser):
    """Tell that no attack has run, opened a window or reported to the console."""
    with pytest.raises(NoAlertPresentException):
        browser.driver.switch_to.alert.text  # noqa: B018 - asking is what raises
    assert browser.run("return [window.attacked, window.length]") == [None, 0]
    assert browser.messages() == []


def test_attacks_on_the_file(browser, tmp_path):
    """Scripts in every field of stored hits do not run on a page that is opened from the disk."""
    path = attack(str(tmp_path / "analytics.db"))
    written = write_page(tmp_path, page(figures(path, limit=100)))
    browser.open_file(written)
    tables = browser.tables()
    for text in ATTACKS:
        for name in ("pages", "referrers", "campaigns", "languages", "events", "properties"):
            seen = [row[0].lower() for row in tables[name]]
            assert any(text.lower() in item for item in seen), (name, text)
    nothing_ran(browser)
    assert browser.requests() == ["file://" + written]


def test_attacks_on_the_server(browser, tmp_path):
    """Nor do they on the live page, nor when they come by a refresh."""
    path = str(tmp_path / "analytics.db")
    with analytical.Provider("sqlite", path) as provider:
        provider.pageview(url="https://example.com/", timestamp=START)
    with serving(path) as server:
        browser.open(server.url)
        attack(path)
        WebDriverWait(browser.driver, DEADLINE).until(
            lambda _: "javascript:" in browser.text("main")
        )
        nothing_ran(browser)
        browser.open(server.url)
        nothing_ran(browser)
        for text in ATTACKS:
            browser.open(server.url + "?site=" + quote(text, safe=""))
            assert browser.run("return [window.attacked, window.length]") == [None, 0]
        assert not [url for url in browser.requests() if not url.startswith(server.url)]


def test_the_policy_would_hold(browser, tmp_path, written):
    """What an attacker got into the page unescaped would be stopped by the policy, which reports it."""
    with io.open(written, encoding="ascii") as stream:
        text = stream.read()
    marks = "<script>%s</script><img src=x onerror=%s>" % (MARK, MARK)
    bad = "<p style='color:red'>%s<img src='http://192.0.2.1/x'></main>" % marks
    browser.open_file(write_page(tmp_path, text.replace("</main>", bad)))
    assert browser.run("return window.attacked") is None
    messages = browser.messages()
    assert len(messages) >= 3 and all("Content Security Policy" in message for message in messages)


def test_the_marks_would_be_seen(browser, tmp_path):
    """The attacks do run on a page that takes them as they are: these tests can fail."""
    for text in ATTACKS[:5]:
        browser.open_file(write_page(tmp_path, '<p title="\'">' + text))
        WebDriverWait(browser.driver, DEADLINE).until(
            lambda _: browser.run("return window.attacked") == 1
        )
