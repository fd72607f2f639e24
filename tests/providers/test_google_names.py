"""google_names: whatever a program calls its events, Google can take the name."""

from __future__ import absolute_import, division, print_function, unicode_literals

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytical.providers import google_names as names

TEXTS = st.one_of(
    st.text(max_size=60),
    st.sampled_from(sorted(names.RESERVED_EVENTS | names.APP_EVENTS)),
    st.builds(
        "{0}{1}".format, st.sampled_from(names.PARAMETER_PREFIXES + ("9", " ")), st.text(max_size=9)
    ),
)


@given(TEXTS, st.booleans())
def test_any_text_becomes_a_name_that_google_takes(text, is_app):
    """A name has a letter first, only letters, digits and _, 40 characters, and is nobody else's."""
    for name in (names.event(text, is_app), names.parameter(text)):
        assert re.match(r"[A-Za-z][A-Za-z0-9_]{0,39}\Z", name)
    assert not names.is_reserved_event(names.event(text, is_app), is_app)
    assert not names.has_prefix(names.parameter(text), names.PARAMETER_PREFIXES)


@given(TEXTS)
def test_a_name_stays_what_it_is(name):
    """A name that Google takes is not changed, so made names are not changed again."""
    made = names.event(name), names.parameter(name)
    assert (names.event(made[0]), names.parameter(made[1])) == made


@pytest.mark.parametrize(
    "text, name",
    [
        ("sign_up", "sign_up"),
        ("Sign Up!", "Sign_Up"),
        ("a-b.c", "a_b_c"),
        ("404", "event_404"),
        ("error", "event_error"),
        ("_error", "event_error"),
        ("\u043a\u0443\u043f\u0438", "event"),
        ("", "event"),
        ("x" * 50, "x" * 40),
    ],
)
def test_examples(text, name):
    """Names of events, one by one."""
    assert names.event(text) == name
