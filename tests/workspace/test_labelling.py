"""Labelling through the workspace: acknowledged is stored, sent twice is stored once, bad ones hold up nobody."""

import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

import votek
from votek.annotation import fold
from votek.errors import InputError, StorageError
from votek.workspace import NewEvent, Workspace

ROOT = Path(votek.__file__).resolve().parents[1]


def event(number, item, kind="label", value="x", **more):
    return NewEvent(f"id{number}", item, kind, value, 1, 1, **more)


def test_a_label_is_acknowledged_with_its_place_in_the_log(workspace, project):
    acks = workspace.record_events(project.id, "ann", [event(1, "a3"), event(2, "a4", value="y", source="api")])
    assert [(ack.event_id, ack.sequence, ack.accepted) for ack in acks] == [("id1", 1, True), ("id2", 2, True)]
    assert {ack.reason for ack in acks} == {""}
    first, second = workspace.events(project.id)
    assert (first.item, first.value, first.who, first.kind, first.source) == ("a3", "x", "ann", "label", "browser")
    assert (second.sequence, second.source, second.time >= first.time) == (2, "api", True)


def test_sending_again_changes_nothing(workspace, project):
    batch = [event(1, "a3"), event(2, "a4")]
    first = workspace.record_events(project.id, "ann", batch)
    assert workspace.record_events(project.id, "ann", batch) == first
    assert workspace.record_events(project.id, "ann", [*batch, event(2, "a4")])[-1] == first[-1]
    assert len(workspace.events(project.id)) == 2


def test_an_event_twice_in_one_batch_is_stored_once(workspace, project):
    acks = workspace.record_events(project.id, "ann", [event(1, "a3"), event(1, "a3")])
    assert [ack.sequence for ack in acks] == [1, 1]
    assert len(workspace.events(project.id)) == 1


def test_another_event_under_a_known_id_is_not_taken_for_it(workspace, project):
    workspace.record_events(project.id, "ann", [event(1, "a3")])
    others = [("bob", event(1, "a3")), ("ann", event(1, "a4")), ("ann", event(1, "a3", "skip", None))]
    for who, again in [*others, ("ann", event(1, "a3", value="y"))]:
        (ack,) = workspace.record_events(project.id, who, [again])
        assert not ack.accepted
        assert "used for something else" in ack.reason


def test_labels_chosen_together_are_known_again_in_any_order(workspace, project):
    workspace.set_task(project.id, replace(project.task, type="multi"))
    first, again = (event(1, "a3", value=names) for names in (["y", "x"], ["x", "y"]))
    (stored,) = workspace.record_events(project.id, "ann", [first])
    assert stored.accepted
    assert workspace.record_events(project.id, "ann", [first, again]) == [stored, stored]
    first, again = (event(2, "a3", "adjudicate", {"label": names, "why": ""}) for names in (["y", "x"], ["x", "y"]))
    (stored,) = workspace.record_events(project.id, "eve", [first])
    assert workspace.record_events(project.id, "eve", [first, again]) == [stored, stored]


def test_an_event_id_that_no_database_can_hold_is_refused(workspace, project):
    for name in ("a\0b", "half \ud800"):
        (ack,) = workspace.record_events(project.id, "ann", [replace(event(1, "a3"), event_id=name)])
        assert not ack.accepted
        assert "printable" in ack.reason


def test_the_same_event_id_in_two_projects(workspace, project, load, dataset):
    other = workspace.create_project("Other", task=project.task)
    load(other, dataset(5))
    for place in (project, other):
        assert workspace.record_events(place.id, "ann", [event(1, "a1")])[0].sequence == 1


def test_bad_events_do_not_hold_up_good_ones(workspace, project):
    batch = [
        event(1, "a1"),
        event(2, "nowhere"),
        event(3, "a2", value="no such label"),
        event(4, "a3"),
        replace(event(5, "a4"), event_id=None),
        event(6, "a5", "undo", {"event": "id1"}),
        event(7, "a1", "undo", {"event": "id1"}),
        event(8, "a1", "undo", {"event": "id1"}),
    ]
    acks = workspace.record_events(project.id, "ann", batch)
    assert [ack.accepted for ack in acks] == [True, False, False, True, False, False, True, False]
    assert [ack.sequence for ack in acks] == [1, 0, 0, 2, 0, 0, 3, 0]
    assert all(ack.reason for ack in acks if not ack.accepted)
    assert set(workspace.labels(project.id)) == {"a3"}


def test_before_there_is_data_nothing_can_be_labelled(workspace):
    made = workspace.create_project("Empty")
    (ack,) = workspace.record_events(made.id, "ann", [event(1, "a1")])
    assert (ack.accepted, "no text with the id 'a1'" in ack.reason) == (False, True)


@pytest.mark.parametrize("who", ["", " ", "x" * 201, "a\nb", "\ud83d", None])
def test_a_person_needs_a_name(workspace, project, who):
    with pytest.raises(InputError, match="A person's name"):
        workspace.record_events(project.id, who, [])


def test_too_many_at_once(workspace, project):
    with pytest.raises(InputError, match=r"1,001 events came at once; send at most 1,000"):
        workspace.record_events(project.id, "ann", [event(n, "a1") for n in range(1001)])


def test_what_was_not_stored_is_not_remembered(workspace, project, monkeypatch):
    workspace.record_events(project.id, "ann", [event(1, "a1")])

    def fail(*_):
        raise sa.exc.OperationalError("INSERT", {}, Exception("database or disk is full"))

    with monkeypatch.context() as patch:
        patch.setattr("votek.store.events.append", fail)
        with pytest.raises(StorageError, match=r"disk is full.*Nothing of this step was stored"):
            workspace.record_events(project.id, "ann", [event(2, "a1", value="y"), event(3, "a2")])
    assert {item: label.value for item, label in workspace.labels(project.id).items()} == {"a1": "x"}
    assert [ack.sequence for ack in workspace.record_events(project.id, "ann", [event(3, "a2")])] == [2]


def test_the_kept_state_equals_a_fold_of_the_log_after_many_turns(workspace, settings, picked, act):
    other = Workspace.open(settings)
    items = [item.item for item in workspace.queue(picked.id)]
    for turn in range(60):
        space = (workspace, other)[turn % 2]
        item = items[turn * 7 % 5]
        state = fold(workspace.events(picked.id))
        mine = state.undoable("ann")
        if turn % 5 == 4 and mine:
            given = event(turn, state.can_undo("ann", mine[-1]).item, "undo", {"event": mine[-1]})
        elif turn % 3 == 2:
            given = event(turn, item, "skip", None)
        else:
            given = event(turn, item, "label", "xy"[turn % 2])
        assert space.record_events(picked.id, "ann", [given])[0].accepted
        expected = fold(workspace.events(picked.id))
        assert workspace.labels(picked.id) == other.labels(picked.id) == expected.labels()
        assert workspace.annotation_state(picked.id, "ann").undoable == expected.undoable("ann")
    other.close()


# ---------------------------------------------------------------- what the labeler is given


def test_the_state_for_the_labeler(workspace, picked, act):
    workspace.set_guidelines(picked.id, "Read twice.")
    items = [item.item for item in workspace.queue(picked.id)]
    act(picked, "label", items[0], "x", event_id="one")
    act(picked, "flag", items[1], True, event_id="two")
    act(picked, "comment", items[1], "unsure", event_id="note")
    act(picked, "comment", items[1], "not yours", who="bob")
    act(picked, "skip", items[2], event_id="three")
    state = workspace.annotation_state(picked.id, "ann")
    assert [item.id for item in state.items] == items
    assert [item.state for item in state.items[:4]] == ["labelled", "todo", "skipped", "todo"]
    assert (state.items[0].value, state.items[1].flagged, state.items[1].comment) == ("x", True, "unsure")
    assert (state.done, state.total, state.cursor) == (1, 11, items[1])
    assert state.undoable == ["three", "note", "two", "one"]
    assert (state.guidelines, state.guidelines_version, state.task.type) == ("Read twice.", 2, "single")
    texts = workspace.dataset(picked.id).texts
    assert all(item.text == texts[item.row] for item in state.items)
    plain = state.to_json()
    assert plain["items"][0]["id"] == items[0]
    assert plain["task"]["labels"][0] == {"name": "x", "color": "#0072B2", "definition": "", "key": ""}


def test_undo_of_everything_is_where_one_began(workspace, picked, act):
    before = workspace.annotation_state(picked.id, "ann")
    for number, item in enumerate(workspace.queue(picked.id)[:5]):
        act(
            picked,
            ["label", "skip", "flag", "comment", "label"][number],
            item.item,
            ["x", None, True, "c", "y"][number],
        )
    for undone in workspace.annotation_state(picked.id, "ann").undoable:
        item = next(e.item for e in workspace.events(picked.id) if e.event_id == undone)
        assert act(picked, "undo", item, {"event": undone}).accepted
    assert workspace.annotation_state(picked.id, "ann") == before


def test_reasons_are_plain_sentences(workspace, picked, finish, act):
    workspace.add_to_queue(
        picked.id, [next(r for r in range(120) if r not in {i.row for i in workspace.queue(picked.id)})]
    )
    act(picked, "skip", workspace.queue(picked.id)[3].item)
    finish(picked.id)
    items = workspace.annotation_state(picked.id, "ann").items
    view = workspace.selection(picked.id)
    for place, item in enumerate(items[:12]):
        told = view.explain(place)
        fresh = len(set(told.newly_covered) - {told.index})
        votes = f"{len(told.voters)} texts have this one among their nearest neighbours"
        assert item.reason.startswith(f"{votes}; {fresh} of them")
    assert items[12].origin == "replacement"
    assert items[12].reason.startswith("Replaces a skipped text. ")
    assert (items[13].origin, items[13].reason) == ("added", "Added by hand.")


def test_random_picks_say_so(workspace, project, finish):
    workspace.request_selection(project.id, budget=3, method="random", seed=1)
    finish(project.id)
    assert {item.reason for item in workspace.annotation_state(project.id, "ann").items} == {"Drawn at random."}


# ---------------------------------------------------------------- changes by hand


def test_adding_and_excluding(workspace, picked, act):
    rows = [item.row for item in workspace.queue(picked.id)]
    spare = [row for row in range(120) if row not in rows][:3]
    assert workspace.add_to_queue(picked.id, [*spare, spare[0], rows[0]]) == 3
    assert workspace.add_to_queue(picked.id, spare) == 0
    assert [item.origin for item in workspace.queue(picked.id)][-3:] == ["added"] * 3
    act(picked, "label", f"a{rows[1]}", "x")
    assert workspace.exclude(picked.id, [rows[0], rows[1], spare[0]]) == 2
    assert [item.row for item in workspace.queue(picked.id)] == [*rows[1:], *spare[1:]]
    assert workspace.include_again(picked.id, [rows[0], spare[0], rows[5]]) == 2
    assert rows[0] in [item.row for item in workspace.queue(picked.id)]
    with pytest.raises(InputError, match=r"Row 120 is not there: rows go from 0 to 119"):
        workspace.exclude(picked.id, [120])
    with pytest.raises(InputError, match="Row -1"):
        workspace.add_to_queue(picked.id, [-1])


# ---------------------------------------------------------------- many at once


WRITER = """
import sys
from pathlib import Path
from votek.settings import Settings
from votek.workspace import NewEvent, Workspace
folder, project, who, url = Path(sys.argv[1]), *sys.argv[2:]
workspace = Workspace.open(Settings(data=folder, database_url=url or None))
print("ready", flush=True)
sys.stdin.readline()
for number in range(60):
    event = NewEvent(f"{who}-{number}", f"a{number}", "label", "xy"[number % 2], 1, 1)
    (ack,) = workspace.record_events(project, who, [event])
    print(ack.sequence, flush=True)
"""


def writer(workspace, project, who):
    settings = workspace.settings
    command = [sys.executable, "-c", WRITER, str(settings.data), project.id, who, settings.database_url or ""]
    process = subprocess.Popen(command, cwd=ROOT, stdin=-1, stdout=-1, stderr=-1)
    assert process.stdout.readline() == b"ready\n"
    return process


def test_two_processes_record_at_once(workspace, project):
    writers = [writer(workspace, project, who) for who in ("ann", "bob")]
    sequences = []
    for process in writers:
        process.stdin.write(b"go\n")
        process.stdin.flush()
    for process in writers:
        out, err = process.communicate(timeout=120)
        assert process.returncode == 0, err.decode()
        sequences += [int(number) for number in out.split()]
    assert sorted(sequences) == list(range(1, 121))
    assert [event.sequence for event in workspace.events(project.id)] == list(range(1, 121))


def test_what_two_processes_are_both_sent_is_recorded_once(workspace, project):
    writers = [writer(workspace, project, "ann") for _ in range(2)]
    for process in writers:
        process.stdin.write(b"go\n")
        process.stdin.flush()
    answers = [process.communicate(timeout=120)[0].split() for process in writers]
    assert answers[0] == answers[1] == [str(number).encode() for number in range(1, 61)]
    assert [event.event_id for event in workspace.events(project.id)] == [f"ann-{number}" for number in range(60)]


@pytest.mark.parametrize("seconds", [0.02, 0.15])
def test_what_was_acknowledged_survives_kill_9(workspace, project, seconds):
    process = writer(workspace, project, "ann")
    process.stdin.write(b"go\n")
    process.stdin.flush()
    first = process.stdout.readline()
    time.sleep(seconds)
    process.kill()
    acknowledged = [int(number) for number in (first + process.communicate()[0]).split() if number]
    stored = {event.sequence: event for event in workspace.events(project.id)}
    assert acknowledged
    for sequence in acknowledged:
        assert stored[sequence].event_id == f"ann-{sequence - 1}"
    assert list(stored) == list(range(1, len(stored) + 1))


def test_threads_share_a_workspace(workspace, project):
    errors = []

    def label(who):
        try:
            for number in range(25):
                given = NewEvent(f"{who}{number}", f"a{number}", "label", "x", 1, 1)
                assert workspace.record_events(project.id, who, [given])[0].accepted
                workspace.annotation_state(project.id, who)
                workspace.projects()
                workspace.add_to_queue(project.id, [number])
        except (AssertionError, StorageError, InputError) as error:
            errors.append(error)

    threads = [threading.Thread(target=label, args=(f"p{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert errors == []
    assert not any(thread.is_alive() for thread in threads)
    assert [event.sequence for event in workspace.events(project.id)] == list(range(1, 101))
    assert len(workspace.queue(project.id)) == 25


def test_more_readers_than_connections_do_not_hold_up_who_labels(workspace, project, settings, monkeypatch):
    for name, number in (("KEPT", 2), ("MOST_SQLITE", 8), ("MOST_POSTGRES", 8)):
        monkeypatch.setattr(f"votek.store.engines.{name}", number)
    narrow = Workspace.open(settings)
    monkeypatch.setattr("votek.store.database.PLACE_SECONDS", 10.0)
    errors, over = [], threading.Event()

    def look():
        try:
            while not over.is_set():
                narrow.queue(project.id)
                narrow.dataset(project.id)
        except StorageError as error:
            errors.append(error)

    def label(who):
        try:
            for number in range(20):
                narrow.record_events(project.id, who, [NewEvent(f"{who}{number}", f"a{number}", "label", "x", 1, 1)])
        except StorageError as error:
            errors.append(error)

    readers = [threading.Thread(target=look) for _ in range(12)]
    writers = [threading.Thread(target=label, args=(f"p{n}",)) for n in range(3)]
    for thread in [*readers, *writers]:
        thread.start()
    for thread in writers:
        thread.join(timeout=120)
    over.set()
    for thread in readers:
        thread.join(timeout=120)
    assert errors == []
    assert len(narrow.events(project.id)) == 60
    narrow.close()
