"""The front door: UMAP from the graph, small and odd pools, and what is refused."""

import subprocess
import sys

import numpy as np
import pytest

from votek.datatypes import Embeddings, SimilarityGraph
from votek.errors import InputError, UnknownNameError
from votek.projection import METHODS, project_2d, warm


def test_umap_keeps_groups_together(groups):
    vectors, group, graph = groups
    found = project_2d(graph, vectors)
    assert found.xy.shape == (300, 2)
    assert found.xy.dtype == np.float32
    assert not found.xy.flags.writeable
    assert (found.method, found.parameters["layout"], found.parameters["n_neighbors"]) == ("umap", "umap", 15)
    distances = np.linalg.norm(found.xy[:, None] - found.xy[None], axis=2)
    np.fill_diagonal(distances, np.inf)
    nearest = np.argsort(distances, axis=1)[:, :5]
    assert (group[nearest] == group[:, None]).mean() > 0.95


def test_the_graph_alone_decides_who_is_near(groups, graph_of):
    """With a graph over other groups than the vectors', the map follows the graph."""
    vectors, _, _ = groups
    other = np.arange(300) % 6
    draw = np.random.default_rng(4)
    graph = graph_of(draw.normal(size=(6, 12))[other] * 9 + draw.normal(size=(300, 12)), 40)
    xy = project_2d(graph, vectors).xy
    distances = np.linalg.norm(xy[:, None] - xy[None], axis=2)
    np.fill_diagonal(distances, np.inf)
    nearest = np.argsort(distances, axis=1)[:, :5]
    assert (other[nearest] == other[:, None]).mean() > 0.9


def test_the_same_seed_gives_the_same_map_and_another_seed_another(groups):
    vectors, _, graph = groups
    first = project_2d(graph, vectors, seed=1)
    np.testing.assert_array_equal(project_2d(graph, vectors, seed=1).xy, first.xy)
    assert (project_2d(graph, vectors, seed=2).xy != first.xy).any()


def test_the_same_seed_gives_the_same_map_in_another_process(groups, tmp_path):
    vectors, _, graph = groups
    np.savez(tmp_path / "in.npz", vectors=vectors, neighbors=graph.neighbors, similarities=graph.similarities)
    code = """
import sys
import numpy as np
from votek.datatypes import SimilarityGraph
from votek.projection import project_2d
given = np.load(sys.argv[1])
graph = SimilarityGraph(given["neighbors"], given["similarities"])
np.save(sys.argv[2], project_2d(graph, given["vectors"]).xy)
"""
    done = subprocess.run(
        [sys.executable, "-W", "error::UserWarning", "-c", code, str(tmp_path / "in.npz"), str(tmp_path / "out.npy")],
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    assert (done.stdout, done.stderr) == ("", "")
    np.testing.assert_array_equal(np.load(tmp_path / "out.npy"), project_2d(graph, vectors).xy)


def test_only_the_nearest_neighbours_of_a_wide_graph_are_read(groups):
    vectors, _, graph = groups
    np.testing.assert_array_equal(project_2d(graph, vectors).xy, project_2d(graph.truncate(14), vectors).xy)


@pytest.mark.parametrize("n", [8, 9, 15, 16, 17])
@pytest.mark.parametrize("k", [2, 7, 14])
def test_few_texts_or_neighbours_still_give_a_map(n, k, graph_of):
    vectors = np.random.default_rng(n).normal(size=(n, 4)).astype(np.float32)
    found = project_2d(graph_of(vectors, min(k, n - 1)), vectors)
    assert np.isfinite(found.xy).all()
    assert len(np.unique(found.xy, axis=0)) == n
    assert found.parameters["layout"] == "umap"


@pytest.mark.parametrize(("n", "k"), [(0, 0), (1, 0), (2, 1), (5, 4), (7, 6), (30, 0), (30, 1)])
def test_too_few_for_umap_gives_the_pca_map_and_says_so(n, k, graph_of):
    vectors = np.random.default_rng(1).normal(size=(n, 4)).astype(np.float32)
    graph = graph_of(vectors, k) if k else SimilarityGraph(np.zeros((n, 0), np.int32), np.zeros((n, 0), np.float32))
    found = project_2d(graph, vectors)
    assert found.method == "umap"
    assert found.parameters["layout"] == "pca"
    np.testing.assert_array_equal(found.xy, project_2d(None, vectors, method="pca").xy)


@pytest.mark.parametrize(
    "vectors",
    [
        np.ones((40, 4)),
        np.zeros((40, 4)),
        np.repeat(np.eye(4), 10, axis=0),
        np.outer(np.arange(40) % 2 * 2 - 1, np.ones(4)),
    ],
    ids=["identical", "all zero", "four distinct", "two opposite"],
)
def test_copies_and_directions_without_variance_give_a_finite_map(vectors, graph_of):
    assert np.isfinite(project_2d(graph_of(vectors, 20), vectors).xy).all()


def test_embeddings_are_accepted_where_vectors_are(groups):
    vectors, _, graph = groups
    embeddings = Embeddings(vectors, "model", "00", vectors.mean(axis=0))
    np.testing.assert_array_equal(
        project_2d(graph, embeddings, method="pca").xy, project_2d(None, vectors, method="pca").xy
    )


def test_the_method_that_does_not_exist_is_refused_with_those_that_do(groups):
    with pytest.raises(UnknownNameError, match=r"'tsne'.*pca, umap"):
        project_2d(groups[2], groups[0], method="tsne")
    assert list(METHODS) == ["pca", "umap"]


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_values_that_are_not_finite_are_refused_by_row(groups, value):
    vectors = groups[0].copy()
    vectors[[7, 9], 3] = value
    for method in METHODS:
        with pytest.raises(InputError, match=r"2 vectors hold NaN or infinite values, the first in row 7"):
            project_2d(groups[2], vectors, method=method)


@pytest.mark.parametrize(
    ("vectors", "said"),
    [
        (np.zeros(5), r"shape \(5,\)"),
        (np.array([["a"]]), "shape"),
        (np.zeros((2, 2), dtype=complex), "complex"),
    ],
    ids=["one axis", "texts", "complex"],
)
def test_what_is_no_table_of_numbers_is_refused(vectors, said):
    with pytest.raises(InputError, match=said):
        project_2d(None, vectors, method="pca")


def test_a_graph_of_other_texts_or_none_is_refused(groups):
    vectors, _, graph = groups
    with pytest.raises(InputError, match="300 texts and there are 299 vectors"):
        project_2d(graph, vectors[:-1])
    with pytest.raises(InputError, match="none was given"):
        project_2d(None, vectors)


def test_the_next_process_finds_the_compiled_code():
    warm()
    code = """
import umap
from votek.projection import warm
warm()
functions = (umap.umap_.smooth_knn_dist, umap.layouts._nb_optimize_layout_euclidean_single_epoch)
print([(len(function.signatures), sum(function.stats.cache_misses.values())) for function in functions])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=300, check=True)
    assert done.stdout == "[(1, 0), (1, 0)]\n"


@pytest.mark.parametrize("seed", [-1, 2**32, 1.5, None, True])
def test_a_seed_that_is_no_seed_is_refused(groups, seed):
    with pytest.raises(InputError, match="seed is"):
        project_2d(groups[2], groups[0], seed=seed)
