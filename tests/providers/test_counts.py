"""The numbers at the end of a process: real processes, and what they log."""

from __future__ import absolute_import, division, print_function, unicode_literals

import json
import os
import subprocess
import sys
import textwrap

import pytest

from analytical.testing import Collector

BEGIN = """
import gc, json, logging, os, sys
logging.basicConfig(level=getattr(logging, os.environ["LEVEL"]), format="%(name)s|%(message)s")
import analytical
def make(name="googleanalytics", account="UA-1-1", **options):
    return analytical.Provider(name, account, url=os.environ["URL"], **options)
"""
LINE = "analytical.providers.counts|"


def run(collector, script, level="DEBUG"):
    """Run a script; give what it printed, and the lines at exit as pairs of provider and numbers."""
    process = subprocess.Popen(
        [sys.executable, "-c", BEGIN + textwrap.dedent(script)],
        env=dict(os.environ, URL=str(collector.url), LEVEL=str(level)),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    output, errors = [text.decode("utf-8") for text in process.communicate()]
    assert process.returncode == 0 and "Traceback" not in errors, errors
    assert "planted" not in errors
    lines = [line[len(LINE) :] for line in errors.splitlines() if line.startswith(LINE)]
    parts = [line.partition(" at exit: ") for line in lines]
    return output, [(name, json.loads(numbers)) for name, _, numbers in parts]


@pytest.fixture
def collector():
    with Collector() as running:
        yield running


def test_the_numbers_are_those_of_stats(collector):
    """The line has what stats() says, reasons and fields included, and nothing of a hit."""
    script = """
    provider = make(delivery="background")
    for number in range(30):
        provider.pageview(url="https://example.com/planted", title="planted", name="planted")
    provider.pageview(revenue=1, uip=["planted"])
    provider.flush(20)
    print(json.dumps(provider.stats()))
    """
    output, lines = run(collector, script)
    assert lines == [("googleanalytics", json.loads(output))]
    assert lines[0][1]["accepted"] == 31


def test_what_is_queued_is_counted_after_it_was_sent(collector):
    """The line comes after the seconds that queued hits get at the end."""
    script = """
    provider = make(delivery="background")
    for number in range(50):
        provider.pageview(url="https://example.com/")
    """
    ((_, numbers),) = run(collector, script)[1]
    assert (numbers["delivered"], numbers["queued"]) == (50, 0)


def test_only_at_debug(collector):
    """Nothing is logged where DEBUG is not asked for."""
    script = 'provider = make(); provider.pageview(url="https://example.com/")'
    assert run(collector, script, "INFO")[1] == []
    assert len(run(collector, script)[1]) == 1


def test_one_line_for_each_provider_that_had_a_hit(collector):
    """Providers without a hit have no line, and one that is gone was not kept for its line."""
    script = """
    silent = make()
    first, second = make(), make("plausible", "example.com")
    for provider in (first, second, second):
        provider.pageview(url="https://example.com/", user_agent="x", user_ip="203.0.113.9")
    gone = make()
    gone.pageview(url="https://example.com/")
    del gone, provider
    gc.collect(); gc.collect()
    """
    lines = run(collector, script)[1]
    assert sorted((name, numbers["accepted"]) for name, numbers in lines) == [
        ("googleanalytics", 1),
        ("plausible", 2),
    ]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork()")
@pytest.mark.parametrize("delivery", ["direct", "background"])
def test_forked_children_have_their_own(collector, delivery):
    """Parent and child each say their own numbers, and a child that had no hit says nothing."""
    script = """
    provider = make(delivery="%s")
    provider.pageview(url="https://example.com/")
    for count in (2, 0):
        child = os.fork()
        if not child:
            for number in range(count):
                provider.pageview(url="https://example.com/")
            sys.exit(0)
        os.waitpid(child, 0)
    """
    lines = run(collector, script % delivery)[1]
    assert sorted(numbers["delivered"] for _, numbers in lines) == [1, 2]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork()")
def test_children_of_multiprocessing(collector):
    """Children that leave past atexit say theirs too, after what they had queued was sent."""
    script = """
    import multiprocessing
    if hasattr(multiprocessing, "set_start_method"):
        multiprocessing.set_start_method("fork")
    provider = make(delivery="background")

    def work(count):
        for number in range(count):
            provider.pageview(url="https://example.com/")

    work(1)
    for count in (3, 0, 4):
        child = multiprocessing.Process(target=work, args=(count,))
        child.start()
        child.join()
    """
    lines = run(collector, script)[1]
    assert sorted(numbers["delivered"] for _, numbers in lines) == [1, 3, 4]
