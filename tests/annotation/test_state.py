"""The state of the items is a fold of the log, whatever the order in which events are taken in."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from votek.annotation import Labelling, Overlap, fold

ITEMS, PEOPLE = ["a", "b", "c"], ["ann", "bob"]


def test_a_persons_latest_label_is_in_force(event):
    state = fold([event(1, "label", "a", "x"), event(2, "label", "b", "x"), event(3, "label", "a", "y")])
    assert {item: (label.value, label.who, label.event_id) for item, label in state.labels().items()} == {
        "a": ("y", "ann", "e3"),
        "b": ("x", "ann", "e2"),
    }
    assert state.state("a") == "labelled"
    assert state.state("c") == "todo"
    assert state.sequence == 3


def test_undo_brings_back_what_was_before(event):
    log = [event(1, "label", "a", "x"), event(2, "label", "a", "y"), event(3, "undo", "a", {"event": "e2"})]
    assert fold(log).labels()["a"].value == "x"
    assert fold([*log, event(4, "undo", "a", {"event": "e1"})]).state("a") == "todo"


def test_undo_of_an_earlier_event_leaves_the_later_one(event):
    state = fold([event(1, "label", "a", "x"), event(2, "label", "a", "y"), event(3, "undo", "a", {"event": "e1"})])
    assert state.labels()["a"].value == "y"
    assert state.undoable("ann") == ["e2"]


def test_a_skip_replaces_a_label_and_the_other_way_round(event):
    state = fold([event(1, "label", "a", "x"), event(2, "skip", "a")])
    assert (state.state("a"), state.labels(), state.skipped()) == ("skipped", {}, {"a"})
    state.apply(event(3, "label", "a", "y"))
    assert (state.state("a"), state.skipped()) == ("labelled", set())


def test_flags_and_comments_go_beside_the_decision(event):
    state = fold(
        [
            event(1, "flag", "a", True),
            event(2, "comment", "a", "odd"),
            event(3, "label", "a", "x"),
            event(4, "flag", "b", False),
        ]
    )
    assert (state.flagged("a"), state.comment("a"), state.state("a")) == (True, "odd", "labelled")
    assert (state.flagged("b"), state.comment("b")) == (False, "")
    state.apply(event(5, "undo", "a", {"event": "e1"}))
    assert not state.flagged("a")
    assert state.labels()["a"].value == "x"


def test_an_adjudication_stands_above_later_labels(event):
    ruling = {"label": "y", "why": "the guidelines say so"}
    state = fold([event(1, "label", "a", "x"), event(2, "adjudicate", "a", ruling), event(3, "label", "a", "z")])
    assert (state.labels()["a"].value, state.labels()["a"].status) == ("y", "adjudicated")
    assert [made.value for made in state.resolution("a").decisions] == ["z"]
    state.apply(event(4, "undo", "a", {"event": "e2"}))
    assert (state.labels()["a"].value, state.labels()["a"].status) == ("z", "single")


def test_it_can_be_settled_that_no_label_fits(event):
    state = fold([event(1, "label", "a", "x"), event(2, "adjudicate", "a", {"label": None, "why": ""}, who="eve")])
    assert (state.state("a"), state.labels(), state.skipped()) == ("skipped", {}, {"a"})


@pytest.mark.parametrize(
    ("values", "needed", "status", "value"),
    [
        (["x"], 1, "single", "x"),
        (["x"], 2, "open", None),
        (["x", "x"], 2, "unanimous", "x"),
        (["x", "y"], 2, "disputed", None),
        (["x", "y", "x"], 3, "majority", "x"),
        (["x", "y", "z"], 3, "disputed", None),
        (["x", "x", "y", "z"], 4, "disputed", None),
        ([None, "x"], 2, "single", "x"),
        ([None, "x", "x"], 3, "unanimous", "x"),
        ([None, None], 2, "skipped", None),
        ([None], 2, "open", None),
        (["x", "y"], 1, "disputed", None),
        ([["x", "y"], ["x", "y"]], 2, "unanimous", ["x", "y"]),
        ([["x"], ["x", "y"]], 2, "disputed", None),
    ],
)
def test_what_several_people_add_up_to(event, values, needed, status, value):
    log = [event(n, "skip" if given is None else "label", "a", given, who=f"p{n}") for n, given in enumerate(values, 1)]
    state = fold(log, overlap=Overlap(needed))
    found = state.resolution("a")
    assert (found.status, found.value, len(found.decisions)) == (status, value, len(values))
    assert found.closed == (status != "open")
    assert {item: label.value for item, label in state.labels().items()} == ({} if value is None else {"a": value})
    state.ask_for(Overlap(9, {"a": needed}))
    assert state.resolution("a") == found
    state.ask_for(Overlap(9))
    assert state.resolution("a").status == "open"


def test_a_label_from_the_file_counts_until_a_person_has_decided(event):
    state = fold([event(1, "label", "a", "x", who="import", source="import")], overlap=Overlap(2))
    assert (state.labels()["a"].value, state.seen_by("a", "ann").value) == ("x", "x")
    state.apply(event(2, "label", "a", "y"))
    assert (state.labels(), state.resolution("a").status) == ({}, "open")
    assert (state.seen_by("a", "ann").value, state.seen_by("a", "bob").value) == ("y", "x")


def test_people_are_blind_to_each_other(event):
    state = fold([event(1, "label", "a", "x"), event(2, "flag", "a", True), event(3, "comment", "a", "odd")])
    assert (state.state_for("a", "ann"), state.flagged("a", "ann"), state.comment("a", "ann")) == (
        "labelled",
        True,
        "odd",
    )
    assert (state.state_for("a", "bob"), state.flagged("a", "bob"), state.comment("a", "bob")) == ("todo", False, "")
    assert (state.decided_by("ann"), state.decided_by("bob")) == (["a"], [])


def test_undo_is_twenty_deep_newest_first_and_each_person_has_their_own(event):
    state = fold([event(n, "label", f"i{n}", "x", who=PEOPLE[n % 2]) for n in range(1, 61)])
    assert state.undoable("ann") == [f"e{n}" for n in range(60, 20, -2)]
    assert len(state.undoable("bob")) == 20
    assert state.undoable("nobody") == []
    for depth in range(20):
        latest = state.undoable("ann")[0]
        state.apply(event(61 + depth, "undo", state.can_undo("ann", latest).item, {"event": latest}))
    assert state.undoable("ann") == [f"e{n}" for n in range(20, 0, -2)]
    assert len(state.labels()) == 40


@pytest.mark.parametrize("who", ["ann", "bob"])
def test_only_ones_own_events_can_be_undone_and_only_once(event, who):
    state = fold([event(1, "label", "a", "x", who="ann")])
    assert (state.can_undo(who, "e1") is not None) == (who == "ann")
    state.apply(event(2, "undo", "a", {"event": "e1"}))
    assert state.can_undo("ann", "e1") is None
    assert state.can_undo("ann", "e2") is None  # an undo is not undone


@st.composite
def logs(draw):
    """Valid logs: each undo names an event of the same person that still stands."""
    made, standing = [], []
    for sequence in range(1, draw(st.integers(0, 40)) + 1):
        who, item = draw(st.sampled_from(PEOPLE)), draw(st.sampled_from(ITEMS))
        mine = [entry for entry in standing if entry[1] == who]
        kind = draw(st.sampled_from(["label", "skip", "flag", "comment", "adjudicate", *(["undo"] if mine else [])]))
        if kind == "undo":
            undone = draw(st.sampled_from(mine))
            standing.remove(undone)
            made.append((sequence, "undo", undone[2], {"event": f"e{undone[0]}"}, who))
            continue
        values = {"label": "xyz", "adjudicate": "xyz", "comment": "mno", "flag": [True, False]}
        value = draw(st.sampled_from(list(values[kind]))) if kind in values else None
        value = {"label": value, "why": ""} if kind == "adjudicate" else value
        standing.append((sequence, who, item, kind, value))
        made.append((sequence, kind, item, value, who))
    return made, standing


def seen(state):
    return {
        "labels": {item: (label.value, label.who, label.event_id) for item, label in state.labels().items()},
        "skipped": state.skipped(),
        "flags": {item: (state.flagged(item), state.comment(item), state.state(item)) for item in ITEMS},
        "undoable": {who: state.undoable(who) for who in PEOPLE},
        "items": state.items(),
    }


@settings(max_examples=200, deadline=None)
@given(logs(), st.integers(0, 40))
def test_folding_at_once_equals_taking_events_in_one_by_one(event, made, cut):
    log = [event(*entry[:4], who=entry[4]) for entry in made[0]]
    kept = fold(log[:cut])
    for later in log[cut:]:
        kept.apply(later)
    assert seen(kept) == seen(fold(log))
    assert kept == fold(log)


@settings(max_examples=200, deadline=None)
@given(logs())
def test_the_state_is_what_a_plain_reading_of_the_standing_events_gives(event, made):
    state = fold([event(*entry[:4], who=entry[4]) for entry in made[0]])
    for item in ITEMS:
        mine = [entry for entry in made[1] if entry[2] == item]
        ruled = [(entry[4]["label"], entry[1]) for entry in mine if entry[3] == "adjudicate"]
        given = {entry[1]: entry[4] for entry in mine if entry[3] in ("label", "skip")}
        labels = {value for value in given.values() if value is not None}
        expected = "todo" if not given or len(labels) > 1 else "labelled" if labels else "skipped"
        assert state.state(item) == ("labelled" if ruled else expected)
        assert (item in state.labels()) == (state.state(item) == "labelled")
        if ruled:
            assert (state.labels()[item].value, state.labels()[item].who) == ruled[-1]
        elif expected == "labelled":
            assert {state.labels()[item].value} == labels
        comments = [entry[4] for entry in mine if entry[3] == "comment"]
        assert state.comment(item) == (comments[-1] if comments else "")
    for who in PEOPLE:
        assert state.undoable(who) == [f"e{entry[0]}" for entry in made[1] if entry[1] == who][::-1][:20]


def test_an_empty_log():
    assert fold([]) == Labelling()
    assert fold([]).labels() == {}
