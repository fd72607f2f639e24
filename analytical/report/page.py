"""The page: one HTML file that holds all it needs, and lets a browser fetch and run nothing else."""

from __future__ import absolute_import, division, print_function, unicode_literals

import importlib

from .. import __version__
from ..errors import MissingDependency
from . import assets
from .content import chart, content

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Text

_templates = []  # type: List[Any]


def page(found, live=False):
    # type: (Dict[Text, Any], bool) -> Text
    """
    Write the page of some figures, the same for the same ones, in ASCII.

    Whatever visitors sent is escaped, and marked where it could act on the text around it.

    :param found: what ``analytical.report.figures.figures()`` found
    :param live: whether it is served by ``analytical serve``: with a form, and refreshed as hits come
    :raises MissingDependency: without Jinja2
    """
    template, markup = _template()
    text = template.render(
        content(found),
        live=live,
        slash=markup("<wbr>"),
        policy=policy(live),
        version=__version__,
        library=assets.LIBRARY,
        style=markup(assets.style()),
        early_script=markup(assets.early_script()),
        script=markup(assets.script()),
        data=markup(assets.script_json(chart(found))),
    )
    # No encoding that a terminal, a pipe or a server may assume changes it then.
    return text.encode("ascii", "xmlcharrefreplace").decode("ascii")  # type: ignore[no-any-return]


def policy(live):
    # type: (bool) -> Text
    """Word the Content-Security-Policy: only the inline parts that we wrote, known by their hashes."""
    scripts = [assets.source(text) for text in (assets.early_script(), assets.script())]
    return "; ".join(
        (
            "default-src 'none'",
            "script-src " + " ".join(scripts),
            "style-src " + assets.source(assets.style()),
            "img-src data:",
            "connect-src " + ("'self'" if live else "'none'"),
            "form-action " + ("'self'" if live else "'none'"),
            "base-uri 'none'",
        )
    )


def _template():
    # type: () -> Any
    if not _templates:
        jinja2 = load()
        environment = jinja2.Environment(
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        template = environment.from_string(assets.read("template.html"))
        _templates.append((template, importlib.import_module(str("markupsafe")).Markup))
    return _templates[0]


def load():
    # type: () -> Any
    """
    Import Jinja2.

    :raises MissingDependency: without it
    """
    try:
        return importlib.import_module(str("jinja2"))
    except ImportError as error:
        raise MissingDependency(
            "the page needs Jinja2: pip install 'analytical[report]' (%s)" % error
        )
