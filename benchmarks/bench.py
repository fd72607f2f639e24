"""The parent's side: collectors, and measurements by turns in processes of their own."""

from __future__ import absolute_import, division, print_function, unicode_literals

import collections
import contextlib
import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time

from .facts import PLATFORMS

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

# Name -> the module to import and the package that it comes in.
MODULES = {
    "posthog": ("posthog", "posthog"),
    "segment": ("segment.analytics", "segment-analytics-python"),
    "rudder": ("rudderstack.analytics", "rudder-sdk-python"),
    "mixpanel": ("mixpanel", "mixpanel"),
    "amplitude": ("amplitude", "amplitude-analytics"),
    "snowplow": ("snowplow_tracker", "snowplow-tracker"),
    "ga4mp": ("ga4mp", "ga4mp"),
    "orjson": ("orjson", "orjson"),
}
SLOW = ("rudder", "amplitude", "snowplow", "ga4mp", "old")  # peers that a quick run leaves out
LABELS = {
    "floor": "floor, orjson",
    "floor_json": "floor, json",
    "ours": "analytical",
    "ours-json": "analytical, json",
    "ours-outbox": "analytical, outbox",
    "ours-direct": "analytical, direct",
    "old": "analytical 0.0.1",
}


class Bench(object):
    """
    What a run has: the Python that has the peers, the folder with 0.0.1, and how long it may take.

    :param python: the interpreter for all that is measured
    :param old: a folder that holds analytical 0.0.1, or None
    :param quick: a short look, beside few peers, instead of figures to keep
    :param verbose: whether to show what the processes that found nothing wrote to stderr
    """

    def __init__(self, python, old, quick, verbose=False):
        self.python, self.old, self.quick = python, old, quick
        self.verbose = verbose
        self.failed = []
        self.versions = {}
        found = self.run("versions", modules=dict(MODULES.values()))
        for name, (module, _) in MODULES.items():
            if module in found:
                self.versions[name] = found[module]
        self.interpreter = found["python"]
        if old:
            self.versions["old"] = "0.0.1"

    def has(self, client):
        """Tell whether a client is there: all of ours and the floors are, and the peers installed."""
        if client == "floor":
            return "orjson" in self.versions
        if self.quick and client in SLOW:
            return False
        return client.startswith(("ours", "floor")) or client in self.versions

    def environment(self, old=False):
        """Give the variables for a child: where it finds this package and, maybe first, 0.0.1."""
        paths = [self.old, ROOT] if old else [ROOT]
        return dict(os.environ, PYTHONPATH=os.pathsep.join(paths), PYTHONDONTWRITEBYTECODE="")

    def start(self, task, folder, options):
        """Start a task in a process."""
        old = options.get("client") == "old" or options.pop("old", False)
        return subprocess.Popen(
            [self.python, "-m", "benchmarks.child", task, json.dumps(options)],
            cwd=folder,
            env=self.environment(old),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def run(self, task, limit=60, folder=None, **options):
        """
        Do a task in a process, for so many seconds at most.

        Gives what it printed, with ``ended`` as the time of its end, or ``late`` where it had to be killed,
        or a ``note`` of why it failed.
        """
        with in_folder(folder) as place:
            process = self.start(task, place, options)
            found = {}
            try:
                output, errors = process.communicate(timeout=limit)
                found["ended"] = time.time()
            except subprocess.TimeoutExpired:
                process.kill()
                output, errors = process.communicate()
                found["late"] = limit
        lines = output.splitlines()
        if lines:
            return dict(json.loads(lines[-1]), **found)
        return dict(found, **self.failure(options.get("client", task), process, errors))

    def failure(self, name, process, errors):
        """Say why a process found nothing; keep it in mind where it is none of a peer's."""
        text = errors.decode("utf-8", "replace").strip()
        if self.verbose:
            sys.stderr.write(text + "\n")
        if process.returncode <= 0:
            return {}
        if name not in self.versions:
            self.failed.append(name)
        return {"note": "failed: " + text.rpartition("\n")[2][:80]}

    def by_turns(self, tasks, seconds, rounds=3):
        """
        Do tasks, functions by their names, by turns; give {name: [what each round found]}.

        One round at least; others while they should be over after so many seconds.
        """
        results, start = collections.OrderedDict((name, []) for name in tasks), time.time()
        for number in range(1 if self.quick else rounds):
            spent = time.time() - start
            if number and spent + spent / number > seconds:
                break
            for name, task in tasks.items():
                results[name].append(task())
        return results


@contextlib.contextmanager
def in_folder(folder=None):
    """Give a folder, a temporary one where none is given."""
    if folder:
        yield folder
        return
    folder = tempfile.mkdtemp(prefix="benchmarks-")
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Collector(object):
    """
    A collector's process: ``with Collector(bench) as collector``.

    :param mode: ``ok``, or ``hang`` for one that takes requests and never answers
    """

    def __init__(self, bench, mode="ok"):
        self.process = subprocess.Popen(
            [bench.python, "-m", "benchmarks.collector", mode],
            cwd=tempfile.gettempdir(),
            env=bench.environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self.port = int(self.process.stdout.readline())
        self.url = "http://127.0.0.1:%d" % self.port

    def report(self, lowest=0):
        """Get what came since the last report, of hits numbered from ``lowest`` on."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request("GET", "/report/%d" % lowest)
        found = json.loads(connection.getresponse().read().decode())
        connection.close()
        return found

    def __enter__(self):
        return self

    def __exit__(self, *exc_info):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(10)


def nobody():
    """Give the address of a port on which nobody listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return "http://127.0.0.1:%d" % listener.getsockname()[1]


def label(client):
    """Name a client for people."""
    kind, _, account = client.partition(":")
    platform = PLATFORMS.get(account, account)
    return LABELS.get(kind, kind) + (" (%s)" % platform if platform else "")
