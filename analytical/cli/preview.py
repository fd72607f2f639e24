"""--dry-run: what would leave this machine, as it would, with the credentials masked."""

from __future__ import absolute_import, division, print_function, unicode_literals

import json

import six

from ..providers.explaining import masked

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Sequence

    from ..delivery.http import Request
    from ..providers.base import BaseProvider
    from .terminal import Terminal


class Preview(object):
    """
    Prints requests or payloads.

    :param bool as_json: one line of JSON for each, instead of text
    """

    def __init__(self, terminal, provider, as_json):
        # type: (Terminal, BaseProvider, bool) -> None
        self.terminal = terminal
        self.provider = provider
        self.as_json = as_json

    def show(self, hits):
        # type: (Sequence[Any]) -> None
        """Print what would leave for these hits, which are processed and checked."""
        for item in self.provider.preview(hits) if hits else ():
            if hasattr(item, "headers"):
                self._show_request(item)
            elif self.as_json:
                self.terminal.json(item)
            else:
                text = six.ensure_text(json.dumps(item, indent=2, sort_keys=True))
                self.terminal.say(text)

    def _show_request(self, request):
        # type: (Request) -> None
        shown = masked(request, self.provider)
        if self.as_json:
            self.terminal.json(shown)
            return
        lines = ["%s %s" % (shown["method"], shown["url"])]
        lines += ["%s: %s" % (name, shown["headers"][name]) for name in sorted(shown["headers"])]
        for line in lines + [""] + shown["body"].split("\n") + [""]:
            self.terminal.say(self.terminal.shown(line))
