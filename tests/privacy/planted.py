"""Hits with private values planted in them, and a search for these in whatever was sent or stored."""

from __future__ import absolute_import, division, print_function, unicode_literals

import hashlib
import re
import zlib

from hypothesis import strategies as st
from six import int2byte
from six.moves.urllib.parse import quote, unquote_to_bytes

COMMON = (
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/138.0.0.0 Safari/537.36",
)
WORDS = st.text("abcdefghijklmnop", min_size=6, max_size=10)
OCTET, HIGH = st.integers(11, 199), st.integers(100, 255)
GROUP = st.integers(0x1001, 0xFFFE)
# Of 32 hex digits, as random as they come: what repeats one digit may well be a word.
TOKEN = st.binary(min_size=16, max_size=16).map(
    lambda seed: int(hashlib.sha256(seed).hexdigest()[:32], 16) | 1 << 127
)
ESCAPE = re.compile(b"\\\\u([0-9a-fA-F]{4})")


@st.composite
def addresses(draw):
    """Give (what a server sees, what must not be found)."""
    kind = draw(st.sampled_from(("v4", "v4", "v6", "mapped", "port")))
    if kind == "v6":
        groups = ["%x" % draw(GROUP) for _ in range(6)]
        text = "2001:db8:" + ":".join(groups)
        return text, ":".join(groups[1:])
    text = ".".join("%d" % draw(each) for each in (OCTET, OCTET, HIGH, HIGH))
    return {"mapped": "::ffff:" + text, "port": text + ":4711"}.get(kind, text), text


@st.composite
def secrets(draw):
    """Give (what a visitor's pages may give away, what must not be found)."""
    word, digits = draw(WORDS), "%d" % draw(st.integers(10**15, 10**16 - 1))
    kind = draw(st.sampled_from(("email", "token", "jwt", "digits", "address")))
    if kind == "email":
        return (word + "." + word[::-1] + "@example.org",) * 2
    if kind == "token":
        return ("%032x" % draw(TOKEN),) * 2
    if kind == "jwt":
        return ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIi%s.%s_%s" % (digits, word * 2, digits),) * 2
    return draw(addresses()) if kind == "address" else (digits, digits)


@st.composite
def hits(draw):
    """Give (hit type, params, what must not be found)."""
    seen, address = draw(addresses())
    texts, planted = zip(*[draw(secrets()) for _ in range(6)])
    one, two, three, four, five, six = texts
    user = draw(WORDS) + "-user"
    rare = "Rare" + draw(WORDS).title()
    agent = "Mozilla/5.0 (%sOS 9.1) %s/3.14" % (rare, rare)
    params = {
        "dl": "https://%s:%s@example.com/a/%s?page=%s&utm_source=mail&key=%s#%s"
        % (user, user, quote(one), quote(two, safe=str("")), quote(two), quote(three)),
        "dr": "https://www.example.net/mail/%s?q=%s" % (quote(four), quote(four)),
        "dt": "Letter to " + five,
        "uip": seen,
        "ua": draw(st.sampled_from(COMMON + (agent,) * 2)),
        "uid": user,
        "properties": {"note": "for " + six, "plan": "gold"},
    }
    kind = draw(st.sampled_from(("pageview", "event")))
    if kind == "event":
        params.update(ec="cart", ea="add", name="add")
    if draw(st.booleans()):
        params["dp"] = "/a/" + quote(one)
    return kind, params, list(planted) + [address, user, rare]


def plain_forms(data):
    """Give bytes in every form in which somebody may read them."""
    forms = [data]
    for start in (b"\x1f\x8b", b"x\x9c", b"x\x01"):
        for match in re.finditer(re.escape(start), data):
            try:
                forms.append(zlib.decompressobj(47).decompress(data[match.start() :]))
            except zlib.error:
                pass
    for form in list(forms):
        for _ in range(3):
            form = unquote_to_bytes(form.replace(b"+", b" "))
            forms.append(form)
    forms += [ESCAPE.sub(_unescape, form).replace(b"\\/", b"/") for form in forms]
    return [form.lower() for form in forms]


def _unescape(match):
    number = int(match.group(1), 16)
    return int2byte(number) if number < 128 else match.group()


def found(data, planted):
    """List what of the planted is found in bytes."""
    forms = plain_forms(data)
    return [value for value in planted if any(value.lower().encode("utf-8") in f for f in forms)]
