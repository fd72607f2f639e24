"""
Measure imports, mapping, anonymizers and calls; medians with minimum and maximum of several rounds.

    python -m benchmarks [PART ...]        parts: import mapping utils calls

Absolute figures are those of one machine at one moment: compare rows of one run.
"""

from __future__ import absolute_import, division, print_function, unicode_literals

import os
import subprocess
import sys
import tempfile
import time
import timeit

import analytical
from analytical.delivery import Outbox
from analytical.params import read
from analytical.testing import Collector

ROUNDS = 7
PAGEVIEW = {
    "dl": "https://example.com/shop?utm_source=mail",
    "dt": "Shop",
    "dr": "https://example.net/",
    "cid": "35009a79-1a05-49d7-b876-2b884d0f825b",
    "uip": "203.0.113.9",
    "ua": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "ul": "en-gb",
}
ACCOUNTS = {
    "amplitude": ("0123456789abcdef", {}),
    "goatcounter": ("example", {"token": "0123456789"}),
    "googleanalytics": ("UA-1-1", {}),
    "googleanalytics4": ("G-ABC1234567", {"api_secret": "0123456789"}),
    "matomo": ("1", {"url": "https://example.com"}),
    "memory": (None, {}),
    "mixpanel": ("0123456789abcdef", {}),
    "pirsch": ("example.com", {"access_key": "pa_0123456789"}),
    "plausible": ("example.com", {}),
    "posthog": ("phc_0123456789", {}),
    "segment": ("0123456789", {}),
    "snowplow": ("shop", {"url": "https://example.com"}),
    "umami": ("94db1cb1-74f4-4a40-ad6c-962362670409", {}),
}


def show(name, values, unit):
    """Print a row: median, minimum, maximum."""
    values = sorted(values)
    middle = values[len(values) // 2]
    print("%-34s %9.2f %s   (%.2f to %.2f)" % (name, middle, unit, values[0], values[-1]))


def per_call(function, number=2000):
    """Time a call, several rounds, in microseconds."""
    return [timeit.timeit(function, number=number) / number * 1e6 for _ in range(ROUNDS)]


def imports():
    """Time the import over the bare interpreter, in processes of their own, by turns."""

    def run(code):
        start = time.time()
        subprocess.check_call([sys.executable, "-c", code])
        return (time.time() - start) * 1e3

    over = [run("import analytical") - run("pass") for _ in range(ROUNDS)]
    show("import analytical, over bare", over, "ms")


def mapping():
    """Time reading params, and each platform's mapping of a typical pageview."""
    show("read(params)", per_call(lambda: read("pageview", PAGEVIEW)), "us")
    hit = read("pageview", PAGEVIEW)
    for name, (account, options) in sorted(ACCOUNTS.items()):
        provider = analytical.Provider(name, account, **options)
        show("payload: " + name, per_call(lambda provider=provider: provider.payload(hit)), "us")


def utils():
    """Time the anonymizers; the agent's first parse is not in it."""
    address, agent = analytical.utils.anonymize_ip_address, analytical.utils.anonymize_user_agent
    show("address, IPv4", per_call(lambda: address("203.0.113.9")), "us")
    show("address, IPv6", per_call(lambda: address("2001:db8:85a3:8d3:1319:8a2e:370:7348")), "us")
    show("agent, seen before", per_call(lambda: agent(PAGEVIEW["ua"])), "us")


def calls():
    """Time single calls of each delivery against a collector in another thread of this process."""
    folder = tempfile.mkdtemp()
    with Collector() as collector:
        for name, delivery in (
            ("background", "background"),
            ("outbox", Outbox(os.path.join(folder, "hits.outbox"))),
        ):
            provider = analytical.Provider(
                "googleanalytics", "UA-1-1", url=collector.url, delivery=delivery
            )
            spent = sorted(once(provider) for _ in range(5000))
            print("call, %-28s p50 %.1f us   p99 %.1f us" % (name, spent[2500], spent[4950]))
            provider.close(30)


def once(provider):
    """Time one call in microseconds."""
    start = timeit.default_timer()
    provider.pageview(PAGEVIEW)
    return (timeit.default_timer() - start) * 1e6


PARTS = {"import": imports, "mapping": mapping, "utils": utils, "calls": calls}


def main(names):
    """Run the parts asked for, or all."""
    print("analytical %s, Python %s" % (analytical.__version__, sys.version.split()[0]))
    for name in names or ("import", "mapping", "utils", "calls"):
        PARTS[name]()


if __name__ == "__main__":
    main(sys.argv[1:])
