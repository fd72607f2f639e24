"""analytical validate: problems by field, from the tables and, on demand, from the platform."""

from __future__ import absolute_import, division, print_function, unicode_literals

import json

OFFLINE = ("--to", "googleanalytics://UA-1-1")
VALID = json.dumps({"hitParsingResult": [{"valid": True, "parserMessage": []}]})
INVALID = json.dumps(
    {
        "hitParsingResult": [
            {
                "valid": False,
                "parserMessage": [
                    {
                        "messageType": "ERROR",
                        "messageCode": "VALUE_INVALID",
                        "description": "The value is invalid.\x1b[2J",
                        "parameter": "tid",
                    }
                ],
            }
        ]
    }
)


def test_valid(run, run_json):
    """A valid hit: exit code 0."""
    ran = run("validate", "pageview", "--url", "https://example.com/", *OFFLINE)
    assert ran == (0, "1 of 1 valid for googleanalytics\n", "")
    arguments = ("validate", "--url", "https://example.com/") + OFFLINE
    assert run_json(*arguments) == (0, [{"valid": True, "problems": []}])


def test_problems(run, run_json):
    """Each problem is a line that begins with its field; exit code 1."""
    arguments = ("validate", "event", "--label", "x" * 501) + OFFLINE
    ran = run(*arguments)
    assert (ran.code, ran.err) == (1, "")
    lines = ran.out.splitlines()
    assert [line.split(":")[0] for line in lines[:-1]] == ["category", "action", "label"]
    assert lines[-1] == "0 of 1 valid for googleanalytics"
    code, (result,) = run_json(*arguments)
    assert (code, result["valid"]) == (1, False)
    found = [(problem["field"], problem["code"]) for problem in result["problems"]]
    assert found == [("category", "required"), ("action", "required"), ("label", "limit")]


def test_types(run):
    """A value of the wrong kind is a problem, not echoed."""
    ran = run("validate", "--param", "ev=12.34.56.78", "--url", "https://example.com/", *OFFLINE)
    assert ran.code == 1
    assert ran.out.startswith("value: ") and "12.34" not in ran.out


def test_lines(run, run_json):
    """`validate -` checks each line, tells problems by line number, and counts."""
    stdin = (
        b'{"type": "pageview", "url": "https://example.com/"}\n\n'
        b'{"t": "event", "ea": "b"}\nx\n{"dl": "x"}\n{"t": "pageview", "dt": "a", "title": "b"}\n'
    )
    ran = run("validate", "-", *OFFLINE, stdin=stdin)
    assert (ran.code, ran.err) == (1, "")
    lines = ran.out.splitlines()
    assert [line.split(":")[0] for line in lines[:-1]] == ["line 3", "line 4", "line 5", "line 6"]
    assert lines[-1] == "1 of 5 valid for googleanalytics"
    code, results = run_json("validate", "-", *OFFLINE, stdin=stdin)
    told = [(result["line"], result["valid"]) for result in results]
    assert told == [(1, True), (3, False), (4, False), (5, False), (6, False)]


def test_online(run, collector, to_collector):
    """--online asks the platform, and shows its answer made harmless."""
    collector.answer(200, VALID, times=1)
    arguments = ("validate", "--url", "https://example.com/", "--online", "--to", to_collector)
    assert run(*arguments).code == 0
    collector.answer(200, INVALID)
    ran = run(*arguments)
    assert (ran.code, ran.out.splitlines()[0]) == (1, "tid: The value is invalid.\\x1b[2J")
    assert [request.path for request in collector.requests] == ["/debug/collect"] * 2


def test_online_is_anonymized(run, collector, to_collector):
    """What is sent for validation is anonymized as what is sent for good."""
    collector.answer(200, VALID)
    page = ("--url", "https://example.com/", "--user-ip", "12.34.56.78")
    assert run("validate", "--online", "--to", to_collector, *page).code == 0
    assert collector.wait(1)[0].form["uip"] == "12.34.0.0"


def test_offline_sends_nothing(run, collector, to_collector):
    """Without --online nothing is sent."""
    assert run("validate", "--url", "https://example.com/", "--to", to_collector).code == 0
    assert collector.requests == []
