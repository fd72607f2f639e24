"""--dry-run: what it shows is what would be sent, but for the credentials."""

from __future__ import absolute_import, division, print_function, unicode_literals

import json

import pytest

from analytical.delivery.http import Request
from analytical.providers.http import HTTPProvider
from analytical.providers.options import Option

TOKEN = "s3cret/t+ken"
PAGE = "https://example.com/"


class Tokened(HTTPProvider):
    """A platform that wants its token everywhere."""

    name = "tokened"
    account = "anything"
    URL = "https://example.com"
    OPTIONS = (Option("token", "secret", None, "the token"),)
    RENAMES = {"url": "u", "title": "t", "user_ip": "ip"}

    def encode(self, envelope, now):
        return json.dumps(dict(envelope.payload)).encode("ascii")

    def request(self, parts, now):
        token = self.options["token"].reveal()
        url = self.endpoint("/in?token=" + token)
        headers = {"Authorization": "Bearer " + token}
        return Request("POST", url, headers, parts[0].data + token.encode("ascii"), parts)


def test_dry_run_is_what_is_sent(run, run_json, collector, to_collector):
    """Method, address, headers and body of the dry run are those of the request then sent."""
    arguments = (
        "pageview",
        PAGE,
        "--title",
        "Caf\u00e9",
        "--client-id",
        "c1",
        "--to",
        to_collector,
    )
    code, (shown,) = run_json(*(arguments + ("--dry-run",)))
    assert (code, collector.requests) == (0, [])
    assert run(*arguments).code == 0
    (sent,) = collector.wait(1)
    assert shown["method"] == sent.method
    assert shown["url"] == collector.url + sent.target
    assert shown["body"].encode("ascii") == sent.body
    for name, value in shown["headers"].items():
        assert sent.headers[name] == value


def test_secrets_are_masked(run, run_json, register):
    """No form of a credential is shown, in text or JSON, and the rest is."""
    register("tokened", Tokened)
    url = "tokened://x?token=s3cret%2Ft%2Bken"
    ran = run("pageview", PAGE, "--to", url, "--dry-run")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines()[:2] == [
        "POST https://example.com/in?token=****",
        "Authorization: Bearer ****",
    ]
    code, shown = run_json("pageview", PAGE, "--to", url, "--dry-run")
    assert code == 0
    assert TOKEN not in ran.out + json.dumps(shown)
    assert json.dumps({"u": PAGE}) + "****" in ran.out


def test_errors_hold_no_secret(run, register):
    """An address with a credential is in no error, whatever is wrong with it."""
    register("tokened", Tokened)
    for url in (
        "tokened://x?token=s3cret&tokn=s3cret",
        "tokened://x?token=s3cret%0A",
        "tokened://x?token=s3cret&timeout=s3cret",
        "tokend://s3cret?token=s3cret",
        "tokened:s3cret",
        "tokened://x?s3cret",
    ):
        ran = run("pageview", PAGE, "--to", url)
        assert (ran.code, ran.out) == (2, "")
        assert "s3cret" not in ran.err


def test_dry_run_is_anonymized(run_json, register):
    """The dry run shows the address as it would leave, or whole where that was asked for."""
    register("tokened", Tokened)
    arguments = ("pageview", PAGE, "--user-ip", "12.34.56.78", "--to", "tokened://x?token=t")
    for more, address in (((), "12.34.0.0"), (("--no-anonymize",), "12.34.56.78")):
        code, (shown,) = run_json(*(arguments + ("--dry-run",) + more))
        assert (code, '"%s"' % address in shown["body"]) == (0, True)


@pytest.mark.parametrize("arguments", [(), ("--json",)])
def test_local_payload(run, arguments):
    """For a local provider the payload is shown, as JSON, and nothing is stored."""
    ran = run("pageview", PAGE, "--title", "T", "--to", "console://", "--dry-run", *arguments)
    payload = json.loads(ran.out)
    assert (ran.code, payload["url"], payload["title"]) == (0, PAGE, "T")
    assert (ran.out.count("\n") == 1) == bool(arguments)


def test_invalid_hit(run, collector, to_collector):
    """What would not be sent is told as when sending, with exit code 1."""
    for arguments, why in (
        (("--value", "x"), "value"),
        (("--title", "x" * 9000), "too_large"),
        (("--timestamp", "2020-01-01"), "too_old"),
    ):
        ran = run("pageview", PAGE, "--to", to_collector, "--dry-run", *arguments)
        assert (ran.code, ran.out, ran.err.count("\n")) == (1, "", 1)
        assert why in ran.err
    assert collector.requests == []


def test_controls_are_neutralised(run, register):
    """A body with escape sequences cannot act on the terminal."""

    class Raw(Tokened):
        def encode(self, envelope, now):
            return b"A\x1b[2J\xff\nB"

    register("raw", Raw)
    ran = run("pageview", PAGE, "--to", "raw://x?token=t", "--dry-run")
    assert ran.code == 0
    assert ran.out.splitlines()[3:5] == ["A\\x1b[2J\ufffd", "B****"]
