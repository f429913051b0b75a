"""What the LangChain folder makes of hostile texts is the literal prompt of the app, read by the real library."""

import asyncio
import dataclasses
import importlib.util
import io
import json
import zipfile

import numpy as np
import pytest

from tests.exports.hostile import HOSTILE
from tests.exports.libraries import SETTINGS, exported, hostile_request, imported, shown_everywhere
from votek.errors import InputError
from votek.exports import langchain, langchain_folder
from votek.prompts import token_counter

PLAIN = dataclasses.replace(SETTINGS, demonstration="Text: {text}\nLabel: {label}")


@pytest.fixture(scope="module", autouse=True)
def _library():
    imported("langchain_core.prompts")
    imported("langchain_core.example_selectors")


def unpacked(request, place):
    """The folder, and the module in it."""
    with zipfile.ZipFile(io.BytesIO(exported(langchain_folder.FORMAT, request))) as archive:
        archive.extractall(place / "langchain")
    folder = place / "langchain"
    spec = importlib.util.spec_from_file_location("votek_langchain", folder / "votek_langchain.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return folder, module


VARIANTS = {
    "columns": (SETTINGS, {}),
    "descending": (dataclasses.replace(PLAIN, order="descending", separator=" %s {x}\n"), {}),
    "query with columns": (dataclasses.replace(PLAIN, query="{{{text}}} in {field:the city}: %"), {}),
    "floor and cap": (dataclasses.replace(PLAIN, n=4, floor=0.2, label_cap=1), {}),
    "no instruction": (dataclasses.replace(PLAIN, instruction="", n=1), {}),
    "budget": (
        dataclasses.replace(PLAIN, n=5, token_budget=120, answer_reserve=10),
        {"count": lambda text: int(token_counter("characters/4").count([text])[0])},
    ),
}


@pytest.mark.parametrize("name", VARIANTS)
def test_the_rendered_prompt_is_that_of_the_app(name, tmp_path):
    settings, options = VARIANTS[name]
    request, embed = hostile_request(settings)
    assert name != "columns" or shown_everywhere(request)
    _, module = unpacked(request, tmp_path)
    prompt = module.few_shot_prompt(embed, **options)
    wanted = ["field_the_city", "text"] if "field:" in settings.query else ["text"]
    assert sorted(prompt.input_variables) == wanted
    for made in request.prompts.prompts:
        given = {"text": made.query, "field_the_city": f"{made.query} city"}
        assert prompt.format(**given) == made.text
    assert prompt.invoke(given).to_string() == made.text
    assert asyncio.run(prompt.aformat(**given)) == made.text


def test_copies_of_the_text_stay_out(tmp_path):
    request, embed = hostile_request(copies_of=4)
    _, module = unpacked(request, tmp_path)
    selector = module.NearestExamples(embed)
    for at, made in enumerate(request.prompts.prompts):
        found = [example["row"] for example in selector.select_examples({"text": made.query})]
        assert found == list(made.demonstrations)
        assert at // 4 not in {row // 4 for row in found}


def test_the_most_similar_example_stands_last_where_the_librarys_own_selector_puts_it_first(tmp_path):
    from langchain_core.embeddings import Embeddings
    from langchain_core.example_selectors import SemanticSimilarityExampleSelector
    from langchain_core.prompts import FewShotPromptTemplate, PromptTemplate
    from langchain_core.vectorstores import InMemoryVectorStore

    request, embed = hostile_request(PLAIN)
    folder, module = unpacked(request, tmp_path)
    examples = json.loads((folder / "examples.json").read_text("utf-8"))
    rows = {example["text"]: vector for example, vector in zip(examples, request.vectors.rows, strict=True)}

    class Known(Embeddings):
        def embed_documents(self, texts):
            return [(rows[text] - request.vectors.mean).tolist() for text in texts]

        def embed_query(self, text):
            return (embed(text) - request.vectors.mean).tolist()

    theirs = SemanticSimilarityExampleSelector.from_examples(
        [{"text": example["text"], "part_escaped": example["part_escaped"]} for example in examples],
        Known(),
        InMemoryVectorStore,
        k=3,
        input_keys=["text"],
    )
    ours = module.NearestExamples(embed)
    compared = 0
    for at in range(60, 90):
        mine = [example["text"] for example in ours.select_examples({"text": HOSTILE[at]})]
        found = [example["text"] for example in theirs.select_examples({"text": HOSTILE[at]})]
        if set(found) != set(mine):
            continue  # theirs keeps no copies out
        assert found == mine[::-1]
        rendered = FewShotPromptTemplate(
            example_selector=theirs,
            example_prompt=PromptTemplate.from_template("{part_escaped}"),
            example_separator="",
            suffix="{text}",
        ).format(text=HOSTILE[at])
        assert rendered.index(found[0]) == rendered.index("Text: ") + 6
        compared += 1
    assert compared > 20


def test_an_embeddings_object_of_the_library_will_do(tmp_path):
    request, embed = hostile_request(PLAIN)
    _, module = unpacked(request, tmp_path)

    class Asked:
        def embed_query(self, text):
            return embed(text).tolist()

    made = request.prompts.prompts[3]
    assert module.few_shot_prompt(Asked()).format(text=made.query) == made.text


def test_it_is_read_as_its_manifest_says(tmp_path):
    request, embed = hostile_request(PLAIN)
    _, module = unpacked(request, tmp_path)
    made = request.prompts.prompts[5]
    before, _, call = langchain_folder.FORMAT.load.partition("; in FOLDER: ")
    assert before == "unzip FILE -d FOLDER"
    given = {"votek_langchain": module, "EMBED": embed, "TEXT": made.query}
    assert eval(call, given) == made.text  # noqa: S307


def test_the_folder_may_lie_elsewhere_and_says_how_it_was_made(tmp_path):
    request, embed = hostile_request(PLAIN)
    folder, module = unpacked(request, tmp_path / "a")
    moved = folder.rename(tmp_path / "moved")
    made = request.prompts.prompts[3]
    assert module.few_shot_prompt(embed, folder=moved).format(text=made.query) == made.text
    told = json.loads((moved / "settings.json").read_text("utf-8"))
    assert (told["schema"], told["model"]) == ("votek.langchain/1", {"name": "model", "digest": "digest"})
    assert exported(langchain_folder.FORMAT, request) == exported(langchain_folder.FORMAT, request)


def test_several_labels_are_one_text_in_the_prompt(tmp_path):
    request, embed = hostile_request(dataclasses.replace(PLAIN, label_cap=3, n=5), kind="multi")
    _, module = unpacked(request, tmp_path)
    prompt = module.few_shot_prompt(embed)
    assert [prompt.format(text=made.query) for made in request.prompts.prompts] == [
        made.text for made in request.prompts.prompts
    ]


def test_another_retrieval_and_a_budget_are_said_not_guessed(tmp_path):
    request, embed = hostile_request(dataclasses.replace(PLAIN, retrieval="random"))
    _, module = unpacked(request, tmp_path / "random")
    with pytest.raises(ValueError, match=r"by 'random'.*similar=True"):
        module.few_shot_prompt(embed)
    assert module.few_shot_prompt(embed, similar=True).format(text="{")
    request, embed = hostile_request(dataclasses.replace(PLAIN, token_budget=100, answer_reserve=5))
    _, module = unpacked(request, tmp_path / "budget")
    with pytest.raises(ValueError, match="within 100 tokens"):
        module.few_shot_prompt(embed)
    with pytest.raises(NotImplementedError, match="export again"):
        module.NearestExamples(embed, count=len).add_example({"text": "x"})


def test_columns_get_names_of_their_own(tmp_path):
    names = ["a b", "a.b", "a[0]", "\u00e9", ""]
    query = "{text}" + "".join("{field:" + name + "}" for name in names)
    request, _ = hostile_request(PLAIN)
    request.prompts.manifest["prompts"]["settings"]["query"] = query
    folder, module = unpacked(request, tmp_path)
    columns = json.loads((folder / "settings.json").read_text("utf-8"))["columns"]
    assert list(columns) == names
    assert len(set(columns.values())) == len(names)
    prompt = module.few_shot_prompt(lambda _: np.ones(24))
    given = {variable: f"<{name}>" for name, variable in columns.items()}
    assert prompt.format(text="{q}", **given).endswith("{q}<a b><a.b><a[0]><\u00e9><>")


def test_a_query_template_with_blocks_is_refused():
    request, _ = hostile_request(PLAIN)
    request.prompts.manifest["prompts"]["settings"]["query"] = "{text}{if field:city} in {field:city}{end}"
    with pytest.raises(InputError, match=r"block with \{if …\}.*prompt pack"):
        exported(langchain_folder.FORMAT, request)


def test_without_vectors_it_says_so():
    request, _ = hostile_request(PLAIN)
    with pytest.raises(InputError, match="not computed yet"):
        exported(langchain_folder.FORMAT, dataclasses.replace(request, vectors=None))


def test_examples_of_both_formats_say_the_same(tmp_path):
    request, _ = hostile_request()
    folder, _ = unpacked(request, tmp_path)
    plain = json.loads(exported(langchain.FORMAT, request))
    for one, other in zip(json.loads((folder / "examples.json").read_text("utf-8")), plain, strict=True):
        assert {name: one[name] for name in other} == other
