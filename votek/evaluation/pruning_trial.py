"""Which part of the data to keep: a probe trained on each, and tested on texts that were held out, decides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from votek.errors import InputError
from votek.evaluation.bootstrap import mean_interval
from votek.evaluation.folds import folds_of
from votek.evaluation.intervals import Interval, wilson
from votek.evaluation.probe import probe_labels
from votek.evaluation.pruning import Way, centroid_distances, check_scores, prune
from votek.graph.vectors import as_vectors, unit_vectors
from votek.selection.checks import SEEDS

if TYPE_CHECKING:
    from votek.datatypes import Embeddings, Progress

__all__ = ["PruningTrial", "TrialRow", "try_pruning"]

PARTS = 5
DRAWS = 5


@dataclass(frozen=True)
class TrialRow:
    """One way of keeping rows: how many the probe was trained on, and how well it does.

    `accuracy`: with Wilson's interval (for random: the mean of several draws, with the interval of a share so large).
    `against_random`: accuracy minus that of random rows, with a paired bootstrap interval over the held-out texts; None
    for random itself.
    """

    way: str
    kept: int
    accuracy: Interval
    against_random: Interval | None


@dataclass(frozen=True)
class PruningTrial:
    """The rows of the trial: all, easy, hard, random. `verdict`: what they say, in one sentence."""

    rows: tuple[TrialRow, ...]
    trained_on: int
    held_out: int
    verdict: str


def try_pruning(
    vectors: Embeddings | ArrayLike,
    labels: Sequence[str],
    *,
    fraction: float,
    scores: Sequence[float] | NDArray[np.float64] | None = None,
    clusters: int | None = None,
    seed: int = 0,
    resamples: int = 2000,
    progress: Progress | None = None,
) -> PruningTrial:
    """Train a linear probe on all, the easy, the hard and random rows, and test each on a held-out fifth.

    Pruning sees the other four fifths only. Random is drawn five times.

    Args:
        vectors: float (n, d); `labels`: n labels, all known.
        fraction: how much of the training rows is kept.
        scores: as in `prune`.
        progress: called as ("probe", done, total); may raise to stop.

    Raises:
        InputError: fewer than 5 rows, one label only, or what `prune` refuses.
    """
    rows = as_vectors(vectors)
    if len(rows) != len(labels):
        raise InputError(f"{len(labels)} labels for {len(rows)} rows; give one each.")
    part = folds_of(labels, PARTS, seed)
    inside, outside = np.flatnonzero(part != 0), np.flatnonzero(part == 0)
    unit = unit_vectors(rows - rows[inside].mean(axis=0), centre=False).astype(np.float64)
    codes = np.unique(labels, return_inverse=True)[1]
    known = [labels[row] for row in inside.tolist()]
    if scores is None:
        hard, _ = centroid_distances(rows[inside], labels=known, clusters=clusters, seed=seed)
    else:
        hard = check_scores(scores, n=len(rows))[inside]
    ways: list[tuple[Way | None, int]] = [(None, 0), ("easy", 0), ("hard", 0), *(("random", at) for at in range(DRAWS))]
    found: dict[str, list[NDArray[np.float64]]] = {}
    sizes: dict[str, int] = {}
    for done, (way, draw) in enumerate(ways, 1):
        kept = inside
        if way is not None:
            drawn = (seed + draw) % SEEDS
            kept = inside[prune(None, fraction=fraction, way=way, labels=known, scores=hard, seed=drawn).kept]
        answers = probe_labels(unit[kept], codes[kept], unit[outside])
        found.setdefault(way or "all", []).append((answers == codes[outside]).astype(np.float64))
        sizes[way or "all"] = len(kept)
        if progress is not None:
            progress("probe", done, len(ways))
    table = _compared({way: np.mean(drawn, axis=0) for way, drawn in found.items()}, sizes, resamples, seed)
    return PruningTrial(table, len(inside), len(outside), _verdict(table))


def _compared(
    found: Mapping[str, NDArray[np.float64]], sizes: Mapping[str, int], resamples: int, seed: int
) -> tuple[TrialRow, ...]:
    rows = []
    for way, answers in found.items():
        apart = None
        if way != "random":
            apart = mean_interval(answers - found["random"], draws=resamples, seed=seed)
        rows.append(TrialRow(way, sizes[way], _share(answers), apart))
    return tuple(rows)


def _share(answers: NDArray[np.float64]) -> Interval:
    around = wilson(round(float(answers.sum())), len(answers))
    return Interval(float(answers.mean()), around.low, around.high)


def _verdict(rows: Sequence[TrialRow]) -> str:
    better = [row for row in rows if row.way in ("easy", "hard") and row.against_random and row.against_random.low > 0]
    if better:
        best = max(better, key=lambda row: row.accuracy.value)
        return f"Keeping the {best.way} texts trains a better probe than random ones here."
    worse = [
        row.way for row in rows if row.way in ("easy", "hard") and row.against_random and row.against_random.high < 0
    ]
    if len(worse) == 2:
        return "Random texts train a better probe than both the easy and the hard ones here."
    return (
        "Neither the easy nor the hard texts train a probe that is better than random beyond noise: keep random ones."
    )
