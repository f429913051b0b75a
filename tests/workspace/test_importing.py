"""Labels from files: every annotator apart, nothing overwritten, the same file twice adds nothing, and a way back."""

import json

import pytest

from votek.datasets import make_dataset
from votek.datatypes import HandoutSettings, LabelSpec, TaskSpec
from votek.errors import InputError, NotFoundError
from votek.imports import read_labels
from votek.store import people as people_rows
from votek.workspace import NewEvent
from votek.workspace.importing import project_from_labels

TEXTS = ["Where is my parcel?", "My card is blocked", "I want a refund", "Where is my parcel?"]


def csv(*rows):
    lines = ["text,label,annotator", *(",".join(row) for row in rows)]
    return read_labels("\n".join(lines).encode(), name="labels.csv")


@pytest.fixture
def shop(workspace):
    """A project with four texts, the first and the last the same."""
    made = workspace.create_project("Shop", task=TaskSpec("single", (LabelSpec("late", "#0072B2", key="1"),)))
    data = make_dataset([f"t{row}" for row in range(4)], TEXTS, {})
    workspace.import_dataset(made.id, data, role="pool", name="shop.csv")
    return made


def kinds(result):
    return {loss.kind: loss.count for loss in result.losses}


THREE = (
    ("Where is my parcel?", "late", "ann"),
    ("Where is my parcel?", "lost", "bob"),
    ("My card is blocked", "card", "ann"),
    ("My card is blocked", "card", "bob"),
    ("My card is blocked", "late", "cy"),
    ("Not here", "late", "ann"),
)


def test_annotators_stay_apart_and_their_dispute_shows(workspace, shop):
    seen = workspace.import_labels(shop.id, csv(*THREE), file="labels.csv", preview=True)
    assert (seen.added, seen.import_id, workspace.events(shop.id)) == (5, "", [])
    assert workspace.project(shop.id).task.version == 1
    done = workspace.import_labels(shop.id, csv(*THREE), file="labels.csv")
    assert (done.added, done.known, done.texts) == (5, 0, 2)
    assert kinds(done) == kinds(seen) == {"missing": 1, "ambiguous": 2}
    assert done.new_labels == ("lost", "card")
    assert [label.name for label in workspace.project(shop.id).task.labels] == ["late", "lost", "card"]
    names = workspace.person_names(shop.id, done.people.values())
    assert [names[done.people[who]] for who in ("ann", "bob", "cy")] == ["ann (Table)", "bob (Table)", "cy (Table)"]
    (dispute,) = workspace.disagreements(shop.id)
    assert (dispute.item, [voice.label for voice in dispute.voices]) == ("t0", ["late", "lost"])
    labels = workspace.labels(shop.id)
    assert {item: (one.value, one.status) for item, one in labels.items()} == {"t1": ("card", "majority")}
    found = workspace.agreement(shop.id)
    assert (found.items, len(found.people)) == (2, 3)
    assert [line.who for line in workspace.review(shop.id).people] != []
    assert workspace.review(shop.id).pace == ()
    choice = NewEvent("settled", "t0", "adjudicate", {"label": "lost", "why": "asked"}, 2, 1)
    assert workspace.record_events(shop.id, "local", [choice])[0].accepted
    assert workspace.labels(shop.id)["t0"].value == "lost"


def test_the_same_file_twice_adds_nothing_and_a_newer_one_changes_only_what_it_says(workspace, shop):
    workspace.import_labels(shop.id, csv(*THREE))
    before = workspace.events(shop.id)
    again = workspace.import_labels(shop.id, csv(*THREE))
    assert (again.added, again.known, again.import_id) == (0, 5, "")
    assert workspace.events(shop.id) == before
    newer = workspace.import_labels(shop.id, csv(("Where is my parcel?", "lost", "ann"), *THREE[1:]))
    assert (newer.added, newer.known) == (1, 4)
    assert workspace.labels(shop.id)["t0"].value == "lost"
    assert len(workspace.label_imports(shop.id)) == 2


def test_what_was_labelled_here_is_never_overwritten(workspace, shop):
    mine = NewEvent("mine", "t1", "label", "late", 1, 1)
    assert workspace.record_events(shop.id, "local", [mine])[0].accepted
    rows = (("My card is blocked", "card", "ann"), ("My card is blocked", "late", "bob"))
    kept = workspace.import_labels(shop.id, csv(*rows))
    assert (kept.added, kept.agreeing, kinds(kept)) == (0, 1, {"kept": 2})
    assert [(one.item, one.here, one.who, one.there) for one in kept.conflicts] == [("t1", "late", "local", "card")]
    assert workspace.labels(shop.id)["t1"].value == "late"
    beside = workspace.import_labels(shop.id, csv(rows[0]), existing="add")
    assert (beside.added, len(beside.conflicts)) == (1, 1)
    assert [one.item for one in workspace.disagreements(shop.id)] == ["t1"]
    assert workspace.events(shop.id)[0].event_id == "mine"


def test_labels_that_name_nobody_count_until_somebody_decides(workspace, shop):
    unnamed = read_labels(b"text,label\nMy card is blocked,card\n", name="x.csv")
    done = workspace.import_labels(shop.id, unnamed)
    assert done.people == {"": "import"}
    assert workspace.labels(shop.id)["t1"].value == "card"
    assert workspace.agreement(shop.id).items == 0
    mine = NewEvent("mine", "t1", "label", "late", 1, 1)
    assert workspace.record_events(shop.id, "local", [mine])[0].accepted
    assert workspace.labels(shop.id)["t1"].value == "late"
    named = read_labels(b"text,label\nI want a refund,card\n", name="x.csv", who="Ann")
    assert list(workspace.import_labels(shop.id, named).people) == ["Ann"]


def test_an_import_is_taken_back_whole_and_can_come_again(workspace, shop):
    first = workspace.import_labels(shop.id, csv(*THREE), file="first.csv")
    mine = NewEvent("mine", "t2", "label", "late", 2, 1)
    workspace.record_events(shop.id, "local", [mine])
    (listed,) = workspace.label_imports(shop.id)
    assert (listed.id, listed.tool, listed.file, listed.added, listed.standing) == (
        first.import_id, "table", "first.csv", 5, 5,
    )  # fmt: skip
    assert workspace.take_back_labels(shop.id, first.import_id) == 5
    assert list(workspace.labels(shop.id)) == ["t2"]
    assert workspace.disagreements(shop.id) == []
    assert workspace.take_back_labels(shop.id, first.import_id) == 0
    assert workspace.label_imports(shop.id)[0].standing == 0
    again = workspace.import_labels(shop.id, csv(*THREE))
    assert (again.added, again.people) == (5, first.people)
    with pytest.raises(NotFoundError, match="no import 'nothing'"):
        workspace.take_back_labels(shop.id, "nothing")
    actions = [one.action for one in workspace.audit_log(shop.id)]
    assert actions == ["import_labels", "take_back_labels", "import_labels"]


def test_texts_are_found_by_id_only_where_the_text_agrees(workspace, shop):
    rows = b"id,text,label,annotator\nt2,I want a refund,late,ann\nt0,My card is blocked,late,ann\nx,Unknown,late,ann\n"
    done = workspace.import_labels(shop.id, read_labels(rows, name="x.csv"))
    assert {event.item for event in workspace.events(shop.id)} == {"t2", "t1"}
    assert kinds(done) == {"missing": 1}
    by_id = workspace.import_labels(shop.id, read_labels(rows, name="x.csv"), match="id")
    assert (by_id.added, by_id.known) == (1, 1)
    only_ids = read_labels(b"id,label\nt3,late\n", name="x.csv", who="bob")
    assert workspace.import_labels(shop.id, only_ids).texts == 1
    with pytest.raises(InputError, match="choose auto, id or text"):
        workspace.import_labels(shop.id, only_ids, match="guess")
    with pytest.raises(InputError, match="choose keep or add"):
        workspace.import_labels(shop.id, only_ids, existing="replace")


def test_only_texts_that_are_to_be_labelled(workspace, shop):
    workspace.add_to_queue(shop.id, [3, 1])
    done = workspace.import_labels(shop.id, csv(*THREE, ("I want a refund", "late", "ann")), queued_only=True)
    assert {event.item for event in workspace.events(shop.id)} == {"t3", "t1"}
    assert kinds(done) == {"missing": 1, "outside": 1}


def test_answers_that_do_not_fit_the_task_are_reported(workspace, shop):
    several = read_labels(b'{"text": "I want a refund", "label": ["late", "lost"], "id": 9}\n', name="x.jsonl")
    done = workspace.import_labels(shop.id, several)
    assert (done.added, kinds(done)) == (0, {"misfit": 1})
    assert workspace.project(shop.id).task.version == 1


def test_a_new_project_comes_with_texts_labels_comments_flags_and_skips(workspace):
    lines = [
        {"text": "A", "label": "x", "answer": "accept", "_annotator_id": "ann", "_timestamp": 1.7e9, "flagged": True},
        {"text": "B", "answer": "ignore", "_annotator_id": "ann"},
        {"text": "C", "label": "y", "answer": "accept", "_annotator_id": "bob"},
    ]
    content = "\n".join(map(json.dumps, lines)).encode()
    project, done = project_from_labels(
        workspace, "From Prodigy", read_labels(content, name="db.jsonl"), file="db.jsonl"
    )
    assert workspace.dataset(project.id).texts == ("A", "B", "C")
    assert [label.name for label in workspace.project(project.id).task.labels] == ["x", "y"]
    assert (done.added, len(done.people)) == (3, 2)
    assert {event.source for event in workspace.events(project.id)} == {"import:prodigy"}
    assert workspace.events(project.id)[0].time.timestamp() == 1.7e9
    (flag,) = workspace.review(project.id).remarks
    assert flag.flagged
    with pytest.raises(InputError, match="ids and no texts"):
        project_from_labels(workspace, "x", read_labels(b"id,label\n1,a\n", name="x.csv"))


def test_people_of_two_projects_are_not_mixed_up_and_nobody_signs_in_as_them(workspace, shop):
    one = workspace.import_labels(shop.id, csv(THREE[0]))
    other, two = project_from_labels(workspace, "Other", csv(THREE[0]))
    assert one.people["ann"] != two.people["ann"]
    with workspace.store.read() as tx:
        assert people_rows.by_id(tx, one.people["ann"]).email is None
        assert people_rows.members(tx, other.id) == []


def test_imported_people_take_seats_of_a_team(workspace, shop):
    workspace.add_to_queue(shop.id, [0, 1])
    workspace.set_handout(shop.id, HandoutSettings(overlap=2))
    workspace.import_labels(shop.id, csv(("My card is blocked", "late", "ann")))
    assert workspace.labels(shop.id) == {}
    progress = workspace.handout_progress(shop.id)
    assert (progress.texts, progress.closed, progress.begun) == (2, 0, 1)
    workspace.import_labels(shop.id, csv(("My card is blocked", "late", "bob")))
    assert workspace.handout_progress(shop.id).closed == 1
