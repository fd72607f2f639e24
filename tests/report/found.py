"""Figures as analytical.report.figures gives them, made up, for tests of the page alone."""

from __future__ import absolute_import, division, print_function, unicode_literals


def totals(**changes):
    """Give totals."""
    numbers = {"pageviews": 3, "visitors": 2, "events": 1, "hits": 4, "direct": 1, "bots": 0}
    return dict(numbers, **changes)


def table(*rows, **more):
    """Give a table of some rows, which are all its items unless more are named."""
    found = {"rows": [list(row) for row in rows], "items": len(rows)}
    found["total"] = sum(row[-2] if len(row) == 3 else 0 for row in rows)
    return dict(found, **more)


def found(**changes):
    """Give the figures of a small site: three days, of which one has no hits."""
    figures = {
        "file": "analytics.db",
        "site": None,
        "sites": ["example.com"],
        "first": "2026-11-01",
        "last": "2026-11-03",
        "earliest": "2026-10-01",
        "latest": "2026-11-03",
        "totals": totals(),
        "before": None,
        "days": [
            ["2026-11-01", 2, 1, 1],
            ["2026-11-02", 0, 0, 0],
            ["2026-11-03", 1, 1, 0],
        ],
        "tables": {
            "pages": table(["example.com/", 2, 2], ["example.com/about", 1, 1]),
            "referrers": table(["news.example", 2, 2]),
            "events": {"rows": [["signup", 1, 1, 2.5]], "items": 1, "total": 1},
            "properties": {"rows": [["signup", "plan", "free", 1]], "items": 1, "total": 1},
        },
        "newest": 1793707200,
        "made": 1793710800,
    }
    return dict(figures, **changes)
