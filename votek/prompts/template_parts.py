"""Cuts the source of a template into parts, and says where it cannot be read.

A part is (kind, value): "literal", "text", "label" or "field" stand for words; "if", "else" and "end" bound the words
that stand only where a field has something in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from votek.errors import InputError

__all__ = ["MAX_DEPTH", "Part", "allowed_fields", "cut", "unknown_field"]

Part = tuple[str, str]
MAX_DEPTH = 3
"""How many blocks may stand inside each other."""

_TOKEN = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
_LIKE_A_BLOCK = re.compile(r"[#/%]|(?:if|el|else|end|for|unless|fi)(?![a-z])|endif|elif|elseif", re.IGNORECASE)
_SHOWN = 20
_BLOCKS = "A block is written {if field:NAME} … {else} … {end}; {else} may be left out."


def cut(source: str, *, fields: Sequence[str] | None, label: bool, name: str) -> tuple[Part, ...]:
    """The parts of `source`; arguments and errors as of `parse_template`."""
    cutter = _Cutter(allowed_fields(fields or (), label=label), any_column=fields is None, name=name)
    end = 0
    for match in _TOKEN.finditer(source):
        cutter.literal(source[end : match.start()])
        end = match.end()
        cutter.token(match.group(), match.start() + 1)
    cutter.literal(source[end:])
    return cutter.finished()


class _Cutter:
    def __init__(self, allowed: Mapping[str, None], *, any_column: bool, name: str) -> None:
        self.allowed, self.any_column, self.name = allowed, any_column, name
        self.parts: list[Part] = []
        self.open: list[tuple[str, int, bool]] = []
        """The blocks around what follows: how each begins, where, and whether its {else} has come."""

    def literal(self, words: str) -> None:
        if words:
            self.parts.append(("literal", words))

    def token(self, token: str, at: int) -> None:
        inside = token[1:-1]
        if token in ("{{", "}}"):
            self.literal(token[0])
        elif token in ("{", "}"):
            raise InputError(
                f"The {self.name} has a lone {token!r} at character {at}; "
                f"write {token * 2} for a brace, or one of {', '.join(self.allowed)}."
            )
        elif self._field(token):
            kind, _, column = inside.partition(":")
            self.parts.append((kind, column))
        elif inside.startswith("if ") and self._field("{" + inside[3:] + "}"):
            self._begin(token, at)
        elif token == "{else}":
            self._otherwise(at)
        elif token == "{end}":
            self._end(at)
        else:
            raise self._refused(inside, at)

    def finished(self) -> tuple[Part, ...]:
        if self.open:
            begin, at, _ = self.open[-1]
            raise InputError(
                f"The {self.name} opens {begin} at character {at} and does not close it; write {{end}} where the "
                f"block ends, or {{{begin}}} for the words themselves."
            )
        return tuple(self.parts)

    def _field(self, token: str) -> bool:
        return token in self.allowed or (self.any_column and token.startswith("{field:"))

    def _begin(self, token: str, at: int) -> None:
        if len(self.open) == MAX_DEPTH:
            raise InputError(
                f"The {self.name} opens {token} at character {at} inside {MAX_DEPTH} blocks; no more may stand inside "
                "each other. Close one before it with {end}."
            )
        self.open.append((token, at, False))
        self.parts.append(("if", token[4:-1]))

    def _otherwise(self, at: int) -> None:
        if not self.open or self.open[-1][2]:
            why = "belongs to no block" if not self.open else "is the second one of its block"
            raise InputError(f"In the {self.name}, the {{else}} at character {at} {why}. {_BLOCKS}")
        self.open[-1] = (*self.open[-1][:2], True)
        self.parts.append(("else", ""))

    def _end(self, at: int) -> None:
        if not self.open:
            raise InputError(f"In the {self.name}, the {{end}} at character {at} closes no block. {_BLOCKS}")
        self.open.pop()
        self.parts.append(("end", ""))

    def _refused(self, inside: str, at: int) -> InputError:
        asked = inside.removeprefix("if ")
        hint = f" {_BLOCKS}" if _LIKE_A_BLOCK.match(inside) else ""
        return InputError(f"In the {self.name} at character {at}, " + unknown_field(asked, self.allowed) + hint)


def allowed_fields(fields: Iterable[str], *, label: bool) -> dict[str, None]:
    """All fields that may stand in a template with these columns, as they are written."""
    names = ["text", *(["label"] if label else []), *(f"field:{column}" for column in fields)]
    return dict.fromkeys("{" + name + "}" for name in names)


def unknown_field(given: str, allowed: Mapping[str, None]) -> str:
    """What to say of a field that is not there."""
    listed = ", ".join(list(allowed)[:_SHOWN]) + (f" and {len(allowed) - _SHOWN} more" if len(allowed) > _SHOWN else "")
    return f"{{{given}}} is not a field. Allowed: {listed}. For braces that are no field write {{{{ and }}}}."
