"""A platform for tests of what all providers share, and a hit full of personal data."""

from __future__ import absolute_import, division, print_function, unicode_literals

from analytical.delivery.base import DELIVERED, Outcome
from analytical.providers.base import BaseProvider

PERSONAL = ("12.34.56.78", "secret-page", "Mozilla/5.0", "user-17", "cart-4711")
HIT = {
    "uip": PERSONAL[0],
    "dl": "https://example.com/" + PERSONAL[1],
    "ua": PERSONAL[2],
    "uid": PERSONAL[3],
    "el": PERSONAL[4],
}


class Platform(BaseProvider):
    """A platform that has a place for a few fields, and answers as it is told."""

    name = "platform"
    RENAMES = {"url": "u", "title": "t"}
    REQUIRED = {"pageview": ("url | host path",)}
    LIMITS = {"title": 5}

    def __init__(self, answer=Outcome(DELIVERED), **options):  # noqa: B008 - a value
        super(Platform, self).__init__("account", **options)
        self.answer = answer
        self.taken = []

    def set_user_ip(self, entries, value, hit):
        entries["ip"] = value + "!"

    def deliver(self, envelopes):
        if isinstance(self.answer, Exception):
            raise self.answer
        self.taken.extend(envelope.payload for envelope in envelopes)
        return [self.answer] * len(envelopes)


def lines(caplog):
    """Give the texts that the package logged."""
    return [
        record.getMessage() for record in caplog.records if record.name.startswith("analytical")
    ]
