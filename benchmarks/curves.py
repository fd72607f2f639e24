"""Points on logarithmic scales: the exponent of the power that fits them, and a picture of both as SVG."""

from __future__ import absolute_import, division, print_function, unicode_literals

import math
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 480, 300
LEFT, RIGHT, TOP, BOTTOM = 50, 20, 50, 50


def exponent(points):
    """Fit y = c * x ** p by least squares of the logarithms; give p."""
    return fit(points)[0]


def fit(points):
    """Give p and c."""
    pairs = [(math.log(x), math.log(y)) for x, y in points]
    count = len(pairs)
    x_mean, y_mean = (sum(pair[n] for pair in pairs) / count for n in (0, 1))
    spread = sum((x - x_mean) ** 2 for x, _ in pairs)
    power = sum((x - x_mean) * (y - y_mean) for x, y in pairs) / spread
    return power, math.exp(y_mean - power * x_mean)


def decades(least, most):
    """Give the powers of ten around numbers, at least one decade of them."""
    low, high = math.floor(math.log10(least)), math.ceil(math.log10(most))
    return [10.0**n for n in range(low, max(high, low + 1) + 1)]


def short(number):
    """Write a power of ten, or a number between."""
    for size, ending in ((1e6, " M"), (1e3, " k")):
        if number >= size:
            return "%g%s" % (number / size, ending)
    return "%g" % number


class Plot(object):
    """
    A picture of one curve; the same figures make the same bytes.

    :param points: [(x, least, most)]
    :param power: the exponent, which is written beside
    """

    def __init__(self, title, x, y, points, power):
        self.title, self.x, self.y = title, x, y
        self.points, self.power = points, power
        self.across = [points[0][0], points[-1][0]]
        self.up = decades(min(each[1] for each in points), max(each[2] for each in points))

    def place(self, x, y):
        """Give the place of a point."""
        across = math.log(x / self.across[0]) / math.log(self.across[1] / self.across[0])
        up = math.log(y / self.up[0]) / math.log(self.up[-1] / self.up[0])
        return (
            LEFT + across * (WIDTH - LEFT - RIGHT),
            HEIGHT - BOTTOM - up * (HEIGHT - TOP - BOTTOM),
        )

    def svg(self):
        """Write it; text stays text, and takes the reader's colours."""
        head = (
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img" '
            'font-family="sans-serif" font-size="12" fill="#777" stroke="none">' % (WIDTH, HEIGHT)
        )
        lines = [head, "<title>%s</title>" % escape(self.words())]
        lines += [text(LEFT, 20, self.title, 'font-size="14"')]
        lines += [text(WIDTH - RIGHT, 20, "exponent %.2f" % self.power, 'text-anchor="end"')]
        lines += [text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10, self.x, 'text-anchor="middle"')]
        lines += [text(LEFT, 37, self.y)]
        lines += list(self.scales()) + list(self.curve())
        return "\n".join(lines + ["</svg>"]) + "\n"

    def words(self):
        """Say what the picture shows, for those who do not see it."""
        first, last = self.points[0], self.points[-1]
        return "%s: %.3g %s at %s %s, %.3g at %s; exponent %.2f" % (
            (self.title, first[1], self.y, short(first[0]), self.x)
            + (last[1], short(last[0]), self.power)
        )

    def scales(self):
        """Draw a line for each power of ten, and name the points' own places across."""
        for value in self.up:
            x, y = self.place(self.across[0], value)
            yield line((x, y), (WIDTH - RIGHT, y), "#ccc")
            yield text(x - 8, y + 4, short(value), 'text-anchor="end"')
        for value, _, _ in self.points:
            x, y = self.place(value, self.up[0])
            yield line((x, y), (x, y + 4), "#999")
            yield text(x, y + 18, short(value), 'text-anchor="middle"')

    def curve(self):
        """Draw what fits, and the points with their least and most."""
        power, factor = fit([(x, y) for x, y, _ in self.points])
        ends = [self.place(x, self.within(factor * x**power)) for x in self.across]
        yield line(ends[0], ends[1], "#999", 'stroke-dasharray="4 3"')
        for x, least, most in self.points:
            yield line(self.place(x, least), self.place(x, most), "#2a6fb0")
            yield '<circle cx="%.1f" cy="%.1f" r="4" fill="#2a6fb0"/>' % self.place(x, least)

    def within(self, y):
        """Keep the fitted line inside the scale."""
        return min(max(y, self.up[0]), self.up[-1])


def line(start, end, colour, more=""):
    """Draw a line."""
    return '<path d="M%.1f %.1fL%.1f %.1f" stroke="%s" %s/>' % (start + end + (colour, more))


def text(x, y, words, more=""):
    """Write words."""
    return '<text x="%.1f" y="%.1f" %s>%s</text>' % (x, y, more, escape(words))
