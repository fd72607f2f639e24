"""The hit that everybody sends, and the accounts to send it to; nothing here names a real place or person."""

from __future__ import absolute_import, division, print_function, unicode_literals

MARK = "hit-%07d"  # stands in the title of each hit; the collector finds it again in any encoding

URL = "https://example.com/shop?size=10"
HOST, PATH, SEARCH = "example.com", "/shop", "?size=10"
REFERRER = "https://example.net/"
VISITOR = "35009a79-1a05-49d7-b876-2b884d0f825b"
ADDRESS = "203.0.113.9"
ADDRESS6 = "2001:db8:85a3:8d3:1319:8a2e:370:7348"
AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
LANGUAGE = "en-gb"

PAGEVIEW = {
    "dl": "https://example.com/shop?utm_source=mail",
    "dt": "Shop",
    "dr": REFERRER,
    "cid": VISITOR,
    "uip": ADDRESS,
    "ua": AGENT,
    "ul": LANGUAGE,
}
KEY = "0123456789abcdef0123456789abcdef"
ACCOUNTS = {
    "amplitude": (KEY, {}),
    "ga4mp": ("G-ABC1234567", {"api_secret": KEY}),
    "goatcounter": ("example", {"token": KEY}),
    "googleanalytics": ("UA-1-1", {}),
    "googleanalytics4": ("G-ABC1234567", {"api_secret": KEY}),
    "googledatamanager": ("G-ABC1234567", {"property_id": "123456789", "token": KEY}),
    "matomo": ("1", {"url": "https://example.com"}),
    "memory": (None, {}),
    "mixpanel": (KEY, {}),
    "old": ("UA-1-1", {}),
    "openpanel": ("94db1cb1-74f4-4a40-ad6c-962362670409", {"client_secret": KEY}),
    "pirsch": ("example.com", {"access_key": "pa_" + KEY}),
    "plausible": ("example.com", {}),
    "posthog": ("phc_" + KEY, {}),
    "rudder": (KEY, {"flavor": "rudderstack", "compress": True}),
    "segment": (KEY, {}),
    "snowplow": ("shop", {"url": "https://example.com"}),
    "umami": ("94db1cb1-74f4-4a40-ad6c-962362670409", {}),
}
# What the provider is called where the key in ACCOUNTS is that of a peer.
PLATFORMS = {"ga4mp": "googleanalytics4", "old": "googleanalytics", "rudder": "segment"}
