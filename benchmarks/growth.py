"""
What a cost does as things grow: hits waiting, processes, providers, rows. Which of it may be linear, and is no worse?

    python -m benchmarks.growth [--svg FOLDER] [--large] [CURVE ...]

Times are of CPU, so that others on the machine disturb them little. The exponent is that of the power of x that
comes nearest to the points: 0 where a cost stays the same, 1 where it grows as x does.
"""

from __future__ import absolute_import, division, print_function, unicode_literals

import argparse
import collections
import os
import statistics
import sys

from .bench import Bench, Collector, nobody
from .curves import Plot, exponent

Curve = collections.namedtuple("Curve", "name title x y points measure")
ROUNDS = 3
WORSE = 1.15  # an exponent beyond is no measuring error of something linear


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


def rows(bench, count):
    """The time that the sums of the report take over a file of the sqlite provider."""
    return run(bench, "summary", rows=count)


WAITING = (1000, 10000, 100000, 1000000)
CURVES = [
    Curve("outbox-call", "Outbox: a call", "hits waiting", "us a call", WAITING, call),
    Curve("outbox-deliver", "Outbox: delivery", "hits waiting", "us a hit", WAITING, deliver),
    Curve("processes", "One outbox", "processes writing", "us a call", (1, 2, 4, 8, 16), processes),
    Curve("fanout", "Fanout: a call", "providers", "us a call", (1, 2, 4, 8), fanout),
    Curve("rows", "Report: summary", "rows", "seconds", (100000, 300000, 1000000), rows),
]
LARGE = {"rows": 3000000}  # one point more, which takes minutes


def points_of(curve, bench, large):
    """Measure a curve: [(x, median, least, most)]."""
    wanted = curve.points[:2] if bench.quick else curve.points
    wanted += (LARGE[curve.name],) if large and curve.name in LARGE else ()
    found = []
    for count in wanted:
        rounds = 1 if bench.quick or count >= 1000000 else ROUNDS
        costs = [curve.measure(bench, count) for _ in range(rounds)]
        found.append((count, statistics.median(costs), min(costs), max(costs)))
        show(curve, found[-1])
    return found


def show(curve, point):
    """Print a point."""
    count, median, least, most = point
    print(
        "  %9d %-18s %10.4g %-10s (%.4g to %.4g)" % (count, curve.x, median, curve.y, least, most)
    )
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
        power = exponent([(x, y) for x, y, _, _ in points])
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
