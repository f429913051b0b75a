"""`votek prompts`: the project's settings are shown and changed, and a prompt is printed to the letter."""

import json
import shutil

import pytest
from typer.testing import CliRunner

from votek.cli import app, prompting
from votek.datasets import read_dataset
from votek.datatypes import LabelSpec, Projection, PromptSettings, TaskSpec
from votek.embeddings import packaged_tokenizer_path
from votek.errors import InputError, NotFoundError, UnknownNameError
from votek.projection.pca import pca_2d
from votek.workspace import NewEvent, Workspace


@pytest.fixture
def space(tmp_path, monkeypatch):
    monkeypatch.setenv("VOTEK_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("VOTEK_MODEL", "votek-hash")
    monkeypatch.delenv("VOTEK_DATABASE_URL", raising=False)
    opened = Workspace.open()
    yield opened
    opened.close()


@pytest.fixture
def project(space, tmp_path):
    """Twelve texts, of which eight are labelled."""
    made = space.create_project("Shop", task=TaskSpec("single", (LabelSpec("a", "#000000"), LabelSpec("b", "#111111"))))
    rows = [f"{i},Parcel {i} of kind {i % 5} is late,{'ab'[i % 2]},t{i}" for i in range(12)]
    (tmp_path / "texts.csv").write_text("\n".join(["id,text,truth,team", *rows]))
    dataset = read_dataset(tmp_path / "texts.csv", text="text", id="id")
    space.import_dataset(made.id, dataset, role="pool", name="texts.csv", columns={"truth": "gold"})
    space.add_to_queue(made.id, range(8))
    events = [NewEvent(f"e{i}", str(i), "label", "ab"[i % 2], 1, 1) for i in range(8)]
    assert all(ack.accepted for ack in space.record_events(made.id, "local", events))
    return made


def run(*arguments):
    """What the command prints; its error as the exception that `main` turns into one line and exit code 2."""
    assert prompting
    done = CliRunner().invoke(app, ["prompts", *map(str, arguments)], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_without_options_it_shows_what_is_in_force(project):
    told = json.loads(run("Shop", "--json"))
    assert told == {"project": project.id, "settings": told["settings"], "changed": False}
    assert PromptSettings(**told["settings"]) == PromptSettings()
    assert "retrieval: similar\nn: 8\ntoken budget: none" in run("Shop")


def test_options_change_the_project_and_nothing_else(project, space):
    told = json.loads(
        run(
            *("Shop", "--retrieval", "balanced", "--n", 3, "--token-budget", 900, "--answer-reserve", 10),
            *("--tokenizer", "characters/4", "--order", "descending", "--floor", "-0.5", "--label-cap", 2, "--json"),
        )
    )
    wanted = PromptSettings(
        retrieval="balanced", n=3, token_budget=900, answer_reserve=10, tokenizer="characters/4", order="descending",
        floor=-0.5, label_cap=2,
    )  # fmt: skip
    assert told["changed"]
    assert space.project(project.id).prompts == PromptSettings(**told["settings"]) == wanted
    assert not json.loads(run("Shop", "--n", 3, "--json"))["changed"]
    run("Shop", "--token-budget", "none", "--floor", "none", "--label-cap", "none")
    found = space.project(project.id).prompts
    assert (found.token_budget, found.floor, found.label_cap, found.n) == (None, None, None, 3)


def test_the_prompt_of_an_item_is_printed_to_the_letter(project, space, monkeypatch):
    # The map is not looked at here, and UMAP takes seconds to load.
    monkeypatch.setattr(
        "votek.projection.project_2d", lambda graph, vectors, **_: Projection(pca_2d(vectors), "umap", {})
    )
    printed = run("Shop", "--show", "9")  # without a worker the command makes the vectors that are missing
    prompt = space.prompt_set(project.id, test_ids=["9"]).prompts[0]
    assert printed == prompt.text + "\n"
    told = json.loads(run("Shop", "--show", "9", "--json"))["prompt"]
    assert (told["id"], told["text"], told["tokens"]) == ("9", prompt.text, prompt.tokens)
    assert told["demonstrations"] == [str(row) for row in prompt.demonstrations]
    with pytest.raises(NotFoundError, match="no test item '99'"):
        run("Shop", "--show", "99")


@pytest.mark.parametrize(
    ("options", "kind", "words"),
    [
        (["--retrieval", "best"], UnknownNameError, "choose one of similar"),
        (["--n", "-1"], InputError, "number of demonstrations is -1"),
        (["--token-budget", "few"], InputError, "--token-budget was 'few'"),
        (["--token-budget", "10"], InputError, "Raise the budget"),
        (["--tokenizer", "gpt-9"], UnknownNameError, "no tokenizer called 'gpt-9'"),
    ],
)
def test_what_cannot_be_used_changes_nothing(project, space, options, kind, words):
    with pytest.raises(kind, match=words):
        run("Shop", *options)
    assert space.project(project.id).prompts == PromptSettings()


def test_the_path_of_a_tokenizer_is_kept_so_that_a_server_elsewhere_finds_it(project, space, tmp_path, monkeypatch):
    (tmp_path / "own").mkdir()
    path = shutil.copy(packaged_tokenizer_path(), tmp_path / "own" / "tokenizer.json")
    monkeypatch.chdir(tmp_path)
    run("Shop", "--tokenizer", "own/tokenizer.json")
    assert space.project(project.id).prompts.tokenizer == str(path)


def test_a_manifest_says_which_end_is_nearest_and_whether_tokens_are_an_estimate(project, space):
    for retrieval, order in [("mmr", "ascending"), ("balanced", "descending"), ("fixed", "ascending")]:
        run("Shop", "--retrieval", retrieval, "--order", order, "--tokenizer", "characters/4")
        told = space.export_manifest(project.id)["prompts"]
        expected = {"mmr": "most similar last", "balanced": "most similar first", "fixed": "pick order"}
        assert told["order"] == expected[retrieval]
        assert told["tokens"] == {"tokenizer": "characters/4", "estimate": True}
