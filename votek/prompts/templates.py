"""Templates by plain substitution: one pass, no attribute access, data never read as a field.

`{text}`, `{label}` and `{field:NAME}` are replaced; `{{` and `}}` stand for single braces; everything
else, `%` and `$` included, is literal.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from votek.errors import InputError

__all__ = ["Template", "parse_template"]

_TOKEN = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
_SHOWN = 20


@dataclass(frozen=True)
class Template:
    """A checked template. `parts`: (kind, value) with kind "literal", "text", "label" or "field"."""

    source: str
    parts: tuple[tuple[str, str], ...]

    @property
    def fields(self) -> tuple[str, ...]:
        """Columns that the template uses, each once, in order."""
        return tuple(dict.fromkeys(value for kind, value in self.parts if kind == "field"))

    @property
    def tail(self) -> str:
        """The literal text that the template ends with."""
        ending = ""
        for kind, value in reversed(self.parts):
            if kind != "literal":
                break
            ending = value + ending
        return ending

    def uses(self, kind: str) -> bool:
        """Whether "text" or "label" stands in the template."""
        return any(part == kind for part, _ in self.parts)

    def render(self, text: str, *, label: str = "", fields: Mapping[str, str] | None = None) -> str:
        """The template with the data of one row; a column the row lacks raises InputError."""
        columns = fields or {}
        written = []
        for kind, value in self.parts:
            if kind == "literal":
                written.append(value)
            elif kind == "field":
                if value not in columns:
                    raise InputError(
                        "Of a row that lacks the column, " + _unknown("field:" + value, _allowed(columns, label=True))
                    )
                written.append(columns[value])
            else:
                written.append(text if kind == "text" else label)
        return "".join(written)


def parse_template(
    source: str, *, fields: Sequence[str] | None = (), label: bool = True, name: str = "template"
) -> Template:
    """Check `source` and cut it into parts.

    `fields`: columns that `{field:NAME}` may name; None: any. `label`: whether `{label}` may stand in it. `name`: what
    messages call it. Raises InputError for an unknown field (listing the allowed ones) and for a lone brace.

    >>> parse_template("{{{text}}} costs $5: {label}").render("{x}", label="100%")
    '{{x}} costs $5: 100%'
    """
    parts: list[tuple[str, str]] = []
    allowed = _allowed(fields or (), label=label)
    end = 0
    for match in _TOKEN.finditer(source):
        parts.append(("literal", source[end : match.start()]))
        end = match.end()
        token = match.group()
        if token in ("{{", "}}"):
            parts.append(("literal", token[0]))
        elif token in ("{", "}"):
            raise InputError(
                f"The {name} has a lone {token!r} at character {match.start() + 1}; "
                f"write {token * 2} for a brace, or one of {', '.join(allowed)}."
            )
        elif token not in allowed and not (fields is None and token.startswith("{field:")):
            raise InputError(f"In the {name}, " + _unknown(match.group(1), allowed))
        elif token.startswith("{field:"):
            parts.append(("field", match.group(1).removeprefix("field:")))
        else:
            parts.append((match.group(1), ""))
    parts.append(("literal", source[end:]))
    return Template(source, tuple(part for part in parts if part != ("literal", "")))


def _allowed(fields: Sequence[str] | Mapping[str, str], *, label: bool) -> dict[str, None]:
    names = ["text", *(["label"] if label else []), *(f"field:{column}" for column in fields)]
    return dict.fromkeys("{" + name + "}" for name in names)


def _unknown(given: str, allowed: Mapping[str, None]) -> str:
    listed = ", ".join(list(allowed)[:_SHOWN]) + (f" and {len(allowed) - _SHOWN} more" if len(allowed) > _SHOWN else "")
    return f"{{{given}}} is not a field. Allowed: {listed}. For braces that are no field write {{{{ and }}}}."
