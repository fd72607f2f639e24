"""Whose hits are sent at all: visitors who ask not to be tracked, and consent."""

from __future__ import absolute_import, division, print_function, unicode_literals

from ..errors import ConfigurationError
from ..secrets import show_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable, Optional, Text

    from ..hit import Hit

PURPOSES = ("analytics", "ads")  # what the field `consent` knows


def respect_opt_out(dnt=True, gpc=True):
    # type: (bool, bool) -> Callable[[Hit], Optional[Hit]]
    """
    Drop the hits of visitors whose browser asks not to be tracked (fields ``dnt`` and ``gpc``).

    *Protects* those who opt out in their browser: nothing about them is queued, stored or sent. *Costs*
    their hits; some browsers send such a signal for all of their users.

    Fill the fields from the headers ``DNT`` (W3C Tracking Preference Expression) and ``Sec-GPC`` (Global
    Privacy Control). A hit without them is sent.

        >>> from analytical.params import read
        >>> respect_opt_out()(read('pageview', {'dnt': '1'})) is None
        True

    :param bool dnt: whether Do Not Track counts
    :param bool gpc: whether Global Privacy Control counts
    """
    names = [name for name, counts in (("dnt", dnt), ("gpc", gpc)) if counts]

    def processor(hit):
        # type: (Hit) -> Optional[Hit]
        fields = hit.fields
        for name in names:
            if name in fields and fields[name]:
                return None
        return hit

    processor.__name__ = str("respect_opt_out")
    return processor


def require_consent(purpose="analytics", default=False):
    # type: (Text, bool) -> Callable[[Hit], Optional[Hit]]
    """
    Drop the hits of visitors who did not consent, as the field ``consent`` says.

    *Protects* those who refused, and with ``default=False`` those who were not asked. *Costs* their
    hits. What the visitor said stays in the hit: platforms with a place for it are told.

        >>> from analytical.params import read
        >>> require_consent()(read('pageview', {})) is None
        True
        >>> agreed = read('pageview', {'consent': {'analytics': True}})
        >>> require_consent()(agreed) is agreed
        True

    :param str purpose: ``'analytics'`` or ``'ads'``
    :param bool default: whether a hit that says nothing about the purpose is sent
    :raises ConfigurationError: for another purpose
    """
    if purpose not in PURPOSES:
        raise ConfigurationError(
            "require_consent takes 'analytics' or 'ads', not %s" % show_name(purpose)
        )

    def processor(hit):
        # type: (Hit) -> Optional[Hit]
        given = hit.fields.get("consent")
        if given is None:
            return hit if default else None
        return hit if given.get(purpose, default) else None

    processor.__name__ = str("require_consent")
    return processor
