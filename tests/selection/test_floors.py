"""Group floors: enough of each group, and otherwise the method's own choice."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import votek
from votek.errors import BudgetError, InputError

VECTORS = np.random.default_rng(4).normal(size=(60, 4))
GROUPS = ["common"] * 50 + ["rare"] * 8 + ["tiny"] * 2


@pytest.mark.parametrize("method", ["fast-vote-k", "random"])
@settings(max_examples=40, deadline=None)
@given(
    budget=st.integers(1, 60),
    floor=st.integers(0, 12),
    seed=st.integers(0, 1000),
    warm=st.sets(st.integers(0, 59), max_size=6),
)
def test_each_group_gets_its_floor(method: str, budget: int, floor: int, seed: int, warm: set[int]) -> None:
    labeled = sorted(warm)
    names, sizes = np.unique(GROUPS, return_counts=True)
    has = {name: sum(GROUPS[row] == name for row in labeled) for name in names}
    owed = sum(max(min(size, floor) - has[name], 0) for name, size in zip(names, sizes, strict=True))
    options = {"method": method, "groups": GROUPS, "floor": floor, "seed": seed, "labeled": labeled, "k": 4}
    if budget > 60 - len(labeled) or owed > budget:
        with pytest.raises(BudgetError):
            votek.select(VECTORS, budget=budget, **options)
        return
    picks = votek.select(VECTORS, budget=budget, **options).indices.tolist()
    assert len(set(picks)) == budget
    for name, size in zip(names, sizes, strict=True):
        assert sum(GROUPS[row] == name for row in [*picks, *labeled]) >= min(size, floor)


@pytest.mark.parametrize("method", ["fast-vote-k", "random"])
def test_a_floor_of_0_changes_nothing(method: str) -> None:
    plain = votek.select(VECTORS, budget=20, method=method).indices.tolist()
    assert votek.select(VECTORS, budget=20, method=method, groups=GROUPS).indices.tolist() == plain


def test_only_groups_in_deficit_are_eligible_once_the_picks_left_are_owed() -> None:
    plain = votek.select(VECTORS, budget=10, k=4).indices.tolist()
    floored = votek.select(VECTORS, budget=10, k=4, groups=GROUPS, floor=3).indices.tolist()
    # 8 picks are owed (3 + 3 + 2): the first two are free.
    assert floored[:2] == plain[:2]
    assert sorted(GROUPS[row] for row in floored).count("tiny") == 2


def test_floors_beyond_the_budget_are_refused() -> None:
    with pytest.raises(BudgetError, match=r"takes 8 picks, but the budget is 7"):
        votek.select(VECTORS, budget=7, groups=GROUPS, floor=3)


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(InputError, match="groups holds 3 entries for 60 rows"):
        votek.select(VECTORS, budget=7, groups=["a", "b", "c"], floor=1)
    with pytest.raises(InputError, match="needs groups"):
        votek.select(VECTORS, budget=7, floor=1)
    with pytest.raises(InputError, match="floor = -1"):
        votek.select(VECTORS, budget=7, groups=GROUPS, floor=-1)
