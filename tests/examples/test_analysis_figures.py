"""The figures of the analyses show what the analyses say."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture
def figures(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script, as a module."""
    monkeypatch.syspath_prepend(str(EXAMPLES))
    spec = importlib.util.spec_from_file_location("analysis_figures", EXAMPLES / "analysis_figures.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_text_of_the_sample_is_in_a_bar(figures: ModuleType) -> None:
    bars, chance = figures.draw_difficulty().data
    assert sum(bars.y) == len(figures.sample()[2])
    assert sum(chance.y) == pytest.approx(sum(bars.y))


def test_four_parts_and_their_intervals(figures: ModuleType) -> None:
    (points,) = figures.draw_pruning().data
    assert [name.split(" ")[0] for name in points.y] == ["all", "easy", "hard", "random"]
    assert all(0 <= value <= 1 for value in points.x)


def test_the_worst_group_comes_first(figures: ModuleType) -> None:
    (points,) = figures.draw_worst_group().data
    assert list(points.x) == sorted(points.x)
    assert len(points.y) == 4


def test_every_random_pool_is_a_dot_and_the_picks_are_marked(figures: ModuleType) -> None:
    found = figures.against()
    dots, others, picks = figures.draw_against_random().data
    assert len(dots.x) == sum(len(one.random) for one in (found.main, *found.more))
    assert list(picks.x) == [one.accuracy for one in (found.main, *found.more)]
    assert others.name == "fast vote-k"


def test_the_curve_ends_at_the_accuracy_of_the_pool(figures: ModuleType) -> None:
    lines = {line.name: line for line in figures.draw_learning_curve().data}
    assert lines["these picks"].y[-1] == figures.against().main.accuracy


def test_better_properties_lie_further_to_the_right(figures: ModuleType) -> None:
    dots, picks = figures.draw_pool_health().data
    assert len(dots.x) == 20 * len(picks.x)
    assert picks.x[0] > 0
