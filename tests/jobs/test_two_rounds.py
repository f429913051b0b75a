"""Vote-k as a conversation: a first tenth, labels, a look at the rest, and the rest picked by that."""

import numpy as np
import pytest

from votek.datasets import make_dataset
from votek.errors import InputError
from votek.pipeline import choose
from votek.scoring import KnnScorer, ModelSettings
from votek.scoring.origin import asked_rows, origin_requests
from votek.scoring.pool_confidence import pool_confidence
from votek.selection.checks import auto_k


def queued(workspace, project, *origins):
    return [item.row for item in workspace.queue(project.id) if not origins or item.origin in origins]


def label_all(workspace, project, act):
    """Label what is waiting, x and y in turn."""
    known = workspace.labels(project.id)
    waiting = [item.item for item in workspace.queue(project.id) if item.item not in known]
    for place, item in enumerate(waiting):
        act(project, "label", item, value="xy"[place % 2])
    return waiting


def done(finish, project):
    jobs = finish(project)
    assert all(job.state == "done" for job in jobs), [job.message for job in jobs]
    return jobs


@pytest.fixture
def begun(workspace, project, finish):
    """Round one of 20 texts: two picks."""
    workspace.request_selection(project.id, budget=20, method="vote-k")
    (job,) = done(finish, project)
    assert "score" not in job.stages
    return project


@pytest.fixture
def both(workspace, begun, finish, act):
    """Both rounds picked, the first labelled."""
    label_all(workspace, begun, act)
    workspace.request_second_round(begun.id)
    (job,) = done(finish, begun)
    assert job.stages["score"][0] == job.stages["score"][1]
    return begun


def test_round_one_is_a_tenth_by_votes_with_the_k_of_the_whole(workspace, begun):
    (made,) = workspace.rounds(begun.id)
    prepared = workspace.prepared(begun.id)
    assert made.method == "fast-vote-k"
    assert made.parameters["k"] == min(auto_k(len(prepared.rows), 20), prepared.graph.k)
    assert made.parameters["plan"] == {"method": "vote-k", "round": 1, "total": 20}
    direct = choose(prepared, budget=2, method="fast-vote-k", k=made.parameters["k"])
    assert queued(workspace, begun) == direct.indices.tolist()
    stand = workspace.two_rounds(begun.id)
    assert (stand.number, stand.total, stand.size, stand.labelled, stand.waiting, stand.to_come) == (1, 20, 2, 0, 2, 18)
    assert not stand.ready


def test_the_k_of_a_large_budget_differs_from_that_of_its_tenth(workspace, dataset, finish):
    made = workspace.create_project("K")
    workspace.import_dataset(made.id, dataset(500), role="pool", name="f")
    workspace.request_selection(made.id, budget=20, method="vote-k")
    done(finish, made)
    assert workspace.rounds(made.id)[0].parameters["k"] == auto_k(500, 20) == 13
    assert auto_k(500, 2) == 125


def test_round_two_waits_for_labels_and_says_how_many(workspace, begun, act, finish):
    with pytest.raises(
        InputError, match=r"Round 2 opens when all of round 1 is labelled: 0 of 2 are. Label the other 2"
    ):
        workspace.request_second_round(begun.id)
    first, second = queued(workspace, begun)
    act(begun, "label", f"a{first}", value="x")
    with pytest.raises(InputError, match="1 of 2 are"):
        workspace.request_second_round(begun.id)
    act(begun, "skip", f"a{second}")
    with pytest.raises(InputError, match="1 of 2 are"):  # the skipped one is still to be replaced
        workspace.request_second_round(begun.id)
    done(finish, begun)
    assert workspace.rounds(begun.id)[-1].method == "fast-vote-k"
    assert workspace.two_rounds(begun.id).waiting == 1
    label_all(workspace, begun, act)
    assert workspace.two_rounds(begun.id).ready
    workspace.request_second_round(begun.id)
    done(finish, begun)
    assert len(queued(workspace, begun)) == 20


def test_round_two_equals_the_tail_of_vote_k_in_one_go(workspace, both):
    first, second = workspace.rounds(both.id)
    prepared = workspace.prepared(both.id)
    k = first.parameters["k"]
    stored = workspace.store.cache.get(second.parameters["scoring"]["key"])["confidence"]
    assert (second.kind, second.method, second.parameters["k"], len(second.indices)) == ("raise", "vote-k", k, 18)
    tail = choose(prepared, budget=18, method="vote-k", k=k, labeled=first.indices, confidence=stored)
    assert second.indices == tuple(tail.indices.tolist())
    whole = np.where(np.isfinite(stored), stored, 0.0)
    assert [*first.indices, *second.indices] == choose(
        prepared, budget=20, method="vote-k", k=k, confidence=whole
    ).indices.tolist()
    assert queued(workspace, both) == [*first.indices, *second.indices]


def test_the_stored_confidence_is_what_the_stand_in_says_with_the_labels_of_round_one(workspace, both):
    first, second = workspace.rounds(both.id)
    prepared, dataset = workspace.prepared(both.id), workspace.dataset(both.id)
    origin = second.parameters["scoring"]
    assert [row for row, _ in origin["labels"]] == list(first.indices)
    assert {value for _, value in origin["labels"]} == {"x", "y"}
    assert (origin["scorer"], origin["scorer_digest"]) == ("knn", KnnScorer().digest)
    rows = asked_rows(origin, node_of=prepared.node_of, rows=prepared.rows)
    assert len(rows) == len(prepared.rows) - 2 == origin["scored"]
    requests = origin_requests(
        origin, rows, dataset=dataset, embeddings=prepared.embeddings, copies=prepared.copies, threshold=0.95
    )
    assert all(len(request.answers) == 2 for request in requests)
    again = pool_confidence(KnnScorer(), requests, rows, len(dataset)).values
    stored = workspace.store.cache.get(origin["key"])["confidence"]
    assert np.array_equal(again, stored, equal_nan=True)
    assert len(set(stored[rows].tolist())) > 20


def test_where_it_stands_in_round_two(workspace, both, act):
    stand = workspace.two_rounds(both.id)
    assert (stand.number, stand.total, stand.size, stand.labelled, stand.waiting, stand.to_come) == (
        2,
        20,
        18,
        0,
        18,
        0,
    )
    act(both, "label", f"a{queued(workspace, both)[5]}", value="x")
    assert workspace.two_rounds(both.id).labelled == 1
    with pytest.raises(InputError, match="No first round of two is under way"):
        workspace.request_second_round(both.id)


def test_repairs_of_round_two_are_by_vote_k_with_the_same_confidence(workspace, both, finish, act):
    skipped = queued(workspace, both)[7]
    act(both, "skip", f"a{skipped}")
    done(finish, both)
    repair = workspace.rounds(both.id)[-1]
    second = workspace.rounds(both.id)[1]
    assert (repair.kind, repair.method) == ("repair", "vote-k")
    assert repair.parameters["scoring"]["key"] == second.parameters["scoring"]["key"]
    stored = workspace.store.cache.get(second.parameters["scoring"]["key"])["confidence"]
    kept = queued(workspace, both, "pick")
    fresh = choose(
        workspace.prepared(both.id), budget=1, method="vote-k", k=second.parameters["k"], labeled=kept,
        exclude=[skipped], confidence=stored,
    )  # fmt: skip
    assert list(repair.indices) == fresh.indices.tolist()
    assert len(queued(workspace, both)) == 20


def test_a_raised_budget_goes_on_with_the_same_confidence(workspace, both, finish):
    before = queued(workspace, both)
    workspace.request_selection(both.id, budget=30)
    done(finish, both)
    after = queued(workspace, both)
    raised = workspace.rounds(both.id)[-1]
    assert (raised.method, after[:20], len(set(after))) == ("vote-k", before, 30)
    stored = workspace.store.cache.get(raised.parameters["scoring"]["key"])["confidence"]
    more = choose(
        workspace.prepared(both.id), budget=10, method="vote-k", k=raised.parameters["k"], labeled=before,
        confidence=stored,
    )  # fmt: skip
    assert after[20:] == more.indices.tolist()
    assert workspace.two_rounds(both.id).total == 30


def test_going_on_by_fast_vote_k_needs_no_label_and_ends_the_two_rounds(workspace, begun, finish):
    first = queued(workspace, begun)
    k = workspace.rounds(begun.id)[0].parameters["k"]
    workspace.request_selection(begun.id, budget=20, method="fast-vote-k")
    done(finish, begun)
    whole = choose(workspace.prepared(begun.id), budget=20, method="fast-vote-k", k=k)
    assert queued(workspace, begun) == whole.indices.tolist()
    assert queued(workspace, begun)[:2] == first
    assert workspace.two_rounds(begun.id) is None
    workspace.request_selection(begun.id, budget=25)
    done(finish, begun)
    assert workspace.rounds(begun.id)[-1].method == "fast-vote-k"


def test_more_picks_in_round_one_are_refused_with_what_can_be_done(workspace, begun):
    with pytest.raises(InputError, match=r"Round 1 of 2.*0 of 2 texts are labelled.*open round 2, which picks 18 more"):
        workspace.request_selection(begun.id, budget=30)
    assert workspace.request_selection(begun.id, budget=2).state == "done"


def test_labels_that_are_there_count_as_part_of_the_first_tenth(workspace, dataset, finish):
    data = dataset(100)
    given = ["xy"[row % 20 == 0] if row % 10 == 0 else "" for row in range(100)]
    made = workspace.create_project("L")
    labelled = make_dataset(data.ids, data.texts, {"given": given})
    workspace.import_dataset(made.id, labelled, role="pool", name="f", columns={"given": "labelled"})
    workspace.request_selection(made.id, budget=20, method="vote-k")
    done(finish, made)
    (only,) = workspace.rounds(made.id)
    assert (only.kind, only.method, len(only.indices)) == ("select", "vote-k", 20)
    assert only.parameters["k"] == auto_k(100, 30)
    assert workspace.two_rounds(made.id).number == 2


def test_a_budget_of_one_is_one_round(workspace, project, finish):
    workspace.request_selection(project.id, budget=1, method="vote-k")
    done(finish, project)
    assert len(queued(workspace, project)) == 1
    assert workspace.two_rounds(project.id) is None


def test_texts_let_in_again_after_the_look_are_not_picked(workspace, begun, finish, act):
    barred = [row for row in range(150) if row not in queued(workspace, begun)][:120]
    workspace.exclude(begun.id, barred)
    label_all(workspace, begun, act)
    workspace.request_second_round(begun.id)
    done(finish, begun)
    workspace.include_again(begun.id, barred)
    workspace.request_selection(begun.id, budget=25)
    done(finish, begun)
    assert not set(barred) & set(queued(workspace, begun))


def test_a_lost_confidence_is_asked_for_again(workspace, both, finish, settings):
    key = workspace.rounds(both.id)[1].parameters["scoring"]["key"]
    before = np.array(workspace.store.cache.get(key)["confidence"])
    workspace.store.cache.drop([key])
    workspace.request_selection(both.id, budget=24)
    done(finish, both)
    assert np.array_equal(before, workspace.store.cache.get(key)["confidence"], equal_nan=True)


def test_starting_afresh_leaves_the_two_rounds(workspace, both, finish):
    workspace.restart_selection(both.id, budget=10, method="random")
    done(finish, both)
    assert workspace.two_rounds(both.id) is None


def test_settings_of_a_model_that_cannot_be_used_are_refused_at_the_door(workspace, begun, act):
    label_all(workspace, begun, act)
    with pytest.raises(InputError, match="No model is named"):
        workspace.request_second_round(begun.id, model=ModelSettings(tier="openai"))
    assert workspace.jobs(begun.id, active=True) == [] or all(
        job.kind != "select" for job in workspace.jobs(begun.id, active=True)
    )
