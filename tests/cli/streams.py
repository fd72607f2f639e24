"""A stream that commands write to in the tests."""

from __future__ import absolute_import, division, print_function, unicode_literals

import io


class Stream(io.TextIOWrapper):
    """A text stream over memory, as sys.stdout is one over a file; it may say that it is a terminal."""

    def __init__(self, encoding="utf-8", tty=False):
        super(Stream, self).__init__(io.BytesIO(), encoding=encoding, newline="\n")
        self.tty = tty

    def isatty(self):
        """Say so."""
        return self.tty

    def text(self):
        """Give what was written."""
        self.flush()
        return self.buffer.getvalue().decode(self.encoding)
