"""figures(): equal to what plain Python counts, after whatever happened to the file."""

from __future__ import absolute_import, division, print_function, unicode_literals

import contextlib
import datetime
import json
import os
import random
import sqlite3

import pytest
from counting import DAY, expected, rows_of
from hypothesis import given, settings
from hypothesis import strategies as st

import analytical
from analytical.errors import ConfigurationError
from analytical.report.figures import figures

START = datetime.date(2026, 3, 1)
MIDNIGHT = 1772323200
AGENTS = (
    None,
    "",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/17.4 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (X11; Linux x86_64; rv:124.0) Gecko/20100101 Firefox/124.0",
    "Mozilla/5.0 (iPad; CPU OS 16_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.1 Safari/604.1",
    "Mozilla/5.0 (compatible; Examplebot/1.0; +http://www.example.com/bot.html)",
    "Rare user agent",
    "x" * 2000,
)


@pytest.fixture
def path(tmpdir):
    """Give a path where no file is yet."""
    return str(tmpdir.join("analytics.db"))


def hit(chance, days):
    """Make a hit at random: its type and fields."""
    fields = {
        "timestamp": MIDNIGHT
        + chance.randrange(days) * DAY
        + chance.choice([0, DAY - 0.001, 5000, 7]),
        "url": chance.choice(
            ["https://a.example/", "https://b.example/x?y=1", "https://a.example/\u65e5"]
        ),
        "client_id": chance.choice("123"),
        "user_agent": chance.choice(AGENTS),
        "user_ip": chance.choice([None, "192.0.2.1"]),
        "language": chance.choice([None, "en-GB", "en-gb", "de"]),
        "referrer": chance.choice([None, "https://a.example/", "https://www.c.example/x"]),
        "status": chance.choice([None, 200, 404]),
    }
    if chance.random() < 0.3:
        del fields["client_id"]
    if chance.random() < 0.2:
        fields.update(campaign_source="news", campaign_name=chance.choice([None, "spring"]))
        fields["campaign_medium"] = chance.choice([None, "mail"])
    if chance.random() < 0.1:
        del fields["url"]
    kind = chance.choice(["pageview", "pageview", "pageview", "event", "timing"])
    if kind == "event":
        fields["properties"] = chance.choice(
            [None, {"a": 1}, {"a": "1", "b": True}, {"c": None, "d": False, "\u65e5": "x"}]
        )
        fields["value"] = chance.choice([None, 1, 2.5])
        fields["category"] = chance.choice([None, "cart"])
        fields["action"] = chance.choice([None, "add"])
        fields["name"] = chance.choice([None, "signup"])
    return kind, {name: value for name, value in fields.items() if value is not None}


def fill(path, chance, count, days=5):
    """Store so many hits at random."""
    with analytical.Provider("sqlite", path) as provider:
        assert all(provider.batch([hit(chance, days) for _ in range(count)]))


def check(path, first=START, last=START + datetime.timedelta(4), **options):
    """Compare with what Python counts; give the figures."""
    found = figures(path, first, last, **options)
    wanted = expected(path, first, last, **options)
    before = found["before"] and {
        key: value for key, value in found["before"].items() if key not in ("first", "last")
    }
    assert found["totals"] == wanted["totals"]
    assert before == wanted["before"]
    assert found["days"] == wanted["days"]
    for name, table in wanted["tables"].items():
        assert found["tables"][name] == table, name
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    return found


def execute(path, sql, parameters=()):
    """Execute a statement by a connection of our own."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute(sql, parameters).close()
        connection.commit()


class TestNumbers(object):
    @settings(max_examples=15)
    @given(st.integers(0, 10**6), st.integers(1, 60), st.integers(1, 3))
    def test_random_hits(self, tmp_path_factory, seed, count, limit):
        """Whatever is stored, in however many steps, the figures are those that Python counts."""
        path = str(tmp_path_factory.mktemp("random").joinpath("analytics.db"))
        chance = random.Random(seed)
        for _ in range(3):
            fill(path, chance, count)
            check(path, limit=limit)
            check(path, site="a.example")
            check(path, START + datetime.timedelta(2), START + datetime.timedelta(3))
            check(path, START + datetime.timedelta(2), site="b.example")

    def test_days_add_up(self, path):
        """The days of the series sum to the totals, visitors included."""
        fill(path, random.Random(5), 300)
        found = check(path)
        for place, name in enumerate(("pageviews", "visitors", "events"), 1):
            assert sum(day[place] for day in found["days"]) == found["totals"][name] > 0

    def test_shape(self, path):
        """All of the contract's keys are there."""
        fill(path, random.Random(1), 200)
        found = figures(path)
        assert set(found) == set(
            "file site sites first last earliest latest totals before days tables newest made".split()
        )
        assert (found["file"], found["site"]) == ("analytics.db", None)
        assert found["sites"] == ["a.example", "b.example"]
        assert (found["earliest"], found["latest"]) == ("2026-03-01", "2026-03-05")
        assert (found["first"], found["last"]) == ("2026-03-01", "2026-03-05")
        assert found["newest"] == rows_of(path)[-1]["time"]
        assert found["before"] is None
        assert figures(path, "2026-03-05")["before"]["first"] == "2026-03-04"


class TestPeriods(object):
    def test_the_last_thirty_days(self, path):
        """By default the last is the day of the newest hit, and 29 days go before it."""
        with analytical.Provider("sqlite", path) as provider:
            for day in (0, 50, 79):
                provider.pageview(url="https://a.example/", timestamp=MIDNIGHT + day * DAY)
        found = figures(path)
        assert (found["first"], found["last"], len(found["days"])) == (
            "2026-04-20",
            "2026-05-19",
            30,
        )
        assert found["days"][0] == ["2026-04-20", 1, 0, 0]
        assert (found["before"]["first"], found["before"]["last"]) == ("2026-03-21", "2026-04-19")
        assert found["before"]["pageviews"] == 0
        assert figures(path, last="2026-03-02")["first"] == "2026-03-01"
        assert figures(path, first="2027-01-01")["last"] == "2027-01-01"

    def test_an_empty_file(self, path):
        """A file without hits gives zeros."""
        fill(path, random.Random(1), 1)
        execute(path, "DELETE FROM hits")
        found = figures(path)
        assert set(found["totals"].values()) == {0}
        assert (found["earliest"], found["latest"], found["newest"]) == (None, None, None)
        assert (found["before"], found["sites"], len(found["days"])) == (None, [], 1)
        assert found["tables"]["pages"] == {"rows": [], "items": 0, "total": 0}
        check(path, site="nowhere.example")

    @pytest.mark.parametrize(
        "options",
        [
            {"first": "2026-03-05", "last": "2026-03-01"},
            {"first": "yesterday"},
            {"first": "1969-12-31"},
            {"last": "9999-12-31"},
            {"first": "1970-01-01", "last": "2200-01-01"},
            {"last": 5},
            {"last": datetime.datetime(2026, 3, 1)},
            {"limit": 0},
            {"site": ""},
        ],
        ids=lambda options: "%s" % sorted(options.items()),
    )
    def test_options_are_checked(self, path, options):
        """Days, sites and limits that are none are refused."""
        fill(path, random.Random(1), 3)
        with pytest.raises(ConfigurationError):
            figures(path, **options)

    def test_a_missing_file(self, path):
        """The reason is told, and nothing is made."""
        with pytest.raises(ConfigurationError) as caught:
            figures(path)
        assert ": missing: " in "%s" % caught.value
        assert os.listdir(os.path.dirname(path)) == []
