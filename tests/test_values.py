"""Converters of values: what they take, what they give, and that refusals repeat no value."""

from __future__ import absolute_import, division, print_function, unicode_literals

import decimal
import fractions
import uuid

import pytest
import six

from analytical import values
from analytical.vocabulary import KINDS

NAN, INFINITE = float("nan"), float("inf")
HALF = "a\ud800b"  # a lone surrogate, which UTF-8 cannot carry
SECRET = "s3cr3t-12.34.56.78"
ID = uuid.UUID("12345678123456781234567812345678")


class Shy(six.text_type):
    """Text that shows itself as something else, as members of an enumeration of texts do."""

    def __str__(self):
        return str("Shy.member")

    __unicode__ = __str__
    __format__ = lambda self, spec: "Shy.member"  # noqa: E731


class Lazy(object):
    """A translation that is made when it is shown, as web frameworks have them."""

    def __init__(self, text):
        self._text = text

    def __getattr__(self, name):
        return getattr(self._text, name)

    def __str__(self):
        return str(self._text)

    def __unicode__(self):
        return self._text


def short(value):
    """Name a case; some values are long."""
    return repr(value)[:40]


def refusal(convert, value):
    """Give the text of the ValueError that a converter must raise, after a look at what hangs on it."""
    with pytest.raises(ValueError) as caught:
        convert(value)
    error = caught.value
    while error is not None:
        assert type(error) is ValueError, "those of codecs hold the value"
        assert SECRET not in six.text_type(error)
        error = getattr(error, "__context__", None)
    return six.text_type(caught.value)


class TestText:
    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            ("", ""),
            ("caf\xe9 \U0001f600", "caf\xe9 \U0001f600"),
            (b"caf\xc3\xa9", "caf\xe9"),
            (b"", ""),
            (0, "0"),
            (-5, "-5"),
            (2**64, "18446744073709551616"),
            (ID.int, six.text_type(ID.int)),
            (1.5, "1.5"),
            (decimal.Decimal("12.50"), "12.5"),
            (ID, "12345678-1234-5678-1234-567812345678"),
            (Shy("cart"), "cart"),
            (Lazy("Startseite"), "Startseite"),
        ],
    )
    def test_takes(self, value, expected):
        """Text, UTF-8, numbers, UUIDs and what stands for text become plain text."""
        result = values.text(value)
        assert result == expected
        assert type(result) is six.text_type

    @pytest.mark.parametrize(
        ("value", "why"),
        [
            (HALF, "surrogate"),
            (Shy(HALF), "surrogate"),
            (b"\xff" + SECRET.encode("ascii"), "not UTF-8"),
            (True, "takes text, not bool"),
            (None, "takes text, not NoneType"),
            ([SECRET], "takes text, not list of 1 entries"),
            ({SECRET: 1}, "takes text, not dict"),
            (object(), "takes text, not object"),
            (NAN, "not a finite number"),
            (INFINITE, "not a finite number"),
            (decimal.Decimal("sNaN"), "not a finite number"),
            (1j, "not complex"),
            (10**400, "beyond 64 bits"),
        ],
    )
    def test_refuses(self, value, why):
        """Everything else is refused with its type and size."""
        assert why in refusal(values.text, value)


class TestNumber:
    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            (0, 0),
            (2**63 - 1, 2**63 - 1),
            (-(2**63), -(2**63)),
            (1.5, 1.5),
            ("7", 7),
            (" +7 ", 7),
            (b"-1.5e3", -1500.0),
            (".5", 0.5),
            ("5.", 5.0),
            ("007", 7),
            (decimal.Decimal("0.1"), 0.1),
            (fractions.Fraction(1, 4), 0.25),
            (Shy("7"), 7),
        ],
    )
    def test_takes(self, value, expected):
        """Finite numbers, and text that spells one, become int or float."""
        result = values.number(value)
        assert result == expected and isinstance(result, float) == isinstance(expected, float)

    @pytest.mark.parametrize(
        "value",
        [
            True,
            None,
            "",
            " ",
            ".",
            "-",
            "1,5",
            "1_000",
            "0x10",
            "nan",
            "inf",
            "1e999",
            "\u0661",
            SECRET,
            "1" * 10**6,
            HALF,
            b"\xff",
            2**63,
            10**400,
            NAN,
            -INFINITE,
            fractions.Fraction(10**400),
            decimal.Decimal("1e400"),
            1j,
            [1],
        ],
        ids=short,
    )
    def test_refuses(self, value):
        """What is no finite number of 64 bits is refused, alike on every Python."""
        refusal(values.number, value)

    @pytest.mark.parametrize(
        ("value", "expected"), [(5, 5), (5.0, 5), ("5", 5), (b"5.0", 5), (-(2.0**62), -(2**62))]
    )
    def test_integer(self, value, expected):
        """A whole number may come as float or text."""
        result = values.integer(value)
        assert result == expected and isinstance(result, six.integer_types)

    @pytest.mark.parametrize("value", [1.5, "1.5", 2.0**63, 1e300, "x", True, NAN])
    def test_integer_refuses(self, value):
        """A fraction, or a whole number beyond 64 bits, is no integer."""
        refusal(values.integer, value)


class TestMoney:
    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            ("12.50", 12.5),
            ("$-55.00", -55.0),
            ("EUR 7", 7),
            ("\u20ac\xa07.10\xa0", 7.1),
            (" .5 ", 0.5),
            (b"\xe2\x82\xac3", 3),
            (3, 3),
            (decimal.Decimal("0.10"), 0.1),
            ("0.3333333333333333333333333333333333333333333333", 1 / 3),
        ],
    )
    def test_takes(self, value, expected):
        """What stands before the first digit, sign or point is dropped, as Google's reference says."""
        assert values.money(value) == expected

    @pytest.mark.parametrize(
        "value",
        ["", "free", "1,234.50", "12 EUR", "1.2.3", "-", True, NAN, "0" * 65, "$" * 10**6],
        ids=short,
    )
    def test_refuses(self, value):
        """An amount that could be read in two ways, or is cut short to be read, is refused."""
        refusal(values.money, value)


class TestFlags:
    @pytest.mark.parametrize("value", [True, 1, "1", "true", "TRUE", " yes ", b"on"])
    def test_true(self, value):
        """The usual words for yes."""
        assert values.boolean(value) is True

    @pytest.mark.parametrize("value", [False, 0, "0", "false", "No", "off", "", b""])
    def test_false(self, value):
        """The usual words for no."""
        assert values.boolean(value) is False

    @pytest.mark.parametrize("value", [2, -1, 1.0, "maybe", SECRET, None, [], [1], object(), HALF])
    def test_refuses(self, value):
        """Everything else is neither."""
        refusal(values.boolean, value)

    @pytest.mark.parametrize("value", [True, 1, 0, "", "0", "false", [SECRET], object(), NAN])
    def test_presence(self, value):
        """``aip`` is set by being there, whatever it holds; only False takes it away."""
        assert values.presence(value) is True
        assert values.presence(False) is False


class TestCompounds:
    def test_properties_are_copied_into_plain_types(self):
        """What JSON can carry is kept, the rest becomes it; the caller's objects are not held."""
        inner = [1, Shy("x"), b"y"]
        given = {"list": inner, b"bytes": (True, None), 5: {"n": decimal.Decimal("1.5")}, "id": ID}
        result = values.properties(given)
        assert result == {
            "list": [1, "x", "y"],
            "bytes": [True, None],
            "5": {"n": 1.5},
            "id": six.text_type(ID),
        }
        inner.append(2)
        assert len(result["list"]) == 3 and type(result["list"][1]) is six.text_type

    def test_loops_and_depth(self):
        """A structure that holds itself is refused, as one that is nested too deep."""
        loop = {}
        loop["again"] = loop
        assert "nested deeper" in refusal(values.properties, loop)

    @pytest.mark.parametrize(
        "value",
        [
            None,
            [],
            "x",
            {"a": object()},
            {"a": NAN},
            {"a": [HALF]},
            {HALF: 1},
            {None: 1},
            {"a": 1j},
            {"a": {1: {2: object()}}},
        ],
    )
    def test_properties_refuse(self, value):
        """A value that JSON cannot carry is refused, at any depth."""
        refusal(values.properties, value)

    def test_indexed(self):
        """Indexes may be text; None takes an entry away."""
        convert = KINDS["texts"]
        assert convert({1: "a", "2": 7, b"200": b"c", 3: None}) == {1: "a", 2: "7", 200: "c"}

    @pytest.mark.parametrize(
        "value", [[], "x", {0: "a"}, {201: "a"}, {1.5: "a"}, {"x": "a"}, {True: "a"}, {1: [SECRET]}]
    )
    def test_indexed_refuses(self, value):
        """Indexes are 1 to 200."""
        refusal(KINDS["texts"], value)

    def test_items(self):
        """Known keys take their types, others are kept; None takes a key away."""
        given = [{"id": 7, "name": b"Mug", "price": "$8.00", "quantity": "2", "coupon": None}]
        given.append({"position": 1.0, "colour": ["red"]})
        assert values.items(given) == [
            {"id": "7", "name": "Mug", "price": 8.0, "quantity": 2},
            {"position": 1, "colour": ["red"]},
        ]

    @pytest.mark.parametrize(
        "value",
        [
            {},
            {"name": "Mug"},
            "x",
            [1],
            ["x"],
            [None],
            [{"price": SECRET}],
            [{"quantity": 1.5}],
            [{"name": True}],
            [{HALF: 1}],
            [{"colour": object()}],
        ],
    )
    def test_items_refuse(self, value):
        """Items are a list of dicts."""
        refusal(values.items, value)

    def test_consent(self):
        """Consent is said for analytics, ads or both."""
        assert values.consent({"analytics": "yes", "ads": 0}) == {"analytics": True, "ads": False}
        assert values.consent({"ads": None}) == {}

    @pytest.mark.parametrize("value", [True, "analytics", ["ads"], {"adds": True}, {"ads": "?"}])
    def test_consent_refuses(self, value):
        """A misspelt or unclear consent is none."""
        refusal(values.consent, value)

    def test_extra(self):
        """Raw parameters stand under a provider's name."""
        assert values.extra({"matomo": {"x": 1}, b"other": {}}) == {"matomo": {"x": 1}, "other": {}}

    @pytest.mark.parametrize("value", [None, [], "x", {"matomo": 1}, {"matomo": [SECRET]}])
    def test_extra_refuses(self, value):
        """What stands under a provider's name is a dict."""
        refusal(values.extra, value)
