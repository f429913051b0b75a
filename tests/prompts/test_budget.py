"""Which demonstrations fit."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from votek.prompts.budget import Limits, choose
from votek.prompts.retrievers.in_order import InOrder


def chosen(sizes, limits, *, bare, joint, queries=1):
    """What `choose` takes of all positions, the lowest first, for `queries` equal queries."""
    found = choose(
        InOrder(np.arange(len(sizes))[None, :]),
        np.ones((queries, len(sizes)), dtype=bool),
        limits,
        bare=np.full(queries, bare),
        joint=lambda _, tried: np.array([joint(positions) for positions in tried], dtype=np.int64),
    )
    assert len(set(map(tuple, found.chosen))) == 1
    return found.chosen[0]


@settings(max_examples=1000, deadline=None)
@given(
    sizes=st.lists(st.integers(0, 30), max_size=12),
    bare=st.integers(0, 40),
    available=st.integers(0, 90),
    n=st.integers(0, 10),
    shrink=st.integers(0, 2),
    mode=st.sampled_from(["sum", "always", "near"]),
)
def test_best_first_while_it_fits_and_over_long_is_passed_over(sizes, bare, available, n, shrink, mode):
    """A joint count that differs from the sum by up to two tokens a join decides, in every mode."""
    shrink = 0 if mode == "sum" else shrink

    def joint(positions):
        return max(0, bare + sum(sizes[place] for place in positions) - shrink * len(positions))

    expected = []
    if bare <= available:
        for place in range(len(sizes)):
            if len(expected) < n and joint([*expected, place]) <= available:
                expected.append(place)
    limits = Limits(n, available, np.array(sizes, dtype=np.int64), adds_up=mode == "sum", always_joint=mode == "always")
    assert chosen(sizes, limits, bare=bare, joint=joint, queries=3) == expected


def test_without_a_budget_the_number_alone_limits():
    limits = Limits(2, None, np.array([1, 1, 1]))
    assert chosen([1, 1, 1], limits, bare=9, joint=lambda _: 0) == [0, 1]
