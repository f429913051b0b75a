"""`votek prompts`: presets, words from files, versions, and tokens by part."""

import json

import pytest

from tests.cli.test_prompts import project, run, space  # noqa: F401
from votek.datatypes import PromptSettings
from votek.errors import FileError, InputError, NotFoundError, UnknownNameError
from votek.jobs.inline import finish_job
from votek.prompts import count_parts

SHOP = pytest.fixture(name="shop")(lambda project: project)  # noqa: F811
WORKSPACE = pytest.fixture(name="workspace")(lambda space: space)  # noqa: F811


def test_a_preset_and_ones_own_words_together(shop, workspace, tmp_path):
    (tmp_path / "query.txt").write_bytes("Über {text}\n\nLabel:\r\n".encode())
    told = json.loads(
        run("Shop", "--preset", "chat", "--query", f"@{tmp_path / 'query.txt'}", "--separator", "@@", "--json")
    )
    assert told["changed"]
    assert "words_replaced" not in told
    found = workspace.project(shop.id).prompts
    assert found == PromptSettings(
        demonstration="User: {text}\nAssistant: {label}", query="Über {text}\n\nLabel:", separator="@"
    )
    assert "before stay as version 2; --restore takes them back" in run("Shop", "--preset", "classification")


def test_a_pair_takes_its_columns(shop, workspace):
    run("Shop", "--preset", "pair", "--column", "team", "--column", "id")
    assert workspace.project(shop.id).prompts.query == "First: {field:team}\nSecond: {field:id}\nLabel:"


def test_versions_are_listed_compared_and_taken_back(shop, workspace):
    run("Shop", "--n", 3)
    run("Shop", "--n", 3)
    run("Shop", "--query", "{if field:team}{field:team}: {end}{text}")
    told = json.loads(run("Shop", "--versions", "--json"))["versions"]
    assert [(one["version"], one["changed"]) for one in told] == [
        (1, []),
        (2, ["n"]),
        (3, ["query"]),
    ]
    lines = run("Shop", "--versions").splitlines()
    assert [line.partition(": ")[0] for line in lines] == ["1", "2", "3"]
    assert lines[1].endswith(": number of demonstrations")
    assert "\n-number of demonstrations: 8\n+number of demonstrations: 3\n" in run("Shop", "--diff", 1, 2)
    assert json.loads(run("Shop", "--diff", 2, 2, "--json"))["same"]
    assert json.loads(run("Shop", "--restore", 1, "--json"))["changed"]
    assert workspace.project(shop.id).prompts == PromptSettings()
    assert workspace.project(shop.id).prompts_version == 4
    assert not json.loads(run("Shop", "--restore", 1, "--json"))["changed"]


def test_a_version_that_names_columns_of_another_file_is_not_taken_back(shop, workspace):
    workspace.set_prompts(shop.id, PromptSettings(query="{field:gone} {text}"))
    workspace.set_prompts(shop.id, PromptSettings())
    with pytest.raises(InputError, match=r"\{field:gone\} is not a field"):
        run("Shop", "--restore", 2)
    assert workspace.project(shop.id).prompts_version == 3


def test_tokens_by_part_are_those_of_the_function(shop, workspace):
    assert finish_job(workspace, workspace.request_preparation(shop.id)).state == "done"
    run("Shop", "--token-budget", 200, "--tokenizer", "characters/4")
    prompt = workspace.prompt_set(shop.id, test_ids=["9"]).prompts[0]
    counts = count_parts(
        prompt, workspace.project(shop.id).prompts, pool=workspace.labelled_rows(shop.id), task=shop.task
    )
    told = json.loads(run("Shop", "--show", "9", "--tokens", "--json"))["tokens"]
    assert (told["total"], told["left"], told["estimated"]) == (prompt.tokens, counts.left, True)
    assert told["instruction"] + sum(told["demonstrations"]) + told["query"] + told["joins"] == told["total"]
    lines = run("Shop", "--show", "9", "--tokens").splitlines()
    assert lines[0].split() == ["Instruction", str(counts.instruction)]
    assert lines[-1].startswith("These are estimates")


@pytest.mark.parametrize(
    ("options", "kind", "words"),
    [
        (["--preset", "essay"], UnknownNameError, "no preset 'essay'"),
        (["--preset", "pair"], InputError, "takes 2 columns"),
        (["--preset", "pair", "--column", "truth", "--column", "team"], InputError, "is not a field"),
        (["--column", "team"], InputError, "--column is for --preset"),
        (["--query", "{if label}{end}"], InputError, "is not a field"),
        (["--query", "@/no/such/file"], FileError, "could not be read"),
        (["--tokens"], InputError, "--show ITEM"),
        (["--versions", "--restore", "1"], InputError, "--versions and --restore cannot"),
        (["--n", "3", "--diff", "1", "1"], InputError, "--diff and a change cannot"),
        (["--diff", "1", "9"], InputError, "no version 9 of the prompts"),
        (["--restore", "9"], NotFoundError, "no version 9 of the prompts"),
    ],
)
def test_what_cannot_be_used_changes_nothing(shop, workspace, options, kind, words):
    with pytest.raises(kind, match=words):
        run("Shop", *options)
    assert workspace.project(shop.id).prompts_version == 1
