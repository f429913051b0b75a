"""Pruning: who stays, class floors, scores of one's own, and the probe that decides."""

import numpy as np
import pytest

from votek.errors import InputError
from votek.evaluation.pruning import centroid_distances, class_floors, prune
from votek.evaluation.pruning_trial import try_pruning


@pytest.fixture(scope="module")
def clouds():
    """Four clouds of 50 vectors, two labels of 100 each and the place of each vector's cloud."""
    rng = np.random.default_rng(1)
    cloud = np.repeat(np.arange(4), 50)
    vectors = rng.normal(scale=0.25, size=(200, 8)) + np.eye(4, 8)[cloud]
    return vectors, [f"label {place // 2}" for place in cloud], cloud


def test_distances_are_those_to_the_nearest_centroid(clouds):
    vectors, _, cloud = clouds
    distances, k = centroid_distances(vectors, clusters=4)
    unit = vectors - vectors.mean(axis=0)
    unit /= np.linalg.norm(unit, axis=1, keepdims=True)
    centres = np.stack([unit[cloud == place].mean(axis=0) for place in range(4)])
    plain = np.linalg.norm(unit[:, None] - centres[None], axis=2).min(axis=1)
    assert k == 4
    assert np.corrcoef(distances, plain)[0, 1] > 0.98


@pytest.mark.parametrize(("labels", "k"), [(None, 14), (["x"] * 100 + ["y"] * 60 + [""] * 40, 2)])
def test_as_many_centroids_as_labels_or_else_the_root_of_n(clouds, labels, k):
    assert centroid_distances(clouds[0], labels=labels)[1] == k


def test_easy_and_hard_are_the_two_ends(clouds):
    easy, hard = (prune(clouds[0], fraction=0.3, way=way) for way in ("easy", "hard"))
    assert len(easy) == len(hard) == 60
    assert easy.scores[easy.kept].max() <= np.sort(easy.scores)[60]
    assert hard.scores[hard.kept].min() >= np.sort(hard.scores)[-61]
    assert not set(easy.kept) & set(hard.kept)
    assert easy.kept.tolist() == sorted(easy.kept)


def test_random_repeats_by_its_seed(clouds):
    first, again, other = (prune(clouds[0], fraction=0.5, way="random", seed=s).kept.tolist() for s in (1, 1, 2))
    assert first == again != other


def test_each_label_keeps_its_floor(clouds):
    vectors = clouds[0]
    labels = ["rare"] * 8 + ["usual"] * 192
    scores = np.arange(200.0)  # the rare ones are the easiest
    found = prune(vectors, fraction=0.2, way="hard", labels=labels, scores=scores)
    assert found.floors == {"rare": 8, "usual": 10} == class_floors(labels, 40)
    assert found.kept.tolist() == [*range(8), *range(168, 200)]


def test_scores_of_ones_own_need_no_vectors():
    found = prune(None, fraction=0.5, way="easy", scores=[3.0, 1.0, 2.0, 9.0])
    assert (found.kept.tolist(), found.clusters) == ([1, 2], 0)


def test_little_that_is_kept_is_warned_about(clouds):
    assert "Only 29%" in prune(clouds[0], fraction=0.29).notes[0]
    assert prune(clouds[0], fraction=0.3).notes == ()


def test_copies_alone_make_one_centroid():
    found = prune(np.ones((6, 3)), fraction=0.5)
    assert (found.clusters, len(found)) == (1, 3)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"fraction": 0}, "above 0"),
        ({"fraction": 1.2}, "above 0"),
        ({"fraction": 0.5, "way": "odd"}, "easy, hard, random"),
        ({"fraction": 0.5, "clusters": 0}, "between 1 and 200"),
        ({"fraction": 0.5, "clusters": 201}, "between 1 and 200"),
        ({"fraction": 0.5, "scores": [1.0, 2.0]}, "one number for each of the 200"),
        ({"fraction": 0.5, "scores": [1.0] * 199 + [float("nan")]}, "first at row 199"),
        ({"fraction": 0.5, "scores": [1.0] * 200}, "All 200 scores are 1"),
        ({"fraction": 0.5, "labels": ["a"]}, "1 labels for 200 rows"),
    ],
)
def test_what_cannot_be_used_is_refused(clouds, options, words):
    with pytest.raises(InputError, match=words):
        prune(clouds[0], **options)


def test_nothing_to_prune_by():
    with pytest.raises(InputError, match="nothing to prune by"):
        prune(None, fraction=0.5)


def test_the_probe_decides_on_texts_that_were_held_out(clouds):
    vectors, labels, _ = clouds
    found = try_pruning(vectors, labels, fraction=0.3)
    rows = {row.way: row for row in found.rows}
    assert list(rows) == ["all", "easy", "hard", "random"]
    assert (found.trained_on, found.held_out) == (160, 40)
    assert [rows[way].kept for way in rows] == [160, 48, 48, 48]
    assert rows["all"].accuracy.value > 0.9
    for row in found.rows:
        assert row.accuracy.low <= row.accuracy.value <= row.accuracy.high
    assert rows["random"].against_random is None
    assert found == try_pruning(vectors, labels, fraction=0.3)


def test_parts_that_miss_half_of_each_label_do_not_beat_random(clouds):
    """Easy rows are of one cloud of each label and hard rows of the other, so that neither knows the whole label."""
    vectors, labels, cloud = clouds
    found = try_pruning(vectors, labels, fraction=0.4, scores=cloud % 2 + np.linspace(0, 0.1, 200))
    _, easy, hard, random = found.rows
    assert easy.against_random.high < 0
    assert random.accuracy.value > max(easy.accuracy.value, hard.accuracy.value)
    assert "Random texts train a better probe" in found.verdict


def test_one_label_or_fewer_texts_than_parts_cannot_be_tried(clouds):
    with pytest.raises(InputError, match="have the label 'a'"):
        try_pruning(clouds[0], ["a"] * 200, fraction=0.5)
    with pytest.raises(InputError, match="4 labelled texts"):
        try_pruning(clouds[0][:4], ["a", "b", "a", "b"], fraction=0.5)
