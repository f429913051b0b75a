"""The pools that methods are compared on: real texts with gold labels, drawn with a seed."""

from __future__ import annotations

import csv
import hashlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import votek
from votek.datatypes import SimilarityGraph
from votek.graph import unit_vectors

__all__ = ["DATA_SETS", "LabelledPool", "pools"]

DATA_SETS: Mapping[str, tuple[str, ...]] = {"clinc150": ("intent", "domain"), "banking77": ("intent",)}
"""File names of train and test begin with these; the columns that hold labels."""


@dataclass(frozen=True, eq=False)
class LabelledPool:
    """A pool of unlabelled texts and the test items that are asked for afterwards.

    `vectors` float32 (n, d), raw; `graph` over them with 150 neighbours; `closeness` float32 (q, n): cosine of
    each test item to each text. `labels`: name of the label set -> (int (n,), int (q,)).
    """

    data_set: str
    seed: int
    vectors: NDArray[np.float32]
    graph: SimilarityGraph
    closeness: NDArray[np.float32]
    labels: Mapping[str, tuple[NDArray[np.int64], NDArray[np.int64]]]


def pools(size: int, seeds: int, cache: Path) -> Iterator[LabelledPool]:
    """For each data set and seed, `size` texts of its train file, with all of its test file."""
    for data_set, columns in DATA_SETS.items():
        train, test = (_read(f"{data_set}_{part}.csv") for part in ("train", "test"))
        train_vectors, test_vectors = (_embedded([row["text"] for row in rows], cache) for rows in (train, test))
        codes = {column: _codes(column, train, test) for column in columns}
        for seed in range(seeds):
            rows = np.random.default_rng(1000 + seed).choice(len(train), size=min(size, len(train)), replace=False)
            vectors = train_vectors[rows]
            mean = vectors.mean(axis=0)
            unit = unit_vectors(vectors, centre=True)
            yield LabelledPool(
                data_set,
                seed,
                vectors,
                votek.build_graph(vectors, k=150),
                unit_vectors(test_vectors - mean, centre=False) @ unit.T,
                {f"{data_set} {column}": (labels[0][rows], labels[1]) for column, labels in codes.items()},
            )


def _read(name: str) -> list[dict[str, str]]:
    folder = os.environ.get("VOTEK_TEST_DATA")
    if not folder or not (Path(folder) / name).is_file():
        raise SystemExit(f"{name} is needed: set VOTEK_TEST_DATA to the folder that holds it.")
    with (Path(folder) / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _codes(
    column: str, train: list[dict[str, str]], test: list[dict[str, str]]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    _, codes = np.unique([row[column] for row in (*train, *test)], return_inverse=True)
    return codes[: len(train)].astype(np.int64), codes[len(train) :].astype(np.int64)


def _embedded(texts: list[str], cache: Path) -> NDArray[np.float32]:
    """Vectors of the packaged model, kept in a file by the content of the texts."""
    path = cache / f"{hashlib.sha256(chr(0).join(texts).encode()).hexdigest()}.npy"
    if path.is_file():
        stored: NDArray[np.float32] = np.load(path, allow_pickle=False)
        return stored
    print(f"embedding {len(texts):,} texts, kept in {cache} ...", flush=True)
    vectors = votek.embed(texts).vectors
    cache.mkdir(parents=True, exist_ok=True)
    half = path.with_suffix(".part.npy")
    np.save(half, vectors, allow_pickle=False)
    half.replace(path)
    return np.asarray(vectors)
