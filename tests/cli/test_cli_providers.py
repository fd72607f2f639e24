"""analytical providers: all platforms, and one in detail."""

from __future__ import absolute_import, division, print_function, unicode_literals

import pytest

from analytical import registry
from analytical.vocabulary import FIELDS

NEEDY = """
from analytical.errors import MissingDependency
raise MissingDependency("needy needs a package: pip install 'analytical[needy]' %s")
""" % ("or read the page about it, " * 5)


@pytest.fixture
def odd_providers(tmpdir, monkeypatch, register):
    """Register a provider that lacks a package, and one whose import fails."""
    monkeypatch.syspath_prepend(str(tmpdir))
    tmpdir.join("needy_one.py").write(NEEDY)
    tmpdir.join("broken_one.py").write("raise RuntimeError('secret')")
    register("needy", "needy_one.Provider")
    register("broken", "broken_one.Provider")


def test_list(run, run_json):
    """Each registered provider has a line of its own, within the terminal's width."""
    ran = run("providers")
    assert (ran.code, ran.err) == (0, "")
    assert [
        line.split()[0] for line in ran.out.partition("\n\n")[0].splitlines()
    ] == registry.names()
    code, (rows,) = run_json("providers")
    assert (code, [row["name"] for row in rows]) == (0, registry.names())
    assert "memory" in [row["name"] for row in rows if row["usable"]]


def test_missing_packages(run, odd_providers):
    """What cannot be loaded is listed with what to install, whole, and hides no other."""
    ran = run("providers")
    assert (ran.code, ran.err) == (0, "")
    lines = {line.split()[0]: line for line in ran.out.splitlines() if line}
    assert "pip install 'analytical[needy]' or read" in lines["needy"]
    assert lines["needy"].rstrip().endswith("about it,") and len(lines["needy"]) > 100
    assert "RuntimeError" in lines["broken"] and "secret" not in ran.out
    assert "memory" in lines


def test_missing_package_of_one(run, odd_providers):
    """Asked for, and as a target, it is a configuration error that says what to install."""
    for arguments in (("providers", "needy"), ("pageview", "https://x/", "--to", "needy://")):
        ran = run(*arguments)
        assert (ran.code, ran.out) == (2, "")
        assert "pip install 'analytical[needy]'" in ran.err


def test_one(run, run_json):
    """A provider's account, options with kinds and defaults, required and supported fields are told."""
    code, (facts,) = run_json("providers", "googleanalytics")
    assert code == 0
    assert "UA-" in facts["account"]
    options = {option["name"]: option for option in facts["options"]}
    assert (options["url"]["kind"], options["strict"]["default"]) == ("text", False)
    assert {"url", "title", "value", "custom_dimensions"} <= set(facts["fields"])
    assert {"session_id", "properties"} <= set(facts["unsupported"])
    assert set(facts["fields"]) | set(facts["unsupported"]) == {field.name for field in FIELDS}
    ran = run("providers", "googleanalytics")
    assert ran.code == 0 and max(len(line) for line in ran.out.splitlines()) <= 100
    for told in ("UA-", "strict (flag, default False)", "event: ", "session_id"):
        assert told in ran.out


def test_supported_is_what_the_provider_says(run_json):
    """The fields listed are those for which the provider itself has a place."""
    code, (facts,) = run_json("providers", "googleanalytics")
    provider = registry.make("googleanalytics", "UA-1-1", {})
    supported = [field.name for field in FIELDS if provider.supports(field.name)]
    assert (code, facts["fields"]) == (0, supported)


def test_local(run_json):
    """A local provider keeps every field."""
    code, (facts,) = run_json("providers", "memory")
    assert (code, facts["unsupported"]) == (0, [])


@pytest.mark.parametrize("name", registry.names())
def test_every_provider_can_be_described(run, name):
    """No provider fails to be described."""
    ran = run("providers", name)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(name + ": ")
