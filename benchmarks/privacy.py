"""The processors of analytical.privacy, and the presets whole."""

from __future__ import absolute_import, division, print_function, unicode_literals

import collections

PAGEVIEW = {
    "dl": "https://example.com/shop?utm_source=mail&session=4711",
    "dt": "Shop",
    "dr": "https://example.net/search?q=mugs",
    "uip": "203.0.113.9",
    "ua": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "ul": "en-gb",
    "uid": "u-1",
}
SECRET = "0123456789abcdef" * 2


def measure(per_call):
    """Time each processor of private() with the hit that reaches it, and the presets whole."""
    from analytical import privacy
    from analytical.params import read

    found, hit = collections.OrderedDict(), read("pageview", PAGEVIEW)
    for processor in privacy.private(SECRET):
        found[processor.__name__] = per_call(lambda each=processor, hit=hit: each(hit))
        hit = processor(hit)
    presets = (
        ("private()", privacy.private()),
        ("private(secret)", privacy.private(SECRET)),
        ("anonymous()", privacy.anonymous()),
    )
    hit = read("pageview", PAGEVIEW)
    for name, processors in presets:
        found[name] = per_call(lambda list=processors: through(list, hit))
    return found


def through(processors, hit):
    """Take a hit through processors."""
    for processor in processors:
        hit = processor(hit)
    return hit
