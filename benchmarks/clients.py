"""
Everybody behind one face: ``open_client(name, url)`` gives ``call(number)`` and ``close(timeout)``.

Peers are set up as their documentation says, with the batches and kept connections that suit them best.
"""

from __future__ import absolute_import, division, print_function, unicode_literals

import collections
import sys
import time

from . import facts
from .floor import Floor
from .ours import open_ours

Client = collections.namedtuple("Client", "call close")

LIMIT = 10000  # hits that may wait, where a client has such a number; it is everybody's default


def floor(url, limit):
    """Queue dicts, sent by orjson."""
    return _floor(url, sys.modules.get("orjson") or __import__("orjson"))


def floor_json(url, limit):
    """Queue dicts, sent by json."""
    return _floor(url, None)


def _floor(url, orjson):
    client = Floor(url, orjson and orjson.dumps)

    def call(number):
        client.append(
            {
                "url": facts.URL,
                "title": facts.MARK % number,
                "referrer": facts.REFERRER,
                "client_id": facts.VISITOR,
                "user_ip": facts.ADDRESS,
                "user_agent": facts.AGENT,
                "language": facts.LANGUAGE,
                "time": time.time(),
            }
        )

    return Client(call, client.close)


def posthog(url, limit):
    """Queue, and a thread."""
    from posthog import Posthog

    client = Posthog("phc_" + facts.KEY, host=url, max_queue_size=limit, disable_geoip=False)

    def call(number):
        properties = {
            "$current_url": facts.URL,
            "$host": facts.HOST,
            "$pathname": facts.PATH,
            "$referrer": facts.REFERRER,
            "$referring_domain": "example.net",
            "$ip": facts.ADDRESS,
            "$raw_user_agent": facts.AGENT,
            "$browser_language": facts.LANGUAGE,
            "title": facts.MARK % number,
        }
        client.capture("$pageview", distinct_id=facts.VISITOR, properties=properties)

    return Client(call, lambda timeout: client.shutdown())


def segment(url, limit):
    """Queue, and a thread."""
    from segment.analytics.client import Client as Segment

    return _segment(Segment(facts.KEY, host=url, max_queue_size=limit))


def rudder(url, limit):
    """Queue, and a thread; the requests are compressed, as is its default."""
    from rudderstack.analytics.client import Client as Rudder

    return _segment(Rudder(facts.KEY, host=url, max_queue_size=limit))


def _segment(client):
    def call(number):
        page = {
            "url": facts.URL,
            "path": facts.PATH,
            "search": facts.SEARCH,
            "referrer": facts.REFERRER,
            "title": facts.MARK % number,
        }
        context = {
            "ip": facts.ADDRESS,
            "userAgent": facts.AGENT,
            "locale": facts.LANGUAGE,
            "page": page,
        }
        client.page(anonymous_id=facts.VISITOR, properties=page, context=context)

    def close(timeout):
        client.flush()
        client.join()

    return Client(call, close)


def mixpanel(url, limit):
    """Buffer of 50, sent in the caller's thread."""
    from mixpanel import BufferedConsumer, Mixpanel, MixpanelException

    consumer = BufferedConsumer(import_url=url + "/import")
    client = Mixpanel(facts.KEY, consumer)

    def call(number):
        properties = {
            "$device_id": facts.VISITOR,
            "ip": facts.ADDRESS,
            "$current_url": facts.URL,
            "current_domain": facts.HOST,
            "current_url_path": facts.PATH,
            "current_url_protocol": "https:",
            "current_url_search": facts.SEARCH,
            "$referrer": facts.REFERRER,
            "$referring_domain": "example.net",
            "user_agent": facts.AGENT,
            "language": facts.LANGUAGE,
            "current_page_title": facts.MARK % number,
        }
        try:
            client.import_data(
                None,
                "$device:" + facts.VISITOR,
                "$mp_web_page_view",
                int(time.time()),
                properties,
                api_secret=facts.KEY,
            )
        except MixpanelException:  # the collector is down; the hit stays in the buffer
            pass

    return Client(call, lambda timeout: consumer.flush())


def amplitude(url, limit):
    """Buffer, a thread, and sixteen that send."""
    from amplitude import Amplitude, BaseEvent, Config

    client = Amplitude(facts.KEY, Config(min_id_length=1, server_url=url + "/2/httpapi"))

    def call(number):
        properties = {
            "[Amplitude] Page Location": facts.URL,
            "[Amplitude] Page Title": facts.MARK % number,
            "[Amplitude] Page Domain": facts.HOST,
            "[Amplitude] Page Path": facts.PATH,
            "[Amplitude] Page URL": facts.URL.partition("?")[0],
            "referrer": facts.REFERRER,
            "referring_domain": "example.net",
        }
        client.track(
            BaseEvent(
                "[Amplitude] Page Viewed",
                device_id=facts.VISITOR,
                ip=facts.ADDRESS,
                user_agent=facts.AGENT,
                language=facts.LANGUAGE,
                event_properties=properties,
            )
        )

    return Client(call, lambda timeout: client.shutdown())


def snowplow(url, limit):
    """Queue, and a thread; a kept connection and batches of 50, which are not its defaults."""
    import requests
    from snowplow_tracker import AsyncEmitter, PageView, Subject, Tracker

    host, _, port = url.partition("//")[2].partition(":")
    emitter = AsyncEmitter(
        host,
        protocol="http",
        port=int(port),
        batch_size=50,
        buffer_capacity=limit,
        session=requests.Session(),
    )
    tracker = Tracker("bench", emitter, app_id="shop")

    def call(number):
        subject = Subject().set_platform("srv").set_domain_user_id(facts.VISITOR)
        subject.set_ip_address(facts.ADDRESS).set_useragent(facts.AGENT).set_lang(facts.LANGUAGE)
        tracker.track(
            PageView(
                facts.URL,
                facts.MARK % number,
                referrer=facts.REFERRER,
                event_subject=subject,
            )
        )

    return Client(call, lambda timeout: emitter.sync_flush())


def ga4mp(url, limit):
    """One request a call, each over a new connection, in the caller's thread."""
    from ga4mp import GtagMP

    client = GtagMP(facts.KEY, "G-ABC1234567", "1.1")
    client._base_domain = url + "/mp/collect"  # it has no option for that

    def call(number):
        event = client.create_new_event("page_view")
        event.set_event_param("page_location", facts.URL)
        event.set_event_param("page_title", facts.MARK % number)
        event.set_event_param("page_referrer", facts.REFERRER)
        client.send([event])

    return Client(call, lambda timeout: None)


def old(url, limit):
    """analytical 0.0.1: one request a call, each over a new connection, in the caller's thread."""
    import analytical

    client = analytical.Provider("googleanalytics", "UA-1-1")
    type(client._provider).ANALYTICS_API_URL = url + "/collect"

    def call(number):
        client.pageview(
            {
                "dl": facts.URL,
                "dt": facts.MARK % number,
                "dr": facts.REFERRER,
                "cid": facts.VISITOR,
                "uip": facts.ADDRESS,
                "ua": facts.AGENT,
                "ul": facts.LANGUAGE,
            }
        )

    return Client(call, lambda timeout: None)


PEERS = (posthog, segment, rudder, mixpanel, amplitude, snowplow, ga4mp, old)
OTHERS = {each.__name__: each for each in PEERS + (floor, floor_json)}


def open_client(name, url, limit=LIMIT):
    """Open a client by its name: one of OTHERS, or as ``ours`` says."""
    if name in OTHERS:
        return OTHERS[name](url, limit)
    return Client(*open_ours(name, url, limit))
