"""Pool health equals what plain loops give, and says what more labels would add."""

import json
import math

import numpy as np
import pytest

from votek import select
from votek.errors import BudgetError, InputError
from votek.evaluation import pool_health
from votek.evaluation.balance import label_balance
from votek.evaluation.draws import random_pools
from votek.evaluation.judge import usual_delta


@pytest.fixture(scope="module")
def vectors():
    return np.random.default_rng(0).normal(size=(80, 6))


@pytest.fixture(scope="module")
def picks():
    return [3, 40, 11, 79, 25]


def units_of(vectors):
    centred = vectors - vectors.mean(axis=0)
    return centred / np.linalg.norm(centred, axis=1, keepdims=True)


def by_hand(vectors, rows, delta, groups):
    units = units_of(vectors)
    best = [max(float(units[v] @ units[s]) for s in rows) for v in range(len(units))]
    pairs = [float(units[a] @ units[b]) for a in rows for b in rows if a != b]
    nearest = [max(float(units[a] @ units[b]) for b in rows if b != a) for a in rows]
    means = [np.mean([best[v] for v in range(len(units)) if groups[v] == g]) for g in set(groups)]
    return {
        "coverage": np.mean(best),
        "within": np.mean([value >= 1 - delta for value in best]),
        "radius": 1 - min(best),
        "radius_p95": np.quantile([1 - value for value in best], 0.95),
        "redundancy": np.mean(pairs),
        "nearest_pick": np.mean(nearest),
        "worst_group": min(means),
    }


def test_every_property_equals_the_one_worked_out_by_hand(vectors, picks):
    groups = [row % 3 for row in range(80)]
    found = pool_health(vectors, picks, groups=groups, delta=0.6, seed=2)
    expected = by_hand(vectors, picks, 0.6, groups)
    drawn = [by_hand(vectors, rows, 0.6, groups) for rows in random_pools(np.arange(80), size=5, pools=20, seed=2)]
    assert {measure.name for measure in found.measures} == set(expected)
    for measure in found.measures:
        assert measure.value == pytest.approx(expected[measure.name], abs=1e-5)
        assert list(measure.random) == pytest.approx([pool[measure.name] for pool in drawn], abs=1e-5)
        worse = [measure.better * (expected[measure.name] - pool[measure.name]) for pool in drawn]
        assert measure.percentile == pytest.approx(
            100 * np.mean([(gap > 1e-6) + 0.5 * (abs(gap) <= 1e-6) for gap in worse])
        )


def test_groups_come_with_their_coverage_the_least_first(vectors, picks):
    groups = ["small" if row in (3, 5) else f"g{row % 2}" for row in range(80)]
    found = pool_health(vectors, picks, groups=groups)
    assert [group.coverage for group in found.groups] == sorted(group.coverage for group in found.groups)
    small = next(group for group in found.groups if group.group == "small")
    assert (small.texts, small.picked) == (2, 1)
    worst = next(measure for measure in found.measures if measure.name == "worst_group")
    assert worst.value == min(group.coverage for group in found.groups if group.texts >= 5)


def test_one_pick_has_no_redundancy_and_one_group_of_few_no_worst(vectors):
    names = [m.name for m in pool_health(vectors, [0], groups=[str(row) for row in range(80)]).measures]
    assert names == ["coverage", "within", "radius", "radius_p95"]


def test_what_the_next_labels_would_add_is_what_they_add(vectors):
    first = select(vectors, budget=12)
    more = select(vectors, budget=10, labeled=first.indices, k=first.parameters["k"])
    ahead = pool_health(vectors, first.indices, following=more.indices).following
    after = pool_health(vectors, [*first.indices, *more.indices], following=[])
    before = pool_health(vectors, first.indices)
    gain = after.measures[0].value - before.measures[0].value
    assert ahead.gain == pytest.approx(gain, abs=1e-9)
    assert ahead.gain > 0
    assert ahead.rows == tuple(more.indices.tolist())
    assert ahead.relative == pytest.approx(100 * gain / (1 - before.measures[0].value))
    without_last = pool_health(vectors, first.indices[:2]).measures[0].value
    assert ahead.last_gain == pytest.approx(before.measures[0].value - without_last, abs=1e-9)
    assert after.following is None


def test_copies_count_once(vectors, picks):
    doubled = np.vstack([vectors, vectors])
    copies = [*range(80), *range(80)]
    once, twice = pool_health(vectors, picks), pool_health(doubled, [*picks, 83], copies=copies)
    assert twice.measures == once.measures
    assert (twice.size, twice.texts) == (5, 80)


def test_close_by_is_the_distance_that_shares_the_texts_out(vectors):
    units = units_of(vectors)
    distances = np.sort(1 - units @ units.T, axis=1)
    assert usual_delta(units, 8) == pytest.approx(np.median(distances[:, 10]))
    assert usual_delta(units[:1], 1) == 0.0


def test_of_many_texts_a_sample_is_judged(vectors, picks, monkeypatch):
    monkeypatch.setattr("votek.evaluation.health.JUDGED", 40)
    found, whole = pool_health(vectors, picks), by_hand(vectors, picks, 0.5, [0] * 80)
    assert (found.judged, found.texts) == (40, 80)
    assert found.measures[0].value == pytest.approx(whole["coverage"], abs=0.15)


def test_the_balance_of_labels_as_they_arrive(vectors, picks):
    labels = ["" if row not in picks[:3] else "x" for row in range(80)]
    found = pool_health(vectors, picks, labels=labels, classes=["x", "y"]).balance
    assert (found.counts, found.missing, found.entropy, found.divergence) == ({"x": 3}, ("y",), 0.0, None)
    assert pool_health(vectors, picks, labels=[""] * 80).balance is None
    known = pool_health(vectors, picks, labels=labels, everywhere=["x", "y", "y", "y"] * 20).balance
    assert known.divergence == 2.0
    json.dumps(pool_health(vectors, picks, labels=labels).to_json())


def test_entropy_and_divergence_are_those_of_scipy():
    from scipy.stats import entropy

    labels, everywhere = ["a"] * 5 + ["b"] * 2 + ["c"], ["a"] * 4 + ["b"] * 10 + ["c"] * 6 + ["d"] * 5
    found = label_balance(labels, everywhere=everywhere)
    assert found.entropy == pytest.approx(entropy([5, 2, 1], base=2))
    assert found.evenness == pytest.approx(entropy([5, 2, 1], base=2) / 2)
    assert found.divergence == pytest.approx(entropy([5, 2, 1], [4, 10, 6], base=2) + math.log2(25 / 20))
    with pytest.raises(InputError, match="'z' is a label of the pool and of no text"):
        label_balance(["z"], everywhere=["a"])


@pytest.mark.parametrize(
    ("changed", "error", "said"),
    [
        ({"picks": []}, InputError, "no picks"),
        ({"picks": [80]}, InputError, "from 0 to 79"),
        ({"picks": [0] * 81}, BudgetError, "81 picks and 80 texts"),
        ({"vectors": np.ones((80, 3))}, InputError, "the same vector"),
        ({"groups": ["a"]}, InputError, "1 groups for 80 texts"),
        ({"delta": 3.0}, InputError, "from 0"),
        ({"random": 3}, InputError, "20 or more"),
        ({"copies": [1]}, InputError, "copies holds 1 row numbers"),
        ({"vectors": [[math.nan, 1.0]]}, InputError, "NaN"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_used_is_said(vectors, picks, changed, error, said):
    with pytest.raises(error, match=said):
        pool_health(**{"vectors": vectors, "picks": picks} | changed)
