"""Hits: ids are random UUIDs, in threads and forked children too."""

from __future__ import absolute_import, division, print_function, unicode_literals

import os
import threading
import uuid

import pytest

from analytical.hit import Hit, new_id


def test_ids_are_random_uuids():
    """An id is the 32 hex digits of a UUID of version 4, and no two are the same."""
    ids = [new_id() for _ in range(2000)]
    assert len(set(ids)) == 2000
    for digits in ids:
        made = uuid.UUID(digits)
        assert (made.version, made.variant, made.hex) == (4, uuid.RFC_4122, digits)


def test_threads_never_share_an_id():
    """Threads that make ids at the same time make different ones."""
    made = []

    def work():
        made.extend([Hit("pageview", {}).id for _ in range(3000)])

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == len(made) == 24000


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork()")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_forked_child_makes_other_ids():
    """What is kept for the next ids is not used by parent and child both."""
    new_id()
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        try:
            os.write(writer, "".join(new_id() for _ in range(100)).encode("ascii"))
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        text = pipe.read().decode("ascii")
    os.waitpid(child, 0)
    ids = {text[start : start + 32] for start in range(0, len(text), 32)}
    assert len(ids) == 100
    assert not ids & {new_id() for _ in range(1000)}
