"""What each stage of a hit costs on its way from the caller's params to the answer; CPU, in microseconds."""

from __future__ import absolute_import, division, print_function, unicode_literals

import time

from analytical.delivery.background import Background
from analytical.delivery.base import envelope_of
from analytical.delivery.http import Response
from analytical.params import read

from . import facts

BATCH = 100  # as the worker takes them
HITS = 1000
STAGES = ("read", "hand over", "call", "map", "encode", "join, read", "send", "settle", "worker")


class Still(Background):
    """A background delivery whose thread never starts: what it would do is done when asked."""

    def wake(self):
        """Say that the thread has heard."""
        return True

    def work(self):
        """Do what the thread does, until nothing waits."""
        self.take_in(time.monotonic())  # novm - the benchmarks need Python 3.8
        while self.waiting():
            self._work()


class Answered(object):
    """A transport that has the answer already."""

    def send(self, request, timeout):
        """Give an answer that takes all hits."""
        return Response(200, {}, b"{}")

    def close(self):
        """Nothing is open."""


def measure(per_call, account, url):
    """
    Take one platform's hits apart: {stage: microseconds a hit}.

    :param per_call: as in :mod:`benchmarks.micro`
    :param url: a collector; only ``send`` goes there
    """
    import analytical

    data, options = facts.ACCOUNTS[account]
    delivery, name = Still(limit=10 * HITS), facts.PLATFORMS.get(account, account)
    provider = analytical.Provider(name, data, **dict(options, delivery=delivery, url=url))
    found = of_the_call(per_call, provider)
    delivery._queue.clear()
    found.update(of_the_worker(per_call, provider))
    return found


def of_the_call(per_call, provider):
    """Measure the stages in the caller's thread."""
    hit = read("pageview", facts.PAGEVIEW)
    found = {
        "read": per_call(lambda: read("pageview", facts.PAGEVIEW)),
        "hand over": per_call(lambda: provider._submit(hit, hit)),
    }
    provider.delivery._queue.clear()
    return dict(found, call=per_call(lambda: provider.pageview(facts.PAGEVIEW)))


def of_the_worker(per_call, provider):
    """Measure the stages in the worker's thread, of which all but ``send`` do without the network."""
    hits = [read("pageview", dict(facts.PAGEVIEW, dt=facts.MARK % n)) for n in range(HITS)]
    to_payload = per_call(lambda: [provider.payload(hit) for hit in hits], 10) / HITS
    envelopes = [envelope_of(provider.payload(hit)) for hit in hits]
    delivery, transport, now = provider.delivery, provider.transport, time.time()
    requests = provider.requests(envelopes[:BATCH], now)
    send = per_call(lambda: [transport.send(each, 3) for each in requests], 20) / BATCH
    provider.transport = Answered()
    batches = [envelopes[start : start + BATCH] for start in range(0, HITS, BATCH)]

    def encode_all():
        for each in envelopes:
            provider.encode(each, now)

    encode = per_call(encode_all, 10) / HITS
    deliver = per_call(lambda: [provider.deliver(each) for each in batches], 10) / HITS

    def queue():
        for each in envelopes:
            delivery.submit(provider, each)

    def work():
        queue()
        delivery.work()

    submit = per_call(lambda: (queue(), delivery._queue.clear()), 10) / HITS
    settle = per_call(work, 10) / HITS - submit - deliver
    found = {"map": to_payload, "encode": encode, "join, read": deliver - encode, "send": send}
    found["settle"] = settle
    return dict(found, worker=sum(found.values()))
