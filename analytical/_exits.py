"""What runs at the end of a process, also of one that leaves past ``atexit``, as children of multiprocessing do."""

from __future__ import absolute_import, division, print_function, unicode_literals

import atexit
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict

_pids = {}  # type: Dict[Callable[[], Any], int]  # function -> the last process that registered it


def at_exit(function, last=False):
    # type: (Callable[[], Any], bool) -> None
    """
    Call a function at the end of this process; perhaps twice, so the second call must do no harm.

    To be called again in a forked child; calls after the first in a process do nothing.

    :param bool last: whether it runs after those registered without; it has to be registered before them
    """
    if _pids.get(function) == os.getpid():
        return
    if function not in _pids:
        atexit.register(function)
    _pids[function] = os.getpid()
    for name in ("multiprocessing.util", "billiard.util"):  # the latter is Celery's
        util = sys.modules.get(name)  # type: Any
        if util is not None:
            util.Finalize(None, function, exitpriority=-1 if last else 0)
