"""SQLite files written by threads in turn: single statements, waiting for one another, and forks."""

from __future__ import absolute_import, division, print_function, unicode_literals

import os
import threading

import pytest
from sqlite_words import SCHEMA, end, needs_fork, read, start

from analytical._sqlite import Store
from analytical._sqlite_file import StorageError, run

INSERT = "INSERT INTO words (word) VALUES (?)"


@pytest.fixture
def path(tmpdir):
    """Give a path where no file is yet."""
    return str(tmpdir.join("words.db"))


class Holder(threading.Thread):
    """A thread that is amid a transaction of a store until it is told to go on."""

    def __init__(self, store):
        super(Holder, self).__init__()
        self.daemon = True
        self.store = store
        self.inside, self.go_on = threading.Event(), threading.Event()

    def run(self):
        with self.store.transaction() as connection:
            run(connection, INSERT, ("holder",))
            self.inside.set()
            self.go_on.wait(20)

    def __enter__(self):
        self.start()
        assert self.inside.wait(20)
        return self

    def __exit__(self, *error):
        self.go_on.set()
        self.join()


def test_one_statement(path):
    """A statement is stored by itself; one that fails says why, stores nothing, and the store works on."""
    store = Store(path, SCHEMA)
    store.write(INSERT, ("one",))
    with pytest.raises(StorageError) as caught:
        store.write(INSERT, (None,))
    assert caught.value.reason == "storage"
    store.write(INSERT, ("two",))
    assert read(path) == ["one", "two"]


def test_a_signal_handler_cannot_break_in(path):
    """A statement amid a transaction of the same thread is refused, not waited for."""
    store = Store(path, SCHEMA, timeout=60)
    with store.transaction() as connection:
        run(connection, INSERT, ("outer",))
        with pytest.raises(StorageError) as caught:
            store.write(INSERT, ("inner",))
    assert caught.value.reason == "locked"
    assert read(path) == ["outer"]


def test_a_thread_waits_for_another(path):
    """What comes amid another thread's transaction is stored after it."""
    store = Store(path, SCHEMA, timeout=20)
    writer = threading.Thread(target=store.write, args=(INSERT, ("waited",)))
    with Holder(store) as holder:
        writer.start()
        writer.join(0.1)
        assert writer.is_alive()
        holder.go_on.set()
        writer.join()
    assert read(path, "SELECT word FROM words ORDER BY rowid") == ["holder", "waited"]


def test_a_thread_waits_no_longer_than_its_timeout(path):
    """After the timeout it is refused as locked, and the next one has its turn."""
    store = Store(path, SCHEMA, timeout=0.05)
    with Holder(store):
        with pytest.raises(StorageError) as caught:
            store.write(INSERT, ("late",))
        assert caught.value.reason == "locked"
    store.write(INSERT, ("next",))
    assert read(path) == ["holder", "next"]


FORKS = """
holder = hold(lambda: time.sleep(0.5))
child = os.fork()
if not child:
    store.write("INSERT INTO words (word) VALUES ('child')", ())
    os._exit(0)
holder.join()
assert os.waitpid(child, 0)[1] == 0
"""


@needs_fork
@pytest.mark.skipif(not hasattr(os, "register_at_fork"), reason="before Python 3.7 nothing helps")
def test_a_fork_waits_for_the_transaction_of_a_thread(path):
    """A child forked amid another thread's transaction would find the file locked for ever."""
    end(start(FORKS, path))
    assert read(path) == ["child", "thread"]
