"""Arguments: what each command takes, and one line for what it does not."""

from __future__ import absolute_import, division, print_function, unicode_literals

import pytest

import analytical
from analytical.cli import COMMANDS, main
from analytical.vocabulary import FIELDS

SENDING = ("pageview", "event", "hit")


def test_version(run):
    """--version tells the version."""
    assert run("--version") == (0, "analytical %s\n" % analytical.__version__, "")


def test_help_names_the_commands(run):
    """--help, and a call without anything, list the commands; only the former is a success."""
    asked, lost = run("--help"), run()
    assert (asked.code, lost.code) == (0, 2)
    for name, _, summary in COMMANDS:
        assert "  %s " % name in asked.out and summary in asked.out
    assert lost.out == asked.out


@pytest.mark.parametrize("command", [name for name, _, _ in COMMANDS])
def test_each_command_has_help(run, command):
    """COMMAND --help says how it is called, in ASCII, and exits with 0."""
    ran = run(command, "--help")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("usage: analytical %s" % command)
    assert ran.out.encode("ascii")


@pytest.mark.parametrize("command", SENDING + ("validate",))
def test_each_field_is_an_option(run, command):
    """Every field of the vocabulary is an option, with its meaning and its protocol name."""
    text = " ".join(run(command, "--help").out.split())
    for field in FIELDS:
        if (command, field.name) == ("pageview", "url"):  # that is its first word
            continue
        assert "--%s " % field.name.replace("_", "-") in text
        assert " ".join(field.meaning.split())[:30] in text
        if field.parameter:
            assert "(%s)" % field.parameter in text


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["pageviw"], "no command pageviw (did you mean pageview?)"),
        (["--jsn"], "no option --jsn"),
        (["pageview"], "needs the page's URL"),
        (["pageview", "https://example.com/", "private"], "1 more words than it takes"),
        (["pageview", "https://example.com/", "--titel", "private"], "no option --titel ("),
        (["pageview", "https://example.com/", "--titel=private"], "no option --titel ("),
        (["pageview", "https://example.com/", "--json=private"], "--json takes no value"),
        (["pageview", "https://example.com/", "--title"], "--title: expected one argument"),
        (["event"], "needs CATEGORY ACTION"),
        (["event", "a", "b", "c", "1", "private"], "takes CATEGORY ACTION"),
        (["event", "cart", "add", "--action", "private"], "--action is given twice"),
        (["hit"], "needs a TYPE"),
        (["hit", "transactio"], "no hit type transactio (did you mean transaction?)"),
        (["hit", "event", "private"], "only - can stand"),
        (["hit", "event", "--properties", "private"], "--properties takes NAME=TEXT"),
        (["hit", "event", "--properties", "={"], "--properties takes NAME=TEXT"),
        (["hit", "event", "--properties", "n:=private"], "--properties holds JSON that cannot"),
        (["hit", "item", "--items", "{private"], "--items holds JSON that cannot"),
        (["hit", "item", "--items", "[" * 100000], "--items holds JSON that cannot"),
        (["hit", "event", "--title", "A", "--param", "title=private"], "--param title: --title"),
        (["stats", "--limit", "-1"], "--limit: "),
        (["stats", "--limit", "private"], "--limit: takes a whole number"),
        (["validate", "pagview"], "no hit type pagview (did you mean pageview?)"),
        (["validate", "--online", "--to", "memory://"], "--online: memory offers no such check"),
        (["providers", "plausble"], "unknown provider plausble (did you mean plausible?)"),
        (["pageview", "https://example.com/", "--to", "private"], "form name://account"),
        (["pageview", "https://example.com/", "--to", "memory://?x=private"], "no option x"),
        (["pageview", "https://example.com/", "--to", "googleanalytics://"], "property id"),
        (["pageview", "https://example.com/", "--to", "memory://?strict=private"], "strict= takes"),
    ],
)
def test_usage_errors(run, arguments, told):
    """What a command does not take is said in one line, without the values, with exit code 2."""
    ran = run(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("analytical: error: ") and ran.err.count("\n") == 1
    assert told in ran.err
    assert "private" not in ran.err


def test_words_and_options_in_any_order(run_json):
    """Words may stand before, between and after options; after -- all are words."""
    for arguments in (
        ["event", "cart", "add", "--title", "T", "--to", "memory://"],
        ["event", "--title", "T", "cart", "--to", "memory://", "add"],
        ["event", "--title", "T", "--to", "memory://", "--", "cart", "add"],
    ):
        code, (payload,) = run_json("event", "--dry-run", *arguments[1:])
        found = [payload.get(name) for name in ("category", "action", "label", "title")]
        assert (code, found) == (0, ["cart", "add", None, "T"])


def test_arguments_of_the_process(monkeypatch, capsys):
    """main() without arguments takes those of the process."""
    monkeypatch.setattr("sys.argv", [str("analytical"), str("--version")])
    assert main() == 0
    assert analytical.__version__ in capsys.readouterr()[0]
