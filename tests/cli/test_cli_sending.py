"""One hit from the command line: where it goes, what of it, and what is said."""

from __future__ import absolute_import, division, print_function, unicode_literals

import json
import re

import pytest

AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PAGE = "https://example.com/pricing"


def test_pageview_arrives_anonymized(run, collector, to_collector):
    """The address leaves without its last two bytes, a common agent as it is, and both are told so."""
    ran = run(
        "pageview", PAGE, "--title", "Pricing", "--user-ip", "12.34.56.78",
        "--user-agent", AGENT, "--to", to_collector,
    )  # fmt: skip
    assert (ran.code, ran.err) == (0, "")
    form = collector.wait(1)[0].form
    assert (form["t"], form["dl"], form["dt"]) == ("pageview", PAGE, "Pricing")
    assert (form["uip"], form["ua"]) == ("12.34.0.0", AGENT)
    assert "12.34.56.78" not in ran.out
    assert ran.out.splitlines() == [
        "Sent to googleanalytics at %s: pageview" % collector.url,
        "  url         " + PAGE,
        "  title       Pricing",
        "  user_ip     12.34.0.0",
        "  user_agent  " + AGENT,
    ]


def test_no_anonymize(run, collector, to_collector):
    """--no-anonymize keeps address and agent as they are."""
    arguments = ("--user-ip", "12.34.56.78", "--user-agent", "Rare/1.0", "--no-anonymize")
    assert run("pageview", PAGE, "--to", to_collector, *arguments).code == 0
    form = collector.wait(1)[0].form
    assert (form["uip"], form["ua"]) == ("12.34.56.78", "Rare/1.0")


@pytest.mark.parametrize("name", ["--user-ip=%s", "--param=uip=%s", "--param=user_ip=%s"])
def test_malformed_address_is_removed(run, collector, to_collector, name):
    """What is no address is not sent, by whichever name it comes, and that is said."""
    ran = run("pageview", PAGE, name % "12.34.56.789", "--user-agent", "Rare", "--to", to_collector)
    assert ran.code == 0
    form = collector.wait(1)[0].form
    assert "uip" not in form and form["ua"] == "Rare user agent"
    assert "12.34.56" not in ran.out + ran.err
    assert "user_ip is left out" in ran.err


def test_target_of_the_environment(run, monkeypatch, collector, to_collector):
    """ANALYTICAL_URL names the provider; --to comes before it."""
    monkeypatch.setenv(str("ANALYTICAL_URL"), str(to_collector))
    assert run("pageview", PAGE).code == 0
    assert run("pageview", PAGE, "--to", "memory://").code == 0
    assert len(collector.wait(1)) == 1


def test_event_words(run, collector, to_collector):
    """Words are category, action, label and value; one alone is the event's name."""
    assert run("event", "cart", "add", "mug", "3", "--to", to_collector).code == 0
    assert run("event", "signup", "--to", to_collector).code == 0
    first, second = (request.form for request in collector.wait(2))
    assert [first[name] for name in ("t", "ec", "ea", "el", "ev")] == "event cart add mug 3".split()
    assert (second["t"], second["ea"]) == ("event", "signup")


def test_field_options(run_json):
    """Each kind of field has a way to be written on a command line."""
    code, (payload,) = run_json(
        "hit", "transaction", "--dry-run", "--to", "memory://",
        "--transaction-id", "T1", "--revenue", "$9.50", "--value", "2.5", "--timing-time", "70",
        "--items", '{"id": "a", "price": 3}', "--items", '[{"id": "b"}]',
        "--properties", "plan=pro", "--properties", "seats:=2", "--properties", '{"tags": ["x"]}',
        "--custom-dimensions", "1=blue", "--custom-metrics", "2=4.5", "--consent", "ads=no",
        "--extra", '{"matomo": {"e": 1}}', "--exception-fatal", "no", "--anonymize-ip",
        "--timestamp", "2026-01-02T03:04:05Z", "--param", "cd7=seven", "--param", "novel=1",
        "--non-interaction",
    )  # fmt: skip
    payload.pop("id")
    assert code == 0
    assert payload == {
        "type": "transaction", "time": 1767323045, "transaction_id": "T1", "revenue": 9.5,
        "value": 2.5, "timing_time": 70, "items": [{"id": "a", "price": 3}, {"id": "b"}],
        "properties": {"plan": "pro", "seats": 2, "tags": ["x"]},
        "custom_dimensions": {"1": "blue", "7": "seven"}, "custom_metrics": {"2": 4.5},
        "consent": {"ads": False}, "exception_fatal": False, "anonymize_ip": True,
        "non_interaction": True, "other": {"novel": "1"},
    }  # fmt: skip


def test_json(run_json, collector, to_collector):
    """--json prints outcome, reason and id, and nothing else."""
    code, (result,) = run_json("pageview", PAGE, "--to", to_collector)
    assert code == 0
    assert re.match("[0-9a-f]{32}$", result.pop("id"))
    assert result == {"outcome": "delivered", "reason": ""}


@pytest.mark.parametrize("silent", ["", "&fail_silently=false", "&strict=true"])
def test_failures_are_said(run, run_json, collector, to_collector, silent):
    """A hit that the platform refuses: why, in one line, and exit code 1, whatever the URL's options."""
    collector.answer(503)
    url = to_collector + silent
    ran = run("pageview", PAGE, "--to", url)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == "analytical: error: googleanalytics: not delivered: http_503\n"
    code, (result,) = run_json("pageview", PAGE, "--to", url)
    assert (code, result["outcome"], result["reason"]) == (1, "retry", "http_503")


def test_nobody_listens(run, collector, to_collector):
    """A refused connection is said in one line."""
    collector.close()
    ran = run("pageview", PAGE, "--to", to_collector)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == "analytical: error: googleanalytics: not delivered: connection\n"


@pytest.mark.parametrize("value", ["12.34.56.78", "\ud800"])
def test_invalid_hit(run, collector, to_collector, value):
    """A value of another kind than its field's is said, not echoed and not sent; exit code 1."""
    ran = run("event", "a", "b", "--value", value, "--to", to_collector)
    assert (ran.code, ran.out, ran.err.count("\n")) == (1, "", 1)
    assert ran.err.startswith("analytical: error: ") and "value" in ran.err
    assert "12.34" not in ran.err
    assert collector.requests == []


def test_strict(run, collector, to_collector):
    """strict=true in the URL refuses what validate finds, after the anonymization."""
    ran = run("event", "--action", "add", "--to", to_collector + "&strict=true")
    assert (ran.code, collector.requests) == (1, [])
    assert "category (ec)" in ran.err
    bad = ("pageview", PAGE, "--title", "x" * 1501)
    assert run(*bad + ("--to", to_collector + "&strict=true")).code == 1
    assert run(*bad + ("--to", to_collector)).code == 0


def test_left_out_fields_are_named(run, collector, to_collector):
    """Fields without a place on the platform are named, not silently lost."""
    ran = run("pageview", PAGE, "--session-id", "s1", "--to", to_collector)
    assert ran.code == 0
    assert "Left out, for googleanalytics has no place: session_id" in ran.out


def test_controls_are_neutralised(run):
    """No escape sequence, line break or bidirectional override reaches the terminal from a field."""
    title = "A\x1b]0;owned\x07\n\u202eB\x9b2J"
    ran = run("pageview", PAGE, "--title", title, "--param", "no\x1bvel=1", "--to", "memory://")
    assert ran.code == 0
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", ran.out)
    assert "A\\x1b]0;owned\\x07\\x0a\\u202eB\\x9b2J" in ran.out
    assert "no\\x1bvel" in ran.out


def test_warnings_of_the_package_are_shown(run, register):
    """What the package warns of is one line on the standard error, and the command goes on."""
    import logging

    from analytical.providers.memory import Provider

    class Warning(Provider):
        def keep(self, payloads):
            logging.getLogger("analytical.providers.x").warning("a %s\x1b", "warning")

    register("warning", Warning)
    ran = run("pageview", PAGE, "--to", "warning://")
    assert (ran.code, ran.err) == (0, "analytical: warning: a warning\\x1b\n")
    assert logging.getLogger("analytical").handlers == []


def test_queued_hits_are_waited_for(run, run_json, collector, to_collector):
    """With a queue in between, the command ends when the hit is out, and knows when it is lost."""
    url = to_collector + "&delivery=background"
    ran = run("pageview", PAGE, "--to", url)
    assert (ran.code, len(collector.requests)) == (0, 1)
    assert ran.out.startswith("Queued for googleanalytics")
    collector.answer(400)
    code, results = run_json("pageview", PAGE, "--to", url)
    assert (code, [result["outcome"] for result in results]) == (1, ["queued"])


def test_console(run):
    """The provider's own output and the command's stand side by side."""
    ran = run("pageview", PAGE, "--to", "console://stdout")
    assert json.loads(ran.out[: ran.out.index("}") + 1])["url"] == PAGE
    assert "Sent to console: pageview" in ran.out


class TestDisabled:
    """A provider that sends nothing, as the environment or its address says."""

    @pytest.fixture(autouse=True)
    def disabled(self, monkeypatch):
        """Forbid this process to send."""
        monkeypatch.setenv(str("ANALYTICAL_DISABLED"), str("1"))

    def test_one_hit(self, run, tmpdir):
        """The command says that nothing was sent and why, which is no failure, and makes no file."""
        ran = run("pageview", "https://example.com/", "--to", "sqlite://%s/a.db" % tmpdir)
        assert (ran.code, ran.out) == (0, "")
        assert "nothing is sent or stored" in ran.err and "ANALYTICAL_DISABLED" in ran.err
        assert not tmpdir.listdir()

    def test_lines(self, run, tmpdir):
        """Of many lines it says so once."""
        lines = b'{"url": "https://example.com/"}\n' * 3
        ran = run("pageview", "-", "--to", "sqlite://%s/a.db" % tmpdir, stdin=lines)
        assert (ran.code, ran.out) == (0, "")
        assert ran.err.count("nothing is sent or stored") == 1

    def test_json(self, run_json):
        """A program is told by the outcome."""
        code, (line,) = run_json("pageview", "https://example.com/", "--to", "memory://")
        assert (code, line["outcome"], line["reason"]) == (0, "dropped", "disabled")
