"""Does it beat random? A pool of picks against random pools of the same size, on labelled test items."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from votek.datatypes import Embeddings, Progress
from votek.evaluation.comparison import Comparison, compare
from votek.evaluation.learning import LearningCurve, learning_curve
from votek.evaluation.probe import probe_labels
from votek.evaluation.proxy import Vote, nearest_labels
from votek.evaluation.trial import LabelledItems, Trial, open_trial
from votek.evaluation.words import PAIR, verdict_sentence

__all__ = ["MEASURES", "Against", "against_random"]

MEASURES = {
    "1-nn": "Nearest labelled text",
    "top-j": "Nearest few labelled texts",
    "random-retrieval": "A labelled text at random",
    "linear-probe": "A classifier trained on the pool",
}
"""What is measured, by name."""
PROBED = 20
"""A classifier is trained on so many of the random pools."""

Right = Callable[[NDArray[np.int64]], NDArray[np.float64]]


@dataclass(frozen=True)
class Against:
    """A pool beside random pools.

    `main`: by the nearest labelled text (1-NN), the proxy that the verdict is about. `more`: other measures, the
    paper's two negative findings among them. `curve`: accuracy by number of labels. `n`: test items; `held_out`: they
    are texts of the pool file. `size`: labelled texts in each pool; `left_out`: picks without a label. `unseen`:
    labels of test items that no text has, with counts. `eligible`: texts the random pools were drawn from. `pair`:
    the text is made of several columns, so the proxy says nothing.
    """

    main: Comparison
    more: tuple[Comparison, ...]
    curve: LearningCurve
    n: int
    held_out: bool
    size: int
    left_out: int
    unseen: Mapping[str, int]
    eligible: int
    pools: int
    nearest: int
    vote: Vote
    pair: bool
    seed: int

    @property
    def sentence(self) -> str:
        """The verdict in words."""
        if self.pair:
            return PAIR
        return verdict_sentence(self.main, size=self.size)

    def to_json(self) -> dict[str, Any]:
        """The same as plain dictionaries, lists, strings and numbers, and the verdict in words."""
        return {**asdict(self), "sentence": self.sentence}


def against_random(
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
    nearest: int = 5,
    vote: Vote = "similarity",
    probe: bool = False,
    pair: bool = False,
    seed: int = 0,
    progress: Progress | None = None,
) -> Against:
    """Compare the picks with random pools of the same size, on the same labelled test items.

    Args:
        vectors: floats (n, d), raw, or Embeddings.
        labels: n texts, "" where the label is not known. The labels of all pools are taken from here, so that
            pools differ by their texts alone.
        picks: rows in pick order; those without a label are left out.
        tests: labelled items outside of the pool file. None: a slice of the texts is held out.
        held_out: how many texts to hold out, or which rows. They are drawn from the labelled texts that
            are in no compared pool and no copy of one, at most half of them; random pools are drawn from the rest.
        others: name -> rows picked by other methods; the first len(picks) with a label count.
        random: how many pools of distinct texts to draw, at least 20, or the rows of each.
        copies: int64 (n,), for each row the first row of its group of copies; one text per group is drawn.
        mean: (d,), subtracted before cosines are taken; None: that of the Embeddings, or of `vectors`.
        nearest: labelled texts that have a say in the measure "top-j", and `vote`, as in `proxy_accuracy`.
        probe: train a linear classifier on the pool and on 20 of the random pools, too.
        pair: say that the proxy is of no use, as each text is a pair of sentences.
        seed: of the slice, the pools and the intervals.
        progress: called as ("analysis", steps done, steps).

    "random-retrieval" is the expected accuracy of the label of a labelled text drawn at random, with which,
    after Su et al. 2022 (arXiv 2209.01975), it should not matter how the pool was picked.

    Raises:
        InputError: no labels, one label only, rows or shapes that do not fit, nothing left to test on.
        BudgetError: fewer labelled texts than a random pool needs.
    """
    trial = open_trial(
        vectors, labels, picks, tests=tests, held_out=held_out, others=others, random=random,
        copies=copies, mean=mean, seed=seed,
    )  # fmt: skip
    cosines = _Cosines(trial)
    said: dict[str, Right] = {
        "1-nn": lambda rows: _right(trial, cosines.labels(rows, 1, vote)),
        "top-j": lambda rows: _right(trial, cosines.labels(rows, nearest, vote)),
        "random-retrieval": lambda rows: _share(trial, rows),
    }
    if probe:
        said["linear-probe"] = lambda rows: _right(
            trial, probe_labels(trial.units[rows], trial.codes[rows], trial.query_units)
        )
    found = []
    for done, (name, right) in enumerate(said.items()):
        if progress is not None:
            progress("analysis", done, len(said) + 1)
        found.append(_measure(trial, name, right, seed))
    curve = learning_curve(trial, said["1-nn"])
    if progress is not None:
        progress("analysis", len(said) + 1, len(said) + 1)
    return Against(
        main=found[0],
        more=tuple(found[1:]),
        curve=curve,
        n=len(trial.query_codes),
        held_out=trial.query_rows is not None,
        size=len(trial.pool),
        left_out=trial.unlabelled,
        unseen=dict(trial.unseen),
        eligible=trial.eligible,
        pools=len(trial.random),
        nearest=nearest,
        vote=vote,
        pair=pair,
        seed=seed,
    )


class _Cosines:
    """Cosines of the test items to every text that a pool holds, taken once."""

    def __init__(self, trial: Trial) -> None:
        held = [trial.pool, trial.random.ravel(), *trial.others.values()]
        self.rows = np.unique(np.concatenate(held))
        self.values = trial.query_units @ trial.units[self.rows].T
        self.codes = trial.codes[self.rows]

    def labels(self, rows: NDArray[np.int64], nearest: int, vote: Vote) -> NDArray[np.int64]:
        columns = np.searchsorted(self.rows, np.sort(rows))  # on equal cosines the lower row is the nearer
        return nearest_labels(self.values[:, columns], self.codes[columns], nearest=nearest, vote=vote)


def _right(trial: Trial, labels: NDArray[np.int64]) -> NDArray[np.float64]:
    right: NDArray[np.float64] = (labels == trial.query_codes).astype(np.float64)
    return right


def _share(trial: Trial, rows: NDArray[np.int64]) -> NDArray[np.float64]:
    """For each test item the share of the pool's texts that have its label."""
    counts = np.bincount(trial.codes[rows], minlength=len(trial.names))
    share: NDArray[np.float64] = counts[trial.query_codes] / len(rows)
    return share


def _measure(trial: Trial, name: str, right: Right, seed: int) -> Comparison:
    pools = trial.random[:PROBED] if name == "linear-probe" else trial.random
    others = {method: right(rows[: len(trial.pool)]) for method, rows in trial.others.items() if len(rows)}
    return compare(name, right(trial.pool), np.stack([right(rows) for rows in pools]), others=others, seed=seed)
