"""What is asked of a selection, checked at the door."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from votek.datatypes import Round
from votek.errors import BudgetError, InputError
from votek.selection.checks import SEEDS
from votek.selection.registry import find_method

if TYPE_CHECKING:
    from votek.annotation import TwoRounds

__all__ = ["DEFAULTS", "TWO_ROUNDS", "WITHOUT_MODEL", "check_method", "check_wish", "go_on", "raised"]

DEFAULTS: dict[str, Any] = {"method": "auto", "k": "auto", "rho": 10.0, "seed": 0, "groups": [], "floor": 0}
TWO_ROUNDS = "vote-k"
"""The method that a project does in two rounds, with labelling between them."""
WITHOUT_MODEL = "fast-vote-k"
"""What picks round one, and what a person can go on with instead of round two."""


def check_wish(wanted: Mapping[str, Any], *, texts: int) -> None:
    """Refuse what no method could work with.

    Raises:
        UnknownNameError: no such method.
        BudgetError: a budget that is no number of texts from 1 to `texts`.
        InputError: k, rho or seed that cannot be used.
    """
    find_method(wanted["method"])
    budget, k, rho, seed = (wanted[name] for name in ("budget", "k", "rho", "seed"))
    if not isinstance(budget, int) or isinstance(budget, bool) or budget < 1:
        raise BudgetError(f"The budget was {budget!r}; give a whole number from 1 to {texts}, the distinct texts.")
    if budget > texts:
        raise BudgetError(f"The budget was {budget:,}, but there are only {texts:,} distinct texts. Ask for fewer.")
    if k != "auto" and (not isinstance(k, int) or isinstance(k, bool) or k < 1):
        raise InputError(f"k was {k!r}; give 'auto' or a whole number of at least 1.")
    if not isinstance(rho, (int, float)) or not 1 < rho < 1e9:
        raise InputError(f"rho was {rho!r}; give a number above 1, such as 10.")
    if not isinstance(seed, int) or isinstance(seed, bool) or not 0 <= seed < SEEDS:
        raise InputError(f"The seed was {seed!r}; give a whole number from 0 to {SEEDS - 1}.")


def check_method(name: str, *, labelled: int) -> None:
    """Refuse a method that asks a model about every text while no text has a label to show it.

    The method in two rounds makes its own first labels.
    """
    method = find_method(name)
    if method.confidence == "needed" and method.name != TWO_ROUNDS and not labelled:
        raise InputError(
            f"{method.label} asks a model how sure it is of each text, with labelled texts as examples, and none has a "
            f"label yet. Label some first, or choose {find_method(TWO_ROUNDS).label}, which begins without labels."
        )


def raised(wanted: Mapping[str, Any], first: Round, done: int) -> dict[str, Any]:
    """The request with the parameters of the first round; what was left at its default follows that round."""
    if wanted["budget"] < done:
        raise BudgetError(
            f"{done} texts are picked already and the budget was {wanted['budget']}. Picks are kept, so ask for {done} "
            "or more, or start afresh."
        )
    made = first.parameters
    before = {name: made.get("requested", made).get(name, value) for name, value in DEFAULTS.items()}
    resolved = {"method": first.method, "k": made.get("k"), "rho": made.get("rho"), "seed": made.get("seed")}
    for name, default in DEFAULTS.items():
        if wanted[name] not in (default, before[name], resolved.get(name)):
            raise InputError(
                f"The {done} texts were picked with {name} {before[name]!r}; more of them with {name} {wanted[name]!r} "
                "would not be one selection. Leave it as it was, or start afresh."
            )
    return {**wanted, **before}


def go_on(wanted: Mapping[str, Any], stand: TwoRounds | None) -> None:
    """In round one of two, only fast vote-k can add to the picks without what comes next.

    Raises:
        InputError: more picks by another method.
    """
    if stand is None or stand.number == 2 or wanted["method"] == WITHOUT_MODEL:
        return
    if wanted["budget"] != stand.size:
        raise InputError(
            f"Round 1 of 2 is under way: {stand.labelled} of {stand.size} texts are labelled. Label the rest and open "
            f"round 2, which picks {stand.to_come} more; go on with {WITHOUT_MODEL} instead; or start afresh."
        )
