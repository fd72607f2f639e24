"""Privacy before anything leaves the process: processors, and lists of them that are ready to use."""

from __future__ import absolute_import, division, print_function, unicode_literals

from .consent import require_consent, respect_opt_out
from .fields import before_send, only, remove
from .visitors import sample, visitor_id

__all__ = [
    str(name)
    for name in (
        "before_send",
        "only",
        "remove",
        "require_consent",
        "respect_opt_out",
        "sample",
        "visitor_id",
    )
]
