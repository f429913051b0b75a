"""What a comparison rests on: which texts have labels, which pools are compared, on which test items."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from votek.datatypes import Embeddings
from votek.errors import BudgetError, InputError
from votek.evaluation.comparison import ENOUGH_POOLS
from votek.evaluation.draws import fair_slice, random_pools
from votek.evaluation.given import as_rows, first_rows, known_labels
from votek.evaluation.proxy import label_codes, unseen_labels
from votek.prompts.cosine import checked_vectors, unit_rows
from votek.prompts.retrieval import checked_mean
from votek.selection.checks import check_seed

__all__ = ["LabelledItems", "Trial", "checked_pools", "open_trial"]


@dataclass(frozen=True, eq=False)
class LabelledItems:
    """Labelled texts outside the pool file: `vectors` floats (t, d), raw; `labels`: t texts, "" where unknown."""

    vectors: ArrayLike | Embeddings
    labels: Sequence[str]


@dataclass(frozen=True, eq=False)
class Trial:
    """Pools of equal size, and test items that none of them holds.

    `pool`: int64 (m,), rows in pick order. `random`: int64 (pools, m). `others`: name -> int64 (up to m,).
    `units`: float64 (n, d), centred unit rows of all texts; `codes` int64 (n,), -1 without a label.
    `query_units`, `query_codes`: of the test items. `query_rows`: their rows when they are texts of the pool file,
    else None. `unseen`: labels of test items that no text has. `unlabelled`: picks left out as they have no label.
    """

    pool: NDArray[np.int64]
    random: NDArray[np.int64]
    others: Mapping[str, NDArray[np.int64]]
    units: NDArray[np.float64]
    codes: NDArray[np.int64]
    names: tuple[str, ...]
    query_units: NDArray[np.float64]
    query_codes: NDArray[np.int64]
    query_rows: NDArray[np.int64] | None
    query_places: NDArray[np.int64]
    unseen: Mapping[str, int]
    unlabelled: int
    eligible: int


def open_trial(
    vectors: ArrayLike | Embeddings,
    labels: Sequence[str],
    picks: Sequence[int],
    *,
    tests: LabelledItems | None = None,
    held_out: Sequence[int] | int = 500,
    others: Mapping[str, Sequence[int]] | None = None,
    random: Sequence[Sequence[int]] | int = 100,
    copies: ArrayLike | None = None,
    mean: ArrayLike | None = None,
    seed: int = 0,
) -> Trial:
    """Check everything once, choose the test items, and draw the random pools.

    Arguments are those of `votek.evaluation.against_random`.
    """
    check_seed(seed)
    raw = checked_vectors(vectors, "vectors")
    given = _checked_labels(labels, len(raw))
    groups = _checked_copies(copies, len(raw))
    centre = _centre(vectors, raw, mean)
    units = _units(raw, centre)
    has_label = np.array([bool(label) for label in given])
    pool, left_out = checked_pools(picks, len(raw), has_label, "picks")
    beside = {name: checked_pools(rows, len(raw), has_label, name)[0] for name, rows in (others or {}).items()}
    if not len(pool):
        raise InputError("None of the picks has a label, so nothing is known about them. Label them first.")
    # One text per group of copies, so that no test item is a copy of a text in a pool.
    eligible = np.flatnonzero((groups == np.arange(len(raw))) & has_label)
    query_rows: NDArray[np.int64] | None = None
    if tests is None:
        compared = [pool, *beside.values(), *([] if isinstance(random, int) else map(np.asarray, random))]
        query_rows = _slice(eligible, groups, np.concatenate(compared), held_out, has_label, seed)
        eligible = np.setdiff1d(eligible, query_rows)
        query_units, query_labels, places = units[query_rows], [given[row] for row in query_rows], query_rows
    else:
        query_units, query_labels, places = _outside(tests, raw.shape[1], centre)
    drawn = _random(random, eligible, has_label, len(pool), seed)
    unseen = _unseen([label for label in given if label], query_labels)
    (codes, query_codes), names = label_codes([*given], query_labels)
    return Trial(
        pool=pool,
        random=drawn,
        others=beside,
        units=units,
        codes=np.where(has_label, codes, -1),
        names=tuple(names),
        query_units=query_units,
        query_codes=query_codes,
        query_rows=query_rows,
        query_places=places,
        unseen=unseen,
        unlabelled=left_out,
        eligible=len(eligible),
    )


def checked_pools(
    rows: Sequence[int], n: int, has_label: NDArray[np.bool_], name: str
) -> tuple[NDArray[np.int64], int]:
    """(the rows that have a label, in order; how many have none), or an InputError that names the pool."""
    wanted = as_rows(rows, f"rows of the pool {name!r}")
    if len(np.unique(wanted)) < len(wanted):
        raise InputError(f"The pool {name!r} holds a row twice; give distinct rows.")
    if len(wanted) > n:
        raise BudgetError(f"The pool {name!r} has {len(wanted):,} rows, and there are {n:,} texts; give fewer.")
    if len(wanted) and not 0 <= wanted.min() <= wanted.max() < n:
        raise InputError(f"The pool {name!r} holds a row that is not there: rows go from 0 to {n - 1:,}.")
    kept = wanted[has_label[wanted]]
    return kept, len(wanted) - len(kept)


def _checked_labels(labels: Sequence[str], n: int) -> list[str]:
    if len(labels) != n:
        raise InputError(f"There are {len(labels):,} labels for {n:,} texts; give one each, empty where unknown.")
    given = known_labels(labels)
    if not any(given):
        raise InputError(
            "No text has a label, so accuracy cannot be measured. Import a column with labels as hidden gold, or "
            "label some texts."
        )
    return given


def _checked_copies(copies: ArrayLike | None, n: int) -> NDArray[np.int64]:
    return np.arange(n) if copies is None else first_rows(copies, n)


def _centre(
    vectors: ArrayLike | Embeddings, raw: NDArray[np.floating], mean: ArrayLike | None
) -> NDArray[np.float64] | None:
    if mean is None:
        mean = vectors.mean if isinstance(vectors, Embeddings) else raw.mean(axis=0, dtype=np.float64)
    return checked_mean(mean, raw.shape[1])


def _units(raw: NDArray[np.floating], centre: NDArray[np.float64] | None) -> NDArray[np.float64]:
    units = unit_rows(raw, centre)
    if not units.any():
        raise InputError(
            "All texts have the same vector, so none is more similar than another and no comparison can be made. "
            "Check the text column and the embedding model."
        )
    return units


def _slice(
    eligible: NDArray[np.int64],
    groups: NDArray[np.int64],
    compared: NDArray[np.int64],
    held_out: Sequence[int] | int,
    has_label: NDArray[np.bool_],
    seed: int,
) -> NDArray[np.int64]:
    if not isinstance(held_out, int):
        rows, _ = checked_pools(held_out, len(groups), has_label, "held_out")
        shared = np.isin(groups[rows], groups[compared])
        if shared.any():
            raise InputError(f"{int(shared.sum())} rows of held_out are in a compared pool; give others.")
        found = np.sort(rows)
    else:
        if held_out < 1:
            raise InputError(f"held_out was {held_out}; give how many texts to test on, at least 1.")
        found = fair_slice(eligible[~np.isin(eligible, groups[compared])], size=held_out, seed=seed)
    if not len(found):
        raise InputError(
            "No labelled text is left to test on: all of them are in a compared pool. Add a test file with labels, or "
            "compare fewer picks."
        )
    return found


def _outside(
    tests: LabelledItems, dimensions: int, centre: NDArray[np.float64] | None
) -> tuple[NDArray[np.float64], list[str], NDArray[np.int64]]:
    raw = checked_vectors(tests.vectors, "tests.vectors")
    if len(raw) != len(tests.labels) or (len(raw) and raw.shape[1] != dimensions):
        raise InputError(
            f"The test items have vectors of shape {raw.shape} and {len(tests.labels)} labels; give one label each, "
            f"and vectors of {dimensions} dimensions, from the same model."
        )
    given = known_labels(tests.labels)
    places = np.array([at for at, label in enumerate(given) if label], dtype=np.int64)
    if not len(places):
        raise InputError("No test item has a label. Name the column with labels when importing the test file.")
    return unit_rows(raw[places], centre), [given[at] for at in places], places


def _random(
    random: Sequence[Sequence[int]] | int,
    eligible: NDArray[np.int64],
    has_label: NDArray[np.bool_],
    size: int,
    seed: int,
) -> NDArray[np.int64]:
    if not isinstance(random, int):
        return _given_pools(random, len(has_label), has_label, size)
    if random < ENOUGH_POOLS:
        raise InputError(f"{random} random pools say too little; compare with {ENOUGH_POOLS} or more.")
    return random_pools(eligible, size=size, pools=random, seed=seed)


def _given_pools(random: Sequence[Sequence[int]], n: int, has_label: NDArray[np.bool_], size: int) -> NDArray[np.int64]:
    pools = []
    for at, rows in enumerate(random):
        kept, left_out = checked_pools(rows, n, has_label, f"random {at}")
        if left_out or len(kept) < size:
            raise InputError(
                f"Random pool {at} has {len(kept)} labelled texts, and the pool {size}; label all of it first."
            )
        pools.append(kept[:size])
    if not pools:
        raise InputError("There is no random pool to compare with; give one or more, or how many to draw.")
    return np.stack(pools)


def _unseen(known: Sequence[str], asked: Sequence[str]) -> dict[str, int]:
    """Labels of test items that no text has; refused where nothing could be told."""
    unseen = unseen_labels(known, asked)
    if len(set(known) | set(asked)) == 1:
        raise InputError(
            f"All labels are {known[0]!r}: with one label every pool is right about everything. Choose another column."
        )
    if sum(unseen.values()) == len(asked):
        shown = ", ".join(map(repr, list(unseen)[:5]))
        raise InputError(
            f"No label of the test items is a label of the texts (they have {shown}). Check that both columns hold the "
            "same kind of label."
        )
    return unseen
