"""Parts about single functions: imports, anonymizers, mapping."""

from __future__ import absolute_import, division, print_function, unicode_literals

import collections
import resource
import subprocess
import tempfile

from .bench import MODULES, Collector, label
from .stages import STAGES
from .table import Column, show

MICROSECONDS = "%.2f"
READY = "import analytical; analytical.Provider('segment', 'key', delivery='background')"


def imports(bench):
    """The CPU that an import takes, over the bare interpreter."""
    codes = collections.OrderedDict(
        [("analytical", "import analytical"), ("analytical, a provider made", READY)]
    )
    codes["requests"] = "import requests"
    for name, (module, _) in MODULES.items():
        if bench.has(name) and name != "orjson":
            codes[name] = "import " + module
    if bench.has("old"):
        codes[label("old")] = "import analytical"
    rows = {name: [] for name in codes}
    for number in range(2 if bench.quick else 6):
        bare = spent(bench, "pass", False)
        for name, code in codes.items():
            over = spent(bench, code, name == label("old")) - bare
            if number:  # the first round compiles, and fills the caches of the system
                rows[name].append({"ms": over})
    show("import", [Column("CPU ms", "ms", "%.0f")], rows, "analytical, a provider made")


def spent(bench, code, old):
    """Measure the CPU of a process that runs this code; milliseconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.check_call(
        [bench.python, "-c", code],
        env=bench.environment(old),
        cwd=tempfile.gettempdir(),
        stderr=subprocess.DEVNULL,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return 1e3 * (after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)


def utils(bench):
    """The anonymizers, of addresses and of user agents seen before."""
    tasks = collections.OrderedDict(
        [
            ("system's functions, a dict", lambda: bench.run("anonymize_floor")),
            ("analytical", lambda: bench.run("anonymize")),
        ]
    )
    if bench.has("old"):
        tasks[label("old")] = lambda: bench.run("anonymize", old=True)
    rows = bench.by_turns(tasks, 10)
    for title, key in (("address, IPv4", "ipv4"), ("address, IPv6", "ipv6"), ("agent", "agent")):
        show(title, [Column("CPU us", key, MICROSECONDS)], rows, "analytical")


def mapping(bench):
    """Reading params, and saying a pageview in each platform's terms."""
    _show_all(bench, "mapping", sorted)


def privacy(bench):
    """The processors of analytical.privacy, in the order of private(), and the presets."""
    _show_all(bench, "processors", list)


def stages(bench):
    """The CPU of a hit by its stages: those in the caller's thread, with the call; those in the worker's."""
    platforms = ("segment", "posthog", "mixpanel", "amplitude", "snowplow", "googleanalytics4")
    with Collector(bench) as collector:

        def measure(platform):
            found = bench.run("stages", account=platform, url=collector.url)
            collector.report()
            return found

        tasks = {each: (lambda each=each: measure(each)) for each in platforms}
        found = bench.by_turns(tasks, 40)
    rows = collections.OrderedDict()
    for stage in STAGES:
        turns = zip(*(found[each] for each in platforms))
        rows[stage] = [
            {each: one[stage] for each, one in zip(platforms, turn) if stage in one}
            for turn in turns
        ]
    show(
        "stages, CPU us a hit",
        [Column(each.replace("analytics", ""), each, "%.1f") for each in platforms],
        rows,
    )


def _show_all(bench, task, order):
    """Show all that one task found, a row each."""
    found = bench.by_turns({task: lambda: bench.run(task)}, 10)[task]
    names = order(name for name in found[0] if name != "ended")
    rows = collections.OrderedDict((name, [{"us": each[name]} for each in found]) for name in names)
    show(task, [Column("CPU us", "us", MICROSECONDS)], rows)
