"""
The vocabulary: one table of every field a hit can have, from which aliases, checks and docs come.

A row: readable name, Measurement Protocol v1 name, kind, limit in bytes in Google's protocol, meaning.
Names, types and limits are those of Google's parameter reference:
https://developers.google.com/analytics/devguides/collection/protocol/v1/parameters
"""

from __future__ import absolute_import, division, print_function, unicode_literals

from . import moments, values

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, Optional, Text

KINDS = {
    "text": values.text,
    "integer": values.integer,
    "number": values.number,
    "money": values.money,
    "boolean": values.boolean,
    "presence": values.presence,
    "time": moments.time,
    "properties": values.properties,
    "texts": values.indexed(values.text),
    "numbers": values.indexed(values.number),
    "items": values.items,
    "consent": values.consent,
    "extra": values.extra,
}  # type: Dict[Text, Callable[[Any], Any]]

# fmt: off
_TABLE = (
    # page
    ('url', 'dl', 'text', 2048, 'full address of the page'),
    ('host', 'dh', 'text', 100, 'host of the page; stands in for that of url'),
    ('path', 'dp', 'text', 2048, 'path and query of the page; stands in for that of url'),
    ('title', 'dt', 'text', 1500, 'title of the page'),
    ('referrer', 'dr', 'text', 2048, 'address of the page that led here'),
    ('content_group_1', 'cg1', 'text', 100, 'first content group'),
    ('content_group_2', 'cg2', 'text', 100, 'second content group'),
    ('content_group_3', 'cg3', 'text', 100, 'third content group'),
    ('content_group_4', 'cg4', 'text', 100, 'fourth content group'),
    ('content_group_5', 'cg5', 'text', 100, 'fifth content group'),
    # visitor
    ('client_id', 'cid', 'text', None, 'pseudonymous id of the browser or device'),
    ('user_id', 'uid', 'text', None, "the site's own id of a signed-in user; no name, no email"),
    ('session_id', None, 'text', None, 'id of the visit'),
    ('user_ip', 'uip', 'text', None, "the visitor's IP address"),
    ('user_agent', 'ua', 'text', None, "the visitor's User-Agent header"),
    ('language', 'ul', 'text', 20, 'language of the visitor, such as en-gb'),
    ('geo_id', 'geoid', 'text', None, 'place of the visitor: country code or criteria id'),
    # device
    ('screen_resolution', 'sr', 'text', 20, 'screen size in pixels, such as 1920x1080'),
    ('viewport_size', 'vp', 'text', 20, 'size of the visible part in pixels, such as 1200x800'),
    ('screen_colors', 'sd', 'text', 20, 'colour depth, such as 24-bits'),
    ('encoding', 'de', 'text', 20, 'character encoding of the page'),
    # event
    ('name', None, 'text', None, 'name of the event, on platforms that name events'),
    ('category', 'ec', 'text', 150, 'category of the event'),
    ('action', 'ea', 'text', 500, 'action of the event'),
    ('label', 'el', 'text', 500, 'label of the event'),
    ('value', 'ev', 'number', None, 'value of the event; a whole number, 0 or more, on Google Analytics'),
    ('properties', None, 'properties', None, 'named values of the event, a dict'),
    ('non_interaction', 'ni', 'boolean', None, 'the event says nothing about engagement'),
    # campaign
    ('campaign_name', 'cn', 'text', 100, 'campaign (utm_campaign)'),
    ('campaign_source', 'cs', 'text', 100, 'source (utm_source)'),
    ('campaign_medium', 'cm', 'text', 50, 'medium (utm_medium)'),
    ('campaign_term', 'ck', 'text', 500, 'keyword (utm_term)'),
    ('campaign_content', 'cc', 'text', 500, 'content (utm_content)'),
    ('campaign_id', 'ci', 'text', 100, 'campaign id (utm_id)'),
    ('gclid', 'gclid', 'text', None, 'Google Ads click id'),
    ('dclid', 'dclid', 'text', None, 'Google Display Ads click id'),
    # commerce
    ('transaction_id', 'ti', 'text', 500, 'id of the order'),
    ('affiliation', 'ta', 'text', 500, 'shop or affiliate of the order'),
    ('revenue', 'tr', 'money', None, 'total of the order, with tax and shipping'),
    ('shipping', 'ts', 'money', None, 'shipping cost of the order'),
    ('tax', 'tt', 'money', None, 'tax of the order'),
    ('coupon', 'tcc', 'text', None, 'coupon of the order'),
    ('currency', 'cu', 'text', 10, 'ISO 4217 currency, such as EUR'),
    ('product_action', 'pa', 'text', None, 'detail, click, add, remove, checkout, purchase, refund'),
    ('items', None, 'items', None, 'products: dicts with id, name, brand, category, variant, price, '
        'quantity, coupon, position'),
    # custom
    ('custom_dimensions', None, 'texts', 150, 'custom dimensions, {1: text}'),
    ('custom_metrics', None, 'numbers', None, 'custom metrics, {1: number}'),
    # app
    ('app_name', 'an', 'text', 100, 'name of the application'),
    ('app_id', 'aid', 'text', 150, 'id of the application'),
    ('app_version', 'av', 'text', 100, 'version of the application'),
    ('app_installer_id', 'aiid', 'text', 150, 'id of the installer'),
    ('screen_name', 'cd', 'text', 2048, 'name of the screen'),
    # other hit types
    ('social_network', 'sn', 'text', 50, 'social network'),
    ('social_action', 'sa', 'text', 50, 'social action, such as like'),
    ('social_target', 'st', 'text', 2048, 'target of the social action, mostly an address'),
    ('timing_category', 'utc', 'text', 150, 'category of the timing'),
    ('timing_variable', 'utv', 'text', 500, 'variable of the timing'),
    ('timing_time', 'utt', 'integer', None, 'time taken, in milliseconds'),
    ('timing_label', 'utl', 'text', 500, 'label of the timing'),
    ('exception_description', 'exd', 'text', 150, 'description of the exception'),
    ('exception_fatal', 'exf', 'boolean', None, 'whether the exception was fatal'),
    # control
    ('timestamp', None, 'time', None, 'when it happened: datetime (naive is UTC), Unix seconds or '
        'ISO 8601; qt is its age in milliseconds'),
    ('session_control', 'sc', 'text', None, 'start or end a session with this hit'),
    ('data_source', 'ds', 'text', None, 'where the hit comes from, such as web or app'),
    ('anonymize_ip', 'aip', 'presence', None, 'the platform shall anonymize the address'),
    ('no_personalized_ads', 'npa', 'boolean', None, 'no personalized advertising from this hit'),
    ('cache_buster', 'z', 'text', None, 'random text against caches'),
    ('consent', None, 'consent', None, "what the visitor agreed to: {'analytics': bool, 'ads': bool}"),
    ('dnt', None, 'boolean', None, 'the visitor asks not to be tracked (header DNT)'),
    ('gpc', None, 'boolean', None, 'the visitor asks that nothing is sold or shared (header Sec-GPC)'),
    ('purpose', None, 'text', None, 'what the request was for, such as prefetch (header Sec-Purpose)'),
    ('method', None, 'text', None, 'HTTP method of the request'),
    ('status', None, 'integer', None, 'HTTP status of the answer'),
    ('response_time', None, 'number', None, 'time until the answer began, in milliseconds'),
    ('extra', None, 'extra', None, "raw parameters for one platform: {'matomo': {...}}"),
)
# fmt: on

# Fields that say how to treat a hit, not what the visitor did; a platform without a place for them
# loses nothing.
CONTROL = tuple(
    "timestamp extra cache_buster data_source consent dnt gpc purpose method status response_time".split()
)

HIT_TYPES = (
    "pageview",
    "screenview",
    "event",
    "transaction",
    "item",
    "social",
    "exception",
    "timing",
)


class Field(object):
    """
    One row of the vocabulary.

    :ivar str name: the readable name
    :ivar str parameter: the Measurement Protocol v1 name, or None
    :ivar str kind: a key of ``KINDS``
    :ivar int limit: the most bytes of UTF-8 Google's protocol takes, or None
    :ivar str meaning: one line for docs and the command line's help
    :ivar convert: the kind's converter
    """

    __slots__ = tuple(
        str(slot) for slot in ("name", "parameter", "kind", "limit", "meaning", "convert")
    )

    def __init__(self, name, parameter, kind, limit, meaning):
        # type: (Text, Optional[Text], Text, Optional[int], Text) -> None
        self.name = name
        self.parameter = parameter
        self.kind = kind
        self.limit = limit
        self.meaning = meaning
        self.convert = KINDS[kind]

    def __repr__(self):
        # type: () -> str
        return str("Field(%s, %s, %s)" % (self.name, self.parameter, self.kind))


FIELDS = tuple(Field(*row) for row in _TABLE)
BY_NAME = {field.name: field for field in FIELDS}  # type: Dict[Text, Field]
BY_PARAMETER = {
    field.parameter: field for field in FIELDS if field.parameter is not None
}  # type: Dict[Text, Field]
