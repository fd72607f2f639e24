"""Named configurations: analytical.configure() and the providers made by their names."""

from __future__ import absolute_import, division, print_function, unicode_literals

import pytest

import analytical
from analytical import configurations, registry
from analytical.errors import ConfigurationError, UnknownProvider


@pytest.fixture(autouse=True)
def own_names(monkeypatch):
    """Forget what a test has configured and registered."""
    monkeypatch.setattr(configurations, "_configured", {})
    monkeypatch.setattr(registry, "_registered", dict(registry._registered))


def test_provider_by_its_name():
    """A configured name makes the provider with its account and options."""
    analytical.configure("web", "googleanalytics", "UA-1-1", timeout=1)
    provider = analytical.Provider("web")
    assert (provider.name, provider.data, provider.timeout) == ("googleanalytics", "UA-1-1", 1.0)
    assert provider.configured == "web"
    assert analytical.Provider("googleanalytics", "UA-1-1").configured is None
    assert analytical.from_url("web://?strict=true").guard.strict is True


def test_configured_again():
    """The same name configured again is replaced; providers made before stay as they are."""
    analytical.configure("web", "googleanalytics", "UA-1-1")
    before = analytical.Provider("web")
    analytical.configure("web", "googleanalytics", "UA-2-2")
    assert (before.data, analytical.Provider("web").data) == ("UA-1-1", "UA-2-2")


@pytest.mark.parametrize(
    ("args", "options", "says"),
    [
        (("web", "nothing"), {}, "unknown provider"),
        (("memory", "memory"), {}, "is a provider"),
        (("a b", "memory"), {}, "takes letters"),
        ((None, "memory"), {}, "is text"),
        (("web", "memory"), {"nothing": 1}, "no option nothing"),
        (("web", "memory"), {"timeout": "planted"}, "timeout="),
        (("web", "memory"), {"data": 1}, "no option data"),
    ],
)
def test_mistakes(args, options, says):
    """A mistake is an error where it is made, and configures nothing."""
    with pytest.raises(ConfigurationError) as caught:
        analytical.configure(*args, **options)
    assert says in str(caught.value) and "planted" not in str(caught.value)
    assert not configurations._configured


@pytest.mark.parametrize(("data", "options"), [("UA-2-2", {}), (None, {"timeout": 2})])
def test_one_name_one_configuration(data, options):
    """A provider by name takes no other account, and only options that act where hits are made."""
    analytical.configure("web", "googleanalytics", "UA-1-1")
    with pytest.raises(ConfigurationError):
        analytical.Provider("web", data, **options)
    assert analytical.Provider("web", fail_silently=False).fail_silently is False


def test_names_are_of_one_kind():
    """No provider can be registered by a configured name."""
    analytical.configure("web", "memory")
    with pytest.raises(ConfigurationError):
        analytical.register("web", "package.module.Class")


def test_unknown_name_has_a_way_out():
    """What is not configured is said with the nearest name."""
    analytical.configure("website", "memory")
    with pytest.raises(UnknownProvider) as caught:
        configurations.find("webstie")
    assert "did you mean website?" in str(caught.value)


def test_no_repr_shows_a_credential():
    """A configuration shows nothing of what it holds."""
    analytical.configure("web", "segment", "planted", url="https://example.com/planted")
    assert "planted" not in repr(configurations.find("web"))
