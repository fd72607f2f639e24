"""The time zone of lines that name none."""

from __future__ import absolute_import, division, print_function, unicode_literals

import importlib
import pickle

import pytest

from analytical.errors import ConfigurationError
from analytical.logs import zones
from analytical.logs.entry import Clock, Strptime, clf_time
from analytical.logs.formats import named
from analytical.logs.zones import Zone
from analytical.moments import time

NOON = 1760097600.0  # 2025-10-10T12:00:00Z


@pytest.mark.parametrize(
    ("name", "hours"),
    [("UTC", 0), ("z", 0), ("+02:00", 2), ("+0200", 2), ("-7", -7), ("-03:30", -3.5), ("+14", 14)],
)
def test_offsets(name, hours):
    """An offset is how far local time is ahead of UTC."""
    zone = Zone(name)
    assert zone.utc(NOON) == NOON - hours * 3600
    assert pickle.loads(pickle.dumps(zone)).utc(NOON) == zone.utc(NOON)


def has_zones():
    """Tell whether there is a module for names, and what it reads."""
    for module in zones._MODULES:
        try:
            importlib.import_module(str(module)).ZoneInfo("Europe/Berlin")
            return True
        except (ImportError, LookupError):
            pass
    return False


@pytest.mark.skipif(not has_zones(), reason="needs zoneinfo and its data")
def test_names():
    """A zone by its name knows summer time; an hour that comes twice is the first of the two."""
    zone = Zone("Europe/Berlin")
    assert zone.utc(NOON) == NOON - 7200
    assert zone.utc(NOON + 90 * 86400 + 0.5) == NOON + 90 * 86400 + 0.5 - 3600
    assert zone.utc(time("2025-10-26T02:30:00")) == time("2025-10-26T00:30:00")
    assert pickle.loads(pickle.dumps(zone)).utc(NOON) == zone.utc(NOON)


@pytest.mark.parametrize(
    "name", ["Utopia/City", "Europe", "", "/etc/passwd", "../x", "+25", "+2:0", "\0"]
)
def test_unknown(name):
    """What is no zone is an error that says what to give."""
    with pytest.raises(ConfigurationError) as caught:
        Zone(name)
    assert "offset" in str(caught.value)


def test_without_names(monkeypatch):
    """Where Python has no zones by name, an offset still works, as the error says."""
    monkeypatch.setattr(zones, "_MODULES", ("no_such_module",))
    with pytest.raises(ConfigurationError) as caught:
        Zone("Europe/Berlin")
    assert "--timezone=+02:00" in str(caught.value)
    assert Zone("+02:00").utc(NOON) == NOON - 7200


@pytest.mark.parametrize(
    ("read", "text", "local"),
    [
        (clf_time, "10/Oct/2025:12:00:00", True),
        (clf_time, "10/Oct/2025:12:00:00.000", True),
        (clf_time, "10/Oct/2025:12:00:00 +0000", False),
        (time, "2025-10-10 12:00:00", True),
        (time, "2025-10-10T12:00:00,5", True),
        (time, "2025-10-10T12:00:00Z", False),
        (time, "2025-10-10T12:00:00+00:00", False),
        (time, "1760097600.000", False),
        (time, 1760097600, False),
        (Strptime("%d.%m.%Y %H:%M"), "10.10.2025 12:00", True),
        (Strptime("%d.%m.%Y %H:%M %z"), "10.10.2025 12:00 +0000", False),
    ],
)
def test_clock(read, text, local):
    """Only a time that names no zone is in that of the option."""
    clock = Clock(read)
    plain = clock(text)
    clock = Clock(read)
    clock.zone = Zone("+02:00")
    assert clock(text) == plain - (7200 if local else 0)


@pytest.mark.parametrize("name", ["haproxy", "json", "$remote_addr [$time_local] $request $status"])
def test_formats(name):
    """Formats whose lines may name no zone have a clock that takes one."""
    assert isinstance(named(name).clock, Clock)
