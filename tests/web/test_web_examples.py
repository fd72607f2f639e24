"""The examples of the documentation run, and what is clicked in them is kept."""

from __future__ import absolute_import, division, print_function, unicode_literals

import os
import sqlite3
import sys

import browsers
import documented
import pytest
from servers import Server, wait_for


def rows(path):
    """Read events and pages with their title from the file of the sqlite provider."""
    connection = sqlite3.connect(path)
    try:
        return connection.execute(
            "SELECT type, url, label FROM hits WHERE type = 'event' OR title = 'Shop'"
        ).fetchall()
    except sqlite3.OperationalError:  # there is none yet
        return []
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("name", "packages"),
    [
        ("web_wsgi", []),
        ("web_flask", ["flask"]),
        ("web_fastapi", ["fastapi", "uvicorn"]),
        ("web_django", ["django.urls.conf"]),  # since Django 2.0
    ],
)
def test_example(tmpdir, name, packages):
    """It starts as the page says; a page is a pageview, a click on the link an event and a pageview."""
    for package in packages:
        pytest.importorskip(str(package))
    database = str(tmpdir.join("hits.db"))
    command = [sys.executable, os.path.abspath(os.path.join(documented.FOLDER, name + ".py"))]
    address = "sqlite://" + database
    with Server(command, tmpdir.join("log"), ANALYTICAL_URL=address) as server:
        status, body = server.get("/", **{"User-Agent": browsers.AGENT})
        assert (status, 'href="/add"' in body) == (200, True)
        server.click("/add")
        assert wait_for(lambda: len(rows(database)) == 3), server.log()
    root = "http://127.0.0.1:%d" % server.port
    assert sorted(rows(database)) == [
        ("event", root + "/add", "mug"),
        ("pageview", root + "/", None),
        ("pageview", root + "/add", None),
    ]
