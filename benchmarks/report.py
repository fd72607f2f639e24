"""Part about the report page's figures: roll-ups made, then found, then brought up to date."""

from __future__ import absolute_import, division, print_function, unicode_literals

import collections
import os
import random
import resource
import sqlite3
import time

from . import hits_file
from .bench import in_folder
from .table import Column, show

SIZES = (100000, 1000000)
COLUMNS = [
    Column("CPU s", "spent", "%.2f"),
    Column("elapsed s", "elapsed", "%.2f"),
    Column("peak MB", "memory", "%.0f"),
    Column("roll-ups MB", "size", "%.0f"),
]


def report(bench):
    """The figures of the report page, from files of so many hits over a year."""
    for size in (20000,) if bench.quick else SIZES:
        with in_folder() as folder:
            path = os.path.join(folder, "analytics.db")
            hits_file.fill(path, size)
            rows = collections.OrderedDict()
            for label, options in steps():
                rows[label] = [bench.run("figures", limit=600, path=path, **options)]
            show("report, {:,} hits".format(size), COLUMNS, rows)


def steps():
    """Give what is measured, in this order: each finds the roll-ups of those before."""
    first = hits_file.first_date()
    return [
        ("30 days, roll-ups made", {}),
        ("all days, the others made", {"first": first}),
        ("30 days", {}),
        ("all days", {"first": first}),
        ("30 days, after a new hit", {"new": True}),
        ("all days, after a new hit", {"new": True, "first": first}),
        ("30 days, one site, made", {"site": hits_file.HOSTS[1]}),
        ("30 days, one site", {"site": hits_file.HOSTS[1]}),
    ]


def figures(path, new=False, **options):
    """Measure once, with the modules loaded."""
    from analytical.report import agents
    from analytical.report.figures import figures

    agents.versions()  # loads the parser
    if new:
        figures(path, **options)  # opened before, as by a process that goes on
        store(path)
    cpu, start = time.process_time(), time.time()
    figures(path, **options)
    return {
        "spent": time.process_time() - cpu,
        "elapsed": time.time() - start,
        "size": os.path.getsize(path + ".report") / 1e6,
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0,
    }


def store(path):
    """Store a hit, one of the newest day."""
    connection = sqlite3.connect(path)
    ((newest,),) = connection.execute("SELECT max(time) FROM hits").fetchall()
    row = ["%032x" % random.getrandbits(128), newest - 5, "pageview", hits_file.HOSTS[0] + "/new"]
    connection.execute("INSERT INTO hits (id, time, type, page) VALUES (?, ?, ?, ?)", row)
    connection.commit()
    connection.close()
