"""Cookieless visitor ids: the same for a visitor within a period, and for nobody else; samples."""

from __future__ import absolute_import, division, print_function, unicode_literals

import hashlib
import hmac
import json
import re
import subprocess
import sys

import pytest

import analytical
from analytical import privacy
from analytical.params import read

SECRET = "correct-horse-battery"
DAY = 24 * 3600
NOON = 1749988800.0  # 2025-06-15, 12:00 UTC
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
VISITOR = {"dl": "https://example.com/a", "uip": "203.0.113.9", "ua": FIREFOX, "timestamp": NOON}
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\Z")


def identify(processor=None, **changes):
    """Give the client id that a visitor gets; one with changes of its own is another."""
    params = dict(VISITOR, **changes)
    return (processor or privacy.visitor_id(SECRET))(read("pageview", params)).get("client_id")


def test_form():
    """The id is a UUID, which all platforms take, and holds nothing of the visitor."""
    assert UUID.match(identify())


def test_it_is_the_hmac_that_the_docs_name():
    """The id can be computed elsewhere: HMAC-SHA256 by the period's salt, itself an HMAC."""
    main = hmac.new(b"analytical-visitor:" + SECRET.encode("ascii"), b"2025-06-15", hashlib.sha256)
    text = "\0".join(("203.0.0.0", "example.com", FIREFOX))
    digest = hmac.new(main.digest(), text.encode("utf-8"), hashlib.sha256).hexdigest()
    assert identify(uip="203.0.113.9").replace("-", "")[:12] == digest[:12]


@pytest.mark.parametrize("length", [16, 45, 46, 64, 65, 200])
def test_secrets_of_all_lengths(length):
    """HMAC's rules for short and long keys are kept."""
    secret = "s" * length
    main = hmac.new(b"analytical-visitor:" + secret.encode("ascii"), b"", hashlib.sha256).digest()
    text = "\0".join(("203.0.0.0", "example.com", FIREFOX)).encode("utf-8")
    expected = hmac.new(main, text, hashlib.sha256).hexdigest()
    found = identify(privacy.visitor_id(secret, rotate=None))
    assert found.replace("-", "")[:12] == expected[:12]


@pytest.mark.parametrize(
    "changes",
    [
        {"dl": "https://example.com/another?page=2#top"},
        {"dl": "https://EXAMPLE.com"},
        {"dl": "https://user:pass@example.com/"},
        {"dl": None, "dh": "example.com", "dp": "/a"},
        {"timestamp": NOON + DAY / 2 - 1},
        {"timestamp": NOON - DAY / 2},
        {"uip": "203.0.7.7"},
        {"uip": "::ffff:203.0.113.9"},
        {"uip": "203.0.0.0"},
        {"ul": "en", "dt": "Title", "sr": "1x1"},
    ],
)
def test_the_same_visitor(changes):
    """Another page, another hour and another neighbour of the network are the same visitor."""
    assert identify(**changes) == identify()


@pytest.mark.parametrize(
    "changes",
    [
        {"dl": "https://example.net/a"},
        {"dl": "https://www.example.com/a"},
        {"dl": "/a"},
        {"timestamp": NOON + DAY / 2},
        {"timestamp": NOON - DAY / 2 - 1},
        {"uip": "203.1.113.9"},
        {"uip": "2001:db8::1"},
        {"ua": FIREFOX.replace("140", "141")},
    ],
)
def test_another_visitor(changes):
    """Another site, day, network or agent is another visitor."""
    assert identify(**changes) not in (None, identify())


def test_another_secret():
    """Ids made with another secret have nothing in common."""
    assert identify(privacy.visitor_id("another-secret-of-a-site")) != identify()


def test_months_and_for_ever():
    """rotate= 'month' keeps an id through a month of UTC; None keeps it."""
    monthly, lasting = privacy.visitor_id(SECRET, "month"), privacy.visitor_id(SECRET, None)
    june = {identify(monthly, timestamp=NOON + days * DAY) for days in (-14, 0, 15)}
    others = {identify(monthly, timestamp=NOON + days * DAY) for days in (-15, 16, 365)}
    assert (len(june), len(june | others)) == (1, 4)
    assert identify(lasting, timestamp=NOON + 1000 * DAY) == identify(lasting)
    december = {identify(monthly, timestamp=NOON + days * DAY) for days in (169, 199)}
    assert len(december) == 1 and identify(monthly, timestamp=NOON + 200 * DAY) not in december


def test_hits_out_of_order():
    """Hits of two days that come mixed get the ids of their days."""
    processor = privacy.visitor_id(SECRET)
    days = [identify(processor, timestamp=NOON + (number % 2) * DAY) for number in range(6)]
    assert days == [identify(), identify(timestamp=NOON + DAY)] * 3


@pytest.mark.parametrize(
    "changes",
    [{"cid": "c-1"}, {"uid": "u-1"}, {"uip": None}, {"ua": None}, {"uip": "unknown"}, {"ua": ""}],
)
def test_hits_left_alone(changes):
    """A hit with an id keeps it, one with a user id gets none; nor does one without address or agent."""
    hit = read("pageview", dict(VISITOR, **changes))
    assert privacy.visitor_id(SECRET)(hit) is hit


def test_a_wrong_client_id_stays_wrong():
    """A client id that is no text is not hidden by one of ours."""
    hit = read("pageview", dict(VISITOR, client_id=["c"]))
    assert privacy.visitor_id(SECRET)(hit) is hit


def test_either_side_of_anonymize_ip():
    """An address that was made common before gives the same id."""
    for address in ("203.0.113.9", "2001:db8:1:2:3:4:5:6", "2002:cb00:7109::1"):
        common = analytical.utils.anonymize_ip_address(address, 16, 80)
        assert identify(uip=address) == identify(uip=common)


def test_more_bits():
    """With fewer bits left out, neighbours are told apart."""
    precise = privacy.visitor_id(SECRET, ipv4_bits=0, ipv6_bits=64)
    assert identify(precise) != identify(precise, uip="203.0.113.10")
    assert identify(precise, uip="2001:db8::1") == identify(precise, uip="2001:db8::2")
    assert identify(precise, uip="2001:db8::1") != identify(precise, uip="2001:db8:0:1::1")


PROGRAM = """
from __future__ import print_function, unicode_literals
import json, sys
from analytical import privacy
from analytical.params import read
secret, params = json.loads(sys.argv[1])
made = privacy.visitor_id(secret)
hits = [made(read("pageview", dict(params, timestamp=params["timestamp"] + day * 86400))) for day in (0, 1)]
print(json.dumps([hit.get("client_id") for hit in hits]))
"""


def test_processes_agree():
    """The same visitor has the same id on the same day in four processes, and on the next another."""
    command = [sys.executable, "-c", PROGRAM, json.dumps([SECRET, VISITOR])]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(4)]
    found = [json.loads(process.communicate()[0].decode("ascii")) for process in running]
    assert found == [[identify(), identify(timestamp=NOON + DAY)]] * 4


@pytest.mark.parametrize("secret", [None, "", "sh0rt", 5, "line\nbreak of a secret", b"\xff" * 20])
def test_secrets_are_checked(secret):
    """A secret that can be guessed, or is none, raises, and is not repeated."""
    with pytest.raises(analytical.ConfigurationError) as caught:
        privacy.visitor_id(secret)
    assert "sh0rt" not in str(caught.value)


@pytest.mark.parametrize(
    "options", [{"rotate": "week"}, {"rotate": None, "store": "x"}, {"store": 5}, {"store": {}.get}]
)
def test_options_are_checked(options):
    """Other periods, a store that would keep a salt for ever, and what is no store raise at once."""
    with pytest.raises(analytical.ConfigurationError):
        privacy.visitor_id(SECRET, **options)


def test_bits_are_checked():
    """Bits out of range raise as anonymize_ip_address does."""
    with pytest.raises(ValueError):
        privacy.visitor_id(SECRET, ipv4_bits=33)


def test_no_secret_shows():
    """Neither the repr of the processor nor what it holds shows the secret."""
    processor = privacy.visitor_id(SECRET)
    held = [repr(processor)] + [repr(vars(each)) for each in (processor, processor._salts)]
    assert SECRET not in "".join(held)


def ids(number):
    """Make so many client ids."""
    return ["%032x" % (index * 7919) for index in range(number)]


def test_a_sample_keeps_visitors_whole():
    """A visitor's hits are kept all or none, the same in each processor made with the rate."""
    for client_id in ids(50):
        hits = [read("pageview", {"cid": client_id, "dt": "%d" % n}) for n in range(3)]
        hits.append(read("event", {"cid": client_id, "uid": "u-1"}))
        kept = [privacy.sample(0.5)(hit) is hit for hit in hits]
        assert len(set(kept)) == 1


def test_a_sample_has_its_size():
    """About the given share of visitors is kept, and with a higher rate all of them and more."""
    hits = [read("pageview", {"cid": client_id}) for client_id in ids(2000)]
    kept = [{hit.id for hit in hits if privacy.sample(rate)(hit)} for rate in (0.1, 0.5)]
    assert 120 < len(kept[0]) < 280 and 880 < len(kept[1]) < 1120
    assert kept[0] < kept[1]


def test_sampling_without_ids():
    """Hits without an id are drawn by themselves; a user id stands in for a missing client id."""
    hits = [read("pageview", {}) for _ in range(200)]
    assert 40 < sum(privacy.sample(0.5)(hit) is hit for hit in hits) < 160
    for user in ids(20):
        one, other = (privacy.sample(0.5)(read("pageview", {"uid": user})) for _ in range(2))
        assert (one is None) == (other is None)


def test_all_and_none():
    """1 keeps every hit as it is, 0 none."""
    for client_id in ids(20):
        hit = read("pageview", {"cid": client_id})
        assert privacy.sample(1)(hit) is hit
        assert privacy.sample(0)(hit) is None


@pytest.mark.parametrize("rate", [-0.1, 1.1, float("nan"), True, "0.5", None])
def test_rates_are_checked(rate):
    """A rate that is none raises."""
    with pytest.raises(analytical.ConfigurationError):
        privacy.sample(rate)
