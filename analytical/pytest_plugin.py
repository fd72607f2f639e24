"""
The plug-in of pytest (entry point ``pytest11``): fixture ``analytical_hits``, option ``analytical_capture``.

Without either it does nothing. It stands outside ``analytical.testing``, whose modules would make every
start of pytest slower.
"""

from __future__ import absolute_import, division, print_function, unicode_literals

import pytest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Iterator

    from .testing.captured import Hits

OPTION = "analytical_capture"

_fixture = (
    pytest.fixture
)  # type: Callable[[Callable[..., Any]], Any]  # untyped where pytest is not


def pytest_addoption(parser):
    # type: (Any) -> None
    """Add the option for the configuration file."""
    parser.addini(
        str(OPTION),
        "let no hit of analytical leave the test process, from its start to its end",
        type=str("bool"),
        default=False,
    )


def pytest_configure(config):
    # type: (Any) -> None
    """Start capturing before tests are imported, where the option says so."""
    if config.getini(str(OPTION)):
        from .testing.captured import Nowhere, tapped

        silence = tapped(Nowhere())
        silence.__enter__()
        config.add_cleanup(lambda: silence.__exit__(None, None, None))


@_fixture
def analytical_hits():
    # type: () -> Iterator[Hits]
    """Give what is sent by analytical while the test runs; nothing of it leaves the process."""
    from .testing.captured import capture

    with capture() as hits:
        yield hits
