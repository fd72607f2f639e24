"""Requests and responses as values: what a header can carry, what is shown, how long to wait."""

from __future__ import absolute_import, division, print_function, unicode_literals

import pytest

from analytical.delivery.http import Part, Request, Response, retry_after
from analytical.errors import InvalidHit

SECRET = "s3cr3t"
WEDNESDAY = "Wed, 21 Oct 2015 07:28:00 GMT"


@pytest.mark.parametrize(
    ("value", "sent"),
    [("a", "a"), (" a\t", "a"), ("caf\xe9", "caf\xe9"), ("", ""), ("a\tb", "a\tb")],
)
def test_header_values(value, sent):
    """Latin-1 can stand in a header; the white space around it is no part of it."""
    assert Request("POST", "https://example.com", {"X": value}, b"").headers == {"X": sent}


@pytest.mark.parametrize(
    "value",
    [
        SECRET + "\r\nX: y",
        SECRET + "\nX: y",
        SECRET + "\r",
        "\0" + SECRET,
        "\u6f22",
        "\ud800",
        None,
        5,
    ],
)
def test_header_values_that_cannot_be(value):
    """A line break would start another header: the hit is refused, in words without the value."""
    with pytest.raises(InvalidHit) as caught:
        Request("POST", "https://example.com", {"User-Agent": value}, b"")
    assert "User-Agent" in str(caught.value) and SECRET not in str(caught.value)
    assert getattr(caught.value, "__context__", None) is None


def test_reprs_hold_no_value():
    """What a log shows of an exchange is where it went and how long it was."""
    exchange = Request("POST", "https://u:%s@example.com/%s?k=%s" % ((SECRET,) * 3), {}, b"dt=Home")
    assert repr(exchange) == "Request(POST https://example.com, body: 7 bytes)"
    assert repr(Response(200, {"X": SECRET}, b"body")) == "Response(200, body: 4 bytes)"
    assert SECRET not in repr(Part(None, SECRET.encode("ascii")))


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("7", 7.0),
        ("0.5", 0.5),
        (" 120 ", 120.0),
        ("0", 0.0),
        ("-5", 0.0),
        (WEDNESDAY, 60.0),
        ("Wed, 21 Oct 2015 07:20:00 GMT", 0.0),
        ("", None),
        ("soon", None),
        ("nan", None),
        ("inf", None),
        ("1e999", None),
        ("Wed, 99 Foo 2015 99:99:99 GMT", None),
        (",", None),
        ("9" * 400, None),
    ],
)
def test_retry_after(value, seconds):
    """Seconds, or a date by the server's own clock; what is neither is no answer."""
    headers = {"Retry-After": value, "Date": "Wed, 21 Oct 2015 07:27:00 GMT"}
    assert retry_after(headers) == seconds


def test_retry_after_without_a_clock():
    """Where the server does not say what time it has, ours is taken; a date gone by is now."""
    assert retry_after({"Retry-After": WEDNESDAY}) == 0.0
    assert retry_after({}) is None
