"""The comparison of methods as a job, and every registered method through a project."""

import pytest

from votek.datasets import make_dataset
from votek.errors import BudgetError, InputError, UnknownNameError
from votek.jobs.compare_methods import comparable, compare_methods
from votek.jobs.inline import finish_job
from votek.pipeline import choose
from votek.selection.registry import METHODS


@pytest.fixture
def grouped(workspace, dataset):
    data = dataset(150, copies=10)
    made = workspace.create_project("C")
    labelled = make_dataset(data.ids, data.texts, {"topic": [f"t{row % 4}" for row in range(150)]})
    workspace.import_dataset(made.id, labelled, role="pool", name="f")
    return made


def test_the_stored_table_is_what_each_method_picks(workspace, grouped):
    options = {"methods": ["random", "fast-vote-k"], "budget": 12, "groups": ["topic"], "seed": 3}
    job = finish_job(workspace, workspace.request_analysis(grouped.id, "compare-methods", options))
    assert job.state == "done", job.message
    asked, table = workspace.analysis(grouped.id, "compare-methods")
    assert asked == options
    prepared = workspace.prepared(grouped.id)
    assert [record["name"] for record in table["methods"]] == ["random", "fast-vote-k"]
    for record in table["methods"]:
        direct = choose(prepared, budget=12, method=record["name"], seed=3)
        assert record["picks"] == direct.indices.tolist()
        assert record["seconds"] > 0
        assert record["covered"] == pytest.approx(direct.coverage[-1])
        assert 1 <= record["groups"] <= table["groups_in_all"] == 4
    one, two = (set(record["picks"]) for record in table["methods"])
    assert table["shared"] == [[12, len(one & two)], [len(one & two), 12]]
    assert table["jaccard"][0][1] == pytest.approx(len(one & two) / len(one | two))


def test_what_is_picked_and_labelled_does_not_change_it(workspace, grouped, finish):
    def table():
        job = finish_job(workspace, workspace.request_analysis(grouped.id, "compare-methods", {"budget": 5}))
        assert job.state == "done", job.message
        found = workspace.analysis(grouped.id, "compare-methods")[1]
        return [{**record, "seconds": 0} for record in found["methods"]]

    before = table()
    workspace.request_selection(grouped.id, budget=9)
    finish(grouped)
    assert table() == before
    assert [record["name"] for record in before] == comparable()


def test_it_refuses_what_it_cannot_do(workspace, grouped, finish):
    workspace.request_selection(grouped.id, budget=3)
    finish(grouped)
    prepared, dataset = workspace.prepared(grouped.id), workspace.dataset(grouped.id)
    with pytest.raises(UnknownNameError, match=r"'best'.*fast-vote-k"):
        compare_methods(prepared, dataset, methods=["best"], budget=3)
    with pytest.raises(InputError, match=r"asks a model that has seen labels.*fast-vote-k"):
        compare_methods(prepared, dataset, methods=["least-confidence"], budget=3)
    with pytest.raises(BudgetError):
        compare_methods(prepared, dataset, methods=["random"], budget=1000)
    with pytest.raises(InputError, match="no column 'nowhere'"):
        compare_methods(prepared, dataset, methods=["random"], budget=3, groups=["nowhere"])


@pytest.mark.parametrize("method", list(METHODS))
def test_every_method_runs_in_a_project_with_repairs_and_more(workspace, project, finish, act, method):
    """A label first, for those that ask a model; then picks, a skip, and a larger budget."""
    act(project, "label", "a5", value="x")
    act(project, "label", "a9", value="y")
    workspace.request_selection(project.id, budget=8, method=method)
    assert [job.state for job in finish(project)] == ["done"]
    stand = workspace.two_rounds(project.id)
    size = 8 if stand is None or stand.number == 2 else stand.size
    first = [item.row for item in workspace.queue(project.id)]
    assert len(set(first)) == size
    assert not {5, 9} & set(first)
    act(project, "skip", f"a{first[0]}")
    assert [job.state for job in finish(project)] == ["done"]
    workspace.request_selection(project.id, budget=12)
    jobs = finish(project)
    assert [job.state for job in jobs] == ["done"], [job.message for job in jobs]
    copies = workspace.prepared(project.id).copies
    queue = [item.row for item in workspace.queue(project.id)]
    assert len({int(copies[row]) for row in queue}) == len(queue) == 12
    view = workspace.selection(project.id)
    assert [view.explain(i).index for i in range(12)] == view.indices.tolist()
    reasons = {item.row: item.reason for item in workspace.annotation_state(project.id, "ann").items}
    assert all(reasons.values())
