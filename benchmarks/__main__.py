"""
Measure analytical beside its peers and beside the least that Python can do.

    python -m benchmarks [--quick] [--peers FOLDER] [PART ...]

Each figure comes from a process of its own that talks to a collector on this machine and to nothing else.
Rounds go by turns; a row has the median, the least and the most of them. Absolute figures are those
of one machine at one moment: compare the rows of one run.
"""

from __future__ import absolute_import, division, print_function, unicode_literals

import argparse
import collections
import datetime
import os
import sys
import time

import analytical

from . import failures, logs, report, small, speed
from .bench import MODULES, Bench

PARTS = collections.OrderedDict(
    [
        ("import", small.imports),
        ("calls", speed.calls),
        ("rates", speed.rates),
        ("single", speed.single),
        ("stages", small.stages),
        ("outbox", speed.outbox),
        ("down", failures.down),
        ("exit", failures.exits),
        ("loss", failures.loss),
        ("utils", small.utils),
        ("mapping", small.mapping),
        ("privacy", small.privacy),
        ("logs", logs.logs),
        ("report", report.report),
    ]
)


def parser():
    """Make the parser of the command line; its help lists the parts."""
    parts = "\n".join(
        "  %-8s %s" % (name, part.__doc__.strip().rstrip(".")) for name, part in PARTS.items()
    )
    made = argparse.ArgumentParser(
        "python -m benchmarks",
        description=__doc__,
        epilog="parts (all of them where none is named):\n" + parts,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("part", nargs="*", metavar="PART", choices=[[]] + list(PARTS))
    made.add_argument("--quick", action="store_true", help="a look within a minute, one round")
    made.add_argument("--verbose", action="store_true", help="show why a process found nothing")
    made.add_argument(
        "--peers",
        metavar="FOLDER",
        help="where the peers are; made by pip if it is not there. Without it, those "
        "that this interpreter has",
    )
    return made


def describe(bench):
    """Say what is measured, and on what."""
    names = dict({name: package for name, (_, package) in MODULES.items()}, old="analytical")
    found = ["%s %s" % (names[name], bench.versions[name]) for name in sorted(bench.versions)]
    today = datetime.date.today().isoformat()
    print("%s, Python %s, %d cores" % (today, bench.interpreter, os.cpu_count()))
    print("analytical %s beside %s\n" % (analytical.__version__, ", ".join(found) or "no peers"))


def main(arguments):
    """Run the parts asked for, or all."""
    wanted = parser().parse_args(arguments)
    python, old = sys.executable, None
    if wanted.peers:
        from .peers import set_up

        python, old = set_up(wanted.peers)
    bench = Bench(python, old, wanted.quick, wanted.verbose)
    describe(bench)
    start = time.time()
    for name in wanted.part or PARTS:
        PARTS[name](bench)
        sys.stdout.flush()
    print("%d seconds in all" % (time.time() - start))
    if bench.failed:
        sys.exit("failed: " + ", ".join(sorted(set(bench.failed))))


if __name__ == "__main__":
    main(sys.argv[1:])
