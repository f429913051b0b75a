"""Review through the workspace: where people stand and differ, who did what, what is to be looked at again."""

import itertools
from dataclasses import replace

import pytest

import votek
from votek.datatypes import HandoutSettings, LabelSpec, TaskSpec
from votek.errors import InputError
from votek.store import projects as project_rows
from votek.workspace import NewEvent

TASK = TaskSpec("single", (LabelSpec("x", "#0072B2"), LabelSpec("y", "#E69F00")))


@pytest.fixture
def pair(workspace, dataset, load):
    """Twenty texts in the queue that two people each decide about."""
    made = workspace.create_project("Pair", task=TASK)
    load(made, dataset(20))
    workspace.add_to_queue(made.id, range(20))
    with workspace.store.write() as tx:
        project_rows.lock(tx, made.id)
        project_rows.add_revision(tx, made.id, "handout", vars(HandoutSettings(overlap=2)), time=made.created)
    return made


@pytest.fixture
def act(workspace):
    """`act(project, kind, item, value=None, who="ann")`: one event under the versions in force; returns its id."""
    numbers = itertools.count()

    def record(project, kind, item, value=None, who="ann"):
        now = workspace.project(project.id)
        event_id = f"event-{next(numbers)}"
        event = NewEvent(event_id, item, kind, value, now.task.version, now.guidelines_version)
        (ack,) = workspace.record_events(project.id, who, [event])
        assert ack.accepted, ack.reason
        return event_id

    return record


def settle(act, project, item, label, why="", who="eve"):
    return act(project, "adjudicate", item, {"label": label, "why": why}, who)


def test_progress_by_person_part_and_label(workspace, pair, act):
    act(pair, "label", "a0", "x")
    act(pair, "label", "a0", "x", "bob")
    act(pair, "label", "a1", "x")
    act(pair, "label", "a1", "y", "bob")
    act(pair, "skip", "a2")
    act(pair, "flag", "a2", True)
    act(pair, "comment", "a2", "odd", "bob")
    settle(act, pair, "a1", "y", "see the guidelines")
    found = workspace.review(pair.id)
    ann, bob, eve = sorted(found.people, key=lambda one: one.who)
    assert (ann.labels, ann.skips, ann.flags, ann.comments, ann.settled) == (2, 1, 1, 0, 0)
    assert (bob.labels, bob.skips, bob.comments) == (2, 0, 1)
    assert (eve.labels, eve.settled) == (0, 1)
    assert eve.last == workspace.events(pair.id)[-1].time
    (part,) = found.parts
    assert (part.name, part.texts, part.todo, part.labelled) == ("Added by hand", 20, 17, 2)
    assert dict(part.status) == {"unanimous": 1, "adjudicated": 1, "open": 1}
    assert [(one.label, one.final, one.people) for one in found.labels] == [
        ("x", 1, {"ann": 2, "bob": 1}),
        ("y", 1, {"bob": 1}),
    ]
    assert [(one.item, one.who, one.flagged, one.comment) for one in found.remarks] == [
        ("a2", "ann", True, ""),
        ("a2", "bob", False, "odd"),
    ]
    assert found.texts == {"a2": workspace.dataset(pair.id).texts[2]}
    (table,) = found.confusions
    assert (table.first, table.second, table.items, table.labels) == ("ann", "bob", 2, ("x", "y"))
    assert table.counts == ((1, 1), (0, 0))


def test_rounds_are_told_apart(workspace, picked):
    parts = workspace.review(picked.id).parts
    assert [(part.name, part.texts, part.todo) for part in parts] == [("Round 1", 12, 12)]


def test_agreement_is_that_of_the_same_table(workspace, pair, act):
    for row in range(20):
        act(pair, "label", f"a{row}", "xy"[row % 2])
        act(pair, "label", f"a{row}", "xy"[row % 2 if row > 4 else 0], "bob")
    settle(act, pair, "a1", "y")
    found = workspace.agreement(pair.id)
    assert found == votek.agreement(workspace.answers(pair.id)) == votek.agreement(workspace.answers(pair.id)[::-1])
    assert (found.items, found.percent.value, found.people) == (20, 0.9, ("ann", "bob"))
    assert found.krippendorff.low < found.krippendorff.value
    assert workspace.agreement(pair.id, level="ordinal").level == "ordinal"
    with pytest.raises(InputError, match="is no number"):
        workspace.agreement(pair.id, level="interval")


def test_disagreements_wait_until_everybody_has_decided(workspace, pair, act):
    act(pair, "label", "a3", "x")
    assert workspace.disagreements(pair.id) == []
    act(pair, "comment", "a3", "could be y")
    act(pair, "label", "a3", "y", "bob")
    (one,) = workspace.disagreements(pair.id)
    assert (one.item, one.text) == ("a3", workspace.dataset(pair.id).texts[3])
    assert [(voice.who, voice.label, voice.comment) for voice in one.voices] == [
        ("ann", "x", "could be y"),
        ("bob", "y", ""),
    ]
    ruling = settle(act, pair, "a3", "y", "because")
    assert workspace.disagreements(pair.id) == []
    (again,) = workspace.disagreements(pair.id, settled=True)
    ruled = again.difference.ruling
    assert (ruled.who, ruled.value, again.value) == ("eve", {"label": "y", "why": "because"}, "y")
    assert [voice.label for voice in again.voices] == ["x", "y"]
    act(pair, "undo", "a3", {"event": ruling}, "eve")
    assert [one.item for one in workspace.disagreements(pair.id)] == ["a3"]


def test_a_skip_beside_a_label_is_no_disagreement(workspace, pair, act):
    act(pair, "label", "a3", "x")
    act(pair, "skip", "a3", who="bob")
    assert workspace.disagreements(pair.id, settled=True) == []


def test_history_says_what_was_before_and_after(workspace, pair, act):
    first = act(pair, "label", "a0", "x")
    act(pair, "label", "a0", "y")
    act(pair, "undo", "a0", {"event": first})
    act(pair, "flag", "a0", True, "bob")
    settle(act, pair, "a0", None, "unreadable")
    last = settle(act, pair, "a0", "x")
    act(pair, "undo", "a0", {"event": last}, "eve")
    log = workspace.history(pair.id)
    assert [(one.kind, one.about, one.had, one.old, one.new, one.undone) for one in log] == [
        ("label", "label", False, None, "x", True),
        ("label", "label", True, "x", "y", False),
        ("undo", "label", True, "y", "y", False),
        ("flag", "flag", False, False, True, False),
        ("adjudicate", "adjudicate", False, None, {"label": None, "why": "unreadable"}, False),
        ("adjudicate", "adjudicate", True, {"label": None, "why": "unreadable"}, {"label": "x", "why": ""}, True),
        ("undo", "adjudicate", True, {"label": "x", "why": ""}, {"label": None, "why": "unreadable"}, False),
    ]
    assert [one.sequence for one in log] == list(range(1, 8))
    assert {one.item for one in log} == {"a0"}


def test_a_changed_definition_marks_what_was_labelled_under_the_old_one(workspace, pair, act):
    for item, label in (("a0", "x"), ("a1", "y")):
        act(pair, "label", item, label)
        act(pair, "label", item, label, "bob")
    assert workspace.to_recheck(pair.id) == []
    x, y = TASK.labels
    workspace.set_task(pair.id, replace(TASK, labels=(replace(x, color="#009E73"), y)))
    assert workspace.to_recheck(pair.id) == []  # a colour says nothing about the meaning
    workspace.set_task(pair.id, replace(TASK, labels=(replace(x, definition="only parcels"), y)), who="owner")
    (one,) = workspace.to_recheck(pair.id)
    assert (one.item, one.why_again.labels, one.why_again.guidelines) == ("a0", ("x",), False)
    assert one.why_again.people == ("ann", "bob")
    assert [again.item for again in workspace.my_rechecks(pair.id, who="bob")] == ["a0"]
    act(pair, "label", "a0", "x")
    assert workspace.to_recheck(pair.id)[0].why_again.people == ("bob",)
    assert workspace.my_rechecks(pair.id, who="ann") == []
    act(pair, "label", "a0", "x", "bob")
    assert workspace.to_recheck(pair.id) == []
    assert [(made.version, made.who) for made in workspace.revisions(pair.id, "task")] == [
        (1, None),
        (2, "local"),
        (3, "owner"),
    ]


def test_ones_own_rechecks_tell_nothing_of_others(workspace, pair, act):
    act(pair, "label", "a0", "x")
    act(pair, "label", "a0", "y", "bob")
    act(pair, "label", "a1", "y", "bob")
    workspace.set_task(pair.id, TaskSpec("single", tuple(replace(one, definition="Other.") for one in TASK.labels)))
    (mine,) = workspace.my_rechecks(pair.id, who="ann")
    assert (mine.item, mine.labels, mine.people) == ("a0", ("x",), ("ann",))


def test_other_guidelines_mark_everything_until_it_is_confirmed_or_they_are_put_back(workspace, pair, act):
    act(pair, "label", "a0", "x")
    act(pair, "label", "a0", "x", "bob")
    act(pair, "label", "a1", "x")
    workspace.set_guidelines(pair.id, "Parcels are x.")
    (one,) = workspace.to_recheck(pair.id)  # a1 waits for somebody else and stays blind
    assert (one.item, one.why_again.labels, one.why_again.guidelines) == ("a0", (), True)
    assert [again.item for again in workspace.my_rechecks(pair.id, who="ann")] == ["a0", "a1"]
    ruling = settle(act, pair, "a0", "x", "still right")
    assert workspace.to_recheck(pair.id) == []
    workspace.set_guidelines(pair.id, "")
    assert [one.why_again.people for one in workspace.to_recheck(pair.id)] == [("eve",)]
    act(pair, "undo", "a0", {"event": ruling}, "eve")
    assert workspace.to_recheck(pair.id) == []
    assert [made.value for made in workspace.revisions(pair.id, "guidelines")] == ["", "Parcels are x.", ""]


def test_labels_from_a_file_are_never_to_be_checked_again(workspace, dataset, load):
    made = workspace.create_project("Filed", task=TASK)
    load(made, dataset(4, topic=["x", "y", "x", ""]), topic="labelled")
    workspace.set_guidelines(made.id, "New.")
    assert workspace.to_recheck(made.id) == []
    assert workspace.review(made.id).people == ()
    assert [one.final for one in workspace.review(made.id).labels] == [2, 1]
    assert workspace.answers(made.id) == []


def test_before_there_is_anything(workspace):
    made = workspace.create_project("Empty")
    found = workspace.review(made.id)
    assert (found.people, found.parts, found.labels, found.remarks) == ((), (), (), ())
    assert workspace.disagreements(made.id) == workspace.to_recheck(made.id) == []
    assert workspace.agreement(made.id).krippendorff.status == "too few"
    assert workspace.history(made.id) == ()
