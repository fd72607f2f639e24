"""The public helpers: what each takes, what it answers, and what it must not keep or load."""

from __future__ import absolute_import, division, print_function, unicode_literals

import os
import subprocess
import sys
import threading

import pytest
import six
import user_agents
from ua_parser import user_agent_parser

import analytical
from analytical import utils
from analytical.utils import anonymize_ip_address, anonymize_user_agent, force_bytes, force_text

RARE = "Rare user agent"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0"

ADDRESSES = {
    # as analytical 0.0.1 answered
    "127.0.0.1": "127.0.0.0",
    "127.127.127.127": "127.127.0.0",
    "12.34.56.78": "12.34.0.0",
    "0.0.0.0": "0.0.0.0",
    "255.255.255.255": "255.255.0.0",
    "3ffe:1900:4545:3:200:f8ff:fe21:67cf": "3ffe:1900:4545:3:200:f8ff:fe21:0",
    "fe80::200:f8ff:fe21:67cf": "fe80::200:f8ff:fe21:0",
    "2001:db8::1": "2001:db8::",
    "2001:DB8:0:0:A::B": "2001:db8:0:0:a::",
    "::": "::",
    # 0.0.1 answered 0.0.0.0 to these
    "::1": "::",
    "::ffff": "::",
    # text form: the first of the longest runs, none of one, no leading zeros, lower case
    "2001:db8:1234:5678:abcd:ef01:2345:6789": "2001:db8:1234:5678:abcd:ef01:2345:0",
    "2001:0DB8:0001:0002:0003:0004:0005:0006": "2001:db8:1:2:3:4:5:0",
    "2001:db8:0:1:0:1:0:1": "2001:db8:0:1:0:1::",
    "2001:db8:0:1:0:1:1:1": "2001:db8:0:1:0:1:1:0",
    "2001:db8:0:0:1:0:0:1": "2001:db8:0:0:1::",
    "2001:0:0:1:0:0:1:1": "2001::1:0:0:1:0",
    "0:0:1:0:0:1:1:1": "::1:0:0:1:1:0",
    "1:2:3:4:5:6:7::": "1:2:3:4:5:6:7:0",
    "::2:3:4:5:6:7:8": "0:2:3:4:5:6:7:0",
    "1::3:4:5:6:7:8": "1:0:3:4:5:6:7:0",
    "1:2:3:4:5:6:1.2.3.4": "1:2:3:4:5:6:102:0",
    # what surrounds an address
    " 12.34.56.78\r\n": "12.34.0.0",
    "\t2001:db8::1:2 ": "2001:db8::1:0",
    "12.34.56.78:8080": "12.34.0.0",
    "12.34.56.78:0": "12.34.0.0",
    "12.34.56.78:65535": "12.34.0.0",
    "[2001:db8::1:2]:443": "2001:db8::1:0",
    "[2001:db8::1:2]": "2001:db8::1:0",
    "fe80::1:2%eth0": "fe80::1:0",
    "[fe80::1:2%25en1]:80": "fe80::1:0",
    # IPv4 inside IPv6
    "::ffff:12.34.56.78": "12.34.0.0",
    "::FFFF:c22:384e": "12.34.0.0",
    "0:0:0:0:0:ffff:12.34.56.78": "12.34.0.0",
    "[::ffff:12.34.56.78]:443": "12.34.0.0",
    "::ffff:12.34.56.78%eth0": "12.34.0.0",
    "::12.34.56.78": "::c22:0",
    "::ffff:0:12.34.56.78": "::ffff:0:c22:0",
    "64:ff9b::12.34.56.78": "64:ff9b::c22:0",
    "2002:c22:384e::c22:384e": "2002:c22::c22:0",
    "2002:c22:384e:1:aaaa:bbbb:cccc:dddd": "2002:c22:0:1:aaaa:bbbb:cccc:0",
    "2001:0:4136:e378:8000:63bf:f3dd:c7b1": "2001:0:4136:e378:8000:63bf:f3dd:0",
}

# The words with a backslash: a full-width 1, an Arabic 1, lone surrogates.
NO_ADDRESSES = """
    localhost 16909060 0x0c.0x22.0x38.0x4e 1.2.3 1.2.3.4.5 1.2.3.256 01.02.03.04 1.2.3.04 1.2.3.00 1.2..4
    1.2.3.-4 1.2.3.+4 1.2.3.0x4 1.2.3.4/24 1.2.3.4%eth0 \uff11.2.3.4 \u0661.2.3.4 1.2.3.\udcff
    1.2.3.4: 1.2.3.4:65536 1.2.3.4:123456 1.2.3.4:http 1.2.3.4:\u0661 1.2.3.256:80 :80
    [1.2.3.4] [1.2.3.4]:80 [::1 ::1] [::1]80 [::1]: [::1]:65536 [[::1]] [] [ : ::: 1::2::3
    1:2:3:4:5:6:7 1:2:3:4:5:6:7:8:9 1:2:3:4::5:6:7:8 ::1:2:3:4:5:6:7:8 1:2:3:4:5:6:7:8::
    :1:2:3:4:5:6:7 1:2:3:4:5:6:7: :1:2:3:4:5:6:7:8 1:2:3:4:5:6:7:1.2.3.4 1:2:3:4:5:6:7:8:1.2.3.4
    ::00001 12345:: ::00001:00001 12345:12345:: ::g ::+1 ::-1 ::0x1 ::1_0 ::\uff11 ::\ud800 ::1/64 ::1% ::1%eth0%eth1 %eth0
    ::1.2.3 ::1.2.3.256 ::01.2.3.4 ::1.2.3.4:5 1.2.3.4:: 1.2::3.4.5.6
""".split() + [
    "",
    " ",
    "1.2.3.4 5",
    "\u00a01.2.3.4",  # a space that only some versions strip
    "12.34.56.78, 12.34.56.79",
    "1.2.3.4\x00",
    "1.2.3.4\n5",
    ":: 1",
    ":: 1:2",
    "1 :2:3:4:5:6:7:8",
    "[ ::1 ]",
    "::1\x00",
]


@pytest.mark.parametrize("address", sorted(ADDRESSES))
def test_address(address):
    """The last 16 bits are zeroed, from text as from bytes; a second time changes nothing."""
    anonymized = anonymize_ip_address(address)

    assert anonymized == ADDRESSES[address]
    assert type(anonymized) is six.text_type
    assert anonymize_ip_address(address.encode("ascii")) == anonymized
    assert anonymize_ip_address(anonymized) == anonymized


@pytest.mark.parametrize("text", NO_ADDRESSES)
def test_no_address(text):
    """What is no address gives None, whatever the numbers of bits."""
    assert anonymize_ip_address(text) is None
    assert anonymize_ip_address(text, 8, 64) is None


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        0,
        16909060,
        12.34,
        [],
        {},
        ["1.2.3.4"],
        object(),
        b"",
        b"\x01\x02\x03\x04",
        b"\x00" * 16,
        b"1.2.3.4\xff",
        b"\xef\xbc\x911.2.3.4",
        bytearray(b"1.2.3.4"),
    ],
)
def test_no_address_of_another_type(value):
    """Numbers, packed bytes and other types are no addresses, on any interpreter."""
    assert anonymize_ip_address(value) is None


@pytest.mark.parametrize("part", ["1", ".", ":", "1.", "1:", " ", "[", "%", "::1%a"])
def test_long_text_is_no_address(part):
    """A megabyte of anything is refused without being read."""
    assert anonymize_ip_address(part * 1000000) is None
    assert anonymize_ip_address((part * 1000000).encode("ascii")) is None
    assert anonymize_ip_address(part * 1000000 + "1.2.3.4") is None


@pytest.mark.parametrize(
    "address, ipv4_bits, ipv6_bits, expected",
    [
        ("12.34.56.78", 0, 16, "12.34.56.78"),
        ("12.34.56.78", 1, 16, "12.34.56.78"),
        ("12.34.56.79", 1, 16, "12.34.56.78"),
        ("12.34.56.78", 8, 16, "12.34.56.0"),
        ("12.34.255.78", 9, 16, "12.34.254.0"),
        ("12.34.56.78", 31, 16, "0.0.0.0"),
        ("212.34.56.78", 31, 16, "128.0.0.0"),
        ("212.34.56.78", 32, 16, "0.0.0.0"),
        ("2001:db8::ffff:ffff", 16, 0, "2001:db8::ffff:ffff"),
        ("2001:db8::ffff:ffff", 16, 20, "2001:db8::fff0:0"),
        ("2001:db8:1:2:3:4:5:6", 16, 64, "2001:db8:1:2::"),
        ("2001:db8:1:ffff:3:4:5:6", 16, 72, "2001:db8:1:ff00::"),
        ("2001:db8:1:2:3:4:5:6", 16, 80, "2001:db8:1::"),
        ("ffff::", 16, 127, "8000::"),
        ("ffff::", 16, 128, "::"),
        # an embedded address loses what IPv4 loses, or more
        ("::ffff:12.34.56.78", 8, 64, "12.34.56.0"),
        ("::ffff:12.34.56.78", 0, 128, "12.34.56.78"),
        ("64:ff9b::12.34.56.78", 24, 16, "64:ff9b::c00:0"),
        ("64:ff9b::12.34.56.78", 8, 32, "64:ff9b::"),
        ("64:ff9b:1:2::12.34.56.78", 24, 0, "64:ff9b:1:2::c00:0"),
        ("::12.34.56.78", 24, 0, "::c00:0"),
        ("2002:c22:384e:5::c22:384e", 24, 0, "2002:c00:0:5::c00:0"),
        ("2002:c22:384e:5::c22:384e", 0, 0, "2002:c22:384e:5::c22:384e"),
        ("2002:c22:384e:5::c22:384e", 8, 80, "2002:c22:3800::"),
        ("2001:0:4136:e378:8000:63bf:f3dd:c7b1", 24, 0, "2001:0:4136:e378:8000:63bf:f300:0"),
        ("2001:1::f3dd:c7b1", 24, 0, "2001:1::f3dd:c7b1"),
    ],
)
def test_bits(address, ipv4_bits, ipv6_bits, expected):
    """The caller chooses how many bits go, of IPv4 and of IPv6; a second time changes nothing."""
    bits = {"ipv4_bits": ipv4_bits, "ipv6_bits": ipv6_bits}

    assert anonymize_ip_address(address, **bits) == expected
    assert anonymize_ip_address(expected, **bits) == expected


@pytest.mark.parametrize("address", ["12.34.56.78", "2001:db8::1", "nonsense", None])
@pytest.mark.parametrize(
    "keyword, bits, error, limit",
    [
        ("ipv4_bits", -1, ValueError, "32"),
        ("ipv4_bits", 33, ValueError, "32"),
        ("ipv4_bits", 10**30, ValueError, "32"),
        ("ipv4_bits", True, TypeError, "32"),
        ("ipv4_bits", 16.0, TypeError, "32"),
        ("ipv4_bits", "16", TypeError, "32"),
        ("ipv4_bits", None, TypeError, "32"),
        ("ipv6_bits", -1, ValueError, "128"),
        ("ipv6_bits", 129, ValueError, "128"),
        ("ipv6_bits", False, TypeError, "128"),
        ("ipv6_bits", 16.0, TypeError, "128"),
    ],
)
def test_bits_out_of_range(address, keyword, bits, error, limit):
    """A wrong number of bits is an error that names keyword and range, whatever the address."""
    with pytest.raises(error) as caught:
        anonymize_ip_address(address, **{keyword: bits})

    assert keyword in str(caught.value)
    assert limit in str(caught.value)
    assert "12.34" not in str(caught.value)


# Real ones in form, from several decades, and things that only look like user agents.
AGENTS = [
    FIREFOX,
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_13_4) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/66.0.3359.181 Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/125.0.0.0 Safari/537.36 OPR/111.0.0.0",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
    "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0",
    "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
    "Mozilla/5.0 (X11; FreeBSD amd64; rv:115.0) Gecko/20100101 Firefox/115.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/126.0.6478.54 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (iPad; CPU OS 16_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.6 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 16_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 Instagram 293.0.0.21.123 (iPhone14,5; iOS 16_6; en_US)",
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Linux; Android 13; SM-S918B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Linux; Android 12; M2101K6G; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/125.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Android 14; Mobile; rv:127.0) Gecko/127.0 Firefox/127.0",
    "Mozilla/5.0 (Linux; U; Android 4.0.3; en-us; KFTT Build/IML74K) AppleWebKit/535.19 (KHTML, like Gecko) Silk/3.68 like Chrome/39.0.2171.93 Safari/535.19",
    "Mozilla/5.0 (Mobile; rv:48.0) Gecko/48.0 Firefox/48.0 KAIOS/2.5",
    "Mozilla/5.0 (SMART-TV; LINUX; Tizen 6.0) AppleWebKit/537.36 (KHTML, like Gecko) 76.0.3809.146/6.0 TV Safari/537.36",
    "Mozilla/5.0 (Web0S; Linux/SmartTV) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/79.0.3945.79 Safari/537.36",
    "Mozilla/5.0 (PlayStation 4 11.00) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/14.0 Safari/605.1.15",
    "Mozilla/5.0 (Nintendo Switch; WifiWebAuthApplet) AppleWebKit/609.4 (KHTML, like Gecko) NF/6.0.2.21.3 NintendoBrowser/5.1.0.22474",
    "Mozilla/5.0 (Windows NT 6.1; WOW64; Trident/7.0; rv:11.0) like Gecko",
    "Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 5.1; Trident/4.0; .NET CLR 2.0.50727)",
    "Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1)",
    "Opera/9.80 (Windows NT 6.1; U; en) Presto/2.8.131 Version/11.11",
    "Opera/9.80 (Android; Opera Mini/36.2.2254/119.132; U; id) Presto/2.12.423 Version/12.16",
    "Mozilla/5.0 (BlackBerry; U; BlackBerry 9900; en) AppleWebKit/534.11+ (KHTML, like Gecko) Version/7.1.0.346 Mobile Safari/534.11+",
    "Mozilla/5.0 (Mobile; Windows Phone 8.1; Android 4.0; ARM; Trident/7.0; Touch; rv:11.0; IEMobile/11.0; NOKIA; Lumia 520) like iPhone OS 7_0_3 Mac OS X AppleWebKit/537 (KHTML, like Gecko) Mobile Safari/537",
    "Mozilla/5.0 (compatible; Konqueror/4.5; Linux) KHTML/4.5.4 (like Gecko)",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X Build/MMB29P) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "curl/8.5.0",
    "Wget/1.21.3",
    "python-requests/2.32.3",
    "okhttp/4.12.0",
    "PostmanRuntime/7.39.0",
    "Dalvik/2.1.0 (Linux; U; Android 11; SM-A125F Build/RP1A.200720.012)",
    "MyApp/1.0 CFNetwork/1494.0.7 Darwin/23.4.0",
    "Lynx/2.8.9rel.1 libwww-FM/2.14 SSL-MM/1.4.1",
    "Mozilla/5.0",
    "Windows NT 10.0",
    "Firefox/128.0",
    "Some rare user agent",
    "-",
    "Other",
    "Mozilla/5.0 (\u65e5\u672c\u8a9e) \u00e9\U0001f600",
]


@pytest.mark.parametrize("agent", AGENTS)
def test_user_agent_as_in_0_0_1(agent):
    """Common is what user_agents knows browser and operating system of, as in analytical 0.0.1."""
    parsed = user_agents.parse(agent)
    common = "Other" not in (parsed.browser.family, parsed.os.family)

    for _ in ("parsed", "remembered"):
        assert anonymize_user_agent(agent) == (agent if common else RARE)


def test_user_agents_of_both_kinds():
    """The list above proves something only while it holds both kinds."""
    rare = [agent for agent in AGENTS if anonymize_user_agent(agent) == RARE]

    assert FIREFOX not in rare and "Some rare user agent" in rare
    assert 5 < len(rare) < len(AGENTS) - 20


def test_rare_user_agent_stays():
    """The replacement is replaced by itself."""
    assert anonymize_user_agent(RARE) == RARE


@pytest.mark.parametrize(
    "value", [None, "", b"", 0, 1.5, True, [], {}, object(), bytearray(b"Firefox")]
)
def test_no_user_agent(value):
    """None, nothing and what is no text are rare, hashable or not."""
    assert anonymize_user_agent(value) == RARE


def test_user_agent_in_bytes():
    """Bytes are read as UTF-8, and what is wrong in them is replaced."""
    agent = anonymize_user_agent(FIREFOX.encode("ascii"))

    assert agent == FIREFOX
    assert type(agent) is six.text_type
    assert anonymize_user_agent(FIREFOX.encode("ascii") + b" \xff\xc3") == FIREFOX + " \ufffd\ufffd"
    assert anonymize_user_agent(b"\xff" * 10) == RARE


@pytest.mark.parametrize("surrogate", ["\ud800", "\udcff", "\ude00\ud83d"])
def test_user_agent_with_lone_surrogates(surrogate):
    """Text that cannot be sent is rare, on every interpreter and with every parser."""
    assert anonymize_user_agent(surrogate) == RARE
    assert anonymize_user_agent(FIREFOX + surrogate) == RARE
    assert anonymize_user_agent(FIREFOX + " \U0001f600") == FIREFOX + " \U0001f600"


def test_long_user_agent():
    """Up to 1,024 characters are parsed; more are rare and not remembered, a megabyte too."""
    longest = FIREFOX + " " + "x" * (1023 - len(FIREFOX))
    wide = FIREFOX + " " + "\u20ac" * (1023 - len(FIREFOX))  # three bytes each

    for agent in (longest, wide):
        assert len(agent) == 1024
        assert anonymize_user_agent(agent) == agent
        assert anonymize_user_agent(agent.encode("utf-8")) == agent
    if sys.maxunicode > 0xFFFF:  # on a narrow build of Python 2 these are two characters each
        widest = FIREFOX + " " + "\U0001f600" * (1023 - len(FIREFOX))
        assert anonymize_user_agent(widest.encode("utf-8")) == widest
        assert anonymize_user_agent(widest.encode("utf-8") + b"x") == RARE
    for agent in (longest + "x", wide + "x", FIREFOX * 10000):
        assert anonymize_user_agent(agent) == RARE
        assert anonymize_user_agent(agent.encode("utf-8")) == RARE
        assert agent not in utils._common


def test_failing_parser(monkeypatch):
    """An error inside the parser makes a user agent rare, and reaches nobody."""

    def families(text):
        raise ValueError("Unable to find OS family in " + text)

    monkeypatch.setattr(utils, "_families", families)

    assert anonymize_user_agent(FIREFOX + " failing") == RARE


def test_user_agents_remembered_are_bounded():
    """Of 10,000 user agents the last 2,048 are remembered."""
    for number in range(
        10000
    ):  # not text: remembered as any other, but not parsed, which takes long
        assert anonymize_user_agent("\ud800 %d" % number) == RARE

    assert len(utils._common) == len(utils._remembered) == 2048
    assert "\ud800 7951" not in utils._common
    assert "\ud800 7952" in utils._common


def test_user_agents_remembered_by_the_parser_are_bounded():
    """ua-parser keeps no more than 200 user agents on its part."""
    for number in range(250):
        anonymize_user_agent("agent %d" % number)

    assert len(getattr(user_agent_parser, "_PARSE_CACHE", ())) <= 200
    assert "agent 249" in utils._common


def test_user_agents_from_many_threads():
    """Threads that fill the memory at the same time get right answers and keep it bounded."""
    wrong = []

    def run(first):
        for number in range(first, first + 1000):
            agent = AGENTS[number % 5]
            if anonymize_user_agent(agent) != agent:
                wrong.append(agent)
            if anonymize_user_agent("\ud800 %d" % number) != RARE:
                wrong.append(number)

    threads = [threading.Thread(target=run, args=(first,)) for first in range(0, 4000, 500)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert not any(thread.is_alive() for thread in threads)
    assert wrong == []
    assert len(utils._remembered) <= 2048 + len(threads)
    assert set(utils._common) <= set(utils._remembered)


@pytest.mark.parametrize(
    "text, data", [("", b""), ("plain", b"plain"), ("\u20ac", b"\xe2\x82\xac"), ("\x00", b"\x00")]
)
def test_force(text, data):
    """Text and bytes are turned into each other through UTF-8, or left as they are."""
    assert force_bytes(text) == force_bytes(data) == data
    assert force_text(text) == force_text(data) == text
    assert type(force_bytes(text)) is bytes
    assert type(force_text(data)) is six.text_type


def test_force_text_with_encoding():
    """Another encoding, and another way with errors, can be asked for."""
    assert force_text(b"\xe9", encoding="latin-1") == "\xe9"
    assert force_text(b"\xe9", errors="replace") == "\ufffd"
    with pytest.raises(UnicodeDecodeError):
        force_text(b"\xe9")


@pytest.mark.parametrize("force", [force_bytes, force_text])
@pytest.mark.parametrize("value", [None, 271828, 2.5, ["271828"], bytearray(b"271828")])
def test_force_another_type(force, value):
    """Anything else is an error, which names the type and not the value."""
    with pytest.raises(TypeError) as caught:
        force(value)

    assert type(value).__name__ in str(caught.value)
    assert "271828" not in str(caught.value)


def test_imports_are_lazy():
    """Importing the helpers, and anonymizing an address, loads no parser and no HTTP library."""
    code = """
import sys
from analytical.utils import anonymize_ip_address, anonymize_user_agent
anonymize_ip_address('12.34.56.78')
print(sorted(set(['requests', 'ua_parser', 'urllib3', 'user_agents']) & set(sys.modules)))
anonymize_user_agent('curl/8.5.0')
print('ua_parser' in sys.modules)
"""
    root = os.path.dirname(os.path.dirname(os.path.abspath(analytical.__file__)))
    output = subprocess.check_output([sys.executable, "-c", code], cwd=root)

    assert output.decode("ascii").split("\n")[:2] == ["[]", "True"]
