"""JSON: what is read of strangers' answers."""

from __future__ import absolute_import, division, print_function, unicode_literals

import json

import pytest

from analytical import _json


def test_what_is_nested_too_deep_is_refused():
    """It is found before a parser meets it, which on old Pythons may end the process."""
    for start in (b"[", b'{"a":', b'[{"a":'):
        with pytest.raises(_json.TooDeep):
            _json.loads(start * 100000)


def test_what_is_long_and_flat_is_read():
    """Thousands of entries side by side are no depth."""
    answer = {"errors": [{"index": number, "why": []} for number in range(2000)]}
    assert _json.loads(_json.dumps(answer)) == answer


def test_brackets_within_strings_are_no_depth():
    """Text is not taken for structure, whatever quotes and backslashes stand in it."""
    value = {"title": '[[{"' * 1000 + "\\", "more": ["]" * 500, '\\"[' * 500]}
    assert _json.loads(_json.dumps(value)) == value


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_what_json_does_not_have_is_refused(number):
    """Whoever writes it, a number that is none becomes no null in silence."""
    with pytest.raises(ValueError):
        _json.dumps({"value": [number]})
    assert _json.dumps({"value": None}) == b'{"value":null}'


@pytest.mark.parametrize(
    "value",
    ['caf\xe9 "\\\n\u2028', 5, 1.5, -0.0, True, None, [], {}, [{"a": [1, {"b": "\x00"}]}, ()]],
)
def test_what_is_written_is_what_json_writes(value):
    """The kept encoder says the same as one made for the value."""
    expected = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    assert _json._encode(value) == expected
    assert _json.loads(_json.dumps(value)) == json.loads(expected)


def test_a_circle_is_an_error():
    """What holds itself has no end to be written to."""
    circle = []
    circle.append({"value": circle})
    with pytest.raises((ValueError, RuntimeError)):
        _json.dumps(circle)
    assert _json.dumps([{"value": []}]) == b'[{"value":[]}]'
