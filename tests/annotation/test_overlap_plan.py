"""A small budget of second opinions: ten for agreement, the rest where a wrong label would do most harm."""

import numpy as np
import pytest

from votek.annotation.overlap_plan import ENOUGH, followers, plan_overlap


def plan(size, budget, follows=None):
    follows = follows or list(range(size))
    return plan_overlap([f"a{place}" for place in range(size)], follows, texts=1000, budget=budget)


def test_followers_are_those_whose_nearest_pick_it_is():
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(5000, 8)).astype(np.float32)
    picks = [3, 4999, 17, 250]
    counts = followers(vectors, picks)
    centred = vectors - vectors.mean(axis=0)
    unit = centred / np.linalg.norm(centred, axis=1, keepdims=True)
    nearest = [
        max(range(4), key=lambda p: float(unit[row] @ unit[picks[p]])) for row in range(5000) if row not in picks
    ]
    assert counts.tolist() == np.bincount(nearest, minlength=4).tolist()
    assert counts.sum() == 4996


def test_a_small_budget_goes_where_harm_is_greatest_and_says_what_it_cannot():
    made = plan(40, 4)
    assert [choice.item for choice in made.choices] == ["a39", "a38", "a37", "a36"]
    assert {choice.purpose for choice in made.choices} == {"harm"}
    assert f"takes {ENOUGH}" in made.note
    assert (
        made.choices[0].reason == "39 texts have it as the nearest pick (3.9% of all): a wrong label here would "
        "mislead there."
    )


def test_from_ten_on_an_even_sample_comes_first():
    made = plan(40, 13)
    first, rest = made.choices[:10], made.choices[10:]
    assert [choice.rank for choice in first] == [3, 7, 11, 15, 19, 23, 27, 31, 35, 39]
    assert {choice.purpose for choice in first} == {"agreement"}
    assert [choice.item for choice in rest] == ["a39", "a37", "a36"]
    assert "3 more" in made.note


@pytest.mark.parametrize(("size", "budget"), [(0, 5), (1, 5), (9, 50), (10, 10), (11, 10), (200, 200)])
def test_no_text_twice_and_never_more_than_there_are(size, budget):
    made = plan(size, budget)
    assert len({choice.item for choice in made.choices}) == len(made.choices) == min(size, budget)
    assert all(choice.reason.endswith(".") for choice in made.choices)
    assert made.note.endswith(".")


def test_ties_go_by_pick_order():
    assert [choice.item for choice in plan(5, 2, follows=[1, 2, 2, 2, 0]).choices] == ["a1", "a2"]
