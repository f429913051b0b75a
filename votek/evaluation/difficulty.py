"""Which items are trivial for every model, and which impossible: how much of the data tells models apart at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from votek.datatypes import Progress, read_only
from votek.errors import InputError
from votek.evaluation.error_consistency import Consistency, error_consistency
from votek.evaluation.poisson_binomial import right_models
from votek.selection.checks import check_integer, check_seed

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["LEAST_MODELS", "Class", "Difficulty", "difficulty"]

LEAST_MODELS = 3
NAMES = ("trivial", "impossible", "differentiating")


@dataclass(frozen=True)
class Class:
    """How many items are of one class, and how many would be by chance.

    `count`, `share`: of all n items. `expected`: the count if models erred independently (Poisson-binomial).
    `p_value`: the probability of a count at least so extreme under that null (more trivial or impossible ones, fewer
    differentiating ones). `permuted`, `permuted_low`, `permuted_high`, `permuted_p_value`: mean count, its central 95%
    and the same probability when each model's decisions are shuffled over the items.
    """

    name: str
    count: int
    share: float
    expected: float
    p_value: float
    permuted: float
    permuted_low: float
    permuted_high: float
    permuted_p_value: float


@dataclass(frozen=True, eq=False)
class Difficulty:
    """What K models' decisions on n items say about the items.

    `names`: of the models. `accuracies`: float64 (K,). `right`: int64 (n,), how many models are right on each item.
    `observed`: int64 (K + 1,), items by the number of models right; `expected`: float64 (K + 1,), the same under
    independence. `classes`: trivial, impossible and differentiating. `consistency`: of each pair of models, by their
    positions. `notes`: what to know before believing the numbers.
    """

    names: tuple[str, ...]
    accuracies: NDArray[np.float64]
    right: NDArray[np.int64]
    observed: NDArray[np.int64]
    expected: NDArray[np.float64]
    classes: tuple[Class, Class, Class]
    consistency: Mapping[tuple[int, int], Consistency]
    notes: tuple[str, ...] = ()

    @property
    def trivial(self) -> NDArray[np.int64]:
        """Positions of the items that all models get right, ascending."""
        return np.flatnonzero(self.right == len(self.names)).astype(np.int64)

    @property
    def impossible(self) -> NDArray[np.int64]:
        """Positions of the items that no model gets right, ascending."""
        return np.flatnonzero(self.right == 0).astype(np.int64)


def difficulty(
    decisions: NDArray[np.bool_],
    *,
    names: Sequence[str] = (),
    permutations: int = 1000,
    resamples: int = 2000,
    seed: int = 0,
    progress: Progress | None = None,
) -> Difficulty:
    """Sort items into trivial, impossible and differentiating, beside what chance alone would give.

    Args:
        decisions: bool (n, K), whether each of K >= 3 models is right on each of n >= 2 items.
        names: of the models; "model 1", … when left out.
        permutations: how often each model's column is shuffled for the second null.
        resamples: bootstrap resamples for the intervals of error consistency.
        seed: of both.
        progress: called as ("difficulty", done, total); may raise to stop.

    Raises:
        InputError: fewer than 3 models, 2 items or 1 permutation, or names that do not fit.

    Meding, Schulze Buschoff, Geirhos & Wichmann 2021, "Trivial or impossible: dichotomous data difficulty masks model
    differences (on ImageNet and beyond)", arXiv 2110.05922.

    >>> decisions = np.array([[1, 1, 1], [0, 0, 0], [1, 0, 1], [1, 1, 1]], dtype=bool)
    >>> [(found.name, found.count) for found in difficulty(decisions, permutations=50, resamples=50).classes]
    [('trivial', 2), ('impossible', 1), ('differentiating', 1)]
    """
    table = _checked(decisions)
    check_seed(seed)
    check_integer("permutations", permutations, least=1)
    n, k = table.shape
    titles = tuple(names) or tuple(f"model {place}" for place in range(1, k + 1))
    if len(titles) != k or len(set(titles)) != k:
        raise InputError(f"{len(set(titles))} different names for {k} models; give each model a name of its own.")
    right = table.sum(axis=1).astype(np.int64)
    accuracies = table.mean(axis=0)
    chances = right_models(accuracies)
    counts = _counts(right, k)
    shuffled = _shuffled(table, permutations, seed, progress)
    return Difficulty(
        names=titles,
        accuracies=read_only(accuracies),
        right=read_only(right),
        observed=read_only(np.bincount(right, minlength=k + 1).astype(np.int64)),
        expected=read_only(n * chances),
        classes=_classes(counts, n, chances, shuffled),
        consistency={
            (a, b): error_consistency(table[:, a], table[:, b], resamples=resamples, seed=seed)
            for a in range(k)
            for b in range(a + 1, k)
        },
        notes=_notes(table),
    )


def _checked(decisions: NDArray[np.bool_]) -> NDArray[np.bool_]:
    try:
        table = np.asarray(decisions)
    except ValueError:
        raise InputError("The rows of decisions differ in length; give one true or false per model.") from None
    if table.ndim != 2 or table.dtype != np.bool_:
        raise InputError(
            f"The decisions have shape {table.shape} and type {table.dtype}; give a table of true and false, one row "
            "per item and one column per model."
        )
    if table.shape[1] < LEAST_MODELS:
        raise InputError(
            f"{table.shape[1]} models were given; give the decisions of at least {LEAST_MODELS}, or else a mistake of "
            "one of them looks like a hard item."
        )
    if len(table) < 2:
        raise InputError(f"{len(table)} items were given; give the decisions on at least 2, better some hundreds.")
    return table


def _counts(right: NDArray[np.int64], k: int) -> NDArray[np.int64]:
    """int64 (3,): trivial, impossible, differentiating."""
    trivial, impossible = int((right == k).sum()), int((right == 0).sum())
    return np.array([trivial, impossible, len(right) - trivial - impossible], dtype=np.int64)


def _shuffled(table: NDArray[np.bool_], permutations: int, seed: int, progress: Progress | None) -> NDArray[np.int64]:
    """int64 (permutations, 3): the counts when each model's decisions are put on the items in random order."""
    rng = np.random.default_rng(seed)
    drawn = np.zeros((permutations, 3), dtype=np.int64)
    for place in range(permutations):
        drawn[place] = _counts(rng.permuted(table, axis=0).sum(axis=1), table.shape[1])
        if progress is not None:
            progress("difficulty", place + 1, permutations)
    return drawn


def _classes(
    counts: NDArray[np.int64], n: int, chances: NDArray[np.float64], shuffled: NDArray[np.int64]
) -> tuple[Class, Class, Class]:
    from scipy.stats import binom

    found = []
    shares = (chances[-1], chances[0], max(0.0, 1.0 - chances[-1] - chances[0]))
    for place, (name, count, share) in enumerate(zip(NAMES, counts.tolist(), shares, strict=True)):
        fewer = name == "differentiating"
        tail = binom.cdf(count, n, share) if fewer else binom.sf(count - 1, n, share)
        drawn = shuffled[:, place]
        beyond = int((drawn <= count).sum() if fewer else (drawn >= count).sum())
        low, high = np.quantile(drawn, [0.025, 0.975])
        found.append(
            Class(
                name=name,
                count=count,
                share=count / n,
                expected=float(n * share),
                p_value=float(tail),
                permuted=float(drawn.mean()),
                permuted_low=float(low),
                permuted_high=float(high),
                permuted_p_value=(1 + beyond) / (1 + len(drawn)),
            )
        )
    return found[0], found[1], found[2]


def _notes(table: NDArray[np.bool_]) -> tuple[str, ...]:
    notes = []
    n, k = table.shape
    if (table == table[:, :1]).all():
        notes.append(
            f"All {k} models are right on exactly the same items. They count as one model: no item tells them apart, "
            "and being impossible means only that this one model errs."
        )
    if n < 100:
        notes.append(f"With {n} items the shares are rough; some hundreds say more.")
    return tuple(notes)
