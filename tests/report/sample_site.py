"""A made-up site: two months of visits in a file of the sqlite provider, the same each time."""

from __future__ import absolute_import, division, print_function, unicode_literals

import calendar
import random

import analytical

FIRST = calendar.timegm((2026, 9, 26, 0, 0, 0))
DAYS = 60
DAY = 86400

PAGES = (
    (40, "/"),
    (18, "/docs/getting-started"),
    (14, "/pricing"),
    (9, "/docs/api"),
    (8, "/blog/counting-on-the-server"),
    (6, "/about"),
    (5, "/docs/faq"),
    (4, "/blog"),
    (3, "/docs/privacy"),
    (2, "/contact"),
    (2, "/jobs"),
    (1, "/docs/changelog"),
)
REFERRERS = (
    (50, None),
    (24, "https://search.example/"),
    (11, "https://news.example/item"),
    (7, "https://forum.example.org/t/12"),
    (5, "https://social.example/"),
    (3, "https://blog.example.net/post"),
)
CAMPAIGNS = ((80, None), (12, "autumn-newsletter"), (6, "conference"), (2, "partner"))
LANGUAGES = ((55, "en-us"), (17, "de-de"), (11, "fr-fr"), (9, "ja"), (8, "pt-br"))
PLANS = ((6, "free"), (3, "team"), (1, "enterprise"))
AGENTS = (
    (
        38,
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/146.0.0.0 Safari/537.36",
    ),
    (
        21,
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
    ),
    (
        15,
        "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/146.0.0.0 Mobile Safari/537.36",
    ),
    (10, "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"),
    (
        9,
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15",
    ),
    (
        3,
        "Mozilla/5.0 (iPad; CPU OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
    ),
    (4, "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"),
)


def build(path, seed=1, visits=60):
    """
    Fill a file.

    :param visits: about how many there are on a day
    """
    chance = random.Random(seed)
    hits = [hit for day in range(DAYS) for hit in _day(chance, day, visits)]
    with analytical.Provider("sqlite", path) as provider:
        assert all(provider.batch(hits))
    return path


def _day(chance, day, visits):
    weekend = (FIRST // DAY + day + 4) % 7 in (0, 6)
    count = visits * (0.6 if weekend else 1.0) * (1 + day / 90.0) + (visits if day == 44 else 0)
    for number in range(int(count + chance.random() * visits / 5)):
        for hit in _visit(chance, day, number):
            yield hit


def _visit(chance, day, number):
    time = FIRST + day * DAY + int(chance.triangular(0, DAY - 3600, DAY * 0.6))
    visitor = {
        "client_id": "%d-%d" % (day, number),
        "user_agent": _pick(chance, AGENTS),
        "language": _pick(chance, LANGUAGES),
    }
    first = dict(visitor, referrer=_pick(chance, REFERRERS))
    if chance.random() < 0.2:
        first.update(campaign_name=_pick(chance, CAMPAIGNS), campaign_source="mail")
    for step in range(1 + int(chance.expovariate(0.9))):
        time += chance.randrange(5, 120)
        host = "shop.example.com" if chance.random() < 0.1 else "www.example.com"
        fields = dict(visitor if step else first, url="https://%s%s" % (host, _pick(chance, PAGES)))
        yield "pageview", _given(fields, time)
    if chance.random() < 0.08:
        event = {"name": "signup", "properties": {"plan": _pick(chance, PLANS)}}
        yield "event", _given(dict(visitor, host="www.example.com", path="/", **event), time + 3)
    if chance.random() < 0.12:
        event = {"category": "cart", "action": "add", "value": chance.randrange(500, 9000) / 100.0}
        yield "event", _given(dict(visitor, host="shop.example.com", path="/", **event), time + 9)


def _given(fields, time):
    return {
        name: value for name, value in dict(fields, timestamp=time).items() if value is not None
    }


def _pick(chance, weighted):
    at = chance.random() * sum(weight for weight, _ in weighted)
    for weight, value in weighted:
        at -= weight
        if at < 0:
            return value
    return weighted[0][1]
