"""What a shim adds to a request: ``python -m benchmarks.web`` in an environment with analytical installed."""

from __future__ import absolute_import, division, print_function, unicode_literals

import functools
import sys
import timeit

import analytical
from analytical.web.wsgi import Analytics

ENVIRON = {
    "REQUEST_METHOD": "GET",
    "SCRIPT_NAME": "",
    "PATH_INFO": "/shop/mugs",
    "QUERY_STRING": "utm_source=mail&page=2",
    "SERVER_NAME": "127.0.0.1",
    "SERVER_PORT": "8000",
    "SERVER_PROTOCOL": "HTTP/1.1",
    "REMOTE_ADDR": "10.0.0.7",
    "wsgi.url_scheme": "http",
    "HTTP_HOST": "www.example.com",
    "HTTP_ACCEPT": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "HTTP_ACCEPT_ENCODING": "gzip, deflate, br, zstd",
    "HTTP_ACCEPT_LANGUAGE": "en-GB,en;q=0.9",
    "HTTP_COOKIE": "theme=dark; _ga=GA1.1.1234567890.1700000000; sessionid=0123456789abcdef",
    "HTTP_REFERER": "https://www.example.net/search?q=mugs",
    "HTTP_SEC_FETCH_DEST": "document",
    "HTTP_SEC_FETCH_MODE": "navigate",
    "HTTP_USER_AGENT": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "HTTP_X_FORWARDED_FOR": "203.0.113.9",
}
NETWORKS = ["10.0.0.0/8", "2001:db8:f::/48"]
CASES = (
    ("a pageview", {}, {}),
    ("a POST", {"REQUEST_METHOD": "POST"}, {}),
    ("behind one proxy", {}, {"trusted_proxies": 1}),
    ("behind networks", {}, {"trusted_proxies": NETWORKS}),
    ("with a secret", {}, {"secret": "0123456789abcdef"}),
    ("with a cookie", {}, {"cookie": True}),
    ("with Google's cookies", {}, {"ga_cookies": True}),
)
ROUNDS, BURST = 40, 100


def page(environ, start_response):
    """Answer with a page, as small as can be."""
    start_response(
        "200 OK", [("Content-Length", "4"), ("Content-Type", "text/html; charset=utf-8")]
    )
    return [b"page"]


def times(app, environ, rest):
    """Time requests in bursts, in microseconds: medians of the calmest burst and of the typical one."""
    medians = []
    for _ in range(ROUNDS):
        spent = []
        for _ in range(BURST):
            given = dict(environ)
            start = timeit.default_timer()
            for _ in app(given, lambda *args: None):
                pass
            spent.append((timeit.default_timer() - start) * 1e6)
        medians.append(sorted(spent)[BURST // 2])
        rest()
    medians.sort()
    return medians[0], medians[ROUNDS // 2]


def show(name, figures, bare=(0, 0)):
    """Print a row."""
    calm, typical = (figure - less for figure, less in zip(figures, bare))
    print("%-22s p50 %5.1f us (calm), %5.1f us (typical)" % (name, calm, typical))


def main():
    """Print a row for each case, over the bare application; and the provider's own call alone."""
    print("analytical %s, Python %s" % (analytical.__version__, sys.version.split()[0]))
    bare = times(page, ENVIRON, lambda: None)
    for name, changes, options in CASES:
        shim = Analytics(page, "memory", **options)
        provider = shim.site.provider
        flush = functools.partial(provider.flush, 10)
        show(name, times(shim, dict(ENVIRON, **changes), flush), bare)
    fields = shim.site.visit(ENVIRON, None).fields()

    def call(environ, start_response):
        provider.pageview(fields)
        return ()

    show("the provider's call", times(call, ENVIRON, lambda: provider.flush(10)))


if __name__ == "__main__":
    main()
