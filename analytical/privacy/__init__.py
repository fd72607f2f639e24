"""
Privacy before anything leaves the process: processors, and lists of them that are ready to use.

A processor is a callable hit -> hit, or None to drop it. Each function here makes one; its docstring says
what it protects and what it costs.
"""

from __future__ import absolute_import, division, print_function, unicode_literals

from .addresses import anonymize_ip, remove_ip
from .agents import anonymize_user_agent
from .bots import drop_bots
from .consent import require_consent, respect_opt_out
from .fields import before_send, only, remove
from .presets import anonymous, private
from .urls import scrub_url
from .visitors import sample, visitor_id

__all__ = [
    str(name)
    for name in (
        "anonymize_ip",
        "anonymize_user_agent",
        "anonymous",
        "before_send",
        "drop_bots",
        "only",
        "private",
        "remove",
        "remove_ip",
        "require_consent",
        "respect_opt_out",
        "sample",
        "scrub_url",
        "visitor_id",
    )
]
