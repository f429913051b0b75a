"""The stand-ins: what each answers, and that no text helps to answer itself."""

import numpy as np
import pytest

from votek.errors import InputError
from votek.evaluation.folds import folds_of
from votek.evaluation.stand_ins import STAND_INS, answer_each_in_turn, stand_in_answers


@pytest.fixture(scope="module")
def clouds():
    """Three clouds of 20 vectors on three axes, and their labels."""
    rng = np.random.default_rng(2)
    labels = [name for name in ("a", "b", "c") for _ in range(20)]
    return rng.normal(scale=0.1, size=(60, 6)) + np.repeat(np.eye(3, 6), 20, axis=0), labels


def test_separate_clouds_are_answered_rightly(clouds):
    vectors, labels = clouds
    found = answer_each_in_turn(vectors, labels)
    _, right = found.decisions()
    assert found.models == STAND_INS
    assert right.mean(axis=0).min() > 0.95


def test_no_text_answers_itself(clouds):
    vectors, labels = clouds
    noise = np.random.default_rng(3).normal(size=(60, 6))
    _, right = answer_each_in_turn(noise, labels).decisions()
    assert right[:, 0].mean() < 0.6  # 1 for a nearest text that may be the text itself
    assert np.mean(np.array(stand_in_answers(noise, labels, noise)[0]) == labels) == 1.0
    assert vectors.shape == noise.shape


def test_nearest_texts_answer_as_a_search_by_cosine_does(clouds):
    vectors, labels = clouds
    rng = np.random.default_rng(4)
    queries = rng.normal(size=(25, 6))
    mean = vectors.mean(axis=0)
    unit = (vectors - mean) / np.linalg.norm(vectors - mean, axis=1, keepdims=True)
    cosines = (queries - mean) @ unit.T
    assert list(stand_in_answers(vectors, labels, queries)[0]) == [labels[row] for row in cosines.argmax(axis=1)]


def test_parts_are_balanced_and_repeatable():
    labels = ["a"] * 23 + ["b"] * 7
    part = folds_of(labels, 5, 1)
    assert np.bincount(part).tolist() == [6] * 5
    assert {np.sum(part[:23] == fold) for fold in range(5)} <= {4, 5}
    assert part.tolist() == folds_of(labels, 5, 1).tolist() != folds_of(labels, 5, 2).tolist()


def test_one_label_and_too_few_texts_are_refused(clouds):
    vectors, labels = clouds
    with pytest.raises(InputError, match="have the label 'a'"):
        answer_each_in_turn(vectors, ["a"] * 60)
    with pytest.raises(InputError, match="3 labelled texts cannot be dealt into 5 parts"):
        answer_each_in_turn(vectors[:3], labels[:3])
    with pytest.raises(InputError, match="one label per vector"):
        stand_in_answers(vectors, labels[:5], vectors)
