"""Sphinx directives that make tables from the code: options, mapping, vocabulary, feature matrix."""

from __future__ import absolute_import, division, print_function, unicode_literals

from docutils.parsers.rst import Directive
from docutils.statemachine import StringList

import analytical.registry
from analytical.errors import MissingDependency
from analytical.vocabulary import FIELDS
from analytical.web.site import OPTIONS


class Table(Directive):
    """A list-table whose rows a subclass makes."""

    required_arguments = 0
    optional_arguments = 1
    header = ()

    def rows(self):
        raise NotImplementedError

    def run(self):
        lines = [".. list-table::", "    :header-rows: 1", ""]
        for row in [self.header] + list(self.rows()):
            for number, cell in enumerate(row):
                lines.append("    %s %s" % ("* -" if number == 0 else "  -", cell))
        lines.append("")
        return (
            self.parse_text_to_nodes("\n".join(lines))
            if hasattr(self, "parse_text_to_nodes")
            else self.nested(lines)
        )

    def nested(self, lines):
        from docutils import nodes

        container = nodes.container()
        self.state.nested_parse(StringList(lines, source="code"), self.content_offset, container)
        return container.children


class Options(Table):
    header = ("Option", "Kind", "Default", "Meaning")

    def rows(self):
        found = analytical.registry.provider_class(self.arguments[0])
        for option in found.OPTIONS + found.COMMON_OPTIONS:
            default = "``%r``" % (option.default,)
            yield "``%s``" % option.name, option.kind, default.replace("u'", "'"), option.meaning


class WebOptions(Table):
    header = ("Option", "Kind", "Default", "Meaning")

    def rows(self):
        for option in OPTIONS:
            meaning = option.meaning.replace("*", "\\*")
            yield "``%s``" % option.name, option.kind, "``%r``" % (option.default,), meaning


class Mapping(Table):
    header = ("Field", "Where it goes")

    def rows(self):
        name = self.arguments[0]
        found = analytical.registry.provider_class(name)
        for field in FIELDS:
            place = where(found, field)
            if place:
                yield "``%s``" % field.name, place


def where(found, field):
    """Say where a provider puts a field, or nothing."""
    from analytical.providers.googleanalytics import Provider as Measurement
    from analytical.providers.local import LocalProvider

    if issubclass(found, LocalProvider):
        return "``%s``" % field.name
    if issubclass(found, Measurement) and field.parameter:
        return "``%s``" % field.parameter
    if field.name in found.RENAMES:
        return "``%s``" % found.RENAMES[field.name]
    if field.name in found.BUILT:
        return "``%s``" % found.BUILT[field.name]
    if field.name in found.PROPERTIES:
        return "properties: ``%s``" % field.name
    hook = getattr(found, "set_" + field.name, None)
    if hook is not None:
        return (hook.__doc__ or "converted").strip().splitlines()[0].rstrip(".")
    return ""


class Vocabulary(Table):
    header = ("Name", "Protocol", "Kind", "Limit", "Meaning")

    def rows(self):
        for field in FIELDS:
            yield (
                "``%s``" % field.name,
                "``%s``" % field.parameter if field.parameter else "",
                field.kind,
                str(field.limit or ""),
                field.meaning.replace("*", "\\*"),
            )


class Matrix(Table):
    def providers(self):
        seen = []
        for name in analytical.registry.names():
            try:
                found = analytical.registry.provider_class(name)
            except MissingDependency:
                continue
            if found not in seen and hasattr(found, "RENAMES") and name != "fanout":
                seen.append(found)
                yield found

    @property
    def header(self):
        return ("Field",) + tuple(found.name for found in self.providers())

    def rows(self):
        found = list(self.providers())
        for field in FIELDS:
            yield ("``%s``" % field.name,) + tuple(
                "yes" if where(each, field) else "" for each in found
            )


def setup(app):
    app.add_directive("provider-options", Options)
    app.add_directive("provider-mapping", Mapping)
    app.add_directive("web-options", WebOptions)
    app.add_directive("vocabulary", Vocabulary)
    app.add_directive("feature-matrix", Matrix)
    return {"parallel_read_safe": True}
