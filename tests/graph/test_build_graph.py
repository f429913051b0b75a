"""The graph equals sorting every pair, ties and copies included."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import votek
from votek.datatypes import Embeddings, SimilarityGraph
from votek.errors import InputError


def brute_force(vectors: np.ndarray, k: int, *, centre: bool = True) -> tuple[np.ndarray, np.ndarray]:
    """Neighbours and similarities by sorting every pair; cosines are rounded to float32 before they are compared."""
    shifted = vectors.astype(np.float64)
    if centre:
        shifted = shifted - shifted.mean(axis=0)
    lengths = np.linalg.norm(shifted, axis=1, keepdims=True)
    unit = np.divide(shifted, lengths, out=np.zeros_like(shifted), where=lengths > 0).astype(np.float32)
    cosines = (unit.astype(np.float64) @ unit.T.astype(np.float64)).astype(np.float32)
    n = len(vectors)
    order = [sorted(set(range(n)) - {u}, key=lambda v, u=u: (-cosines[u, v], v))[:k] for u in range(n)]
    neighbors = np.array(order, dtype=np.int32).reshape(n, k)
    return neighbors, np.take_along_axis(cosines, neighbors.astype(np.int64), axis=1)


def assert_equals_brute_force(vectors: np.ndarray, k: int, *, centre: bool = True) -> None:
    graph = votek.build_graph(vectors, k=k, centre=centre)
    neighbors, similarities = brute_force(vectors, min(k, len(vectors) - 1), centre=centre)
    np.testing.assert_array_equal(graph.neighbors, neighbors)
    np.testing.assert_allclose(graph.similarities, similarities, atol=2e-6)


@pytest.mark.parametrize("centre", [True, False])
@pytest.mark.parametrize(("n", "d", "k"), [(2, 3, 1), (50, 3, 49), (300, 16, 20), (700, 64, 150)])
def test_equals_brute_force(n: int, d: int, k: int, centre: bool) -> None:
    assert_equals_brute_force(np.random.default_rng(n).normal(size=(n, d)) + 0.3, k, centre=centre)


@settings(max_examples=80, deadline=None)
@given(
    vectors=arrays(np.float32, st.tuples(st.integers(2, 60), st.integers(1, 4)), elements=st.integers(-2, 2)),
    k=st.integers(1, 60),
)
def test_equals_brute_force_with_ties_copies_and_zero_vectors(vectors: np.ndarray, k: int) -> None:
    assert_equals_brute_force(vectors, k, centre=False)


def test_ties_go_to_the_lower_row_at_the_last_place_too() -> None:
    corners = np.eye(64, dtype=np.float32)
    graph = votek.build_graph(corners, k=5, centre=False)
    assert graph.neighbors[0].tolist() == [1, 2, 3, 4, 5]
    assert graph.neighbors[3].tolist() == [0, 1, 2, 4, 5]
    assert graph.neighbors[63].tolist() == [0, 1, 2, 3, 4]


def test_self_is_left_out_by_position_among_exact_copies() -> None:
    vectors = np.tile(np.random.default_rng(0).normal(size=(6, 384)).astype(np.float32), (70, 1))
    graph = votek.build_graph(vectors, k=69)
    for row in range(len(vectors)):
        copies = [other for other in range(row % 6, 420, 6) if other != row]
        assert graph.neighbors[row].tolist() == copies
    np.testing.assert_allclose(graph.similarities, 1, atol=1e-6)


def test_copies_among_many_rows_stay_in_row_order() -> None:
    # The fast product rounds differently from place to place; the order must not show it.
    vectors = np.random.default_rng(1).normal(size=(600, 384)).astype(np.float32)
    graph = votek.build_graph(np.tile(vectors, (3, 1)), k=100)
    # After its own two copies, each row has the three copies of its nearest, of its second nearest, ...
    for place in (2, 5, 50, 95):
        lowest = graph.neighbors[:, place]
        assert (lowest < 600).all()
        assert (graph.neighbors[:, place + 1] == lowest + 600).all()
        assert (graph.neighbors[:, place + 2] == lowest + 1200).all()


def test_a_zero_vector_has_cosine_0_to_all() -> None:
    vectors = np.array([[1.0, 0.0], [0.0, 0.0], [-1.0, 0.0], [1.0, 1.0]])
    graph = votek.build_graph(vectors, k=3, centre=False)
    assert graph.neighbors[1].tolist() == [0, 2, 3]
    assert graph.similarities[1].tolist() == [0, 0, 0]
    assert graph.neighbors[0].tolist() == [3, 1, 2]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_identical_vectors_are_zero_once_centred(dtype: type) -> None:
    graph = votek.build_graph(np.full((30, 7), 0.1, dtype=dtype), k=3)
    assert graph.neighbors[:3].tolist() == [[1, 2, 3], [0, 2, 3], [0, 1, 3]]
    assert not graph.similarities.any()


def test_one_text_has_no_neighbours() -> None:
    graph = votek.build_graph([[1.0, 2.0]])
    assert (len(graph), graph.k) == (1, 0)
    assert graph.incoming[0].tolist() == [0, 0]


def test_k_is_cut_to_the_other_texts() -> None:
    assert votek.build_graph(np.eye(5)).k == 4


@pytest.mark.parametrize("k", [0, -2, True, 1.5, "10", None])
def test_k_is_a_whole_number_above_0(k: object) -> None:
    with pytest.raises(InputError, match=r"k = .*at least 1"):
        votek.build_graph(np.eye(5), k=k)


def test_approximate_is_a_choice_of_three() -> None:
    with pytest.raises(InputError, match="approximate = 'no'"):
        votek.build_graph(np.eye(5), approximate="no")


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_values_that_are_no_numbers_are_refused_by_row(value: float, dtype: type) -> None:
    vectors = np.ones((6, 3), dtype=dtype)
    vectors[4, 2] = value
    with pytest.raises(InputError, match="Row 4 of the vectors"):
        votek.build_graph(vectors)


def test_types_shapes_and_ranges() -> None:
    vectors = np.random.default_rng(2).normal(size=(30, 4))
    graph = votek.build_graph(vectors, k=6)
    assert (graph.neighbors.dtype, graph.similarities.dtype) == (np.int32, np.float32)
    assert graph.neighbors.shape == graph.similarities.shape == (30, 6)
    assert np.abs(votek.build_graph(np.tile(vectors, (2, 1)), k=6).similarities).max() <= 1
    with pytest.raises(ValueError, match="read-only"):
        graph.neighbors[0, 0] = 1


def test_embeddings_count_as_their_vectors_and_nothing_is_changed() -> None:
    vectors = np.random.default_rng(3).normal(size=(30, 4)).astype(np.float32)
    before = vectors.copy()
    embeddings = Embeddings(vectors, "test", "0", vectors.mean(axis=0))
    a, b = votek.build_graph(embeddings, k=6), votek.build_graph(vectors, k=6)
    assert (a.neighbors == b.neighbors).all()
    assert (vectors == before).all()


def test_every_run_and_any_number_of_threads_gives_the_same() -> None:
    import faiss

    vectors = np.random.default_rng(4).normal(size=(900, 32)).astype(np.float32)
    vectors[450:] = vectors[:450]
    graphs = [votek.build_graph(vectors, k=40) for _ in range(3)]
    threads = faiss.omp_get_max_threads()
    try:
        for number in (1, 2, 5):
            faiss.omp_set_num_threads(number)
            graphs.append(votek.build_graph(vectors, k=40))
    finally:
        faiss.omp_set_num_threads(threads)
    for graph in graphs[1:]:
        assert (graph.neighbors == graphs[0].neighbors).all()
    for graph in graphs[1:3]:
        assert (graph.similarities == graphs[0].similarities).all()


def test_the_search_by_cells_finds_most_neighbours_and_repeats() -> None:
    rng = np.random.default_rng(5)
    vectors = rng.normal(size=(40, 16))[rng.integers(0, 40, size=4000)] + rng.normal(size=(4000, 16)) * 0.4
    exact = votek.build_graph(vectors, k=20)
    found, again = (votek.build_graph(vectors, k=20, approximate=True) for _ in range(2))
    assert (found.neighbors == again.neighbors).all()
    shared = np.mean([len(set(a) & set(b)) for a, b in zip(exact.neighbors, found.neighbors, strict=True)]) / 20
    assert shared >= 0.85
    assert not (found.neighbors == np.arange(4000)[:, None]).any()
    assert (np.diff(found.similarities, axis=1) <= 0).all()


def test_the_search_by_cells_fills_every_row() -> None:
    # Cells hold fewer rows than k: what is missing is looked up exactly.
    vectors = np.random.default_rng(6).normal(size=(50, 4))
    approximate, exact = votek.build_graph(vectors, k=49, approximate=True), votek.build_graph(vectors, k=49)
    assert (approximate.neighbors == exact.neighbors).all()


def test_memory_stays_near_what_is_returned() -> None:
    n = 6000
    vectors = np.random.default_rng(7).normal(size=(n, 384)).astype(np.float32)
    votek.build_graph(vectors[:100], k=10)
    tracemalloc.start()
    votek.build_graph(vectors, k=150)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak <= 5000 * n


def test_progress_counts_rows() -> None:
    told: list[tuple[str, int, int]] = []
    votek.build_graph(np.eye(5), k=2, progress=lambda *step: told.append(step))
    assert told == [("graph", 0, 5), ("graph", 5, 5)]


def test_fewer_columns_are_the_graph_for_a_smaller_k() -> None:
    vectors = np.random.default_rng(8).normal(size=(100, 5))
    wide, narrow = votek.build_graph(vectors, k=30), votek.build_graph(vectors, k=7)
    assert (wide.truncate(7).neighbors == narrow.neighbors).all()


def test_incoming_turns_the_graph_round() -> None:
    graph = votek.build_graph(np.random.default_rng(9).normal(size=(60, 4)), k=5)
    for row in range(60):
        assert graph.voters(row).tolist() == [v for v in range(60) if row in graph.neighbors[v]]
    indptr, sources = graph.incoming
    assert (indptr.dtype, sources.dtype) == (np.int64, np.int32)
    empty = SimilarityGraph(np.empty((3, 0), np.int32), np.empty((3, 0), np.float32))
    assert empty.incoming[0].tolist() == [0, 0, 0, 0]
