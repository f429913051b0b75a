"""Colours of the map: the most frequent groups by name, the rest together, no two alike."""

import numpy as np

from ui.components.map.colors import FAINT, OTHER, SCALE, groups_of_values, scale_of_values


def test_seven_groups_and_the_rest():
    values = [f"v{i}" for i in range(12) for _ in range(20 - i)]
    groups = groups_of_values("x", values)
    assert [group.name for group in groups.groups] == [*(f"v{i}" for i in range(7)), "other (5 values)"]
    assert groups.groups[7].color == OTHER
    assert len({group.color for group in groups.groups}) == 8
    assert groups.codes[values.index("v11")] == 7


def test_eight_groups_need_no_rest():
    groups = groups_of_values("x", list("abcdefgh"))
    assert len(groups.groups) == 8
    assert len({group.color for group in groups.groups}) == 8


def test_empty_values_are_background():
    groups = groups_of_values("x", ["", "a", ""], empty="not labelled")
    assert [(group.name, group.faint) for group in groups.groups] == [("a", False), ("not labelled", True)]
    assert groups.colors([0, 1]) == [FAINT, groups.groups[0].color]


def test_labels_keep_their_colour_unless_two_would_be_alike():
    groups = groups_of_values("x", ["a", "a", "b"], colors={"a": "#D55E00", "b": "#D55E00"})
    first, second = (group.color for group in groups.groups)
    assert first == "#D55E00"
    assert second != first


def test_a_scale_is_not_stretched_by_one_giant():
    values = np.array([0.0] * 500 + [10.0] * 499 + [1e6], dtype=np.float32)
    scale = scale_of_values("votes", values)
    assert (scale.low, scale.high) == (0.0, 10.0)
    assert scale.colors([0, 500, 999]) == [SCALE[0].lower(), SCALE[2].lower(), SCALE[2].lower()]


def test_a_scale_without_numbers_is_not_an_error():
    scale = scale_of_values("gain", np.full(3, np.nan))
    assert scale.colors([1]) == [SCALE[0].lower()]
