"""What the chaos suite shares: programs that send hits and note which were accepted, and what they must keep."""

from __future__ import absolute_import, division, print_function, unicode_literals

import io
import os
import random
import subprocess
import sys
import threading

from analytical.delivery.outbox import Outbox
from analytical.testing import Collector

LONG = os.environ.get("CHAOS") == "long"
SEED = int(os.environ.get("CHAOS_SEED") or random.randrange(1000000))
PATIENCE = 120  # seconds; a safety net, not a measure
ACCOUNT = "c0ffee0123456789"

# What each program begins with. A hit is told by its title; "?" is noted before its call, "+" when that
# has returned a true outcome. Mixpanel's provider de-duplicates, so what was not answered is sent again.
SENDER = """
from __future__ import unicode_literals
import logging, os, random, signal, sys, threading, time
import analytical
from analytical.delivery import Outbox
from analytical.delivery.background import Background
from analytical.delivery.retry import Retry

logging.basicConfig()
random.seed(int(os.environ["SEED"]))
QUICK = Retry(attempts=1000, base=0.02, cap=0.2, max_age=86400)
log = os.open(os.environ["LOG"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)

def make(kind):
    if kind == "file":
        delivery = Outbox(os.environ["FILE"], interval=0.02, retry=QUICK)
    else:
        delivery = Background(interval=0.02, retry=QUICK)
    return analytical.Provider(
        "mixpanel", "c0ffee0123456789", url=os.environ["URL"], insecure=True,
        timeout=float(os.environ.get("TIMEOUT", 20)), delivery=delivery
    )

def note(mark, title):
    os.write(log, (mark + title + "\\n").encode("ascii"))

def send(provider, who, count, size=0):
    for number in range(count):
        title = "%s-%d" % (who, number)
        note("?", title)
        if provider.pageview(
            url="https://example.com/" + "x" * size, title=title, client_id="1.2"
        ):
            note("+", title)

def wait(condition):
    end = 50 + getattr(time, "monotonic", time.time)()
    while not condition():
        assert getattr(time, "monotonic", time.time)() < end
        time.sleep(0.005)
"""


class Platform(object):
    """A collector that keeps books as Mixpanel does: it has what it answered with 200, once for each id."""

    def __init__(self, **options):
        self.collector = Collector(**options)
        self.taken = []  # (title, id)
        self.busy = 0.0  # the share of requests that it answers with 503
        self._chance = random.Random(SEED)
        self._lock = threading.Lock()
        self.well()

    def well(self):
        """Answer as it should."""
        self.collector.answer_with(self._take)
        return self

    def __enter__(self):
        self.collector.start()
        return self

    def __exit__(self, *error):
        self.collector.close()

    def _take(self, request):
        with self._lock:
            if self._chance.random() < self.busy:
                return 503, {"Retry-After": "0"}, b""
            self.taken.extend(events(request))
        return 200, None, b"{}"

    def arrived(self):
        """List what came, whatever was answered."""
        return [event for request in self.collector.requests for event in events(request)]


def events(request):
    """List the hits of a request, by title and id."""
    properties = [event["properties"] for event in request.json]
    return [(each["current_page_title"], each["$insert_id"]) for each in properties]


class Books(object):
    """The folder of a test: an outbox, and the log of what programs sent."""

    def __init__(self, folder, platform, url=None):
        self.folder = folder
        self.platform = platform
        self.url = url or platform.collector.url
        self.file = str(folder.join("hits"))
        self.log = str(folder.join("log"))

    def start(self, script, **environment):
        """Start a program; its errors go into a file, so that none has to be read while it runs."""
        given = {"URL": self.url, "FILE": self.file, "LOG": self.log, "SEED": SEED}
        given.update(environment)
        variables = {str(key): str(value) for key, value in given.items()}
        with open(self.log + ".errors", "ab") as errors:
            return subprocess.Popen(
                [sys.executable, "-c", SENDER + script],
                env=dict(os.environ, **variables),
                stderr=errors,
            )

    def finish(self, *programs):
        """Wait for programs, which must end in time and without a fault."""
        for program in programs:
            killer = threading.Timer(PATIENCE, program.kill)
            killer.start()
            status = program.wait()
            killer.cancel()
            said = self.errors()
            assert status == 0, "CHAOS_SEED=%d: %d\n%s" % (SEED, status, said)
            assert "Traceback" not in said, "CHAOS_SEED=%d\n%s" % (SEED, said)

    def run(self, script, **environment):
        """Run one program to its end."""
        self.finish(self.start(script, **environment))

    def errors(self):
        """Give what the programs had to say."""
        with io.open(self.log + ".errors", encoding="utf-8") as file:
            return file.read()

    def noted(self, mark):
        """List the titles with a mark."""
        with io.open(self.log, encoding="ascii") as file:
            return [line[1:].strip() for line in file if line[0] == mark]

    def sweep(self):
        """Deliver what is left in the outbox."""
        import analytical

        outbox = Outbox(self.file, interval=0.01)
        options = {"url": self.url, "timeout": 5, "delivery": outbox}
        provider = analytical.Provider("mixpanel", ACCOUNT, insecure=True, **options)
        outbox.attach(provider)
        assert provider.close(PATIENCE), "CHAOS_SEED=%d: %r" % (SEED, provider.stats())

    def check(self, found=None, exactly=False):
        """Every accepted hit is there, under one id; no other is."""
        found = self.platform.taken if found is None else found
        ids = {}
        for title, id in found:
            assert ids.setdefault(title, id) == id, "CHAOS_SEED=%d: two ids: %s" % (SEED, title)
        lost = set(self.noted("+")) - set(ids)
        invented = set(ids) - set(self.noted("?"))
        assert not lost, "CHAOS_SEED=%d: lost: %s" % (SEED, sorted(lost)[:9])
        assert not invented, "CHAOS_SEED=%d: invented: %s" % (SEED, sorted(invented)[:9])
        assert not exactly or len(found) == len(ids), "CHAOS_SEED=%d: sent twice" % SEED
