"""Asking for work: once is enough, and what cannot be is refused before anything starts."""

import pytest

from votek.errors import BudgetError, InputError, UnknownNameError


def test_the_same_request_gives_the_job_under_way(workspace, project):
    first = workspace.request_selection(project.id, budget=12)
    assert workspace.request_selection(project.id, budget=12).id == first.id
    assert workspace.request_preparation(project.id).id == workspace.request_preparation(project.id).id
    assert sorted(job.kind for job in workspace.jobs(project.id, active=True)) == ["prepare", "select"]


def test_another_selection_waits_for_the_first(workspace, project):
    workspace.request_selection(project.id, budget=12)
    with pytest.raises(InputError, match=r"selection of 12 texts is under way.*cancel"):
        workspace.request_selection(project.id, budget=13)


def test_the_same_request_after_it_is_done_gives_the_finished_job(workspace, project, finish):
    workspace.request_selection(project.id, budget=12)
    (done,) = finish(project)
    again = workspace.request_selection(project.id, budget=12)
    assert (again.id, again.state) == (done.id, "done")
    assert not [job for job in workspace.jobs(project.id, active=True) if job.kind == "select"]


@pytest.mark.parametrize("call", ["request_selection", "restart_selection"])
@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ({"budget": 0}, r"budget was 0; give a whole number from 1 to 180"),
        ({"budget": -3}, r"budget was -3"),
        ({"budget": 2.5}, r"budget was 2.5"),
        ({"budget": True}, r"budget was True"),
        ({"budget": 181}, r"budget was 181, but there are only 180 distinct texts"),
        ({"budget": 5, "k": 0}, r"k was 0; give 'auto' or a whole number"),
        ({"budget": 5, "k": "many"}, r"k was 'many'"),
        ({"budget": 5, "rho": 1}, r"rho was 1; give a number above 1"),
        ({"budget": 5, "rho": float("nan")}, r"rho was nan"),
        ({"budget": 5, "seed": -1}, r"seed was -1"),
        ({"budget": 5, "seed": 2**32}, r"seed was 4294967296; give a whole number from 0 to 4294967295"),
    ],
)
def test_refused_at_once(workspace, project, call, wanted, message):
    with pytest.raises(InputError, match=message):
        getattr(workspace, call)(project.id, **wanted)
    assert workspace.jobs(project.id) == []


def test_no_texts_yet(workspace):
    made = workspace.create_project("Empty")
    for call in (
        lambda: workspace.request_preparation(made.id),
        lambda: workspace.request_selection(made.id, budget=1),
    ):
        with pytest.raises(InputError, match=r"no texts yet.*Import a file"):
            call()


@pytest.mark.parametrize("ask", ["request_selection", "restart_selection"])
def test_an_unknown_method_is_refused_with_those_there_are(workspace, project, ask):
    with pytest.raises(UnknownNameError, match=r"best-ever.*fast-vote-k"):
        getattr(workspace, ask)(project.id, budget=5, method="best-ever")
    assert workspace.jobs(project.id) == []


def test_a_method_that_asks_a_model_needs_a_label_to_show_it(workspace, project, finish, act):
    with pytest.raises(InputError, match=r"Least confidence asks a model.*none has a label yet.*begins without"):
        workspace.request_selection(project.id, budget=5, method="least-confidence")
    act(project, "label", "a3", value="x")
    workspace.request_selection(project.id, budget=5, method="least-confidence")
    (job,) = finish(project)
    assert job.state == "done", job.message


def test_fewer_than_there_are_is_refused(workspace, project, finish):
    workspace.request_selection(project.id, budget=12)
    finish(project)
    with pytest.raises(BudgetError, match=r"12 texts are picked already and the budget was 11.*ask for 12 or more"):
        workspace.request_selection(project.id, budget=11)


def test_more_with_other_parameters_is_refused_and_with_the_same_or_none_is_not(workspace, project, finish):
    workspace.request_selection(project.id, budget=6, method="fast-vote-k", k=20, rho=5.0, seed=3)
    finish(project)
    for other in ({"k": 30}, {"method": "random"}, {"rho": 4.0}, {"seed": 4}):
        with pytest.raises(InputError, match=rf"picked with {next(iter(other))} .*start afresh"):
            workspace.request_selection(project.id, budget=8, **other)
    workspace.request_selection(project.id, budget=8)
    finish(project)
    workspace.request_selection(project.id, budget=9, method="fast-vote-k", k=20, rho=5.0, seed=3)
    finish(project)
    assert [(made.kind, made.parameters["k"], made.parameters["rho"]) for made in workspace.rounds(project.id)] == [
        ("select", 20, 5.0),
        ("raise", 20, 5.0),
        ("raise", 20, 5.0),
    ]


def test_cancelling_what_waits(workspace, project):
    job = workspace.request_selection(project.id, budget=12)
    workspace.cancel_job(job.id)
    assert workspace.job(job.id).state == "cancelled"
    workspace.cancel_job(job.id)
    assert workspace.request_selection(project.id, budget=12).id != job.id
