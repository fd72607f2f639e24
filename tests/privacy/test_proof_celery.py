"""The proof for Celery delivery: what lies in a broker holds nothing that private() takes away."""

from __future__ import absolute_import, division, print_function, unicode_literals

import base64
import json
import os
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from planted import found, hits
from test_proof import PLATFORMS, SECRET

import analytical
from analytical import configurations, privacy

celery = pytest.importorskip("celery")
pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="the broker's files lock as on Unix"
)


def app_of(folder):
    """Make an application whose broker is a folder: each task is a file, as it would be sent."""
    app = celery.Celery("hits", broker="filesystem://", set_as_current=False)
    app.conf.broker_transport_options = {
        "data_folder_in": folder,
        "data_folder_out": folder,
        "control_folder": folder,
    }
    return app


def tasks(folder):
    """Read the tasks in the broker, each as it lies there and with its body decoded."""
    for name in os.listdir(folder):
        if name.endswith(".msg"):
            with open(os.path.join(folder, name), "rb") as file:
                data = file.read()
            body = json.loads(data.decode("utf-8"))["body"].encode("ascii")
            yield data + b"\n" + base64.b64decode(body) + b"\n" + body


def test_the_broker(tmpdir, monkeypatch):
    """No planted value is in any byte that the broker holds."""
    from analytical.delivery.celery import Celery

    monkeypatch.setattr(configurations, "_configured", {})
    for name, account, options in PLATFORMS:
        options = dict(options, url="http://127.0.0.1:9")
        analytical.configure("proof-" + name, name, account, **options)
    number = [0]

    @settings(max_examples=2)
    @given(st.lists(hits(), min_size=3, max_size=3))
    def check(several):
        number[0] += 1
        folder = str(tmpdir.mkdir("broker-%d" % number[0]))
        delivery = Celery(app=app_of(folder))
        for name, _, _ in PLATFORMS:
            provider = analytical.Provider(
                "proof-" + name, delivery=delivery, processors=privacy.private(SECRET)
            )
            outcomes = provider.batch([hit[:2] for hit in several])
            assert {outcome.state for outcome in outcomes} == {"queued"}
        held = list(tasks(folder))
        everything = b"\n".join(held)
        planted = [value for _, _, values in several for value in values]
        assert len(held) >= len(PLATFORMS) and b"example.com" in everything
        assert found(everything, planted) == []

    check()
