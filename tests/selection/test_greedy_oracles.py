"""Greedy methods on vectors pick what a plain loop over all candidates picks, written from the formulas."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest

import votek
from votek.selection import probcover

Score = Callable[[np.ndarray, list[int], int], float]


def facility_location(cosines: np.ndarray, chosen: list[int], u: int) -> float:
    """Growth of the sum over i of max(0, greatest cosine to what is chosen)."""

    def value(picks: list[int]) -> float:
        return sum(max([0.0, *(cosines[i, j] for j in picks)]) for i in range(len(cosines)))

    return value([*chosen, u]) - value(chosen)


CLOSENESS = 1e-6
"""Scores closer than this times the square root of n count as equal."""


def k_center(cosines: np.ndarray, chosen: list[int], u: int) -> float:
    """Distance to the nearest that is chosen."""
    return 1 - max([-1.0, *(cosines[u, j] for j in chosen)])


def diversity(cosines: np.ndarray, chosen: list[int], u: int) -> float:
    """Unlikeness to all that is chosen."""
    return -sum(cosines[u, j] for j in chosen)


def graph_cut(cosines: np.ndarray, chosen: list[int], u: int) -> float:
    """Growth of the similarity to all, less that of the chosen to each other in both directions."""

    def value(picks: list[int]) -> float:
        to_all = sum(max(0.0, cosines[i, j]) for i in range(len(cosines)) for j in picks)
        return to_all - sum(max(0.0, cosines[i, j]) for i in picks for j in picks if i != j)

    return value([*chosen, u]) - value(chosen)


SCORES: dict[str, Score] = {
    "facility-location": facility_location,
    "k-center": k_center,
    "diversity": diversity,
    "graph-cut": graph_cut,
}


def cosines_of(vectors: np.ndarray) -> np.ndarray:
    shifted = vectors - vectors.mean(axis=0)
    unit = (shifted / np.linalg.norm(shifted, axis=1)[:, None]).astype(np.float32).astype(np.float64)
    return unit @ unit.T


def plain_greedy(
    score: Score,
    cosines: np.ndarray,
    budget: int,
    *,
    k: int,
    labeled: Sequence[int],
    exclude: Sequence[int],
    groups: Sequence[int] | None = None,
    floor: int = 0,
) -> tuple[list[int], list[float]]:
    n = len(cosines)
    others = [sorted((v for v in range(n) if v != u), key=lambda v: (-np.float32(cosines[u, v]), v)) for u in range(n)]
    votes = [sum(u in row[:k] for row in others) for u in range(n)]
    names = list(groups) if groups is not None else [0] * n
    chosen, picks, gains = list(labeled), [], []
    for place in range(budget):
        due = {}
        for name in set(names):
            least = min(floor, sum(names[u] == name and u not in exclude for u in range(n)))
            due[name] = max(0, least - sum(names[u] == name for u in chosen))
        open_now = [u for u in range(n) if u not in chosen and u not in exclude]
        if sum(due.values()) == budget - place:
            open_now = [u for u in open_now if due[names[u]]]
        scores = {u: score(cosines, chosen, u) for u in open_now}
        best = max(scores.values())
        node = min((u for u in open_now if scores[u] >= best - CLOSENESS * n**0.5), key=lambda u: (-votes[u], u))
        chosen.append(node)
        picks.append(node)
        gains.append(scores[node])
    return picks, gains


def random_case(seed: int) -> tuple[np.ndarray, int, dict]:
    """Vectors, a budget (every fourth: all that may be picked), and options (every third with floors)."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 26))
    vectors = rng.normal(size=(n, int(rng.integers(2, 8)))) + rng.integers(0, 3, size=(n, 1))
    rows = rng.permutation(n).tolist()
    warm = int(rng.integers(0, n // 3 + 1))
    labeled, exclude = rows[:warm], rows[warm : warm + n // 6]
    room = n - warm - n // 6
    budget = room if seed % 4 == 0 else int(rng.integers(1, room + 1))
    groups = rng.integers(0, 3, size=n).tolist() if seed % 3 == 0 else None
    floor = min(2, budget // 3) if groups else 0
    options = {"k": min(3, n - 1), "labeled": labeled, "exclude": exclude, "groups": groups, "floor": floor}
    return vectors, budget, options


@pytest.mark.parametrize("method", SCORES)
@pytest.mark.parametrize("seed", range(50))
def test_equals_the_plain_greedy(method: str, seed: int) -> None:
    vectors, budget, options = random_case(seed)
    found = votek.select(vectors, budget=budget, method=method, **options)
    picks, gains = plain_greedy(SCORES[method], cosines_of(vectors), budget, **options)
    assert found.indices.tolist() == picks
    assert found.gains.tolist() == pytest.approx(gains, abs=1e-5)


@pytest.mark.parametrize("seed", range(50))
def test_probcover_equals_the_plain_greedy(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    vectors, budget, options = random_case(seed)
    cosines, n = cosines_of(vectors), len(vectors)
    clusters = np.random.default_rng(seed).integers(0, 3, size=n)
    asked = []
    monkeypatch.setattr(probcover, "cluster", lambda problem, count: asked.append(count) or clusters)
    apart = [[cosines[u, v] for v in range(n) if clusters[u] != clusters[v]] for u in range(n)]

    def share_of_pure(t: float) -> float:
        return sum(all(cosine < t for cosine in row) for row in apart) / n

    thresholds = [max([-1.0, *row]) + 1e-6 for row in apart]
    t = min(t for t in thresholds if share_of_pure(t) >= 0.95)
    balls = [{v for v in range(n) if v == u or cosines[u, v] >= t} for u in range(n)]

    def newly_covered(cosines: np.ndarray, chosen: list[int], u: int) -> float:
        new = balls[u] - set().union(*(balls[j] for j in chosen))
        # At most 0.8, so that it only decides between balls that add nothing: the farthest is first.
        return len(new) or 0.4 * k_center(cosines, chosen, u)

    found = votek.select(vectors, budget=budget, method="probcover", **options)
    picks, gains = plain_greedy(newly_covered, cosines, budget, **options)
    ended = next((i for i, gain in enumerate(gains) if gain < 1), budget)
    assert asked == [max(2, budget + len(options["labeled"]))]
    assert found.indices.tolist() == picks
    assert found.gains.tolist() == [gain if i < ended else 0 for i, gain in enumerate(gains)]


@pytest.mark.parametrize("rows", [0, 1, 7, 40])
def test_facility_location_is_the_same_whatever_is_kept(rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    from votek.selection import similar_rows

    vectors = np.random.default_rng(5).normal(size=(150, 6))
    whole = votek.select(vectors, budget=60, method="facility-location", labeled=[3, 9])
    monkeypatch.setattr(similar_rows, "KEPT_BYTES", 4 * 150 * rows)
    monkeypatch.setattr(similar_rows, "BLOCK_BYTES", 4 * 150 * 11)
    few = votek.select(vectors, budget=60, method="facility-location", labeled=[3, 9])
    assert few.indices.tolist() == whole.indices.tolist()
    assert few.gains == pytest.approx(whole.gains, abs=1e-5)
