"""What the page shows, in the words in which it does: made of the figures, and read by the template."""

from __future__ import absolute_import, division, print_function, unicode_literals

from . import wording
from .choice import is_site
from .wording import counted, number, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Sequence, Text

# Section: id, title, tables. Table: key, title, heads of its columns.
SECTIONS = (
    (
        "pages",
        "Pages",
        (
            ("pages", "Pages", ("Page", "Pageviews", "Visitors")),
            ("entries", "Entry pages", ("Page", "Visits")),
            ("exits", "Exit pages", ("Page", "Visits")),
        ),
    ),
    (
        "sources",
        "Sources",
        (
            ("referrers", "Referrers", ("Site", "Pageviews", "Visitors")),
            ("campaigns", "Campaigns", ("Campaign", "Pageviews", "Visitors")),
        ),
    ),
    (
        "technology",
        "Technology",
        (
            ("browsers", "Browsers", ("Browser", "Pageviews", "Visitors")),
            ("systems", "Operating systems", ("System", "Pageviews", "Visitors")),
            ("devices", "Devices", ("Device", "Pageviews", "Visitors")),
            ("languages", "Languages", ("Language", "Pageviews", "Visitors")),
            ("statuses", "Status codes", ("Status", "Hits", "Visitors")),
        ),
    ),
    (
        "events",
        "Events",
        (
            ("events", "Events", ("Event", "Number", "Visitors", "Sum of values")),
            ("properties", "Properties", ("Event", "Property", "Value", "Number")),
        ),
    ),
)  # type: Any
DIRECT = "No referrer"
_OF_PAGES = ("pages", "entries", "exits")
BAR = 100.0  # units of the full width of a bar
# How many cells of a row name it, and which is the number that its bar shows.
_NAMING = {"properties": 3}
# Key of the totals, name on the page, whether the note on visitors belongs to it.
_TILES = (
    ("visitors", "Visitors", True),
    ("pageviews", "Pageviews", False),
    ("ratio", "Pageviews per visitor", False),
    ("events", "Events", False),
)
_SERIES = (("visitors", "Visitors", 2), ("pageviews", "Pageviews", 1), ("events", "Events", 3))


def content(found):
    # type: (Dict[Text, Any]) -> Dict[Text, Any]
    """
    Word all that the template shows.

    :param found: what ``analytical.report.figures.figures()`` found
    """
    first, last = found["first"], found["last"]
    count = wording.days_between(first, last)
    sites = found["sites"]
    name = _only_site(found) or found["file"]
    return {
        "name": shown(name),
        "file": shown(found["file"]),
        "first": first,
        "last": last,
        "site": found["site"] or "",
        "sites": [site for site in sites if is_site(site)],
        "period": wording.period(first, last),
        "days_count": counted(count, "day", "days"),
        "tiles": _tiles(found, count),
        "before": _before(found),
        "series": _series(found),
        "days": _days(found["days"]),
        "sections": _sections(found),
        "bots": _bots(found["totals"]),
        "newest": None if found["newest"] is None else wording.moment(found["newest"]),
        "made": wording.moment(found["made"]),
        "empty": not found["totals"]["hits"],
    }


def _only_site(found):
    # type: (Dict[Text, Any]) -> Optional[Text]
    sites = found["sites"]
    return found["site"] or (sites[0] if len(sites) == 1 else None)


def chart(found):
    # type: (Dict[Text, Any]) -> Dict[Text, List[int]]
    """Give the numbers of the time series by name, and the Unix times of its days."""
    days = found["days"]
    data = {name: [row[column] for row in days] for name, _, column in _SERIES}
    data["days"] = [wording.midnight(row[0]) for row in days]
    return data


def _tiles(found, count):
    # type: (Dict[Text, Any], int) -> List[Dict[Text, Any]]
    now = _with_ratio(found["totals"])
    before = None if found["before"] is None else _with_ratio(found["before"])
    period = "the %s before" % counted(count, "day", "days") if count > 1 else "the day before"
    return [
        {
            "key": key,
            "name": name,
            "value": number(now[key]),
            "noted": noted,
            "change": None if before is None else wording.change(now[key], before[key], period),
        }
        for key, name, noted in _TILES
    ]


def _with_ratio(totals):
    # type: (Dict[Text, Any]) -> Dict[Text, Any]
    visitors = totals["visitors"]
    ratio = round(float(totals["pageviews"]) / visitors, 2) if visitors else 0.0
    return dict(totals, ratio=ratio)


def _before(found):
    # type: (Dict[Text, Any]) -> Optional[Text]
    before = found["before"]
    return None if before is None else wording.period(before["first"], before["last"])


def _bots(totals):
    # type: (Dict[Text, Any]) -> Optional[Text]
    return counted(totals["bots"], "hit", "hits") if totals["bots"] else None


def _series(found):
    # type: (Dict[Text, Any]) -> List[Dict[Text, Any]]
    totals = found["totals"]
    return [
        {"key": key, "name": name, "total": number(totals[key])}
        for key, name, _ in _SERIES
        if key != "events" or totals[key]
    ]


def _days(days):
    # type: (Sequence[Any]) -> List[Dict[Text, Any]]
    most = max([row[1] for row in days] or [0])
    return [
        {
            "date": row[0],
            "text": wording.day(row[0], weekday=True),
            "cells": [number(value) for value in (row[2], row[1], row[3])],
            "bar": _bar(row[1], most),
        }
        for row in days
    ]


def _bar(value, most):
    # type: (float, float) -> Text
    """Give the length of a bar; what is more than nothing is never invisible."""
    if not value or not most or value < 0:
        return "0"
    return "%.4g" % max(BAR * value / most, 0.5)


def _sections(found):
    # type: (Dict[Text, Any]) -> List[Dict[Text, Any]]
    result = []
    for key, title, tables in SECTIONS:
        cards = [_card(found, *table) for table in tables if _rows(found, table[0])]
        if cards:
            result.append({"id": key, "title": title, "cards": cards})
    return result


def _rows(found, key):
    # type: (Dict[Text, Any], Text) -> List[List[Any]]
    """
    Give the rows of a table.

    Pageviews without a referrer are a row among the referrers; where all pages are of one site, they go
    without its host.
    """
    rows = [list(row) for row in found["tables"].get(key, {}).get("rows", ())]
    host = _only_site(found)
    if host and key in _OF_PAGES:
        for row in rows:
            if row[0].startswith(host + "/"):
                row[0] = row[0][len(host) :]
    direct = found["totals"]["direct"]
    if key == "referrers" and direct:
        rows.append([None, direct, None])
        rows.sort(key=lambda row: -row[1])
    return rows


def _card(found, key, title, heads):
    # type: (Dict[Text, Any], Text, Text, Sequence[Text]) -> Dict[Text, Any]
    rows = _rows(found, key)
    table = found["tables"].get(key, {})
    naming = _NAMING.get(key, 1)
    most = max(row[naming] for row in rows)
    whole = table.get("total") or 0
    if key == "referrers":
        whole += found["totals"]["direct"]
    named = len([row for row in rows if row[0] is not None])
    more = (table.get("items") or 0) - named
    return {
        "id": "table-" + key,
        "title": title,
        "heads": [{"text": head, "number": at >= naming} for at, head in enumerate(heads)],
        "rows": [_row(row[: len(heads)], naming, most, whole) for row in rows],
        "more": None if more <= 0 else "%s of %s" % (number(named), number(named + more)),
    }


def _row(row, naming, most, whole):
    # type: (Sequence[Any], int, float, float) -> Dict[Text, Any]
    plain = row[0] is None
    names = [DIRECT] if plain else [shown(name) for name in row[:naming]]
    return {
        # A line may end behind a slash.
        "names": [name.replace("/", "/\n").split("\n") for name in names],
        "plain": plain,
        "cells": [number(value) for value in row[naming:]],
        "share": wording.share(row[naming], whole) if whole else None,
        "bar": _bar(row[naming], most),
    }
