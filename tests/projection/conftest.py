"""Groups of vectors and their exact neighbour graph, made without the product's own graph code."""

import numpy as np
import pytest

from votek.datatypes import SimilarityGraph


def exact_graph(vectors, k):
    centred = vectors - vectors.mean(axis=0)
    lengths = np.linalg.norm(centred, axis=1, keepdims=True)
    unit = centred / np.where(lengths > 0, lengths, 1)
    cosines = unit @ unit.T
    np.fill_diagonal(cosines, -np.inf)
    order = np.argsort(-cosines, axis=1, kind="stable")[:, :k]
    similarities = np.take_along_axis(cosines, order, axis=1)
    return SimilarityGraph(order.astype(np.int32), similarities.astype(np.float32))


@pytest.fixture
def graph_of():
    return exact_graph


@pytest.fixture(scope="session")
def groups():
    """300 vectors in 6 groups, their group, and their graph."""
    draw = np.random.default_rng(2)
    group = np.repeat(np.arange(6), 50)
    vectors = (draw.normal(size=(6, 12))[group] * 3 + draw.normal(size=(300, 12))).astype(np.float32)
    return vectors, group, exact_graph(vectors, 40)
