"""Copies: exact texts, near vectors, and copies of copies."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from votek.datatypes import Embeddings
from votek.duplicates import find, find_copies
from votek.errors import InputError


def slow(texts: list[str], vectors: np.ndarray, threshold: float) -> list[int]:
    """Connected components by repeated relabelling, all pairs in double precision."""
    raw = vectors.astype(np.float64)
    n = len(texts)
    group = list(range(n))

    def same(a: int, b: int) -> bool:
        lengths = np.sqrt((raw[a] @ raw[a]) * (raw[b] @ raw[b]))
        return texts[a] == texts[b] or bool(lengths > 0 and raw[a] @ raw[b] >= (threshold - 1e-12) * lengths)

    changed = True
    while changed:
        changed = False
        for a in range(n):
            for b in range(n):
                if same(a, b) and group[a] != group[b]:
                    group[a] = group[b] = min(group[a], group[b])
                    changed = True
    return group


@settings(max_examples=100, deadline=None)
@given(data=st.data(), n=st.integers(1, 14), threshold=st.sampled_from([0.3, 0.5, 0.8, 0.95, 1.0]))
def test_equals_a_slow_search_for_components(data: st.DataObject, n: int, threshold: float) -> None:
    vectors = data.draw(arrays(np.float32, (n, 3), elements=st.integers(-3, 3)))
    texts = data.draw(st.lists(st.sampled_from("abcdefghijklmnop"), min_size=n, max_size=n))
    assert find_copies(texts, vectors, threshold=threshold).tolist() == slow(texts, vectors, threshold)


def test_tiles_meet(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(20, 8))[rng.integers(0, 20, size=90)] + rng.normal(size=(90, 8)) * 0.1
    texts = [str(row) for row in range(90)]
    whole = find_copies(texts, vectors, threshold=0.97)
    monkeypatch.setattr(find, "ROWS", 7)
    monkeypatch.setattr(find, "COLUMNS", 11)
    assert find_copies(texts, vectors, threshold=0.97).tolist() == whole.tolist() == slow(texts, vectors, 0.97)
    assert 1 < len(set(whole.tolist())) < 90


def test_copies_of_copies_form_one_group() -> None:
    angles = np.deg2rad([0, 15, 30, 45, 170])
    vectors = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    assert find_copies(list("abcde"), vectors).tolist() == [0, 0, 0, 0, 4]
    assert find_copies(list("abcde"), vectors, threshold=0.97).tolist() == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("threshold", [None, 1.01, 2])
def test_without_a_threshold_only_exact_texts_count(threshold: float | None) -> None:
    vectors = np.ones((4, 3))
    assert find_copies(["a", "b", "a", "B"], vectors, threshold=threshold).tolist() == [0, 1, 0, 3]


def test_a_threshold_of_1_finds_vectors_of_the_same_direction() -> None:
    vector = np.random.default_rng(1).normal(size=384).astype(np.float32)
    vectors = np.stack([vector, vector, vector * 2, vector + np.float32(1e-3)])
    assert find_copies(list("abcd"), vectors, threshold=1.0).tolist() == [0, 0, 0, 3]


def test_cosines_are_raw_not_centred() -> None:
    vectors = np.array([[100.0, 1.0], [100.0, -1.0]])
    assert find_copies(["a", "b"], vectors).tolist() == [0, 0]


def test_zero_vectors_are_nobodys_copy() -> None:
    assert find_copies(["a", "b", "c"], np.zeros((3, 2)), threshold=1e-9).tolist() == [0, 1, 2]


def test_the_same_text_with_other_vectors_joins_both_neighbourhoods() -> None:
    vectors = np.array([[1.0, 0.0], [0.0, 1.0], [0.05, 1.0], [1.0, 0.05]])
    assert find_copies(["x", "x", "y", "z"], vectors).tolist() == [0, 0, 0, 0]


def test_no_texts_have_no_copies() -> None:
    groups = find_copies([], np.empty((0, 4)))
    assert (groups.dtype, len(groups)) == (np.int64, 0)


def test_embeddings_are_taken_as_their_vectors() -> None:
    vectors = np.eye(3, dtype=np.float32)
    embeddings = Embeddings(vectors, "test", "0", vectors.mean(axis=0))
    assert find_copies(["a", "b", "a"], embeddings).tolist() == [0, 1, 0]


@pytest.mark.parametrize("threshold", [0, -0.5, float("nan"), "0.9"])
def test_a_threshold_that_is_no_cosine_is_refused(threshold: object) -> None:
    with pytest.raises(InputError, match="threshold = "):
        find_copies(["a", "b"], np.eye(2), threshold=threshold)


def test_one_vector_per_text() -> None:
    with pytest.raises(InputError, match="2 texts but 3 vectors"):
        find_copies(["a", "b"], np.eye(3))
    with pytest.raises(InputError, match="Row 1"):
        find_copies(["a", "b"], [[1.0], [np.nan]])


def test_progress_counts_tiles(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(find, "ROWS", 2)
    told: list[tuple[str, int, int]] = []
    find_copies(list("abcde"), np.eye(5), progress=lambda *step: told.append(step))
    assert told == [("copies", 0, 3), ("copies", 1, 3), ("copies", 2, 3), ("copies", 3, 3)]
