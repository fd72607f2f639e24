"""console: prints hits, for development."""

from __future__ import absolute_import, division, print_function, unicode_literals

import json
import sys

import six

from ..errors import ConfigurationError
from ..secrets import describe
from .local import LocalProvider
from .options import stripped

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Text

STREAMS = ("stdout", "stderr")


class Provider(LocalProvider):
    """
    Prints each hit as indented JSON.

    :param str data: ``stdout`` (the default) or ``stderr``
    """

    name = "console"
    account = "stdout (the default) or stderr"

    def check_account(self, data):
        # type: (Any) -> Any
        stream = stripped(data) if data else "stdout"
        if stream in STREAMS:
            return stream
        raise ConfigurationError("console takes stdout or stderr, not %s" % describe(data))

    def keep(self, payloads):
        # type: (List[Dict[Text, Any]]) -> None
        stream = getattr(sys, self.data)  # looked up now: tests and servers replace it
        if stream is None or getattr(
            stream, "closed", False
        ):  # as in daemons and windowless programs
            raise IOError("%s is closed" % self.data)
        for payload in payloads:
            # ASCII, so that no terminal's encoding can refuse it.
            text = json.dumps(payload, indent=2, sort_keys=True, separators=(",", ": "))
            stream.write(six.ensure_str(text) + "\n")
        stream.flush()
