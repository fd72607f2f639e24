"""
Where our requests differ from those of the vendors' SDKs, and why.

SDK -> difference -> reason. ``- KEY``: only the SDK has it; ``+ KEY``: only we have; ``~ KEY``: the
values differ. ``*`` stands for any characters. An entry that is no longer needed fails the test.
"""

from __future__ import absolute_import, division, print_function, unicode_literals

LIBRARY = "each names itself"
VERSION = "the version of the SDK, by which its vendor tells bugs apart"
SERVER = "about the server that the SDK runs on, which is none of a visitor's traits"
RANDOM = "an id of the hit, new for each"
SENT = "the moment of sending"
CHARSET = "JSON is UTF-8 by its standard (RFC 8259), said or not"
NO_TYPE = "the SDK leaves the type of its form unsaid"
DEFAULT = "what the platform takes it for where it is not said"
EMPTY = "the SDK says that it has nothing to say"

POSTHOG = {
    "~ body.batch.0.properties.$lib": LIBRARY,
    "~ header.user-agent": LIBRARY,
    "- body.batch.0.properties.$lib_version": VERSION,
    "- body.batch.0.properties.$is_server": SERVER,
    "+ body.batch.0.properties.$process_person_profile": "without a user id we make no person of a "
    "visitor: PostHog bills persons",
    "~ body.batch.0.uuid": RANDOM,
    "~ body.sent_at": SENT,
}
SEGMENT = {
    "~ body.batch.0.context.library.name": LIBRARY,
    "~ header.user-agent": LIBRARY,
    "- body.batch.0.context.library.version": VERSION,
    "- body.batch.0.integrations*": DEFAULT,
    "~ body.batch.0.messageId": RANDOM,
    "~ body.sentAt": SENT,
}
WRITE_KEY = {"- body.writeKey": "the key is in the Authorization header already, of both"}
PLAUSIBLE = {
    "~ header.content-type": "text/plain spares a browser its question to the server (CORS); a body of "
    "JSON may be called that",
    "~ body.props.seats": "Plausible makes texts of numbers; ours are texts already, so that limits "
    "are those of what arrives",
}
UMAMI = {
    "+ body.payload.userAgent": "the header is lost in batches and behind some proxies; in the payload "
    "it is the hit's own",
    "~ header.user-agent": "the visitor's agent is in the payload, so the header names us",
}


def joined(*parts):
    """Put parts of the table together."""
    return {difference: part[difference] for part in parts for difference in part}


EXPECTED = {
    "posthog": joined(
        POSTHOG,
        {
            "- body.batch.0.properties.$os*": SERVER,
            "- body.batch.0.properties.$python_*": SERVER,
            "- body.historical_migration": DEFAULT,
        },
    ),
    "posthog-node": POSTHOG,
    "segment-analytics-python": joined(SEGMENT, WRITE_KEY, {"- body.batch.0.category": EMPTY}),
    "@segment/analytics-node": joined(SEGMENT, WRITE_KEY, {"- body.batch.0._metadata.*": SERVER}),
    "rudder-sdk-python": joined(
        SEGMENT, {"- body.batch.0.category": EMPTY, "- body.batch.0.channel": SERVER}
    ),
    "snowplow-tracker": {
        "+ header.sp-anonymous": "or our address would stand for that of a visitor without one",
        "~ body.data.0.tv": LIBRARY,
        "- body.data.0.tna": "the name of one tracker among several of a program; the protocol asks for none",
        "~ body.data.0.eid": RANDOM,
        "~ body.data.0.stm": SENT,
        "~ body.data.0.dtm": "the SDK's is the moment of the call; ours that of the hit",
        "~ header.content-type": CHARSET,
    },
    "matomo-tracker": {
        "~ method": "a form keeps addresses and the token out of the logs of servers",
        "+ header.content-type": "the SDK sends a query, and no body",
        "+ header.user-agent": "the SDK says none; the visitor's is in ua, of both",
    },
    "@plausible-analytics/tracker": joined(PLAUSIBLE, {"- body.v": VERSION}),
    "plausible-tracker": joined(
        PLAUSIBLE,
        {
            "- body.h": DEFAULT,
            "- body.w": "Plausible goes by the agent, and ignores the width of the window",
        },
    ),
    "pirsch-sdk": {"~ header.user-agent": LIBRARY, "- body.0.event_duration": DEFAULT},
    "universal-analytics": {
        "+ header.content-type": NO_TYPE,
        "+ header.user-agent": "the SDK says none; the visitor's is in ua, of both",
    },
    "ga4mp": {
        "~ header.user-agent": LIBRARY,
        "~ header.content-type": CHARSET,
        "~ body.events.0.params.engagement_time_msec": "0 is no engagement, and Google shows a visitor as "
        "active only with some",
        "- body.timestamp_micros": "the SDK has one time for all events of a request",
        "+ body.events.0.timestamp_micros": "ours have a time each",
    },
    "mixpanel": {
        "~ body.0.properties.$insert_id": RANDOM,
        "- body.0.properties.$lib_version": VERSION,
        "- body.0.properties.mp_lib": LIBRARY,
        "- body.0.properties.token": "the token is in the Authorization header already, of both",
        "~ body.0.properties.time": "the SDK's is in seconds; Mixpanel takes milliseconds too",
        "~ header.content-type": "the SDK sends JSON in a form, which the reference no longer describes",
        "- param.ip": "the visitor's address is among the properties, of both",
        "+ param.strict": "without it Mixpanel answers 200 to events that it throws away",
        "- param.verbose": "with strict the answer says more",
    },
    "amplitude-analytics": {
        "~ header.user-agent": LIBRARY,
        "~ header.content-type": CHARSET,
        "~ body.events.0.insert_id": RANDOM,
        "- body.events.0.library": VERSION,
    },
    "umami-analytics": joined(
        UMAMI,
        {
            "+ body.payload.timestamp": "the SDK cannot back-date",
            "- header.authorization": "sending takes no login; without one the SDK writes Bearer None",
        },
    ),
    "@umami/node": UMAMI,
}
