"""The Data page: a usual file needs no choice, nothing is stored before the preview is accepted."""

import pytest

from ui.data_labels import make_labels, revised_labels
from votek.datasets import read_dataset
from votek.datatypes import LabelSpec, TaskSpec
from votek.workspace import NewEvent

PAGE = "pages/1_Data.py"


@pytest.fixture
def project(space):
    return space.create_project("New project")


@pytest.fixture
def upload(open_at, project):
    """`upload(name, content)`: the page after this file was chosen."""

    def uploaded(name, content, role="pool"):
        at = open_at(PAGE, project.id)
        at.file_uploader(f"{role}-{project.id}-file").set_value((name, content, "application/octet-stream")).run()
        assert not at.exception
        return at

    return uploaded


def csv(texts, labels=None):
    rows = zip(texts, labels or [""] * len(texts), strict=True)
    return "\n".join(["text,intent", *(f'"{text}",{label}' for text, label in rows)]).encode()


def load(at, project, role="pool"):
    at.button(f"{role}-{project.id}-load").click().run()
    assert not at.exception
    return at


def words(at):
    return " ".join(element.value for element in (*at.markdown, *at.text, *at.caption))


def test_an_empty_project_asks_for_a_file(open_at, project):
    at = open_at(PAGE, project.id)
    assert at.file_uploader[0].label == "File with the texts"
    assert not [button for button in at.button if button.label.startswith("Load")]


def test_a_usual_file_is_loaded_by_one_click(upload, space, project, texts_of):
    at = upload("help.desk.csv", csv(texts_of(40), ["late", "lost"] * 20))
    assert at.multiselect(f"pool-{project.id}-text").value == ["text"]
    assert at.button(f"pool-{project.id}-load").label == "Load 40 texts"
    assert "**40** rows in the file = **40** loaded + **0** refused" in words(at)
    assert space.dataset(project.id) is None
    load(at, project)
    assert at.title[0].value == "Select"
    assert space.dataset(project.id).texts == tuple(texts_of(40))
    assert space.gold_columns(project.id) == ("intent",)
    stored = space.project(project.id)
    assert stored.name == "help"
    assert [label.name for label in stored.task.labels] == ["late", "lost"]
    assert [job.kind for job in space.jobs(project.id)] == ["prepare"]


def test_a_half_filled_label_column_is_already_labelled(upload, space, project, texts_of):
    at = upload("some.csv", csv(texts_of(20), ["late", "lost"] * 4 + [""] * 12))
    load(at, project)
    assert len(space.labels(project.id)) == 8
    assert space.gold_columns(project.id) == ()


def test_refused_rows_are_counted_and_named(upload, project, texts_of):
    at = upload("gaps.csv", csv([*texts_of(5), "", "  "]))
    assert "**7** rows in the file = **5** loaded + **2** refused" in words(at)
    table = next(frame.value for frame in at.dataframe if "Reason" in frame.value.columns)
    assert table["Row"].tolist() == [6, 7]
    assert at.button(f"pool-{project.id}-load").label == "Load 5 texts"


def test_a_file_that_cannot_be_read_can_be_read_differently(upload, space, project):
    at = upload("broken.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    assert len(at.error) == 1
    assert at.selectbox(f"pool-{project.id}-encoding")
    assert space.dataset(project.id) is None


def test_the_encoding_can_be_changed(upload, project):
    at = upload("word.csv", "text\nGrüße aus München\nEin zweiter Text\n".encode("cp1252"))
    at.selectbox(f"pool-{project.id}-encoding").set_value("cp1251").run()
    assert "cp1251" in words(at)
    preview = next(frame.value for frame in at.dataframe if "Text" in frame.value.columns)
    assert preview["Text"][0] == "GrьЯe aus Mьnchen"


def test_several_text_columns_are_joined_by_a_template(upload, space, project):
    at = upload("pairs.csv", b"premise,hypothesis\nIt rains {a}.,It is wet.\nIt snows.,It is warm.\n")
    at.multiselect(f"pool-{project.id}-text").set_value(["premise", "hypothesis"]).run()
    at.text_input(f"pool-{project.id}-template-premise-hypothesis").set_value("{premise} => {hypothesis}").run()
    load(at, project)
    assert space.dataset(project.id).texts == ("It rains {a}. => It is wet.", "It snows. => It is warm.")


def test_without_a_text_column_there_is_nothing_to_load(upload, project, texts_of):
    at = upload("a.csv", csv(texts_of(4)))
    at.multiselect(f"pool-{project.id}-text").set_value([]).run()
    assert "Choose the column" in at.info[0].value
    assert not [button for button in at.button if button.label.startswith("Load")]


def test_a_second_file_gives_test_texts(upload, space, project, texts_of):
    load(upload("pool.csv", csv(texts_of(10))), project)
    load(upload("later.csv", csv(["One more text", "And another"]), role="test"), project, role="test")
    assert space.dataset(project.id, "test").texts == ("One more text", "And another")
    assert len(space.dataset(project.id)) == 10


def test_labels_and_guidelines_are_kept(upload, open_at, space, project, texts_of):
    load(upload("pool.csv", csv(texts_of(10))), project)
    at = open_at(PAGE, project.id)
    labels_box(at).set_value("late\nlost\nlate\n")
    at.button(f"save-labels-{project.id}").click().run()
    at.text_area(f"{project.id}-guidelines-1").set_value("Ask *why*.")
    next(button for button in at.button if button.label == "Save guidelines").click().run()
    stored = space.project(project.id)
    assert [(label.name, label.key) for label in stored.task.labels] == [("late", "1"), ("lost", "2")]
    assert stored.guidelines == "Ask *why*."


def labels_box(at):
    return next(box for box in at.text_area if box.label == "Labels, one on each line")


@pytest.fixture
def labelled(space, project, tmp_path, texts_of):
    """Six texts to label as late or lost; the first of two picks is late."""
    file = tmp_path / "a.txt"
    file.write_text("\n".join(texts_of(6)))
    space.import_dataset(project.id, read_dataset(file), role="pool", name=file.name)
    space.set_task(project.id, TaskSpec(labels=make_labels(["late", "lost"])))
    space.add_to_queue(project.id, [0, 1])
    event = NewEvent("e1", space.queue(project.id)[0].item, "label", "late", space.project(project.id).task.version, 1)
    space.record_events(project.id, "ann", [event])
    return project


def test_typed_labels_are_saved_by_the_next_step_too(open_at, space, labelled):
    at = open_at(PAGE, labelled.id)
    assert at.button("next-step").label == "Go on labelling"
    labels_box(at).set_value("late\nlost\nbroken")
    at.button("next-step").click().run()
    assert at.title[0].value == "Annotate"
    assert [label.name for label in space.project(labelled.id).task.labels] == ["late", "lost", "broken"]


def test_changes_can_be_discarded(open_at, space, labelled):
    at = open_at(PAGE, labelled.id)
    labels_box(at).set_value("gone").run()
    assert "Not saved yet." in words(at)
    at.button(f"discard-labels-{labelled.id}").click().run()
    assert labels_box(at).value == "late\nlost"
    assert [label.name for label in space.project(labelled.id).task.labels] == ["late", "lost"]


@pytest.mark.parametrize(
    ("typed", "reason"),
    [("late\nLate", "differ only by capital letters or spaces"), ("lost", "in use on 1 text, so it cannot be")],
)
def test_labels_that_cannot_be_are_one_clear_error(open_at, space, labelled, typed, reason):
    at = open_at(PAGE, labelled.id)
    labels_box(at).set_value(typed)
    at.button(f"save-labels-{labelled.id}").click().run()
    assert len(at.error) == 1
    assert reason in at.error[0].value
    assert labels_box(at).value == typed
    assert len(space.project(labelled.id).task.labels) == 2


def test_labels_as_they_are_stored_count_as_saved(open_at, space, labelled):
    space.set_task(labelled.id, TaskSpec(labels=(LabelSpec("late", "#0072B2"), LabelSpec("lost", "#0072B2", key="9"))))
    assert "Not saved yet." not in words(open_at(PAGE, labelled.id))


def test_a_changed_line_keeps_its_details_and_new_lines_take_free_keys():
    before = (LabelSpec("a", "#111111", "first", "7"), LabelSpec("b", "#222222", "second", "1"))
    kept = revised_labels(["a", "bb"], before)
    assert kept == (before[0], LabelSpec("bb", "#222222", "second", "1"))
    assert [(label.name, label.key) for label in revised_labels(["c", "b", "a"], before)] == [
        ("c", "2"),
        ("b", "1"),
        ("a", "7"),
    ]


def task_choice(at):
    return next(group for group in at.get("button_group") if group.key.startswith("task-type"))


def test_a_task_that_cannot_change_shows_the_stored_choice(open_at, labelled):
    at = open_at(PAGE, labelled.id)
    task_choice(at).set_value("text").run()
    assert "cannot become “Write an answer”" in at.error[0].value
    assert task_choice(at).value == "single"


def test_loading_without_labels_says_so(upload, space, project, texts_of):
    at = upload("a.csv", csv(texts_of(4)))
    assert "No labels yet: you can name them now or later." in words(at)
    labels_box(at).set_value("late\nLATE").run()
    assert "differ only by" in at.warning[0].value
    load(at, project)
    assert space.dataset(project.id) is None


def test_an_answer_column_makes_a_writing_task(upload, space, project, texts_of):
    queries = [f"SELECT name FROM city WHERE population > {i} AND state = 'arizona' LIMIT 1" for i in range(30)]
    content = "\n".join(["question\tquery", *(f"{t}\t{q}" for t, q in zip(texts_of(30), queries, strict=True))])
    load(upload("geo.tsv", content.encode()), project)
    assert space.project(project.id).task.type == "text"
    assert space.gold_columns(project.id) == ("query",)


def test_an_unknown_project_is_one_clear_error(open_at, project):
    at = open_at(PAGE, "nowhere")
    assert len(at.error) == 1
    assert not at.file_uploader
