"""Lists of processors that are ready to use, and to edit."""

from __future__ import absolute_import, division, print_function, unicode_literals

from .addresses import anonymize_ip, remove_ip
from .agents import anonymize_user_agent
from .bots import drop_bots
from .consent import require_consent, respect_opt_out
from .fields import remove
from .urls import scrub_url
from .visitors import visitor_id

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List

# What stands for a visitor, a visit or a click.
IDS = ("client_id", "user_id", "session_id", "gclid", "dclid")


def private(secret=None):
    # type: (Any) -> List[Any]
    """
    Everything that keeps visitors private and their number countable.

    In this order: :func:`respect_opt_out`; :func:`require_consent`, by which a refusal counts and silence
    passes; :func:`drop_bots`; ``user_id`` is removed; :func:`visitor_id`, where a secret is given;
    :func:`anonymize_ip`; :func:`anonymize_user_agent` by major versions; :func:`scrub_url`.

    A ``client_id`` that you pass goes on: leave it out of your hits, and let ``visitor_id`` make one.

    :param secret: as for :func:`visitor_id`; without it hits that come without ``client_id`` have none
    :returns: a new list, to be edited as any other
    """
    identify = [] if secret is None else [visitor_id(secret)]  # type: List[Any]
    return (
        [respect_opt_out(), require_consent(default=True), drop_bots(), remove("user_id")]
        + identify
        + [anonymize_ip(), anonymize_user_agent("major"), scrub_url()]
    )


def anonymous():
    # type: () -> List[Any]
    """
    Everything that tells visitors apart is removed: what stays are pages, sources and events.

    As :func:`private`, but without address, ``client_id``, ``user_id``, ``session_id`` and ids of clicks
    (``gclid``, ``dclid``), and the agent says no more than the families of browser and system. Visitors can
    no longer be counted, and platforms that need an address or an id (see :doc:`/platforms`) get none.

    :returns: a new list, to be edited as any other
    """
    return [
        respect_opt_out(),
        require_consent(default=True),
        drop_bots(),
        remove_ip(),
        remove(*IDS),
        anonymize_user_agent("family"),
        scrub_url(keep=("utm_*",)),
    ]
