"""Curves over counts of texts: whole numbers below them, and no marks where nothing was measured."""

import numpy as np
import pytest

from ui.charts import coverage_chart
from ui.evaluate_charts import curve_chart


def _curve(budgets):
    shares = [0.1 * at for at in range(len(budgets))]
    return {"budgets": budgets, "pool": shares, "random": shares, "low": shares, "high": shares, "others": {}}


@pytest.mark.parametrize(("most", "step"), [(3, 1), (30, None)])
def test_no_tick_stands_between_two_whole_numbers_of_texts(most, step):
    covered = np.linspace(0.1, 0.9, most)
    assert coverage_chart(covered, covered / 2, ink="#000").layout.xaxis.dtick == step
    assert curve_chart(_curve(list(range(1, most + 1))), ink="#000").layout.xaxis.dtick == step


def test_the_band_of_random_pools_has_no_marks_of_its_own():
    band = next(trace for trace in curve_chart(_curve([1, 2, 3]), ink="#000").data if trace.fill == "toself")
    assert band.mode == "lines"
