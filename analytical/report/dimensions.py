"""
What is counted: one definition of each thing, from which both the recipes and the daily roll-ups are made.

A visitor is counted once a day. So the days add up to the whole, the numbers of a chart to that above it; and
where ids change with the day, as those of :func:`analytical.privacy.visitor_id` do, no more can be known.
"""

from __future__ import absolute_import, division, print_function, unicode_literals

import sqlite3

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Dict, List, Text, Tuple

# Who is the same visitor: the site's own id, else the browser's, else address and agent together.
VISITOR = "coalesce(user_id, client_id, user_ip || ' ' || coalesce(user_agent, ''))"
# Days since 1970, UTC. SQLite's cast cuts and DuckDB's rounds; of a whole number both make the same.
DAY = "CAST(round(time / 86400 + 0.5) AS INTEGER) - 1"
PERSON = "(%s) || ' ' || %s" % (DAY, VISITOR)

EVENT = "coalesce(name, category || '/' || action, category, action)"
HOST = "substr(page, 1, instr(page, '/') - 1)"
CAMPAIGN = (
    "coalesce(nullif(campaign_name, ''), campaign_source || '/' || campaign_medium, "
    "campaign_source, campaign_medium)"
)
# JSON's true and false are the words, not SQLite's 1 and 0.
PROPERTY = (
    "CASE property.type WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' "
    "ELSE coalesce(CAST(property.value AS TEXT), 'null') END"
)
PROPERTIES = "hits, json_each(CASE WHEN json_valid(properties) THEN properties END) AS property"
# The first or last page that a visitor saw on a day.
ENDS = """(
  SELECT page, person,
         row_number() OVER (PARTITION BY person ORDER BY time%s, seq%s) AS place
  FROM (
    SELECT page, time, seq,
           {person} AS person
    FROM hits
    WHERE type = 'pageview' AND page IS NOT NULL
  ) AS seen
  WHERE person IS NOT NULL
) AS ends"""

PAGEVIEW = "type = 'pageview' AND %s"


class Dimension(object):
    """
    One list of items and their numbers.

    :ivar str name: its name, in figures and recipes
    :ivar str title: what an item is; the first column of its recipe
    :ivar str item: the SQL expression of the item, over columns of ``hits``
    :ivar str where: the SQL condition of the hits that are counted
    :ivar str counted: what the number is one of
    :ivar str source: what stands after FROM; ``{person}`` in it is who a visitor of a day is
    :ivar str person: the SQL expression of that, after the source
    :ivar keys: pairs of column and expression, where an item has more parts
    :ivar str amount: the SQL expression of what is summed up, or empty
    :ivar bool plain: whether SQL alone can count it, so that it is a recipe
    """

    def __init__(self, name, title, item, where, **more):
        # type: (Text, Text, Text, Text, **Text) -> None
        self.name = name
        self.title = title
        self.item = item
        self.where = where
        self.counted = more.get("counted", "pageviews")
        self.source = more.get("source", "hits")
        self.person = more.get("person", "{person}")
        self.amount = more.get("amount", "")
        self.keys = ()  # type: Tuple[Tuple[Text, Text], ...]
        self.plain = True

    def recipe(self):
        # type: () -> Text
        """Word it for everyone."""
        columns = [self.title if self.item == self.title else "%s AS %s" % (self.item, self.title)]
        columns += ["%s AS %s" % (expression, name) for name, expression in self.keys]
        groups = ", ".join("%d" % (number + 1) for number in range(len(columns)))
        columns.append("count(*) AS %s" % self.counted)
        number = len(columns)
        columns.append("count(DISTINCT %s) AS visitors" % self.person)
        if self.amount:
            columns.append("%s AS total" % self.amount)
        sql = (
            "SELECT " + ",\n       ".join(columns) + "\nFROM %s\nWHERE %s\nGROUP BY %s\n"
            "ORDER BY %d DESC, %s\nLIMIT :limit"
        ) % (self.source, self.where, groups, number, groups)
        return sql.replace("{person}", PERSON)

    def slices(self):
        # type: () -> Text
        """Word it over the hits of one day, whose visitors are in a column ``visitor``."""
        key, value = [expression for _, expression in self.keys] or ["''", "''"]
        sql = (
            "SELECT CAST(%s AS TEXT), %s, %s, count(*), count(DISTINCT %s), %s FROM %s WHERE %s "
            "GROUP BY 1, 2, 3"
        ) % (self.item, key, value, self.person, self.amount or "0", self.source, self.where)
        return sql.replace("{person}", "visitor")


def _named(title, column):
    # type: (Text, Text) -> Dimension
    """Make the list of what a user agent says, which takes more than SQL to know."""
    made = Dimension(title + "s", title, column, PAGEVIEW % column + " IS NOT NULL")
    made.plain = False
    return made


def _properties():
    # type: () -> Dimension
    made = Dimension(
        "properties",
        "event",
        EVENT,
        "hits.type = 'event' AND property.key IS NOT NULL AND %s IS NOT NULL" % EVENT,
        counted="number",
        source=PROPERTIES,
    )
    made.keys = (("property", "CAST(property.key AS TEXT)"), ("value", PROPERTY))
    return made


_ENDS = {"counted": "visits", "person": "person"}
PAGE_KNOWN = PAGEVIEW % "page IS NOT NULL"

DIMENSIONS = (
    Dimension("pages", "page", "page", PAGE_KNOWN),
    Dimension("entries", "page", "page", "place = 1", source=ENDS % ("", ""), **_ENDS),
    Dimension("exits", "page", "page", "place = 1", source=ENDS % (" DESC", " DESC"), **_ENDS),
    # Hosts that led to pages, but for the pages' own.
    Dimension("referrers", "referrer_host", "referrer_host", PAGEVIEW % "referrer_host <> ''"),
    Dimension("campaigns", "campaign", CAMPAIGN, PAGEVIEW % CAMPAIGN + " <> ''"),
    _named("browser", "browser"),
    _named("system", "system"),
    _named("device", "device"),
    Dimension("languages", "language", "lower(language)", PAGEVIEW % "language <> ''"),
    # Under their names, else category/action; with the sum of their values.
    Dimension(
        "events",
        "event",
        EVENT,
        "type = 'event' AND %s IS NOT NULL" % EVENT,
        counted="number",
        amount="coalesce(sum(value), 0)",
    ),
    _properties(),
    # What servers answered, from their logs.
    Dimension("statuses", "status", "CAST(status AS TEXT)", "status IS NOT NULL", counted="number"),
    Dimension(
        "sites",
        "host",
        HOST,
        HOST + " <> ''",
        counted="hits",
        amount="count(CASE WHEN type = 'pageview' THEN 1 END)",
    ),
)  # type: Tuple[Dimension, ...]

# Name and SQL of what is one number.
TOTALS = (
    ("hits", "count(*)"),
    ("pageviews", "count(CASE WHEN type = 'pageview' THEN 1 END)"),
    ("events", "count(CASE WHEN type = 'event' THEN 1 END)"),
    ("visitors", "count(DISTINCT {person})"),
    # Pageviews that no page led to.
    ("direct", "count(CASE WHEN type = 'pageview' AND referrer_host IS NULL THEN 1 END)"),
)


def _columns(pairs):
    # type: (List[Tuple[Text, Text]]) -> Text
    return ",\n       ".join("%s AS %s" % (sql, name) for name, sql in pairs)


_TOTALS = [(name, sql.replace("{person}", PERSON)) for name, sql in TOTALS]
_BOUNDS = [("first", "min(time)"), ("last", "max(time)")]
# The columns of the recipe of totals.
NUMBERS = tuple(name for name, _ in _TOTALS + _BOUNDS)

RECIPES = {
    "totals": "SELECT %s\nFROM hits" % _columns(_TOTALS + _BOUNDS),
    # Each day; its number, times 86400, is the Unix time of its start.
    "days": "SELECT %s\nFROM hits\nGROUP BY 1\nORDER BY 1\nLIMIT :limit"
    % _columns([("day", DAY)] + _TOTALS),
    # Visitors of the whole period, each counted once however many days; needs ids that outlive the day.
    "everyone": "SELECT count(DISTINCT %s) AS visitors\nFROM hits" % VISITOR,
    # What browsers call themselves.
    "agents": Dimension(
        "agents", "user_agent", "user_agent", PAGEVIEW % "user_agent <> ''"
    ).recipe(),
}  # type: Dict[Text, Text]
RECIPES.update((each.name, each.recipe()) for each in DIMENSIONS if each.plain)


def available(dimension, connection):
    # type: (Dimension, sqlite3.Connection) -> bool
    """Tell whether this SQLite can count it: window functions came with 3.25, JSON may be left out."""
    needed = ""
    if "OVER (" in dimension.source:
        needed = "SELECT row_number() OVER ()"
    elif "json_each" in dimension.source:
        needed = "SELECT json_valid('1')"
    try:
        if needed:
            connection.execute(needed).close()
    except sqlite3.Error:
        return False
    return True
