"""Processor for user agents: make them so common that they point at nobody."""

from __future__ import absolute_import, division, print_function, unicode_literals

from .. import utils
from .._agents import LONGEST, load_names
from .._compat import encodable
from ..errors import ConfigurationError
from ..secrets import show_name
from .canonical import canonical
from .parsing import Remembered

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, Optional, Text

    from .._agents import Names
    from ..hit import Hit

_names = None  # type: Optional[Callable[[Text], Names]]


def anonymize_user_agent(mode="rare"):
    # type: (Text) -> AnonymizeUserAgent
    """
    Make the user agent (field ``user_agent``) one that many visitors have.

    *Protects* visitors whose browser, device or build is so special that it points at them. *Costs*, by
    mode:

    - ``'rare'``: what ua-parser cannot name becomes ``'Rare user agent'``; all else stays as it is, device
      models and build numbers included.
    - ``'major'``: of well-known browsers only the names and major versions of browser and operating
      system stay, and whether it is a phone, a tablet or a computer, in the form that browsers with a
      reduced user agent send. Others are treated as by ``'rare'``.
    - ``'family'``: as ``'major'``, without the versions. Platforms parse a version, so it is 0, and that of
      the operating system the one that browsers froze, or 0: reports by version mean nothing then.

    What is made of up to 2,048 user agents is kept, in memory only. An unknown one costs a parse: tens of
    microseconds with ``pip install analytical[fast]``, else up to a millisecond.

        >>> from analytical.params import read
        >>> agent = ('Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) '
        ...          'Chrome/124.0.6367.119 Safari/537.36')
        >>> hit = anonymize_user_agent('major')(read('pageview', {'user_agent': agent}))
        >>> print(hit.get('user_agent').partition('Gecko) ')[2])
        Chrome/124.0.0.0 Safari/537.36

    :param str mode: ``'rare'``, ``'major'`` or ``'family'``
    :raises ConfigurationError: for another mode
    """
    return AnonymizeUserAgent(mode)


class AnonymizeUserAgent(object):
    """The processor that :func:`anonymize_user_agent` makes."""

    def __init__(self, mode):
        # type: (Text) -> None
        if mode not in _MODES:
            raise ConfigurationError(
                "anonymize_user_agent takes 'rare', 'major' or 'family', not %s" % show_name(mode)
            )
        self.mode = mode
        self._agent = _MODES[mode]
        self.__name__ = repr(self)

    def __call__(self, hit):
        # type: (Hit) -> Hit
        agent = hit.fields.get("user_agent")
        if agent is None:
            if "user_agent" in hit.raw or "user_agent" in hit.invalid:
                return hit.replace(user_agent=utils.anonymize_user_agent(None))
            return hit
        changed = self._agent(agent)
        if changed == agent and "user_agent" not in hit.raw:
            return hit
        return hit.replace(user_agent=changed)

    def __repr__(self):
        # type: () -> str
        return str("anonymize_user_agent(%r)" % str(self.mode))


def _reduced(text, versions):
    # type: (Text, bool) -> Text
    """Reduce a user agent, if what comes out is parsed as the same browser and operating system."""
    rare = utils.anonymize_user_agent(None)
    if len(text) > LONGEST or not encodable(text):
        return rare
    try:
        names = _parse(text)
        if not names[0] or not names[2] or "Other" in (names[0], names[2]):
            return rare
        result = canonical(text, names, versions)
        same = result is not None and _families(_parse_reduced(result)) == _families(names)
    except Exception:  # not logged: its text may repeat the user agent
        return rare
    return result if result is not None and same else text


def _parse(text):
    # type: (Text) -> Names
    global _names
    if _names is None:  # two threads may both load it, which only costs time
        _names = load_names()
    return _names(text)


_parse_reduced = Remembered(_parse)  # few texts, and those again and again


def _families(names):
    # type: (Names) -> object
    return names[0], names[2]


_MODES = {
    "rare": utils.anonymize_user_agent,
    "major": Remembered(lambda text: _reduced(text, True)),
    "family": Remembered(lambda text: _reduced(text, False)),
}  # type: Dict[Text, Callable[[Any], Text]]
