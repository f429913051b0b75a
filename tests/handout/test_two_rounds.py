"""Vote-k in two rounds for a team: round two opens when round one has closed."""

import pytest

from votek.errors import InputError


@pytest.fixture
def begun(space, team, finish):
    """Round one of 40 texts, each to be decided by two people."""
    project = team(picks=1, texts=80, overlap=2)
    space.restart_selection(project.id, budget=40, method="vote-k")
    finish(project)
    return project


def test_round_two_waits_for_everybody_and_for_disputes(space, begun, act, held, finish):
    first, *others = [item.item for item in space.queue(begun.id)]
    for who in ("ann", "bob"):
        while items := held(begun, who):
            for item in items:
                value = "y" if who == "bob" and item == first else "x"
                if not (who == "bob" and item == others[-1]):
                    act(begun, who, "label", item, value)
            if items == [others[-1]]:
                break
    stand = space.two_rounds(begun.id)
    assert (stand.size, stand.labelled, stand.begun, stand.disputed) == (4, 2, 1, 1)
    assert stand.missing() == "1 is decided by some, not by all who are to and 1 without a majority is to be settled"
    with pytest.raises(InputError, match="to be settled"):
        space.request_second_round(begun.id)
    assert act(begun, "bob", "label", others[-1], "x").accepted
    with pytest.raises(InputError, match="to be settled"):
        space.request_second_round(begun.id)
    assert act(begun, "ann", "adjudicate", first, {"label": "y", "why": "as agreed"}).accepted
    assert space.two_rounds(begun.id).ready
    space.request_second_round(begun.id)
    finish(begun)
    assert len(space.queue(begun.id)) == 40
    assert len(held(begun, "cem")) > 0
    assert not set(held(begun, "cem")) & {first, *others}


def test_what_all_skip_is_replaced_before_round_two(space, begun, act, held, finish):
    before = [item.item for item in space.queue(begun.id)]
    for who in ("ann", "bob"):
        while items := [item for item in held(begun, who) if item in before]:
            for item in items:
                act(begun, who, "skip" if item == before[0] else "label", item, None if item == before[0] else "x")
    finish(begun)
    (new,) = {item.item for item in space.queue(begun.id)} - set(before)
    assert space.two_rounds(begun.id).waiting == 1
    for who in ("ann", "bob"):
        assert held(begun, who) == [new]
        act(begun, who, "label", new, "y")
    assert space.two_rounds(begun.id).ready
