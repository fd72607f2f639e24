"""The shared way to write a SQLite file: many threads and processes, forks, and lost files."""

from __future__ import absolute_import, division, print_function, unicode_literals

import gc
import os
import threading

import pytest
from sqlite_words import (
    COLUMNS,
    OLD,
    SCHEMA,
    add,
    end,
    needs_fork,
    read,
    refusal,
    start,
    tell,
    write_by_hand,
)

from analytical import _sqlite_forks
from analytical._sqlite import Schema, Store
from analytical._sqlite_file import StorageError, run


@pytest.fixture
def path(tmpdir):
    """Give a path where no file is yet."""
    return str(tmpdir.join("words.db"))


class TestStore(object):
    def test_the_file_is_made_by_the_first_transaction(self, path):
        """Nothing is on disk before; then a file in WAL mode, with the schema and its version."""
        store = Store(path, SCHEMA)
        assert not os.path.exists(path)
        add(store, "one")
        assert read(path) == ["one"]
        assert read(path, "PRAGMA journal_mode") == ["wal"]
        assert read(path, "PRAGMA user_version") == [1]
        assert "by_word" in read(path, "SELECT name FROM sqlite_master")

    @pytest.mark.parametrize(("synchronous", "number"), [("NORMAL", 1), ("FULL", 2)])
    def test_synchronous(self, path, synchronous, number):
        """The connection waits for the disk as asked."""
        with Store(path, SCHEMA, synchronous=synchronous).transaction() as connection:
            assert run(connection, "PRAGMA synchronous") == [(number,)]

    def test_an_error_undoes_all(self, path):
        """When the block raises anything, nothing of it is stored, and the store works on."""
        store = Store(path, SCHEMA)
        with pytest.raises(KeyboardInterrupt):
            with store.transaction() as connection:
                run(connection, "INSERT INTO words (word) VALUES ('lost')")
                raise KeyboardInterrupt
        with pytest.raises(StorageError) as caught:
            with store.transaction() as connection:
                run(connection, "INSERT INTO words (word) VALUES ('lost')")
                run(connection, "INSERT INTO words (word) VALUES (NULL)")
        assert caught.value.reason == "storage"
        add(store, "kept")
        assert read(path) == ["kept"]

    def test_a_signal_handler_cannot_break_in(self, path):
        """A transaction amid another of the same thread is refused, and the outer one is stored."""
        store = Store(path, SCHEMA)
        with store.transaction() as connection:
            run(connection, "INSERT INTO words (word) VALUES ('outer')")
            assert refusal(store).reason == "locked"
        assert read(path) == ["outer"]

    def test_close(self, path):
        """Closing folds the log into the file; the store may be used again."""
        store = Store(path, SCHEMA)
        add(store, "one")
        assert os.path.exists(path + "-wal")
        store.close()
        store.close()
        assert not os.path.exists(path + "-wal")
        add(store, "two")
        assert read(path) == ["one", "two"]

    def test_threads(self, path):
        """Threads store at once, each by a connection of its own, which is closed with the thread."""
        store = Store(path, SCHEMA, timeout=30)
        before = set(_sqlite_forks._made)
        words = ["%d-%d" % (thread, number) for thread in range(4) for number in range(25)]
        threads = [
            threading.Thread(target=lambda part: [add(store, word) for word in part], args=[part])
            for part in (words[:25], words[25:50], words[50:75], words[75:])
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        del thread, threads
        for _ in range(3):  # PyPy finds what to close only then
            gc.collect()
        assert read(path) == sorted(words)
        assert set(_sqlite_forks._made) <= before

    def test_many_processes_open_a_new_file(self, path):
        """Eight processes that make the same file at the same moment store all they have."""
        code = """
say("ready")
sys.stdin.readline()
for number in range(20):
    add("%s-%d" % (sys.argv[2], number))
"""
        children = [start(code, path, number) for number in range(8)]
        for child in children:
            assert child.stdout.readline() == "ready\n"
        for child in children:
            tell(child)
        for child in children:
            end(child)
        assert len(set(read(path))) == 8 * 20
        assert read(path, "PRAGMA integrity_check") == ["ok"]


class TestSchema(object):
    NEWER = Schema(
        "words",
        COLUMNS + [("size", "INTEGER")],
        SCHEMA.migrations
        + ("UPDATE words SET size = length(word)", "UPDATE words SET size = -size"),
    )

    def test_an_older_file_is_brought_up_to_date(self, path):
        """Missing columns are added and the missing migrations run, in order and once."""
        write_by_hand(path, *OLD)
        for word in ("new", "newer"):
            store = Store(path, self.NEWER)
            add(store, word)
            store.close()
        assert read(path) == ["new", "newer", "old"]
        assert read(path, "SELECT size FROM words WHERE word = 'old'") == [-3]
        assert read(path, "SELECT count(note) FROM words WHERE size IS NULL") == [0]
        assert read(path, "PRAGMA user_version") == [3]

    def test_a_column_alone_is_no_new_version(self, path):
        """A file of the same version that lacks a column gets it; one that has more is written as it is."""
        write_by_hand(path, *OLD)
        wide = Store(path, Schema("words", COLUMNS + [("size", "INTEGER")], SCHEMA.migrations))
        add(wide, "wide")
        add(Store(path, SCHEMA), "narrow")
        assert read(path, "SELECT count(*) FROM words WHERE note IS NULL AND size IS NULL") == [3]
        assert read(path, "PRAGMA user_version") == [1]

    def test_a_newer_file_is_refused(self, path):
        """A file of a later version is not written."""
        add(Store(path, self.NEWER), "new")
        assert refusal(Store(path, SCHEMA)).reason == "newer"
        assert read(path) == ["new"]

    @pytest.mark.parametrize(
        "statement", ["CREATE TABLE users (name TEXT)", "CREATE TABLE words (word TEXT)"]
    )
    def test_the_file_of_another_program_is_left_alone(self, path, statement):
        """A database with other tables, or one of the same name with other columns, is not touched."""
        write_by_hand(path, statement)
        assert refusal(Store(path, SCHEMA)).reason == "foreign"
        assert len(read(path, "SELECT name FROM sqlite_master")) == 1
        assert read(path, "PRAGMA journal_mode") == ["delete"]

    def test_a_failed_migration_leaves_no_trace(self, path):
        """When one of the migrations fails, the file stays as it was."""
        write_by_hand(path, *OLD)
        broken = Schema("words", self.NEWER.columns, self.NEWER.migrations + ("UPDATE nothing",))
        assert refusal(Store(path, broken)).reason == "storage"
        assert read(path, "PRAGMA user_version") == [1]
        assert len(read(path, "PRAGMA table_info(words)")) == 2


class TestLostFiles(object):
    def test_a_deleted_file_is_made_anew(self, path):
        """What is stored after the file was deleted goes into a new one, with its schema."""
        store = Store(path, SCHEMA)
        add(store, "old")
        os.remove(path)
        add(store, "new")
        assert read(path) == ["new"]
        assert read(path, "PRAGMA integrity_check") == ["ok"]

    def test_a_replaced_file_is_written(self, path):
        """When another file takes the path, as in a rotation, the next word goes there."""
        store = Store(path, SCHEMA)
        add(store, "old")
        store.close()
        os.rename(path, path + ".1")
        other = Store(path, SCHEMA)
        add(other, "other")
        add(store, "new")
        assert read(path) == ["new", "other"]
        assert read(path + ".1") == ["old"]

    def test_a_process_that_still_has_the_deleted_file_spoils_nothing(self, path):
        """With the file deleted while another process has it open, the new one is whole."""
        code = """
add("old")
say("ready")
with store.transaction() as connection:  # begun before the file is deleted, ended after
    connection.execute("INSERT INTO words (word) VALUES ('lost')").close()
    say("amid")
    sys.stdin.readline()
say("ended")
sys.stdin.readline()
add("other")
"""
        child = start(code, path)
        assert child.stdout.readline() == "ready\n"
        assert child.stdout.readline() == "amid\n"
        os.remove(path)  # its -wal and -shm stay
        store = Store(path, SCHEMA)
        for _ in range(50):
            add(store, "new")
        tell(child)
        assert child.stdout.readline() == "ended\n"
        for _ in range(50):
            add(store, "new")
        tell(child)
        end(child)
        assert read(path) == ["new"] * 100 + ["other"]
        assert read(path, "PRAGMA integrity_check") == ["ok"]

    def test_a_dangling_link(self, path, tmpdir):
        """Where the path is a link to a file that is not there yet, the file is made at its end."""
        os.symlink(str(tmpdir.join("real.db")), path)
        add(Store(path, SCHEMA), "one")
        assert os.path.islink(path)
        assert read(str(tmpdir.join("real.db"))) == ["one"]


needs_gate = pytest.mark.skipif(
    not hasattr(os, "register_at_fork"), reason="nothing can keep a fork away before Python 3.7"
)


@needs_fork
class TestForks(object):
    CODE = """
from analytical import _sqlite_forks
_sqlite_forks.FORK_PATIENCE = 0.1
add("parent")
inherited = store._local.handle.connection
def is_open():
    try:
        inherited.execute("SELECT 1").close()
    except sqlite3.ProgrammingError:
        return False
    return True
go_on = threading.Event()
thread = hold(lambda: go_on.wait(30))
child = os.fork()
if child == 0:  # ends as any program does, with its garbage collected; it has no other thread
    sys.exit(0)
assert os.waitpid(child, 0)[1] == 0
assert is_open()
go_on.set()
thread.join()
child = os.fork()
closed = hasattr(os, "register_at_fork")  # else the child leaves it alone
assert is_open() != closed
if child == 0:
    add("child")
    assert store._local.handle.connection is not inherited
    store.close()
    assert is_open() != closed
    sys.exit(0)
assert os.waitpid(child, 0)[1] == 0
add("later")
"""

    AMID = """
add("parent")
thread = hold(lambda: time.sleep(0.5))  # the fork is tried by then
child = os.fork()
store.timeout = 10
add("later" if child else "child")
if not child:
    os._exit(0)
thread.join()
assert os.waitpid(child, 0)[1] == 0
"""

    TOO_LONG = """
import signal
from analytical import _sqlite_forks
_sqlite_forks.FORK_PATIENCE = 0.1
go_on = threading.Event()
thread = hold(lambda: go_on.wait(30))
child = os.fork()
if child == 0:
    signal.alarm(60)
    store.timeout = 1000
    try:
        add("child")
    except StorageError as error:
        os._exit(0 if error.reason == "locked" and "forked" in error.detail else 2)
    os._exit(1)
assert os.waitpid(child, 0)[1] == 0
go_on.set()
thread.join()
add("later")
"""

    BUSY = """
import signal
store.timeout = 30
done = []
def work():
    while not done:
        add("thread")
threads = [threading.Thread(target=work) for _ in range(2)]
for thread in threads:
    thread.daemon = True
    thread.start()
for number in range(20):
    child = os.fork()
    if child == 0:
        signal.alarm(60)
        add("child")
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
done.append(True)
for thread in threads:
    thread.join()
"""

    ENDS_LATE = """
import signal
add("parent")
reading, writing = os.pipe()
late = os.fork()
if late == 0:  # has what the parent opened, uses nothing of it, and outlives it
    os.close(writing)
    os.read(reading, 1)
    sys.exit(0)
store.close()
killed = os.fork()
if killed == 0:
    add("killed")  # stands in the log file alone, which whoever closes last would delete
    os.kill(os.getpid(), signal.SIGKILL)
os.waitpid(killed, 0)
os.write(writing, b"x")
assert os.waitpid(late, 0)[1] == 0
"""

    def test_the_end_of_a_child_takes_nothing_along(self, path):
        """A child that ends long after its parent loses no word that others stored since."""
        end(start(self.ENDS_LATE, path))
        assert read(path) == ["killed", "parent"]

    @needs_gate
    def test_a_fork_waits_for_the_end_of_a_transaction(self, path):
        """A child forked while a thread writes does not take over that thread's lock, held for ever."""
        end(start(self.AMID, path))
        assert read(path) == ["child", "later", "parent", "thread"]

    def test_a_child_that_could_not_wait_is_told_at_once(self, path):
        """A child forked amid a transaction all the same does not wait for a lock that nobody gives back."""
        end(start(self.TOO_LONG, path))
        assert read(path) == ["later", "thread"]

    @needs_gate
    def test_forks_among_busy_threads(self, path):
        """Children forked from between two threads that never rest store their words, and none hangs."""
        end(start(self.BUSY, path))
        assert read(path).count("child") == 20
        assert read(path, "PRAGMA integrity_check") == ["ok"]

    def test_a_child_makes_its_own_connection_and_leaves_the_parents_open(self, path):
        """Parent, thread and children store all they have, whoever forks and ends when."""
        end(start(self.CODE, path))
        assert read(path) == ["child", "later", "parent", "thread"]
        assert read(path, "PRAGMA integrity_check") == ["ok"]
