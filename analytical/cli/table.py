"""Tables for a terminal: columns of text and numbers, cut to the width there is."""

from __future__ import absolute_import, division, print_function, unicode_literals

from .terminal import columns, cut

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List, Sequence, Text

    from .terminal import Terminal

_GAP = "  "
_LEAST = 8  # columns that the last column keeps, however narrow the terminal


def say_table(terminal, heads, rows):
    # type: (Terminal, Sequence[Text], Sequence[Sequence[Any]]) -> None
    """
    Print rows under their heads; numbers to the right, with separators of thousands; None is empty.

    The widest column of text is the one that is cut.
    """
    shown = [[_cell(terminal, value) for value in row] for row in rows]
    numeric = [
        bool(rows) and all(row[i] is None or _is_number(row[i]) for row in rows)
        for i in range(len(heads))
    ]
    widths = [
        max([columns(heads[i])] + [columns(row[i]) for row in shown]) for i in range(len(heads))
    ]
    _fit(widths, numeric, terminal.width)
    for row in [list(heads), ["-" * width for width in widths]] + shown:
        cells = [_pad(cut(row[i], widths[i]), widths[i], numeric[i]) for i in range(len(row))]
        terminal.say(_GAP.join(cells).rstrip())


def _cell(terminal, value):
    # type: (Terminal, Any) -> Text
    if _is_number(value):
        return ("{:,.0f}" if value == int(value) else "{:,.2f}").format(value)
    return "" if value is None else terminal.shown(value)


def _is_number(value):
    # type: (Any) -> bool
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _fit(widths, numeric, most):
    # type: (List[int], Sequence[bool], int) -> None
    """Take columns from the widest text until the table fits, or nothing can be taken."""
    while sum(widths) + len(_GAP) * (len(widths) - 1) > most:
        _, widest = max((0 if numeric[i] else widths[i], i) for i in range(len(widths)))
        if numeric[widest] or widths[widest] <= _LEAST:
            return
        widths[widest] -= 1


def _pad(text, width, right):
    # type: (Text, int, bool) -> Text
    space = " " * (width - columns(text))
    return space + text if right else text + space
