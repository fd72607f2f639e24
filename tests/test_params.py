"""Params read into a hit: every name of the vocabulary, values of every kind, and what is refused."""

from __future__ import absolute_import, division, print_function, unicode_literals

import decimal
import json
import uuid

import pytest
import six

from analytical.errors import InvalidHit
from analytical.hit import Hit, Problem
from analytical.params import ITEM_PARAMETERS, PRODUCT_SUFFIXES, read
from analytical.vocabulary import BY_NAME, BY_PARAMETER, FIELDS, HIT_TYPES

NOW = 1704110400.0
URL = "https://example.com/"
# Kind -> a value as a caller passes it, and the normal form.
SAMPLES = {
    "text": ("caf\xe9", "caf\xe9"),
    "integer": ("7", 7),
    "number": ("1.5", 1.5),
    "money": ("$8.00", 8.0),
    "boolean": ("yes", True),
    "presence": (0, True),
    "time": (NOW, NOW),
    "properties": ({"a": 1}, {"a": 1}),
    "texts": ({1: 7}, {1: "7"}),
    "numbers": ({1: "7"}, {1: 7}),
    "items": ([{"name": "Mug"}], [{"name": "Mug"}]),
    "consent": ({"ads": False}, {"ads": False}),
    "extra": ({"matomo": {"x": 1}}, {"matomo": {"x": 1}}),
}
# The vocabulary of the design, written down a second time: readable name (protocol name).
VOCABULARY = """
url dl host dh path dp title dt referrer dr content_group_1 cg1 content_group_2 cg2 content_group_3 cg3
content_group_4 cg4 content_group_5 cg5 client_id cid user_id uid session_id - user_ip uip user_agent ua
language ul geo_id geoid screen_resolution sr viewport_size vp screen_colors sd encoding de name -
category ec action ea label el value ev properties - non_interaction ni campaign_name cn campaign_source cs
campaign_medium cm campaign_term ck campaign_content cc campaign_id ci gclid gclid dclid dclid
transaction_id ti affiliation ta revenue tr shipping ts tax tt coupon tcc currency cu product_action pa
items - custom_dimensions - custom_metrics - app_name an app_id aid app_version av app_installer_id aiid
screen_name cd social_network sn social_action sa social_target st timing_category utc timing_variable utv
timing_time utt timing_label utl exception_description exd exception_fatal exf timestamp -
session_control sc data_source ds anonymize_ip aip no_personalized_ads npa cache_buster z consent - dnt -
gpc - purpose - method - status - response_time - extra -
""".split()


def fails(hit_type, params=None, keywords=None):
    """Give the error that reading must raise."""
    with pytest.raises(InvalidHit) as caught:
        read(hit_type, params, keywords)
    assert isinstance(caught.value, ValueError)
    return caught.value


class TestVocabulary:
    def test_is_that_of_the_design(self):
        """Every field is there, under both names, and no other."""
        pairs = zip(VOCABULARY[::2], VOCABULARY[1::2])
        assert [(f.name, f.parameter or "-") for f in FIELDS] == list(pairs)

    def test_names_are_unique(self):
        """No name stands for two fields, so a readable name is never another field's parameter."""
        assert len(BY_NAME) == len(FIELDS)
        for field in FIELDS:
            assert BY_PARAMETER.get(field.name, field) is field

    @pytest.mark.parametrize("field", FIELDS, ids=lambda field: str(field.name))
    def test_readable_name(self, field):
        """Each field is read under its readable name, from the dict and from keywords."""
        given, normal = SAMPLES[field.kind]
        for hit in (read("event", {field.name: given}), read("event", None, {field.name: given})):
            assert hit.fields == {field.name: normal}
            assert (hit.raw, hit.other, hit.invalid) == ({}, {}, {})

    @pytest.mark.parametrize(
        "field", [f for f in FIELDS if f.parameter], ids=lambda field: str(field.parameter)
    )
    def test_protocol_name(self, field):
        """Each field is read under its protocol name, and remembers a value that has another normal form."""
        given, normal = SAMPLES[field.kind]
        for name in (field.parameter, field.parameter.encode("ascii")):
            hit = read("event", {name: given})
            assert hit.fields == {field.name: normal}
            if field.name != field.parameter:
                same = type(given) is type(normal) and given == normal
                assert hit.raw == ({} if same else {field.name: given})
            assert (hit.other, hit.invalid) == ({}, {})

    @pytest.mark.parametrize("field", FIELDS, ids=lambda field: str(field.name))
    def test_object_of_no_kind(self, field):
        """What no field takes is noted with its type, except for a flag that is set by being there."""
        hit = read("event", {field.name: object()})
        if field.kind == "presence":
            assert hit.fields == {field.name: True}
        else:
            assert "object" in hit.invalid[field.name] and field.name not in hit.fields
            assert hit.problems() == [Problem(field.name, "type", "")]


class TestHit:
    @pytest.mark.parametrize("hit_type", HIT_TYPES)
    def test_types(self, hit_type):
        """The types of hits are those of the protocol; bytes will do."""
        assert read(hit_type).type == read(hit_type.encode("ascii")).type == hit_type

    @pytest.mark.parametrize(
        "hit_type", ["", "Pageview", "page", None, 5, {}, [], b"\xff", "\ud800"]
    )
    def test_unknown_type(self, hit_type):
        """An unknown type is refused with the list of the known ones."""
        assert "pageview" in str(fails(hit_type))

    def test_time_and_id_are_fixed(self):
        """A hit has the time it was made at, and an id of its own, so that a retry is the same hit."""
        first, second = read("pageview", now=NOW), read("pageview", now=NOW)
        assert first.time == NOW and first.id != second.id
        assert uuid.UUID(hex=first.id).version == 4

    def test_time_given(self):
        """A timestamp, or the age of the hit in milliseconds, sets its time."""
        assert read("event", {"timestamp": NOW - 60}).time == NOW - 60
        assert read("event", {"qt": "1500"}, now=NOW).time == NOW - 1.5
        assert read("event", {"qt": "1500"}, now=NOW).raw == {"timestamp": "1500"}

    @pytest.mark.parametrize("age", [-1, "x", float("nan"), [], True])
    def test_bad_age(self, age):
        """An age below zero, or none at all, is noted, and the hit keeps its time."""
        hit = read("event", {"qt": age}, now=NOW)
        assert "timestamp" in hit.invalid and hit.time == NOW

    def test_repr_holds_no_value(self):
        """A hit in a log shows its type, id and the names of its fields."""
        hit = read("event", {"uip": "12.34.56.78", "dt": "Home", "x": "y"})
        assert repr(hit) == "Hit(event, %s, fields: title, user_ip)" % hit.id


class TestEmpty:
    @pytest.mark.parametrize(
        "params", [None, {}, {"dl": None}, {"cd1": None, "x": None, "qt": None}]
    )
    def test_nothing(self, params):
        """None is as not given, under every kind of name."""
        assert read("pageview", params).fields == {}

    def test_empty_text_is_kept(self):
        """Empty text is what the caller passed; whether it will do is the platform's rule."""
        assert read("event", {"ec": "", "cd1": ""}).fields["category"] == ""

    @pytest.mark.parametrize("params", ["dl", [("dl", URL)], 5, {"dl"}, object()])
    def test_no_dict(self, params):
        """Params that are no dict are refused, with an example of one."""
        assert "takes a dict" in str(fails("pageview", params))

    def test_other_mappings(self):
        """Whatever has keys and gives values will do."""

        class Query(object):
            def keys(self):
                return ["dl"]

            def __iter__(self):
                return iter(self.keys())

            def __getitem__(self, name):
                return URL

        assert read("pageview", Query()).fields == {"url": URL}

    @pytest.mark.parametrize("name", [None, 5, 1.5, ("dl",), b"\xff", "\ud800"], ids=repr)
    def test_name_that_is_no_text(self, name):
        """A name is text that UTF-8 can carry."""
        error = fails("pageview", {name: URL})
        assert getattr(error, "__context__", None) is None


class TestTwice:
    def test_same_value(self):
        """A field given twice with one value is given once."""
        assert read("event", {"dl": URL, b"url": URL}, {"url": URL}).fields == {"url": URL}
        assert read("event", {"tr": "$5", "revenue": 5.0}).fields == {"revenue": 5}

    @pytest.mark.parametrize(
        ("params", "keywords", "field"),
        [
            ({"dl": "a", "url": "b"}, None, "url"),
            ({"dl": "a"}, {"url": "b"}, "url"),
            ({"dl": "a"}, {"dl": "b"}, "url"),
            ({"ev": 1}, {"value": 2}, "value"),
            ({"ev": "abc"}, {"value": 2}, "value"),
            ({"value": object()}, {"ev": 2}, "value"),
            ({"qt": 5000}, {"timestamp": 5}, "timestamp"),
            ({"cd1": "a"}, {"custom_dimensions": {1: "b"}}, "custom_dimensions"),
            ({"custom_metrics": {1: 1}}, {"cm1": 2}, "custom_metrics"),
            ({"pr1nm": "a"}, {"items": [{"name": "b"}]}, "items"),
            ({"items": [{"name": "b"}]}, {"pr1nm": "a"}, "items"),
            ({"pr1nm": "a"}, {"pr1nm": "b"}, "items"),
            ({"foo": "a"}, {"foo": "b"}, "foo"),
        ],
    )
    def test_different_values(self, params, keywords, field):
        """A field given twice with different values is refused, whatever names and order were used."""
        for first, second in ((params, keywords), (keywords, params)):
            error = fails("event", first, second)
            assert error.problems == (Problem(field, "conflict", ""),)
            assert "twice" in str(error)

    def test_bytes_and_text_of_a_name(self):
        """On Python 3 a name may come as bytes and as text; on Python 2 a dict takes them for one."""
        if not six.PY2:
            assert fails("event", {b"dl": "a", "dl": "b"}).problems[0].field == "url"
        assert read("event", {b"cd1": "a", b"foo": b"b"}).other == {"foo": "b"}

    def test_entries_are_merged(self):
        """Numbered parameters add entries to the readable dict, in both orders."""
        for first, second in (("cd2", "custom_dimensions"), ("custom_dimensions", "cd2")):
            given = {"cd2": "b", "custom_dimensions": {1: "a"}}
            hit = read("event", {first: given[first]}, {second: given[second]})
            assert hit.fields == {"custom_dimensions": {1: "a", 2: "b"}}


class TestIndexed:
    def test_dimensions_and_metrics(self):
        """cd<N> and cm<N> are entries of dicts; cd and cm alone are the screen and the medium."""
        hit = read("event", {"cd1": "a", "cd200": 7, "cm3": "1.5", "cd": "Home", "cm": "email"})
        assert hit.fields == {
            "custom_dimensions": {1: "a", 200: "7"},
            "custom_metrics": {3: 1.5},
            "screen_name": "Home",
            "campaign_medium": "email",
        }
        assert hit.raw["custom_dimensions"] == {"cd1": "a", "cd200": 7}
        assert hit.raw["custom_metrics"] == {"cm3": "1.5"}

    @pytest.mark.parametrize(
        "name", ["cd0", "cd01", "cd201", "cd999", "cd1000", "cd1x", "cd1id", "pr1"]
    )
    def test_what_is_no_index(self, name):
        """Numbers beyond 1 to 200 make no entry; such names are kept as they are."""
        hit = read("event", {name: "a"})
        assert hit.fields == {} and hit.other == {name: "a"}

    def test_products(self):
        """pr<N><suffix> are items, in the order of N, whatever the order of the dict."""
        params = {"pr1" + suffix: "7" for suffix in PRODUCT_SUFFIXES}
        hit = read("event", params)
        assert hit.raw["items"] == params
        (item,) = hit.fields["items"]
        assert sorted(item) == sorted(PRODUCT_SUFFIXES.values())
        assert (item["price"], item["quantity"], item["name"]) == (7, 7, "7")
        params = {"pr%did" % number: number for number in range(200, 0, -1)}
        names = [item["id"] for item in read("event", params).fields["items"]]
        assert names == [str(number) for number in range(1, 201)]

    def test_item_hits(self):
        """in, ip, iq, ic and iv are an item on hits of type item only: ip is a price, never an address."""
        params = dict.fromkeys(ITEM_PARAMETERS, "7")
        (item,) = read("item", params).fields["items"]
        assert item == {"name": "7", "price": 7, "quantity": 7, "id": "7", "category": "7"}
        assert read("event", params).other == params

    @pytest.mark.parametrize(("name", "field"), [("cm1", "custom_metrics"), ("pr1qt", "items")])
    def test_value_of_another_kind(self, name, field):
        """A value that looks wrong is noted, and kept for the protocol it was meant for."""
        hit = read("event", {name: "many"})
        assert "(%s)" % name in hit.invalid[field] and hit.raw[field] == {name: "many"}

    def test_value_of_no_kind(self):
        """A value that no form could carry is noted under its own name, and not kept."""
        hit = read("event", {"cm1": [1]})
        assert "list" in hit.invalid["cm1"] and not hit.raw["custom_metrics"]


class TestRaw:
    @pytest.mark.parametrize(
        ("name", "value", "kept"),
        [
            ("tr", decimal.Decimal("12.50"), "12.50"),
            ("tr", decimal.Decimal("1E+3"), "1000"),
            ("tr", decimal.Decimal("1E+300"), "1e+300"),
            ("cid", uuid.UUID(int=1), None),
            ("cid", 2**64, 2**64),
            ("ev", b"abc", "abc"),
            ("ev", b"5", "5"),
            ("aip", [1], None),
            ("aip", float("nan"), None),
            ("npa", b"yes", "yes"),
            ("unknown", decimal.Decimal("1.0"), "1.0"),
            ("unknown", uuid.UUID(int=1), "00000000-0000-0000-0000-000000000001"),
            ("unknown", b"x", "x"),
            ("cd1", decimal.Decimal("1.0"), "1.0"),
        ],
    )
    def test_is_what_json_can_carry(self, name, value, kept):
        """What is kept as it came is kept in plain types, so that a queue on disk can hold it."""
        hit = read("event", {name: value})
        raw = dict(hit.raw, **hit.other)
        assert json.loads(json.dumps(raw)) == raw
        if kept is not None:
            entry = list(raw.values())[0]
            assert (entry["cd1"] if name == "cd1" else entry) == kept

    def test_long_decimal_is_not_written_out(self):
        """A short number cannot be made into a million digits."""
        hit = read("event", {"tr": decimal.Decimal("1E-999999")})
        assert hit.raw.get("revenue", "") in ("", "0.0")


class TestReplace:
    def test_gives_another_hit(self):
        """A changed hit is another value with the same id and time; the first stays as it was."""
        hit = read("event", {"uip": "12.34.56.78", "ev": "1", "dt": "Home", "x": "y"}, now=NOW)
        changed = hit.replace(user_ip="12.34.0.0", title=None, value="2")
        assert isinstance(changed, Hit)
        assert changed.fields == {"user_ip": "12.34.0.0", "value": 2}
        assert changed.raw == {} and hit.raw == {"value": "1"}
        assert (changed.id, changed.time, changed.other) == (hit.id, hit.time, {"x": "y"})
        assert hit.fields["user_ip"] == "12.34.56.78" and hit.fields["title"] == "Home"

    def test_takes_an_invalid_value_away(self):
        """Replacing a field also replaces what was wrong with it."""
        hit = read("event", {"ev": "abc"})
        assert hit.replace(value=None).invalid == {} and hit.replace(value=None).raw == {}

    def test_checks_the_new_value(self):
        """A processor's mistake is a ValueError or KeyError, not a hit that breaks later."""
        hit = read("event")
        with pytest.raises(ValueError):
            hit.replace(value="abc")
        with pytest.raises(KeyError):
            hit.replace(no_such_field=1)


class TestNamesInErrors:
    @pytest.mark.parametrize(
        "name", ["\xe9", "x" * 10**5, "a b\nc"], ids=["accent", "long", "lines"]
    )
    def test_names_are_shortened_to_plain_characters(self, name):
        """A name may be anything; what an error shows of it is short and plain, on Python 2 too."""
        (problem,) = read("event", {name: object()}).problems()
        assert len(str(problem)) < 120 and "\n" not in str(problem)
        six.ensure_text(str(problem)).encode("ascii")
