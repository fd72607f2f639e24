"""
Golden requests: golden/NAME.json says for hits which exact requests a provider makes of them.

A file: ``account``, ``options``, and ``cases``, each with ``name``, ``hits`` (``type``, ``params``, and
``time`` where it is not the ``now`` of the case), and either ``requests`` (``method``, ``url``,
``headers``, ``body``: JSON, or the text itself) or ``outcomes``, for hits that are refused.
"""

from __future__ import absolute_import, division, print_function, unicode_literals

import io
import json
import os
import zlib

import pytest
from six.moves.urllib.parse import urlsplit

import analytical
from analytical.delivery.base import Envelope
from analytical.params import read
from analytical.testing import Collector

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "golden")
NOW = 1750000000.0
# Providers that make no requests, or whose requests no file can hold.
WITHOUT = {"sqlite", "console", "memory", "fanout"}


def load(name):
    """Read the file of one provider."""
    with io.open(os.path.join(FOLDER, name + ".json"), encoding="utf-8") as file:
        return json.load(file)


def cases():
    """List (provider, case) for all files."""
    for name in sorted(os.listdir(FOLDER)):
        name = name[: -len(".json")]
        for case in load(name)["cases"]:
            yield pytest.param(name, case, id="%s-%s" % (name, case["name"].replace(" ", "_")))


def make(name, **more):
    """Make the provider that a file is about."""
    options = {str(key): value for key, value in load(name).get("options", {}).items()}
    if "url" in more:  # which names an endpoint, as a region does
        options.pop("region", None)
    options.update(more)
    return analytical.Provider(
        name.partition("-")[0], load(name)["account"], fail_silently=False, **options
    )


def envelopes(provider, case):
    """Make the envelopes of a case; ids and times are fixed."""
    result = []
    for number, given in enumerate(case["hits"], 1):
        hit = read(given["type"], given["params"], now=given.get("time", case.get("now", NOW)))
        hit.id = "000000000000400080000000%08x" % number
        result.append(Envelope(hit.id, hit.time, provider.payload(hit)))
    return result


def body(request):
    """Give a body as the files hold it: JSON parsed, anything else as text."""
    text = request.body.decode("utf-8")
    if request.headers.get("Content-Type", "").startswith("application/json"):
        return json.loads(text)
    return text


def unordered(request):
    """Sort the pairs of each form line: on Python 2.7 a dict has no order, and so a form has none."""
    if "form-urlencoded" not in request["headers"].get("Content-Type", ""):
        return request
    lines = request["body"].split("\n")
    return dict(request, body=["&".join(sorted(line.split("&"))) for line in lines])


@pytest.mark.parametrize("name, case", list(cases()))
def test_requests(name, case):
    """The hits of a case become exactly the requests that the file holds."""
    provider = make(name)
    sent = envelopes(provider, case)
    now = case.get("now", NOW)
    if "outcomes" in case:
        outcomes = [
            provider.refusal(envelope, provider.encode(envelope, now), now) for envelope in sent
        ]
        said = [
            None if outcome is None else "%s %s" % (outcome.state, outcome.reason)
            for outcome in outcomes
        ]
        assert said == case["outcomes"]
        return
    made = [
        {
            "method": request.method,
            "url": request.url,
            "headers": dict(request.headers),
            "body": body(request),
        }
        for request in provider.requests(sent, now)
    ]
    assert [unordered(each) for each in made] == [unordered(each) for each in case["requests"]]


@pytest.mark.parametrize("name, case", [p for p in cases() if "requests" in p.values[1]])
def test_over_a_socket(name, case):
    """The same requests arrive at a server byte by byte."""
    provider = make(name)
    now = case.get("now", NOW)
    with Collector() as collector:
        local = make(name, url=collector.url)
        for request in provider.requests(envelopes(provider, case), now):
            there = collector.url + request.url[len("https://" + urlsplit(request.url).netloc) :]
            request.url = there
            local.transport.send(request, 10)
            received = collector.requests[-1]
            assert received.method == request.method
            assert received.raw_body == request.body
            assert received.path == urlsplit(there).path
            for header, value in request.headers.items():
                assert received.headers.get(header) == value.strip()


def compressible(name, case):
    """Tell whether requests come of a case that a provider can compress."""
    options = {option.name for option in make(name).OPTIONS}
    jitsu = load(name).get("options", {}).get("flavor") == "jitsu"
    return "requests" in case and "compress" in options and not jitsu


@pytest.mark.parametrize("name, case", [p for p in cases() if compressible(*p.values)])
def test_compressed(name, case):
    """With compress=True the same requests carry the same bodies in gzip, always the same bytes."""
    provider = make(name)
    sent, now = envelopes(provider, case), case.get("now", NOW)
    packer = make(name, compress=True)
    packed = packer.requests(sent, now)
    for plain, request, again in zip(
        provider.requests(sent, now), packed, packer.requests(sent, now)
    ):
        assert request.headers == dict(plain.headers, **{"Content-Encoding": "gzip"})
        assert zlib.decompress(request.body, 16 + zlib.MAX_WBITS) == plain.body
        assert (request.method, request.url) == (plain.method, plain.url)
        assert request.body == again.body != plain.body
        assert request.body[4:8] == b"\0" * 4  # RFC 1952: the time, and here none


def platforms():
    """List the providers by their own names, aliases left out."""
    names = set(analytical.registry.names()) - WITHOUT
    return sorted(name for name in names if analytical.registry.provider_class(name).name == name)


@pytest.mark.parametrize("name", platforms())
def test_every_provider_has_its_file(name):
    """A provider without at least twelve golden hits is not done."""
    name = analytical.registry.provider_class(name).name  # another name has no file of its own
    files = [file for file in os.listdir(FOLDER) if file[: -len(".json")].partition("-")[0] == name]
    hits = sum(len(case["hits"]) for file in files for case in load(file[: -len(".json")])["cases"])
    assert hits >= 12, "%s has %d golden hits" % (name, hits)
