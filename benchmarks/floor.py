"""The least that a background client can do: a deque, one thread, one connection, no checks and no ids."""

from __future__ import absolute_import, division, print_function, unicode_literals

import collections
import http.client
import json
import threading
import time

BATCH = 100
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode

PAUSE = 0.005  # seconds between looks at an empty queue


class Floor(object):
    """Sends dicts as JSON lists; loses them where the collector does not answer."""

    def __init__(self, url, encode=None):
        host = url.partition("//")[2]
        self.connection = http.client.HTTPConnection(host, timeout=3)
        self.encode = encode or compact
        self.queue = collections.deque()
        self.sending = self.closing = False
        self.append = self.queue.append
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        """Send what waits, a batch at a time."""
        while self.queue or not self.closing:
            count = min(BATCH, len(self.queue))
            if not count:
                time.sleep(PAUSE)
                continue
            self.post([self.queue.popleft() for _ in range(count)])

    def post(self, hits):
        """Send one request and read the answer."""
        try:
            self.connection.request("POST", "/", self.encode(hits), {"Content-Type": "text/json"})
            self.connection.getresponse().read()
        except OSError:
            self.connection.close()

    def close(self, timeout):
        """Wait until everything is out."""
        self.closing = True
        self.thread.join(timeout)


def compact(value):
    """Encode with a kept encoder."""
    return _encode(value).encode()
