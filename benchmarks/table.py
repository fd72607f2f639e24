"""Tables of medians, with the least and the most of the first figure, and how many times a base it is."""

from __future__ import absolute_import, division, print_function, unicode_literals

import collections
import statistics

Column = collections.namedtuple("Column", "title key form")


def show(title, columns, rows, base=None):
    """
    Print a table.

    :param columns: Columns; the first is compared
    :param rows: {label: [what each round found, as a dict]}; a dict may hold a ``note`` instead
    :param base: the label of the row that the others are compared with
    """
    head = "%-38s" % title + columns[0].title.rjust(11) + " " * 21
    head += "".join(each.title.rjust(13) for each in columns[1:])
    print((head + "  " + ("x " + base if base in rows else "")).rstrip())
    reference = values(rows.get(base, ()), columns[0].key)
    for name, found in rows.items():
        print(line(name, columns, found, reference).rstrip())
    print()


def line(name, columns, found, reference):
    """Write a row."""
    notes = sorted({each["note"] for each in found if "note" in each})
    first = values(found, columns[0].key)
    if not first:
        return "  %-36s %s" % (name, "; ".join(notes) or "no figures")
    cells = [
        "  %-36s%11s%21s"
        % (name, columns[0].form % statistics.median(first), span(columns[0], first))
    ]
    cells += [cell(column, values(found, column.key)) for column in columns[1:]]
    if reference:
        cells.append("  %6.2f" % (statistics.median(first) / statistics.median(reference)))
    return "".join(cells) + ("  " + "; ".join(notes) if notes else "")


def span(column, numbers):
    """Write the least and the most, where there were several rounds."""
    if len(numbers) < 2:
        return " " * 21
    return (" (%s to %s)" % (column.form % min(numbers), column.form % max(numbers))).ljust(21)


def cell(column, numbers):
    """Write a median."""
    return (column.form % statistics.median(numbers) if numbers else "-").rjust(13)


def values(found, key):
    """Collect the figures of all rounds."""
    return [each[key] for each in found if key in each]
