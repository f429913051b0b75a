"""Simple models of the vectors alone: they stand in where no predictions of other models are at hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from votek.errors import InputError
from votek.evaluation.folds import folds_of
from votek.evaluation.predictions import Predictions
from votek.evaluation.probe import probe_labels
from votek.graph.vectors import as_vectors, unit_vectors

if TYPE_CHECKING:
    from votek.datatypes import Embeddings, Progress

__all__ = ["STAND_INS", "answer_each_in_turn", "stand_in_answers"]

STAND_INS = ("nearest text", "five nearest texts", "nearest class mean", "linear probe")


def stand_in_answers(train: ArrayLike, labels: Sequence[str], queries: ArrayLike) -> tuple[tuple[str, ...], ...]:
    """What each of `STAND_INS` answers to `queries`, having seen labelled vectors.

    Args:
        train: float (n, d), of the labelled texts; `labels`: n labels, of at least 2 kinds.
        queries: float (q, d). Cosine is meant throughout, after subtracting the mean of `train`.

    Returns:
        Four tuples of q labels: of the most similar text, of most of the five most similar, of the class with the
        most similar mean, and of a linear probe (logistic regression).

    Raises:
        InputError: the sizes do not fit, or there is one label only.
    """
    from sklearn.neighbors import KNeighborsClassifier, NearestCentroid

    known = np.asarray(as_vectors(train), dtype=np.float64)
    asked = np.asarray(as_vectors(queries), dtype=np.float64)
    answers = np.array(labels, dtype=str)
    if len(known) != len(answers) or known.shape[1] != asked.shape[1]:
        raise InputError(
            f"{len(known)} vectors of {known.shape[1]} numbers, {len(answers)} labels, and queries of "
            f"{asked.shape[1]} numbers; give one label per vector, and vectors of one length."
        )
    mean = known.mean(axis=0)
    unit, asked_unit = unit_vectors(known - mean, centre=False), unit_vectors(asked - mean, centre=False)
    kinds, codes = np.unique(answers, return_inverse=True)
    if len(kinds) < 2:
        raise InputError(
            f"All {len(answers):,} labelled texts have the label {str(kinds[0])!r}. There is nothing to tell apart; "
            "label more texts."
        )
    near = KNeighborsClassifier(n_neighbors=1).fit(unit, answers)
    five = KNeighborsClassifier(n_neighbors=min(5, len(known))).fit(unit, answers)
    centre = NearestCentroid().fit(unit, answers)
    probe = kinds[probe_labels(unit.astype(np.float64), codes, asked_unit.astype(np.float64))]
    found = [*(model.predict(asked_unit) for model in (near, five, centre)), probe]
    return tuple(tuple(map(str, column)) for column in found)


def answer_each_in_turn(
    vectors: Embeddings | ArrayLike,
    labels: Sequence[str],
    *,
    ids: Sequence[str] | None = None,
    folds: int = 5,
    seed: int = 0,
    progress: Progress | None = None,
) -> Predictions:
    """The stand-ins' answers to labelled texts, each answered by models that have not seen it.

    The texts are dealt into `folds` parts of like class balance; each part is answered by models that saw the others.

    Args:
        vectors: float (n, d); `labels`: n labels; `ids`: n ids, row numbers when left out.

    Raises:
        InputError: fewer texts than folds, or one label only.

    >>> vectors = np.random.default_rng(0).normal(size=(20, 4))
    >>> vectors[10:, 0] += 9
    >>> answer_each_in_turn(vectors, ["low"] * 10 + ["high"] * 10).models
    ('nearest text', 'five nearest texts', 'nearest class mean', 'linear probe')
    """
    rows = as_vectors(vectors)
    part = folds_of(labels, folds, seed)
    table: NDArray[np.object_] = np.full((len(STAND_INS), len(labels)), "", dtype=object)
    for fold in range(folds):
        inside = np.flatnonzero(part == fold)
        outside = np.flatnonzero(part != fold)
        found = stand_in_answers(rows[outside], [labels[row] for row in outside.tolist()], rows[inside])
        for place, answers in enumerate(found):
            table[place, inside] = answers
        if progress is not None:
            progress("stand-ins", fold + 1, folds)
    names = tuple(ids) if ids is not None else tuple(str(row) for row in range(len(labels)))
    return Predictions(names, STAND_INS, tuple(tuple(map(str, row)) for row in table), tuple(labels))
