"""The sqlite provider: each field in its column, all of a call or nothing, and no hit lost by kill or fork."""

from __future__ import absolute_import, division, print_function, unicode_literals

import contextlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
import uuid

import pytest
import six

import analytical
from analytical.delivery.base import Envelope
from analytical.errors import ConfigurationError, DeliveryError, Rejected, TransportError
from analytical.params import read
from analytical.providers.rows import SCHEMA, page_of
from analytical.providers.sqlite import AT_ONCE
from analytical.vocabulary import FIELDS

# A value of each kind, as callers pass it, and what its column holds; compound ones as JSON reads them.
SAMPLES = {
    "text": ("K\u00f6ln \u2713 \U0001f600 ' \" \0", "K\u00f6ln \u2713 \U0001f600 ' \" \0"),
    "integer": (2**63 - 1, 2**63 - 1),
    "number": (-2.5, -2.5),
    "money": ("$12.50", 12.5),
    "boolean": (True, 1),
    "presence": (True, 1),
    "properties": (
        {"plan": "gr\u00f6\u00dfer", "n": [1, None]},
        {"plan": "gr\u00f6\u00dfer", "n": [1, None]},
    ),
    "texts": ({1: "one", 20: "twenty"}, {"1": "one", "20": "twenty"}),
    "numbers": ({2: 2.5}, {"2": 2.5}),
    "items": ([{"id": "MUG", "price": "3.5"}], [{"id": "MUG", "price": 3.5}]),
    "consent": ({"analytics": True}, {"analytics": True}),
}
DECLARED = {
    "integer": "INTEGER",
    "boolean": "INTEGER",
    "presence": "INTEGER",
    "number": "REAL",
    "money": "REAL",
}
STORED = [field for field in FIELDS if field.name not in ("timestamp", "extra")]
needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs os.fork")


@pytest.fixture
def path(tmpdir):
    """Give a path where no file is yet."""
    return str(tmpdir.join("analytics.db"))


@pytest.fixture
def provider(path):
    """Give a provider of a new file."""
    with analytical.Provider("sqlite", path) as made:
        yield made


def rows(path, sql="SELECT * FROM hits ORDER BY seq"):
    """Read rows as dicts, by a connection of our own; columns without a value are left out."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        cursor = connection.execute(sql)
        names = [column[0] for column in cursor.description]
        found = cursor.fetchall()
        cursor.close()
    return [{n: value for n, value in zip(names, row) if value is not None} for row in found]


def only_row(path):
    """Read the one row there is."""
    (row,) = rows(path)
    return row


class TestRows(object):
    @pytest.mark.parametrize("field", STORED, ids=lambda field: field.name)
    def test_every_field_comes_back(self, provider, path, field):
        """A value of each field of the vocabulary stands in the column of its name, as it was."""
        passed, expected = SAMPLES[field.kind]
        assert provider.track_hit("event", {field.name: passed})
        value = only_row(path)[field.name]
        assert (json.loads(value) if isinstance(expected, (dict, list)) else value) == expected

    def test_columns(self, provider, path):
        """The table has the fields in the vocabulary's order and by their kinds, between our own columns."""
        provider.pageview()
        table = [(row["name"], row["type"]) for row in rows(path, "PRAGMA table_info(hits)")]
        fields = [(field.name, DECLARED.get(field.kind, "TEXT")) for field in STORED]
        own = ["seq", "id", "time", "type", "page", "referrer_host"]
        assert [name for name, _ in table] == own + [name for name, _ in fields] + ["other"]
        assert table[len(own) : -1] == fields

    def test_id_time_and_type(self, provider, path):
        """A row has the hit's own id, time and type."""
        (hit,) = [read("transaction", {"ti": "A-1", "timestamp": 1500000000.25})]
        assert provider.batch([hit]) == [analytical.delivery.Outcome("delivered")]
        row = only_row(path)
        assert (row["seq"], row["id"], row["time"], row["type"]) == (
            1,
            hit.id,
            1500000000.25,
            "transaction",
        )

    def test_unknown_names_go_into_other(self, provider, path):
        """Names that the vocabulary does not know are kept as JSON, those of extra with them."""
        token = uuid.UUID(int=5)
        assert provider.pageview(
            {"dt": "Home", "zz": 1, "token": token},
            extra={"sqlite": {"\u00fc": {"a": [1]}, "seq": 7, "id": "x"}, "matomo": {"rand": 1}},
        )
        row = only_row(path)
        assert (row["seq"], row["title"]) == (1, "Home")
        assert json.loads(row["other"]) == {
            "zz": 1,
            "token": str(token),
            "\u00fc": {"a": [1]},
            "seq": 7,
            "id": "x",
        }

    @pytest.mark.parametrize(
        "text", ["'); DROP TABLE hits; --", '") VALUES (1); DROP TABLE hits; --']
    )
    def test_no_sql_of_a_visitor(self, provider, path, text):
        """What looks like SQL is stored as it is, whether it stands in a value or in a name."""
        assert provider.pageview({"dt": text, text: text}, extra={"sqlite": {text + "1": text}})
        row = only_row(path)
        assert row["title"] == text and json.loads(row["other"]) == {text: text, text + "1": text}

    def test_extra_goes_into_columns_of_its_names(self, provider, path):
        """What extra holds for us takes the place of fields where it is of their kind, else it goes aside."""
        extra = {"title": "Start", "value": "7", "url": ["no", "text"], "properties": "no dict"}
        assert provider.event(url="https://example.com/", title="Home", extra={"sqlite": extra})
        row = only_row(path)
        assert (row["title"], row["value"]) == ("Start", 7)
        assert "properties" not in row and "url" not in row
        assert json.loads(row["other"]) == {"url": ["no", "text"], "properties": "no dict"}

    @pytest.mark.parametrize(
        ("payload", "word"),
        [
            ({}, "type"),
            ({"type": 5.5, "properties": {"n": float("nan")}}, "JSON"),
            ({"type": "pageview", "title": "half \ud800"}, "surrogate|JSON"),
            ({"type": "pageview", "thing": object()}, "JSON"),
        ],
        ids=["no type", "nan", "surrogate", "object"],
    )
    def test_what_no_row_can_hold(self, provider, path, payload, word):
        """A payload that cannot be stored is rejected, and harms no other of the same call."""
        assert provider.pageview(title="first")
        good = Envelope("1" * 32, 5.0, {"type": "pageview", "title": "good"})
        outcomes = provider.deliver([good, Envelope("2" * 32, 6.0, payload), good])
        assert [(outcome.state, outcome.reason) for outcome in outcomes] == [
            ("delivered", ""),
            ("rejected", "invalid"),
            ("delivered", ""),
        ]
        assert any(part in outcomes[1].detail for part in word.split("|"))
        assert [row["title"] for row in rows(path)] == ["first", "good"]

    def test_a_bad_id_or_time_is_no_stored_hit(self, provider, path):
        """An envelope without a time is rejected, not silently left out."""
        outcomes = provider.deliver(
            [
                Envelope(identifier, moment, {"type": "pageview"})
                for identifier, moment in (("a", None), (None, 5.0), ("a", float("nan")))
            ]
        )
        assert [outcome.reason for outcome in outcomes] == ["invalid"] * 3
        assert not os.path.exists(path)

    def test_a_retry_is_stored_once(self, provider, path):
        """The same hit, also when JSON carried it in between, makes one row."""
        hit = read("pageview", {"title": "once"}, now=1700000000.123456789)
        payload = provider.payload(hit)
        carried = json.loads(json.dumps([hit.id, hit.time, payload]))
        assert all(provider.deliver([Envelope(hit.id, hit.time, payload)] * 2))
        assert all(provider.deliver([Envelope(*carried)]))
        assert only_row(path)["title"] == "once"

    @pytest.mark.parametrize(
        ("url", "host", "path", "page"),
        [
            ("https://Example.com/A?b=1#c", "", "", "example.com/A"),
            ("https://example.com", "", "", "example.com/"),
            ("https://example.com?a", "", "", "example.com/"),
            ("http://user:word@example.com:8080/a#b?c", "", "", "example.com:8080/a"),
            ("https://example.com/a", "Shop.example.com", "", "shop.example.com/a"),
            ("https://example.com/a", "", "/b?c", "example.com/b"),
            ("", "example.com", "b", "example.com/b"),
            ("/a?u=https://example.net/", "", "", "/a"),
            ("example.com/a", "", "", "example.com/a"),
            ("", "", "", ""),
        ],
    )
    def test_page(self, url, host, path, page):
        """A page is named by host and path, from whatever fields say them."""
        assert page_of(url, host, path) == page

    @pytest.mark.parametrize(
        ("referrer", "host"),
        [
            ("https://www.Example.org/search?q=a", "example.org"),
            ("https://example.com/other", ""),
            ("https://www.example.com", ""),
            ("android-app://org.example.app/", "org.example.app"),
            (None, None),
        ],
    )
    def test_referrer_host(self, provider, path, referrer, host):
        """A referrer is kept by its host; the page's own host, with or without www., is empty."""
        assert provider.pageview(url="https://www.example.com/a", referrer=referrer)
        assert only_row(path).get("referrer_host") == host


class TestFile(object):
    def test_no_file_before_the_first_hit(self, path, tmpdir, monkeypatch):
        """The constructor touches no disk; the file stands where the program was then."""
        monkeypatch.chdir(tmpdir)
        provider = analytical.Provider("sqlite", b"analytics.db")
        assert not os.path.exists(path)
        monkeypatch.chdir(tmpdir.mkdir("elsewhere"))
        with provider:
            assert provider.pageview()
        assert only_row(path)["type"] == "pageview"

    @pytest.mark.skipif(
        six.PY3 and sys.getfilesystemencoding() not in ("utf-8", "utf8"),
        reason="the locale's encoding has no place for the name",
    )
    def test_path_objects_and_names_beyond_ascii(self, tmpdir):
        """A path object is taken, and a name in any script."""
        for account in (tmpdir.join("a.db"), "%s/K\u00f6ln \u2713?#%%.db" % tmpdir):
            with analytical.Provider("sqlite", account) as provider:
                assert provider.pageview()
        names = sorted(os.listdir(six.ensure_binary(str(tmpdir))))
        assert [name.decode("utf-8") for name in names] == ["K\u00f6ln \u2713?#%.db", "a.db"]

    def test_from_url(self, path):
        """The address of a provider may name the file."""
        with analytical.from_url("sqlite://%s?synchronous=full&timeout=1" % path) as provider:
            assert provider.pageview() and provider.timeout == 1
        assert len(rows(path)) == 1

    @pytest.mark.parametrize(
        ("account", "word"),
        [
            (None, "path"),
            ("", "path"),
            (5, "path"),
            (":memory:", "memory"),
            ("a\0b", "NUL"),
        ],
    )
    def test_no_account(self, account, word):
        """What is no path is refused when the provider is made, with the way out."""
        with pytest.raises(ConfigurationError) as caught:
            analytical.Provider("sqlite", account)
        assert word in "%s" % caught.value

    def test_synchronous_is_checked(self, path):
        """Another word than normal and full is refused."""
        with pytest.raises(ConfigurationError) as caught:
            analytical.Provider("sqlite", path, synchronous="off")
        assert "normal or full" in "%s" % caught.value

    def test_an_older_file(self, path):
        """A file from before, with fewer columns, keeps its rows and takes all fields."""
        with contextlib.closing(sqlite3.connect(path)) as connection:
            connection.execute(
                "CREATE TABLE hits (seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, "
                "time REAL NOT NULL, type TEXT NOT NULL, title TEXT, mine TEXT)"
            ).close()
            connection.execute("INSERT INTO hits VALUES (9, 'a', 1.5, 'event', 'Old', 'm')").close()
            connection.commit()
        with analytical.Provider("sqlite", path) as provider:
            assert provider.event(url="https://example.com/", title="New", value=1)
        old, new = rows(path)
        assert old == {
            "seq": 9,
            "id": "a",
            "time": 1.5,
            "type": "event",
            "title": "Old",
            "mine": "m",
        }
        assert (new["seq"], new["title"], new["value"]) == (10, "New", 1)
        assert rows(path, "PRAGMA user_version") == [{"user_version": SCHEMA.version}]

    @pytest.mark.parametrize(
        ("spoil", "state", "reason"),
        [
            ("PRAGMA user_version = 99", "rejected", "newer"),
            ("CREATE TABLE t (a)", "rejected", "foreign"),
            ("text", "rejected", "corrupt"),
            ("directory", "rejected", "corrupt"),
            ("nowhere", "retry", "missing"),
            ("locked", "retry", "locked"),
        ],
    )
    def test_a_file_that_cannot_be_used(self, path, spoil, state, reason):
        """Each trouble is a false outcome with its reason and a way out; without silence it is an error."""
        blocker = None
        if spoil == "nowhere":
            path = os.path.join(path, "analytics.db")
        elif spoil == "directory":
            os.mkdir(path)
        elif spoil == "text":
            with open(path, "w") as stream:
                stream.write("This is a diary. " * 100)
        else:
            if spoil != "CREATE TABLE t (a)":
                with analytical.Provider("sqlite", path) as first:
                    assert first.pageview(title="first")
            blocker = sqlite3.connect(path, isolation_level=None)
            blocker.execute("BEGIN IMMEDIATE" if spoil == "locked" else spoil).close()
        provider = analytical.Provider("sqlite", path, timeout=0.1)
        outcome = provider.pageview(title="lost")
        assert (outcome.state, outcome.reason, outcome.sent) == (state, reason, False)
        assert ":" in outcome.detail and path not in outcome.detail
        assert provider.stats()[state] == {reason: 1}
        loud = analytical.Provider("sqlite", path, timeout=0.1, fail_silently=False)
        with pytest.raises(DeliveryError) as caught:
            loud.pageview(title="lost")
        assert isinstance(caught.value, Rejected if state == "rejected" else TransportError)
        if blocker is not None:
            blocker.close()
        if reason in ("newer", "locked"):
            assert only_row(path)["title"] == "first"

    def test_a_failure_in_the_midst_stores_nothing_of_the_call(self, provider, path):
        """When the tenth of twenty hits cannot be written, none of the twenty is."""
        assert provider.pageview(title="first")
        with contextlib.closing(sqlite3.connect(path)) as connection:
            connection.execute(
                "CREATE TRIGGER stop BEFORE INSERT ON hits WHEN NEW.title = '9' "
                "BEGIN SELECT RAISE(ABORT, 'no room'); END"
            ).close()
        hits = [("pageview", {"title": "%d" % number}) for number in range(20)]
        assert [outcome.reason for outcome in provider.batch(hits)] == ["storage"] * 20
        assert [row["title"] for row in rows(path)] == ["first"]
        with contextlib.closing(sqlite3.connect(path)) as connection:
            connection.execute("DROP TRIGGER stop").close()
        assert all(provider.batch(hits))
        assert len(rows(path)) == 21

    def test_a_deleted_file(self, provider, path):
        """Hits after the file was deleted go into a new one."""
        provider.pageview(title="old")
        os.remove(path)
        assert provider.pageview(title="new")
        assert only_row(path)["title"] == "new"

    def test_close(self, provider, path):
        """A closed provider leaves the one file, and may be used again."""
        assert provider.pageview()
        assert provider.close()
        assert os.listdir(os.path.dirname(path)) == ["analytics.db"]
        assert provider.pageview()
        assert len(rows(path)) == 2


class TestProcesses(object):
    WORKER = """
from __future__ import unicode_literals
import io, sys, analytical
path, log, number, count = sys.argv[1:]
provider = analytical.Provider('sqlite', path, timeout=60)
with io.open(log, 'ab', buffering=0) as accepted:
    for hit in range(int(count)):
        name = '%s-%d' % (number, hit)
        if provider.pageview(url='https://example.com/' + name, client_id=name):
            accepted.write((name + '\\n').encode('ascii'))
"""

    def work(self, path, log, number, count):
        """Start a process that stores hits, and notes each in a log when its call returned true."""
        arguments = [path, log, "%d" % number, "%d" % count]
        return subprocess.Popen([sys.executable, "-c", self.WORKER] + arguments)

    def test_kill(self, path, tmpdir):
        """Of eight processes that write one file, one killed, every hit whose call returned true is there."""
        logs = [str(tmpdir.join("%d.log" % number)) for number in range(8)]
        workers = [self.work(path, log, n, 10**6 if n == 7 else 150) for n, log in enumerate(logs)]
        deadline = time.time() + 60
        while not (os.path.exists(logs[7]) and os.path.getsize(logs[7]) > 300):
            assert time.time() < deadline and workers[7].poll() is None
            time.sleep(0.01)
        workers[7].kill()
        codes = [worker.wait() for worker in workers]
        assert codes[:7] == [0] * 7 and codes[7] != 0
        accepted = []
        for log in logs:
            with open(log) as stream:
                accepted += [line.strip() for line in stream if line.endswith("\n")]
        stored = [row["client_id"] for row in rows(path)]
        assert len([name for name in accepted if not name.startswith("7-")]) == 7 * 150
        assert set(accepted) <= set(stored)
        assert len(stored) == len(set(stored)) <= len(accepted) + 1
        assert rows(path, "PRAGMA integrity_check") == [{"integrity_check": "ok"}]

    def test_threads(self, provider, path):
        """Threads that share a provider store all their hits."""

        def store(thread):
            for number in range(25):
                assert provider.pageview(title="%d-%d" % (thread, number))

        threads = [threading.Thread(target=store, args=[number]) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len({row["title"] for row in rows(path)}) == 100

    @needs_fork
    def test_fork_after_use(self, provider, path):
        """A provider used before a fork stores hits in parent and child."""
        assert provider.pageview(title="before")
        child = os.fork()
        if child == 0:
            signal.alarm(30)  # a child that waits for ever fails the test, not the whole run
            stored = provider.pageview(title="child")
            provider.close()
            os._exit(0 if stored else 1)
        assert provider.pageview(title="parent")
        assert os.waitpid(child, 0)[1] == 0
        assert provider.pageview(title="after")
        assert {row["title"] for row in rows(path)} == {"before", "child", "parent", "after"}

    FULL = """
from __future__ import print_function
import resource, sys, analytical
provider = analytical.Provider('sqlite', sys.argv[1])
stored = [provider.pageview(title='first')]
soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (500000, hard))
while len(stored) < 1000 and stored[-1]:
    stored.append(provider.pageview(title='x' * 10000))
print(sum(map(bool, stored)), stored[-1].state, stored[-1].reason)
resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
assert provider.pageview(title='last')
"""

    @pytest.mark.skipif(not hasattr(signal, "SIGXFSZ"), reason="needs a limit of file sizes")
    def test_no_room(self, path):
        """Where the file cannot grow, the hit is a false outcome, no row is partial, and later ones arrive."""
        said = subprocess.check_output([sys.executable, "-c", self.FULL, path]).decode("ascii")
        stored, state, reason = said.split()
        assert 1 < int(stored) < 1000
        assert (state, reason) in (("retry", "storage"), ("retry", "full"))
        titles = [row["title"] for row in rows(path)]
        assert titles == ["first"] + ["x" * 10000] * (int(stored) - 1) + ["last"]
        assert rows(path, "PRAGMA integrity_check") == [{"integrity_check": "ok"}]


@pytest.mark.parametrize("count", [1, AT_ONCE - 1, AT_ONCE, 3 * AT_ONCE + 5])
def test_many_at_once(provider, path, count):
    """Many hits of a call are stored each once and in their order, also where some are there, or come twice."""
    hits = [read("pageview", {"url": "https://example.com/%d" % number}) for number in range(count)]
    provider.batch(hits[1:3])
    assert all(provider.batch(hits + hits[-1:]))
    found = [row["id"] for row in rows(path)]
    assert found == [hit.id for hit in hits[1:3] + hits[:1] + hits[3:]]


def test_all_columns_at_once(provider, path):
    """A row with a value in every column is one of many too, for no statement gets more than SQLite takes."""
    fields = {field.name: SAMPLES[field.kind][0] for field in STORED}
    hits = [read("pageview", fields) for _ in range(2 * AT_ONCE)]
    assert all(provider.batch(hits))
    assert [row["id"] for row in rows(path)] == [hit.id for hit in hits]
