"""
The processors of analytical.privacy, and the presets whole, in microseconds a hit.

    python -m benchmarks.privacy
"""

from __future__ import absolute_import, division, print_function, unicode_literals

import collections
import timeit

import analytical
from analytical import privacy
from analytical.params import read

SECRET = "0123456789abcdef" * 2
PAGEVIEW = {
    "dl": "https://example.com/shop?utm_source=mail&session=4711",
    "dt": "Shop",
    "dr": "https://example.net/search?q=mugs",
    "uip": "203.0.113.9",
    "ua": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "ul": "en-gb",
    "uid": "u-1",
}


def through(processors):
    """Make a function of one hit out of several processors."""

    def process(hit):
        for processor in processors:
            hit = processor(hit)
        return hit

    return process


def per_hit(process, hit, number=100, rounds=500):
    """Time a call, the best of many short rounds, between which a busy machine interrupts."""
    process(hit)
    return min(timeit.repeat(lambda: process(hit), number=number, repeat=rounds)) / number * 1e6


def measure():
    """Time each processor of private() with the hit that reaches it, and the presets whole."""
    found, hit = collections.OrderedDict(), read("pageview", PAGEVIEW)
    for processor in privacy.private(SECRET):
        found[processor.__name__] = per_hit(processor, hit)
        hit = processor(hit)
    hit = read("pageview", PAGEVIEW)
    found["private()"] = per_hit(through(privacy.private()), hit)
    found["private(secret)"] = per_hit(through(privacy.private(SECRET)), hit)
    found["anonymous()"] = per_hit(through(privacy.anonymous()), hit)
    provider = analytical.Provider("memory", processors=privacy.private(SECRET))
    found["a call, memory provider"] = per_hit(lambda _: provider.pageview(PAGEVIEW), hit)
    return found


if __name__ == "__main__":
    for name, microseconds in measure().items():
        print("%-44s %7.2f us" % (name, microseconds))
