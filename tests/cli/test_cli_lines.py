"""JSON lines from the standard input: bad ones are told, the rest are sent."""

from __future__ import absolute_import, division, print_function, unicode_literals

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytical.cli import lines
from analytical.cli.hits import with_defaults

LONG = b'{"title": "' + b"x" * lines.MAX_LINE + b'"}'


class Pipe(object):
    """A stream that hands out bytes as they came, like a pipe."""

    def __init__(self, chunks):
        self.chunks = [chunk for chunk in chunks if chunk]

    def read1(self, size):
        return self.chunks.pop(0) if self.chunks else b""


def jsonl(*values):
    """Write values as JSON lines."""
    return b"".join(json.dumps(value).encode("ascii") + b"\n" for value in values)


@given(st.lists(st.binary(max_size=20).map(lambda data: data.replace(b"\r", b"\n"))))
def test_blocks_are_the_lines(chunks):
    """However the bytes come in, the lines are those between line feeds."""
    found = [line for block in lines.blocks(Pipe(chunks)) for line in block]
    expected = b"".join(chunks).split(b"\n")
    assert found == (expected if expected[-1] else expected[:-1])


@pytest.mark.parametrize("size", [1, lines.MAX_LINE, lines.MAX_LINE * 3])
def test_long_lines_are_skipped(size):
    """A line over the limit is None wherever its bytes are divided, and the next one is whole."""
    data = b"a\n" + b"x" * (lines.MAX_LINE + 1) + b"\n" + b"y" * lines.MAX_LINE + b"\nb"
    parts = [data[:2], data[2 : 2 + size], data[2 + size :]]
    found = [line for block in lines.blocks(Pipe(parts)) for line in block]
    assert found == [b"a", None, b"y" * lines.MAX_LINE, b"b"]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b"secret", "is no JSON"),
        (b'{"url": secret}', "is no JSON"),
        (b"[1]", "holds no JSON object"),
        (b"null", "holds no JSON object"),
        (b"12", "holds no JSON object"),
        (b"\xff\xfe\x00", "is not UTF-8"),
        (b"\x00" * 1000, "is no JSON"),
        (b"[" * 100000, "nested too deep"),
        (b'{"value": ' + b"9" * 100000 + b"}", "is no JSON"),
        (LONG, "has more than 1048576 bytes"),
        (b'{"type": "event"}', "another hit type than the command"),
        (b'{"value": "secret"}', "value"),
        (b'{"value": NaN}', "value"),
        (b'{"title": "secret", "dt": "other secret"}', "given twice"),
        (b'{"title": "\\ud800"}', "title"),
        (b'{"": "secret", "title": ["secret"]}', "title"),
    ],
)
def test_bad_lines_are_told(run, run_json, collector, to_collector, line, why):
    """A bad line is told with its number and why, not what is in it; the rest is sent; exit code 1."""
    good = jsonl({"url": "https://example.com/"})
    stdin = good + b"\r\n" + line + b"\n" + good
    ran = run("pageview", "-", "--to", to_collector, stdin=stdin)
    assert ran.code == 1
    assert ran.err.startswith("analytical: line 3: ") and ran.err.count("\n") == 1
    assert why in ran.err and "secret" not in ran.err
    assert ran.out == "Sent 2 hits to googleanalytics at %s; 1 failed\n" % collector.url
    code, results = run_json("pageview", "-", "--to", to_collector, stdin=stdin)
    told = [(result["line"], result["outcome"], result["reason"]) for result in results]
    assert told == [(1, "delivered", ""), (3, "rejected", "invalid"), (4, "delivered", "")]
    assert [result["id"] is None for result in results] == [False, results[1]["id"] is None, False]
    assert sum(len(request.lines) for request in collector.requests) == 4


def test_types_of_lines(run, collector, to_collector):
    """`hit -` takes each line's own type, `hit TYPE -` and the other commands fix it."""
    stdin = jsonl(
        {"type": "event", "category": "a", "action": "b"},
        {"t": "pageview", "dl": "https://example.com/"},
        {"t": "event", "type": "event", "ec": "a", "ea": "b"},
        {"t": "event", "type": "pageview"},
        {"url": "https://example.com/"},
        {"type": ["event"]},
    )
    ran = run("hit", "-", "--to", to_collector, stdin=stdin)
    assert (ran.code, ran.err.count("\n")) == (1, 3)
    assert "line 4: has two hit types" in ran.err and "line 5: has no hit type" in ran.err
    assert "line 6: the hit type" in ran.err
    assert run("hit", "timing", "-", "--to", to_collector, stdin=b'{"utc": "c"}').code == 0
    assert run("event", "-", "--to", to_collector, stdin=b'{"ec": "c", "t": "event"}').code == 0
    batch, timing, event = collector.wait(3)
    kinds = [line.split(b"t=")[1] for line in sorted(batch.lines) if b"t=" in line]
    assert len(kinds) == 3
    assert (timing.form["t"], event.form["t"]) == ("timing", "event")


def test_options_are_defaults_of_lines(run, collector, to_collector):
    """Fields given as options are those of every line that does not say them, by either name."""
    stdin = jsonl({"dp": "/a"}, {"dp": "/b", "dt": "Own", "dh": "b.example"})
    arguments = ("--host", "example.com", "--title", "T", "--param", "cd1=x")
    assert run("pageview", "-", "--to", to_collector, *arguments, stdin=stdin).code == 0
    first, second = sorted(collector.wait(1)[0].lines)
    assert b"dh=example.com" in first + second and b"dt=Own" in first + second
    assert b"dh=b.example" in first + second and b"cd1=x" in first and b"cd1=x" in second


def test_defaults_yield_to_protocol_names():
    """A line's own value wins under its protocol name too."""
    assert with_defaults({"dt": "a"}, {"title": "b", "cd1": "c"}) == {"dt": "a", "cd1": "c"}


def test_lines_are_anonymized(run, collector, to_collector):
    """The address in a line leaves as that of a command line does."""
    stdin = jsonl({"dl": "https://example.com/", "uip": "12.34.56.78", "ua": "Rare"})
    assert run("pageview", "-", "--to", to_collector, stdin=stdin).code == 0
    form = collector.wait(1)[0].form
    assert (form["uip"], form["ua"]) == ("12.34.0.0", "Rare user agent")


def test_many_lines_go_in_batches(run_json, collector, to_collector):
    """Lines travel together, as many as the platform takes, and each has its result, in order."""
    stdin = jsonl(*[{"dp": "/%d" % number} for number in range(1234)])
    code, results = run_json("pageview", "-", "--to", to_collector, stdin=stdin)
    assert code == 0
    assert [result["line"] for result in results] == list(range(1, 1235))
    assert len({result["id"] for result in results}) == 1234
    received = [line for request in collector.requests for line in request.lines]
    assert len(received) == 1234
    assert len(collector.requests) <= 1234 // 20 + 6  # a batch is cut at each end of a block


def test_failures_of_lines(run, collector, to_collector):
    """What the platform refuses is told for each line; strict mode hides no other line."""
    collector.answer(400)
    stdin = jsonl({"dp": "/a"}, {"dp": "/b"})
    ran = run("pageview", "-", "--to", to_collector, stdin=stdin)
    assert (ran.code, ran.err.splitlines()) == (
        1,
        ["analytical: line %d: googleanalytics: rejected: http_400" % line for line in (1, 2)],
    )
    collector.answer(200)
    stdin = jsonl({"dp": "/a"}, {"dt": "no page"}, {"dp": "/b"})
    ran = run("pageview", "-", "--to", to_collector + "&strict=true", stdin=stdin)
    assert (ran.code, ran.err.count("\n")) == (1, 1)
    assert "line 2: googleanalytics: url" in ran.err
    assert len(collector.requests[-1].lines) == 2


def test_no_lines(run):
    """An empty input is no failure."""
    ran = run("pageview", "-", "--to", "memory://")
    assert (ran.code, ran.out) == (0, "Sent 0 hits to memory\n")


def test_dry_run_of_lines(run, collector, to_collector):
    """A dry run shows the requests as they would go, tells the bad lines, and sends nothing."""
    stdin = (
        jsonl({"dp": "/a", "uip": "12.34.56.78"}, {"dp": "/b" * 5000}) + b"x\n" + jsonl({"dp": "c"})
    )
    ran = run("pageview", "-", "--dry-run", "--to", to_collector, stdin=stdin)
    assert (ran.code, collector.requests) == (1, [])
    assert ran.out.startswith("POST %s/batch\n" % collector.url)
    assert "uip=12.34.0.0" in ran.out and "Sent" not in ran.out
    assert "line 2: googleanalytics: rejected: too_large" in ran.err
    assert "line 3: is no JSON" in ran.err
