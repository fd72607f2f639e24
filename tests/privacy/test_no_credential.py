"""No credential shows: every provider, every delivery, every way to fail, with all logging on."""

from __future__ import absolute_import, division, print_function, unicode_literals

import json
import logging
import socket
import time
import warnings

import pytest
import six
from credentials import (
    FAILURES,
    KEY,
    SECRET,
    Watch,
    configure,
    held_by,
    holds,
    names,
    providers,
)
from test_proof import files, wire

import analytical
from analytical import configurations
from analytical.delivery import Outbox
from analytical.errors import ConfigurationError
from analytical.testing import Collector
from analytical.testing.contracts import EVENT, PAGEVIEW, PURCHASE

try:
    import celery
except ImportError:  # an extra
    celery = None
needs_celery = pytest.mark.skipif(celery is None, reason="needs Celery")

HITS = [("pageview", PAGEVIEW), ("event", EVENT), ("pageview", PURCHASE)]


@pytest.fixture(autouse=True)
def own_names(monkeypatch):
    """Forget what a test has configured."""
    monkeypatch.setattr(configurations, "_configured", {})


@pytest.fixture
def collector():
    """Give a collector."""
    with Collector() as server:
        yield server


@pytest.fixture(params=sorted(FAILURES))
def failing(request, collector, monkeypatch):
    """Configure all platforms where each hit meets one way to fail; give what its outcomes say."""
    way = request.param
    said, order = FAILURES[way]
    if order is not None:
        order(collector)
        configure(collector.url, 0.05 if way == "timeout" else 10)
        yield said
        return
    certificate = request.getfixturevalue("certificate") if way == "tls" else (None, None)
    with Collector(0, *certificate) as other:
        if way == "name":
            monkeypatch.setattr(socket, "getaddrinfo", no_name)
        elif way == "refused":
            other.close()
        configure(other.url if way != "name" else "http://collector.invalid")
        yield said


def no_name(*args, **options):
    """Answer as a resolver without an answer does, but at once."""
    raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")


@pytest.fixture
def watch(capsys):
    """Watch what is shown, written to the terminal too; afterwards nothing of it was the credential."""
    with Watch() as watching:
        yield watching
    watching.shown += [("the terminal", text) for text in capsys.readouterr()]
    assert watching.leaks() == []
    assert [what for what, _ in watching.shown if what.startswith("the log")]


def settled(provider, patience=20):
    """Wait until a platform has answered, or has failed to, once at least."""
    deadline = time.time() + patience
    while time.time() < deadline:
        stats = provider.stats()
        if stats["retried"] or stats["queued"] == 0:
            return
        time.sleep(0.005)
    raise AssertionError("%s settled nothing in %d seconds" % (provider.name, patience))


def test_direct(failing, watch):
    """Sent at once: nothing shows it, neither outcomes nor errors, for those who ask for these."""
    said = set()
    for provider in providers():
        outcomes = provider.batch(HITS)
        watch.note("an outcome of " + provider.name, *outcomes)
        watch.note("an outcome of " + provider.name, *map(held_by, outcomes))
        said.update(outcome.status or outcome.reason for outcome in outcomes)
        watch.provider(provider, PAGEVIEW)
        provider.guard.fail_silently = False
        with watch.errors("an error of " + provider.name):
            provider.pageview(PAGEVIEW)
        with watch.errors("an error of " + provider.name):
            provider.batch(HITS)
    assert failing in said


@pytest.mark.parametrize("kind", ["background", "outbox"])
def test_queued(failing, watch, kind, tmpdir):
    """Sent by a thread: nothing shows it, and no file holds it, of what waits or was refused."""
    lost, senders = [], []
    for number, name in enumerate(names()):
        path = tmpdir.mkdir("%d" % number).join("hits.outbox")
        delivery = Outbox(str(path)) if kind == "outbox" else kind
        senders.append(
            analytical.Provider(
                name, delivery=delivery, on_drop=lambda *given: lost.append(repr(given))
            )
        )
        outcomes = senders[-1].batch(HITS)
        assert {outcome.state for outcome in outcomes} == {"queued"}
        watch.note("an outcome of " + name, *outcomes)
        senders[-1].flush(0.0)  # so that it does not wait for company
    for number, provider in enumerate(senders):
        settled(provider)
        watch.provider(provider, PAGEVIEW)
        stored = files(str(tmpdir.join("%d" % number)))
        provider.close(0.0)
        stored += files(str(tmpdir.join("%d" % number)))
        assert not holds(stored)
        assert (b"envelopes" in stored) == (kind == "outbox")
    watch.note("on_drop", *lost)


@needs_celery
def test_celery(failing, watch, tmpdir, monkeypatch):
    """Sent by a worker: neither broker, worker nor their logs show it."""
    from test_proof_celery import app_of, tasks

    from analytical.delivery import celery_worker
    from analytical.delivery.celery import NAME, Celery

    monkeypatch.setattr(celery_worker, "_providers", {})
    app = app_of(str(tmpdir))
    senders = providers(delivery=Celery(app=app))
    for provider in senders:
        assert {outcome.state for outcome in provider.batch(HITS)} == {"queued"}
        watch.provider(provider, PAGEVIEW)
    held = list(tasks(str(tmpdir)))
    assert len(held) == len(senders) and not holds(b"\n".join(held))
    for task in held:
        source, rows = json.loads(task.rpartition(b"\n")[0].rpartition(b"\n")[2].decode())[0]
        app.tasks[NAME].apply(args=[source, rows], kwargs={"accepted": time.time()}, throw=True)
    assert len(celery_worker._providers) == len(senders)
    for _, made in celery_worker._providers.values():
        watch.provider(made, PAGEVIEW)


def test_it_is_there_to_be_found(collector):
    """Every platform is sent the credential: a search that did not find it would find nothing."""
    configure(collector.url)
    for provider in providers():
        collector.clear()
        assert provider.pageview(PAGEVIEW) or collector.requests
        assert holds(wire(collector)), provider.name


def test_a_leak_is_seen(collector):
    """Whatever shows the credential is named: a log line, a warning, a repr, an error's cause or local."""
    configure(collector.url)
    provider = providers()[0]
    with Watch() as watch:
        logging.getLogger("shop").debug("sent %s", provider.data.reveal())
        warnings.warn(provider.data.reveal(), stacklevel=1)
        watch.note("a repr", {"key": provider.data.reveal()})
        with watch.errors("an error"):
            try:
                raise ValueError(SECRET)
            except ValueError:
                raise KeyError("clean")
    expected = ["a repr", "a warning", "an error", "the log of shop"]
    assert watch.leaks() == [name for name in expected if six.PY3 or name != "an error"]


@needs_celery
@pytest.mark.parametrize(
    "name, account", [("plausible", "example.com"), ("googleanalytics", "UA-1-1")]
)
def test_an_address_with_a_key_goes_through_no_broker(name, account):
    """A key in the query of url= is a credential: Celery takes the provider by a configured name only."""
    with pytest.raises(ConfigurationError) as caught:
        provider = analytical.Provider(
            name, account, url="https://example.com/" + KEY, delivery="celery"
        )
        provider.pageview(PAGEVIEW)
    assert "analytical.configure" in str(caught.value) and not holds(str(caught.value))
