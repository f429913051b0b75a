"""The PCA map: right, never flipped, and usable where there is nothing to see."""

import subprocess
import sys

import numpy as np
import pytest

from votek.projection.pca import pca_2d


@pytest.mark.parametrize("shape", [(200, 8), (20, 64), (9_000, 5), (64, 64)], ids=str)
def test_coordinates_are_those_of_the_singular_vectors(shape):
    vectors = np.random.default_rng(3).normal(size=shape) * np.linspace(3, 1, shape[1])
    centred = vectors - vectors.mean(axis=0)
    left, lengths, _ = np.linalg.svd(centred, full_matrices=False)
    expected = left[:, :2] * lengths[:2]
    found = pca_2d(vectors.astype(np.float32))
    assert found.dtype == np.float32
    np.testing.assert_allclose(np.abs(found), np.abs(expected), atol=2e-4)


@pytest.mark.parametrize("shape", [(50, 6), (6, 50)], ids=str)
def test_mirrored_axes_and_a_shift_mirror_nothing_but_the_data(shape):
    vectors = np.random.default_rng(5).normal(size=shape).astype(np.float32)
    first = pca_2d(vectors)
    np.testing.assert_array_equal(pca_2d(vectors), first)
    np.testing.assert_allclose(pca_2d(vectors + 4), first, atol=1e-4)
    backwards = np.random.default_rng(6).permutation(len(vectors))
    np.testing.assert_allclose(pca_2d(vectors[backwards]), first[backwards], atol=1e-4)


def test_the_largest_loading_is_positive():
    along = np.array([[0.0, 0.0, 0.0], [0.0, -2.0, -1.0], [0.0, -4.0, -2.0]], dtype=np.float32)
    assert (np.diff(pca_2d(along)[:, 0]) < 0).all(), "the axis must point to where the second column grows"


@pytest.mark.parametrize("n", [1, 2, 3, 50])
@pytest.mark.parametrize("d", [1, 2, 16])
def test_equal_vectors_lie_in_one_point(n, d):
    np.testing.assert_array_equal(pca_2d(np.full((n, d), 0.3, dtype=np.float32)), np.zeros((n, 2)))


@pytest.mark.parametrize("d", [1, 3, 40])
def test_one_direction_of_variance_leaves_the_second_coordinate_zero(d):
    line = np.zeros((12, d), dtype=np.float32)
    line[:, -1] = np.arange(12)
    found = pca_2d(line)
    np.testing.assert_allclose(found[:, 0], np.arange(12) - 5.5, atol=1e-5)
    np.testing.assert_array_equal(found[:, 1], np.zeros(12))


def test_nothing_gives_nothing():
    assert pca_2d(np.zeros((0, 4), dtype=np.float32)).shape == (0, 2)
    assert pca_2d(np.zeros((3, 0), dtype=np.float32)).tolist() == [[0, 0]] * 3


def test_equal_rows_get_equal_points():
    vectors = np.random.default_rng(1).normal(size=(30, 5)).astype(np.float32)
    vectors[20:] = vectors[4]
    found = pca_2d(vectors)
    np.testing.assert_array_equal(found[20:], np.repeat(found[4:5], 10, axis=0))


def test_the_web_process_gets_it_without_heavy_libraries():
    code = """
import sys
import numpy as np
from votek.projection import project_2d
project_2d(None, np.eye(4), method="pca")
heavy = {"umap", "numba", "sklearn", "scipy", "torch", "faiss", "pandas"}
print(sorted(heavy & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout == "[]\n", done.stderr
