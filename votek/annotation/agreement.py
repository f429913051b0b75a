"""How far people agree, with intervals, and what cannot be said with so few items."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from votek.annotation.answers import Answers, read_answers
from votek.annotation.coefficients import Coefficient, cohen, fleiss, percent
from votek.annotation.krippendorff import LEVELS, Level, alpha
from votek.errors import InputError

__all__ = ["DRAWS", "MIN_ITEMS", "Agreement", "Figure", "agreement"]

DRAWS = 2_000
MIN_ITEMS = 10
"""Below so many items that two people answered, a coefficient is not shown."""

_CELLS = 4_000_000
Name = Literal["percent", "cohen", "fleiss", "krippendorff"]


@dataclass(frozen=True)
class Figure:
    """One coefficient with its 95% bootstrap interval over items.

    `status`: "found"; "undefined" (everybody gave the same label throughout: nothing can be told from chance);
    "too few" (fewer than 10 items: `value` is None). `items`: how many it rests on. `people`: whose answers.
    `low`, `high`: None where resampling shows no spread (all items agree), or where more than half of the
    resamples were undefined themselves.
    """

    coefficient: Name
    people: tuple[str, ...]
    items: int
    status: Literal["found", "undefined", "too few"]
    value: float | None = None
    low: float | None = None
    high: float | None = None

    def words(self) -> str:
        """The figure for a person to read.

        >>> Figure("cohen", ("ann", "bob"), 24, "found", 0.612, 0.35, 0.84).words()
        '0.61 (0.35 to 0.84)'
        >>> Figure("cohen", ("ann", "bob"), 7, "too few").words()
        'too few to say'
        """
        if self.status == "too few":
            return "too few to say"
        if self.value is None:
            return "undefined"
        style = ".0%" if self.coefficient == "percent" else ".2f"
        if self.low is None or self.high is None:
            return f"{self.value:{style}}"
        return f"{self.value:{style}} ({self.low:{style}} to {self.high:{style}})"


@dataclass(frozen=True)
class Agreement:
    """Agreement of everybody, and of each pair of people.

    `items`: how many at least two people answered. `level`: what alpha takes the labels for. `fleiss` is about the
    items that equally many people answered: as many as most items have. `pairs`: percent and Cohen's kappa of each
    two people who share an item, in that order.
    """

    level: Level
    people: tuple[str, ...]
    items: int
    percent: Figure
    krippendorff: Figure
    fleiss: Figure
    pairs: tuple[tuple[Figure, Figure], ...]

    def to_json(self) -> dict[str, Any]:
        """The same as plain dictionaries, lists, strings and numbers."""
        return asdict(self)


def agreement(
    table: Iterable[Sequence[Any]] | Any,
    *,
    level: Literal["auto", "nominal", "ordinal", "interval", "sets"] = "auto",
    order: Sequence[str] | None = None,
    draws: int = DRAWS,
    seed: int = 0,
) -> Agreement:
    """How far people who answered the same items agree: percent, Cohen's and Fleiss' kappa, Krippendorff's alpha.

    Args:
        table: (item, person, label) in each row, or a data frame with such columns; one answer of each person about
            an item. A label may be a list where several can be given.
        level: what alpha takes the labels for: "nominal" (names), "ordinal" (ranks), "interval" (numbers), "sets"
            (several labels each, compared by MASI). "auto": sets where a label is a list, else nominal.
        order: the labels from lowest to highest, for "ordinal"; without it they must be numbers.
        draws: resamples of the items, with replacement.
        seed: of the resampling; the same seed gives the same intervals.

    Raises:
        InputError: a row has no three parts, a person answered an item twice, or the labels do not fit `level`.

    Cohen 1960, Fleiss 1971, Krippendorff 2011, Passonneau 2006; formulas in docs/analyses/agreement.md.

    >>> ann = [(f"t{i}", "ann", "b" if i % 3 == 0 else "a") for i in range(30)]
    >>> bob = [(f"t{i}", "bob", "b" if i % 3 == 0 and i > 8 else "a") for i in range(30)]
    >>> found = agreement([*ann, *bob])
    >>> found.percent.words(), found.krippendorff.words()
    ('90% (77% to 100%)', '0.76 (0.43 to 1.00)')
    """
    if draws < 1:
        raise InputError(f"There were {draws} draws; give at least 1.")
    answers = read_answers(table, order=order)
    chosen = _level(answers, level, order)
    if chosen == "ordinal" and order is None:
        answers = read_answers(table, order=_in_order_of_size(answers))
    coefficient = alpha(answers.values, chosen)
    shared = answers.shared()
    equal, people = _most_common_number(shared)

    def figure(name: Name, function: Coefficient, codes: NDArray[np.int64], who: tuple[str, ...]) -> Figure:
        return _figure(name, function, codes, who, draws=draws, seed=seed)

    pairs = [
        (figure("percent", percent, codes, who), figure("cohen", cohen, codes, who))
        for first, second in combinations(range(len(answers.people)), 2)
        if len(codes := answers.pair(first, second))
        for who in [(answers.people[first], answers.people[second])]
    ]
    return Agreement(
        level=chosen,
        people=answers.people,
        items=len(shared),
        percent=figure("percent", percent, shared, answers.people),
        krippendorff=figure("krippendorff", coefficient, shared, answers.people),
        fleiss=figure("fleiss", fleiss, equal, answers.people if people else ()),
        pairs=tuple(pairs),
    )


def _level(answers: Answers, level: str, order: Sequence[str] | None) -> Level:
    if level == "auto":
        return "sets" if answers.sets else "nominal"
    if level not in LEVELS:
        raise InputError(f"There is no level {level!r}: use auto, {', '.join(LEVELS)}.")
    if answers.sets and level not in ("sets", "nominal"):
        raise InputError(f"Labels that are sets have no {level} scale. Use sets (by MASI) or nominal (equal or not).")
    return level


def _in_order_of_size(answers: Answers) -> list[str]:
    try:
        return sorted((str(value) for value in answers.values), key=float)
    except ValueError:
        raise InputError(
            "The labels are no numbers, so their order is not known. Give it from lowest to highest, or use nominal."
        ) from None


def _most_common_number(shared: NDArray[np.int64]) -> tuple[NDArray[np.int64], int]:
    """(the items that as many people answered as most items have, that number); the larger one on a tie."""
    people = (shared >= 0).sum(axis=1)
    if not len(people):
        return shared, 0
    number = max(Counter(people.tolist()).items(), key=lambda entry: (entry[1], entry[0]))[0]
    return shared[people == number], int(number)


def _figure(
    name: Name, function: Coefficient, codes: NDArray[np.int64], people: tuple[str, ...], *, draws: int, seed: int
) -> Figure:
    items = len(codes)
    if items < MIN_ITEMS:
        return Figure(name, people, items, "too few")
    value = float(function(codes, np.ones((1, items)))[0])
    if np.isnan(value):
        return Figure(name, people, items, "undefined")
    low, high = _interval(function, codes, draws=draws, seed=seed)
    return Figure(name, people, items, "found", value, low, high)


def _interval(
    function: Coefficient, codes: NDArray[np.int64], *, draws: int, seed: int
) -> tuple[float | None, float | None]:
    """The 95% percentile interval over resampled items. Efron 1979, Annals of Statistics 7."""
    rng = np.random.default_rng(seed)
    items = len(codes)
    step = max(1, _CELLS // items)
    drawn = np.concatenate(
        [
            function(codes, rng.multinomial(items, np.full(items, 1 / items), size=min(step, draws - at)).astype(float))
            for at in range(0, draws, step)
        ]
    )
    said = drawn[~np.isnan(drawn)]
    if 2 * len(said) < draws or said.min() == said.max():
        return None, None
    low, high = np.quantile(said, [0.025, 0.975])
    return float(low), float(high)
