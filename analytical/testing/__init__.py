"""
For tests, ours and yours: hits captured on their way out, contract suites, and a real server on the
loopback interface for what sends hits over HTTP.

>>> import requests
>>> from analytical.testing import Collector
>>> with Collector() as collector:
...     collector.answer(429, headers={'Retry-After': '1'}, times=1)
...     first = requests.post(collector.url + '/collect', data={'t': 'pageview'})
...     second = requests.post(collector.url + '/collect', data={'t': 'event'})
...     received = collector.wait(2)
>>> first.status_code, second.status_code
(429, 200)
>>> [request.form['t'] for request in received]
['pageview', 'event']
>>> received[0]
<Received POST /collect, 10 bytes>
"""

from __future__ import absolute_import, division, print_function, unicode_literals

from .captured import Hits, capture
from .collector import Collector
from .contracts import ProviderContract
from .deliveries import DeliveryContract
from .received import Headers, Received

__all__ = [
    str(name)
    for name in (
        "Collector",
        "DeliveryContract",
        "Headers",
        "Hits",
        "ProviderContract",
        "Received",
        "capture",
    )
]
