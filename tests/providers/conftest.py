"""The guard as users have it, and a log without a past."""

from __future__ import absolute_import, division, print_function, unicode_literals

import logging

import pytest

from analytical.providers import guard
from analytical.providers.guard import Guard


@pytest.fixture
def swallow(monkeypatch):
    """Let the guard work as it does for users: faults are logged, not raised."""
    monkeypatch.setattr(Guard, "swallow_faults", True)


@pytest.fixture
def fresh_log(monkeypatch, caplog):
    """Forget what was logged in the last minute; see all that is logged."""
    monkeypatch.setattr(guard, "_warnings", guard.RateLimitedLog(guard.log))
    caplog.set_level(logging.DEBUG)
