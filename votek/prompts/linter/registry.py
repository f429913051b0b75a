"""All rules, in the order in which their findings are told."""

from __future__ import annotations

from collections.abc import Sequence

from votek.errors import UnknownNameError
from votek.prompts.linter import (
    copies,
    encoding,
    labels,
    last_label,
    length,
    order,
    personal,
    skew,
    stale,
    templates,
    whitespace,
)
from votek.prompts.linter.rule import Rule

__all__ = ["chosen_rules", "rules"]

_RULES: dict[str, Rule] = {
    rule.name: rule
    for rule in (
        *copies.RULES,
        stale.RULE,
        length.RULE,
        templates.RULE,
        *labels.RULES,
        skew.RULE,
        last_label.RULE,
        order.RULE,
        personal.RULE,
        encoding.RULE,
        whitespace.RULE,
    )
}


def rules() -> tuple[Rule, ...]:
    """Every rule."""
    return tuple(_RULES.values())


def chosen_rules(only: Sequence[str] = (), ignore: Sequence[str] = ()) -> tuple[Rule, ...]:
    """The rules named in `only` (all when it is empty) without those in `ignore`; UnknownNameError for others."""
    for name in (*only, *ignore):
        if name not in _RULES:
            raise UnknownNameError(f"There is no rule {name!r}; choose from {', '.join(_RULES)}.")
    return tuple(rule for name, rule in _RULES.items() if (not only or name in only) and name not in ignore)
