"""
The vendors' SDKs for Python: each sends one hit. Run in a process of its own, with facts as JSON on stdin:

    python python_clients.py SDK pageview|event http://127.0.0.1:PORT
"""

from __future__ import absolute_import, division, print_function, unicode_literals

import datetime
import json
import sys


def keep_to_loopback(event, arguments):
    """Refuse every connection that leaves this machine, whatever an SDK has in mind."""
    if event == "socket.connect" and arguments[1][0] != "127.0.0.1":
        sys.exit("an SDK wants to connect to %r" % (arguments[1],))


def moment(facts):
    """Give the time of the hit as the SDKs want it."""
    return datetime.datetime.fromtimestamp(facts["timestamp"], datetime.timezone.utc)  # novm


def posthog(kind, url, facts):
    from posthog import Posthog

    client = Posthog(facts["account"], host=url, sync_mode=True, disable_geoip=False)
    properties = {
        "$current_url": facts["url"],
        "$host": facts["site"],
        "$pathname": facts["path"],
        "$referrer": facts["referrer"],
        "$referring_domain": facts["referring_domain"],
        "$ip": facts["user_ip"],
        "$raw_user_agent": facts["user_agent"],
        "title": facts["title"],
    }
    name = "$pageview" if kind == "pageview" else facts["name"]
    if kind == "event":
        properties.update(facts["properties"])
    client.capture(
        name, distinct_id=facts["client_id"], properties=properties, timestamp=moment(facts)
    )


def segment(kind, url, facts):
    from segment.analytics.client import Client

    _segment(Client(facts["account"], host=url, sync_mode=True), kind, facts)


def rudder(kind, url, facts):
    from rudderstack.analytics.client import Client

    _segment(Client(facts["account"], host=url, sync_mode=True), kind, facts)


def _segment(client, kind, facts):
    page = {key: facts[key] for key in ("url", "referrer", "title", "path", "search")}
    context = {
        "ip": facts["user_ip"],
        "userAgent": facts["user_agent"],
        "locale": facts["language"],
        "page": page,
    }
    shared = {
        "user_id": facts["user_id"],
        "anonymous_id": facts["client_id"],
        "context": context,
        "timestamp": moment(facts),
    }
    if kind == "pageview":
        client.page(name=facts["name"], properties=page, **shared)
    else:
        client.track(event=facts["name"], properties=facts["properties"], **shared)


def mixpanel(kind, url, facts):
    from mixpanel import Consumer, Mixpanel

    client = Mixpanel(facts["account"], Consumer(import_url=url + "/import", retry_limit=0))
    properties = {
        "$device_id": facts["client_id"],
        "$user_id": facts["user_id"],
        "ip": facts["user_ip"],
        "$current_url": facts["url"],
        "$referrer": facts["referrer"],
        "$referring_domain": facts["referring_domain"],
        "current_page_title": facts["title"],
        "current_domain": facts["site"],
        "current_url_path": facts["path"],
        "current_url_protocol": "https:",
        "current_url_search": facts["search"],
    }
    name = "$mp_web_page_view" if kind == "pageview" else facts["name"]
    if kind == "event":
        properties.update(facts["properties"])
    client.import_data(
        None,
        facts["user_id"],
        name,
        facts["timestamp"],
        properties,
        api_secret=facts["account"],
    )


def amplitude(kind, url, facts):
    from amplitude import Amplitude, BaseEvent, Config

    config = Config(
        flush_interval_millis=100,
        flush_max_retries=1,
        min_id_length=1,
        server_url=url + "/2/httpapi",
    )
    client = Amplitude(facts["account"], config)
    properties = {
        "[Amplitude] Page Location": facts["url"],
        "[Amplitude] Page Title": facts["title"],
        "[Amplitude] Page Domain": facts["site"],
        "[Amplitude] Page Path": facts["path"],
        "[Amplitude] Page URL": facts["url"].partition("?")[0],
        "referrer": facts["referrer"],
        "referring_domain": facts["referring_domain"],
    }
    name = "[Amplitude] Page Viewed" if kind == "pageview" else facts["name"]
    if kind == "event":
        properties.update(facts["properties"])
    event = BaseEvent(
        name,
        device_id=facts["client_id"],
        user_id=facts["user_id"],
        ip=facts["user_ip"],
        user_agent=facts["user_agent"],
        language=facts["language"],
        time=facts["timestamp"] * 1000,
        event_properties=properties,
    )
    client.track(event)
    client.shutdown()


def snowplow(kind, url, facts):
    from snowplow_tracker import Emitter, PageView, StructuredEvent, Subject, Tracker

    host, _, port = url.partition("//")[2].partition(":")
    emitter = Emitter(host, protocol="http", port=int(port), batch_size=1)
    subject = Subject().set_platform("srv").set_user_id(facts["user_id"])
    subject.set_domain_user_id(facts["client_id"]).set_ip_address(facts["user_ip"])
    subject.set_useragent(facts["user_agent"]).set_lang(facts["language"])
    subject.set_screen_resolution(*map(int, facts["screen_resolution"].split("x")))
    tracker = Tracker("analytical", emitter, subject=subject, app_id=facts["account"])
    true_time = facts["timestamp"] * 1000
    if kind == "pageview":
        event = PageView(
            facts["url"], facts["title"], referrer=facts["referrer"], true_timestamp=true_time
        )
    else:
        event = StructuredEvent(
            facts["category"],
            facts["action"],
            label=facts["label"],
            value=facts["value"],
            true_timestamp=true_time,
        )
    tracker.track(event)
    tracker.flush()


def umami(kind, url, facts):
    import umami

    umami.set_url_base(url)
    umami.set_website_id(facts["account"])
    umami.set_hostname(facts["site"])
    shared = {
        "url": facts["url"],
        "referrer": facts["referrer"],
        "language": facts["language"],
        "screen": facts["screen_resolution"],
        "ip_address": facts["user_ip"],
        "distinct_id": facts["user_id"],
    }
    if kind == "pageview":
        umami.new_page_view(facts["title"], ua=facts["user_agent"], **shared)
    else:
        # The SDK has no agent of the visitor for events.
        umami.new_event(
            facts["name"], title=facts["title"], custom_data=facts["properties"], **shared
        )


def ga4mp(kind, url, facts):
    from ga4mp import GtagMP

    client = GtagMP(facts["api_secret"], facts["account"], facts["client_id"])
    client._base_domain = url + "/mp/collect"  # it has no option for that
    if kind == "pageview":
        event = client.create_new_event("page_view")
        parameters = {
            "page_location": facts["url"],
            "page_title": facts["title"],
            "page_referrer": facts["referrer"],
        }
    else:
        event = client.create_new_event(facts["name"])
        parameters = facts["properties"]
    for name, value in sorted(parameters.items()):
        event.set_event_param(name, value)
    client.store.set_session_parameter("session_id", facts["session_id"])
    client.send([event], date=datetime.datetime.fromtimestamp(facts["timestamp"]))


CLIENTS = {
    "amplitude-analytics": amplitude,
    "ga4mp": ga4mp,
    "mixpanel": mixpanel,
    "posthog": posthog,
    "rudder-sdk-python": rudder,
    "segment-analytics-python": segment,
    "snowplow-tracker": snowplow,
    "umami-analytics": umami,
}

if __name__ == "__main__":
    sys.addaudithook(keep_to_loopback)  # novm
    CLIENTS[sys.argv[1]](sys.argv[2], sys.argv[3], json.load(sys.stdin))
