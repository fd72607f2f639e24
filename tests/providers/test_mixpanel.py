"""mixpanel: what the golden requests do not show."""

from __future__ import absolute_import, division, print_function, unicode_literals

import base64
import json

import pytest

import analytical
from analytical.errors import ConfigurationError
from analytical.params import read
from analytical.providers.explaining import masked
from analytical.secrets import Secret
from analytical.testing import Collector, ProviderContract

PAGE = {"dl": "https://example.com/", "cid": "c-1"}
KEY = "planted0123456789"
ACCOUNT = {"username": "robot.1.mp-service-account", "secret": "planted-secret"}


class TestContract(ProviderContract):
    name, account = "mixpanel", KEY
    secrets = (KEY,)
    answer = b'{"code": 200, "num_records_imported": 1, "status": "OK"}'


class TestServiceAccountContract(TestContract):
    account, options = "123", ACCOUNT
    secrets = ("planted-secret",)


def outcomes(status, answer, count=3):
    """Say what becomes of so many hits when the server answers like this."""
    body = answer if isinstance(answer, bytes) else json.dumps(answer).encode("ascii")
    with Collector() as collector:
        collector.answer(status, body)
        provider = analytical.Provider("mixpanel", KEY, url=collector.url)
        found = provider.batch([("pageview", PAGE)] * count)
        assert len(collector.requests) == 1
    return [(each.state, each.reason) for each in found]


def failed(*records):
    """Make the answer that names records that were refused."""
    return {"code": 400, "error": "some data points", "failed_records": list(records)}


def test_a_partial_400_is_split():
    """Records that a 400 names are rejected, and the others were taken."""
    record = {"index": 1, "$insert_id": "x", "field": "properties.time", "message": "is 'secret'"}
    assert outcomes(400, failed(record)) == [
        ("delivered", ""),
        ("rejected", "invalid"),
        ("delivered", ""),
    ]


def test_the_refused_property_is_named_without_its_value():
    """The outcome says which property was refused, and nothing that the server repeats of it."""
    record = {"index": 0, "field": "properties.time", "message": "is 'planted value'"}
    with Collector() as collector:
        collector.answer(400, json.dumps(failed(record)))
        found = analytical.Provider("mixpanel", KEY, url=collector.url).pageview(PAGE)
    assert found.detail == "the platform refused properties.time"


@pytest.mark.parametrize(
    "answer",
    [b"", b"[]", failed(), failed({"index": "1"}), failed(7), {"failed_records": {"index": 1}}],
)
def test_a_400_that_names_none(answer):
    """A 400 that names no record refuses a hit alone, and is tried in smaller batches otherwise."""
    assert outcomes(400, answer, 1) == [("rejected", "http_400")]
    assert outcomes(400, answer, 2) == [("retry", "http_400")] * 2


@pytest.mark.parametrize(
    "status, state",
    [(200, "delivered"), (401, "rejected"), (429, "retry"), (502, "retry"), (503, "retry")],
)
def test_other_statuses(status, state):
    """Credentials are final; rate limits and faults of the server are not."""
    assert [each[0] for each in outcomes(status, b"no")] == [state] * 3


def test_a_retry_counts_once():
    """The parts that Mixpanel finds repeated hits by are the same on every attempt."""
    provider = analytical.Provider("mixpanel", KEY)
    envelope = analytical.delivery.base.envelope_of(provider.payload(read("pageview", PAGE)))
    bodies = {provider.requests([envelope], now)[0].body for now in (1750000000, 1750003600)}
    assert len(bodies) == 1
    assert provider.may_repeat()


def test_insert_ids_have_a_form_that_is_taken():
    """An insert id has 36 characters at most, of letters, digits and hyphens; the time is whole."""
    properties = analytical.Provider("mixpanel", KEY).payload(read("pageview", PAGE))["properties"]
    assert len(properties["$insert_id"]) == 36
    assert properties["$insert_id"].replace("-", "").isalnum()
    assert isinstance(properties["time"], int)


def test_the_caller_cannot_break_ids():
    """Properties of the caller do not replace what finds repeated hits."""
    given = {"time": "x", "$insert_id": "y", "distinct_id": "z", "ip": "192.0.2.1"}
    provider = analytical.Provider("mixpanel", KEY)
    properties = provider.payload(read("pageview", PAGE, {"properties": given}))["properties"]
    assert properties["distinct_id"] == "$device:c-1"
    assert (properties["time"], properties["$insert_id"]) != ("x", "y")
    assert properties["ip"] == "192.0.2.1"


@pytest.mark.parametrize("word", ["anonymous", " None ", "0", "-1", "[]", ""])
def test_ids_that_are_none(word):
    """An id that Mixpanel does not take is never sent, and validate() names its field."""
    provider = analytical.Provider("mixpanel", KEY)
    params = {"url": "https://example.com/", "user_id": word, "client_id": word}
    first, second = [provider.payload(read("pageview", params))["properties"] for _ in range(2)]
    assert first["distinct_id"] != second["distinct_id"]
    assert "$user_id" not in first
    codes = [(each.field, each.code) for each in provider.validate("pageview", params)]
    assert codes == [("client_id", "reserved"), ("user_id", "reserved")]


@pytest.mark.parametrize("account", [None, "", 123, "a\nb", "UA-12345-6", "G-ABC1234567"])
def test_accounts_that_cannot_work(account):
    """What is no token is refused at once."""
    with pytest.raises(ConfigurationError):
        analytical.Provider("mixpanel", account)


@pytest.mark.parametrize(
    "account, options",
    [
        ("123", {"username": "robot"}),
        ("123", {"secret": "s"}),
        ("123", {"username": "a:b", "secret": "s"}),
        ("token", ACCOUNT),
        (None, ACCOUNT),
        (b"\xff", ACCOUNT),
        (KEY, {"region": "mars"}),
    ],
)
def test_options_that_cannot_work(account, options):
    """A service account is a name and a secret, for the number of a project."""
    with pytest.raises(ConfigurationError):
        analytical.Provider("mixpanel", account, **options)


@pytest.mark.parametrize("account", [123, "123", b"123", " 123 "])
def test_the_number_of_a_project(account):
    """With a service account, the account is the project's number, in any type."""
    provider = analytical.Provider("mixpanel", account, region="in", **ACCOUNT)
    envelope = analytical.delivery.base.envelope_of(provider.payload(read("pageview", PAGE)))
    request = provider.requests([envelope], 1750000000)[0]
    assert request.url == "https://api-in.mixpanel.com/import?strict=1&project_id=123"


def test_a_preview_masks_the_service_account():
    """The header that the secret leaves in is masked where a request is shown."""
    provider = analytical.Provider("mixpanel", "123", **ACCOUNT)
    request = provider.preview([read("pageview", PAGE)])[0]
    pair = base64.b64encode(b"robot.1.mp-service-account:planted-secret").decode("ascii")
    assert request.headers["Authorization"] == "Basic " + pair
    assert masked(request, provider)["headers"]["Authorization"] == "Basic ****"
    assert Secret("planted-secret") in provider.secrets()


def test_addresses():
    """The path of the other API, and a query, lead to the import all the same."""
    provider = analytical.Provider("mixpanel", KEY, url="https://example.com/mp/track?via=proxy")
    envelope = analytical.delivery.base.envelope_of(provider.payload(read("pageview", PAGE)))
    request = provider.requests([envelope], 1750000000)[0]
    assert request.url == "https://example.com/mp/import?via=proxy&strict=1"


def test_a_large_hit_is_rejected_alone():
    """A hit over the limit harms no other of its batch."""
    with Collector() as collector:
        provider = analytical.Provider("mixpanel", KEY, url=collector.url)
        large = dict(PAGE, dt="x" * 1000000)
        found = provider.batch([("pageview", PAGE), ("pageview", large), ("pageview", PAGE)])
        assert [each.reason for each in found] == ["", "too_large", ""]
        assert len(collector.requests) == 1


def test_validate_knows_the_limits():
    """Long texts, too many properties and events without a name are problems."""
    provider = analytical.Provider("mixpanel", KEY)
    many = {"p%d" % number: 1 for number in range(255)}
    found = provider.validate("event", name="x" * 256, client_id="c-1", properties=many)
    assert sorted(each.field for each in found) == ["name", "properties"]
    assert [each.code for each in provider.validate("event", client_id="c-1")] == ["required"]
    assert provider.validate("pageview", PAGE) == []
