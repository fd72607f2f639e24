"""The public names: the factory, the registry, addresses of providers."""

from __future__ import absolute_import, division, print_function, unicode_literals

import os
import subprocess
import sys

import pytest

import analytical
from analytical import registry
from analytical.providers import googleanalytics, memory
from analytical.providers.base import BaseProvider

SECRET = "s3cr3t-Zx81"  # stands in addresses, and must not stand in any error


@pytest.fixture(autouse=True)
def own_registry(monkeypatch):
    """Let each test register what it likes, in a copy."""
    monkeypatch.setattr(registry, "_registered", dict(registry._registered))


class Mine(memory.Provider):
    """A provider that somebody else wrote."""

    name = "mine"


class TestNames:
    @pytest.mark.parametrize("name", analytical.__all__)
    def test_every_public_name_is_there(self, name):
        """What ``__all__`` names can be imported."""
        assert getattr(analytical, name) is not None

    def test_star_import(self):
        """``from analytical import *`` works on Python 2 too, where names must be bytes."""
        names = {}
        exec("from analytical import *", names)
        assert names["Provider"] is analytical.Provider

    @pytest.mark.parametrize("name", analytical._SUBMODULES)
    def test_submodules_need_no_import_of_their_own(self, name):
        """After ``import analytical`` its modules are attributes of it."""
        code = "import analytical; print(analytical.%s.__name__)" % name
        path = os.pathsep.join(folder or os.getcwd() for folder in sys.path)
        output = subprocess.check_output(
            [sys.executable, "-c", code], env=dict(os.environ, PYTHONPATH=str(path))
        )
        assert output.decode("ascii").strip() == "analytical." + name

    def test_unknown_attribute(self):
        """A name that is not there is an AttributeError, as in any module."""
        with pytest.raises(AttributeError):
            analytical.nonsense()


class TestProvider:
    def test_makes_an_instance_of_the_platforms_class(self):
        """The factory returns the platform's own class, with its account and options."""
        made = analytical.Provider("googleanalytics", "UA-XXXXXX-Y", timeout=2)
        assert type(made) is googleanalytics.Provider
        assert (made.property_id, made.timeout) == ("UA-XXXXXX-Y", 2)

    def test_name_may_be_bytes(self):
        """A name read from a file in binary mode is a name."""
        assert type(analytical.Provider(b"memory")) is memory.Provider

    def test_account_may_be_bytes_with_white_space(self):
        """An account as a file holds it is stripped and decoded."""
        assert analytical.Provider("googleanalytics", b" UA-1-1\n").property_id == "UA-1-1"

    @pytest.mark.parametrize("name", ["unknown", "", "Memory", "mem ory", "\xe9"])
    def test_unknown_name(self, name):
        """A name that nobody registered is a ValueError that lists the known ones."""
        with pytest.raises(ValueError) as caught:
            analytical.Provider(name, "")
        assert isinstance(caught.value, analytical.UnknownProvider)
        assert isinstance(caught.value, analytical.ConfigurationError)
        assert "googleanalytics" in str(caught.value) and "memory" in str(caught.value)

    def test_unknown_name_suggests_the_nearest(self):
        """A slip of the finger is answered with the name that was meant."""
        with pytest.raises(ValueError) as caught:
            analytical.Provider("googelanalytics", "UA-1-1")
        assert "did you mean googleanalytics?" in str(caught.value)

    @pytest.mark.parametrize("name", [None, 5, ["memory"], object()])
    def test_name_of_another_type(self, name):
        """A name is text."""
        with pytest.raises(analytical.ConfigurationError):
            analytical.Provider(name, "")

    @pytest.mark.parametrize(
        "account", [None, "", "  ", 5, ["UA-1-1"], b"\xff\xfe", "\ud800", True, "G-ABC1234567"]
    )
    def test_account_that_cannot_be_one(self, account):
        """An account of the wrong type or form is an error when the provider is made, not later."""
        with pytest.raises(analytical.ConfigurationError) as caught:
            analytical.Provider("googleanalytics", account, fail_silently=True)
        assert getattr(caught.value, "__context__", None) is None

    @pytest.mark.parametrize(
        ("option", "named"),
        [("timeuot", "timeout"), ("striict", "strict"), ("fail_silent", "fail_silently")],
    )
    def test_unknown_option(self, option, named):
        """An unknown option is an error that names it and the nearest known one."""
        with pytest.raises(analytical.ConfigurationError) as caught:
            analytical.Provider("memory", **{str(option): 1})
        assert option in str(caught.value)
        assert "did you mean %s?" % named in str(caught.value)

    @pytest.mark.parametrize("option", ["data", "initial_data", "self"])
    @pytest.mark.parametrize("name", ["memory", "googleanalytics"])
    def test_options_named_as_a_constructors_parameters(self, name, option):
        """An option that happens to have the name of a parameter is an unknown one too."""
        with pytest.raises(analytical.ConfigurationError) as caught:
            analytical.from_url("%s://UA-1-1?%s=x" % (name, option))
        assert "no option " + option in str(caught.value)

    @pytest.mark.parametrize(
        ("option", "value"),
        [
            ("timeout", 0),
            ("timeout", -1),
            ("timeout", float("nan")),
            ("timeout", float("inf")),
            ("timeout", 10**400),
            ("timeout", True),
            ("timeout", SECRET),
            ("timeout", [3]),
            ("strict", SECRET),
            ("strict", 2),
            ("fail_silently", []),
            ("on_drop", SECRET),
            ("processors", [1]),
            ("processors", {"a": len}),
            ("processors", SECRET),
            ("delivery", object()),
            ("url", "https://[" + SECRET),
            ("session", SECRET),
        ],
    )
    def test_option_of_the_wrong_kind(self, option, value):
        """A bad option is named in a ConfigurationError, whose text and context do not hold it."""
        with pytest.raises(analytical.ConfigurationError) as caught:
            analytical.Provider("googleanalytics", "UA-1-1", **{str(option): value})
        assert option in str(caught.value)
        assert SECRET not in str(caught.value)
        assert getattr(caught.value, "__context__", None) is None

    def test_none_is_the_default(self):
        """An option given as None is as one not given."""
        made = analytical.Provider("memory", timeout=None, strict=None, delivery=None)
        assert (made.timeout, made.guard.strict) == (3, False)

    def test_repr_names_the_platform_only(self):
        """A repr, which may come into any log, holds neither account nor options."""
        made = analytical.Provider("googleanalytics", "UA-1-1", url="https://example.com/" + SECRET)
        assert repr(made) == "<googleanalytics provider>"


class TestRegister:
    def test_class(self):
        """A registered class is made by its name."""
        analytical.register("mine", Mine)
        assert type(analytical.Provider("mine")) is Mine

    def test_dotted_path_is_imported_when_asked_for(self):
        """A dotted path costs nothing until it is used, so a wrong one is an error only then."""
        analytical.register("later", "no_such_package.module.Class")
        with pytest.raises(analytical.ConfigurationError) as caught:
            analytical.Provider("later")
        assert "no_such_package" in str(caught.value)
        analytical.register("later", "analytical.providers.memory.Provider")
        assert type(analytical.Provider("later")) is memory.Provider

    def test_known_name_is_replaced(self):
        """The last registration of a name holds, of a built-in one too."""
        analytical.register("memory", Mine)
        assert type(analytical.Provider("memory")) is Mine

    @pytest.mark.parametrize(
        "name", ["", "a b", "a/b", "a:b", "-a", "\xe9", b"\xff", "a\n", None, 5]
    )
    def test_names_that_no_address_could_hold(self, name):
        """A name takes letters, digits and a few signs, so that it can stand in an address."""
        with pytest.raises(analytical.ConfigurationError):
            analytical.register(name, Mine)

    @pytest.mark.parametrize(
        "provider",
        [object, Mine("x"), lambda data: None, 5, None, "", "nodot", b"\xff.x"],
        ids=repr,
    )
    def test_what_is_no_provider(self, provider):
        """Only subclasses of BaseProvider, and dotted paths, can be registered."""
        with pytest.raises(analytical.ConfigurationError):
            analytical.register("other", provider)

    @pytest.mark.parametrize(
        "path", [".", "os.", ".path", "os.path", "os.no_such_name", "analytical.errors.InvalidHit"]
    )
    def test_paths_that_lead_to_no_provider(self, path):
        """A dotted path that leads elsewhere is a ConfigurationError when it is used."""
        analytical.register("other", path)
        with pytest.raises(analytical.ConfigurationError):
            analytical.Provider("other")

    def test_module_that_fails(self, tmpdir, monkeypatch):
        """Whatever a plug-in's module raises while it is imported becomes a ConfigurationError."""
        tmpdir.join("failing_plugin.py").write("raise RuntimeError('%s')" % SECRET)
        monkeypatch.syspath_prepend(str(tmpdir))
        analytical.register("failing", "failing_plugin.Provider")
        with pytest.raises(analytical.ConfigurationError) as caught:
            analytical.Provider("failing")
        assert "RuntimeError" in str(caught.value) and SECRET not in str(caught.value)


class TestFromUrl:
    def test_account_and_options(self):
        """An address holds name, account and options, which take their types."""
        made = analytical.from_url(
            "googleanalytics://UA-1-1?timeout=1.5&delivery=direct&strict=yes&fail_silently=false"
        )
        assert type(made) is googleanalytics.Provider
        assert (made.property_id, made.timeout) == ("UA-1-1", 1.5)
        assert (made.guard.strict, made.fail_silently) == (True, False)

    @pytest.mark.parametrize(
        ("address", "account"),
        [
            ("memory://", None),
            ("memory:///srv/hits.db", "/srv/hits.db"),
            ("memory://hits.db", "hits.db"),
            ("memory://C:\\hits.db", "C:\\hits.db"),
            ("memory://a%20b%26c%3Fd%23e", "a b&c?d#e"),
            ("memory://a+b", "a+b"),
            ("memory://100%", "100%"),
            ("memory://caf%C3%A9", "caf\xe9"),
            ("memory://caf\xe9", "caf\xe9"),
            (b"memory://caf\xc3\xa9", "caf\xe9"),
            ("memory://user@host:80/x", "user@host:80/x"),
            ("memory://a?", "a"),
        ],
    )
    def test_account_is_percent_decoded(self, address, account):
        """The account is what stands before the question mark, percent-decoded; a plus is a plus."""
        assert analytical.from_url(address).data == account

    def test_values_are_percent_decoded(self):
        """Values may hold any character; a plus stays one, as credentials hold it."""
        made = analytical.from_url(
            "googleanalytics://UA-1-1?url=https%3A%2F%2Fexample.com%2Fa%2Bb+c%3Fd%3De%26f=g"
        )
        assert made.url == "https://example.com/a+b+c?d=e&f=g"

    @pytest.mark.parametrize(
        "address",
        [
            "",
            "memory",
            "memory:",
            "memory:/x",
            "://x",
            " memory://x",
            "mem ory://" + SECRET,
            "memory://x#" + SECRET,
            "memory://x?" + SECRET,
            "memory://x?=" + SECRET,
            "memory://x?strict=true&" + SECRET,
            "memory://x?strict=true&&timeout=1",
            "memory://x?strict=%s&strict=true" % SECRET,
            "memory://x?strict=%s" % SECRET,
            "memory://x?nonsense=%s" % SECRET,
            "googleanalytics://UA-1-1?url=http://example.com/%s" % SECRET,
            "googleanalytics://UA-1-1?url=https://me:%s@example.com" % SECRET,
            "googleanalytics://UA-1-1?session=%s" % SECRET,
            "memory://x?processors=%s" % SECRET,
            b"memory://\xff" + SECRET.encode("ascii"),
            "memory://\ud800" + SECRET,
            "nonsense://%s?api_secret=%s" % (SECRET, SECRET),
            None,
            5,
        ],
    )
    def test_errors_do_not_repeat_the_address(self, address):
        """What cannot work is a ConfigurationError that holds nothing of the address."""
        with pytest.raises(analytical.ConfigurationError) as caught:
            analytical.from_url(address)
        error = caught.value
        while error is not None:
            assert SECRET not in repr(error) + str(error) + repr(vars(error))
            error = getattr(error, "__context__", None) or getattr(error, "__cause__", None)


def test_base_provider_says_what_is_missing():
    """A platform's class without ``deliver`` is an error of its author's, whatever fail_silently says."""

    class Empty(BaseProvider):
        name = "empty"

    with pytest.raises(NotImplementedError):
        Empty("account").pageview({"dl": "https://example.com/"})
