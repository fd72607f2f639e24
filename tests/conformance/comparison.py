"""What two requests say, key by key, and where they differ."""

from __future__ import absolute_import, division, print_function, unicode_literals

import datetime
import json
import re

# How a request travels, not what it says: bodies are compared unpacked.
TRANSPORT = frozenset(
    "accept accept-encoding accept-language connection content-encoding content-length host "
    "sec-fetch-mode transfer-encoding".split()
)
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)\Z")


def flatten(request, names):
    """
    Make {key: value} of a received request: method, path, header.NAME, param.NAME, body.KEY.KEY...

    Parameters are the same in a query and in a form. JSON in a text is taken apart too.

    :param names: {key: other key that means the same}, for what is under the keys too
    """
    flat = {"method": request.method, "path": request.path}
    for name in request.headers:
        if name not in TRANSPORT:
            flat["header." + name] = request.headers[name]
    body = request.body.decode("utf-8")
    pairs = request.query_pairs
    if body[:1] in ("{", "["):
        _walk(flat, "body", json.loads(body))
    else:
        pairs = pairs + request.form_pairs
    assert len({name for name, _ in pairs}) == len(pairs), "a parameter comes twice"
    for name, value in pairs:
        _walk(flat, "param." + name, value)
    return {_renamed(key, names): value for key, value in flat.items()}


def _renamed(key, names):
    for name in names:
        if (key + ".").startswith(name + "."):
            return names[name] + key[len(name) :]
    return key


def _walk(flat, key, value):
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            value = json.loads(value)
        except ValueError:
            pass
    if isinstance(value, dict) and value:
        for name in value:
            _walk(flat, key + "." + name, value[name])
    elif isinstance(value, list) and value:
        for number, each in enumerate(value):
            _walk(flat, "%s.%d" % (key, number), each)
    else:
        flat[key] = _moment(value)


def _moment(value):
    """Give a moment in milliseconds, however it is written; anything else as it is."""
    if isinstance(value, str) and MOMENT.match(value):
        time = datetime.datetime.fromisoformat(value.replace("Z", "+00:00"))  # novm
        return "moment %d" % round(time.timestamp() * 1000)  # novm
    return value


def differences(theirs, ours):
    """
    Compare two flat requests.

    :returns: {difference: (their value, our value)}; a difference is ``- KEY`` where only they have
        the key, ``+ KEY`` where only we have, ``~ KEY`` where the values differ
    """
    found = {}
    for key in sorted(set(theirs) | set(ours)):
        if key not in ours:
            found["- " + key] = theirs[key], None
        elif key not in theirs:
            found["+ " + key] = None, ours[key]
        elif theirs[key] != ours[key] or type(theirs[key]) is not type(ours[key]):
            found["~ " + key] = theirs[key], ours[key]
    return found


def is_like(difference, pattern):
    """Tell whether a difference fits an entry of the table, in which ``*`` stands for any characters."""
    return re.match(re.escape(pattern).replace(r"\*", ".*") + r"\Z", difference) is not None
