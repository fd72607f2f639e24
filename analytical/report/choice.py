"""What a reader chose to see: a period and a site, checked before anything is read."""

from __future__ import absolute_import, division, print_function, unicode_literals

import collections
import datetime
import re

from ..errors import ConfigurationError
from .wording import days_between, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Mapping, Optional, Sequence, Text

MOST_DAYS = 3660  # ten years; each day is a row of the page
LONGEST_SITE = 255  # characters; host names are shorter

# First and last day, and the host; each text, or None for all there are.
Choice = collections.namedtuple("Choice", "first last site")


def choose(first=None, last=None, site=None):
    # type: (Optional[Text], Optional[Text], Optional[Text]) -> Choice
    """
    Check a choice.

    :raises ConfigurationError: for what is no day, for a period that ends before it begins or is too long,
        and for a site that can be no host; no text of it holds a value
    """
    for name, text in (("from", first), ("to", last)):
        if text is not None and not is_day(text):
            raise ConfigurationError("%s takes a day as YYYY-MM-DD, from 1970 on" % name)
    if first is not None and last is not None:
        count = days_between(first, last)
        if count < 1:
            raise ConfigurationError("the period ends before it begins: exchange from and to")
        if count > MOST_DAYS:
            raise ConfigurationError(
                "the period has more than %d days: choose a shorter one" % MOST_DAYS
            )
    if site is not None and not is_site(site):
        raise ConfigurationError(
            "site takes the host of a page, at most %d characters" % LONGEST_SITE
        )
    return Choice(first, last, site)


def is_day(text):
    # type: (Text) -> bool
    """
    Tell whether a text is a day of the calendar.

    >>> is_day('2026-02-28'), is_day('2026-02-30'), is_day('28.2.2026')
    (True, False, False)
    """
    if not re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z", text) or text < "1970":
        return False
    try:
        datetime.date(*[int(part) for part in text.split("-")])
    except ValueError:
        return False
    return True


def is_site(text):
    # type: (Text) -> bool
    """
    Tell whether a text can be the host of a page, which visitors may have made up.

    >>> is_site('example.com'), is_site('a b')
    (True, False)
    """
    return len(text) <= LONGEST_SITE and " " not in text and shown(text) == text


def choose_query(query):
    # type: (Mapping[Text, Sequence[Text]]) -> Choice
    """
    Read a choice from the parameters of an address; an empty one stands for all.

    :raises ConfigurationError: for what :func:`choose` refuses, another parameter, or one given twice
    """
    strangers = set(query) - {"from", "to", "site"}
    if strangers or any(len(values) > 1 for values in query.values()):
        raise ConfigurationError("the address takes from, to and site, each once")
    first, last, site = ((query.get(name) or [""])[0] or None for name in ("from", "to", "site"))
    return choose(first, last, site)
