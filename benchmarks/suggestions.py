"""How often a suggestion is right, and how often it is as sure as it should be: the table of docs/suggestions.md.

`python -m benchmarks.suggestions --cache FOLDER` reads labelled texts from VOTEK_TEST_DATA.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.quality.pools import pools
from votek.annotation.suggest import suggest_from_nearest
from votek.datatypes import Embeddings, LabelSpec, TaskSpec
from votek.settings import Settings

__all__ = ["measure"]

LABELS = (4, 10, 40)
LABELLED = (20, 40, 100, 200)
ASKED = 200
DRAWS = 20
BINS = ((0.5, 0.7), (0.7, 0.9), (0.9, 1.01))


def measure(
    vectors: NDArray[np.float32], codes: NDArray[np.int64], *, labels: int, labelled: int, seed: int
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """(confidence, right) of each of 200 texts, NaN where nothing is suggested.

    A task of `labels` classes drawn by lot, of whose texts `labelled` drawn by lot have their label.
    """
    rng = np.random.default_rng(seed)
    kinds = rng.choice(np.unique(codes), labels, replace=False)
    rows = rng.permutation(np.flatnonzero(np.isin(codes, kinds)))
    task = TaskSpec("single", tuple(LabelSpec(str(kind), "#000000") for kind in kinds))
    pool = vectors[rows]
    asked = range(labelled, min(labelled + ASKED, len(rows)))
    found = suggest_from_nearest(
        asked,
        labels={at: str(codes[rows[at]]) for at in range(labelled)},
        task=task,
        embeddings=Embeddings(pool, "m", "d", pool.mean(axis=0)),
        copies=np.arange(len(rows)),
    )
    sure = np.array([found[at].confidence if at in found else np.nan for at in asked])
    right = np.array([at in found and found[at].value == str(codes[rows[at]]) for at in asked])
    return sure, right


def _table(cache: Path) -> Iterator[str]:
    yield "| data | labels | labelled | suggested for | right | said 50-70% | said 70-90% | said 90% and more |"
    yield "|---|---|---|---|---|---|---|---|"
    for pool in pools(10_000, 1, cache):
        name = f"{pool.data_set} intent"
        for labels in LABELS:
            for labelled in LABELLED:
                draws = [
                    measure(pool.vectors, pool.labels[name][0], labels=labels, labelled=labelled, seed=seed)
                    for seed in range(DRAWS)
                ]
                sure, right = (np.concatenate(part) for part in zip(*draws, strict=True))
                yield f"| {pool.data_set} | {labels} | {labelled} | {' | '.join(_cells(sure, right))} |"


def _cells(sure: NDArray[np.float64], right: NDArray[np.bool_]) -> Iterator[str]:
    told = np.isfinite(sure)
    yield f"{told.mean():.0%}"
    yield f"{right[told].mean():.0%}"
    for low, high in BINS:
        inside = (sure >= low) & (sure < high)
        yield f"{right[inside].mean():.0%} right" if inside.sum() >= 50 else "few"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.suggestions", description=__doc__)
    parser.add_argument("--cache", type=Path, default=Settings().data / "benchmarks", help="where vectors are kept")
    for line in _table(parser.parse_args().cache):
        print(line, flush=True)
