"""Group floors in a project: kept from the first pick to the last repair, and checked before anything runs."""

from collections import Counter

import pytest

from votek.datasets import make_dataset
from votek.datatypes import LabelSpec, TaskSpec
from votek.errors import BudgetError, InputError

LARGE, SMALL = 180, 6


@pytest.fixture
def grouped(workspace, dataset):
    """200 texts: topic big, or one of two small ones; place alternates; no two texts in `own` are alike."""
    data = dataset(200)
    topic = ["big"] * LARGE + ["rare"] * SMALL + ["odd"] * (200 - LARGE - SMALL)
    place = ["in", ""] * 100
    columns = {"topic": topic, "place": place, "own": list(data.ids), "gold": topic}
    made = workspace.create_project("G")
    labelled = make_dataset(data.ids, data.texts, columns)
    workspace.import_dataset(made.id, labelled, role="pool", name="f", columns={"gold": "gold"})
    return made


def topics(workspace, project):
    fields = workspace.dataset(project.id).fields
    return Counter(fields["topic"][item.row] for item in workspace.queue(project.id))


def done(finish, project):
    jobs = finish(project)
    assert all(job.state == "done" for job in jobs), [job.message for job in jobs]


@pytest.mark.parametrize("method", ["auto", "random", "fast-vote-k"])
def test_each_group_gets_its_floor(workspace, grouped, finish, method):
    workspace.request_selection(grouped.id, budget=15, method=method, groups=["topic"], floor=4)
    done(finish, grouped)
    found = topics(workspace, grouped)
    assert sum(found.values()) == 15
    assert min(found[name] for name in ("big", "rare", "odd")) >= 4
    made = workspace.rounds(grouped.id)[0]
    assert (made.parameters["groups"], made.parameters["floor"]) == (["topic"], 4)


def test_a_small_group_is_taken_whole_and_crossed_groups_count(workspace, grouped, finish):
    workspace.request_selection(grouped.id, budget=40, groups=["topic", "place"], floor=5)
    done(finish, grouped)
    fields = workspace.dataset(grouped.id).fields
    found = Counter((fields["topic"][item.row], fields["place"][item.row]) for item in workspace.queue(grouped.id))
    assert found["rare", "in"] == found["rare", ""] == 3
    assert min(found["odd", "in"], found["odd", ""], found["big", "in"], found["big", ""]) >= 5


def test_skips_and_a_raised_budget_keep_the_floors(workspace, grouped, finish, act):
    workspace.request_selection(grouped.id, budget=12, groups=["topic"], floor=3)
    done(finish, grouped)
    fields = workspace.dataset(grouped.id).fields
    rare = [item for item in workspace.queue(grouped.id) if fields["topic"][item.row] == "rare"]
    act(grouped, "skip", *[item.item for item in rare[:2]])
    done(finish, grouped)
    assert topics(workspace, grouped)["rare"] >= 3
    workspace.request_selection(grouped.id, budget=20)
    done(finish, grouped)
    raised = workspace.rounds(grouped.id)[-1]
    assert (raised.kind, raised.parameters["floor"], raised.parameters["groups"]) == ("raise", 3, ["topic"])
    assert min(topics(workspace, grouped).values()) >= 3


def test_texts_let_in_again_do_not_block_a_repair(workspace, grouped, finish, act):
    fields = workspace.dataset(grouped.id).fields
    rare = [row for row in range(200) if fields["topic"][row] == "rare"]
    odd = [row for row in range(200) if fields["topic"][row] == "odd"]
    workspace.exclude(grouped.id, [*rare, *odd])
    workspace.request_selection(grouped.id, budget=10, groups=["topic"], floor=5)
    done(finish, grouped)
    workspace.include_again(grouped.id, [*rare, *odd])
    act(grouped, "skip", workspace.queue(grouped.id)[0].item)
    done(finish, grouped)
    assert len(workspace.queue(grouped.id)) == 10


def test_the_first_of_two_rounds_leaves_room_for_the_floors(workspace, grouped, finish, act):
    workspace.set_task(grouped.id, TaskSpec("single", (LabelSpec("x", "#0072B2"), LabelSpec("y", "#E69F00"))))
    workspace.request_selection(grouped.id, budget=20, method="vote-k", groups=["topic"], floor=4)
    done(finish, grouped)
    first, second = workspace.queue(grouped.id)
    act(grouped, "label", first.item, value="x")
    act(grouped, "label", second.item, value="y")
    workspace.request_second_round(grouped.id)
    done(finish, grouped)
    assert len(workspace.queue(grouped.id)) == 20
    assert min(topics(workspace, grouped).values()) >= 4
    assert workspace.rounds(grouped.id)[1].parameters["floor"] == 4


def test_floors_that_do_not_fit_are_refused_before_anything_runs(workspace, grouped, finish):
    workspace.request_selection(grouped.id, budget=3)
    done(finish, grouped)
    with pytest.raises(
        BudgetError, match=r"At least 5 of each of the 3 groups takes 15 picks, but 12 are to be picked"
    ):
        workspace.restart_selection(grouped.id, budget=12, groups=["topic"], floor=5)
    assert all(job.kind != "select" for job in workspace.jobs(grouped.id, active=True))


def test_floors_that_do_not_fit_end_the_job_with_a_message_when_copies_were_not_known(workspace, grouped, finish):
    workspace.request_selection(grouped.id, budget=12, groups=["topic"], floor=5)
    (job,) = finish(grouped)
    assert job.state == "failed"
    assert "lower the floor or raise the budget" in job.message


@pytest.mark.parametrize(
    ("groups", "floor", "told"),
    [
        (["nowhere"], 2, r"no column 'nowhere' to group by. There are: topic, place, own, gold"),
        (["gold"], 2, "holds hidden labels"),
        (["own"], 2, "a group of its own"),
        ([], 2, "needs groups"),
        (["topic"], -1, "floor was -1"),
        (["topic", "topic"], 1, "different columns"),
    ],
)
def test_groups_that_cannot_be_used_are_refused(workspace, grouped, groups, floor, told):
    with pytest.raises(InputError, match=told):
        workspace.request_selection(grouped.id, budget=20, groups=groups, floor=floor)
    assert workspace.jobs(grouped.id) == []


def test_other_floors_for_more_of_the_same_selection_are_refused(workspace, grouped, finish):
    workspace.request_selection(grouped.id, budget=12, groups=["topic"], floor=3)
    done(finish, grouped)
    with pytest.raises(InputError, match=r"picked with floor 3; more of them with floor 4"):
        workspace.request_selection(grouped.id, budget=20, groups=["topic"], floor=4)
