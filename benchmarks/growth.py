"""
What a cost does as things grow: hits waiting, processes, providers, rows. Which of it may be linear, and is no worse?

    python -m benchmarks.growth [--svg FOLDER] [--large] [CURVE ...]

Times are of CPU; others on the machine can only lengthen them, so a point is the least of several rounds, which go by
turns. The exponent is that of the power of x that comes nearest to the points: 0 where a cost stays the same, 1 where it
grows as x does.
"""

from __future__ import absolute_import, division, print_function, unicode_literals

import argparse
import collections
import os
import sys

from .bench import Bench, Collector, nobody
from .curves import Plot, exponent

Curve = collections.namedtuple("Curve", "name title x y points measure")
ROUNDS = 3
SEVERAL = 300000  # what is larger is measured once
WORSE = 1.25  # beyond what is linear, or linear with sorting in it (n log n, and caches that are too small)


def run(bench, task, **options):
    """Do a task of benchmarks.growing in a process; give the number that it prints."""
    found = bench.run(task, limit=1800, **options)
    if "cost" not in found:
        raise SystemExit("%s: %s" % (task, found.get("note", "no figure")))
    return found["cost"]


def call(bench, count):
    """The caller's time for a call, while hits wait in the outbox, and nobody takes them."""
    return run(bench, "outbox_call", url=nobody(), waiting=count)


def deliver(bench, count):
    """The process's time for each hit that it delivers from an outbox."""
    with Collector(bench) as collector:
        return run(bench, "outbox_deliver", url=collector.url, waiting=count)


def processes(bench, count):
    """The time of all processes for each hit that they write into one outbox."""
    return run(bench, "outbox_processes", url=nobody(), count=count)


def fanout(bench, count):
    """The caller's time for a call that hands the hit to several providers, which queue it."""
    return run(bench, "fanout_call", url=nobody(), count=count)


def stats(bench, count):
    """The time that `analytical stats` takes to sum up a file of the sqlite provider."""
    return run(bench, "summary", rows=count)


def report(bench, count):
    """The time that the report takes over such a file, once its roll-ups are made."""
    return run(bench, "report_again", rows=count)


ROWS = (100000, 300000, 1000000)
WAITING = (1000, 10000, 100000, 1000000)
CURVES = [
    Curve("outbox-call", "Outbox: a call", "hits waiting", "us a call", WAITING, call),
    Curve("outbox-deliver", "Outbox: delivery", "hits waiting", "us a hit", WAITING, deliver),
    Curve("processes", "One outbox", "processes writing", "us a call", (1, 2, 4, 8, 16), processes),
    Curve("fanout", "Fanout: a call", "providers", "us a call", (1, 2, 4, 8), fanout),
    Curve("stats", "Sums of all hits", "rows", "seconds", ROWS, stats),
    Curve("report", "Report of 90 days", "rows", "seconds", ROWS, report),
]
LARGE = {"stats": 3000000}  # one point more, which takes minutes


def points_of(curve, bench, large):
    """Measure a curve: [(x, least, most)]."""
    wanted = curve.points[:2] if bench.quick else curve.points
    wanted += (LARGE[curve.name],) if large and curve.name in LARGE else ()
    found = collections.OrderedDict((count, []) for count in wanted)
    for number in range(1 if bench.quick else ROUNDS):
        for count, costs in found.items():
            if not number or count <= SEVERAL:
                costs.append(curve.measure(bench, count))
    return [(count, min(costs), max(costs)) for count, costs in found.items()]


def show(curve, points):
    """Print the points."""
    for count, least, most in points:
        print("  %9d %-18s %10.4g %-10s (to %.4g)" % (count, curve.x, least, curve.y, most))
    sys.stdout.flush()


def main(arguments):
    """Measure the curves asked for, or all."""
    parser = argparse.ArgumentParser("python -m benchmarks.growth", description=__doc__)
    parser.add_argument("curve", nargs="*", choices=[[]] + [each.name for each in CURVES])
    parser.add_argument("--svg", metavar="FOLDER", help="draw the curves there, growth-NAME.svg")
    parser.add_argument("--quick", action="store_true", help="two small points of each")
    parser.add_argument("--large", action="store_true", help="three million rows too")
    wanted = parser.parse_args(arguments)
    bench = Bench(sys.executable, None, wanted.quick)
    worse = []
    for curve in CURVES:
        if wanted.curve and curve.name not in wanted.curve:
            continue
        print("%s: %s" % (curve.name, curve.measure.__doc__.strip()))
        points = points_of(curve, bench, wanted.large)
        show(curve, points)
        power = exponent([(x, y) for x, y, _ in points])
        print("  exponent %.2f\n" % power)
        worse += [curve.name] if power > WORSE and not bench.quick else []
        if wanted.svg:
            path = os.path.join(wanted.svg, "growth-%s.svg" % curve.name)
            with open(path, "w", encoding="utf-8") as file:
                file.write(Plot(curve.title, curve.x, curve.y, points, power).svg())
    if worse:
        sys.exit("worse than linear: " + ", ".join(worse))


if __name__ == "__main__":
    main(sys.argv[1:])
