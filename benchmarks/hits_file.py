"""Makes files of the sqlite provider with as many hits as wanted, as a site of some size would have them."""

from __future__ import absolute_import, division, print_function, unicode_literals

import contextlib
import datetime
import json
import random
import sqlite3
import sys

FIRST_DAY = 20400  # days since 1970
DAY = 86400
BATCH = 50000  # rows of one transaction

HOSTS = ("www.example.com", "shop.example.com", "blog.example.org")
AGENTS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{0}.0.{1}.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_{1} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/{0}.0 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Linux; Android 14; SM-S{1}B) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{0}.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (X11; Linux x86_64; rv:{0}.0) Gecko/20100101 Firefox/{0}.{1}",
    "Mozilla/5.0 (iPad; CPU OS 16_{1} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/{0}.0 Safari/604.1",
)
BOT = "Mozilla/5.0 (compatible; Examplebot/{0}.{1}; +http://www.example.com/bot.html)"
LANGUAGES = ("en-us", "en-gb", "de-de", "fr-fr", "es-es", "pt-br", "ja-jp", "nl-nl", "pl-pl", "sv")
COLUMNS = (
    "id time type page referrer_host url title referrer client_id user_agent language name value properties "
    "campaign_name campaign_source campaign_medium"
).split()


def first_date():
    """Give the first day of a file, as text."""
    return (datetime.date(1970, 1, 1) + datetime.timedelta(FIRST_DAY)).isoformat()


def skewed(chance, count):
    """Choose one of so many, the first far more often than the last."""
    return int((count + 1) ** chance.random()) - 1


def visits(chance, start, length):
    """Give rows of one visitor after another, some hits each, for ever, within a period."""
    while True:
        client = "%032x" % chance.getrandbits(128)
        bot = chance.random() < 0.05
        agent = (BOT if bot else AGENTS[skewed(chance, len(AGENTS))]).format(
            100 + skewed(chance, 40), skewed(chance, 60)
        )
        language = LANGUAGES[skewed(chance, len(LANGUAGES))]
        begin = start + chance.random() * max(length - 1200, 1)
        for number in range(1 + skewed(chance, 16)):
            moment = min(begin + number * 37.5, start + length - 0.001)
            yield row(chance, moment, client, agent, language, number)


def row(chance, moment, client, agent, language, number):
    """Give one row: a pageview, or one time in eight an event."""
    page = "%s/section-%d/page-%d" % (
        HOSTS[skewed(chance, 3)],
        skewed(chance, 30),
        skewed(chance, 300),
    )
    url = "https://" + page
    base = [
        "%032x" % chance.getrandbits(128),
        moment,
        "pageview",
        page,
        None,
        url,
        "Title of a page",
    ]
    referrer, campaign = None, (None, None, None)
    if number:
        referrer, base[4] = "https://%s/" % page.partition("/")[0], ""
    elif chance.random() < 0.5:
        base[4] = "site-%d.example" % skewed(chance, 800)
        referrer = "https://%s/some/path" % base[4]
        if chance.random() < 0.2:
            campaign = ("campaign-%d" % skewed(chance, 60), base[4], "referral")
    event = (None, None, None)
    if chance.random() < 0.125:
        base[2] = "event"
        properties = {"plan": "plan-%d" % skewed(chance, 12), "size": skewed(chance, 40)}
        event = ("event-%d" % skewed(chance, 25), float(skewed(chance, 90)), json.dumps(properties))
    return base + [referrer, client, agent, language] + list(event) + list(campaign)


def fill(path, rows, days=365, seed=7):
    """Make a file of so many hits over so many days, day after day."""
    # Not above: analytical 0.0.1, which is measured too, has no such module.
    from analytical.providers.rows import SCHEMA

    chance = random.Random(seed)
    sql = "INSERT INTO hits (%s) VALUES (%s)" % (", ".join(COLUMNS), ", ".join("?" * len(COLUMNS)))
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=WAL").fetchall()
        connection.execute("PRAGMA synchronous=OFF").close()
        SCHEMA.prepare(connection)
        for day in range(days):
            count = rows * (day + 1) // days - rows * day // days
            source = visits(chance, (FIRST_DAY + day) * DAY, DAY)
            todays = sorted((next(source) for _ in range(count)), key=lambda each: each[1])
            connection.execute("BEGIN").close()
            connection.executemany(sql, todays).close()
            connection.execute("COMMIT").close()


if __name__ == "__main__":
    fill(sys.argv[1], int(sys.argv[2]))
