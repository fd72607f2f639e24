"""analytical stats: the numbers of a file, as tables and as JSON."""

from __future__ import absolute_import, division, print_function, unicode_literals

import io
import re

import pytest

import analytical
from analytical.report.queries import summary


@pytest.fixture
def file(tmpdir):
    """Give the path of a file that holds a few hits, some by attackers."""
    path = str(tmpdir.join("hits.db"))
    with analytical.Provider("sqlite", path) as provider:
        page = {"url": "https://example.com/a?x=1", "cid": "1", "timestamp": "2026-01-02T03:04:05Z"}
        provider.pageview(dict(page, referrer="https://news.example/x"))
        provider.pageview(dict(page, cid="2"))
        provider.pageview(dict(page, url="https://example.com/\x1b[2J\u65e5\u672c\u202e\x9b"))
        provider.pageview(dict(page, url="https://example.com/" + "long/" * 40))
        provider.event(dict(page, category="cart", action="\x1b]0;a\x07dd", value=2.5))
        provider.event(name="signup", client_id="1", timestamp="2026-02-03T00:00:00Z")
    return path


def test_tables(run, file):
    """Totals, pages, referrers and events stand in tables; what is long is cut to the terminal."""
    ran = run("stats", file)
    assert (ran.code, ran.err) == (0, "")
    lines = ran.out.splitlines()
    assert lines[0].endswith("hits.db, 2026-01-02 03:04 to 2026-02-03 00:00 UTC")
    cells = [re.split("  +", line) for line in lines]
    for row in (
        ["hits", "6"],
        ["visitors", "3"],
        ["pageviews", "4"],
        ["events", "2"],
        ["example.com/a", "2", "2"],
        ["news.example", "1", "1"],
        ["(direct)", "3"],
        ["signup", "1", "1", "0"],
    ):
        assert row in cells
    assert all(len(line) <= 100 for line in lines[1:])
    assert [cell for row in cells for cell in row if cell.endswith("...")][0].startswith("example")


def test_controls_are_neutralised(run, file):
    """No escape sequence, control or override that a visitor sent reaches the terminal."""
    out = run("stats", file).out
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", out)
    assert "example.com/\\x1b[2J" in out and "cart/\\x1b]0;a\\x07dd" in out


def test_json(run_json, file):
    """--json prints the summary as it is."""
    code, (found,) = run_json("stats", file, "--limit", "2")
    assert code == 0
    assert found == summary(file, limit=2)
    assert (len(found["pages"]), found["totals"]["hits"]) == (2, 6)


def test_period(run, run_json, file):
    """--since and --until bound the time of the hits."""
    for arguments, hits in (
        (("--since", "2026-02-01"), 1),
        (("--until", "2026-02-01"), 5),
        (("--since", "2026-01-02T03:04:05Z", "--until", "1767323046"), 5),
        (("--since", "2030-01-01"), 0),
    ):
        code, (found,) = run_json("stats", file, *arguments)
        assert (code, found["totals"]["hits"]) == (0, hits)
    ran = run("stats", file, "--since", "2030-01-01")
    assert (ran.code, ran.err) == (0, "") and "holds no hits" in ran.out


def test_file_of_the_environment(run, monkeypatch, file):
    """The file is that of ANALYTICAL_URL; an argument, path or address, comes before it."""
    monkeypatch.setenv(str("ANALYTICAL_URL"), str("sqlite://" + file))
    assert "hits.db" in run("stats").out
    monkeypatch.setenv(str("ANALYTICAL_URL"), str("memory://"))
    assert run("stats", file) == run("stats", "sqlite://" + file)


def test_other_providers_cannot_be_read(run, monkeypatch):
    """With another provider it says that it reads sqlite files only, and shows no secret."""
    monkeypatch.setenv(str("ANALYTICAL_URL"), str("matomo://x?token_auth=s3cret"))
    for arguments in ((), ("matomo://x?token_auth=s3cret",)):
        ran = run("stats", *arguments)
        assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
        assert "sqlite provider only" in ran.err and "matomo" in ran.err
        assert "s3cret" not in ran.err


@pytest.mark.parametrize(
    ("content", "told"), [(None, "no file"), (b"no database\n" * 100, "damaged"), (b"", "no hits")]
)
def test_files_that_cannot_be_read(run, tmpdir, content, told):
    """A missing, empty or foreign file is one line of error, and is left as it was."""
    path = tmpdir.join("odd.db")
    if content is not None:
        path.write_binary(content)
    ran = run("stats", str(path))
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert told in ran.err
    assert path.exists() == (content is not None)
    assert not content or path.read_binary() == content


def test_times_that_are_none(run, file):
    """A time that is none is a usage error."""
    ran = run("stats", file, "--since", "yesterday")
    assert (ran.code, ran.out) == (2, "")
    assert "--since" in ran.err and "yesterday" not in ran.err


def test_recorded_lines_are_counted(run, run_json, tmpdir):
    """What `pageview -` stores is what stats counts, and the hint says how to see it."""
    path = str(tmpdir.join("new file.db"))
    url = "sqlite://" + path.replace(" ", "%20")
    stdin = b"".join(b'{"dl": "https://example.com/%d"}\n' % (i % 3) for i in range(700))
    ran = run("pageview", "-", "--to", url, stdin=stdin + b"x\n")
    assert (ran.code, ran.err.count("\n")) == (1, 1)
    assert ran.err.startswith("analytical: line 701: is no JSON that can be read")
    assert ran.out.splitlines() == [
        "Stored 700 hits in %s; 1 failed" % path,
        "See it: analytical stats '%s'" % path,
    ]
    code, (found,) = run_json("stats", path)
    assert (code, found["totals"]["pageviews"], len(found["pages"])) == (0, 700, 3)
    with io.open(path, "rb") as stored:
        assert b"12.34.56.78" not in stored.read()


def test_nothing_is_made_without_sending(run, tmpdir):
    """A dry run and a validation make no file."""
    url = "sqlite://" + str(tmpdir.join("none.db"))
    assert run("pageview", "https://example.com/", "--dry-run", "--to", url).code == 0
    assert run("validate", "--url", "https://example.com/", "--to", url).code == 0
    assert tmpdir.listdir() == []


@pytest.mark.parametrize("arguments", [(), ("--json",)])
def test_file_that_cannot_be_written(run, tmpdir, arguments):
    """A file of another program is left alone: one line of error, exit code 1."""
    path = tmpdir.join("text.db")
    path.write_binary(b"a text\n" * 500)
    url = "sqlite://" + str(path)
    ran = run("pageview", "https://example.com/", "--to", url, *arguments)
    assert (ran.code, ran.err.count("\n")) == (1, 1)
    assert ran.err.startswith("analytical: error: sqlite: rejected: corrupt: ")
    assert path.read_binary() == b"a text\n" * 500
