"""facts: what several platforms ask of a hit, in common forms."""

from __future__ import absolute_import, division, print_function, unicode_literals

import hashlib
import threading

import pytest

from analytical.providers import facts

MOMENTS = [
    (0, "1970-01-01T00:00:00.000Z"),
    (1748779205.25, "2025-06-01T12:00:05.250Z"),
    (1748779205.75, "2025-06-01T12:00:05.750Z"),
    (1748779205.9996, "2025-06-01T12:00:06.000Z"),
    (-0.5, "1969-12-31T23:59:59.500Z"),
    (253402300799, "9999-12-31T23:59:59.000Z"),
]


@pytest.mark.parametrize("seconds, text", MOMENTS + MOMENTS[::-1])
def test_a_moment_is_written_as_itself_whatever_was_written_before(seconds, text):
    """The text kept of one second never stands for another."""
    assert facts.iso_time(seconds) == text


def test_threads_write_moments_of_their_own():
    """Threads that write different seconds at once never get each other's."""
    wrong = []

    def write(seconds, text):
        wrong.extend(found for found in map(facts.iso_time, [seconds] * 5000) if found != text)

    threads = [threading.Thread(target=write, args=moment) for moment in MOMENTS]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert wrong == []


@pytest.mark.parametrize("text", ["", "35009a79-1a05-49d7-b876-2b884d0f825b", "Zo\xeb \U0001f600"])
def test_a_number_pair_is_of_the_first_64_bits_of_the_hash(text):
    """An id keeps its two numbers, however they are computed: else visitors would change."""
    named = "analytical:number.number:" + text
    digits = hashlib.sha256(named.encode("utf-8")).hexdigest()
    first, second = int(digits[:8], 16) % 2**31, int(digits[8:16], 16) % 2**31
    assert facts.number_pair(text) == "%d.%d" % (first or 1, second or 1)
