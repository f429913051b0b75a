"""The settings of the Prompts page: each way to choose shows what it reads, and what is chosen is kept and used."""

import shutil

import pytest

from votek.datasets import read_dataset
from votek.datatypes import LabelSpec, PromptSettings, TaskSpec
from votek.embeddings import packaged_tokenizer_path
from votek.prompts import retrievers
from votek.workspace import NewEvent

PAGE = "pages/6_Prompts.py"
LABELS = ("late", "lost", "broken", "blocked")
READ = {
    "similar": {"order", "floor", "cap"},
    "mmr": {"order", "floor", "cap", "diversity"},
    "balanced": {"order", "floor", "cap"},
    "random": {"seed", "cap"},
    "fixed": {"cap"},
}


def labelled(space, texts_of, compare_texts, tmp_path, task):
    project = space.create_project("Shop", task=task)
    (tmp_path / "texts.csv").write_text("\n".join(["id,text", *(f'{i},"{t}"' for i, t in enumerate(texts_of(30)))]))
    dataset = read_dataset(tmp_path / "texts.csv", text="text", id="id")
    space.import_dataset(project.id, dataset, role="pool", name="texts.csv", columns={})
    compare_texts(space, project.id)
    space.add_to_queue(project.id, range(12))
    events = [NewEvent(f"e{i}", str(i), "label", LABELS[i % 4], 1, 1) for i in range(12)]
    assert all(ack.accepted for ack in space.record_events(project.id, "local", events))
    return project


@pytest.fixture
def project(space, texts_of, compare_texts, tmp_path):
    labels = tuple(LabelSpec(name, f"#00000{i}") for i, name in enumerate(LABELS))
    return labelled(space, texts_of, compare_texts, tmp_path, TaskSpec("single", labels))


def fields(at, project):
    """Names of the fields that only some retrievals read and that are shown."""
    shown = {str(field.key) for kind in (at.number_input, at.slider) for field in kind}
    shown |= {str(field.key) for field in at.get("button_group")}
    return {name for name in ("order", "floor", "cap", "diversity", "seed") if f"{project.id}-prompt-{name}" in shown}


def test_each_way_to_choose_shows_what_it_reads_and_is_kept(open_at, space, project):
    at = open_at(PAGE, project.id)
    chosen = at.selectbox(f"{project.id}-prompt-retrieval")
    assert set(READ) == set(retrievers())
    for name, read in READ.items():
        chosen = at.selectbox(f"{project.id}-prompt-retrieval").set_value(name)
        chosen.run()
        assert not at.exception
        assert fields(at, project) == read
        assert space.project(project.id).prompts.retrieval == name
        assert at.code[0].value == space.prompt_set(project.id, test_ids=["12"]).prompts[0].text


def test_floor_cap_and_diversity_are_kept_and_can_be_emptied(open_at, space, project):
    at = open_at(PAGE, project.id)
    at.selectbox(f"{project.id}-prompt-retrieval").set_value("mmr").run()
    at.slider(f"{project.id}-prompt-diversity").set_value(0.6).run()
    at.number_input(f"{project.id}-prompt-floor").set_value(0.1).run()
    at.number_input(f"{project.id}-prompt-cap").set_value(1).run()
    stored = space.project(project.id).prompts
    assert (stored.retrieval, stored.diversity, stored.floor, stored.label_cap) == ("mmr", 0.6, 0.1, 1)
    assert 1 <= at.code[0].value.count("\nLabel: ") <= 4
    again = open_at(PAGE, project.id)
    assert again.number_input(f"{project.id}-prompt-floor").value == 0.1
    again.number_input(f"{project.id}-prompt-floor").set_value(None).run()
    again.number_input(f"{project.id}-prompt-cap").set_value(None).run()
    stored = space.project(project.id).prompts
    assert (stored.floor, stored.label_cap) == (None, None)


def test_what_a_command_changed_shows_in_the_open_page(open_at, space, project):
    at = open_at(PAGE, project.id)
    at.number_input(f"{project.id}-prompt-floor").set_value(0.5).run()
    wanted = PromptSettings(retrieval="mmr", diversity=0.7, label_cap=2, token_budget=500, tokenizer="characters/4")
    space.set_prompts(project.id, wanted)
    at.run()
    assert at.number_input(f"{project.id}-prompt-floor").value is None
    assert at.number_input(f"{project.id}-prompt-cap").value == 2
    assert space.project(project.id).prompts == wanted


def test_free_texts_offer_nothing_by_label(open_at, space, texts_of, compare_texts, tmp_path):
    project = labelled(space, texts_of, compare_texts, tmp_path, TaskSpec("text", ()))
    at = open_at(PAGE, project.id)
    assert "Similar, each label in turn" not in at.selectbox(f"{project.id}-prompt-retrieval").options
    assert fields(at, project) == {"order", "floor"}


def test_an_estimate_says_so(open_at, project):
    at = open_at(PAGE, project.id)
    assert not [caption for caption in at.caption if "estimate then" in caption.value]
    at.selectbox(f"{project.id}-prompt-tokenizer").set_value("characters/4").run()
    assert [caption for caption in at.caption if "a model may count more" in caption.value]


def test_a_tokenizer_file_can_be_named(open_at, space, project, tmp_path):
    path = shutil.copy(packaged_tokenizer_path(), tmp_path / "own.json")
    at = open_at(PAGE, project.id)
    at.selectbox(f"{project.id}-prompt-tokenizer").set_value("").run()
    assert any("Say where the tokenizer's file is" in info.value for info in at.info)
    assert not at.code
    at.text_input(f"{project.id}-prompt-tokenizer-file").set_value(str(path)).run()
    assert not at.exception
    assert at.code
    assert space.project(project.id).prompts.tokenizer == str(path)
    at.text_input(f"{project.id}-prompt-tokenizer-file").set_value(str(tmp_path / "none.json")).run()
    assert "There is no tokenizer called" in at.error[0].value
    assert space.project(project.id).prompts.tokenizer == str(path)
    again = open_at(PAGE, project.id)
    assert again.text_input(f"{project.id}-prompt-tokenizer-file").value == str(path)


def test_where_people_sign_in_no_file_is_offered_without_a_folder_for_them(monkeypatch, project):
    from types import SimpleNamespace

    from ui import prompts_page_tokens as part

    offered = []

    def selectbox(label, options, **_):
        offered.append(list(options))
        return options[0]

    monkeypatch.setattr(part, "st", SimpleNamespace(selectbox=selectbox))
    for accounts, folder in [(False, None), (True, None), (True, "/models")]:
        space = SimpleNamespace(accounts=accounts, settings=SimpleNamespace(model_folder=folder))
        part._tokenizer(SimpleNamespace(project=project, workspace=space), "wordpiece")
    assert [options[-1] == "" for options in offered] == [True, False, True]
