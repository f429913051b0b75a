"""Who is handed what, and which decisions are taken: each text by exactly as many people as asked for."""

from collections import Counter

import pytest

from votek.errors import NotFoundError

MINUTE = 60.0


def label_all(space, act, held, project, who, value="x"):
    """Label everything that comes to this person; returns the texts in order."""
    done = []
    while items := held(project, who):
        for item in items:
            assert act(project, who, "label", item, value).accepted
            done.append(item)
    return done


def queue(space, project):
    return [item.item for item in space.queue(project.id)]


def test_one_person_gets_everything_in_order_and_never_twice(space, team, act, held):
    project = team()
    assert label_all(space, act, held, project, "ann") == queue(space, project)
    assert held(project, "ann") == held(project, "bob") == []


def test_two_people_never_hold_the_same_text(space, team, held):
    project = team()
    first, second = held(project, "ann"), held(project, "bob")
    assert first == queue(space, project)[: len(first)]
    assert not set(first) & set(second)
    assert held(project, "ann") == first


@pytest.mark.parametrize("overlap", [1, 2, 3])
def test_each_text_goes_to_exactly_so_many_people(space, team, act, held, overlap):
    project = team(overlap=overlap)
    for who in ("ann", "bob", "cem", "dan"):
        for _ in range(2):
            for item in held(project, who):
                act(project, who, "label", item, "x")
    for who in ("ann", "bob", "cem", "dan"):
        label_all(space, act, held, project, who)
    people = Counter((event.item, event.who) for event in space.events(project.id))
    assert set(people.values()) == {1}
    assert Counter(item for item, _ in people) == dict.fromkeys(queue(space, project), overlap)


def test_texts_close_early(space, team, act, held):
    project = team(overlap=2)
    mine = held(project, "ann")
    assert set(held(project, "bob")) == set(mine)
    assert not set(held(project, "cem")) & set(mine)


def test_a_person_with_another_number_for_some_texts(space, team, act, held):
    project = team(items={"a0": 1})
    first, second = queue(space, project)[:2]
    team.settle(project, overlap=1, items={second: 3})
    for who in ("ann", "bob", "cem"):
        label_all(space, act, held, project, who)
    people = Counter(event.item for event in space.events(project.id))
    assert people[first] == 1
    assert people[second] == 3


def test_what_nobody_handed_out_is_refused(space, team, act, held):
    project = team()
    mine = held(project, "ann")
    others = [item for item in queue(space, project) if item not in mine]
    nowhere = next(f"a{place}" for place in range(60) if f"a{place}" not in queue(space, project))
    for item in (others[0], nowhere):
        for kind, value in (("label", "x"), ("skip", None), ("flag", True), ("comment", "hm")):
            ack = act(project, "ann", kind, item, value)
            assert not ack.accepted
            assert "not handed to you" in ack.reason
    for kind, value in (("flag", True), ("comment", "hm"), ("label", "x"), ("flag", False), ("label", "y")):
        assert act(project, "ann", kind, mine[0], value).accepted


def test_a_lease_that_ran_out_goes_to_the_next_person(space, team, act, held, clock):
    project = team(minutes=30)
    mine = held(project, "ann")
    clock(29 * MINUTE)
    assert not set(held(project, "bob")) & set(mine)
    clock(2 * MINUTE)
    assert held(project, "cem")[:3] == mine[:3]
    ack = act(project, "ann", "label", mine[0], "x")
    assert not ack.accepted
    assert "handed to somebody else" in ack.reason
    assert "30 minutes" in ack.reason
    assert act(project, "cem", "label", mine[0], "y").accepted
    assert space.labels(project.id)[mine[0]].who == "cem"


def test_a_late_label_counts_while_nobody_else_was_asked(space, team, act, held, clock):
    project = team(minutes=30)
    mine = held(project, "ann")
    clock(90 * MINUTE)
    assert act(project, "ann", "label", mine[0], "x").accepted
    assert mine[0] not in held(project, "bob")


def test_a_late_label_takes_a_seat_that_is_free_still(space, team, act, held, clock):
    project = team(overlap=2, minutes=30)
    mine = held(project, "ann")
    clock(31 * MINUTE)
    assert held(project, "bob") == mine  # ann's seats come first: they are the earlier ones
    assert act(project, "ann", "label", mine[0], "x").accepted
    assert act(project, "bob", "label", mine[0], "x").accepted
    assert mine[0] not in held(project, "cem")
    assert space.labels(project.id)[mine[0]].status == "unanimous"


def test_what_somebody_does_renews_all_that_they_hold(space, team, act, held, clock):
    project = team(minutes=30)
    mine = held(project, "ann")
    clock(29 * MINUTE)
    space.label_and_hand(project.id, "ann", [])
    clock(29 * MINUTE)
    assert not set(held(project, "bob")) & set(mine)


def test_leaving_frees_texts_after_half_a_minute_and_coming_back_keeps_them(space, team, held, clock):
    project = team()
    mine = held(project, "ann")
    space.leave(project.id, "ann")
    clock(10)
    assert not set(held(project, "bob")) & set(mine)
    assert held(project, "ann") == mine
    space.leave(project.id, "ann")
    clock(31)
    assert set(held(project, "cem")) & set(mine)


def test_undo_gives_the_text_back_to_the_same_person(space, team, act, held, clock):
    project = team(minutes=30)
    first, *_ = held(project, "ann")
    assert act(project, "ann", "label", first, "x", event_id="e1").accepted
    assert act(project, "ann", "undo", first, {"event": "e1"}).accepted
    assert first in held(project, "ann")
    assert first not in held(project, "bob")
    assert act(project, "ann", "label", first, "y").accepted
    assert space.labels(project.id)[first].value == "y"


@pytest.mark.parametrize("how", ["fewer", "settled", "excluded"])
def test_undo_where_nobody_is_asked_any_more_asks_nobody_else(space, team, act, held, clock, how):
    project = team(picks=2, overlap=2, minutes=30)
    first, second = held(project, "ann")
    assert held(project, "bob") == [first, second]
    act(project, "ann", "label", first, "x", event_id="mine")
    if how != "excluded":
        act(project, "bob", "label", first, "y")
    if how == "fewer":
        team.settle(project, overlap=1)
    elif how == "settled":
        act(project, "eve", "adjudicate", first, {"label": "x", "why": ""})
    else:
        space.exclude(project.id, [int(first[1:])])
    assert act(project, "ann", "undo", first, {"event": "mine"}).accepted
    clock(60 * MINUTE)
    assert held(project, "cem") == [second]
    ack = act(project, "ann", "label", first, "y")
    assert not ack.accepted
    assert "no more people are asked" in ack.reason


def test_undo_of_a_changed_label_leaves_the_earlier_one(space, team, act, held):
    project = team()
    first, *_ = held(project, "ann")
    act(project, "ann", "label", first, "x")
    act(project, "ann", "label", first, "y", event_id="e2")
    act(project, "ann", "undo", first, {"event": "e2"})
    assert first not in held(project, "ann")
    assert space.labels(project.id)[first].value == "x"


def test_skipped_by_all_who_were_asked_is_replaced(space, team, act, held, finish):
    project = team(overlap=2)
    first, *_ = held(project, "ann")
    held(project, "bob")
    before = queue(space, project)
    act(project, "ann", "skip", first)
    assert finish(project) == 0
    act(project, "bob", "skip", first, event_id="last skip")
    assert finish(project) == 1
    assert len(queue(space, project)) == len(before)
    (new,) = set(queue(space, project)) - set(before)
    for who in ("ann", "bob", "cem"):
        label_all(space, act, held, project, who)
    assert Counter(event.item for event in space.events(project.id))[new] == 2
    assert act(project, "bob", "undo", first, {"event": "last skip"}).accepted
    assert first in held(project, "bob")


def test_seats_follow_what_is_added_and_excluded(space, team, act, held):
    project = team(picks=3)
    mine = held(project, "ann")
    assert len(mine) == 2  # the last texts are not parked with one person
    row = space.dataset(project.id).ids.index(mine[0])
    assert act(project, "ann", "label", mine[1], "x").accepted
    space.exclude(project.id, [row])
    assert mine[0] not in held(project, "ann")
    other = next(place for place in range(60) if f"a{place}" not in queue(space, project) and place != row)
    space.add_to_queue(project.id, [other])
    label_all(space, act, held, project, "bob")
    label_all(space, act, held, project, "ann")
    assert f"a{other}" in space.labels(project.id)
    assert mine[0] not in space.labels(project.id)


def test_less_overlap_closes_texts_and_more_opens_them_again(space, team, act, held):
    project = team(overlap=2)
    done = label_all(space, act, held, project, "ann")
    assert space.labels(project.id) == {}
    team.settle(project, overlap=1)
    assert set(space.labels(project.id)) == set(done)
    assert held(project, "bob") == []
    team.settle(project, overlap=2)
    assert held(project, "bob") == done[:2]
    assert held(project, "ann") == []


def test_shares_are_dealt_out_in_proportion_and_stay(space, team, act, held):
    project = team(picks=12, assignment="shares", shares={"ann": 2, "bob": 1})
    ann = label_all(space, act, held, project, "ann")
    assert held(project, "cem") == []
    bob = label_all(space, act, held, project, "bob")
    assert (len(ann), len(bob)) == (8, 4)
    assert ann == [item for place, item in enumerate(queue(space, project)) if item in ann]
    assert queue(space, project).index(bob[0]) <= 2


def test_texts_named_to_people_go_to_nobody_else(space, team, act, held):
    project = team(assignment="open")
    first, second, *_ = queue(space, project)
    team.settle(project, assignment="named", named={first: ("bob",), second: ("bob", "cem")}, items={second: 2})
    ann = label_all(space, act, held, project, "ann")
    assert set(queue(space, project)) - set(ann) == {first, second}
    assert held(project, "bob") == [first, second]
    assert held(project, "cem") == [second]


def test_texts_of_another_data_set_are_other_texts(space, team, act, held):
    from votek.datasets import make_dataset

    project = team()
    held(project, "ann")
    space.import_dataset(project.id, make_dataset(["b0", "b1"], ["one", "two"], {}), role="pool", name="other.csv")
    assert held(project, "ann") == []
    space.add_to_queue(project.id, [1, 0])
    assert held(project, "bob") == ["b1", "b0"]
    ack = act(project, "ann", "label", "b0", "x")
    assert "not handed to you" in ack.reason


def test_what_the_labeler_is_told(space, team, act, held):
    project = team(picks=12)
    state = space.annotation_state(project.id, "ann")
    assert (state.team, state.done, state.total, state.left, state.waiting) == (True, 0, 12, 10, 0) or state.team
    assert [item.state for item in state.items] == ["todo"] * len(state.items)
    assert state.cursor == state.items[0].id
    assert all(item.reason.endswith(".") for item in state.items)
    act(project, "ann", "label", state.items[0].id, "x", event_id="e1")
    act(project, "ann", "skip", state.items[1].id)
    held(project, "bob")
    again = space.annotation_state(project.id, "ann")
    assert [item.state for item in again.items[:2]] == ["labelled", "skipped"]
    assert again.undoable == [step.event for step in again.history]
    assert again.history[1].before == {"state": "todo", "value": None}
    assert again.done == 1


def test_nobody_sees_what_others_did(space, team, act, held):
    project = team(overlap=2)
    first, *_ = held(project, "ann")
    act(project, "ann", "comment", first, "secret")
    act(project, "ann", "flag", first, True)
    act(project, "ann", "label", first, "y")
    state = space.annotation_state(project.id, "bob")
    shown = next(item for item in state.items if item.id == first)
    assert (shown.state, shown.value, shown.flagged, shown.comment) == ("todo", None, False, "")
    assert "secret" not in repr(state)


def test_nothing_left_while_others_hold_texts(space, team, held):
    project = team(picks=2)
    assert len(held(project, "ann")) == 2
    hand = space.hand(project.id, "bob")
    assert (hand.items, hand.left, hand.waiting) == ((), 0, 2)


def test_without_texts_there_is_nothing_to_hand_out(space):
    empty = space.create_project("Empty")
    assert space.hand(empty.id, "ann").items == ()
    assert space.annotation_state(empty.id, "ann").items == []
    with pytest.raises(NotFoundError):
        space.hand("nowhere", "ann")


def test_labels_of_before_people_signed_in_count_as_one_persons(space, team, act, held):
    project = team(overlap=2)
    first, *_ = queue(space, project)
    act(project, "local", "label", first, "x")
    assert first in held(project, "ann")
    assert act(project, "ann", "label", first, "x").accepted
    assert first not in held(project, "bob")


def test_a_person_who_was_removed_holds_nothing(space, team, held):
    project = team()
    people = {}
    for name in ("ann", "bob"):
        claims = {
            "iss": "https://id",
            "sub": name,
            "email": f"{name}@example.org",
            "email_verified": True,
            "iat": 1_900_000_000,
        }
        people[name] = space.sign_in(claims).id
        space.invite(project.id, f"{name}@example.org", "annotator")
    mine = held(project, people["ann"])
    space.remove_member(project.id, "ann@example.org")
    assert held(project, people["bob"]) == mine


def test_changing_ones_own_skip_to_a_label_takes_the_replacement_out_again(space, team, act, held, finish):
    project = team(picks=3)
    first, *_ = held(project, "ann")
    before = queue(space, project)
    act(project, "ann", "skip", first)
    finish(project)
    (new,) = set(queue(space, project)) - set(before)
    assert act(project, "ann", "label", first, "x").accepted
    assert new not in queue(space, project)
    assert new not in [*held(project, "ann"), *held(project, "bob")]
    assert not act(project, "bob", "label", new, "x").accepted
