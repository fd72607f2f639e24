"""The contract of deliveries, kept by Celery with a real worker, through real Redis."""

from __future__ import absolute_import, division, print_function, unicode_literals

import os
import sys

import pytest

import analytical
from analytical import configurations
from analytical.testing import DeliveryContract
from analytical.testing.deliveries import SECRET

if not os.environ.get("BROKERS"):
    pytest.skip("needs Celery and Redis: tox -e celery", allow_module_level=True)

import celery  # noqa: E402
import redis  # noqa: E402
from brokers import start_redis, start_worker  # noqa: E402

from analytical.delivery.celery import Celery  # noqa: E402


@pytest.fixture(scope="module")
def redis_server(tmpdir_factory):
    """Run a Redis of this module's own; give its address."""
    process, url = start_redis(tmpdir_factory.mktemp("redis"))
    yield url
    process.kill()


@pytest.mark.skipif(sys.platform == "win32", reason="the broker is that of Unix")
class TestCelery(DeliveryContract):
    settles_here = False

    @pytest.fixture(autouse=True)
    def broker(self, redis_server, tmpdir, monkeypatch):
        """Empty the broker, and end the worker of each test."""
        monkeypatch.setattr(configurations, "_configured", {})
        redis.StrictRedis.from_url(redis_server).flushall()
        self.url, self.tmpdir, self.workers = redis_server, tmpdir, []
        yield
        for worker in self.workers:
            worker.kill()

    def delivery(self, folder):
        """Make one with an application of its own."""
        return Celery(app=celery.Celery("hits", broker=self.url, set_as_current=False))

    def make(self, collector, folder, **options):
        """Start a worker, and make the provider that it knows by the same name."""
        self.workers.append(
            start_worker(
                self.tmpdir,
                self.url,
                "--pool=solo",
                ACCOUNT=SECRET,
                URL=collector.url,
            )
        )
        timeout = options.pop("timeout", 1)  # of the sender, which does not use it
        analytical.configure("web", "mixpanel", SECRET, url=collector.url, timeout=timeout)
        return analytical.Provider("web", delivery=self.delivery(folder), **options)
