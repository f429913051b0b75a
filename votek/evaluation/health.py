"""How well a pool stands for all texts, without any label; always beside random pools."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import asdict, dataclass, replace
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from votek.datatypes import Embeddings, Progress
from votek.errors import BudgetError, InputError
from votek.evaluation.balance import LabelBalance, label_balance
from votek.evaluation.comparison import ENOUGH_POOLS
from votek.evaluation.given import as_rows, first_rows, known_labels
from votek.evaluation.judge import Judge, Measure, NextPicks, usual_delta
from votek.evaluation.words import following_sentence, health_sentence
from votek.graph import as_vectors, unit_vectors
from votek.selection.checks import check_seed

__all__ = ["GroupCoverage", "Health", "pool_health"]

JUDGED = 20_000
"""Of more texts than this, so many drawn at random are judged."""


@dataclass(frozen=True)
class GroupCoverage:
    """One group: its texts, how many are picked, the mean cosine of its texts to the nearest pick."""

    group: str
    texts: int
    picked: int
    coverage: float


@dataclass(frozen=True)
class Health:
    """The properties of a pool beside random pools, groups, label balance, and what more labels would add.

    `size`: distinct picked texts; `texts`: distinct texts; `judged`: of these, those that were looked at. `delta`:
    the cosine distance that counts as close by. `groups`: the least covered first. `following`: None where nothing is
    left to pick.
    """

    measures: tuple[Measure, ...]
    groups: tuple[GroupCoverage, ...]
    balance: LabelBalance | None
    following: NextPicks | None
    size: int
    texts: int
    judged: int
    delta: float
    pools: int
    seed: int

    @property
    def sentence(self) -> str:
        """What the pool covers, in words."""
        return health_sentence(self)

    def to_json(self) -> dict[str, Any]:
        """The same as plain dictionaries, lists, strings and numbers, and in words."""
        ahead = None if self.following is None else following_sentence(self.following)
        return {**asdict(self), "sentence": self.sentence, "ahead": ahead}


def pool_health(
    vectors: ArrayLike | Embeddings,
    picks: Sequence[int],
    *,
    copies: ArrayLike | None = None,
    groups: Sequence[Hashable] | None = None,
    labels: Sequence[str] | None = None,
    classes: Sequence[str] = (),
    everywhere: Sequence[str] | None = None,
    following: Sequence[int] = (),
    delta: float | None = None,
    random: int = 20,
    seed: int = 0,
    progress: Progress | None = None,
) -> Health:
    """Measure how well the picks stand for all texts, beside random pools of the same size.

    Args:
        vectors: floats (n, d), raw, or Embeddings; centred by the mean of the distinct texts.
        picks: rows in pick order; copies of one text count once.
        copies: int64 (n,), for each row the first row of its group of copies.
        groups: one group per row, for the coverage of each.
        labels: n texts, "" where unknown; the balance is that of the picks' labels.
        classes: labels that could be given.
        everywhere: the labels of all texts, where they are known from elsewhere (a hidden gold column); None: those
            in `labels` where every text has one.
        following: the rows that a selection would pick next, for what they would add.
        delta: the cosine distance within which a pick is close by; None: see `usual_delta`.
        random: how many random pools, at least 20. `seed`: of drawing them.
        progress: called as ("analysis", pools done, pools).

    Coverage and radius are those of facility location and of k-center (Sener and Savarese 2018, arXiv 1708.00489).

    Raises:
        InputError: no picks, rows or shapes that do not fit, or vectors that are all the same.
        BudgetError: more picks than distinct texts.
    """
    check_seed(seed)
    raw = as_vectors(vectors)
    if random < ENOUGH_POOLS:
        raise InputError(f"{random} random pools say too little; compare with {ENOUGH_POOLS} or more.")
    nodes, node_of = _distinct(copies, len(raw))
    units = unit_vectors(raw[nodes], centre=True)
    if not units.any():
        raise InputError("All texts have the same vector, so nothing can be said about how picks lie among them.")
    pool = _picked(picks, node_of)
    if groups is not None and len(groups) != len(raw):
        raise InputError(f"There are {len(groups)} groups for {len(raw)} texts; give one each.")
    if labels is not None and len(labels) != len(raw):
        raise InputError(f"There are {len(labels)} labels for {len(raw)} texts; give one each, empty where unknown.")
    looked = _looked_at(len(nodes), pool, seed)
    apart = usual_delta(units, len(pool), seed=seed) if delta is None else _checked_delta(delta)
    names, of_group = _groups(groups, nodes)
    judge = Judge(units, looked, apart, of_group)
    ahead = judge.following(pool, _following(following, node_of, pool), seed)
    return Health(
        measures=judge.measures(pool, random, seed, progress),
        groups=_by_group(names, of_group, looked, judge.best(pool), pool),
        balance=_balance(labels, picks, classes, everywhere),
        following=None if ahead is None else replace(ahead, rows=tuple(nodes[list(ahead.rows)].tolist())),
        size=len(pool),
        texts=len(nodes),
        judged=len(looked),
        delta=apart,
        pools=random,
        seed=seed,
    )


def _distinct(copies: ArrayLike | None, n: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(first rows of the groups of copies, the place of each row's group among them)."""
    groups = np.arange(n) if copies is None else first_rows(copies, n)
    nodes, node_of = np.unique(groups, return_inverse=True)
    return nodes.astype(np.int64), node_of.astype(np.int64)


def _picked(picks: Sequence[int], node_of: NDArray[np.int64]) -> NDArray[np.int64]:
    rows = as_rows(picks, "picks")
    if not len(rows):
        raise InputError("There are no picks to judge. Pick some first.")
    if len(rows) > len(node_of):
        raise BudgetError(f"There are {len(rows):,} picks and {len(node_of):,} texts; give fewer.")
    if not 0 <= rows.min() <= rows.max() < len(node_of):
        raise InputError(f"A pick is not there: rows go from 0 to {len(node_of) - 1:,}.")
    return np.array(list(dict.fromkeys(node_of[rows].tolist())), dtype=np.int64)


def _following(rows: Sequence[int], node_of: NDArray[np.int64], pool: NDArray[np.int64]) -> NDArray[np.int64]:
    nodes = dict.fromkeys(int(node_of[row]) for row in rows)
    taken = set(pool.tolist())
    return np.array([node for node in nodes if node not in taken], dtype=np.int64)


def _checked_delta(delta: float) -> float:
    distance: object = delta
    if not isinstance(distance, Real) or not 0 <= delta <= 2:
        raise InputError(f"delta was {delta!r}; a cosine distance goes from 0 (the same) to 2.")
    return float(delta)


def _looked_at(n: int, pool: NDArray[np.int64], seed: int) -> NDArray[np.int64]:
    if n <= JUDGED:
        return np.arange(n)
    return np.sort(np.random.default_rng([seed, 4]).permutation(n)[:JUDGED])


def _groups(groups: Sequence[Hashable] | None, nodes: NDArray[np.int64]) -> tuple[list[str], NDArray[np.int64] | None]:
    if groups is None:
        return [], None
    of_nodes = [groups[row] for row in nodes.tolist()]
    names = list(dict.fromkeys(of_nodes))
    place = {name: at for at, name in enumerate(names)}
    return [str(name) for name in names], np.array([place[name] for name in of_nodes], dtype=np.int64)


def _by_group(
    names: Sequence[str],
    of_group: NDArray[np.int64] | None,
    looked: NDArray[np.int64],
    best: NDArray[np.float64],
    pool: NDArray[np.int64],
) -> tuple[GroupCoverage, ...]:
    if of_group is None:
        return ()
    found = []
    for at, name in enumerate(names):
        mine = of_group[looked] == at
        if mine.any():
            picked = int((of_group[pool] == at).sum())
            found.append(GroupCoverage(name, int((of_group == at).sum()), picked, float(best[mine].mean())))
    return tuple(sorted(found, key=lambda group: (group.coverage, group.group)))


def _balance(
    labels: Sequence[str] | None, picks: Sequence[int], classes: Sequence[str], everywhere: Sequence[str] | None
) -> LabelBalance | None:
    if labels is None:
        return None
    given = known_labels(labels)
    mine = [given[row] for row in picks if given[row]]
    if not mine:
        return None
    if everywhere is None and all(given):
        everywhere = given
    return label_balance(mine, classes=classes, everywhere=everywhere)
