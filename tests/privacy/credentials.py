"""Providers with a planted credential, all that fails, and a watch on everything that is shown meanwhile."""

from __future__ import absolute_import, division, print_function, unicode_literals

import base64
import contextlib
import json
import logging
import re
import sys
import traceback
import warnings
from collections import OrderedDict

import six
from planted import found, plain_forms
from six.moves.urllib.parse import quote

import analytical
from analytical.params import read

CORE = "planted-Zx9"
SECRET = (
    CORE + '/8~7+6="5'
)  # what stands in addresses, headers, JSON and base64 in forms of its own
# Where a platform has no credential, a proxy before it may want one in the address.
KEY = "?key=" + quote(SECRET, safe=str(""))
# Name, account, options, and what stands behind the address. Each row has an ending of the credential
# that is its own, or what is masked for one would be masked for all.
PLATFORMS = (
    ("amplitude", SECRET, {}, ""),
    ("goatcounter", "shop", {"token": SECRET}, ""),
    ("googleanalytics", "UA-1-1", {}, KEY),
    ("googleanalytics4", "G-ABC1234567", {"api_secret": SECRET}, ""),
    ("googledatamanager", "G-ABC1234567", {"property_id": "123456789", "token": SECRET}, ""),
    ("matomo", 7, {"token_auth": SECRET}, ""),
    ("mixpanel", SECRET, {}, ""),
    ("mixpanel", "1234567", {"username": "service.1", "secret": SECRET}, ""),
    ("openpanel", "94db1cb1-74f4-4a40-ad6c-962362670409", {"client_secret": SECRET}, ""),
    ("pirsch", "example.com", {"access_key": SECRET}, ""),
    ("plausible", "example.com", {}, KEY),
    ("posthog", SECRET, {}, ""),
    ("segment", SECRET, {}, ""),
    ("snowplow", "shop", {}, KEY),
    ("umami", "94db1cb1-74f4-4a40-ad6c-962362670409", {}, KEY),
)
_OWN = re.compile(b'planted-zx9/8~7[+]6=\\\\?"5([0-9]{2})')
_BASE64 = re.compile(b"[A-Za-z0-9+/_-]{12,}")


def with_base64(data):
    """Give bytes, and behind them what looks like base64 decoded."""
    for match in _BASE64.findall(data):
        try:
            data += b"\n" + base64.b64decode(match + b"=" * (-len(match) % 4))
        except (TypeError, ValueError):
            pass
    return data


def holds(shown):
    """Tell whether text or bytes hold the credential, in any form that a request gives it."""
    return bool(found(with_base64(six.ensure_binary(shown)), [CORE]))


def names():
    """Name each row of PLATFORMS, alike in every process."""
    return ["planted-%02d" % number for number in range(len(PLATFORMS))]


def configure(url, timeout=10):
    """Configure each platform by its name, at an address."""
    for name, (platform, account, options, query) in zip(names(), PLATFORMS):
        own = name.partition("-")[2]
        account = account + own if account == SECRET else account
        given = {key: SECRET + own for key in options if options[key] == SECRET}
        given = dict(
            options, url=url + (query and query + own), insecure=True, timeout=timeout, **given
        )
        analytical.configure(name, platform, account, **given)


def providers(**options):
    """Make a provider of each of what was configured."""
    return [analytical.Provider(name, **options) for name in names()]


def sent(request):
    """Find the credential that a request carries."""
    heads = ", ".join(request.headers[name] for name in request.headers)
    text = "%s %s %s" % (request.target, heads, request.body.decode("latin-1"))
    for form in plain_forms(with_base64(text.encode("utf-8"))):
        match = _OWN.search(form)
        if match:
            return text, SECRET + match.group(1).decode("ascii")
    raise AssertionError("a request without a credential")


def echo(status, *more):
    """Answer with all that came, in every place where a platform may name what is wrong."""

    def answer(request):
        text, own = sent(request)
        each = {"index": 0, "field": own, "message": text, "reason": own, "code": own}
        each.update(errors=own, fields={own: [0]}, events=[{"index": 0, "error": own}])
        body = dict(each, code=status, status=own, failed_records=[each], details=[each])
        body.update(error=dict(each, details=[dict(each, fieldViolations=[each])]), problems=each)
        body.update(errors={"0": own}, invalid_indices=[0], tracked=0, validationMessages=[each])
        body.update(events_with_invalid_fields={own: [0]}, events_with_missing_fields=own)
        body = json.dumps(body)
        head = [("Content-Length", len(body)), ("Retry-After", own), ("Location", "/?key=" + own)]
        head += [(name, value.replace(SECRET, own)) for name, value in more]
        return status, OrderedDict(head), body

    return answer


def bare(request):
    """Answer with the credential, and nothing else."""
    return 200, None, sent(request)[1]


# What goes wrong -> what the outcomes say of it, a status or a reason, and what the collector is told.
FAILURES = {
    "400": (400, lambda collector: collector.answer_with(echo(400))),
    "401": (401, lambda collector: collector.answer_with(echo(401))),
    "403": (403, lambda collector: collector.answer_with(echo(403))),
    "422": (422, lambda collector: collector.answer_with(echo(422))),
    "503": (503, lambda collector: collector.answer_with(echo(503))),
    "bad answer": (200, lambda collector: collector.answer_with(echo(200))),
    "bad head": (
        200,
        lambda collector: collector.answer_with(echo(200, ("A", "\r\nno colon"), ("B", SECRET))),
    ),
    "no JSON": (200, lambda collector: collector.answer_with(bare)),
    "none": (200, lambda collector: collector.answer(200, b"{}")),
    "redirect": (302, lambda collector: collector.answer_with(echo(302))),
    "reset": ("connection", lambda collector: collector.reset(times=None)),
    "reset midway": (200, lambda collector: collector.reset_mid_answer(200, SECRET, times=None)),
    "timeout": ("timeout", lambda collector: collector.hang(times=None)),
    # These need an address of their own.
    "name": ("connection", None),
    "refused": ("connection", None),
    "tls": ("tls", None),
}


class Watch(object):
    """Keeps all that a program, its log or its error reports could show: ``with Watch() as watch``."""

    def __init__(self):
        self.shown = []

    def __enter__(self):
        self._root, self._handler = logging.getLogger(), logging.Handler()
        self._handler.emit = self._emit
        self._level = self._root.level
        self._root.addHandler(self._handler)
        self._root.setLevel(logging.DEBUG)
        # Frameworks that other tests start turn off the loggers there are.
        for logger in logging.Logger.manager.loggerDict.values():
            logger.disabled = False
        self._warnings = warnings.catch_warnings(record=True)
        self._warned = self._warnings.__enter__()
        warnings.simplefilter("always")
        return self

    def __exit__(self, *exc_info):
        self._warnings.__exit__(None, None, None)
        self._root.removeHandler(self._handler)
        self._root.setLevel(self._level)
        self.shown += [("a warning", repr(each.message)) for each in self._warned]

    def _emit(self, record):
        text = logging.Formatter().format(record) + repr(record.__dict__)
        self.shown.append(("the log of " + record.name, text))

    def note(self, what, *values):
        """Keep the repr and the text of values."""
        for value in values:
            self.shown += [(what, repr(value)), (what, _text(value))]

    def provider(self, provider, hit):
        """Keep all that a provider says of itself."""
        self.note("a repr of " + provider.name, provider)
        # An address is no secret to who looks into a provider; it is to all who read logs and errors.
        held = {name: value for name, value in vars(provider).items() if name != "url"}
        held["options"] = dict(held["options"], url=None)
        for each in (held, vars(provider.guard), vars(provider.delivery), vars(provider.transport)):
            self.note("what hangs on " + provider.name, each)
        self.note("stats() of " + provider.name, provider.stats())
        explanation = provider.explain("pageview", hit)
        self.note("explain() of " + provider.name, explanation, explanation.as_dict())
        self.note("a request of " + provider.name, provider.preview([read("pageview", hit)]))
        if hasattr(provider, "ask"):
            problems = provider.validate("pageview", hit, online=True)
            self.note("validate() of " + provider.name, *map(held_by, problems))

    @contextlib.contextmanager
    def errors(self, what):
        """Keep an error that is raised within: texts, chain, traceback, and the locals of our frames."""
        try:
            yield
        except Exception as error:
            self.shown.append((what, traceback.format_exc()))
            for each in _chain(error):
                self.note(what, each, each.args, vars(each))
            trace = sys.exc_info()[2]
            while trace is not None:
                if trace.tb_frame.f_globals.get("__name__", "").startswith("analytical."):
                    self.note("locals of " + what, trace.tb_frame.f_locals)
                trace = trace.tb_next

    def leaks(self):
        """List where the credential was shown."""
        texts = {}
        for what, text in self.shown:
            texts.setdefault(what, set()).add(six.ensure_text(text, errors="replace"))
        return sorted(what for what in texts if holds("\n".join(texts[what])))


def held_by(value):
    """List all that an outcome or a problem holds."""
    return [getattr(value, name) for name in value.__slots__]


def _text(value):
    try:
        return str(value)
    except UnicodeError:  # on Python 2, of text beyond ASCII
        return repr(value)


def _chain(error):
    while error is not None:
        yield error
        error = getattr(error, "__cause__", None) or getattr(error, "__context__", None)
