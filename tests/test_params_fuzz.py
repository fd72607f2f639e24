"""Whatever a caller passes: params are read or refused, and what is read can be sent and stored."""

from __future__ import absolute_import, division, print_function, unicode_literals

import datetime
import json

from hypothesis import given
from hypothesis import strategies as st

from analytical.delivery.base import Envelope
from analytical.errors import InvalidHit
from analytical.params import ITEM_PARAMETERS, PRODUCT_SUFFIXES, read
from analytical.providers import googleanalytics, memory
from analytical.vocabulary import FIELDS, HIT_TYPES

NAMES = [field.name for field in FIELDS] + [field.parameter for field in FIELDS if field.parameter]
NAMES += ["cd1", "cd200", "cd201", "cm1", "cm20", "qt", "v", "t", "tid", "in", "promo1id", "cg7"]
NAMES += ["pr%d%s" % (number, suffix) for number in (1, 30) for suffix in PRODUCT_SUFFIXES]
NAMES += list(ITEM_PARAMETERS)

# Characters of every kind, lone surrogates and control characters among them.
TEXT = st.text(st.characters(), max_size=20) | st.text(
    st.sampled_from("\ud800\udfff\x00\r\n\x7f\xe9\u2028\U0001f600=&+% 1"), max_size=8
)
ODD_TEXT = st.sampled_from(
    ["1", "-1", "1e5", "$5", "true", "2024-01-01", "nan", "inf", "9" * 30, "1" * 500, "\ud800"]
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.decimals(),
    st.fractions(),
    st.complex_numbers(),
    st.uuids(),
    st.binary(max_size=20),
    TEXT,
    ODD_TEXT,
    st.datetimes(),
    st.dates(),
    st.builds(object),
    st.just(datetime.datetime(1, 1, 1)),
    st.sampled_from([10**400, -(10**400), float("nan"), NotImplemented, Ellipsis]),
)
KEYS = st.one_of(st.sampled_from(NAMES), TEXT, st.binary(max_size=8), st.integers(), st.none())
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(KEYS | st.integers(0, 3), inner, max_size=3)
    | st.tuples(inner)
    | st.frozensets(st.integers(), max_size=2),
    max_leaves=5,
)
PARAMS = st.dictionaries(KEYS, VALUES, max_size=6)
LIKELY = st.dictionaries(st.sampled_from(NAMES), SCALARS, max_size=6)  # mostly read, not refused

GA = googleanalytics.Provider("UA-1-1")
MEMORY = memory.Provider()


def sendable(provider, hit):
    """Tell whether a provider would send a hit."""
    return not (hit.invalid and provider.unsendable(hit))


@given(st.sampled_from(HIT_TYPES), PARAMS | LIKELY)
def test_what_is_read_can_be_sent_and_stored(hit_type, params):
    """Reading raises InvalidHit or nothing; what passes is JSON and a form, before and after storage."""
    try:
        hit = read(hit_type, params)
    except InvalidHit:
        return
    for provider in (GA, MEMORY):
        if sendable(provider, hit):
            payload = provider.payload(hit)
            text = json.dumps(payload, allow_nan=False)
            json.dumps(payload, ensure_ascii=False).encode("utf-8")
            provider_encodes(provider, payload, json.loads(text))


def provider_encodes(provider, payload, stored):
    """Encode a payload, and the one that comes back from storage: the same bytes, for Google's protocol."""
    if provider is GA:
        now = payload.time
        lines = [
            provider.encode(Envelope(payload.id, payload.time, each), now)
            for each in (payload, stored)
        ]
        assert sorted(lines[0].split(b"&")) == sorted(lines[1].split(b"&"))
        assert not set(b"\r\n \x00") & set(lines[0])


@given(st.sampled_from(HIT_TYPES), PARAMS | LIKELY)
def test_nothing_escapes_the_provider(hit_type, params):
    """Sending, checking and batching raise nothing, whatever is passed; every hit is counted."""
    provider = memory.Provider()
    outcome = provider.track_hit(hit_type, params)
    outcomes = provider.batch([(hit_type, params), ("pageview", {"dl": "https://example.com/"})])
    assert bool(outcome) == bool(outcomes[0]) and outcomes[1]
    assert len(provider.hits) == 1 + 2 * bool(outcome)
    assert provider.stats()["accepted"] == 3
    for problem in provider.validate(hit_type, params) + GA.validate(hit_type, params):
        str(problem), repr(problem)


@given(VALUES, VALUES)
def test_nothing_but_a_dict_is_params(hit_type, params):
    """Types and params that are none raise InvalidHit, with a text that can be printed."""
    try:
        read(hit_type, params)
    except InvalidHit as error:
        str(error), repr(error)


@given(st.dictionaries(st.sampled_from([str(name) for name in NAMES]), SCALARS, max_size=4), LIKELY)
def test_keywords_and_dict_are_the_same(keywords, params):
    """What is read does not depend on how it is passed: two dicts give what one gives, or a conflict."""
    try:
        together = read("event", params, keywords, now=1e9)
    except InvalidHit:
        return
    if not set(params) & set(keywords):
        alone = read("event", dict(params, **keywords), now=1e9)
        assert (alone.fields, alone.other) == (together.fields, together.other)


@given(LIKELY, st.sampled_from([field.name for field in FIELDS]), SCALARS)
def test_replace(params, name, value):
    """A field can be replaced by what its kind takes, or else it is a ValueError; a sent hit has no old value."""
    try:
        hit = read("event", params)
        changed = hit.replace(**{str(name): value})
    except ValueError:
        return
    assert name not in changed.raw and name not in changed.invalid
    assert (name in changed.fields) == (value is not None)
