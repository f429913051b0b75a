"""The front door: what it refuses and in which words, copies, the automatic k, parameters."""

from __future__ import annotations

import numpy as np
import pytest

import votek
from votek.datatypes import Embeddings
from votek.errors import BudgetError, InputError, UnknownNameError


@pytest.fixture(scope="module")
def vectors() -> np.ndarray:
    return np.random.default_rng(0).normal(size=(40, 6)).astype(np.float32)


@pytest.fixture(scope="module")
def graph(vectors: np.ndarray):
    return votek.build_graph(vectors, k=12)


@pytest.mark.parametrize("budget", [0, -3, True, False, 2.0, "5", None])
def test_a_budget_is_a_whole_number_above_0(vectors: np.ndarray, budget: object) -> None:
    with pytest.raises(BudgetError, match=r"budget = .*at least 1"):
        votek.select(vectors, budget=budget)


def test_a_numpy_integer_is_a_budget(vectors: np.ndarray) -> None:
    assert len(votek.select(vectors, budget=np.int32(3))) == 3


def test_a_budget_above_the_texts_names_both_numbers(vectors: np.ndarray, graph) -> None:
    for data in (vectors, graph):
        with pytest.raises(BudgetError, match=r"budget = 41.*only 40 distinct"):
            votek.select(data, budget=41)


def test_six_texts_of_ten_copies_hold_six_picks() -> None:
    texts = np.random.default_rng(1).normal(size=(6, 5))
    vectors = np.tile(texts, (10, 1))
    with pytest.raises(BudgetError, match=r"budget = 12.*only 6 distinct.*54 of them copies"):
        votek.select(vectors, budget=12)
    assert sorted(votek.select(vectors, budget=6).indices.tolist()) == [0, 1, 2, 3, 4, 5]


def test_labelled_and_excluded_rows_shrink_the_room(vectors: np.ndarray) -> None:
    with pytest.raises(BudgetError, match=r"budget = 38.*only 37 distinct.*1 labelled, 2 excluded"):
        votek.select(vectors, budget=38, labeled=[0], exclude=[1, 2])
    picks = votek.select(vectors, budget=37, labeled=[0], exclude=[1, 2]).indices
    assert sorted(picks.tolist()) == list(range(3, 40))


def test_all_identical_texts_hold_one_pick() -> None:
    vectors = np.full((25, 8), 0.1)
    assert votek.select(vectors, budget=1).indices.tolist() == [0]
    with pytest.raises(BudgetError, match="only 1 distinct"):
        votek.select(vectors, budget=2)


def test_one_text_is_picked() -> None:
    selection = votek.select([[1.0, 2.0]], budget=1)
    assert selection.indices.tolist() == [0]
    assert selection.parameters["k"] == 0
    assert selection.coverage.tolist() == [1.0]


def test_identical_rows_collapse_whatever_the_sign_of_zero() -> None:
    vectors = np.array([[0.0, 1.0], [-0.0, 1.0], [1.0, 0.0]])
    assert votek.select(vectors, budget=2).parameters["distinct"] == 2


def test_given_copies_collapse_to_their_first_row(vectors: np.ndarray) -> None:
    copies = np.arange(40)
    copies[[5, 9, 30]] = 2
    picks = votek.select(vectors, budget=37, copies=copies).indices.tolist()
    assert sorted(picks) == [row for row in range(40) if row not in (5, 9, 30)]
    with pytest.raises(BudgetError, match="only 37 distinct"):
        votek.select(vectors, budget=38, copies=copies)


def test_a_labelled_or_excluded_copy_stands_for_its_group(vectors: np.ndarray) -> None:
    copies = np.arange(40)
    copies[30], copies[31] = 2, 3
    picks = votek.select(vectors, budget=36, copies=copies, labeled=[30], exclude=[31]).indices.tolist()
    assert not {2, 3, 30, 31} & set(picks)


def test_copies_are_refused_where_they_cannot_apply(vectors: np.ndarray, graph) -> None:
    with pytest.raises(InputError, match="copies cannot be given with a graph"):
        votek.select(graph, budget=2, copies=np.arange(40))
    with pytest.raises(InputError, match="copies holds 3 entries for 40 rows"):
        votek.select(vectors, budget=2, copies=[0, 1, 2])


@pytest.mark.parametrize("name", ["labeled", "exclude"])
def test_rows_must_exist(vectors: np.ndarray, name: str) -> None:
    for rows, words in (
        ([40], "row 40"),
        ([-1], "row -1"),
        ([0.5], "row numbers"),
        (np.zeros(40, bool), "row numbers"),
    ):
        with pytest.raises(InputError, match=words):
            votek.select(vectors, budget=2, **{name: rows})


def test_a_row_is_not_both_labelled_and_excluded(vectors: np.ndarray) -> None:
    with pytest.raises(InputError, match="Row 7 is both in labeled and in exclude"):
        votek.select(vectors, budget=2, labeled=[3, 7], exclude=[7])


def test_excluded_rows_still_vote() -> None:
    neighbors = np.array([[1], [0], [0], [0]], dtype=np.int32)
    graph = votek.datatypes.SimilarityGraph(neighbors, np.zeros((4, 1), np.float32))
    assert votek.select(graph, budget=1, k=1, method="fast-vote-k", exclude=[2, 3]).gains.tolist() == [3.0]
    assert votek.select(graph, budget=1, k=1, method="fast-vote-k", labeled=[2, 3]).gains.tolist() == [1.0]


@pytest.mark.parametrize("rho", [0, -1, float("nan"), float("inf"), "10", True, None])
def test_rho_is_a_finite_number_above_0(vectors: np.ndarray, rho: object) -> None:
    with pytest.raises(InputError, match=r"rho = .*above 0"):
        votek.select(vectors, budget=2, rho=rho)


@pytest.mark.parametrize("seed", [-1, 1.5, True, "x", None, 2**32, 10**30])
@pytest.mark.parametrize("method", ["random", "k-means-medoid"])
def test_a_seed_is_a_whole_number_that_every_method_takes(vectors: np.ndarray, method: str, seed: object) -> None:
    with pytest.raises(InputError, match=r"seed = .* from 0 to 4294967295"):
        votek.select(vectors, budget=2, seed=seed, method=method)


@pytest.mark.parametrize("method", ["random", "k-means-medoid", "typiclust", "probcover", "ideal"])
def test_the_greatest_seed_is_taken(vectors: np.ndarray, method: str) -> None:
    assert len(votek.select(vectors, budget=2, seed=2**32 - 1, method=method)) == 2


@pytest.mark.parametrize("option", ["labeled", "exclude", "copies", "confidence"])
def test_lists_of_different_lengths_are_refused(vectors: np.ndarray, option: str) -> None:
    with pytest.raises(InputError, match=option):
        votek.select(vectors, budget=2, method="dpp", **{option: [[0], [1, 2]]})


@pytest.mark.parametrize("names", [[None] * 40, [0, "a"] * 20])
def test_copies_whose_groups_cannot_be_sorted_are_refused(vectors: np.ndarray, names: list) -> None:
    with pytest.raises(InputError, match="copies must hold one group per row"):
        votek.select(vectors, budget=2, copies=np.array(names, dtype=object))


@pytest.mark.parametrize("groups", [[["a"]] * 40, 5])
def test_groups_without_names_are_refused(vectors: np.ndarray, groups: object) -> None:
    with pytest.raises(InputError, match=r"groups cannot be used .*one name per row"):
        votek.select(vectors, budget=2, groups=groups, floor=1)


def test_a_date_is_no_confidence(vectors: np.ndarray) -> None:
    days = np.datetime64("2024-01-01") + np.arange(40)
    with pytest.raises(InputError, match="confidence must be numbers"):
        votek.select(vectors, budget=2, method="least-confidence", confidence=days)


def test_an_unknown_method_lists_the_known_ones(vectors: np.ndarray) -> None:
    with pytest.raises(UnknownNameError, match=r"'best'.*auto, weighted-coverage, fast-vote-k, "):
        votek.select(vectors, budget=2, method="best")
    assert {"fast-vote-k", "random"} <= set(votek.methods())
    for name in ("fast-vote-k", "random", "auto"):
        assert len(votek.select(vectors, budget=2, method=name)) == 2


def test_confidence_is_refused_by_methods_that_ignore_it(vectors: np.ndarray) -> None:
    with pytest.raises(InputError, match="'fast-vote-k' does not use confidence"):
        votek.select(vectors, budget=2, method="fast-vote-k", confidence=np.zeros(40))


@pytest.mark.parametrize("k", [0, -1, True, 2.5, "all", None])
def test_k_is_a_whole_number_or_auto(vectors: np.ndarray, k: object) -> None:
    with pytest.raises(InputError, match="k = "):
        votek.select(vectors, budget=2, k=k)


def test_k_beyond_the_texts_is_all_others(vectors: np.ndarray) -> None:
    for k in (39, 40, 1000):
        assert votek.select(vectors, budget=2, k=k).parameters["k"] == 39


def test_k_beyond_a_given_graph_is_refused(graph) -> None:
    with pytest.raises(InputError, match="k = 13 is more than the 12 neighbours"):
        votek.select(graph, budget=2, k=13)
    assert votek.select(graph, budget=2, k=40).parameters["k"] == 12


@pytest.mark.parametrize(
    ("n", "wanted", "k"),
    [(1000, 20, 25), (1050, 20, 26), (1049, 20, 26), (1020, 20, 26), (1019, 20, 25), (100, 20, 10), (10_000, 20, 150)],
)
def test_auto_k_rounds_halves_up_and_is_clipped(n: int, wanted: int, k: int) -> None:
    from votek.selection.checks import auto_k

    assert auto_k(n, wanted) == k


def test_auto_k_counts_distinct_texts_and_labelled_rows() -> None:
    vectors = np.random.default_rng(2).normal(size=(400, 4))
    assert votek.select(vectors, budget=10).parameters["k"] == 20
    assert votek.select(vectors, budget=8, labeled=[1, 2]).parameters["k"] == 20
    assert votek.select(np.tile(vectors, (2, 1)), budget=10).parameters["k"] == 20
    assert votek.select(votek.build_graph(vectors, k=15), budget=10).parameters["k"] == 15


def test_bad_vectors_are_refused() -> None:
    for value in (np.nan, np.inf, -np.inf, 1e300):
        vectors = np.ones((5, 3))
        vectors[3, 1] = value
        with pytest.raises(InputError, match="Row 3"):
            votek.select(vectors, budget=1)
    for shape in ((0, 3), (3, 0)):
        with pytest.raises(InputError, match="at least one row"):
            votek.select(np.ones(shape), budget=1)
    for data in ([1.0, 2.0], [["a", "b"]], [[1.0], [1.0, 2.0]], None):
        with pytest.raises(InputError, match="vectors"):
            votek.select(data, budget=1)


def test_graph_embeddings_and_vectors_give_the_same_picks(vectors: np.ndarray) -> None:
    embeddings = Embeddings(vectors, "test", "0", vectors.mean(axis=0))
    expected = votek.select(vectors, budget=15, k=12)
    assert votek.select(embeddings, budget=15, k=12).indices.tolist() == expected.indices.tolist()
    graph = votek.build_graph(embeddings, k=20)
    assert votek.select(graph, budget=15, k=12).indices.tolist() == expected.indices.tolist()
    assert votek.select(graph, budget=15, k=12).digest == expected.digest


def test_parameters_say_how_to_run_it_again(vectors: np.ndarray) -> None:
    parameters = votek.select(vectors, budget=4, labeled=[1], exclude=[2, 3], rho=5, method="fast-vote-k").parameters
    assert parameters == {
        "method": "fast-vote-k",
        "version": 1,
        "budget": 4,
        "k": 10,
        "k_requested": "auto",
        "rho": 5.0,
        "seed": 0,
        "floor": 0,
        "labeled": 1,
        "excluded": 2,
        "n": 40,
        "distinct": 40,
    }


def test_progress_is_told_and_can_stop_the_work(vectors: np.ndarray) -> None:
    told: list[tuple[str, int, int]] = []
    votek.select(vectors, budget=3, progress=lambda *step: told.append(step))
    assert told == [("graph", 0, 40), ("graph", 40, 40), ("select", 0, 3), ("select", 3, 3)]

    def stop(stage: str, done: int, total: int) -> None:
        raise votek.errors.Cancelled("stop")

    with pytest.raises(votek.errors.Cancelled):
        votek.select(vectors, budget=3, progress=stop)


def test_nothing_given_is_changed(vectors: np.ndarray) -> None:
    before = vectors.copy()
    votek.select(vectors, budget=3, labeled=[1])
    assert (vectors == before).all()
    assert vectors.flags.writeable


def test_rows_that_only_share_a_checksum_stay_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    from votek.selection import collapse

    vectors = np.array([[1.0, 2.0], [3.0, 4.0], [1.0, 2.0]])
    real = collapse.first_of_group
    # Make the checksum useless once: all rows look alike.
    answers = iter([lambda names: np.zeros(3, dtype=np.int64), real])
    monkeypatch.setattr(collapse, "first_of_group", lambda names: next(answers)(names))
    assert collapse.identical_rows(vectors).tolist() == [0, 1, 0]
