"""Templates by plain substitution: one pass, no attribute access, data never read as a field.

`{text}`, `{label}` and `{field:NAME}` are replaced; `{{` and `}}` stand for single braces; everything
else, `%` and `$` included, is literal. `{if field:NAME}one{else}other{end}` writes the one or the other: the one
where the field has something in it, white space alone not counting; there is nothing to compute in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from votek.errors import InputError
from votek.prompts.template_parts import Part, allowed_fields, cut, unknown_field

__all__ = ["Template", "parse_template"]


@dataclass(frozen=True)
class Template:
    """A checked template.

    `parts`: (kind, value) with kind "literal", "text", "label" or "field"; "if" (its value names the field that
    decides, as in "label" or "field:NAME"), "else" and "end" bound the parts of a block.
    """

    source: str
    parts: tuple[Part, ...]

    @property
    def fields(self) -> tuple[str, ...]:
        """Columns that the template writes or asks about, each once, in order."""
        named = [_column(kind, value) for kind, value in self.parts]
        return tuple(dict.fromkeys(column for column in named if column is not None))

    @property
    def tail(self) -> str:
        """The literal text that the template ends with, whatever the data: nothing before the last block counts."""
        return _tail(self.parts)

    def uses(self, kind: str) -> bool:
        """Whether "text" or "label" is written by the template, be it in a block."""
        return any(part == kind for part, _ in self.parts)

    def missing(self, text: str, *, label: str = "", fields: Mapping[str, str] | None = None) -> tuple[str, ...]:
        """Columns that the row lacks and its rendering needs, each once; those in a block that is left out are not."""
        columns = fields or {}
        needed = (value for kind, value in self._standing(text, label, columns) if kind == "field")
        return tuple(dict.fromkeys(column for column in needed if column not in columns))

    def render(self, text: str, *, label: str = "", fields: Mapping[str, str] | None = None) -> str:
        """The template with the data of one row; a column that it needs and the row lacks raises InputError."""
        return self.render_with_tail(text, label=label, fields=fields)[0]

    def render_with_tail(
        self, text: str, *, label: str = "", fields: Mapping[str, str] | None = None
    ) -> tuple[str, str]:
        """The rendering of one row, and the literal text (none of the row's data) that it ends with."""
        columns = fields or {}
        standing = self._standing(text, label, columns)
        return "".join(_words(part, text, label, columns) for part in standing), _tail(standing)

    def _standing(self, text: str, label: str, columns: Mapping[str, str]) -> Sequence[Part]:
        """The parts that stand in the rendering of a row: those of all blocks that hold."""
        around: list[bool] = []
        standing = []
        for kind, value in self.parts:
            if kind == "if":
                given = text if value == "text" else label if value == "label" else columns.get(value[6:], "")
                around.append(bool(given.strip()))
            elif kind == "else":
                around[-1] = not around[-1]
            elif kind == "end":
                around.pop()
            elif all(around):
                standing.append((kind, value))
        return standing


def parse_template(
    source: str, *, fields: Sequence[str] | None = (), label: bool = True, name: str = "template"
) -> Template:
    """Check `source` and cut it into parts.

    `fields`: columns that `{field:NAME}` may name; None: any. `label`: whether `{label}` may stand in it. `name`: what
    messages call it. Raises InputError, with the character, for an unknown field (listing the allowed ones), for a
    lone brace, and for a block that is not closed, not opened or inside more than two others.

    >>> parse_template("{{{text}}} costs $5: {label}").render("{x}", label="100%")
    '{{x}} costs $5: 100%'
    >>> parse_template("{text}{if label} is {label}{else}?{end}").render("This")
    'This?'
    """
    return Template(source, cut(source, fields=fields, label=label, name=name))


def _words(part: Part, text: str, label: str, columns: Mapping[str, str]) -> str:
    kind, value = part
    if kind == "literal":
        return value
    if kind != "field":
        return text if kind == "text" else label
    if value not in columns:
        allowed = allowed_fields(columns, label=True)
        raise InputError("Of a row that lacks the column, " + unknown_field("field:" + value, allowed))
    return columns[value]


def _column(kind: str, value: str) -> str | None:
    if kind == "if":
        return value[6:] if value.startswith("field:") else None
    return value if kind == "field" else None


def _tail(parts: Sequence[Part]) -> str:
    ending = ""
    for kind, value in reversed(parts):
        if kind != "literal":
            break
        ending = value + ending
    return ending
