"""Real web servers in processes of their own, for the tests; and a client that clicks."""

from __future__ import absolute_import, division, print_function, unicode_literals

import os
import signal
import socket
import subprocess
import sys
import time

from six.moves import http_client

import analytical

FOLDER = os.path.dirname(os.path.abspath(__file__))
SCRIPTS = os.path.dirname(sys.executable)
PATIENCE = 30  # seconds; a safety net, not a promise


def free_port():
    """Find a port that nobody listens on."""
    found = socket.socket()
    try:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]
    finally:
        found.close()


def wait_for(condition):
    """Wait until a condition is true; tell whether it became so."""
    deadline = time.time() + PATIENCE
    while not condition():
        if time.time() > deadline:
            return False
        time.sleep(0.02)
    return True


class Server(object):
    """
    A server process that ends with the test.

    :param command: what to run; ``{port}`` in it, and $PORT, is a free one
    :param log: the file that takes all it says
    """

    def __init__(self, command, log, **environ):
        self.port = free_port()
        self._log = log
        path = [os.path.dirname(os.path.dirname(os.path.abspath(analytical.__file__))), FOLDER]
        variables = dict(os.environ, PYTHONPATH=os.pathsep.join(path), PORT=self.port, **environ)
        self._out = open(str(log), "w")
        self._process = subprocess.Popen(
            [part.format(port=self.port) for part in command],
            env={str(name): str(value) for name, value in variables.items()},
            stdout=self._out,
            stderr=subprocess.STDOUT,
            cwd=FOLDER,
        )

    def __enter__(self):
        ready = wait_for(
            lambda: self._process.poll() is not None or self.get("/healthz") is not None
        )
        if not ready or self._process.poll() is not None:
            self.__exit__()
            raise AssertionError("the server did not start:\n" + self.log())
        return self

    def __exit__(self, *error):
        self.stop()

    def log(self):
        """Give what the server said."""
        with open(str(self._log)) as file:
            return file.read()

    def get(self, path, **headers):
        """Get a page; give status and body, or None where the server was gone."""
        connection = http_client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request(str("GET"), str(path), headers=headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode("utf-8")
        except (socket.error, http_client.HTTPException):
            return None
        finally:
            connection.close()

    def click(self, path):
        """Get a page until it is served; give its body."""
        answers = []
        assert wait_for(
            lambda: answers.append(self.get(path)) or answers[-1] is not None
        ), self.log()
        assert answers[-1][0] == 200, answers[-1]
        return answers[-1][1]

    def reload(self):
        """Ask for new workers."""
        self._process.send_signal(signal.SIGHUP)

    def stop(self):
        """Ask the server to end, and see to it."""
        if self._process.poll() is None:
            self._process.terminate()
        if not wait_for(lambda: self._process.poll() is not None):
            self._process.kill()
            self._process.wait()
        self._out.close()
