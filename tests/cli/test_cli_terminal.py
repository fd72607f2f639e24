"""Text in and out: nothing hijacks a terminal, nothing is refused, columns stay columns."""

from __future__ import absolute_import, division, print_function, unicode_literals

import io
import locale
import unicodedata

import pytest
import six
from hypothesis import given
from hypothesis import strategies as st
from streams import Stream

from analytical.cli import terminal as module
from analytical.cli.table import say_table
from analytical.cli.terminal import Terminal, argument_texts, columns, cut, visible


@given(st.text())
def test_visible(text):
    """What is left holds no control and no format characters but the two joiners, and no lone surrogate."""
    shown = visible(text)
    for char in shown:
        assert ord(char) >= 0x10000 or char in "\u200c\u200d" or not is_harmful(char)
    # Beyond, what a character is depends on the interpreter's edition of Unicode.
    if not any(char >= "\u0600" or is_harmful(char) for char in text):
        assert shown == text


def is_harmful(char):
    """Tell by Unicode's categories what may act on a terminal."""
    return unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp")


@given(st.text(), st.sampled_from(["ascii", "latin-1", "utf-8", "cp1252"]))
def test_any_text_can_be_written(text, encoding):
    """No encoding refuses a line, and it stays one line; bytes 128 to 159 would be controls in ASCII."""
    out, err = Stream(encoding), Stream(encoding)
    terminal = Terminal(out, err)
    terminal.say(terminal.shown(text))
    terminal.error(text)
    terminal.json({"text": text})
    assert out.text().count("\n") == 2
    assert err.text().count("\n") == 1 and err.text().startswith("analytical: error: ")


@given(st.text(alphabet="ab\u65e5\u0301\u200d\uff21\u00e9"), st.integers(3, 30))
def test_cut(text, width):
    """Cut text fits, keeps its beginning, and is not touched where it fits."""
    shown = cut(text, width)
    assert columns(shown) <= width
    assert shown == text if columns(text) <= width else shown.endswith("...")
    assert text.startswith(shown[:-3])


def test_columns_beyond_the_first_plane():
    """An emoji counts for what terminals give it, on narrow builds of Python 2 too."""
    assert columns("\U0001f600") in (1, 2)  # tables of old versions do not know it
    assert columns("\U00020000") == 2


def test_table():
    """Numbers stand to the right with separators; wide characters take two columns; None is empty."""
    out = Stream()
    rows = [("\u65e5\u672c", 1234567), ("abc", 5.0), (None, 0.125), ("e\u0301\x1b", None)]
    say_table(Terminal(out, Stream()), ("page", "views"), rows)
    assert out.text().splitlines() == [
        "page       views",
        "-----  ---------",
        "\u65e5\u672c   1,234,567",
        "abc            5",
        "            0.12",
        "e\u0301\\x1b",
    ]


def test_table_fits(monkeypatch):
    """The widest text is cut so that lines fit; numbers never are."""
    monkeypatch.setenv(str("COLUMNS"), str("40"))
    out = Stream()
    rows = [("https://example.com/" + "x" * 50, "T" * 30, 1000000)]
    say_table(Terminal(out, Stream()), ("page", "title", "views"), rows)
    assert [len(line) for line in out.text().splitlines()] == [40, 40, 40]
    assert out.text().splitlines()[2].endswith("...  1,000,000")


def test_empty_table():
    """A table without rows is its heads."""
    out = Stream()
    say_table(Terminal(out, Stream()), ("page", "views"), [])
    assert out.text() == "page  views\n----  -----\n"


def test_progress_for_people_only(monkeypatch):
    """On a terminal each progress replaces the last and any line clears it; elsewhere there is none."""
    monkeypatch.setenv(str("COLUMNS"), str("30"))
    out, err = Stream(), Stream(tty=True)
    terminal = Terminal(out, err)
    terminal.progress("1,000 lines read")
    terminal.progress("9 lines")
    terminal.progress("x" * 50)
    terminal.note("a note")
    terminal.flush()
    assert err.text() == (
        "\r1,000 lines read\r9 lines         \r" + "x" * 26 + "...\r" + " " * 29 + "\ra note\n"
    )
    quiet = Stream()
    Terminal(out, quiet).progress("1,000 lines read")
    assert (quiet.text(), out.text()) == ("", "")


def test_closed_streams():
    """A command started with closed outputs says nothing, and does not fail."""
    terminal = Terminal(Stream(), Stream())
    terminal.out = terminal.err = None
    terminal.say(terminal.shown("a"))
    terminal.note("b")
    terminal.progress("c")
    terminal.flush()


@pytest.mark.parametrize("width", ["0", "", "x", "-5", "9" * 30])
def test_odd_widths(monkeypatch, width):
    """Whatever COLUMNS says, there is a width."""
    monkeypatch.setenv(str("COLUMNS"), str(width))
    assert Terminal(Stream(), Stream()).width > 0


def test_arguments_are_text(monkeypatch):
    """Arguments are read as UTF-8, and as the locale says where they are not."""
    monkeypatch.setattr(locale, "getpreferredencoding", lambda *_: "latin-1")
    given = [b"caf\xc3\xa9", b"caf\xe9", "caf\u00e9", b"a"]
    assert argument_texts(given) == ["caf\u00e9"] * 3 + ["a"]


@pytest.mark.skipif(six.PY2, reason="arguments are bytes there")
def test_arguments_read_as_ascii():
    """What Python 3 kept of bytes it could not decode is decoded again."""
    assert argument_texts([b"caf\xc3\xa9".decode("ascii", "surrogateescape")]) == ["caf\u00e9"]


def test_discard_output_of_no_file(monkeypatch):
    """A replaced standard output, which is no file, is left alone."""
    monkeypatch.setattr("sys.stdout", io.StringIO())
    module.discard_output()
