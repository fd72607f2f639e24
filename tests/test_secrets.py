"""Credentials show themselves nowhere: not in reprs, texts, errors, pickles or masked output."""

from __future__ import absolute_import, division, print_function, unicode_literals

import base64
import copy
import json
import pickle

import pytest
import six
from six.moves.urllib.parse import quote, quote_plus, urlencode

from analytical.errors import ConfigurationError
from analytical.secrets import (
    MASK,
    Secret,
    check_secret,
    describe,
    mask,
    mask_bytes,
    show_host,
    show_name,
)

PLANTED = "s3cr3t/Token+=&%~\xe9\"'"  # every kind of character that some form of it escapes


class TestSecret:
    @pytest.mark.parametrize(
        "show",
        [
            repr,
            str,
            six.text_type,
            "{}".format,
            "{!r}".format,
            lambda secret: "%s %r" % (secret, secret),
            lambda secret: repr([secret, {"a": secret}]),
            lambda secret: repr(ValueError(secret)) + str(ValueError(secret)),
            lambda secret: repr(dir(secret)),
        ],
    )
    def test_is_masked(self, show):
        """However it is shown, it is a mask."""
        assert "s3cr3t" not in show(Secret(PLANTED))

    def test_is_revealed_on_request(self):
        """The code that sends it gets it, from text, bytes or another Secret."""
        for given in (PLANTED, PLANTED.encode("utf-8"), Secret(PLANTED)):
            assert Secret(given).reveal() == PLANTED

    @pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
    def test_cannot_be_pickled(self, protocol):
        """It goes to no other process and into no file by accident."""
        with pytest.raises(TypeError) as caught:
            pickle.dumps({"key": Secret(PLANTED)}, protocol)
        assert "s3cr3t" not in str(caught.value)

    @pytest.mark.parametrize("way", [copy.copy, copy.deepcopy, json.dumps, vars])
    def test_cannot_be_copied_or_written(self, way):
        """Nor is it copied by what copies everything."""
        with pytest.raises(TypeError) as caught:
            way(Secret(PLANTED))
        assert "s3cr3t" not in str(caught.value)

    def test_equality(self):
        """Two of one credential are equal; to text it is equal never."""
        assert Secret("a") == Secret(b"a") and hash(Secret("a")) == hash(Secret("a"))
        assert Secret("a") != Secret("b") and Secret("a") != "a"

    @pytest.mark.parametrize(
        "value", [None, 5, ["s3cr3t"], b"s3cr3t\xff", "s3cr3t\ud800", object()]
    )
    def test_what_is_none(self, value):
        """What is no text that UTF-8 can carry is refused, in words that do not hold it."""
        for make in (Secret, lambda given: check_secret("api_secret", given)):
            with pytest.raises(ConfigurationError) as caught:
                make(value)
            assert "s3cr3t" not in repr(caught.value)
            assert getattr(caught.value, "__context__", None) is None


class TestCheckSecret:
    def test_gives_a_secret(self):
        """Text, bytes and Secrets become Secrets."""
        for given in ("abc", b"abc", Secret("abc")):
            assert check_secret("token", given) == Secret("abc")

    @pytest.mark.parametrize(
        "value", ["", "s3cr3t\n", "s3\r\ncr3t", "\ts3cr3t", "s3cr3t\x7f", "\0"]
    )
    def test_control_characters(self, value):
        """A line break would start another header; a Secret is checked as text is."""
        for given in (value, value.encode("ascii"), Secret(value)):
            with pytest.raises(ConfigurationError) as caught:
                check_secret("token", given)
            assert "token=" in str(caught.value) and "s3cr3t" not in str(caught.value)


class TestMask:
    @pytest.mark.parametrize(
        "form",
        [
            PLANTED,
            quote(PLANTED.encode("utf-8")),
            quote(PLANTED.encode("utf-8"), safe=str("")),
            quote_plus(PLANTED.encode("utf-8")),
            urlencode({"k": PLANTED.encode("utf-8")})[2:],
            base64.b64encode(PLANTED.encode("utf-8") + b":").decode("ascii"),
            json.dumps(PLANTED)[1:-1],
            json.dumps(PLANTED, ensure_ascii=False)[1:-1],
        ],
    )
    def test_every_form(self, form):
        """A request carries a credential plain, percent-encoded, as user name, or within JSON."""
        form = six.ensure_text(form)
        text, masked = "a=%s&b" % form, "a=%s&b" % MASK
        assert mask(text, [Secret(PLANTED)]) == masked
        assert mask_bytes(text.encode("utf-8"), [Secret(PLANTED)]) == masked.encode("ascii")

    def test_longer_one_first(self):
        """Of two credentials, one the start of the other, nothing is left over."""
        secrets = [Secret("abc"), Secret("abcdef")]
        assert mask("abcdef abc", secrets) == "%s %s" % (MASK, MASK)

    def test_nothing_to_mask(self):
        """Without credentials text stays as it is."""
        assert mask("text", []) == mask("text", [Secret("")]) == "text"


class TestWords:
    @pytest.mark.parametrize(
        ("value", "words"),
        [
            ("12.34.56.78", "str of 11 characters"),
            (b"12", "bytes of 2 bytes"),
            (bytearray(b"12"), "bytearray of 2 bytes"),
            ([1, 2], "list of 2 entries"),
            ({"a": 1}, "dict of 1 entries"),
            (5, "int"),
            (None, "NoneType"),
            (Secret("a"), "Secret"),
        ],
    )
    def test_describe(self, value, words):
        """A value is described by type and size, alike on Python 2 and 3."""
        assert describe(value) == words

    @pytest.mark.parametrize(
        ("name", "shown"),
        [
            ("user_ip", "user_ip"),
            (b"user_ip", "user_ip"),
            ("caf\xe9 \r\n\ud800", "caf?????"),
            (b"\xff", "?"),
            ("x" * 41, "x" * 37 + "..."),
            (5, "int"),
            (None, "NoneType"),
        ],
    )
    def test_show_name(self, name, shown):
        """A name is shown in plain characters, and not without end."""
        assert show_name(name) == shown

    @pytest.mark.parametrize(
        ("url", "shown"),
        [
            ("https://example.com/p?q#f", "https://example.com"),
            ("https://me:s3cr3t@example.com:8443/", "https://example.com:8443"),
            ("https://caf\xe9.example/", "https://caf?.example"),
            ("https://[s3cr3t", "an address that cannot be read"),
            ("", "://"),
        ],
    )
    def test_show_host(self, url, shown):
        """Of an address scheme and host are shown; one that cannot be read is no error here."""
        assert show_host(url) == shown
