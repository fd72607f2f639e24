"""Celery delivery, through real brokers, by real workers."""

from __future__ import absolute_import, division, print_function, unicode_literals

import base64
import json
import os
import socket
import subprocess
import sys
import threading
import time

import pytest

import analytical
from analytical import configurations
from analytical.errors import ConfigurationError, MissingDependency
from analytical.testing import Collector

if not os.environ.get("BROKERS"):
    pytest.skip("needs Celery, Redis and RabbitMQ: tox -e celery", allow_module_level=True)

import celery  # noqa: E402
import redis  # noqa: E402
from brokers import ROOT, start_rabbit, start_redis, start_worker  # noqa: E402

from analytical.delivery.celery import Celery  # noqa: E402

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the brokers are those of Unix")
SECRET = "planted-7b1f"


@pytest.fixture(scope="module")
def redis_server(tmpdir_factory):
    """Run a Redis of this module's own; give its address."""
    process, url = start_redis(tmpdir_factory.mktemp("redis"))
    yield url
    process.kill()


@pytest.fixture(scope="module")
def rabbit_server(tmpdir_factory):
    """Run a RabbitMQ of this module's own; give its address."""
    processes, url = start_rabbit(tmpdir_factory.mktemp("rabbit"))
    yield url
    for process in processes:
        process.kill()


@pytest.fixture
def redis_url(redis_server):
    """Give the address of an empty Redis."""
    redis.StrictRedis.from_url(redis_server).flushall()
    return redis_server


@pytest.fixture
def rabbit_url(rabbit_server):
    """Give the address of an empty RabbitMQ."""
    with app_of(rabbit_server).connection_for_write() as connection:
        connection.default_channel.queue_delete("celery")
    return rabbit_server


@pytest.fixture(params=["redis", "rabbit"])
def broker(request):
    """Give the address of an empty broker, each kind in turn."""
    return request.getfixturevalue(request.param + "_url")


@pytest.fixture
def worker(tmpdir):
    """Give a function that starts workers; they end with the test."""
    started = []

    def start(*args, **environment):
        started.append(start_worker(tmpdir, *args, **environment))
        return started[-1]

    yield start
    for process in started:
        process.kill()


@pytest.fixture
def collector():
    """Give a running collector."""
    with Collector() as running:
        yield running


@pytest.fixture(autouse=True)
def own_names(monkeypatch):
    """Forget what a test has configured."""
    monkeypatch.setattr(configurations, "_configured", {})


def app_of(url):
    """Make the application of a sender, known to nobody else."""
    return celery.Celery("hits", broker=url, set_as_current=False)


def configured(broker, url):
    """Make the provider that has a credential, by its name."""
    analytical.configure("web", "ga4", "G-ABC1234567", api_secret=SECRET, url=url, timeout=60)
    return analytical.Provider("web", delivery=Celery(app=app_of(broker)))


def plain(broker, url, name="googleanalytics", account="UA-1-1", **options):
    """Make a provider that needs no name."""
    return analytical.Provider(name, account, url=url, delivery=Celery(app_of(broker)), **options)


def waiting(url):
    """Take all tasks out of a broker's queue; give each as the broker has it, its body decoded too."""
    with app_of(url).connection_for_read() as connection:
        channel = connection.default_channel
        if url.startswith("redis"):
            raw = redis.StrictRedis.from_url(url)
            assert b"celery" in raw.keys()
            for text in raw.lrange("celery", 0, -1):
                yield text + base64.b64decode(json.loads(text.decode("ascii"))["body"])
            return
        message = channel.basic_get("celery", no_ack=True)
        while message is not None:
            yield repr((message.headers, message.properties)).encode("ascii") + body_of(message)
            message = channel.basic_get("celery", no_ack=True)


def body_of(message):
    """Give the body of an AMQP message as bytes."""
    return message.body if isinstance(message.body, bytes) else message.body.encode("utf-8")


@pytest.mark.parametrize("pool", [["--pool=solo"], ["--pool=prefork", "--concurrency=2"]])
def test_hits_arrive(broker, worker, collector, pool):
    """A worker delivers what was accepted, by the configured name or by what may be seen."""
    first = configured(broker, collector.url)
    second = plain(broker, collector.url)
    assert first.pageview(url="https://example.com/", title="named", client_id="1.1")
    assert all(second.batch([("pageview", {"dp": "/", "dt": "t%d" % n}) for n in range(3)]))
    worker(broker, *pool, SECRET=SECRET, URL=collector.url)
    requests = collector.wait(2, 60)
    everything = b" ".join(request.body for request in requests)
    assert all(title in everything for title in (b"named", b"dt=t0", b"dt=t1", b"dt=t2"))
    assert any(SECRET in request.target for request in requests)
    assert first.stats()["queued"] == 1
    assert first.close() and second.close()


def test_no_credential_in_the_broker(broker):
    """A provider made by a configured name sends its name, and never its credential."""
    provider = configured(broker, "https://example.com")
    assert provider.event(category="c", action="planted-title", client_id="1.1")
    (task,) = waiting(broker)
    if broker.startswith("redis"):  # all else that is there are the sets that bind queues
        raw = redis.StrictRedis.from_url(broker)
        others = [key for key in raw.keys() if key != b"celery"]
        assert SECRET not in repr([raw.smembers(key) for key in others])
    assert b'{"name": "web"}' in task and b"planted-title" in task
    assert SECRET.encode("ascii") not in task
    assert b"(1 hits)" in task  # what monitors show, instead of the arguments


def test_killed_worker(broker, worker, collector):
    """What a killed worker had begun, another worker delivers."""
    provider = configured(broker, collector.url)
    collector.hang(times=1)
    assert provider.pageview(url="https://example.com/", title="once", client_id="1.1")
    killed = worker(broker, "--pool=solo", SECRET=SECRET, URL=collector.url)
    collector.wait(1, 60)
    killed.kill()
    if broker.startswith("redis"):  # which has to wait for the visibility_timeout, and looks seldom
        time.sleep(3)
    worker(broker, "--pool=solo", SECRET=SECRET, URL=collector.url)
    first, second = collector.wait(2, 90)
    assert b"once" in first.body and first.body == second.body


def test_errors_are_retried(redis_url, worker, collector):
    """Only what may be retried is sent again, and what spoils a batch holds up no other."""

    def answer(request):
        return (500, None, b"") if b"poison" in request.body else (200, None, b"")

    collector.answer_with(answer)
    provider = plain(redis_url, collector.url)
    titles = ["a", "b", "poison", "c"]
    assert all(provider.batch([("pageview", {"dp": "/", "dt": title}) for title in titles]))
    worker(redis_url, "--pool=solo")
    # Pauses are random: the poison may be tried again before the last of the others.
    taken, count = [], 5
    while len(taken) < 3 and count < 50:
        collector.wait(count, 60)
        taken = [each.body for each in collector.requests if b"poison" not in each.body]
        count += 1
    assert sorted(body.partition(b"dt=")[2][:1] for body in taken) == [b"a", b"b", b"c"]


def test_rejected_is_not_sent_again(redis_url, worker, collector):
    """An answer of 400 ends a hit, with a warning in the worker's log; 503 does not."""
    collector.answer(400, times=1)
    collector.answer(503, times=1)
    provider = plain(redis_url, collector.url)
    assert provider.pageview(dp="/", dt="refused") and provider.pageview(dp="/", dt="later")
    log = worker(redis_url, "--pool=solo").log
    bodies = [request.body for request in collector.wait(3, 60)]
    assert [b"refused" in body for body in bodies] == [True, False, False]
    assert b"later" in bodies[2]
    # The same hit, client id and all, but for its age.
    first, second = (
        {each for each in body.split(b"&") if each[:2] != b"qt"} for body in bodies[1:]
    )
    assert first == second
    assert "a hit was rejected: http_400" in log.read() and "refused" not in log.read()


def test_worker_without_the_configuration(redis_url, worker, collector):
    """A worker that does not know the name says so, and sends the hits back to wait."""
    provider = configured(redis_url, collector.url)
    assert provider.pageview(url="https://example.com/", title="a", client_id="1.1")
    process = worker(redis_url, "--pool=solo", URL=collector.url)
    process.wait_for_text("web is not configured in this process")
    process.wait_for_text("succeeded")
    raw = redis.StrictRedis.from_url(redis_url)
    process.wait_for(lambda: raw.hlen("unacked") + raw.llen("celery") == 1)
    assert collector.requests == []


def test_current_app(redis_url, tmpdir, worker, collector):
    """``asynchronously=True``, as with 0.0.1, uses Celery's current application."""
    worker(redis_url, "--pool=solo")
    script = (
        "import hits_app, analytical, os\n"
        "provider = analytical.Provider('googleanalytics', 'UA-1-1', url=os.environ['URL'],"
        " asynchronously=True)\n"
        "assert provider.pageview({'dp': '/', 'dt': 'dropin'}).state == 'queued'\n"
    )
    path = os.pathsep.join([str(tmpdir), ROOT])
    environment = dict(os.environ, BROKER=redis_url, URL=str(collector.url), PYTHONPATH=path)
    subprocess.check_call([sys.executable, "-c", script], env=environment)
    (request,) = collector.wait(1, 60)
    assert b"dt=dropin" in request.body + request.target.encode("ascii")


@pytest.mark.parametrize("scheme", ["redis", "amqp"])
@pytest.mark.parametrize("listens", [False, True])
def test_broker_down(scheme, listens):
    """Without a broker, or with a silent one, a call returns soon, with a false outcome."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    if listens:
        listener.listen(5)
    url = "%s://127.0.0.1:%d" % (scheme, listener.getsockname()[1])
    found = []
    provider = plain(url, "https://example.com")

    def call():
        found.extend(provider.pageview(dp="/") for _ in range(3))
        found.extend(provider.batch([("pageview", {"dp": "/"})] * 250))

    thread = threading.Thread(target=call)
    thread.daemon = True
    thread.start()
    thread.join(30)
    listener.close()
    assert not thread.is_alive()
    assert len(found) == 253
    assert {(each.state, each.reason, each.sent) for each in found} == {("retry", "broker", False)}
    assert provider.close()


def test_broker_comes_back(tmpdir):
    """A connection that went stale costs no hit."""
    process, url = start_redis(tmpdir)
    try:
        check_stale_connection(url)
        provider = plain(url, "https://example.com")
        assert provider.pageview(dp="/")
    finally:
        process.kill()
    assert not provider.pageview(dp="/")


def check_stale_connection(url):
    """Cut the connections that a provider holds, and see that it makes another."""
    provider = plain(url, "https://example.com")
    assert provider.pageview(dp="/")
    redis.StrictRedis.from_url(url).execute_command(
        "CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"
    )
    assert provider.pageview(dp="/")
    assert len(list(waiting(url))) == 2


def test_forked_child(redis_url):
    """A forked child uses a connection of its own, and leaves the parent's alone."""
    provider = plain(redis_url, "https://example.com")
    assert provider.pageview(dp="/", dt="before")
    child = os.fork()
    if not child:
        os._exit(0 if provider.pageview(dp="/", dt="child") and provider.close() else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert provider.pageview(dp="/", dt="after")
    assert len(list(waiting(redis_url))) == 3


@pytest.mark.parametrize(
    ("name", "account", "options"),
    [
        ("ga4", "G-ABC1234567", {"api_secret": SECRET}),
        ("segment", SECRET, {}),
        ("googleanalytics", "UA-1-1", {"session": __import__("requests").Session()}),
    ],
)
def test_needs_a_name(name, account, options):
    """A provider that holds a credential and has no name is refused when it is made."""
    with pytest.raises(ConfigurationError) as caught:
        analytical.Provider(name, account, delivery="celery", **options)
    assert "analytical.configure" in str(caught.value) and SECRET not in str(caught.value)


def test_needs_a_name_made_directly():
    """One that is made by its class is refused at its first hit."""
    from analytical.providers.segment import Provider

    provider = Provider(SECRET, asynchronously=True)
    with pytest.raises(ConfigurationError):
        provider.pageview(url="https://example.com/", client_id="1")


def test_eager():
    """With Celery's task_always_eager a hit is delivered in the caller's process, tried once."""
    with Collector() as collector:
        collector.answer(503)
        app = app_of("memory://")
        app.conf.task_always_eager = True
        provider = plain("memory://", collector.url)
        provider.delivery = Celery(app=app)
        assert provider.pageview(dp="/")
        assert len(collector.requests) == 1


def test_without_celery():
    """Where Celery is not installed, the error says how to install it; all else works."""
    script = (
        "import sys; sys.modules['celery'] = None\n"
        "import analytical, analytical.delivery.celery\n"
        "try: analytical.Provider('googleanalytics', 'UA-1-1', asynchronously=True)\n"
        "except analytical.MissingDependency as error: print(error)\n"
    )
    output = subprocess.check_output(
        [sys.executable, "-c", script], env=dict(os.environ, PYTHONPATH=ROOT)
    )
    assert b"pip install 'analytical[celery]'" in output
    assert issubclass(MissingDependency, ConfigurationError)
