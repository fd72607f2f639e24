"""Where a command's hits go: the provider that --to, the environment or the default names."""

from __future__ import absolute_import, division, print_function, unicode_literals

import os
import sqlite3

from .. import registry
from .._sqlite_file import StorageError, open_to_read, run
from ..providers import checks
from ..providers.options import COMMON, check_processors
from ..secrets import show_host
from ..utils import anonymize_ip_address, anonymize_user_agent
from .parsing import DEFAULT_URL, VARIABLE
from .terminal import argument_texts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Sequence, Text

    from ..hit import Hit
    from ..providers.base import BaseProvider

_STRICT = [option for option in COMMON if option.name == "strict"][0]


def url_of(given):
    # type: (Optional[Text]) -> Text
    """Give the address that --to says, or the environment, or the default."""
    if given:
        return given
    return argument_texts([os.environ.get(str(VARIABLE), "")])[0] or DEFAULT_URL


def anonymize(hit):
    # type: (Hit) -> Hit
    """A processor: make address and agent common; an address that is none is taken away."""
    changes = {}  # type: Dict[str, Any]
    if "user_ip" in hit.fields:
        changes[str("user_ip")] = anonymize_ip_address(hit.fields["user_ip"])
    if "user_agent" in hit.fields:
        changes[str("user_agent")] = anonymize_user_agent(hit.fields["user_agent"])
    return hit.replace(**changes) if changes else hit


class Target(object):
    """
    A provider whose outcomes a command reads, so it is silent about what fails.

    :ivar provider: the provider
    :ivar dict hits: id -> the hit as it left the last processor; whoever reads it empties it
    """

    def __init__(self, url, keep_private=False, more=()):
        # type: (Text, bool, Sequence[Any]) -> None
        name, self._account, options = registry.parse_url(url)
        self.hits = {}  # type: Dict[Text, Hit]
        self._strict = _STRICT.check(options.pop(str("strict"), None))
        processors = list(check_processors(options.pop(str("processors"), ())))
        processors += ([] if keep_private else [anonymize]) + list(more) + [self._inspect]
        options.update({str("fail_silently"): True, str("processors"): processors})
        self.provider = registry.make(name, self._account, options)  # type: BaseProvider

    def _inspect(self, hit):
        # type: (Hit) -> Hit
        """A processor, the last one: see what will be sent; refuse what strict=true refuses."""
        if self._strict:
            # Not by the provider's own strict mode, which raises and so hides the other outcomes.
            checks.raise_for(self.provider.problems(hit), self.provider.name)
        self.hits[hit.id] = hit
        return hit

    @property
    def is_file(self):
        # type: () -> bool
        """Tell whether hits go into a file that ``analytical stats`` can read."""
        return self.provider.name == "sqlite"

    def stored(self):
        # type: () -> Optional[int]
        """Count the hits that a file was ever given, 0 where it is gone; None where hits go elsewhere."""
        if not self.is_file:
            return None
        try:
            connection = open_to_read(self.provider.data)
        except StorageError:
            return 0
        try:
            found = run(connection, "SELECT seq FROM sqlite_sequence WHERE name = 'hits'")
        except sqlite3.Error:  # there is no table yet
            found = []
        finally:
            connection.close()
        return int(found[0][0]) if found else 0

    @property
    def place(self):
        # type: () -> Text
        """Say where hits go, in words: a file, or a platform and its host."""
        if self.is_file:
            return self._account or ""
        endpoint = getattr(self.provider, "endpoint", None)
        if endpoint is None:
            return self.provider.name
        return "%s at %s" % (self.provider.name, show_host(endpoint()))

    def left_out(self):
        # type: () -> List[Text]
        """Name the fields given so far that the platform has no place for."""
        return sorted(self.provider.stats()["unsupported"])
