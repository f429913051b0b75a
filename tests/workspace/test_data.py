"""Data sets: stored once, checked when read, replaced only while nobody has worked on them."""

import pytest

from votek.datatypes import LabelSpec, TaskSpec
from votek.errors import CorruptFileError, InputError, StorageError
from votek.workspace import Workspace


def test_a_data_set_comes_back_as_it_was(workspace, settings, project):
    workspace.close()
    again = Workspace.open(settings)
    before, after = workspace.dataset(project.id), again.dataset(project.id)
    assert before.digest == after.digest
    assert before.ids == after.ids
    assert before.texts == after.texts
    assert before.fields.equals(after.fields)
    assert again.gold_columns(project.id) == ("gold",)
    assert again.dataset(project.id, "test") is None
    again.close()


def test_labels_that_come_with_the_file(workspace, dataset, load):
    project = workspace.create_project("L")
    cells = ["x", "", " y ", "z"] + [""] * 6
    load(project, dataset(10, given=cells), given="labelled")
    task = workspace.project(project.id).task
    assert [(label.name, label.key, label.color) for label in task.labels] == [
        ("x", "1", "#0072B2"),
        ("y", "2", "#E69F00"),
        ("z", "3", "#009E73"),
    ]
    found = workspace.labels(project.id)
    assert {item: (label.value, label.who, label.source) for item, label in found.items()} == {
        "a0": ("x", "import", "import"),
        "a2": ("y", "import", "import"),
        "a3": ("z", "import", "import"),
    }
    assert workspace.queue(project.id) == []
    assert not workspace.has_events(project.id)


def test_importing_again_takes_back_the_labels_of_the_earlier_file(workspace, dataset, load):
    project = workspace.create_project("L")
    columns = {"given": "labelled"}
    load(project, dataset(4, given=["x", "y", "", ""]), **columns)
    load(project, dataset(4, given=["", "y", "", "q"]), **columns)
    assert {item: label.value for item, label in workspace.labels(project.id).items()} == {"a1": "y", "a3": "q"}
    assert [event.kind for event in workspace.events(project.id)] == ["label"] * 2 + ["undo"] * 2 + ["label"] * 2
    load(project, dataset(4, given=["x"] * 4), given="ignore")
    assert workspace.labels(project.id) == {}


def test_several_labels_in_one_cell(workspace, dataset, load):
    project = workspace.create_project("M", task=TaskSpec("multi", (LabelSpec("z", "#0072B2", key="1"),)))
    cells = ["x; z", "z;z", "", " x "]
    load(project, dataset(4, given=cells), given="labelled")
    assert {i: label.value for i, label in workspace.labels(project.id).items()} == {
        "a0": ["z", "x"],
        "a1": ["z"],
        "a3": ["x"],
    }


def test_free_text_keeps_every_character(workspace, dataset, load):
    project = workspace.create_project("T", task=TaskSpec("text"))
    load(project, dataset(2, given=[" {a}\r\n ", ""]), given="labelled")
    assert workspace.labels(project.id)["a0"].value == " {a}\r\n "


def test_after_the_first_label_the_pool_stays_but_test_items_may_come(workspace, picked, dataset, act):
    act(picked, "label", workspace.queue(picked.id)[0].item, "x")
    with pytest.raises(InputError, match=r"labelled already.*new project"):
        workspace.import_dataset(picked.id, dataset(5), role="pool", name="f.csv")
    workspace.import_dataset(picked.id, dataset(5, seed=3), role="test", name="t.csv")
    assert len(workspace.dataset(picked.id, "test")) == 5
    assert len(workspace.dataset(picked.id)) == 120


def test_other_data_means_other_picks_and_ends_the_work_on_the_old(workspace, picked, dataset):
    waiting = workspace.request_selection(picked.id, budget=20)
    workspace.add_to_queue(picked.id, [100])
    workspace.import_dataset(picked.id, dataset(30, seed=9), role="pool", name="new.csv")
    assert workspace.job(waiting.id).state == "cancelled"
    assert workspace.queue(picked.id) == []
    assert workspace.rounds(picked.id) == []
    assert workspace.prepared(picked.id) is None


def test_the_same_data_again_keeps_the_picks(workspace, picked):
    before = workspace.queue(picked.id)
    workspace.import_dataset(picked.id, workspace.dataset(picked.id), role="pool", name="renamed.csv")
    assert workspace.queue(picked.id) == before


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"none": "gold"}, "no column 'none' in the file; there are gold, other"),
        ({"gold": "secret"}, "cannot be used as 'secret'"),
        ({"gold": "labelled", "other": "labelled"}, "Two columns are marked as labelled"),
    ],
)
def test_columns_that_cannot_be_used(workspace, dataset, columns, message, load):
    project = workspace.create_project("C")
    with pytest.raises(InputError, match=message):
        load(project, dataset(2, gold=["x"] * 2, other=["y"] * 2), **columns)
    assert workspace.dataset(project.id) is None


def test_a_label_that_cannot_be_one_stores_nothing(workspace, dataset):
    project = workspace.create_project("C", task=TaskSpec("text"))
    bad = dataset(2, given=["fine", "x" * 100_001])
    with pytest.raises(InputError, match=r"Column 'given' holds 'xxx.*100,001 characters"):
        workspace.import_dataset(project.id, bad, role="pool", name="f", columns={"given": "labelled"})
    assert workspace.dataset(project.id) is None
    assert workspace.events(project.id) == []


def test_an_unknown_role_and_an_empty_file(workspace, dataset):
    project = workspace.create_project("C")
    with pytest.raises(InputError, match="no role 'train'"):
        workspace.import_dataset(project.id, dataset(2), role="train", name="f")
    with pytest.raises(InputError, match="no text that can be used"):
        workspace.import_dataset(project.id, dataset(0), role="pool", name="f")


def stored(workspace):
    (path,) = (workspace.settings.data / "datasets").iterdir()
    return path


def test_a_damaged_data_file_is_told_and_labels_stay(workspace, settings, picked, act):
    act(picked, "label", workspace.queue(picked.id)[0].item, "x")
    path = stored(workspace)
    content = path.read_bytes()
    path.write_bytes(content[:-5] + b"12345")
    again = Workspace.open(settings)
    with pytest.raises(CorruptFileError, match=r"changed or damaged.*labels are kept apart"):
        again.dataset(picked.id)
    path.unlink()
    with pytest.raises(StorageError, match=r"is missing.*backup"):
        again.queue(picked.id)
    path.write_bytes(content)
    assert len(again.labels(picked.id)) == 1
    again.close()


def test_importing_again_mends_a_damaged_file(workspace, settings, project):
    data = workspace.dataset(project.id)
    stored(workspace).write_bytes(b"")
    again = Workspace.open(settings)
    again.import_dataset(project.id, data, role="pool", name="f")
    final = Workspace.open(settings)
    assert final.dataset(project.id).digest == data.digest
    for opened in (again, final):
        opened.close()
