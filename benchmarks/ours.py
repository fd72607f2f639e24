"""Our own client by a name such as ``ours:segment``, ``ours-json:segment`` or ``ours-direct:plausible``."""

from __future__ import absolute_import, division, print_function, unicode_literals

import os
import sys

from . import facts

OUTBOX = "hits.outbox"  # in the folder where the process runs


def open_ours(name, url, limit):
    """Give the functions call and close; ``-json`` does without orjson, as if it were not installed."""
    kind, _, account = name.partition(":")
    if kind.endswith("-json"):
        sys.modules["orjson"] = None
    provider = make_provider(account, url, kind, limit)

    query = "&n=" + facts.MARK if account == "plausible" else ""  # it has no place for a title

    def call(number):
        return provider.pageview(
            url=facts.URL + query % number if query else facts.URL,
            title=facts.MARK % number,
            referrer=facts.REFERRER,
            client_id=facts.VISITOR,
            user_ip=facts.ADDRESS,
            user_agent=facts.AGENT,
            language=facts.LANGUAGE,
        )

    return call, provider.close


def make_provider(account, url, kind, limit):
    """Make a provider that sends to the collector; kind may be ours, ours-json, ours-direct, ours-outbox."""
    import analytical
    from analytical.delivery import Outbox
    from analytical.delivery.background import Background

    data, options = facts.ACCOUNTS[account]
    if "-direct" in kind:
        delivery = "direct"
    elif "-outbox" in kind:
        delivery = Outbox(os.path.abspath(OUTBOX))
    else:
        delivery = Background(limit=limit)
    options = dict(options, url=url, delivery=delivery)
    return analytical.Provider(facts.PLATFORMS.get(account, account), data, **options)
