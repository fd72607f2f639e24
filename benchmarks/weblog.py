"""
A log in the combined format as that of a real site: ``python -m benchmarks.weblog LINES > access.log``.

The same lines each time. Of 100 lines about 36 are pageviews; the others are what pages are made of, crawlers,
monitors and scans, redirects and errors. Pages, referrers, agents and addresses have a long tail. Nothing here
names a real place or person: addresses are those of RFC 2544 (198.18.0.0/15) and RFC 3849 (2001:db8::/32).
"""

from __future__ import absolute_import, division, print_function, unicode_literals

import io
import random
import sys
import time

START = 1767225600  # 2026-01-01
HOST = "https://www.example.com"
AT_ONCE = 60  # visits
PAGES, VISITORS, HOSTS = 4000, 60000, 400
MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()

WORDS = (
    "shop blog mugs plates bowls archive guide news garden kitchen travel summer winter paper glass "
    "wood metal blue green red how-to about press jobs team letters colour small large old new"
).split()
ASSETS = (
    "css/main.%s.css",
    "js/app.%s.js",
    "img/%s.webp",
    "img/%s.jpg",
    "fonts/%s.woff2",
    "%s.svg",
)
SYSTEMS = (
    ("Windows NT 10.0; Win64; x64", 40),
    ("Macintosh; Intel Mac OS X 10_15_7", 14),
    ("X11; Linux x86_64", 4),
    ("Linux; Android 10; K", 32),
    ("X11; CrOS x86_64 14541.0.0", 1),
)
MODELS = ("SM-G99%dB", "SM-A5%d6B", "Pixel %d", "M200%dJ19SG", "CPH2%d51", "moto g(%d)", "RMX3%d85")
BOTS = (
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)",
    "Mozilla/5.0 (compatible; SemrushBot/7~bl; +http://www.semrush.com/bot.html)",
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)",
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "python-requests/2.%d.0",
    "curl/8.%d.0",
    "Go-http-client/1.1",
    "Mozilla/5.0 (compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)",
    "okhttp/4.%d.0",
    "-",
)
SCANS = (
    ("GET /wp-login.php HTTP/1.1", 404),
    ("POST /xmlrpc.php HTTP/1.1", 404),
    ("GET /.env HTTP/1.1", 403),
    ("GET /robots.txt HTTP/1.1", 200),
    ("GET /healthz HTTP/1.1", 200),
    ("HEAD / HTTP/1.1", 200),
    (r"\x16\x03\x01\x02\x00\x01\x00\x01", 400),
    ("-", 408),
)
UNKNOWN = (("404", 2), ("301", 3), ("302", 2), ("500", 0.3), ("200", 92.7))


class Site(object):
    """
    What happens on the site.

    :param seed: another number, another log
    """

    def __init__(self, seed=1):
        self.random = random.Random(seed).random  # the same on all Pythons
        self.pages = [self.path(number) for number in range(PAGES)]
        self.hosts = ["https://%s/" % self.host(number) for number in range(HOSTS)]

    def below(self, limit):
        """Give a number, each as likely."""
        return int(self.random() * limit)

    def rank(self, limit):
        """Give a number, low ones far more often."""
        return int(limit ** self.random()) - 1

    def choose(self, weighted):
        """Give one of pairs (what, weight)."""
        point = self.random() * sum(weight for _, weight in weighted)
        for what, weight in weighted:
            point -= weight
            if point < 0:
                return what
        return weighted[0][0]

    def path(self, number):
        """Name a page."""
        if not number:
            return "/"
        words = [WORDS[self.below(len(WORDS))] for _ in range(2 + number % 3)]
        last = "-".join(words[1:]) + ("-%d" % number if number % 2 else "")
        return "/%s/%s%s" % (words[0], last, ("", "/", ".html")[number % 3])

    def host(self, number):
        """Name a site that links to this one."""
        if number < 5:
            return ("www.google.com", "www.bing.com", "duckduckgo.com", "m.facebook.com", "t.co")[
                number
            ]
        return "%s%d.example.net" % (WORDS[self.below(len(WORDS))], number)

    def address(self):
        """Give a visitor's address."""
        number = self.rank(VISITORS) * 2 + 1
        if number % 5 == 0:
            return "2001:db8:%x:%x:%x:%x:%x:%x" % tuple(
                (number * factor) % 65521 + 1 for factor in (3, 5, 7001, 8009, 9001, 10007)
            )
        return "198.%d.%d.%d" % (18 + number % 2, number // 250 % 250, number % 250 + 1)

    def agent(self):
        """Give a browser's user agent."""
        version, kind = 142 - self.rank(40), self.random()
        if kind < 0.22:  # Safari, most of it on telephones
            number, minor = 18 - self.rank(6), self.rank(7)
            return (
                "Mozilla/5.0 (iPhone; CPU iPhone OS %d_%d like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
                "Gecko) Version/%d.%d Mobile/15E148 Safari/604.1" % (number, minor, number, minor)
            )
        if kind < 0.3:
            system = ("Windows NT 10.0; Win64; x64", "X11; Linux x86_64")[self.below(2)]
            return "Mozilla/5.0 (%s; rv:%d.0) Gecko/20100101 Firefox/%d.0" % (
                system, version, version,
            )  # fmt: skip
        system, end = self.choose(SYSTEMS), ""
        if kind < 0.34:  # within an application, which tells of the device
            model = MODELS[self.below(len(MODELS))] % self.below(10)
            system = "Linux; Android %d; %s Build/TP1A.2206; wv" % (15 - self.rank(5), model)
            end = " [FB_IAB/FB4A;FBAV/%d.0.0.1;]" % (540 - self.rank(30))
        elif kind < 0.42:
            end = " Edg/%d.0.0.0" % version
        mobile = "Mobile " if "Android" in system else ""
        return (
            "Mozilla/5.0 (%s) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/%d.0.0.0 %sSafari/537.36%s"
            % (system, version, mobile, end)
        )

    def query(self):
        """Give the query of a page, which most have not."""
        kind = self.random()
        if kind < 0.06:
            return "?utm_source=news%d&utm_medium=email" % self.below(12)
        if kind < 0.09:
            return "?q=" + "+".join(WORDS[self.below(len(WORDS))] for _ in range(2))
        if kind < 0.11:
            return "?fbclid=IwAR%016x" % self.below(2**60)
        return "?page=%d" % self.below(30) if kind < 0.16 else ""

    def visit(self):
        """Give the end of each line of a visitor, and how the line begins."""
        start, agent = self.address() + " - - [", self.agent()
        referrer = self.hosts[self.rank(HOSTS)] if self.random() < 0.55 else "-"
        protocol = "HTTP/2.0" if self.random() < 0.8 else "HTTP/1.1"
        first = True
        while first or self.random() < 0.65:
            path = self.pages[self.rank(PAGES)] + self.query()
            status, size = self.choose(UNKNOWN), 2000 + self.below(60000)
            yield start, 'GET %s %s" %s %d "%s" "%s"' % (
                path,
                protocol,
                status,
                size,
                referrer,
                agent,
            )
            referrer = HOST + path
            for number in range(self.below(5) if first else self.below(2)):
                path = "/static/" + ASSETS[self.below(len(ASSETS))] % (
                    "%x" % (self.rank(400) + 4096)
                )
                status = 200 if first else 304
                yield start, 'GET %s %s" %d %d "%s" "%s"' % (
                    path, protocol, status, number * 3000, referrer, agent,
                )  # fmt: skip
            if self.random() < 0.08:
                yield start, 'POST /api/cart %s" 200 17 "%s" "%s"' % (protocol, referrer, agent)
            first = False

    def crawl(self):
        """Give the same for a program."""
        number = self.rank(len(BOTS)) if self.random() < 0.7 else self.below(len(BOTS))
        agent = BOTS[number].replace("%d", str(self.below(30)))
        start = "198.19.%d.%d - - [" % (255 - number, 1 + self.below(40))
        for _ in range(1 + self.below(12)):
            if number > 5 and self.random() < 0.4:
                request, status = SCANS[self.below(len(SCANS))]
            else:
                request = "GET %s%s HTTP/1.1" % (self.pages[self.below(PAGES)], self.query())
                status = self.choose(UNKNOWN)
            yield start, '%s" %s %d "-" "%s"' % (request, status, self.below(40000), agent)

    def lines(self, count):
        """Give so many lines."""
        moment, visits = float(START), []
        text, written = "", 0
        while count:
            if len(visits) < AT_ONCE:
                visits.append(self.crawl() if self.random() < 0.12 else self.visit())
            place = self.below(len(visits))
            entry = next(visits[place], None)
            if entry is None:
                visits.pop(place)
                continue
            moment += self.random() * 0.4
            if int(moment) != written:
                written = int(moment)
                day = time.gmtime(written)
                text = "%02d/%s/%d:%02d:%02d:%02d +0000" % (
                    day.tm_mday, MONTHS[day.tm_mon - 1], day.tm_year,
                    day.tm_hour, day.tm_min, day.tm_sec,
                )  # fmt: skip
            yield '%s%s] "%s\n' % (entry[0], text, entry[1])
            count -= 1


def write(path, count, seed=1):
    """Write a log of so many lines into a file."""
    with io.open(path, "w", encoding="ascii", newline="\n") as file:
        file.writelines(Site(seed).lines(count))


if __name__ == "__main__":
    sys.stdout.writelines(Site().lines(int(sys.argv[1])))
