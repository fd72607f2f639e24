"""The part about logs: lines into a file of hits, beside GoAccess, and the memory that takes."""

from __future__ import absolute_import, division, print_function, unicode_literals

import collections
import os
import shutil
import subprocess
import time

from .bench import ROOT, in_folder
from .table import Column, show
from .weblog import write

# Lines a second of Matomo's importer, import_logs.py, on machines like ours, as published for it; it was not run here.
MATOMO = "Matomo's importer, published", (11869, 17975)
COLUMNS = [
    Column("lines/s", "rate", "%.0f"),
    Column("CPU us/line", "cpu", "%.1f"),
    Column("peak MB", "megabytes", "%.0f"),
    Column("MB at a third", "less", "%.0f"),
]


def logs(bench):
    """Lines of an access log into sqlite, all of the way, beside GoAccess."""
    count = 30000 if bench.quick else 1000000
    with in_folder() as folder:
        large, small = os.path.join(folder, "large.log"), os.path.join(folder, "small.log")
        write(large, count)
        write(small, count // 3)
        tasks = collections.OrderedDict()
        if shutil.which("goaccess"):
            output = os.path.join(folder, "out.json")
            tasks["GoAccess"] = lambda: both(
                lambda log: ["goaccess", log, "--log-format=COMBINED", "-o", output, "--no-progress"],
                bench, folder, large, small, count,
            )  # fmt: skip
        for title, number in (("analytical, one process", 1), ("analytical, two beside it", 2)):
            tasks[title] = lambda number=number: both(
                lambda log: command(bench, folder, log, number), bench, folder, large, small, count
            )
        found = bench.by_turns(tasks, 200)
    found[MATOMO[0]] = [{"rate": rate} for rate in MATOMO[1]]
    show("logs, {:,} lines".format(count), COLUMNS, found, "GoAccess")


def command(bench, folder, log, number):
    """Give the command that imports a log."""
    to = "sqlite://" + os.path.join(folder, "hits.db")
    more = ["--base", "https://www.example.com", "--no-state", "--processes", str(number)]
    return [bench.python, "-m", "analytical", "logs", log, "--to", to] + more


def both(make, bench, folder, large, small, count):
    """Measure a command with a log, and its memory with one of a third."""
    less = measure(make(small), bench, folder)
    found = measure(make(large), bench, folder)
    if "note" in found:
        return found
    return {
        "rate": count / found["seconds"],
        "cpu": found["cpu"] / count * 1e6,
        "megabytes": found["megabytes"],
        "less": less["megabytes"],
    }


def measure(arguments, bench, folder):
    """Run a command and its children: seconds, CPU, and the peak of the memory of the largest process."""
    for name in os.listdir(folder):
        if name.startswith("hits.db"):
            os.unlink(os.path.join(folder, name))
    start = time.time()
    process = subprocess.Popen(
        arguments,
        cwd=folder,
        env=dict(bench.environment(), PYTHONPATH=ROOT),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    # Its own use, and that of the children that it waited for; the memory is that of the largest one.
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = status
    if status:
        return {"note": "failed", "megabytes": 0}
    return {
        "seconds": time.time() - start,
        "cpu": usage.ru_utime + usage.ru_stime,
        "megabytes": usage.ru_maxrss / 1024,
    }
