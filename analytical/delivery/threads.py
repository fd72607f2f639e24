"""Whether a thread that is started here will run."""

from __future__ import absolute_import, division, print_function, unicode_literals

import logging
import sys

from .._log import RateLimitedLog

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict

log = logging.getLogger(__name__)
_warnings = RateLimitedLog(log)

_UWSGI_THREADS = (b"enable-threads", "enable-threads", b"threads", "threads")


def threads_run():
    # type: () -> bool
    """Tell whether threads run here: uWSGI without ``enable-threads`` starts them and never runs them."""
    uwsgi = sys.modules.get("uwsgi")
    options = getattr(uwsgi, "opt", {})  # type: Dict[Any, Any]
    if uwsgi is None or any(key in options for key in _UWSGI_THREADS):
        return True
    _warnings.warning(
        "uwsgi", "uWSGI runs without threads: hits are sent directly. Set enable-threads = true"
    )
    return False
