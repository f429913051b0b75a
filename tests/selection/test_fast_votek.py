"""Fast vote-k picks what the formulas say, ties included."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import votek
from votek.datatypes import SimilarityGraph
from votek.selection import fast_votek, updates, votes

pick = partial(votek.select, method="fast-vote-k")
GOLDEN = [192, 144, 86, 141, 27, 77, 93, 136, 185, 104, 124, 61]


@pytest.fixture(params=["by updates", "lazily", "by updates in small limbs"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Each of the ways in which the same picks are worked out."""
    if request.param == "lazily":
        monkeypatch.setattr(fast_votek, "_lazy_is_quicker", lambda *_: True)
        return "lazily"
    monkeypatch.setattr(fast_votek, "_lazy_is_quicker", lambda *_: False)
    if request.param == "by updates in small limbs":
        monkeypatch.setattr(updates, "weight_table", _small_limbs)
    return str(request.param)


def _small_limbs(whole: int, n: int, most: int) -> tuple[np.ndarray, int]:
    """Two powers to a limb instead of a dozen: carries and limbs beyond the first become common."""
    if whole == 1:
        return np.ones(most + 1, dtype=np.int64), 1
    return np.array([whole, 1], dtype=np.int64), most // 2 + 1


@pytest.fixture(scope="module")
def golden_vectors() -> np.ndarray:
    vectors = np.random.default_rng(7).normal(size=(200, 8))
    return vectors - vectors.mean(axis=0)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.usefixtures("way")
def test_equals_the_published_picks(golden_vectors: np.ndarray, dtype: type) -> None:
    selection = pick(golden_vectors.astype(dtype), budget=12, k=10)
    assert selection.indices.tolist() == GOLDEN
    assert selection.method == "fast-vote-k"


def test_a_graph_gives_the_same_picks_each_time_it_is_used(golden_vectors: np.ndarray) -> None:
    graph = votek.build_graph(golden_vectors, k=30)
    runs = [pick(graph, budget=12, k=10).indices.tolist() for _ in range(20)]
    assert runs == [GOLDEN] * 20


@pytest.mark.usefixtures("way")
def test_equals_the_oracle_on_random_graphs(oracle_on_graph, random_graph) -> None:
    rng = np.random.default_rng(0)
    for case in range(240):
        n = int(rng.integers(2, 45))
        graph = random_graph(rng, n, int(rng.integers(1, n)))
        k = int(rng.integers(1, graph.k + 1))
        rho = float(rng.choice([10, 10, 2, 3, 1, 2.5, 0.5]))
        rows = rng.permutation(n)
        labeled = rows[: rng.integers(0, n // 3 + 1)].tolist()
        exclude = rows[len(labeled) :][: rng.integers(0, n // 4 + 1)].tolist()
        room = n - len(labeled) - len(exclude)
        budget = room if case % 4 == 0 else int(rng.integers(1, room + 1))
        options = {"rho": rho, "labeled": labeled, "exclude": exclude}
        found = pick(graph, budget=budget, k=k, **options).indices.tolist()
        assert found == oracle_on_graph(graph, budget, k=k, **options), (case, n, k, budget, options)


def test_equals_the_oracle_on_vectors_with_copies(oracle_on_vectors) -> None:
    rng = np.random.default_rng(1)
    for case in range(60):
        distinct = np.unique(rng.integers(-2, 3, size=(int(rng.integers(3, 30)), 3)), axis=0).astype(float)
        # Every distinct vector stands first once, in this order; its copies follow in any order.
        again = rng.integers(0, len(distinct), size=int(rng.integers(0, 20)))
        vectors = np.concatenate([distinct, distinct[again]])
        k, budget = int(rng.integers(1, len(distinct))), int(rng.integers(1, len(distinct) + 1))
        found = pick(vectors, budget=budget, k=k).indices.tolist()
        assert found == oracle_on_vectors(distinct, budget, k=k), case


def test_every_text_can_be_picked_once_votes_run_out() -> None:
    vectors = np.random.default_rng(3).normal(size=(60, 5))
    for budget in (45, 60):
        picks = pick(vectors, budget=budget, k=3).indices
        assert len(set(picks.tolist())) == len(picks) == budget


def test_with_no_votes_left_the_farthest_is_next() -> None:
    # Rows 0 and 1 vote for each other, 2..4 for 0: after 0 and 1, nobody has votes.
    neighbors = np.array([[1], [0], [0], [0], [0]], dtype=np.int32)
    similarities = np.array([[0.9], [0.9], [0.5], [0.7], [0.3]], dtype=np.float32)
    selection = pick(SimilarityGraph(neighbors, similarities), budget=5, k=1)
    assert selection.indices.tolist() == [0, 4, 2, 3, 1]
    assert selection.gains.tolist() == [4, 0, 0, 0, 0]


@pytest.mark.usefixtures("way")
def test_equal_scores_are_equal_however_they_are_added_up() -> None:
    # Row 0 has 1 full vote, row 1 has 10 votes of a tenth: equal, so the higher in-degree goes first.
    members, voters = [2], list(range(3, 13))
    neighbors = np.full((20, 2), 19, dtype=np.int32)
    neighbors[19] = [18, 17]
    neighbors[13] = [0, 19]
    for voter in voters:
        neighbors[voter] = [1, 2]
    graph = SimilarityGraph(neighbors, np.zeros((20, 2), dtype=np.float32))
    picks = pick(graph, budget=1, k=2, labeled=members, exclude=[19]).indices.tolist()
    assert picks == [1]
    assert pick(graph, budget=1, k=2, labeled=members, exclude=[19]).gains.tolist() == [1.0]


@pytest.mark.usefixtures("way")
def test_gains_are_the_scores_at_picking() -> None:
    neighbors = np.array([[1, 2], [2, 0], [0, 1], [0, 2], [0, 3]], dtype=np.int32)
    selection = pick(SimilarityGraph(neighbors, np.zeros((5, 2), np.float32)), budget=2, k=2)
    # All but row 0 vote; 1 is left with the vote of 2, which votes for 0 too; 2 with those of 1 and 3.
    assert selection.indices.tolist() == [0, 2]
    assert selection.gains.tolist() == [4, pytest.approx(0.2)]


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), n=st.integers(2, 60), data=st.data())
def test_exactly_as_many_distinct_picks_as_asked(seed: int, n: int, data: st.DataObject) -> None:
    rng = np.random.default_rng(seed)
    vectors = rng.integers(-1, 2, size=(n, 3)).astype(float)
    distinct = len(np.unique(vectors, axis=0))
    budget = data.draw(st.integers(1, distinct))
    k = data.draw(st.one_of(st.just("auto"), st.integers(1, n + 5)))
    picks = pick(vectors, budget=budget, k=k).indices
    assert picks.dtype == np.int64
    assert len(np.unique(vectors[picks], axis=0)) == budget


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1), first=st.integers(1, 20), more=st.integers(1, 20), rho=st.sampled_from([10, 2.5])
)
def test_a_raised_budget_goes_on_where_the_earlier_one_stopped(seed: int, first: int, more: int, rho: float) -> None:
    vectors = np.random.default_rng(seed).normal(size=(50, 4)).round(1)
    options = {"k": 5, "rho": rho, "copies": np.arange(50)}
    whole = pick(vectors, budget=first + more, **options).indices.tolist()
    start = pick(vectors, budget=first, **options).indices.tolist()
    rest = pick(vectors, budget=more, labeled=start, **options).indices.tolist()
    assert start + rest == whole


def test_many_rows_are_read_in_parts_with_the_same_result(oracle_on_graph, monkeypatch: pytest.MonkeyPatch) -> None:
    vectors = np.random.default_rng(5).normal(size=(120, 4))
    graph = votek.build_graph(vectors, k=6)
    alone = pick(graph, budget=120, k=6).indices.tolist()
    monkeypatch.setattr(votes, "SMALL", 0)
    assert pick(graph, budget=120, k=6).indices.tolist() == alone == oracle_on_graph(graph, 120, k=6)


def test_listing_too_few_voters_at_first_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    graph = votek.build_graph(np.random.default_rng(6).normal(size=(300, 4)), k=8)
    expected = pick(graph, budget=250, k=8).indices.tolist()
    monkeypatch.setattr(fast_votek, "_lazy_is_quicker", lambda *_: True)
    monkeypatch.setattr(fast_votek, "_likely", lambda degrees, budget: 1)
    assert pick(graph, budget=250, k=8).indices.tolist() == expected


@pytest.mark.parametrize("whole", [2, 3, 10, 1000, 2**40])
@pytest.mark.parametrize("n", [2, 10_000, 2_000_000])
def test_the_sum_of_all_votes_fits_63_bits(whole: int, n: int) -> None:
    weights, limbs = updates.weight_table(whole, n, most=150)
    assert weights.tolist() == [whole**power for power in reversed(range(len(weights)))]
    assert n * int(weights[0]) < 2**63
    assert int(weights[0]) * whole < 2**63
    assert limbs * len(weights) > 150


def test_the_ways_agree_on_a_pool_of_some_size() -> None:
    graph = votek.build_graph(np.random.default_rng(11).normal(size=(1500, 8)), k=100)
    for k, budget in ((100, 300), (10, 1500)):
        runs = {}
        for name in ("by updates", "lazily"):
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(fast_votek, "_lazy_is_quicker", lambda *_, name=name: name == "lazily")
                runs[name] = pick(graph, budget=budget, k=k)
        assert runs["by updates"].indices.tolist() == runs["lazily"].indices.tolist()
        np.testing.assert_allclose(runs["by updates"].gains, runs["lazily"].gains, rtol=1e-12)
