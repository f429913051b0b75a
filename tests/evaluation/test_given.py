"""What callers may hand to the measures by mistake: refused in plain words, never read as something else."""

import numpy as np
import pandas as pd
import pytest

from votek.errors import InputError
from votek.evaluation import (
    LabelledItems,
    against_random,
    compare,
    compare_worst_group,
    difficulty,
    error_consistency,
    pool_health,
    proxy_accuracy,
    prune,
    right_models,
    try_pruning,
    wilson,
    worst_group,
)
from votek.evaluation.bootstrap import mean_interval
from votek.evaluation.folds import folds_of

RNG = np.random.default_rng(0)
VECTORS = RNG.normal(size=(60, 8))
LABELS = [str(row % 3) for row in range(60)]
ANSWERS = RNG.random(60) > 0.5
DECISIONS = RNG.random((30, 3)) > 0.5
SEEDED = {
    "against_random": lambda seed: against_random(VECTORS, LABELS, [0, 1, 2], seed=seed),
    "pool_health": lambda seed: pool_health(VECTORS, [0, 1, 2], seed=seed),
    "proxy_accuracy": lambda seed: proxy_accuracy(VECTORS, LABELS, VECTORS, LABELS, seed=seed),
    "difficulty": lambda seed: difficulty(DECISIONS, permutations=5, resamples=5, seed=seed),
    "error_consistency": lambda seed: error_consistency(ANSWERS, ~ANSWERS, seed=seed),
    "prune": lambda seed: prune(VECTORS, fraction=0.5, seed=seed),
    "prune at random": lambda seed: prune(None, fraction=0.5, way="random", scores=VECTORS[:, 0], seed=seed),
    "try_pruning": lambda seed: try_pruning(VECTORS, LABELS, fraction=0.5, resamples=20, seed=seed),
    "worst_group": lambda seed: worst_group(ANSWERS, LABELS, seed=seed),
    "compare_worst_group": lambda seed: compare_worst_group(ANSWERS, ~ANSWERS, LABELS, seed=seed),
    "folds_of": lambda seed: folds_of(LABELS, 3, seed),
}


@pytest.mark.parametrize("seed", [-1, 1.5, None, "x", True, 2**32])
@pytest.mark.parametrize("name", SEEDED)
def test_a_seed_is_a_whole_number(name, seed):
    with pytest.raises(InputError, match=r"seed = .* from 0 to 4294967295"):
        SEEDED[name](seed)


@pytest.mark.parametrize("name", SEEDED)
def test_the_greatest_seed_is_taken(name):
    assert SEEDED[name](2**32 - 1) is not None


@pytest.mark.parametrize("answers", [["yes", "no"] * 30, [0.5] * 60, [2] * 60, [None] * 60])
def test_answers_are_true_or_false(answers):
    for ask in (
        lambda: worst_group(answers, LABELS),
        lambda: compare_worst_group(ANSWERS, answers, LABELS),
        lambda: error_consistency(ANSWERS, answers),
    ):
        with pytest.raises(InputError, match="not all true or false"):
            ask()


def test_ones_and_zeros_are_answers():
    assert worst_group(ANSWERS.astype(int), LABELS) == worst_group(ANSWERS, LABELS)


@pytest.mark.parametrize("picks", [["a"], [0.5], [[0], [1, 2]], 3])
def test_picks_are_row_numbers(picks):
    for ask in (lambda: against_random(VECTORS, LABELS, picks), lambda: pool_health(VECTORS, picks)):
        with pytest.raises(InputError, match="picks"):
            ask()


@pytest.mark.parametrize("copies", [["a"] * 60, [99] * 60, [-1] * 60, [0.5] * 60, [0]])
def test_copies_are_rows_that_are_there(copies):
    for ask in (
        lambda: against_random(VECTORS, LABELS, [0], copies=copies),
        lambda: pool_health(VECTORS, [0], copies=copies),
    ):
        with pytest.raises(InputError, match="copies"):
            ask()


@pytest.mark.parametrize("nothing", [None, float("nan"), np.nan, pd.NA, " "])
def test_a_label_that_is_not_known_is_no_label_of_its_own(nothing):
    labels = [nothing if row >= 40 else label for row, label in enumerate(LABELS)]
    empty = ["" if row >= 40 else label for row, label in enumerate(LABELS)]
    assert against_random(VECTORS, labels, [0, 1, 2]) == against_random(VECTORS, empty, [0, 1, 2])
    assert pool_health(VECTORS, [0, 50], labels=labels).balance.counts == {"0": 1}
    tests = [LabelledItems(VECTORS[:9], [*LABELS[:6], one, one, one]) for one in (nothing, "")]
    found = [against_random(VECTORS, LABELS, [10, 11, 12], tests=one) for one in tests]
    assert found[0].n == 6
    assert found[0] == found[1]


@pytest.mark.parametrize(
    "ask",
    [
        lambda: mean_interval(["a"]),
        lambda: right_models(["a"]),
        lambda: prune(None, fraction=0.5, scores=["a"] * 60),
        lambda: compare("1-nn", ["a"], [["a"]]),
        lambda: wilson("1", 3),
        lambda: wilson(1.5, 3),
        lambda: prune(VECTORS, fraction="half"),
        lambda: prune(VECTORS, fraction=0.5, clusters=2.5),
        lambda: pool_health(VECTORS, [0], delta="x"),
        lambda: pool_health(VECTORS, [0], labels=["a"]),
        lambda: difficulty([[True], [True, False]]),
        lambda: difficulty(DECISIONS, permutations=1.5),
    ],
)
def test_what_is_no_number_or_does_not_fit_is_refused(ask):
    with pytest.raises(InputError, match=r"give|from 0"):
        ask()
