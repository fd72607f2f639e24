"""SQLite files that cannot be used, each with its reason, and those that are only read."""

from __future__ import absolute_import, division, print_function, unicode_literals

import contextlib
import os
import shutil
import sqlite3
import stat
import tempfile
import traceback

import pytest
import six
from sqlite_words import (
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

from analytical._sqlite import Store
from analytical._sqlite_file import StorageError, native_path, open_to_read, run
from analytical.errors import ConfigurationError


@pytest.fixture
def path(tmpdir):
    """Give a path where no file is yet."""
    return str(tmpdir.join("words.db"))


def unprivileged(function):
    """Run a function in a child that permission bits bind, and give the text it returns."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            if os.getuid() == 0:
                os.setgid(65534)
                os.setuid(65534)
            said = function()
        except BaseException:
            said = traceback.format_exc()
        os.write(writing, six.ensure_binary(said))
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as stream:
        said = stream.read().decode("utf-8")
    os.waitpid(child, 0)
    return said


@pytest.fixture
def open_directory():
    """Give a directory that others than root may enter, unlike pytest's."""
    directory = tempfile.mkdtemp()
    os.chmod(directory, 0o755)
    yield directory
    os.chmod(directory, 0o755)
    shutil.rmtree(directory)


class TestRefusals(object):
    def test_locked(self, path):
        """When another process holds the lock for longer than the timeout, that is said; later all is well."""
        code = """
with store.transaction():
    say("locked")
    sys.stdin.readline()
"""
        child = start(code, path)
        assert child.stdout.readline() == "locked\n"
        store = Store(path, SCHEMA, timeout=0.1)
        assert refusal(store).reason == "locked"
        tell(child)
        end(child)
        add(store, "one")
        assert read(path) == ["one"]

    def test_a_reader_of_an_old_style_file_is_waited_for(self, path):
        """The change to WAL mode waits until those who read in the old mode are done."""
        write_by_hand(path, *OLD)
        code = """
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN")
connection.execute("SELECT * FROM words").fetchall()
say("reading")
sys.stdin.readline()
time.sleep(0.2)
connection.execute("COMMIT")
"""
        child = start(code, path)
        assert child.stdout.readline() == "reading\n"
        tell(child)
        add(Store(path, SCHEMA, timeout=30), "new")
        end(child)
        assert read(path) == ["new", "old"]
        assert read(path, "PRAGMA journal_mode") == ["wal"]

    def test_missing_directory(self, tmpdir):
        """A directory that is not there is said, and is not made; once it is there, words are stored."""
        path = str(tmpdir.join("nowhere", "words.db"))
        store = Store(path, SCHEMA)
        assert refusal(store).reason == "missing"
        assert not os.path.exists(os.path.dirname(path))
        os.mkdir(os.path.dirname(path))
        add(store, "one")
        assert read(path) == ["one"]

    def test_a_directory(self, tmpdir):
        """A path that is a directory is no database."""
        assert refusal(Store(str(tmpdir), SCHEMA)).reason == "corrupt"

    def test_a_text_file(self, path):
        """A file that is no database is refused and not changed."""
        text = b"This is a diary, and not the place for hits.\n" * 100
        with open(path, "wb") as stream:
            stream.write(text)
        assert refusal(Store(path, SCHEMA)).reason == "corrupt"
        with open(path, "rb") as stream:
            assert stream.read() == text

    def test_a_damaged_file(self, path):
        """A database whose pages are overwritten is refused."""
        store = Store(path, SCHEMA)
        add(store, "one")
        store.close()
        size = os.path.getsize(path)
        with open(path, "r+b") as stream:
            stream.seek(100)
            stream.write(b"\xff" * (size - 100))
        assert refusal(store).reason == "corrupt"

    def test_full(self, path):
        """A full disk is said, nothing of the transaction is stored; with room again, it is."""
        store = Store(path, SCHEMA)
        add(store, "one")
        with store.transaction() as connection:
            run(connection, "PRAGMA max_page_count = 4")  # SQLite's own word for a disk with an end
        with pytest.raises(StorageError) as caught:
            with store.transaction() as connection:
                for _ in range(100):
                    run(connection, "INSERT INTO words (word) VALUES (?)", ("x" * 1000,))
        assert caught.value.reason == "full"
        add(store, "two")
        assert read(path) == ["one", "two"]

    @needs_fork
    def test_read_only(self, open_directory):
        """A file, and a directory, that this user may not write is said."""
        path = os.path.join(open_directory, "words.db")
        store = Store(path, SCHEMA)
        if os.getuid() != 0:
            os.chmod(open_directory, 0o555)
        assert unprivileged(lambda: refusal(store).reason) == "read_only"  # it cannot be made
        os.chmod(open_directory, 0o755)
        add(store, "one")
        store.close()
        os.chmod(path, 0o444)
        os.chmod(open_directory, 0o555)
        assert unprivileged(lambda: refusal(store).reason) == "read_only"  # nor written
        assert read(path) == ["one"]

    def test_texts_say_what_to_do(self):
        """Every reason has a way out, which the error carries."""
        for reason in ("locked", "read_only", "full", "corrupt", "missing", "newer", "foreign"):
            assert ":" in StorageError(reason).detail


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
class TestMode(object):
    def test_the_owner_alone_may_read(self, path):
        """Whatever the umask, a new file and those that SQLite puts beside it are their owner's alone."""
        umask = os.umask(0)
        try:
            store = Store(path, SCHEMA)
            add(store, "one")
        finally:
            os.umask(umask)
        assert modes(path, path + "-wal", path + "-shm") == [0o600] * 3
        store.close()

    def test_a_mode_that_was_chosen_stays(self, path):
        """Who wants to share a file gives it another mode; the files beside it follow."""
        os.close(os.open(path, os.O_CREAT | os.O_RDWR))
        os.chmod(path, 0o660)
        store = Store(path, SCHEMA)
        add(store, "one")
        assert modes(path, path + "-wal") == [0o660] * 2
        store.close()


def modes(*paths):
    """Give the permissions of files."""
    return [stat.S_IMODE(os.stat(str(path)).st_mode) for path in paths]


class TestReading(object):
    def test_a_missing_file_is_not_made(self, path):
        """Reading makes no file."""
        with pytest.raises(StorageError) as caught:
            open_to_read(path)
        assert caught.value.reason == "missing"
        assert not os.path.exists(path)

    def test_nothing_can_be_written(self, path):
        """The connection sees what others just stored, and refuses to write."""
        store = Store(path, SCHEMA)
        add(store, "one")
        with contextlib.closing(open_to_read(path)) as connection:
            assert run(connection, "SELECT word FROM words") == [("one",)]
            with pytest.raises(sqlite3.OperationalError):
                run(connection, "DELETE FROM words")
            add(store, "two")
            assert run(connection, "SELECT count(*) FROM words") == [(2,)]

    def test_a_text_file(self, path):
        """A file that is no database is refused."""
        with open(path, "w") as stream:
            stream.write("This is a diary. " * 100)
        with pytest.raises(StorageError) as caught:
            open_to_read(path)
        assert caught.value.reason == "corrupt"

    @needs_fork
    @pytest.mark.skipif(six.PY2, reason="sqlite3 of Python 2 cannot be told that nobody writes")
    def test_in_a_directory_that_cannot_be_written(self, open_directory):
        """A file that lies where nothing can be written, such as a backup, is read all the same."""
        path = os.path.join(open_directory, "words 100%.db")
        store = Store(path, SCHEMA)
        add(store, "one")
        store.close()
        os.chmod(path, 0o644)
        os.chmod(open_directory, 0o555)

        def words():
            with contextlib.closing(open_to_read(path)) as connection:
                return run(connection, "SELECT word FROM words")[0][0]

        assert unprivileged(words) == "one"

    @needs_fork
    @pytest.mark.skipif(
        "os.getuid() != 0", reason="only root has files that this user may not read"
    )
    def test_a_file_of_another_user(self, open_directory):
        """Who may not read a file is told so."""
        path = os.path.join(open_directory, "words.db")
        store = Store(path, SCHEMA)
        add(store, "one")
        store.close()

        def why():
            with pytest.raises(StorageError) as caught:
                open_to_read(path)
            return caught.value.reason + caught.value.detail

        assert unprivileged(why).startswith("read_onlythis user may not use the file")


class TestPaths(object):
    def test_bytes_that_are_no_text(self):
        """A path in another encoding than UTF-8 is refused, for not every Python could open it."""
        with pytest.raises(ConfigurationError) as caught:
            native_path(b"/secret/w\xf6rter.db")
        assert "UTF-8" in "%s" % caught.value and "secret" not in "%s" % caught.value

    @pytest.mark.skipif(six.PY2, reason="Python 2 encodes halves of surrogate pairs")
    def test_text_that_is_no_path(self):
        """Text that no file name can hold is refused without showing it."""
        with pytest.raises(ConfigurationError) as caught:
            native_path("half \ud800 secret")
        assert "secret" not in "%s" % caught.value
