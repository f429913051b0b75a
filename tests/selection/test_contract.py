"""What every registered method promises."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import votek
from votek.datatypes import Selection
from votek.errors import BudgetError, Cancelled, InputError
from votek.selection.registry import METHODS

BUDGET = 12
N = 90


def blobs(seed: int = 0, n: int = N, width: int = 6) -> np.ndarray:
    """Uneven clusters with some odd ones out."""
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(5, width)) * 3
    weights = np.array([0.4, 0.3, 0.15, 0.1, 0.05])
    vectors = centres[rng.choice(5, size=n, p=weights)] + rng.normal(size=(n, width)) * 0.6
    vectors[:: max(2, n // 4)] = rng.normal(size=(len(vectors[:: max(2, n // 4)]), width)) * 4
    return vectors


@pytest.fixture(params=METHODS)
def method(request: pytest.FixtureRequest) -> str:
    """Each registered name."""
    return request.param


@pytest.fixture
def pick(method: str) -> Callable[..., Selection]:
    """`votek.select` by the method, with a confidence where it needs one."""

    def run(data: Any, budget: int = BUDGET, *, seed: int = 3, **options: Any) -> Selection:
        if METHODS[method].confidence == "needed":
            options.setdefault("confidence", -np.random.default_rng(11).exponential(size=len(data)))
        return votek.select(data, budget=budget, method=method, seed=seed, **options)

    return run


def test_picks_exactly_the_budget_all_distinct(pick: Callable[..., Selection]) -> None:
    for budget in (1, 2, 30, N):
        found = pick(blobs(), budget)
        assert len(set(found.indices.tolist())) == len(found) == budget
        assert found.indices.dtype == np.int64
        assert set(found.indices.tolist()) <= set(range(N))


def test_the_same_again(pick: Callable[..., Selection]) -> None:
    first, second = pick(blobs()), pick(blobs())
    assert first.indices.tolist() == second.indices.tolist()
    assert first.gains.tolist() == second.gains.tolist()
    assert first.digest == second.digest


def test_gains_are_finite_and_never_grow_where_that_is_promised(pick: Callable[..., Selection], method: str) -> None:
    for seed in range(5):
        for labeled in ([], [0, 5, 40]):
            gains = pick(blobs(seed), 60, labeled=labeled).gains
            assert np.isfinite(gains).all()
            if METHODS[method].submodular:
                assert (np.diff(gains) <= 0).all()


def test_labelled_and_excluded_rows_are_never_picked(pick: Callable[..., Selection]) -> None:
    labeled, exclude = list(range(0, N, 5)), list(range(1, N, 5))
    room = N - len(labeled) - len(exclude)
    found = pick(blobs(), room, labeled=labeled, exclude=exclude)
    assert set(found.indices.tolist()) == set(range(N)) - {*labeled, *exclude}
    with pytest.raises(BudgetError, match=f"only {room} distinct"):
        pick(blobs(), room + 1, labeled=labeled, exclude=exclude)


BLIND = {"random", "least-confidence"}
"""Methods whose next pick does not depend on what is labelled."""


def test_what_is_labelled_steers_the_picks(pick: Callable[..., Selection], method: str) -> None:
    vectors = blobs()
    plain = pick(vectors, k=10)
    others = [row for row in range(N) if row not in plain.indices]
    warm = [pick(vectors, labeled=others[start::4], k=10).indices.tolist() for start in range(4)]
    assert all(not set(picks) & set(others[start::4]) for start, picks in enumerate(warm))
    assert (any(picks != plain.indices.tolist() for picks in warm)) is (method not in BLIND)


GOES_ON = set(METHODS) - {"vote-k", "k-means-medoid", "typiclust", "probcover", "covericl"}
"""Methods whose first picks do not depend on how many will follow."""


def test_raising_the_budget_goes_on_where_it_stopped(pick: Callable[..., Selection], method: str) -> None:
    vectors = blobs(2)
    whole, first = pick(vectors, 30, k=10), pick(vectors, 13, k=10)
    rest = pick(vectors, 17, labeled=first.indices, k=10)
    assert not set(first.indices.tolist()) & set(rest.indices.tolist())
    if method in GOES_ON:
        assert [*first.indices, *rest.indices] == whole.indices.tolist()
        assert [*first.gains, *rest.gains] == pytest.approx(whole.gains.tolist(), abs=1e-5)


def test_of_identical_texts_one_is_picked(pick: Callable[..., Selection]) -> None:
    texts = blobs(3, n=25)
    vectors = np.concatenate([texts, texts[:20], texts])
    found = pick(vectors, 25)
    assert sorted(found.indices.tolist()) == list(range(25))
    with pytest.raises(BudgetError):
        pick(vectors, 26)


def test_of_named_copies_one_is_picked(pick: Callable[..., Selection]) -> None:
    copies = np.arange(N)
    copies[1::3], copies[2::3] = copies[0::3], copies[0::3]
    found = pick(blobs(4), 20, copies=copies, labeled=[4], exclude=[8])
    assert len({int(copies[row]) for row in found.indices}) == 20
    assert not {3, 6} & {int(copies[row]) for row in found.indices}


def test_floors_are_met_and_change_nothing_where_they_ask_nothing(pick: Callable[..., Selection]) -> None:
    vectors = blobs(5)
    groups = ["common"] * 70 + ["rare"] * 17 + ["tiny"] * 3
    assert pick(vectors, groups=groups).indices.tolist() == pick(vectors).indices.tolist()
    for labeled in ([], [0, 75, 88]):
        for budget, floor in ((9, 3), (12, 4), (30, 10)):
            found = pick(vectors, budget, groups=groups, floor=floor, labeled=labeled, exclude=[89])
            named = [groups[row] for row in [*found.indices, *labeled]]
            assert len(set(found.indices.tolist())) == budget
            assert named.count("common") >= floor
            assert named.count("rare") >= floor
            assert named.count("tiny") >= min(floor, 2)
    with pytest.raises(BudgetError, match="takes 11 picks, but the budget is 10"):
        pick(vectors, 10, groups=groups, floor=4)


def test_progress_counts_up_to_the_budget(pick: Callable[..., Selection]) -> None:
    told: list[tuple[str, int, int]] = []
    plain = pick(blobs())
    found = pick(blobs(), progress=lambda *step: told.append(step))
    counts = [done for stage, done, total in told if stage == "select" and total == BUDGET]
    assert counts[0] == 0
    assert counts[-1] == BUDGET
    assert counts == sorted(counts)
    assert found.indices.tolist() == plain.indices.tolist()


@pytest.mark.parametrize("after", [0, 1, 2, 5])
def test_it_stops_when_cancelled(pick: Callable[..., Selection], after: int) -> None:
    told: list[int] = []

    def progress(stage: str, done: int, total: int) -> None:
        if stage == "select":
            told.append(done)
            if len(told) == after + 1:
                raise Cancelled("enough")

    calls: list[int] = []
    pick(blobs(), progress=lambda stage, done, total: calls.append(done) if stage == "select" else None)
    if len(calls) > after:
        with pytest.raises(Cancelled):
            pick(blobs(), progress=progress)
        assert len(told) == after + 1
    else:
        pick(blobs(), progress=progress)


@pytest.mark.parametrize("n", [1, 2, 3])
def test_tiny_pools(pick: Callable[..., Selection], n: int) -> None:
    vectors = np.array([[1.0, 2.0], [2.0, 1.0], [-3.0, 0.5]])[:n]
    for budget in range(1, n + 1):
        assert len(set(pick(vectors, budget).indices.tolist())) == budget
    for row in range(n):
        if n > 1:
            left = pick(vectors, n - 1, labeled=[row]).indices.tolist()
            assert sorted([*left, row]) == list(range(n))
    with pytest.raises(BudgetError):
        pick(vectors, n + 1)


ODD_POOLS = {
    "one direction": np.arange(1.0, 21.0)[:, None],
    "two directions": np.outer(np.arange(-10.0, 10.0), [1.0, 2.0]),
    "in the centre": np.concatenate([np.eye(8), -np.eye(8), np.zeros((1, 8))]),
    "nearly the same": 1 + np.arange(20.0)[:, None] * 1e-7 * np.ones(3),
    "single precision apart": np.float32(1) + np.arange(20, dtype=np.float32)[:, None] * np.finfo(np.float32).eps,
    "very long and very short": np.random.default_rng(0).normal(size=(20, 4)) * 10.0 ** np.arange(-10, 10)[:, None],
    "a lattice of ties": np.array([[i, j] for i in range(-2, 3) for j in range(-2, 3)], dtype=float),
}


@pytest.mark.parametrize("pool", ODD_POOLS)
def test_odd_pools(pick: Callable[..., Selection], pool: str) -> None:
    vectors = ODD_POOLS[pool]
    n = len(vectors)
    for budget in (1, 7, n):
        found = pick(vectors, budget)
        assert len(set(found.indices.tolist())) == budget
        assert np.isfinite(found.gains).all()
    warm = pick(vectors, n - 3, labeled=[0, 5], exclude=[9])
    assert sorted([*warm.indices, 0, 5, 9]) == list(range(n))


def test_a_bare_graph_is_enough_or_refused_by_name(pick: Callable[..., Selection], method: str) -> None:
    graph = votek.build_graph(blobs(), k=15)
    if METHODS[method].needs_vectors:
        with pytest.raises(InputError, match=f"{method!r} needs vectors"):
            pick(graph)
    else:
        assert len(set(pick(graph).indices.tolist())) == BUDGET


def test_confidence_is_asked_for_or_refused_by_name(method: str) -> None:
    values = np.random.default_rng(0).random(N)
    if METHODS[method].confidence == "needed":
        with pytest.raises(InputError, match=f"{method!r} needs a confidence"):
            votek.select(blobs(), budget=3, method=method)
    elif METHODS[method].confidence == "unused":
        with pytest.raises(InputError, match=f"{method!r} does not use confidence"):
            votek.select(blobs(), budget=3, method=method, confidence=values)
    else:
        assert len(votek.select(blobs(), budget=3, method=method, confidence=values)) == 3


def test_every_method_says_what_it_is(method: str) -> None:
    known = METHODS[method]
    assert known.name == method
    assert known.label
    assert known.sentence.startswith("Picks") or " picks " in known.sentence
    assert known.sentence.endswith(".")
    assert bool(known.paper) is (method != "random")


@pytest.mark.parametrize(
    "name", ["facility-location", "k-means-medoid", "typiclust", "probcover", "k-center", "diversity", "graph-cut"]
)
def test_methods_on_vectors_tell_of_every_pick(name: str) -> None:
    told: list[int] = []
    votek.select(
        blobs(), budget=8, method=name, progress=lambda stage, done, _: told.append(done) if stage == "select" else None
    )
    assert list(dict.fromkeys(told)) == list(range(9))


@pytest.mark.parametrize("name", ["facility-location", "k-means-medoid", "typiclust", "probcover", "graph-cut"])
def test_long_preparations_can_be_cancelled(name: str) -> None:
    told: list[int] = []

    def progress(stage: str, done: int, total: int) -> None:
        if stage == "select":
            told.append(done)
            if len(told) == 2:
                raise Cancelled("enough")

    with pytest.raises(Cancelled):
        votek.select(blobs(), budget=8, method=name, progress=progress)
    assert told == [0, 0]
