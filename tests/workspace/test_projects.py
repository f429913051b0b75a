"""Projects: made, renamed, put away, deleted; what people typed keeps its history."""

from dataclasses import replace

import pytest

from votek.datatypes import HandoutSettings, LabelSpec, PromptSettings, TaskSpec
from votek.errors import InputError, NotFoundError
from votek.workspace import Workspace


def labels(*names, **common):
    return tuple(LabelSpec(name, "#0072B2", **common) for name in names)


def test_a_new_project_is_empty_and_next_needs_data(workspace):
    made = workspace.create_project("  First  ")
    assert (made.name, made.archived, made.sample, made.guidelines, made.guidelines_version) == (
        "First",
        False,
        False,
        "",
        1,
    )
    assert made.task == TaskSpec("single", (), 1)
    (summary,) = workspace.projects()
    assert (summary.project, summary.texts, summary.tests, summary.queued, summary.done) == (made, 0, 0, 0, 0)
    assert summary.next_step == "data"
    assert workspace.dataset(made.id) is None
    assert workspace.queue(made.id) == []
    assert workspace.selection(made.id) is None
    assert workspace.annotation_state(made.id, "ann").items == []


def test_where_a_project_stands(workspace, project, finish, act):
    assert workspace.projects()[0].next_step == "select"
    workspace.request_selection(project.id, budget=2)
    finish(project.id)
    assert (workspace.projects()[0].queued, workspace.projects()[0].next_step) == (2, "annotate")
    for item in workspace.queue(project.id):
        act(project, "label", item.item, "x")
    assert (workspace.projects()[0].done, workspace.projects()[0].next_step) == (2, "prompts")


@pytest.mark.parametrize("name", ["", "   ", "x" * 201, "a\nb", "a\0", "\ud83d"])
def test_names_that_cannot_be(workspace, name):
    with pytest.raises(InputError, match="1 to 200 printable"):
        workspace.create_project(name)
    made = workspace.create_project("fine")
    with pytest.raises(InputError, match="1 to 200 printable"):
        workspace.rename_project(made.id, name)
    assert workspace.project(made.id).name == "fine"


def test_renaming_and_archiving(workspace):
    made = workspace.create_project("old")
    assert workspace.rename_project(made.id, "🛒 neu <b>").name == "🛒 neu <b>"
    workspace.archive_project(made.id)
    assert workspace.projects() == []
    assert [s.project.archived for s in workspace.projects(archived=True)] == [True]
    workspace.archive_project(made.id, archived=False)
    assert len(workspace.projects()) == 1


def test_projects_come_in_the_order_they_were_made(workspace):
    for name in "cab":
        workspace.create_project(name)
    assert [summary.project.name for summary in workspace.projects()] == ["c", "a", "b"]


def test_a_project_that_is_not_there(workspace):
    calls = [
        lambda: workspace.project("none"),
        lambda: workspace.rename_project("none", "x"),
        lambda: workspace.archive_project("none"),
        lambda: workspace.delete_project("none"),
        lambda: workspace.set_guidelines("none", ""),
        lambda: workspace.queue("none"),
        lambda: workspace.labels("none"),
        lambda: workspace.events("none"),
        lambda: workspace.jobs("none"),
        lambda: workspace.record_events("none", "ann", []),
        lambda: workspace.annotation_state("none", "ann"),
        lambda: workspace.request_selection("none", budget=3),
        lambda: workspace.prepared("none"),
        lambda: workspace.embeddings("none"),
        lambda: workspace.export("none", "labelled-jsonl"),
    ]
    for call in calls:
        with pytest.raises(NotFoundError, match=r"no project 'none'.*list of projects"):
            call()
    with pytest.raises(NotFoundError, match="no job 'none'"):
        workspace.job("none")


def test_a_changed_task_is_a_new_version_and_an_equal_one_is_not(workspace, project):
    before = workspace.project(project.id).task
    assert workspace.set_task(project.id, replace(before, version=99)).task == before
    more = LabelSpec("z", "#009E73", "last", "3")
    changed = workspace.set_task(project.id, TaskSpec("single", (*before.labels, more)))
    assert changed.task.version == before.version + 1
    assert changed.task.labels[-1] == more


@pytest.mark.parametrize(
    ("task", "message"),
    [
        (TaskSpec("ranking"), "no task type 'ranking'"),
        (TaskSpec("single", labels("a", "a")), "same name 'a'"),
        (TaskSpec("single", labels("a", "b", key="1")), "same key '1'"),
        (TaskSpec("single", labels("")), "cannot be a label"),
        (TaskSpec("single", labels(" a")), "cannot be a label"),
        (TaskSpec("single", labels("x" * 201)), "cannot be a label"),
        (TaskSpec("single", labels("a\nb")), "control characters"),
        (TaskSpec("single", (LabelSpec("a", "red"),)), "must look like #0072b2"),
        (TaskSpec("single", (LabelSpec("a", "#0072zz"),)), "must look like #0072b2"),
        (TaskSpec("single", labels("a", key="q")), "must be one of 1 to 9"),
        (TaskSpec("single", labels("a", key="12")), "must be one of 1 to 9"),
    ],
)
def test_tasks_that_cannot_be(workspace, project, task, message):
    with pytest.raises(InputError, match=message):
        workspace.set_task(project.id, task)
    assert workspace.project(project.id).task.version == 1


def test_a_label_in_use_stays(workspace, picked, act):
    act(picked, "label", workspace.queue(picked.id)[0].item, "x")
    with pytest.raises(InputError, match=r"'x' is in use on 1 text, so"):
        workspace.set_task(picked.id, TaskSpec("single", labels("y", "z")))
    with pytest.raises(
        InputError, match=r"^1 text is .*“Choose one label”, so the task cannot become “Choose several labels”"
    ):
        workspace.set_task(picked.id, TaskSpec("multi", labels("x", "y")))
    assert [label.name for label in workspace.set_task(picked.id, TaskSpec("single", labels("x"))).task.labels] == ["x"]


def test_a_label_in_use_by_one_of_several_people_stays(workspace, picked, act):
    workspace.set_handout(picked.id, HandoutSettings(overlap=2))
    item = workspace.queue(picked.id)[0].item
    without = TaskSpec("single", labels("y", "z"))
    act(picked, "label", item, "x", who="ann")
    for others in (None, "y"):  # first open, then disputed: no label is in force
        if others is not None:
            act(picked, "label", item, others, who="bob")
        assert workspace.labels(picked.id) == {}
        with pytest.raises(InputError, match=r"'x' is in use on 1 text, so"):
            workspace.set_task(picked.id, without)
        with pytest.raises(InputError, match=r"^1 text is already labelled"):
            workspace.set_task(picked.id, TaskSpec("text"))
    act(picked, "adjudicate", item, {"label": "y", "why": ""}, who="eve")
    assert [label.name for label in workspace.set_task(picked.id, without).task.labels] == ["y", "z"]


def test_the_next_step_is_to_settle_where_only_disagreements_are_left(workspace, picked, act):
    workspace.set_handout(picked.id, HandoutSettings(overlap=2))
    items = [item.item for item in workspace.queue(picked.id)]
    for place, item in enumerate(items):
        act(picked, "label", item, "x", who="ann")
        assert workspace.projects()[0].next_step == "annotate"
        act(picked, "label", item, "x" if place else "y", who="bob")
    assert (workspace.projects()[0].done, workspace.projects()[0].next_step) == (11, "review")
    act(picked, "adjudicate", items[0], {"label": "y", "why": ""}, who="eve")
    assert workspace.projects()[0].next_step == "prompts"


def test_texts_that_somebody_of_several_has_labelled_stay_when_the_picks_are_made_anew(workspace, picked, act, finish):
    workspace.set_handout(picked.id, HandoutSettings(overlap=2))
    begun = [item.item for item in workspace.queue(picked.id)][:4]
    for item in begun:
        act(picked, "label", item, "x", who="ann")
    act(picked, "label", begun[0], "y", who="bob")
    workspace.restart_selection(picked.id, budget=12, method="random")
    finish(picked.id)
    queue = [item.item for item in workspace.queue(picked.id)]
    assert set(begun) <= set(queue)
    assert len(set(queue)) == len(queue) >= 12


def test_guidelines_and_prompts_keep_versions(workspace, project):
    assert workspace.set_guidelines(project.id, "Be kind.").guidelines_version == 2
    assert workspace.set_guidelines(project.id, "Be kind.").guidelines_version == 2
    with pytest.raises(InputError, match="200,001 characters"):
        workspace.set_guidelines(project.id, "x" * 200_001)
    chosen = PromptSettings(instruction="{not a field} \r\n", n=3, token_budget=500)
    assert workspace.set_prompts(project.id, chosen).prompts == chosen
    assert workspace.project(project.id).guidelines == "Be kind."


def test_everything_is_there_after_opening_again(workspace, settings, picked, act):
    item = workspace.queue(picked.id)[0].item
    act(picked, "label", item, "y")
    workspace.close()
    again = Workspace.open(settings)
    assert again.labels(picked.id)[item].value == "y"
    assert again.annotation_state(picked.id, "ann") == workspace.annotation_state(picked.id, "ann")
    again.close()


def files(workspace):
    return {path for path in workspace.settings.data.rglob("*") if path.is_file() and "votek.db" not in path.name}


def test_deleting_takes_files_along_that_no_other_project_uses(workspace, picked, finish, dataset):
    alone = files(workspace)
    other = workspace.create_project("Other")
    workspace.import_dataset(other.id, workspace.dataset(picked.id), role="pool", name="same.csv")
    workspace.import_dataset(other.id, dataset(9, seed=5), role="test", name="own.csv")
    workspace.request_selection(other.id, budget=3)
    finish(other.id)
    workspace.delete_project(picked.id)
    with pytest.raises(NotFoundError):
        workspace.project(picked.id)
    assert workspace.selection(other.id) is not None
    assert len(workspace.queue(other.id)) == 3
    workspace.delete_project(other.id)
    assert alone
    assert {path.suffix for path in files(workspace)} <= {".lock"}
    assert workspace.projects() == []
