"""The collector, over real sockets: its end, and other processes."""

from __future__ import absolute_import, division, print_function, unicode_literals

import os
import socket
import subprocess
import sys
import threading

import pytest
import requests
from loopback import DEADLINE, GET, close_within_deadline, connected, read_all, read_until_reset

from analytical.testing import Collector


class TestClose:
    def test_ends_connections_in_every_state(self, collector, session):
        """Idle, half-sent, hanging and dripping connections all end, and so do their threads."""
        collector.answer(times=1)
        session.get(collector.url)
        collector.hang(times=1)
        collector.drip(interval=3600, times=1)
        with connected(collector) as silent, connected(collector, b"POST / HT") as half:
            with connected(collector, GET) as first, connected(collector, GET) as second:
                collector.wait(3)
                close_within_deadline(collector)
                assert read_all(silent) == read_all(half) == b""
                assert sorted([read_all(first), read_all(second)]) in ([b"", b"H"], [b"", b""])

    def test_returns_while_a_users_function_blocks(self, collector):
        """Only a function of the user can outlast it, and then its thread is left behind."""
        leave = threading.Event()

        def answerer(request):
            leave.wait(DEADLINE)
            return 200, None, b""

        collector.answer_with(answerer)
        with connected(collector, GET) as client:
            collector.wait(1)
            closer = threading.Thread(target=collector.close)
            closer.daemon = True
            closer.start()
            closer.join(DEADLINE)
            assert not closer.is_alive()
            assert not leave.is_set()
            leave.set()
            assert read_all(client) == b""

    def test_can_be_called_by_a_users_function(self, collector):
        """Closing from the collector's own thread does not wait for itself."""
        returned = []

        def answerer(request):
            returned.append(collector.close())
            return 200, None, b""

        collector.answer_with(answerer)
        with connected(collector, GET) as client:
            collector.wait(1)
            assert read_all(client) == b""
        for thread in threading.enumerate():
            if thread.name == "analytical-collector":
                thread.join(DEADLINE)
        assert returned == [None]

    def test_twice_is_once(self, collector):
        """A second close does nothing, and neither does one before the start."""
        collector.close()
        collector.close()
        Collector().close()

    def test_refuses_afterwards_and_can_start_again(self, collector, session):
        """An outage: refused while closed, back on the same port, the old requests still there."""
        port = collector.port
        session.get(collector.url + "/before")
        collector.close()
        with pytest.raises(requests.ConnectionError):
            session.get(collector.url)
        with collector:
            assert collector.port == port
            session.get(collector.url + "/after")
        assert [request.path for request in collector.requests] == ["/before", "/after"]
        assert [request.connection for request in collector.requests] == [1, 2]

    def test_start_twice_is_once(self, collector, session):
        """A collector that runs already stays as it is."""
        url = collector.url
        assert collector.start() is collector
        assert collector.url == url
        assert session.get(url).status_code == 200

    def test_taken_port_is_an_error(self, collector):
        """Two collectors do not share a port."""
        with pytest.raises(socket.error):
            Collector(port=collector.port).start()

    def test_leaves_no_socket_and_no_output(self):
        """In a process with all warnings shown, not one line is printed."""
        program = """if True:
            import gc, socket
            from analytical.testing import Collector
            clients = []
            with Collector() as collector:
                collector.answer(times=1), collector.reset(), collector.reset_mid_answer()
                collector.answer_and_close(), collector.drip(interval=9), collector.hang(times=None)
                for number in range(8):
                    client = socket.create_connection(('127.0.0.1', collector.port))
                    client.sendall(b'GET / HTTP/1.1\\r\\n\\r\\n')
                    collector.wait(number + 1)
                    clients.append(client)
                clients[0].sendall(b'nonsense\\r\\n')
            for client in clients:
                client.close()
            del collector, client, clients
            gc.collect()
        """
        process = subprocess.Popen(
            [sys.executable, "-W", "always", "-c", program],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        output = process.communicate()[0]
        assert (process.returncode, output) == (0, b"")


class TestProcesses:
    def test_child_program_keeps_no_connection_open(self, collector):
        """A program started meanwhile holds no copy that would swallow a reset."""
        collector.answer(times=1)
        collector.reset()
        with connected(collector, GET) as client:
            client.recv(65536)
            command = [sys.executable, "-c", "import sys; sys.stdin.read()"]
            child = subprocess.Popen(command, stdin=subprocess.PIPE, close_fds=False)
            try:
                client.sendall(GET)
                assert read_until_reset(client) == b""
            finally:
                child.kill()
                child.communicate()

    @pytest.mark.skipif(not hasattr(os, "fork"), reason="needs os.fork")
    @pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
    def test_forked_child_can_close_its_copy(self, collector, session):
        """A child that leaves the with block takes nothing from its parent."""
        session.get(collector.url)
        pid = os.fork()
        if not pid:
            collector.close()
            os._exit(0)
        os.waitpid(pid, 0)
        assert session.get(collector.url).status_code == 200
        assert collector.connections == 1

    @pytest.mark.skipif(
        not hasattr(os, "register_at_fork"), reason="before Python 3.7 the child keeps its copies"
    )
    @pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
    def test_forked_child_keeps_no_connection_open(self, collector):
        """A reset reaches the client although a child lives that was forked meanwhile."""
        collector.answer(times=1)
        collector.reset()
        with connected(collector, GET) as client:
            client.recv(65536)
            end, keep = os.pipe()
            pid = os.fork()
            if not pid:
                os.close(keep)
                os.read(end, 1)
                os._exit(0)
            os.close(end)
            try:
                client.sendall(GET)
                assert read_until_reset(client) == b""
            finally:
                os.close(keep)
                os.waitpid(pid, 0)

    @pytest.mark.skipif(not hasattr(os, "fork"), reason="needs os.fork")
    @pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
    def test_forked_child_can_send(self, collector, session):
        """Requests of a forked child are recorded by the parent."""
        pid = os.fork()
        if not pid:
            try:
                session.post(collector.url + "/child")
            finally:
                os._exit(0)
        os.waitpid(pid, 0)
        assert [request.path for request in collector.wait(1)] == ["/child"]
