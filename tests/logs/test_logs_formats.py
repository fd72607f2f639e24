"""Formats of access logs: each line of the table read into the same words, and detected."""

from __future__ import absolute_import, division, print_function, unicode_literals

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytical.errors import ConfigurationError
from analytical.logs.entry import BadLine
from analytical.logs.formats import NAMES, detect, named

AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
SEEN = {
    "time": 971211336.0,
    "ip": "203.0.113.9",
    "method": "GET",
    "target": "/a?b=1",
    "status": 200,
    "size": 2326,
}
PAGE = dict(SEEN, referrer="https://example.net/", agent=AGENT)
CLF = '203.0.113.9 - - [10/Oct/2000:13:55:36 -0700] "GET /a?b=1 HTTP/1.1" 200 2326'
COMBINED = CLF + ' "https://example.net/" "%s"' % AGENT

CLOUDFRONT_FIELDS = (
    "#Version: 1.0\n#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem "
    "sc-status cs(Referer) cs(User-Agent) cs-uri-query cs(Cookie) x-edge-result-type "
    "x-edge-request-id x-host-header cs-protocol cs-bytes time-taken\n"
)
CLOUDFRONT = CLOUDFRONT_FIELDS + "\t".join(
    [
        "2000-10-10", "20:55:36", "FRA2-C1", "2326", "203.0.113.9", "GET", "d1.cloudfront.example",
        "/a", "200", "https://example.net/", AGENT.replace(" ", "%20"), "b=1", "-", "Hit", "id==",
        "example.com", "https", "23", "0.002",
    ]
)  # fmt: skip
IIS = (
    "#Software: Microsoft Internet Information Services 8.5\n#Version: 1.0\n"
    "#Date: 2000-10-10 20:55:36\n"
    "#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip "
    "cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status time-taken\n"
    "2000-10-10 20:55:36 192.0.2.1 GET /a b=1 443 - 203.0.113.9 %s https://example.net/ 200 0 0 15"
    % AGENT.replace(" ", "+")
)
S3 = (
    "79a59df900b949e5 shop [10/Oct/2000:20:55:36 +0000] 203.0.113.9 - 3E57427F3EXAMPLE REST.GET.OBJECT "
    'a "GET /a?b=1 HTTP/1.1" 200 - 2326 2326 70 10 "https://example.net/" "%s" - abc= SigV4 '
    "ECDHE-RSA-AES128-GCM-SHA256 AuthHeader shop.s3.example TLSV1.2 -" % AGENT
)
ELB = (
    "2000-10-10T20:55:36.000000Z my-elb 203.0.113.9:2817 192.0.2.7:80 0.000073 0.001048 0.000057 "
    '200 200 0 2326 "GET http://example.com:80/a?b=1 HTTP/1.1" "%s" - -' % AGENT
)
ALB = (
    "https 2000-10-10T20:55:36.000000Z app/my-lb/50dc6c495c0c9188 203.0.113.9:2817 192.0.2.7:80 0.086 "
    '0.048 0.037 200 200 0 2326 "GET https://example.com:443/a?b=1 HTTP/1.1" "%s" '
    'ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 arn:aws:x "Root=1-58337281" "example.com" "arn:aws:y" 1 '
    '2000-10-10T20:55:36.000000Z "forward" "-" "-" "192.0.2.7:80" "200" "-" "-"' % AGENT
)
HAPROXY = (
    "Oct 10 20:55:36 lb haproxy[14389]: 203.0.113.9:33317 [10/Oct/2000:20:55:36.000] http-in "
    "static/srv1 10/0/30/69/109 200 2326 - - ---- 1/1/1/1/0 0/0 {1wt.eu} {} "
    '"GET /a?b=1 HTTP/1.1"'
)
CADDY = json.dumps(
    {
        "level": "info", "ts": 971211336.0, "logger": "http.log.access", "msg": "handled request",
        "request": {
            "remote_ip": "192.0.2.1", "client_ip": "203.0.113.9", "proto": "HTTP/2.0",
            "method": "GET", "host": "example.com:8443", "uri": "/a?b=1", "tls": {"version": 772},
            "headers": {"User-Agent": [AGENT], "Referer": ["https://example.net/"]},
        },
        "user_id": "", "duration": 0.0015, "size": 2326, "status": 200,
    }
)  # fmt: skip
TRAEFIK = json.dumps(
    {
        "ClientHost": "203.0.113.9", "ClientUsername": "-", "DownstreamContentSize": 2326,
        "DownstreamStatus": 200, "Duration": 1500000, "RequestHost": "example.com",
        "RequestMethod": "GET", "RequestPath": "/a?b=1", "RequestScheme": "https",
        "StartUTC": "2000-10-10T20:55:36Z", "request_User-Agent": AGENT,
        "request_Referer": "https://example.net/", "time": "2000-10-10T20:55:37Z",
    }
)  # fmt: skip
NGINX = json.dumps(
    {
        "time_iso8601": "2000-10-10T13:55:36-07:00", "remote_addr": "203.0.113.9",
        "request": "GET /a?b=1 HTTP/1.1", "status": "200", "body_bytes_sent": "2326",
        "http_referer": "https://example.net/", "http_user_agent": AGENT, "request_time": "0.0015",
        "http_host": "example.com", "upstream": None,
    }
)  # fmt: skip
EXAMPLE = {"host": "example.com"}
SECURE = {"host": "example.com", "scheme": "https"}

# Name of the format that is to be detected, text, and what its last line says.
TABLE = [
    ("common", CLF, SEEN),
    ("combined", COMBINED, PAGE),
    ("combined", COMBINED + ' "-" rt=0.1', PAGE),  # more behind it, as nginx's users add
    ("combined", COMBINED + ' 7 "web@docker" "http://192.0.2.7:80" 2ms', PAGE),  # Traefik
    ("combined", COMBINED.replace(" - - ", " - ann "), dict(PAGE, user="ann")),
    ("vhost_combined", "example.com:443 " + COMBINED, dict(PAGE, **EXAMPLE)),
    ("vhost_common", "example.com " + CLF, dict(SEEN, **EXAMPLE)),
    ("s3", S3, PAGE),
    ("elb", ELB, dict(SEEN, agent=AGENT, host="example.com", scheme="http")),
    ("alb", ALB, dict(SEEN, agent=AGENT, **SECURE)),
    ("haproxy", HAPROXY, SEEN),
    ("haproxy", HAPROXY.partition("]: ")[2], SEEN),
    ("w3c", IIS, dict(PAGE, response_time=15.0, size=None)),
    ("w3c", CLOUDFRONT, dict(PAGE, response_time=2.0, **SECURE)),
    ("json", CADDY, dict(PAGE, response_time=1.5, **SECURE)),
    ("json", TRAEFIK, dict(PAGE, response_time=1.5, **SECURE)),
    ("json", NGINX, dict(PAGE, response_time=1.5, **EXAMPLE)),
]


def expected(fields):
    """Leave out what a row of the table says is not there."""
    return {name: value for name, value in fields.items() if value is not None}


def read(found, text):
    """Read a text, and give what its last line says."""
    return [found.parse(line) for line in text.split("\n")][-1]


@pytest.mark.parametrize(("name", "text", "fields"), TABLE)
def test_table(name, text, fields):
    """Each format is detected, and its line says what it says in every format."""
    found = detect(text.split("\n"))
    assert found.name == name
    assert read(found, text).said() == expected(fields)


@pytest.mark.parametrize(("name", "text", "fields"), TABLE)
def test_repeated(name, text, fields):
    """A format made by its name reads line after line, each for itself."""
    found = named(name)
    for _ in range(3):
        entry = read(found, text)
    assert entry.said() == expected(fields)


STRINGS = [
    # nginx
    (
        '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent '
        '"$http_referer" "$http_user_agent"',
        COMBINED,
        PAGE,
    ),
    (
        "$msec|$http_host|$remote_addr|$request_method|$uri|$args|$status|${request_time}s",
        "971211336.000|example.com|203.0.113.9|GET|/a|b=1|200|0.002s",
        dict(SEEN, host="example.com", response_time=2.0, size=None),
    ),
    # Apache, as it stands in its configuration
    (
        '%h %l %u %t \\"%r\\" %>s %b \\"%{Referer}i\\" \\"%{User-agent}i\\"',
        COMBINED,
        PAGE,
    ),
    (
        "%{%Y-%m-%dT%H:%M:%S%z}t %a %V %m %U%{c}L%q %s %O %D",
        None,
        None,
    ),
    (
        "%{%Y-%m-%dT%H:%M:%S%z}t %a %V %m %U %q %400,500s %O %D",
        "2000-10-10T13:55:36-0700 203.0.113.9 example.com:80 GET /a ?b=1 200 2326 1500",
        dict(SEEN, host="example.com", response_time=1.5),
    ),
    (
        '%{msec}t %h "%r" %>s %{ms}T %{Host}i 100%%',
        '971211336000 203.0.113.9 "GET /a?b=1 HTTP/1.1" 200 3 example.com 100%',
        dict(SEEN, host="example.com", response_time=3.0, size=None),
    ),
]


@pytest.mark.parametrize(("pattern", "text", "fields"), STRINGS)
def test_strings(pattern, text, fields):
    """The string of a server's configuration reads that server's lines."""
    if text is None:
        with pytest.raises(ConfigurationError) as caught:
            named(pattern)
        assert "something between two fields" in str(caught.value)
    else:
        assert named(pattern).parse(text).said() == expected(fields)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("combned", "did you mean combined?"),
        ("$remote_addr $status", "needs the time, the request and the status"),
        ("%h %t %r", "needs the time"),
    ],
)
def test_no_format(name, says):
    """A wrong name or string is an error that names the way out."""
    with pytest.raises(ConfigurationError) as caught:
        named(name)
    assert says in str(caught.value)


REQUESTS = [
    ("GET / HTTP/1.0", "GET", "/"),
    ("GET /a b c HTTP/1.1", "GET", "/a b c"),
    ("GET /a", "GET", "/a"),
    ("GET /a b", "GET", "/a b"),
    ("GET https://example.com/a?b HTTP/1.1", "GET", "/a?b"),
    ("OPTIONS * HTTP/1.1", "OPTIONS", "*"),
    ("\\x16\\x03\\x01 \\x02", None, None),
    ("-", None, None),
    ("", None, None),
    ('\\xd0\\xb0\\"', None, None),
    ('GET /gr\\xc3\\xbcn\\"x HTTP/1.1', "GET", '/gr\u00fcn"x'),
    ("GET /\\xff HTTP/1.1", "GET", "/\ufffd"),
]


@pytest.mark.parametrize(("request_line", "method", "target"), REQUESTS)
@pytest.mark.parametrize("name", ["combined", "common"])
def test_requests(name, request_line, method, target):
    """Any request line is taken apart, and what is no HTTP has no method; escapes are undone."""
    text = CLF.replace("GET /a?b=1 HTTP/1.1", request_line)
    entry = named(name).parse(text if name == "common" else text + ' "-" "-"')
    assert (entry.method, entry.target) == (method, target)
    assert entry.agent is None and entry.referrer is None


def test_host_of_an_absolute_request():
    """A request that names scheme and host, as proxies get them, gives both."""
    text = COMBINED.replace("/a?b=1", "http://[2001:db8::1]:8080/a")
    entry = named("combined").parse(text)
    assert (entry.scheme, entry.host, entry.target) == ("http", "2001:db8::1", "/a")


@pytest.mark.parametrize(
    ("client", "address"),
    [
        ("203.0.113.9:80", "203.0.113.9"),
        ("2001:db8::1:33317", "2001:db8::1"),
        ("[2001:db8::1]:33317", "2001:db8::1"),
    ],
)
def test_client_with_port(client, address):
    """Load balancers write the client's port behind its address, with brackets or without."""
    assert named("elb").parse(ELB.replace("203.0.113.9:2817", client)).ip == address


@pytest.mark.parametrize(
    ("moment", "seconds"),
    [
        ("01/Jan/2000:00:00:00 +0000", 946684800.0),
        ("01/Jan/2000:05:45:00 +0545", 946684800.0),
        ("31/Dec/1999:14:30:00 -0930", 946684800.0),
        ("29/Feb/2024:23:59:60 +0000", 1709251200.0),
    ],
)
def test_time_zones(moment, seconds):
    """The zone of a line is heeded, also one that is no whole hour, and a leap second."""
    text = COMBINED.replace("10/Oct/2000:13:55:36 -0700", moment)
    assert named("combined").parse(text).time == seconds


BAD = [
    "",
    "-",
    "\x00" * 50,
    CLF[:60],
    CLF.replace("Oct", "Oct "),
    CLF.replace("10/Oct", "32/Oct"),
    CLF.replace("Oct", "Okt"),
    CLF.replace(" 200 ", " 2oo "),
    CLF.replace(" 200 ", " 20 "),
    CLF.replace("13:55", "24:55"),
    '"' * 100000,
    "\\" * 100001,
    '1 - - [x] "' + '\\"' * 100000,
    "[" * 100000,
    "a " * 50000,
    "{" * 100000,
    '{"status": 200}',
    '{"time": 1, "status": [], "request": {}}',
    '{"ts": 971211336, "request": {"headers": [], "host": 7}, "status": 200}',
    '{"StartUTC": "2000-10-10T20:55:36Z", "DownstreamStatus": 200, "RequestPath": 7}',
    '{"time": NaN, "status": 200}',
    '{"ts": 1, "status": 200, "request": {"method": "GET", "uri": "/\\ud800"}}',
    '{"time": 1e999, "status": 1e999}',
]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("line", BAD, ids=[str(number) for number in range(len(BAD))])
def test_bad_lines(name, line):
    """A line that is none of the format, however long, is a BadLine that repeats nothing of it."""
    with pytest.raises(BadLine) as caught:
        named(name).parse(line)
    assert len(str(caught.value)) < 100


@pytest.mark.parametrize("name", NAMES)
@given(data=st.data())
def test_any_text(name, data):
    """Whatever stands in a line, it is read or it is a BadLine."""
    sample = data.draw(st.sampled_from([row[1].split("\n")[-1] for row in TABLE]))
    cut = data.draw(st.integers(0, len(sample)))
    line = (
        sample[:cut] + data.draw(st.text(max_size=5)) + sample[cut + data.draw(st.integers(0, 3)) :]
    )
    found = named(name)
    if name == "w3c":
        found.parse(IIS.split("\n")[3])
    try:
        entry = found.parse(line)
    except BadLine:
        return
    assert entry is None or (entry.time >= 0 and entry.status >= 100)


def test_detection_among_bad_lines():
    """Some bad lines do not hide the format; where none reads half of them, there is none."""
    assert detect(["garbage", COMBINED, "", COMBINED]).name == "combined"
    assert detect(["garbage", "more", "still more", COMBINED]) is None
    assert detect([]) is None


def test_columns_that_change():
    """Columns are those of the last #Fields line; without any, lines are bad."""
    found = named("iis")
    with pytest.raises(BadLine):
        found.parse("2000-10-10 20:55:36 GET /a 200")
    found.parse("#Fields: date time cs-method cs-uri-stem sc-status")
    assert found.parse("2000-10-10 20:55:36 GET /a 200").target == "/a"
    found.parse("#Fields: date time sc-status cs-uri-stem")
    assert found.parse("2000-10-10 20:55:36 404 /b").status == 404
    with pytest.raises(BadLine):
        found.parse("2000-10-10 20:55:36 GET /a 200")


def test_entry_shows_no_value():
    """A repr, which may come into any log, names fields only."""
    assert repr(named("common").parse(CLF)) == "<Entry with ip, method, size, status, target, time>"
