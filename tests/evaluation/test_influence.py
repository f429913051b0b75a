"""The influence of suggestions: published worked examples, an independent computation, and silence where n is small."""

import pytest
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from votek.evaluation.influence import influence

# Newcombe 1998, Statistics in Medicine 17, 873-890, table II, method 10: (a, m, b, n) -> (lower, upper)
PUBLISHED = {
    (56, 70, 48, 80): (0.0524, 0.3339),
    (9, 10, 3, 10): (0.1705, 0.8090),
    (10, 10, 0, 20): (0.6791, 1.0000),
    (10, 10, 0, 10): (0.6075, 1.0000),
}


@pytest.mark.parametrize(("counts", "ends"), PUBLISHED.items())
def test_published_intervals_of_a_difference(counts, ends):
    a, m, b, n = counts
    found = influence(shown=(a, m), blind=(b, n)).difference
    assert (round(found.low, 4), round(found.high, 4)) == ends


@pytest.mark.parametrize("counts", [(12, 40, 9, 11), (39, 40, 10, 10), (0, 25, 0, 13)])
def test_equal_to_an_independent_computation(counts):
    a, m, b, n = counts
    found = influence(shown=(a, m), blind=(b, n))
    assert (found.difference.low, found.difference.high) == pytest.approx(
        confint_proportions_2indep(a, m, b, n, method="newcomb"), abs=1e-9
    )
    assert (found.shown.share.low, found.shown.share.high) == pytest.approx(
        proportion_confint(a, m, method="wilson"), abs=1e-9
    )


def test_too_few_decisions_say_nothing():
    found = influence(shown=(9, 40), blind=(2, 9))
    assert found.shown.share is not None
    assert (found.blind.share, found.difference) == (None, None)
    assert influence(shown=(0, 0), blind=(0, 0)).shown.share is None
    assert found.to_json()["blind"] == {"agreed": 2, "n": 9, "share": None}
