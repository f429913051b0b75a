"""DPP and LM-DPP pick what raises the determinant most."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

import votek
from votek.graph import unit_vectors
from votek.selection.determinantal import BALANCE, CLOSENESS, RIDGE


def oracle(
    vectors: np.ndarray,
    budget: int,
    *,
    k: int,
    labeled: Sequence[int] = (),
    exclude: Sequence[int] = (),
    bonus: np.ndarray | None = None,
) -> tuple[list[int], list[float]]:
    """Every candidate's determinant worked out from the whole kernel for every pick."""
    n = len(vectors)
    unit = unit_vectors(vectors, centre=True).astype(np.float64)
    scale = np.exp((np.zeros(n) if bonus is None else bonus) / 2)
    kernel = scale[:, None] * (unit @ unit.T + RIDGE * np.eye(n)) * scale[None, :]
    degree = np.bincount(votek.build_graph(vectors, k=k).neighbors.ravel(), minlength=n)
    chosen, picks, gains = list(labeled), [], []

    def volume(rows: list[int]) -> float:
        return np.linalg.slogdet(kernel[np.ix_(rows, rows)])[1] if rows else 0.0

    for _ in range(budget):
        open_now = [u for u in range(n) if u not in chosen and u not in exclude]
        before = volume(chosen)
        scores = {u: volume([*chosen, u]) - before for u in open_now}
        best = max(scores.values())
        node = min((u for u in open_now if scores[u] >= best - CLOSENESS), key=lambda u: (-degree[u], u))
        chosen.append(node)
        picks.append(node)
        gains.append(scores[node])
    return picks, gains


@pytest.mark.parametrize("method", ["dpp", "lm-dpp"])
def test_equals_the_oracle(method: str) -> None:
    rng = np.random.default_rng(0)
    beyond_the_rank = 0
    for case in range(80):
        n, width = int(rng.integers(3, 26)), int(rng.integers(2, 9))
        vectors = rng.normal(size=(n, width))
        rows = rng.permutation(n)
        labeled = sorted(rows[: rng.integers(0, n // 4 + 1)].tolist())
        exclude = sorted(rows[len(labeled) :][: rng.integers(0, n // 4 + 1)].tolist())
        room = n - len(labeled) - len(exclude)
        budget = room if case % 4 == 0 else int(rng.integers(1, room + 1))
        options: dict = {"k": min(3, n - 1), "labeled": labeled, "exclude": exclude}
        extra = {}
        bonus = None
        if method == "lm-dpp":
            extra["confidence"] = -rng.exponential(size=n)
            bonus = BALANCE / (1 - BALANCE) * np.exp(extra["confidence"])
        found = votek.select(vectors, budget=budget, method=method, **options, **extra)
        picks, gains = oracle(vectors, budget, bonus=bonus, **options)
        assert found.indices.tolist() == picks, case
        np.testing.assert_allclose(found.gains, gains, atol=1e-5)
        beyond_the_rank += budget + len(labeled) > width
    assert beyond_the_rank > 40


def test_the_first_pick_has_the_most_votes_and_the_next_another_direction() -> None:
    vectors = np.array([[9.0, 0, 0], [9, 0.2, 0], [9, -0.2, 0], [0, 7, 0.1], [0, 0.3, 8], [0, 0, -8.1]])
    found = votek.select(vectors, budget=3, method="dpp", k=2).indices.tolist()
    assert len({0 if row < 3 else row for row in found}) == 3


def test_gains_never_grow_even_beyond_the_number_of_dimensions() -> None:
    vectors = np.random.default_rng(1).normal(size=(60, 5))
    selection = votek.select(vectors, budget=60, method="dpp")
    assert sorted(selection.indices.tolist()) == list(range(60))
    assert (np.diff(selection.gains) <= 0).all()
    assert np.isfinite(selection.gains).all()


def test_picks_beyond_the_rank_stay_spread() -> None:
    # Three tight bundles in a plane: two picks span it, and the next go where fewest picks point.
    rng = np.random.default_rng(2)
    angles = np.repeat(np.pi / 3 * np.arange(6), 10)
    vectors = np.stack([np.cos(angles), np.sin(angles)], axis=1) + rng.normal(scale=0.01, size=(60, 2))
    picks = votek.select(vectors, budget=12, method="dpp").indices
    assert np.bincount(picks // 10 % 3, minlength=3).tolist() == [4, 4, 4]


def test_zero_vectors_come_last() -> None:
    vectors = np.array([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0], [0.0, 0.0]])
    assert votek.select(vectors, budget=5, method="dpp", k=2).indices.tolist()[-1] == 4
    assert votek.select(np.zeros((1, 3)), budget=1, method="dpp").indices.tolist() == [0]


def test_a_surer_model_draws_the_picks() -> None:
    vectors = np.random.default_rng(3).normal(size=(40, 30))
    sure = np.random.default_rng(4).permutation(40)[:10]
    confidence = np.full(40, -4.0)
    confidence[sure] = -0.01
    plain = votek.select(vectors, budget=10, method="dpp").indices
    steered = votek.select(vectors, budget=10, method="lm-dpp", confidence=confidence).indices
    assert len(set(steered) & set(sure)) > len(set(plain) & set(sure))


def test_confidence_above_0_is_lowered_as_a_whole() -> None:
    vectors = np.random.default_rng(5).normal(size=(30, 6))
    confidence = np.random.default_rng(6).normal(size=30)
    low = votek.select(vectors, budget=8, method="lm-dpp", confidence=confidence - confidence.max())
    high = votek.select(vectors, budget=8, method="lm-dpp", confidence=confidence + 900)
    assert low.indices.tolist() == high.indices.tolist()


def test_dpp_with_a_confidence_is_lm_dpp() -> None:
    rng = np.random.default_rng(12)
    vectors, confidence = rng.normal(size=(60, 6)), -rng.random(60)
    given = votek.select(vectors, budget=15, method="dpp", confidence=confidence)
    named = votek.select(vectors, budget=15, method="lm-dpp", confidence=confidence)
    assert given.indices.tolist() == named.indices.tolist()
    assert given.indices.tolist() != votek.select(vectors, budget=15, method="dpp").indices.tolist()
