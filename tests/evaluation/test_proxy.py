"""The proxy equals an answer worked out text by text."""

import math

import numpy as np
import pytest

from votek.errors import InputError
from votek.evaluation import proxy_accuracy


def cosine(a, b):
    length = math.sqrt(sum(x * x for x in a)) * math.sqrt(sum(x * x for x in b))
    return sum(x * y for x, y in zip(a, b, strict=True)) / length if length else 0.0


def by_hand(pool, labels, query, nearest, vote):
    """The label of one query, in plain Python."""
    ranked = sorted(range(len(pool)), key=lambda at: (-round(cosine(pool[at], query), 12), at))[:nearest]
    weight = dict.fromkeys(labels, 0.0)
    for at in ranked:
        weight[labels[at]] += max(cosine(pool[at], query), 0.0) if vote == "similarity" else 1.0
    best = max(round(weight[labels[at]], 12) for at in ranked)
    return next(labels[at] for at in ranked if round(weight[labels[at]], 12) == best)


@pytest.mark.parametrize("vote", ["similarity", "majority"])
@pytest.mark.parametrize("nearest", [1, 2, 3, 7, 40])
def test_it_equals_the_answer_worked_out_by_hand(nearest, vote):
    rng = np.random.default_rng(nearest)
    pool, queries = rng.normal(size=(30, 4)), rng.normal(size=(50, 4))
    pool[5] = pool[4]  # a tie: the lower row is the nearer
    labels, answers = [f"l{i}" for i in rng.integers(4, size=30)], [f"l{i}" for i in rng.integers(4, size=50)]
    mean = pool.mean(axis=0)
    found = proxy_accuracy(pool, labels, queries, answers, mean=mean, nearest=nearest, vote=vote)
    centred = (pool - mean).tolist()
    expected = [
        by_hand(centred, labels, (query - mean).tolist(), nearest, vote) == answer
        for query, answer in zip(queries, answers, strict=True)
    ]
    assert found.correct.tolist() == expected
    assert found.accuracy.value == sum(expected) / 50
    assert found.accuracy.low <= found.accuracy.value <= found.accuracy.high


def test_test_items_with_a_label_of_no_text_are_wrong_and_counted():
    found = proxy_accuracy([[1.0, 0.0]], ["a"], [[1.0, 0.0]] * 4, ["a", "z", "y", "z"])
    assert found.correct.tolist() == [True, False, False, False]
    assert found.unseen == {"z": 2, "y": 1}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"pool_labels": ["a"]}, "2 pool_vectors and 1 pool_labels"),
        ({"query_labels": []}, "1 query_vectors and 0 query_labels"),
        ({"query_vectors": [[1.0, 2.0, 3.0]]}, "2 dimensions and query_vectors 3"),
        ({"pool_vectors": [[1.0, math.nan], [1.0, 2.0]]}, "NaN"),
        ({"nearest": 0}, "at least 1"),
        ({"vote": "loud"}, "choose similarity or majority"),
    ],
)
def test_what_cannot_be_used_is_said(changed, said):
    given = {
        "pool_vectors": [[1.0, 0.0], [0.0, 1.0]],
        "pool_labels": ["a", "b"],
        "query_vectors": [[1.0, 0.0]],
        "query_labels": ["a"],
    }
    with pytest.raises(InputError, match=said):
        proxy_accuracy(**given | changed)
