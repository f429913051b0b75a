"""A pool against random pools: what is compared on what, and what cannot be."""

import json

import numpy as np
import pytest

from votek.errors import BudgetError, InputError
from votek.evaluation import LabelledItems, against_random
from votek.evaluation.against import MEASURES
from votek.evaluation.draws import fair_slice, random_pools
from votek.evaluation.trial import open_trial

CLASSES = 20


def cloud(per_class, seed=0, noise=0.15):
    """Texts in tight groups, one label each: (vectors, labels)."""
    rng = np.random.default_rng(seed)
    centres = np.random.default_rng(99).normal(size=(CLASSES, 12))
    which = np.repeat(np.arange(CLASSES), per_class)
    return centres[which] + rng.normal(scale=noise, size=(len(which), 12)), [f"c{i:02}" for i in which]


@pytest.fixture(scope="module")
def pool():
    return cloud(30)


@pytest.fixture(scope="module")
def tests():
    vectors, labels = cloud(8, seed=1)
    return LabelledItems(vectors, labels)


@pytest.fixture(scope="module")
def planted():
    """One text of each class, the best pool of this size there is."""
    return [30 * i for i in range(CLASSES)]


def test_a_planted_pool_beats_random(pool, tests, planted):
    found = against_random(*pool, planted, tests=tests, seed=3)
    assert found.main.verdict == "beats"
    assert found.main.percentile == 100.0
    assert found.main.accuracy == 1.0
    assert found.sentence.startswith("Beats random. 100.0% of 160 test items right")
    assert "better than 100 of the 100 random pools" in found.sentence


def test_a_random_pool_cannot_be_told_from_random_ones(pool, tests):
    rows = np.random.default_rng(11).permutation(600)[:CLASSES]
    few = LabelledItems(np.asarray(tests.vectors)[::5], tests.labels[::5])
    found = against_random(*pool, rows, tests=few, seed=3)
    assert found.main.verdict == "cannot-tell"
    assert found.sentence.startswith("Cannot tell with n = 32.")
    assert "The interval includes 0" in found.sentence


def test_a_pool_of_one_class_does_not_beat_random(pool, tests):
    found = against_random(*pool, range(CLASSES), tests=tests)
    assert found.main.verdict == "does-not-beat"
    assert found.main.accuracy == 1 / CLASSES
    assert found.main.percentile == 0.0


def brute_force(vectors, labels, rows, queries, answers):
    mean = vectors.mean(axis=0)
    right = []
    for query, answer in zip(queries, answers, strict=True):
        cosines = {}
        for row in rows:
            a, b = vectors[row] - mean, query - mean
            cosines[row] = float(a @ b / np.sqrt((a @ a) * (b @ b)))
        right.append(labels[max(sorted(cosines), key=cosines.__getitem__)] == answer)
    return np.mean(right)


def test_every_accuracy_equals_the_one_worked_out_by_hand(pool, tests, planted):
    picks, few = planted[:7], LabelledItems(np.asarray(tests.vectors)[:40], tests.labels[:40])
    found = against_random(*pool, picks, tests=few, random=20, others={"mine": [3, 44, 90, 91, 92, 93, 94]}, seed=4)
    drawn = random_pools(np.arange(600), size=7, pools=20, seed=4)
    accuracies = [brute_force(*pool, rows, few.vectors, few.labels) for rows in drawn]
    assert list(found.main.random) == pytest.approx(accuracies)
    assert found.main.accuracy == pytest.approx(brute_force(*pool, picks, few.vectors, few.labels))
    assert found.main.others["mine"] == pytest.approx(
        brute_force(*pool, [3, 44, 90, 91, 92, 93, 94], few.vectors, few.labels)
    )
    assert found.curve.budgets == (1, 2, 3, 4, 5, 6, 7)
    assert found.curve.pool[2] == pytest.approx(brute_force(*pool, picks[:3], few.vectors, few.labels))
    mean_of_three = np.mean([brute_force(*pool, rows[:3], few.vectors, few.labels) for rows in drawn])
    assert found.curve.random[2] == pytest.approx(mean_of_three)
    assert found.curve.low[2] <= found.curve.random[2] <= found.curve.high[2]


def test_random_retrieval_is_the_share_of_the_label_in_the_pool(pool, tests, planted):
    found = against_random(*pool, planted, tests=tests)
    (measure,) = [one for one in found.more if one.measure == "random-retrieval"]
    assert measure.accuracy == pytest.approx(1 / CLASSES)
    assert measure.verdict == "cannot-tell"  # as in the paper: how the pool was picked does not matter


def test_the_probe_is_what_scikit_learn_says(pool, tests, planted):
    from sklearn.linear_model import LogisticRegression

    found = against_random(*pool, planted, tests=tests, probe=True)
    (measure,) = [one for one in found.more if one.measure == "linear-probe"]
    vectors, labels = pool
    centred = vectors - vectors.mean(axis=0)
    units = centred / np.linalg.norm(centred, axis=1, keepdims=True)
    asked = np.asarray(tests.vectors) - vectors.mean(axis=0)
    asked /= np.linalg.norm(asked, axis=1, keepdims=True)
    model = LogisticRegression(max_iter=2000).fit(units[planted], [labels[row] for row in planted])
    assert measure.accuracy == pytest.approx((model.predict(asked) == np.array(tests.labels)).mean())
    assert len(measure.random) == 20


def test_it_repeats_to_the_bit_and_is_ready_for_json(pool, tests, planted):
    first, second = (against_random(*pool, planted, tests=tests, seed=8, probe=True) for _ in range(2))
    assert json.dumps(first.to_json()) == json.dumps(second.to_json())
    assert {found.measure for found in (first.main, *first.more)} == set(MEASURES)


# ------------------------------------------------------------ what is compared on what


def test_without_a_test_file_a_slice_that_no_pool_holds_is_held_out(pool, planted):
    copies = np.arange(600)
    copies[1] = 0  # a copy of the first pick
    trial = open_trial(*pool, planted, others={"mine": [5, 6]}, copies=copies, random=25, held_out=100)
    held = set(trial.query_rows.tolist())
    assert len(held) == 100
    assert not held & {*planted, 1, 5, 6}
    assert not held & set(trial.random.ravel().tolist())
    assert all(len(set(rows.tolist())) == CLASSES for rows in trial.random)
    assert 1 not in trial.random  # copies count once
    found = against_random(*pool, planted, held_out=100)
    assert found.held_out
    assert found.n == 100


def test_at_most_half_of_the_rest_is_held_out():
    assert len(fair_slice(np.arange(7), size=100)) == 3


def test_random_pools_are_distinct_nested_and_repeat():
    small, large = (random_pools(np.arange(50), size=size, pools=30, seed=2) for size in (5, 9))
    assert (large[:, :5] == small).all()
    assert all(len(set(rows.tolist())) == 9 for rows in large)
    assert len({tuple(rows) for rows in large.tolist()}) == 30
    assert (random_pools(np.arange(50), size=5, pools=20, seed=2) == small[:20]).all()


def test_picks_without_a_label_are_left_out_and_random_pools_shrink_with_them(pool, tests, planted):
    vectors, labels = pool
    labels = [*labels]
    for row in planted[:4]:
        labels[row] = " "
    found = against_random(vectors, labels, planted, tests=tests)
    assert (found.size, found.left_out) == (CLASSES - 4, 4)
    assert found.eligible == 600 - 4


def test_pools_that_were_labelled_for_the_test_can_be_given(pool, planted):
    vectors, labels = pool
    random, held = list(range(1, 600, 30)), list(range(2, 600, 30))
    known = {*planted, *random, *held}
    sparse = [label if row in known else "" for row, label in enumerate(labels)]
    found = against_random(vectors, sparse, planted, random=[random], held_out=held)
    assert found.n == CLASSES
    assert found.main.percentile is None
    assert found.main.gain.value == 0.0
    assert "one random pool of 20" in found.sentence


def test_unseen_test_labels_are_counted_and_wrong(pool, tests, planted):
    strange = LabelledItems(tests.vectors, ["new" if i < 16 else label for i, label in enumerate(tests.labels)])
    found = against_random(*pool, planted, tests=strange)
    assert found.unseen == {"new": 16}
    assert found.main.accuracy == pytest.approx(0.9)


def test_test_items_without_a_label_are_passed_over(pool, tests, planted):
    labels = ["" if i % 2 else label for i, label in enumerate(tests.labels)]
    assert against_random(*pool, planted, tests=LabelledItems(tests.vectors, labels)).n == 80


def test_of_sentence_pairs_the_proxy_says_nothing(pool, tests, planted):
    found = against_random(*pool, planted, tests=tests, pair=True)
    assert found.sentence.startswith("The proxy says nothing for sentence pairs")


# ------------------------------------------------------------ what cannot be used


@pytest.mark.parametrize(
    ("changed", "error", "said"),
    [
        ({"labels": [""] * 600}, InputError, "No text has a label"),
        ({"labels": ["a"] * 600, "tests": None}, InputError, "All labels are 'a'"),
        ({"labels": ["a", "b"]}, InputError, "2 labels for 600 texts"),
        ({"picks": [0, 0]}, InputError, "holds a row twice"),
        ({"picks": [600]}, InputError, "rows go from 0 to 599"),
        ({"picks": range(700)}, BudgetError, "700 rows, and there are 600 texts"),
        ({"picks": []}, InputError, "None of the picks has a label"),
        ({"random": 5}, InputError, "20 or more"),
        ({"held_out": 0, "tests": None}, InputError, "at least 1"),
        ({"picks": range(600), "tests": None}, InputError, "No labelled text is left to test on"),
        ({"vectors": np.ones((600, 12))}, InputError, "All texts have the same vector"),
        ({"tests": LabelledItems(np.ones((2, 12)), ["", " "])}, InputError, "No test item has a label"),
        ({"tests": LabelledItems(np.ones((2, 12)), ["x", "y"])}, InputError, "No label of the test items is a label"),
        ({"tests": LabelledItems(np.ones((2, 3)), ["c00", "c01"])}, InputError, "vectors of 12 dimensions"),
        ({"copies": [0]}, InputError, "copies holds 1 row numbers"),
        ({"random": [[1, 2]], "held_out": [5, 6]}, InputError, "label all of it first"),
        ({"random": [list(range(1, 21))], "held_out": [0], "tests": None}, InputError, "in a compared pool"),
    ],
    ids=lambda value: str(value)[:40] if isinstance(value, str) else None,
)
def test_what_cannot_be_used_is_said(pool, tests, planted, changed, error, said):
    given = {"vectors": pool[0], "labels": pool[1], "picks": planted, "tests": tests} | changed
    with pytest.raises(error, match=said):
        against_random(**given)


def test_too_few_labelled_texts_for_a_random_pool_are_said(pool, tests, planted):
    vectors, labels = pool
    sparse = [label if row in planted[:19] else "" for row, label in enumerate(labels)]
    copies = np.arange(600)
    copies[planted[1]] = planted[0]
    with pytest.raises(BudgetError, match="needs 19 distinct texts with a label, and there are 18"):
        against_random(vectors, sparse, planted, tests=tests, copies=copies)
