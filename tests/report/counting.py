"""Counts what figures() counts, in plain Python over the rows of a file, to be compared with it."""

from __future__ import absolute_import, division, print_function, unicode_literals

import collections
import contextlib
import datetime
import json
import sqlite3

from analytical._sqlite_file import open_to_read
from analytical.privacy.bots import is_bot
from analytical.report import agents

DAY = 86400


def rows_of(path):
    """Give all hits of a file as dicts, in the order of their time."""
    with contextlib.closing(open_to_read(path)) as connection:
        connection.row_factory = sqlite3.Row
        cursor = connection.execute("SELECT * FROM hits ORDER BY time, seq")
        found = [dict(zip(row.keys(), row)) for row in cursor]
        cursor.close()
    return found


def person(row):
    """Tell who made a hit, on which day; None where nobody knows."""
    who = row["user_id"]
    if who is None:
        who = row["client_id"]
    if who is None and row["user_ip"] is not None:
        who = row["user_ip"] + " " + (row["user_agent"] or "")
    return None if who is None else (int(row["time"] // DAY), who)


def host(row):
    """Give the host of a hit's page, or nothing."""
    return (row["page"] or "").partition("/")[0]


def event(row):
    """Name an event, or give None."""
    if row["name"] is not None:
        return row["name"]
    both = [each for each in (row["category"], row["action"]) if each is not None]
    return "/".join(both) if both else None


def campaign(row):
    """Name a campaign, or give nothing."""
    both = [row[name] for name in ("campaign_source", "campaign_medium") if row[name] is not None]
    return row["campaign_name"] or "/".join(both)


def ends(rows, last):
    """Give the first or last pageviews of visitors' days."""
    found = collections.OrderedDict()
    for row in rows:
        if row["type"] == "pageview" and row["page"] is not None and person(row) is not None:
            if last or person(row) not in found:
                found[person(row)] = row
    return list(found.values())


def totals(rows):
    """Count what is one number."""
    humans = [row for row in rows if row["user_agent"] is None or not is_bot(row["user_agent"])]
    views = [row for row in humans if row["type"] == "pageview"]
    return {
        "hits": len(humans),
        "pageviews": len(views),
        "events": len([row for row in humans if row["type"] == "event"]),
        "visitors": len({person(row) for row in humans} - {None}),
        "direct": len([row for row in views if row["referrer_host"] is None]),
        "bots": len(rows) - len(humans),
    }


def table(pairs, limit, amounts=False):
    """Make a table of pairs of item and hit."""
    numbers, people, sums = collections.Counter(), collections.defaultdict(set), {}
    for item, row in pairs:
        numbers[item] += 1
        people[item].add(person(row))
        sums[item] = sums.get(item, 0) + (row["value"] or 0)
    best = sorted(numbers, key=lambda item: (-numbers[item], item))[:limit]
    rows = [[item, numbers[item], len(people[item] - {None})] for item in best]
    if amounts:
        rows = [row + [sums[row[0]]] for row in rows]
    return {"rows": rows, "items": len(numbers), "total": sum(numbers.values())}


def properties(events, limit):
    """Make the table of the events' properties."""
    numbers = collections.Counter()
    for row in events:
        for key, value in json.loads(row["properties"] or "{}").items():
            shown = value if isinstance(value, type("")) else json.dumps(value)
            numbers[event(row), key, shown] += 1
    best = sorted(numbers, key=lambda item: (-numbers[item], item))[:limit]
    rows = [list(item) + [numbers[item]] for item in best]
    return {"rows": rows, "items": len(numbers), "total": sum(numbers.values())}


def tables(rows, limit):
    """Make all tables."""
    humans = [row for row in rows if row["user_agent"] is None or not is_bot(row["user_agent"])]
    views = [row for row in humans if row["type"] == "pageview"]
    events = [row for row in humans if row["type"] == "event" and event(row) is not None]
    with_agent = [(agents.read(row["user_agent"]), row) for row in views if row["user_agent"]]
    found = {
        "pages": [(row["page"], row) for row in views if row["page"] is not None],
        "entries": [(row["page"], row) for row in ends(humans, False)],
        "exits": [(row["page"], row) for row in ends(humans, True)],
        "referrers": [(row["referrer_host"], row) for row in views if row["referrer_host"]],
        "campaigns": [(campaign(row), row) for row in views if campaign(row)],
        "browsers": [(read[1], row) for read, row in with_agent],
        "systems": [(read[2], row) for read, row in with_agent],
        "devices": [(read[3], row) for read, row in with_agent],
        "languages": [(row["language"].lower(), row) for row in views if row["language"]],
        "statuses": [("%d" % row["status"], row) for row in humans if row["status"] is not None],
    }
    made = {name: table(pairs, limit) for name, pairs in found.items()}
    made["events"] = table([(event(row), row) for row in events], limit, amounts=True)
    made["properties"] = properties(events, limit)
    return made


def expected(path, first, last, site=None, limit=20):
    """Count a period of days, which are dates."""
    rows, epoch = rows_of(path), datetime.date(1970, 1, 1)
    low, high = ((day - epoch).days for day in (first, last))
    of_site = [row for row in rows if site is None or host(row) == site]

    def between(low, high):
        return [row for row in of_site if low * DAY <= row["time"] < (high + 1) * DAY]

    here = between(low, high)
    result = {"totals": totals(here), "tables": tables(here, limit), "before": None, "days": []}
    length = high - low + 1
    if rows and rows[0]["time"] < low * DAY:
        result["before"] = totals(between(low - length, low - 1))
    for day in range(low, high + 1):
        found = totals(between(day, day))
        name = (epoch + datetime.timedelta(day)).isoformat()
        result["days"].append([name] + [found[key] for key in ("pageviews", "visitors", "events")])
    return result
