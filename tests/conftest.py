"""Settings of the whole suite."""

from __future__ import absolute_import, division, print_function, unicode_literals

import os
import subprocess
import threading

import pytest
from hypothesis import HealthCheck, settings

from analytical.delivery import worker
from analytical.providers.guard import Guard

# The vendors' SDKs are only where `tox -e conformance` installs them.
collect_ignore = ["conformance"] if "CONFORMANCE_NPM" not in os.environ else []

# The suite talks to this machine only, and no proxy shall stand between.
for _name in ("http_proxy", "https_proxy", "all_proxy"):
    os.environ.pop(_name, None)
    os.environ.pop(_name.upper(), None)

# A busy machine is no failure: no deadline for an example, none for making them.
# The same examples each time where a change is to land; everywhere else new ones.
settings.register_profile(
    "analytical",
    deadline=None,
    max_examples=50,
    derandomize=bool(os.environ.get("CI")),
    # The examples of the last are as large as hits are; old versions say so.
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile("analytical")


@pytest.fixture(autouse=True)
def no_thread_outlives_its_test():
    """Stop the package's threads: what they still sent or logged would be seen by other tests."""
    yield
    for delivery in list(worker._all):
        if delivery._thread is not None:  # one without would start it, where its file holds hits
            delivery.close(0.0)
    for thread in threading.enumerate():
        if thread.name in ("analytical-delivery", "analytical-token"):
            thread.join(10)


@pytest.fixture(autouse=True)
def faults_are_raised():
    """Let a fault in the package fail the test that meets it, instead of being logged away."""
    Guard.swallow_faults = False
    yield
    Guard.swallow_faults = True


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    """Make a certificate for 127.0.0.1 that nobody has signed but itself."""
    folder = tmp_path_factory.mktemp("tls")
    paths = [str(folder / name) for name in ("cert.pem", "key.pem")]
    config = folder / "openssl.cnf"
    config.write_text(
        "[req]\ndistinguished_name = dn\nx509_extensions = ext\nprompt = no\n"
        "[dn]\nCN = localhost\n[ext]\nsubjectAltName = IP:127.0.0.1\n"
        "basicConstraints = critical, CA:TRUE\n"
    )
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    command += ["-config", str(config), "-out", paths[0], "-keyout", paths[1]]
    try:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    except OSError:
        pytest.skip("the openssl command is not installed")
    output = process.communicate()[0]
    assert process.returncode == 0, output
    return paths
