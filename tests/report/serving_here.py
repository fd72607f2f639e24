"""The server of ``analytical serve`` in a thread of the tests' own process."""

from __future__ import absolute_import, division, print_function, unicode_literals

import contextlib
import threading

from analytical.report.serving import Server

DEADLINE = 60  # seconds; a safety net


@contextlib.contextmanager
def serving(path):
    """Serve the page of a file for as long as the block runs; give the server."""
    server = Server(path, 0, 10)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join(DEADLINE)
        server.server_close()
