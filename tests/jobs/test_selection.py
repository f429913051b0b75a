"""Selections and repairs: what a job stores equals a direct run with the same constraints."""

import numpy as np
import pytest

from votek.datasets import make_dataset
from votek.pipeline import choose


def rows(workspace, project, *origins):
    return [item.row for item in workspace.queue(project.id) if not origins or item.origin in origins]


@pytest.fixture
def picked(workspace, project, finish):
    workspace.request_selection(project.id, budget=40)
    (job,) = finish(project)
    assert job.state == "done", job.message
    assert all(done == total for done, total in job.stages.values())
    return project


def test_no_two_picks_are_copies(workspace, picked):
    copies = workspace.prepared(picked.id).copies
    assert len(set(copies[rows(workspace, picked)].tolist())) == 40


def test_skipping_10_of_40_gives_10_replacements_equal_to_a_fresh_constrained_run(workspace, picked, finish, act):
    before = rows(workspace, picked)
    skipped = before[3:33:3]
    labelled = before[1:3]
    act(picked, "label", *[f"a{row}" for row in labelled], value="x")
    act(picked, "skip", *[f"a{row}" for row in skipped])
    assert rows(workspace, picked) == [row for row in before if row not in skipped]
    (job,) = finish(picked)
    assert (job.kind, job.state) == ("repair", "done")
    kept = [row for row in before if row not in skipped]
    k = workspace.rounds(picked.id)[0].parameters["k"]
    fresh = choose(workspace.prepared(picked.id), budget=10, k=k, labeled=kept, exclude=skipped)
    assert rows(workspace, picked, "replacement") == fresh.indices.tolist()
    assert rows(workspace, picked, "pick") == kept
    assert {item: label.value for item, label in workspace.labels(picked.id).items()} == {
        f"a{row}": "x" for row in labelled
    }


def test_skips_one_by_one_end_where_skips_at_once_end(workspace, picked, finish, act):
    skipped = rows(workspace, picked)[5:9]
    for row in skipped:
        act(picked, "skip", f"a{row}")
        finish(picked)
        assert len(rows(workspace, picked)) == 40
    k = workspace.rounds(picked.id)[0].parameters["k"]
    kept = rows(workspace, picked, "pick")
    fresh = choose(workspace.prepared(picked.id), budget=4, k=k, labeled=kept, exclude=skipped)
    assert set(rows(workspace, picked, "replacement")) == set(fresh.indices.tolist())


def test_a_labelled_replacement_stays_when_more_is_skipped(workspace, picked, finish, act):
    before = rows(workspace, picked)
    act(picked, "skip", f"a{before[0]}")
    finish(picked)
    (first,) = rows(workspace, picked, "replacement")
    act(picked, "label", f"a{first}", value="y")
    act(picked, "skip", f"a{before[1]}")
    finish(picked)
    assert rows(workspace, picked, "replacement")[0] == first
    assert len(rows(workspace, picked)) == 40
    repair = workspace.rounds(picked.id)[-1]
    assert first in repair.labeled
    assert set(repair.excluded) == set(before[:2])


def test_undoing_a_skip_brings_the_text_back_and_drops_its_replacement(workspace, picked, finish, act):
    before = rows(workspace, picked)
    acks = act(picked, "skip", f"a{before[4]}", f"a{before[5]}")
    finish(picked)
    act(picked, "undo", f"a{before[4]}", value={"event": acks[0].event_id})
    assert len(rows(workspace, picked)) == 40
    assert before[4] in rows(workspace, picked, "pick")
    finish(picked)
    act(picked, "undo", f"a{before[5]}", value={"event": acks[1].event_id})
    finish(picked)
    assert rows(workspace, picked) == before


def test_a_skipped_replacement_is_replaced(workspace, picked, finish, act):
    act(picked, "skip", f"a{rows(workspace, picked)[0]}")
    finish(picked)
    (first,) = rows(workspace, picked, "replacement")
    act(picked, "skip", f"a{first}")
    finish(picked)
    (second,) = rows(workspace, picked, "replacement")
    assert second != first
    assert len(rows(workspace, picked)) == 40


def test_excluding_is_repaired_and_never_picked(workspace, picked, finish):
    before = rows(workspace, picked)
    assert workspace.exclude(picked.id, before[:2]) == 2
    finish(picked)
    assert len(rows(workspace, picked)) == 40
    workspace.request_selection(picked.id, budget=170)
    finish(picked)
    assert not set(before[:2]) & set(rows(workspace, picked))


def test_when_no_text_is_left_the_queue_is_shorter_and_the_job_says_so(workspace, picked, finish, act):
    workspace.request_selection(picked.id, budget=179)
    finish(picked)
    act(picked, "skip", *[f"a{row}" for row in rows(workspace, picked)[:3]])
    (job,) = finish(picked)
    assert job.state == "done"
    assert "2 skipped text(s) could not be replaced" in job.message
    assert len(rows(workspace, picked)) == 177


def test_raising_keeps_every_pick_and_replacement_in_place(workspace, picked, finish, act):
    act(picked, "skip", f"a{rows(workspace, picked)[2]}")
    finish(picked)
    before = workspace.queue(picked.id)
    workspace.request_selection(picked.id, budget=60)
    (job,) = finish(picked)
    assert job.state == "done", job.message
    after = workspace.queue(picked.id)
    assert len(after) == 60
    assert {item.row for item in before} < {item.row for item in after}
    assert [item.row for item in after if item.origin == "pick"][:39] == [i.row for i in before if i.origin == "pick"]
    raised = workspace.rounds(picked.id)[-1]
    assert (raised.kind, len(raised.indices)) == ("raise", 20)
    assert raised.parameters["k"] == workspace.rounds(picked.id)[0].parameters["k"]
    assert {item.row for item in before} == set(raised.labeled)


def test_raising_from_20_to_40_equals_select_with_the_20_as_warm_start(workspace, project, finish):
    workspace.request_selection(project.id, budget=20)
    finish(project)
    first = rows(workspace, project)
    workspace.request_selection(project.id, budget=40)
    finish(project)
    k = workspace.rounds(project.id)[0].parameters["k"]
    more = choose(workspace.prepared(project.id), budget=20, k=k, labeled=first)
    assert rows(workspace, project) == [*first, *more.indices.tolist()]


def test_starting_afresh_keeps_labels_as_warm_start(workspace, picked, finish, act):
    before = rows(workspace, picked)
    act(picked, "label", f"a{before[0]}", f"a{before[7]}", value="x")
    workspace.restart_selection(picked.id, budget=10, k=30, seed=2)
    (job,) = finish(picked)
    assert job.state == "done", job.message
    fresh = choose(workspace.prepared(picked.id), budget=10, k=30, labeled=sorted([before[0], before[7]]))
    assert rows(workspace, picked) == fresh.indices.tolist()
    assert set(workspace.labels(picked.id)) == {f"a{before[0]}", f"a{before[7]}"}
    (made,) = workspace.rounds(picked.id)
    assert (made.kind, made.parameters["k"], set(made.labeled)) == ("select", 30, {before[0], before[7]})
    assert workspace.annotation_state(picked.id, "ann").total == 10


def test_labels_of_the_file_are_the_warm_start_of_the_first_round(workspace, dataset, finish):
    data = dataset(100)
    given = ["x" if row % 20 == 0 else "" for row in range(100)]
    made = workspace.create_project("L")
    labelled = make_dataset(data.ids, data.texts, {"given": given})
    workspace.import_dataset(made.id, labelled, role="pool", name="f", columns={"given": "labelled"})
    workspace.request_selection(made.id, budget=8)
    finish(made)
    (first,) = workspace.rounds(made.id)
    assert first.labeled == (0, 20, 40, 60, 80)
    assert not set(first.indices) & set(first.labeled)
    assert rows(workspace, made) == list(first.indices)
    assert np.all(workspace.selection(made.id).coverage > 0)


@pytest.mark.parametrize("method", ["random", "fast-vote-k"])
def test_the_same_request_in_another_project_gives_the_same_picks(workspace, dataset, finish, method):
    found = []
    for name in ("one", "two"):
        made = workspace.create_project(name)
        workspace.import_dataset(made.id, dataset(80), role="pool", name="f")
        workspace.request_selection(made.id, budget=10, method=method, seed=5)
        finish(made)
        found.append(rows(workspace, made))
    assert found[0] == found[1]


def test_a_larger_k_than_the_stored_graph_makes_a_larger_graph(workspace, dataset, finish):
    made = workspace.create_project("K")
    workspace.import_dataset(made.id, dataset(300), role="pool", name="f")
    workspace.request_selection(made.id, budget=10)
    finish(made)
    assert workspace.prepared(made.id).graph.k == 150
    workspace.restart_selection(made.id, budget=10, k=200)
    (job,) = finish(made)
    assert job.state == "done", job.message
    assert workspace.prepared(made.id).graph.k >= 200
    assert workspace.selection(made.id).k == 200


def test_texts_that_are_all_the_same(workspace, finish):
    made = workspace.create_project("Same")
    workspace.import_dataset(made.id, make_dataset(["1", "2", "3"], ["one text"] * 3, {}), role="pool", name="f")
    workspace.request_selection(made.id, budget=1)
    (job,) = finish(made)
    assert job.state == "done", job.message
    assert rows(workspace, made) == [0]
    assert len(workspace.selection(made.id).random_coverage) == 1
