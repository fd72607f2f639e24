"""The queries over the sqlite provider's file: right numbers, whatever its age, and no trace in it."""

from __future__ import absolute_import, division, print_function, unicode_literals

import contextlib
import datetime
import json
import os
import random
import sqlite3

import pytest

import analytical
from analytical.errors import ConfigurationError
from analytical.report.queries import RECIPES, summary

START = 1600000000


@pytest.fixture
def path(tmpdir):
    """Give a path where no file is yet."""
    return str(tmpdir.join("analytics.db"))


def fill(path, hits):
    """Store hits: pairs of type and fields, one each second."""
    with analytical.Provider("sqlite", path) as provider:
        entries = [
            (hit_type, dict(fields, timestamp=START + second))
            for second, (hit_type, fields) in enumerate(hits)
        ]
        assert all(provider.batch(entries))


def execute(path, sql, parameters=()):
    """Execute a statement by a connection of our own."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        cursor = connection.execute(sql, parameters)
        found = cursor.fetchall()
        cursor.close()
        connection.commit()
    return found


HITS = [
    ("pageview", {"url": "https://www.example.com/a?b=1", "client_id": "1"}),
    (
        "pageview",
        {
            "url": "https://www.example.com/a#c",
            "client_id": "1",
            "referrer": "https://example.com/b",
        },
    ),
    (
        "pageview",
        {"url": "https://www.example.com/a", "client_id": "2", "referrer": "https://example.org/x"},
    ),
    (
        "pageview",
        {"url": "https://www.example.com/b", "user_id": "9", "client_id": "1"},
    ),
    (
        "pageview",
        {
            "url": "https://www.example.com/b",
            "user_ip": "192.0.2.1",
            "referrer": "http://a.example/",
        },
    ),
    (
        "pageview",
        {
            "title": "no page",
            "user_ip": "192.0.2.1",
            "user_agent": "x",
            "referrer": "http://a.example",
        },
    ),
    ("event", {"category": "cart", "action": "add", "value": 2, "client_id": "1"}),
    ("event", {"category": "cart", "action": "add", "value": 0.5}),
    ("event", {"name": "signup", "category": "cart", "action": "add"}),
    ("event", {"category": "cart"}),
    ("timing", {"timing_time": 5}),
]


class TestSummary(object):
    def test_numbers(self, path):
        """Totals, pages, sources and events are counted; the pages' own host is no source."""
        fill(path, HITS)
        assert summary(path) == {
            "totals": {
                "hits": 11,
                "pageviews": 6,
                "events": 4,
                "visitors": 5,
                "direct": 2,
                "first": START,
                "last": START + 10,
            },
            "pages": [["www.example.com/a", 3, 2], ["www.example.com/b", 2, 2]],
            "referrers": [["a.example", 2, 2], ["example.org", 1, 1]],
            "events": [["cart/add", 2, 1, 2.5], ["cart", 1, 0, 0], ["signup", 1, 0, 0]],
        }

    def test_json(self, path):
        """The summary is what JSON can carry."""
        fill(path, HITS + [("event", {"name": "huge", "value": 1.7e308})] * 2)
        found = summary(path)
        assert json.loads(json.dumps(found, allow_nan=False)) == found
        assert ["huge", 2, 0, None] in found["events"]

    def test_limit(self, path):
        """Each list has the most frequent first, at most as many as asked for."""
        numbers = [number for number in range(30) for _ in range(number + 1)]
        fill(
            path,
            [
                (
                    "pageview",
                    {"url": "https://example.com/%d" % n, "referrer": "http://%d.example" % n},
                )
                for n in numbers
            ]
            + [("event", {"name": "%d" % number}) for number in numbers],
        )
        assert [len(summary(path)[name]) for name in ("pages", "referrers", "events")] == [10] * 3
        found = summary(path, limit=2)
        assert found["pages"] == [["example.com/29", 30, 0], ["example.com/28", 29, 0]]
        assert found["referrers"] == [["29.example", 30, 0], ["28.example", 29, 0]]
        assert found["events"] == [["29", 30, 0, 0], ["28", 29, 0, 0]]

    @pytest.mark.parametrize(
        "since",
        [START + 2, datetime.datetime(2020, 9, 13, 12, 26, 42), "2020-09-13T12:26:42Z"],
        ids=["seconds", "datetime", "text"],
    )
    def test_period(self, path, since):
        """A period counts from its start on and before its end, in any form of time."""
        fill(path, HITS)
        found = summary(path, since=since, until=START + 7)
        assert (found["totals"]["hits"], found["totals"]["visitors"]) == (5, 5)
        assert (found["totals"]["first"], found["totals"]["last"]) == (START + 2, START + 6)
        assert found["pages"] == [["www.example.com/b", 2, 2], ["www.example.com/a", 1, 1]]
        assert summary(path, until=START)["totals"] == {
            "hits": 0,
            "pageviews": 0,
            "events": 0,
            "visitors": 0,
            "direct": 0,
            "first": None,
            "last": None,
        }
        assert summary(path, since=START + 10)["totals"]["hits"] == 1

    def test_a_visitor_is_counted_once_a_day(self, path):
        """Who comes on three days, however often, is counted three times, so that days add up."""
        fill(path, [])
        with analytical.Provider("sqlite", path) as provider:
            for second in (0, 1, 86400, 86401, 3 * 86400):
                at = 1600041600 + second  # midnight
                provider.pageview(url="https://example.com/", cid="1", timestamp=at)
                provider.pageview(url="https://example.com/", cid="2", timestamp=at - 86400.001)
        found = summary(path)
        assert (found["totals"]["visitors"], found["pages"]) == (7, [["example.com/", 10, 7]])
        days = execute(path, RECIPES["days"], {"limit": 10})
        assert [(day * 86400 - 1600041600, visitors) for day, _, _, _, visitors, _ in days] == [
            (-172800, 1),
            (-86400, 1),
            (0, 2),
            (86400, 2),
            (259200, 1),
        ]
        assert execute(path, RECIPES["everyone"]) == [(2,)]

    def test_recipes_stand_alone(self, path):
        """Each recipe is plain SQL that gives the same by any tool for SQLite."""
        fill(path, HITS)
        found = summary(path)
        for name in ("pages", "referrers", "events"):
            assert [list(row) for row in execute(path, RECIPES[name], {"limit": 10})] == found[name]
        (totals,) = execute(path, RECIPES["totals"])
        assert sorted(totals) == sorted(found["totals"].values())

    def test_many_hits(self, path):
        """The numbers are those that Python counts, over hits of many visitors and pages."""
        chance = random.Random(7)
        hits = [(chance.randrange(40), chance.randrange(100)) for _ in range(2000)]
        fill(
            path,
            [
                (
                    "pageview",
                    {"url": "https://example.com/%d?q=%d" % (page, who), "cid": "%d" % who},
                )
                for page, who in hits
            ],
        )
        expected = [
            [
                "example.com/%d" % page,
                len([1 for hit in hits if hit[0] == page]),
                len({who for at, who in hits if at == page}),
            ]
            for page in {page for page, _ in hits}
        ]
        expected.sort(key=lambda row: (-row[1], row[0]))
        found = summary(path, limit=100)
        assert found["pages"] == expected
        assert found["totals"]["visitors"] == len({who for _, who in hits})


class TestFiles(object):
    def test_nothing_is_written(self, path):
        """A summary leaves the file as it was, and none beside it."""
        fill(path, HITS)
        with open(path, "rb") as stream:
            before = stream.read()
        summary(path)
        with open(path, "rb") as stream:
            assert stream.read() == before
        assert os.listdir(os.path.dirname(path)) == ["analytics.db"]

    def test_while_others_write(self, path):
        """Hits stored a moment ago by an open provider are seen, and one amid a transaction is no bar."""
        with analytical.Provider("sqlite", path) as provider:
            assert provider.pageview(title="stored")
            with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
                other.execute("BEGIN IMMEDIATE").close()
                other.execute("INSERT INTO hits (id, time, type) VALUES ('a', 1, 'event')").close()
                assert summary(path)["totals"]["hits"] == 1
                other.execute("COMMIT").close()
            assert summary(path)["totals"]["hits"] == 2

    def test_an_older_file(self, path):
        """A file from before some columns gives what it has, and is not changed."""
        execute(
            path,
            "CREATE TABLE hits (seq INTEGER PRIMARY KEY, id TEXT NOT NULL, time REAL NOT NULL, "
            "type TEXT NOT NULL, page TEXT, category TEXT, action TEXT)",
        )
        for name in ("a", "b"):
            execute(
                path,
                "INSERT INTO hits (id, time, type, page, category, action) "
                "VALUES (?, 5, 'pageview', 'example.com/', NULL, NULL), "
                "(? || '2', 6, 'event', NULL, 'c', 'd')",
                (name, name),
            )
        columns = execute(path, "PRAGMA table_info(hits)")
        for found in (summary(path), summary(path, since=1)):
            assert (found["totals"]["hits"], found["totals"]["visitors"]) == (4, 0)
            assert found["pages"] == [["example.com/", 2, 0]]
            assert found["events"] == [["c/d", 2, 0, 0]]
        assert execute(path, "PRAGMA table_info(hits)") == columns

    def test_text_that_is_no_utf8(self, path):
        """What others wrote in another encoding is shown with a mark."""
        fill(path, HITS)
        execute(path, "UPDATE hits SET page = CAST(x'ff61' AS TEXT) WHERE page IS NOT NULL")
        assert summary(path)["pages"] == [["\ufffda", 5, 4]]

    @pytest.mark.parametrize(
        ("statement", "reason"),
        [
            (None, "missing"),
            ("text", "corrupt"),
            ("", "foreign"),
            ("CREATE TABLE users (name TEXT)", "foreign"),
            ("PRAGMA user_version = 99", "newer"),
        ],
    )
    def test_a_file_that_cannot_be_read(self, path, statement, reason):
        """The error names the reason, and no file is made."""
        if statement == "text":
            with open(path, "w") as stream:
                stream.write("This is a diary. " * 100)
        elif statement is not None:
            if reason == "newer":
                fill(path, HITS)
            execute(path, statement or "SELECT 1")
            open(path, "a").close()
        with pytest.raises(ConfigurationError) as caught:
            summary(path)
        assert ": %s: " % reason in "%s" % caught.value
        assert path not in "%s" % caught.value
        assert os.path.exists(path) == (statement is not None)

    @pytest.mark.parametrize(
        "options",
        [{"limit": 0}, {"limit": "5"}, {"limit": True}, {"since": "yesterday"}, {"until": -1}],
        ids=lambda options: "%s" % sorted(options.items()),
    )
    def test_options_are_checked(self, path, options):
        """A limit or a time that is none is refused by its name."""
        fill(path, HITS)
        with pytest.raises(ConfigurationError) as caught:
            summary(path, **options)
        assert list(options)[0] + "=" in "%s" % caught.value
