"""`retrieve` against the formula written plainly, and the cases where blocks or rounding could show."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from votek.datatypes import Embeddings
from votek.errors import InputError
from votek.prompts import cosine, retrieve


def plainly(pool, queries, n, order, mean):
    """Cosine by cosine in Python floats; ties (12 decimals) to the lower row."""
    result = []
    for query in queries:
        scored = []
        for row, vector in enumerate(pool):
            a, b = np.asarray(vector, float) - mean, np.asarray(query, float) - mean
            norms = float(np.linalg.norm(a) * np.linalg.norm(b))
            scored.append((-round(float(a @ b) / norms, 12) + 0.0 if norms else 0.0, row))
        best = [row for _, row in sorted(scored)][:n]
        result.append(best[::-1] if order == "ascending" else best)
    return result


small = st.integers(-3, 3).map(float)


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_equals_the_plain_formula_on_lattice_points_full_of_ties(data):
    d = data.draw(st.integers(1, 4))
    pool = data.draw(hnp.arrays(np.float64, st.tuples(st.integers(1, 9), st.just(d)), elements=small))
    queries = data.draw(hnp.arrays(np.float64, st.tuples(st.integers(1, 4), st.just(d)), elements=small))
    n = data.draw(st.integers(0, 12))
    order = data.draw(st.sampled_from(["ascending", "descending"]))
    mean = data.draw(st.sampled_from([None, np.full(d, 1.0)]))
    found = retrieve(pool, queries, n=n, order=order, mean=mean)
    assert found.shape == (len(queries), min(n, len(pool)))
    assert found.dtype == np.int64
    assert found.tolist() == plainly(pool, queries, n, order, np.zeros(d) if mean is None else mean)


def test_equals_the_plain_formula_on_real_valued_vectors():
    rng = np.random.default_rng(3)
    pool, queries = rng.normal(size=(60, 24)).astype(np.float32), rng.normal(size=(40, 24)).astype(np.float32)
    mean = pool.mean(axis=0)
    assert retrieve(pool, queries, n=7, mean=mean).tolist() == plainly(pool, queries, 7, "ascending", mean)


def test_ascending_is_the_mirror_of_descending():
    rng = np.random.default_rng(4)
    pool, queries = rng.normal(size=(30, 6)), rng.normal(size=(11, 6))
    up, down = retrieve(pool, queries, n=5), retrieve(pool, queries, n=5, order="descending")
    assert (up == down[:, ::-1]).all()
    assert up.flags.c_contiguous


@pytest.mark.parametrize("cells", [1, 7, 64, 4_000_000])
def test_identical_rows_tie_whatever_the_block(monkeypatch, cells):
    # 384 dimensions and odd counts reach the edge kernels of the matrix product.
    rng = np.random.default_rng(5)
    base = rng.normal(size=(7, 384)).astype(np.float32)
    pool = base[rng.integers(0, 7, size=131)]
    queries = np.repeat(rng.normal(size=(9, 384)).astype(np.float32), 5, axis=0)
    expected = retrieve(pool, queries, n=131, order="descending", mean=pool.mean(axis=0))
    monkeypatch.setattr(cosine, "_CELLS", cells)
    monkeypatch.setattr(cosine, "_PAIRS", 13)
    assert (retrieve(pool, queries, n=131, order="descending", mean=pool.mean(axis=0)) == expected).all()
    for row in expected:
        for vector in np.unique(pool, axis=0):
            same = [place for place in row if (pool[place] == vector).all()]
            assert same == sorted(same)


def test_one_query_alone_finds_what_it_finds_among_many():
    rng = np.random.default_rng(6)
    pool = np.repeat(rng.normal(size=(20, 384)), 3, axis=0).astype(np.float32)
    queries = rng.normal(size=(300, 384)).astype(np.float32)
    together = retrieve(pool, queries, n=10)
    for at in range(0, 300, 17):
        assert (retrieve(pool, queries[at : at + 1], n=10)[0] == together[at]).all()


def test_fewer_wanted_than_tied():
    pool = np.ones((50, 3))
    assert retrieve(pool, [[1, 1, 1]], n=4, order="descending").tolist() == [[0, 1, 2, 3]]
    assert retrieve(pool, [[0, 0, 0]], n=4).tolist() == [[3, 2, 1, 0]]


def test_zero_vectors_rank_between_agreement_and_opposition():
    pool = [[-1.0, 0.0], [0.0, 0.0], [1.0, 0.0]]
    assert retrieve(pool, [[2.0, 0.0]], n=3, order="descending").tolist() == [[2, 1, 0]]


def test_the_mean_is_taken_from_both_sides():
    pool, mean = np.array([[3.0, 1.0], [1.0, 3.0]]), np.array([2.0, 0.0])
    assert retrieve(pool, [[3.0, 0.0]], n=1, mean=mean).tolist() == [[0]]
    assert retrieve(pool, [[1.0, 0.5]], n=1, mean=None).tolist() == [[0]]
    assert retrieve(pool, [[1.0, 0.5]], n=1, mean=mean).tolist() == [[1]]


def test_huge_and_tiny_vectors_keep_their_directions():
    pool = np.array([[1e300, 0.0], [1e-300, 1e-300], [0.0, 1e200]])
    assert retrieve(pool, [[1e-290, 1e-290]], n=1).tolist() == [[1]]


def test_embeddings_are_accepted_and_inputs_left_alone():
    vectors = np.random.default_rng(7).normal(size=(6, 4)).astype(np.float32)
    before = vectors.copy()
    embeddings = Embeddings(vectors, "model", "digest", vectors.mean(axis=0))
    assert (retrieve(embeddings, embeddings, n=1, mean=embeddings.mean)[:, 0] == np.arange(6)).all()
    assert (vectors == before).all()


@pytest.mark.parametrize("shapes", [(0, 3), (3, 0), (0, 0)])
def test_nothing_to_search_or_to_ask(shapes):
    found = retrieve(np.zeros((shapes[0], 2)), np.zeros((shapes[1], 2)))
    assert found.shape == (shapes[1], min(8, shapes[0]))


@pytest.mark.parametrize(
    ("pool", "queries", "options", "words"),
    [
        ([[np.nan, 1.0]], [[1.0, 1.0]], {}, "pool_vectors: row 0 holds NaN"),
        ([[1.0, 1.0]], [[1.0, 1.0], [np.inf, 1.0]], {}, "query_vectors: row 1 holds NaN or infinity"),
        ([[1.0, 1.0]], [[1.0]], {}, "2 dimensions and query_vectors 1"),
        ([1.0, 1.0], [[1.0]], {}, "shape (2,)"),
        ([["a"]], [[1.0]], {}, "table of numbers"),
        ([[1.0], [1.0, 2.0]], [[1.0]], {}, "table of numbers"),
        ([[1.0]], [[1.0]], {"n": -1}, "n is -1"),
        ([[1.0]], [[1.0]], {"n": 2.5}, "n is 2.5"),
        ([[1.0]], [[1.0]], {"n": True}, "n is True"),
        ([[1.0]], [[1.0]], {"order": "up"}, "order is 'up'"),
        ([[1.0]], [[1.0]], {"mean": [1.0, 2.0]}, "mean has shape (2,)"),
        ([[1.0]], [[1.0]], {"mean": [np.nan]}, "finite numbers"),
        ([[1.0]], [[1.0]], {"mean": "middle"}, "mean must be numbers"),
    ],
)
def test_what_cannot_be_used_is_named(pool, queries, options, words):
    with pytest.raises(InputError) as caught:
        retrieve(pool, queries, **options)
    assert words in str(caught.value)
