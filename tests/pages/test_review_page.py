"""The Review page: what it says for one person, for two, and when nothing can be said; user text stays text."""

import pytest

from ui.components.labeler import LabelerAnswer
from votek.datasets import make_dataset
from votek.datatypes import HandoutSettings, LabelSpec, TaskSpec
from votek.store import projects as project_rows
from votek.workspace import NewEvent

PAGE = "pages/5_Review.py"
TASK = TaskSpec(
    "single", (LabelSpec("refund", "#0072B2"), LabelSpec("card <b>$x$", "#E69F00"), LabelSpec("z", "#009E73"))
)
REFUND, CARD = "refund", "card <b>$x$"


@pytest.fixture
def project(space, texts_of):
    texts = texts_of(14)
    made = space.create_project("Reviewed", task=TASK)
    data = make_dataset([f"t{i}" for i in range(14)], texts, {"text": texts})
    space.import_dataset(made.id, data, role="pool", name="texts.csv")
    space.add_to_queue(made.id, range(14))
    return made


@pytest.fixture
def act(space, project):
    numbers = iter(range(10_000))

    def record(kind, item, value=None, who="local"):
        now = space.project(project.id)
        event = NewEvent(f"e{next(numbers)}", item, kind, value, now.task.version, now.guidelines_version)
        (ack,) = space.record_events(project.id, who, [event])
        assert ack.accepted, ack.reason

    return record


@pytest.fixture
def overlap_two(space, project):
    with space.store.write() as tx:
        project_rows.lock(tx, project.id)
        project_rows.add_revision(tx, project.id, "handout", vars(HandoutSettings(overlap=2)), time=project.created)


def section(at, project, name):
    at.segmented_control(key=f"{project.id}-review-section").set_value(name).run()
    assert not at.exception
    return at


def values(at):
    return [subheader.value for subheader in at.subheader]


def test_the_first_sentence_says_what_the_page_is_for(open_at, project):
    at = open_at(PAGE, project.id)
    assert at.caption[0].value.startswith("See how far the labels are and how well people agree")
    assert "Nobody has labelled anything yet" in at.info[0].value
    assert "0 of 14" in values(at)


def test_without_texts_there_is_nothing_to_review(open_at, space):
    made = space.create_project("Empty")
    assert "no texts in this project yet" in open_at(PAGE, made.id).info[0].value


def test_one_person_sees_progress_history_and_remarks_and_is_told_what_agreement_needs(open_at, project, act):
    act("label", "t0", REFUND)
    act("label", "t1", CARD)
    act("flag", "t1", True)
    act("comment", "t1", "*bold* $y$ <script>")
    at = open_at(PAGE, project.id)
    assert "2 of 14" in values(at)
    people, labels, noted = (frame.value for frame in at.dataframe)
    assert people.iloc[0].to_dict() | {"Last at (UTC)": ""} == {
        "Person": "You", "Labels": 2, "Skipped": 0, "Settled": 0, "Flags": 1, "Comments": 1,
        "Seconds a text": "too few to say", "Last at (UTC)": "",
    }  # fmt: skip
    assert labels["Label"].tolist() == [REFUND, CARD, "z"]
    assert labels["In force"].tolist() == [1, 1, 0]
    assert noted.iloc[0].to_dict()["Comment"] == "*bold* $y$ <script>"
    assert "Agreement needs two people" in section(at, project, "Agreement").info[0].value
    assert "No text was labelled differently" in section(at, project, "Disagreements").info[0].value
    assert "Every label was given" in section(at, project, "Re-check").info[0].value
    history = section(at, project, "History").dataframe[0].value
    assert history["What"].tolist() == ["comment", "flag", "label", "label"]
    assert history["Before"].tolist() == ["", "", "", ""]
    assert history["After"].tolist() == ["*bold* $y$ <script>", "flagged", CARD, REFUND]


def test_two_people_get_figures_only_from_ten_texts_on(open_at, project, act, overlap_two):
    for row in range(9):
        act("label", f"t{row}", REFUND if row % 2 else CARD, "ann")
        act("label", f"t{row}", REFUND if row % 2 or row == 8 else CARD, "bob")
    at = section(open_at(PAGE, project.id), project, "Agreement")
    assert values(at)[:3] == ["too few to say"] * 3
    assert "From 10 on, figures show here" in " ".join(caption.value for caption in at.caption)
    act("label", "t9", REFUND, "ann")
    act("label", "t9", REFUND, "bob")
    at.run()
    assert values(at)[0].startswith("90% (")
    assert values(at)[1].startswith("0.8")
    (row,) = at.dataframe[0].value.to_dict("records")
    assert (row["People"], row["Texts"]) == ("ann and bob", 10)
    at.segmented_control(key=f"{project.id}-review-level").set_value("ordinal").run()
    assert not at.exception


def test_the_same_label_throughout_is_called_undefined(open_at, project, act, overlap_two):
    for row in range(12):
        act("label", f"t{row}", REFUND, "ann")
        act("label", f"t{row}", REFUND, "bob")
    at = section(open_at(PAGE, project.id), project, "Agreement")
    assert values(at)[:3] == ["100%", "undefined", "undefined"]
    assert "everybody gave the same label throughout" in [caption.value for caption in at.caption]


def test_disagreements_and_rechecks_are_handed_to_the_settler(open_at, space, project, act, overlap_two, monkeypatch):
    given = []
    monkeypatch.setattr("ui.review_settle.settler", lambda **options: given.append(options))
    act("label", "t3", REFUND, "ann")
    act("comment", "t3", "money", "ann")
    act("label", "t3", CARD, "bob")
    act("label", "t4", REFUND, "ann")
    act("label", "t4", REFUND, "bob")
    at = section(open_at(PAGE, project.id), project, "Disagreements")
    (item,) = given[-1]["state"]["items"]
    assert (item["id"], item["settled"], item["ruling"], item["kind"]) == ("t3", False, None, "adjudicate")
    assert [(voice["who"], voice["label"], voice["comment"]) for voice in item["voices"]] == [
        ("ann", REFUND, "money"),
        ("bob", CARD, ""),
    ]
    act("adjudicate", "t3", {"label": CARD, "why": "the card"})
    at.run()
    (item,) = given[-1]["state"]["items"]
    assert (item["settled"], item["value"], item["ruling"]["who"], item["ruling"]["why"]) == (
        True,
        CARD,
        "you",
        "the card",
    )
    space.set_guidelines(project.id, "New words.")
    section(at, project, "Re-check")
    items = {item["id"]: item for item in given[-1]["state"]["items"]}
    assert set(items) == {"t3", "t4"}
    assert items["t4"]["again"] == "Changed since this was labelled: the guidelines."
    assert (items["t4"]["value"], items["t4"]["kind"]) == (REFUND, "adjudicate")


def test_one_person_confirms_by_labelling_again(open_at, space, project, act, monkeypatch):
    given = []
    monkeypatch.setattr("ui.review_settle.settler", lambda **options: given.append(options))
    act("label", "t0", REFUND)
    labels = (LabelSpec("refund", "#0072B2", definition="only money back"), *TASK.labels[1:])
    space.set_task(project.id, TaskSpec("single", labels))
    at = section(open_at(PAGE, project.id), project, "Re-check")
    (item,) = given[-1]["state"]["items"]
    assert (item["kind"], item["again"]) == ("label", "Changed since this was labelled: the meaning of refund.")
    act("label", "t0", REFUND)
    at.run()
    assert "Every label was given" in at.info[0].value


def test_versions_show_who_changed_what(open_at, space, project):
    space.set_guidelines(project.id, "Parcels are z.\nCards are cards.")
    space.set_guidelines(project.id, "Parcels are **z**.\nCards are cards.")
    at = section(open_at(PAGE, project.id), project, "Versions")
    assert at.dataframe[0].value["Version"].tolist() == [3, 2, 1]
    assert at.dataframe[0].value["By"].tolist() == ["You", "You", "not recorded"]
    assert "-Parcels are z.\n+Parcels are **z**.\n Cards are cards." in at.code[0].value
    at.segmented_control(key=f"{project.id}-review-kind").set_value("Labels").run()
    assert not at.exception
    assert at.dataframe[0].value["Lines"].tolist() == [4]


def test_history_is_narrowed_down(open_at, project, act):
    act("label", "t0", REFUND)
    act("label", "t1", CARD)
    act("skip", "t2")
    at = section(open_at(PAGE, project.id), project, "History")
    at.text_input(key=f"{project.id}-history-item").set_value("t1").run()
    assert at.dataframe[0].value["Id"].tolist() == ["t1"]
    at.text_input(key=f"{project.id}-history-item").set_value("").run()
    at.multiselect(key=f"{project.id}-history-kinds").set_value(["skip"]).run()
    assert at.dataframe[0].value["After"].tolist() == ["skipped"]
    assert not at.exception


def test_annotate_opens_what_is_to_be_looked_at_again(open_at, space, project, act, monkeypatch):
    given = []
    monkeypatch.setattr("ui.annotate_page.labeler", lambda **options: given.append(options) or LabelerAnswer(None))
    act("label", "t5", REFUND)
    at = open_at("pages/4_Annotate.py", project.id)
    assert not [button for button in at.button if button.label == "Open the next one"]
    space.set_guidelines(project.id, "New words.")
    at.run()
    assert "1 text of yours to look at again" in " ".join(caption.value for caption in at.caption)
    next(button for button in at.button if button.label == "Open the next one").click().run()
    assert not at.exception
    assert given[-1]["state"]["open"] == "t5"
    act("label", "t5", REFUND)
    at.run()
    assert not [button for button in at.button if button.label == "Open the next one"]
