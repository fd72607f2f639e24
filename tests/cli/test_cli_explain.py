"""analytical explain: what would leave for a hit, for people and for machines."""

from __future__ import absolute_import, division, print_function, unicode_literals

import json

PAGE = "https://example.com/"
UMAMI = ("--to", "umami://94db1cb1-74f4-4a40-ad6c-962362670409")


def test_a_page(run):
    """The page's address and fields as options; nothing is sent, and the request is shown."""
    ran = run("explain", PAGE, "--user-ip", "12.34.56.78", *UMAMI)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("A pageview for umami\n")
    assert 'user_ip: "12.34.56.78"' in ran.out
    assert "POST https://cloud.umami.is/api/send" in ran.out


def test_nothing_is_sent(run, collector, to_collector):
    """The platform gets no request."""
    assert run("explain", PAGE, "--to", to_collector).code == 0
    assert collector.requests == []


def test_a_hit_as_json(run, run_json):
    """A JSON object is a hit; options fill in what it does not say."""
    given = json.dumps({"t": "event", "ea": "add", "ec": "cart"})
    code, (result,) = run_json("explain", given, "--label", "mug", "--action", "other", *UMAMI)
    assert code == 0
    assert result["type"] == "event"
    assert result["given"] == {"action": "add", "category": "cart", "label": "mug"}
    code, (result,) = run_json("explain", '{"dl": "https://example.com/"}', *UMAMI)
    assert (code, result["type"]) == (0, "pageview")
    code, (result,) = run_json("explain", '{"ea": "x"}', "--type", "event", *UMAMI)
    assert (code, result["type"]) == (0, "event")


def test_codes(run, register):
    """1 for a hit that would be refused; 2 for what cannot be read."""
    assert run("explain", PAGE, "--to", UMAMI[1] + "?strict=true").code == 1
    for arguments in (
        ("explain", "{nonsense"),
        ("explain", PAGE, "--type", "nonsense"),
        ("explain", '{"t": "event"}', "--type", "item"),
        ("explain",),
        ("explain", PAGE, "--to", "nonsense://x"),
    ):
        assert run(*arguments).code == 2


def test_secrets_and_controls(run):
    """Credentials are masked, and what would act on the terminal is spelled out."""
    ran = run("explain", PAGE, "--title", "a\x1b[2J\u202eb", "--to", "mixpanel://planted-token")
    assert ran.code == 0
    assert "planted-token" not in ran.out and "****" in ran.out
    assert "\x1b" not in ran.out and "\u202e" not in ran.out


def test_processors_of_the_address(run, run_json):
    """Processors that --to names run in every command, before address and agent are anonymized."""
    to = ("--to", "memory://x?processors=respect_opt_out,remove_ip")
    for command in ("pageview", "explain"):
        code, told = run_json(command, PAGE, "--dnt", *to)
        assert (code, told[0].get("reason")) == (
            0,
            {"pageview": "processor", "explain": "by respect_opt_out"}[command],
        )
    code, (payload,) = run_json("pageview", PAGE, "--user-ip", "12.34.56.78", "--dry-run", *to)
    assert code == 0 and "user_ip" not in payload
    assert run("pageview", PAGE, "--to", "memory://x?processors=nonsense").code == 2
