"""What the tests of our way to SQLite share: a file of words, and children that write it."""

from __future__ import absolute_import, division, print_function, unicode_literals

import contextlib
import os
import sqlite3
import subprocess
import sys

import pytest

from analytical._sqlite import Schema
from analytical._sqlite_file import StorageError, run

COLUMNS = [("seq", "INTEGER PRIMARY KEY"), ("word", "TEXT NOT NULL"), ("note", "TEXT")]
SCHEMA = Schema("words", COLUMNS, ['CREATE INDEX IF NOT EXISTS "by_word" ON "words" ("word")'])
needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs os.fork")

# What a child process runs first.
PREAMBLE = """
from __future__ import print_function, unicode_literals
import os, signal, sqlite3, sys, threading, time
def fork(really=os.fork):
    child = really()
    signal.alarm(60)  # nobody waits for ever; a child does not inherit it
    return child
os.fork = fork
signal.alarm(60)
from analytical._sqlite import Schema, Store
from analytical._sqlite_file import StorageError
COLUMNS = [("seq", "INTEGER PRIMARY KEY"), ("word", "TEXT NOT NULL"), ("note", "TEXT")]
SCHEMA = Schema("words", COLUMNS, ['CREATE INDEX IF NOT EXISTS "by_word" ON "words" ("word")'])
store = Store(sys.argv[1], SCHEMA, timeout=30)
def add(word):
    with store.transaction() as connection:
        connection.execute("INSERT INTO words (word) VALUES (?)", (word,)).close()
def hold(wait):  # start a thread that is amid a transaction until wait() returns
    amid = threading.Event()
    def work():
        with store.transaction() as connection:
            connection.execute("INSERT INTO words (word) VALUES ('thread')").close()
            amid.set()
            wait()
        store.close()  # or the thread's end would close it, perhaps amid the next fork
    thread = threading.Thread(target=work)
    thread.start()
    assert amid.wait(30)
    return thread
def say(text):
    print(text)
    sys.stdout.flush()
"""


def start(code, *arguments):
    """Start a child process that talks by lines."""
    return subprocess.Popen(
        [sys.executable, "-c", PREAMBLE + code] + [str(argument) for argument in arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        universal_newlines=True,
    )


def tell(child):
    """Let a child go on that waits for a line."""
    child.stdin.write(str("go\n"))
    child.stdin.flush()


def end(child):
    """Wait for a child that must end well, and give the rest of what it said."""
    said, _ = child.communicate()
    assert child.returncode == 0
    return said.split()


def add(store, word):
    """Store a word."""
    with store.transaction() as connection:
        run(connection, "INSERT INTO words (word) VALUES (?)", (word,))


def read(path, sql="SELECT word FROM words ORDER BY word"):
    """Read the first column by a connection of our own."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return [row[0] for row in run(connection, sql)]


def refusal(store, word="word"):
    """Give the StorageError that a transaction raises."""
    with pytest.raises(StorageError) as caught:
        add(store, word)
    return caught.value


def write_by_hand(path, *statements):
    """Make a file with sqlite3 alone."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            run(connection, statement)
        connection.commit()


# A file of version 1 from before there were notes, in the mode that SQLite files have by default.
OLD = (
    "CREATE TABLE words (seq INTEGER PRIMARY KEY, word TEXT NOT NULL)",
    "INSERT INTO words (word) VALUES ('old')",
    "PRAGMA user_version = 1",
)
