"""The analyses "against-random" and "health" over a project's stored data."""

import json

import numpy as np
import pytest

from votek.evaluation import LabelledItems, against_random, pool_health
from votek.jobs.inline import finish_job
from votek.jobs.judged import honest_test
from votek.pipeline import embed_texts


def plain(value):
    return json.loads(json.dumps(value.to_json()))


def test_the_job_gives_the_numbers_of_the_python_function(workspace, judged, analyse):
    project = judged()
    table = analyse(project, "against-random", methods=["fast-vote-k", "random"], probe=True, seed=3)
    prepared, pool = workspace.prepared(project.id), workspace.dataset(project.id)
    tests = workspace.dataset(project.id, "test")
    vectors, _ = embed_texts(tests.texts, model="votek-hash")
    picks = workspace.selection(project.id).indices.tolist()
    others = {name: table_picks(prepared, name) for name in ("fast-vote-k", "random")}
    direct = against_random(
        prepared.embeddings,
        pool.fields["intent"].tolist(),
        picks,
        tests=LabelledItems(vectors, tests.fields["intent"].tolist()),
        copies=prepared.copies,
        others=others,
        probe=True,
        seed=3,
    )
    assert {name: table[name] for name in plain(direct)} == plain(direct)
    assert table["picks"] == picks
    assert table["labelled"] is True
    assert table["told_by"] == "column 'intent'"
    assert table["tested_on"] == "40 test items with a label"
    assert table["main"]["percentile"] is not None


def table_picks(prepared, method):
    from votek.pipeline import choose

    return choose(prepared, budget=12, method=method, seed=3).indices.tolist()


def test_the_texts_themselves_can_be_tested_on(judged, analyse):
    table = analyse(judged(), "against-random", tested_on="pool")
    assert table["held_out"] is True
    assert table["n"] == 54  # half of the 108 that are no picks
    assert "in no pool" in table["tested_on"]
    table = analyse(judged(tests=False), "against-random")
    assert table["held_out"] is True


def test_a_text_of_several_columns_is_called_a_pair(judged, analyse):
    table = analyse(judged(details={"text": ("premise", "hypothesis")}), "against-random")
    assert table["pair"] is True
    assert table["sentence"].startswith("The proxy says nothing for sentence pairs")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"tested_on": "moon"}, "choose one of auto, test, pool"),
        ({"methods": ["magic"]}, "no selection method 'magic'"),
        ({"methods": ["least-confidence"]}, "asks a model"),
        ({"nearest": 0}, "at least 1"),
    ],
)
def test_options_that_cannot_be_used_are_said(judged, analyse, options, said):
    assert said in analyse(judged(), "against-random", **options)


def test_one_label_only_is_said(judged, analyse):
    assert "All labels are 'late'" in analyse(judged(tests=False, labels=["late"] * 120), "against-random")


def test_before_a_selection_there_is_nothing_to_judge(workspace, project, analyse, quick_map):
    for name in ("against-random", "health"):
        assert "No texts have been picked yet" in analyse(project, name)


# ------------------------------------------------------------ without gold labels


def test_without_gold_labels_the_reason_the_health_and_an_offer_come(judged, analyse):
    table = analyse(judged(gold=False, tests=False), "against-random")
    assert table["labelled"] is False
    assert table["reason"].startswith("12 of the 12 picks have no label yet")
    assert {"coverage", "within", "radius"} <= {measure["name"] for measure in table["health"]["measures"]}
    offer = table["offer"]
    assert (len(offer["pool"]), len(offer["held_out"])) == (12, 30)
    assert not set(offer["held_out"]) & {*offer["pool"], *table["picks"]}
    assert sorted(offer["to_label"]) == sorted({*offer["pool"], *offer["held_out"]})


def test_labelling_the_offered_pool_makes_an_honest_test(workspace, judged, analyse, act):
    project = judged(gold=False, tests=False)
    dataset = workspace.dataset(project.id)
    right = dict(zip(dataset.ids, dataset.fields["intent"].tolist(), strict=True))
    offer = analyse(project, "against-random")["offer"]
    workspace.add_to_queue(project.id, offer["to_label"])
    picks = workspace.selection(project.id).indices.tolist()
    for row in picks:
        act(project, "label", dataset.ids[row], value=right[dataset.ids[row]])
    table = analyse(project, "against-random")
    assert table["labelled"] is False
    assert table["reason"].startswith("Only the picks are labelled")
    for row in table["offer"]["to_label"]:
        act(project, "label", dataset.ids[row], value=right[dataset.ids[row]])
    table = analyse(project, "against-random")
    assert table["labelled"] is True
    assert (table["pools"], table["n"], table["size"]) == (1, 30, 12)
    assert table["main"]["percentile"] is None
    direct = against_random(
        workspace.prepared(project.id).embeddings,
        dataset.fields["intent"].tolist(),
        picks,
        random=[offer["pool"]],
        held_out=offer["held_out"],
        copies=workspace.prepared(project.id).copies,
    )
    assert table["main"] == plain(direct)["main"]


def test_with_a_labelled_test_file_only_the_pool_is_offered(judged, analyse):
    offer = analyse(judged(gold=False), "against-random")["offer"]
    assert (len(offer["pool"]), offer["held_out"], offer["tests"]) == (12, [], True)


def test_the_offer_grows_with_the_picks_and_passes_over_what_was_skipped():
    rows, node_of = np.arange(50), np.arange(50)
    asked = {"rows": rows, "node_of": node_of, "answers": [""] * 50, "held_out": 10, "seed": 0}
    small = honest_test(picks=[1, 2, 3], barred=[], **asked)
    large = honest_test(picks=[1, 2, 3, 4, 5], barred=[], **asked)
    assert large.pool[:3] == small.pool
    assert not small.ready
    skipped = honest_test(picks=[1, 2, 3], barred=[small.pool[1]], **asked)
    assert skipped.pool[:2] == (small.pool[0], small.pool[2])
    answers = [""] * 50
    for row in (*small.pool, *small.held_out[:4]):
        answers[row] = "x"
    known = honest_test(picks=[1, 2, 3], barred=[], **{**asked, "answers": answers})
    assert known.ready
    assert known.tested == small.held_out[:4]


# ------------------------------------------------------------ health


def test_health_gives_the_numbers_of_the_python_function(workspace, judged, analyse):
    project = judged()
    table = analyse(project, "health", columns=["channel"])
    prepared, dataset = workspace.prepared(project.id), workspace.dataset(project.id)
    direct = pool_health(
        prepared.embeddings,
        workspace.selection(project.id).indices,
        copies=prepared.copies,
        groups=dataset.fields["channel"].tolist(),
        following=table["following"]["rows"],
    )
    assert {name: table[name] for name in ("measures", "groups", "following", "delta")} == {
        name: plain(direct)[name] for name in ("measures", "groups", "following", "delta")
    }
    assert table["balance"] is None  # nothing is labelled yet


def test_the_next_labels_add_what_was_foretold(workspace, judged, analyse):
    project = judged()
    before = analyse(project, "health")
    assert len(before["following"]["rows"]) == 10
    job = finish_job(workspace, workspace.request_selection(project.id, budget=22))
    assert job.state == "done", job.message
    after = analyse(project, "health")
    assert after["picks"] == [*before["picks"], *before["following"]["rows"]]
    gain = after["measures"][0]["value"] - before["measures"][0]["value"]
    assert before["following"]["gain"] == pytest.approx(gain, abs=1e-6)
    assert after["following"]["last_gain"] == pytest.approx(gain, abs=1e-6)


def test_the_balance_follows_the_labels_as_they_arrive(workspace, judged, analyse, act):
    project = judged()
    first = workspace.selection(project.id).indices[:3]
    ids = [workspace.dataset(project.id).ids[row] for row in first]
    act(project, "label", *ids, value="late")
    balance = analyse(project, "health")["balance"]
    assert balance["counts"] == {"late": 3}
    assert balance["missing"] == ["lost", "broken", "price"]
    assert balance["divergence"] > 0


def test_an_unknown_group_column_is_said(judged, analyse):
    assert "'town'" in analyse(judged(), "health", columns=["town"])
