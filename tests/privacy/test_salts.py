"""Salts in a store: one for all processes, and gone after its period."""

from __future__ import absolute_import, division, print_function, unicode_literals

import os
import stat
import subprocess
import sys
import time

import pytest

import analytical
from analytical import privacy
from analytical.params import read
from analytical.privacy import salts

SECRET = "correct-horse-battery"
VISITOR = {"dl": "https://example.com/", "uip": "203.0.113.9", "ua": "Mozilla/5.0"}


class Shelf(object):
    """A store of a user's own: two methods over a dict, with a Redis's habit of giving bytes."""

    def __init__(self):
        self.kept = {}

    def get(self, period):
        found = self.kept.get(period)
        return found and found.encode("ascii")

    def put(self, period, salt):
        self.kept = {period: self.kept.get(period, salt)}


class Clock(object):
    """Stands for the module `time` where a test needs another day."""

    def __init__(self, now):
        self.now = now

    def time(self):
        return self.now

    def __getattr__(self, name):
        return getattr(time, name)


@pytest.fixture
def clock(monkeypatch):
    """Let a test set the clock that periods end by."""
    clock = Clock(1749988800.0)
    monkeypatch.setattr(salts, "time", clock)
    return clock


@pytest.fixture
def path(tmpdir):
    """Give the path of a store that is not there yet."""
    return str(tmpdir.join("visitor salts"))


def identify(processor, moment):
    """Give the id of the visitor at a moment."""
    return processor(read("pageview", dict(VISITOR, timestamp=moment))).get("client_id")


def content(path):
    """Read all files that belong to a store."""
    folder = os.path.dirname(path)
    found = b""
    for name in os.listdir(folder):
        with open(os.path.join(folder, name), "rb") as file:
            found += file.read()
    return found


@pytest.mark.parametrize("kind", ["file", "object"])
def test_ids_with_a_store(clock, path, kind):
    """Processors with one store agree; those with a store of their own do not, secret or no."""
    store = path if kind == "file" else Shelf()
    one, other = (privacy.visitor_id(SECRET, store=store) for _ in range(2))
    assert identify(one, clock.now) == identify(other, clock.now)
    alone = [privacy.visitor_id(SECRET, store=Shelf()), privacy.visitor_id(SECRET)]
    assert len({identify(each, clock.now) for each in alone + [one]}) == 3
    assert identify(privacy.visitor_id("another" * 3, store=store), clock.now) != identify(
        one, clock.now
    )


@pytest.mark.parametrize("kind", ["file", "object"])
def test_a_period_that_ended_is_gone(clock, path, kind):
    """After the first hit of the next day nobody can make the ids of the day before again."""
    store = path if kind == "file" else Shelf()
    processor, start = privacy.visitor_id(SECRET, store=store), clock.now
    first = identify(processor, start)
    before = salts.make_store(store).get("2025-06-15")
    clock.now += 86400
    second = identify(processor, clock.now)
    assert second not in (None, first)
    assert salts.make_store(store).get("2025-06-15") is None
    for each in (processor, privacy.visitor_id(SECRET, store=store)):
        assert identify(each, start) is None  # late hits get none, rather than a new one
        assert identify(each, clock.now) == second
    if kind == "file":
        assert analytical.utils.force_bytes(before) not in content(path)


def test_a_time_to_come_brings_no_salt_forward(clock):
    """A hit dated into the next day gets no id, and ends no period early."""
    shelf = Shelf()
    processor = privacy.visitor_id(SECRET, store=shelf)
    first = identify(processor, clock.now)
    assert identify(processor, clock.now + 86400) is None
    assert list(shelf.kept) == ["2025-06-15"]
    assert identify(processor, clock.now) == first


def test_a_month(clock, path):
    """With rotate='month' the salt lasts through the month."""
    processor = privacy.visitor_id(SECRET, "month", store=path)
    first = identify(processor, clock.now)
    clock.now += 10 * 86400
    assert identify(processor, clock.now) == first
    clock.now += 10 * 86400
    assert identify(processor, clock.now) not in (None, first)


def test_the_first_put_wins(path):
    """A salt that is there is not replaced, so that processes agree, whoever comes first."""
    one, other = salts.FileStore(path), salts.FileStore(path)
    assert one.get("2025-06-15") is None
    one.put("2025-06-15", "1" * 64)
    other.put("2025-06-15", "2" * 64)
    assert one.get("2025-06-15") == other.get("2025-06-15") == "1" * 64


PROGRAM = """
from __future__ import print_function, unicode_literals
import sys, time
from analytical import privacy
from analytical.params import read
while time.time() < float(sys.argv[3]):
    time.sleep(0.001)
hit = read("pageview", {"dl": "https://example.com/", "uip": "203.0.113.9", "ua": "Mozilla/5.0"})
print(privacy.visitor_id(sys.argv[1], rotate="month", store=sys.argv[2])(hit).get("client_id"))
"""


def test_processes_agree_on_a_new_salt(path):
    """Four processes that come upon an empty place at once get one salt, so the visitor has one id."""
    command = [sys.executable, "-c", PROGRAM, SECRET, path, "%f" % (time.time() + 1.5)]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(4)]
    found = {process.communicate()[0].strip() for process in running}
    assert len(found) == 1 and len(found.pop()) == 36


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_the_file_is_its_owners(clock, path):
    """Nobody else can read the file."""
    identify(privacy.visitor_id(SECRET, store=path), clock.now)
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    assert os.listdir(os.path.dirname(path)) == [os.path.basename(path)]


def test_a_store_that_fails_drops_hits(tmpdir, monkeypatch):
    """Without its store no hit is sent, and no id is made up; the reason is counted."""
    from analytical.providers.guard import Guard

    monkeypatch.setattr(Guard, "swallow_faults", True)
    store = str(tmpdir.join("nowhere", "salts"))
    provider = analytical.Provider("memory", processors=[privacy.visitor_id(SECRET, store=store)])
    assert not provider.pageview(VISITOR)
    assert provider.hits == [] and provider.stats()["dropped"] == {"fault": 1}


@pytest.mark.parametrize("given", [None, "", "short"])
def test_a_store_that_keeps_nothing(given):
    """A store that loses the salt, or gives one that could be guessed, is an error, not a constant id."""

    class Hole(object):
        def get(self, period):
            return given

        def put(self, period, salt):
            pass

    with pytest.raises(ValueError):
        identify(privacy.visitor_id(SECRET, store=Hole()), time.time())
