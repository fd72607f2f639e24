"""Real brokers and Celery workers, on free ports of loopback; ended by the fixtures that start them."""

from __future__ import absolute_import, division, print_function, unicode_literals

import os
import signal
import socket
import subprocess
import sys
import time

import pytest

import analytical

RABBIT = ("rabbitmq-server", "/usr/lib/rabbitmq/bin/rabbitmq-server")
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(analytical.__file__)))

# What users write; the account and options come from the environment of the test.
APP = """
import os
import analytical
import celery

app = celery.Celery("hits_app", broker=os.environ["BROKER"], include=["analytical.delivery.celery"])
if app.conf.broker_url.startswith("redis"):
    app.conf.broker_transport_options = {"visibility_timeout": 2}
if "SECRET" in os.environ:
    analytical.configure(
        "web", "ga4", "G-ABC1234567", api_secret=os.environ["SECRET"], url=os.environ["URL"], timeout=60
    )
if "ACCOUNT" in os.environ:
    analytical.configure("web", "mixpanel", os.environ["ACCOUNT"], url=os.environ["URL"], timeout=1)
"""


def need(found, what):
    """Skip where something is not installed; fail where all has to be (CI)."""
    if not found:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("%s is not installed" % what)
    return found


def which(*names):
    """Find the first program that is there."""
    folders = os.environ.get("PATH", "").split(os.pathsep) + ["/usr/sbin", "/usr/bin"]
    paths = [os.path.join(folder, name) for name in reversed(names) for folder in folders]
    return next((path for path in paths if os.access(path, os.X_OK)), None)


def free_port():
    """Give a port that nobody listens on."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    listener.close()
    return port


class Process(object):
    """A program in a process group of its own, with all that it prints in a file."""

    def __init__(self, log, command, **environment):
        self.log = log
        with log.open("ab") as output:
            self.popen = subprocess.Popen(
                command,
                env=dict(os.environ, **{str(k): str(v) for k, v in environment.items()}),
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=str(log.dirpath()),
                close_fds=True,
                preexec_fn=os.setsid,
            )

    def kill(self):
        """End the program and its children by SIGKILL."""
        if self.popen.poll() is None or group_lives(self.popen.pid):
            os.killpg(self.popen.pid, signal.SIGKILL)
        self.popen.wait()

    def wait_for(self, ready, timeout=60):
        """Wait until a function says so; show the output where it does not."""
        deadline = time.time() + timeout
        while not ready():
            if time.time() > deadline or self.popen.poll() is not None:
                raise AssertionError(self.log.read())
            time.sleep(0.1)
        return self

    def wait_for_text(self, text):
        """Wait until the program has printed something."""
        return self.wait_for(lambda: text in self.log.read())


def group_lives(group):
    """Tell whether a process of a group is left."""
    try:
        os.killpg(group, 0)
    except OSError:
        return False
    return True


def start_redis(folder):
    """Start Redis, without files; give the process and the broker's address."""
    program = need(which("redis-server"), "redis-server")
    port = free_port()
    command = [
        program,
        "--port",
        str(port),
        "--bind",
        "127.0.0.1",
        "--save",
        "",
        "--daemonize",
        "no",
    ]
    process = Process(folder.join("redis.log"), command)
    return process.wait_for(lambda: answers(port)), "redis://127.0.0.1:%d/0" % port


def start_rabbit(folder):
    """Start RabbitMQ and the epmd it needs; give the processes and the broker's address."""
    program = need(which(*RABBIT), "rabbitmq-server")
    port, names = free_port(), free_port()
    home = folder.mkdir("rabbit")
    home.join("plugins").write("[].")
    environment = {
        "HOME": home,
        "ERL_EPMD_PORT": names,
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        "RABBITMQ_CONF_ENV_FILE": os.devnull,
        "RABBITMQ_CONFIG_FILE": home.join("none"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": home.join("plugins"),
        "RABBITMQ_MNESIA_BASE": home,
        "RABBITMQ_LOG_BASE": home,
        "RABBITMQ_PID_FILE": home.join("pid"),
        "RABBITMQ_NODENAME": "hits%d@localhost" % port,
        "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
        "RABBITMQ_NODE_PORT": port,
        "RABBITMQ_DIST_PORT": free_port(),
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
    }
    command = [need(which("epmd"), "epmd"), "-address", "127.0.0.1", "-port", str(names)]
    epmd = Process(folder.join("epmd.log"), command)
    epmd.wait_for(lambda: answers(names))
    rabbit = Process(folder.join("rabbit.log"), [program], **environment)
    try:
        rabbit.wait_for(lambda: answers(port), 120)
    except AssertionError:
        rabbit.kill()
        epmd.kill()
        raise
    return [rabbit, epmd], "amqp://guest:guest@127.0.0.1:%d//" % port


def answers(port):
    """Tell whether somebody listens on a port."""
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except (OSError, socket.error):
        return False
    return True


def start_worker(folder, broker, *options, **environment):
    """Start a worker with the application above, and wait until it takes tasks."""
    folder.join("hits_app.py").write(APP)
    name = "worker%d" % len(folder.listdir())
    command = [sys.executable, "-m", "celery", "-A", "hits_app", "worker", "--loglevel=INFO"]
    command += ["--without-gossip", "--without-mingle", "--hostname", name + "@localhost"]
    path = os.pathsep.join([str(folder), ROOT])
    return Process(
        folder.join(name + ".log"),
        command + list(options),
        BROKER=broker,
        PYTHONPATH=path,
        **environment
    ).wait_for_text(" ready.")
