"""Random picks: seeded, distinct, and mindful of what is labelled, excluded or a copy."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import votek
from votek.datatypes import SimilarityGraph

RING = SimilarityGraph(
    np.stack([(np.arange(50) + 1) % 50, (np.arange(50) - 1) % 50], axis=1).astype(np.int32),
    np.zeros((50, 2), np.float32),
)


def _picks(**options: object) -> list[int]:
    return votek.select(RING, method="random", k=2, **options).indices.tolist()


def test_the_same_seed_gives_the_same_picks() -> None:
    assert _picks(budget=10, seed=3) == _picks(budget=10, seed=3)
    assert _picks(budget=10, seed=3) != _picks(budget=10, seed=4)


def test_picks_are_spread_over_all_rows() -> None:
    counts = np.bincount(np.concatenate([_picks(budget=10, seed=seed) for seed in range(400)]), minlength=50)
    # 400 draws of 10 in 50: 80 expected for each row, standard deviation 8.
    assert counts.min() > 80 - 5 * 8
    assert counts.max() < 80 + 5 * 8


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**6), labeled=st.sets(st.integers(0, 24)), exclude=st.sets(st.integers(25, 49)))
def test_distinct_and_neither_labelled_nor_excluded(seed: int, labeled: set[int], exclude: set[int]) -> None:
    room = 50 - len(labeled) - len(exclude)
    if room == 0:
        return
    picks = _picks(budget=room, seed=seed, labeled=sorted(labeled), exclude=sorted(exclude))
    assert sorted(picks) == sorted(set(range(50)) - labeled - exclude)


def test_a_raised_budget_goes_on_where_the_earlier_one_stopped() -> None:
    whole = _picks(budget=20, seed=1)
    assert _picks(budget=12, seed=1, labeled=whole[:8]) == whole[8:]


def test_copies_are_picked_once() -> None:
    vectors = np.tile(np.random.default_rng(0).normal(size=(6, 4)), (5, 1))
    assert sorted(votek.select(vectors, budget=6, method="random").indices.tolist()) == list(range(6))


def test_random_picks_have_no_score_but_cover() -> None:
    selection = votek.select(RING, budget=5, method="random", k=2)
    assert selection.gains.tolist() == [0.0] * 5
    assert 5 / 50 <= selection.coverage[-1] <= 15 / 50
