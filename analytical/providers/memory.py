"""memory: keeps hits in a list, for tests and for a first look."""

from __future__ import absolute_import, division, print_function, unicode_literals

from .local import LocalProvider

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Text


class Provider(LocalProvider):
    """
    Keeps what it is sent in ``hits``.

        >>> import analytical
        >>> memory = analytical.Provider('memory')
        >>> outcome = memory.pageview({'dl': 'https://example.com/', 'dt': 'Home'})
        >>> print(memory.hits[0]['type'], memory.hits[0]['url'])
        pageview https://example.com/

    :ivar list hits: a dict for each hit: ``type``, ``id``, ``time`` (Unix seconds) and the fields by their
        readable names; it grows until you clear it
    """

    name = "memory"
    account = "nothing"

    def __init__(self, data=None, **options):
        # type: (Any, **Any) -> None
        super(Provider, self).__init__(data, **options)
        self.hits = []  # type: List[Dict[Text, Any]]

    def check_account(self, data):
        # type: (Any) -> Any
        return data

    def keep(self, payloads):
        # type: (List[Dict[Text, Any]]) -> None
        self.hits.extend(payloads)
