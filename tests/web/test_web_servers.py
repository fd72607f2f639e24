"""Under real servers that fork, reload and lose workers, each page served is a hit that arrives."""

from __future__ import absolute_import, division, print_function, unicode_literals

import os
import re
import signal

import pytest
from servers import SCRIPTS, Server, wait_for

import analytical
from analytical.testing import Collector

GUNICORN = ["gunicorn", "-w", "2", "-b", "127.0.0.1:{port}", "--graceful-timeout", "10"]
UWSGI = ["uwsgi", "--http-socket", "127.0.0.1:{port}", "--master", "--processes", "2", "--need-app"]
# Its own SIGTERM ends workers within a request.
UWSGI += ["--hook-master-start", "unix_signal:15 gracefully_kill_them_all", "--enable-threads"]
UWSGI += ["--module", "served:wsgi_app"]
COMMANDS = {
    "gunicorn-sync": GUNICORN + ["-k", "sync", "served:wsgi_app"],
    "gunicorn-gthread": GUNICORN
    + ["-k", "gthread", "--threads", "4", "--preload", "served:wsgi_app"],
    "uwsgi": UWSGI,
    "uvicorn": ["uvicorn", "--workers", "2", "--port", "{port}", "served:asgi_app"],
    "uvicorn-django": [
        "uvicorn",
        "--workers",
        "2",
        "--port",
        "{port}",
        "served_django:application",
    ],
}


@pytest.fixture(params=sorted(COMMANDS))
def command(request):
    """Give the command of a server, if it is installed."""
    name = COMMANDS[request.param][0]
    path = os.path.join(SCRIPTS, name)
    if not os.path.exists(path):
        pytest.skip("%s is not installed" % name)
    if request.param.endswith("django"):
        pytest.importorskip(str("django"))
    return [path] + COMMANDS[request.param][1:]


@pytest.fixture
def collector():
    """Give a platform on this machine."""
    with Collector() as made:
        yield made


def address(collector, delivery):
    """Give the provider's address."""
    return "googleanalytics://UA-1-1?url=%s&delivery=%s" % (collector.url, delivery)


def arrived(collector):
    """List the pages that arrived, each as often as it did."""
    return [
        int(page)
        for request in collector.requests
        for page in re.findall(r"%2Fpage-([0-9]+)", request.body.decode("utf-8"))
    ]


def click(server, numbers):
    """Look at pages; give the processes that served them."""
    return {int(server.click("/page-%d" % number)) for number in numbers}


def test_graceful_reload(command, collector, tmpdir):
    """Workers that are replaced, and a server that ends, send what is queued in memory; each hit once."""
    with Server(command, tmpdir.join("log"), PROVIDER=address(collector, "background")) as server:
        before = click(server, range(20))
        server.reload()
        number, after = 20, set()
        while not after - before and number < 2000:
            after |= click(server, [number])
            number += 1
        assert after - before, server.log()
        server.stop()
        assert sorted(arrived(collector)) == list(range(number)), server.log()


def test_killed_worker_and_outbox(command, collector, tmpdir):
    """With an outbox a worker that is killed loses nothing: others deliver what it had taken."""
    place = address(collector, "outbox://%s" % tmpdir.join("hits.outbox"))
    with Server(command, tmpdir.join("log"), PROVIDER=place) as server:
        workers = click(server, range(30))
        os.kill(workers.pop(), signal.SIGKILL)
        click(server, range(30, 60))
        server.stop()
    # A process that has a hit of its own delivers those that others left, too.
    rest = analytical.from_url(place)
    rest.pageview(url="http://127.0.0.1/page-60")
    assert wait_for(lambda: set(arrived(collector)) == set(range(61)))
    assert rest.close(10)


def test_killed_worker_and_background(command, collector, tmpdir):
    """In the background it loses what it had not sent, and no more; its successor goes on."""
    with Server(command, tmpdir.join("log"), PROVIDER=address(collector, "background")) as server:
        workers = click(server, range(20))
        assert wait_for(lambda: len(arrived(collector)) == 20), server.log()
        os.kill(workers.pop(), signal.SIGKILL)
        click(server, range(20, 40))
        server.stop()
    # A request that met the dying worker may have been asked twice.
    assert set(arrived(collector)) == set(range(40)), server.log()
