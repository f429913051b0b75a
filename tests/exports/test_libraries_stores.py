"""LlamaIndex and Haystack read the labelled set with its vectors, find the nearest texts and render our prompt."""

import dataclasses
import io
import json

import pytest

from tests.exports.hostile import HOSTILE
from tests.exports.libraries import SETTINGS, exported, hostile_request, imported
from votek.exports import haystack as haystack_format
from votek.exports import llama_index as llama_format

FORMATS = {"llama-index": llama_format.FORMAT, "haystack": haystack_format.FORMAT}


@pytest.fixture(scope="module")
def llama():
    imported("llama_index.core")
    return imported("llama_index.core.schema")


@pytest.fixture(scope="module")
def haystack():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HAYSTACK_TELEMETRY_ENABLED", "False")
        yield imported("haystack")


@pytest.fixture(scope="module")
def uncentred():
    """Both libraries compare raw vectors, so the app's prompts are made with none subtracted."""
    return hostile_request(centred=False)


def written(request, name):
    return json.loads(exported(FORMATS[name], request))


def read_as_stated(request, name, **names):
    """What the line in the manifest makes of the file."""
    return eval(FORMATS[name].load, {"json": json, "FILE": io.BytesIO(exported(FORMATS[name], request)), **names})  # noqa: S307


def rendered_like_ours(request, told, find, render):
    """How many prompts come out as ours; a library may find the text itself, which ours never show."""
    same = 0
    for at, made in enumerate(request.prompts.prompts):
        found = find(at)
        if set(found) == {f"id {row}" for row in made.demonstrations}:
            query = told["query"].replace("{text}", made.query)
            assert render(found, query) == made.text
            same += 1
    return same


def test_llama_index_keeps_every_text(llama, uncentred):
    request, _ = uncentred
    nodes = read_as_stated(request, "llama-index", TextNode=llama.TextNode)
    assert [(node.node_id, node.text) for node in nodes] == [(row.id, row.text) for row in request.labelled]
    assert [node.metadata["label"] for node in nodes] == [row.value for row in request.labelled]
    assert [node.embedding for node in nodes] == request.vectors.rows.tolist()
    for mode in llama.MetadataMode.EMBED, llama.MetadataMode.LLM:
        assert {node.get_content(metadata_mode=mode).removeprefix("\n\n") for node in nodes} >= {"{text}", "%s"}
    assert nodes[0].to_dict() == llama.TextNode.from_dict(nodes[0].to_dict()).to_dict()


def test_llama_index_finds_the_nearest_first_and_renders_our_prompt(llama, uncentred):
    request, embed = uncentred
    prompts = imported("llama_index.core.prompts")
    stores, types = imported("llama_index.core.vector_stores"), imported("llama_index.core.vector_stores.types")
    told = written(request, "llama-index")
    nodes = {node["id_"]: llama.TextNode.from_dict(node) for node in told["nodes"]}
    store = stores.SimpleVectorStore()
    store.add(list(nodes.values()))
    template = prompts.PromptTemplate("{head}{demonstrations}{query}")

    def find(at):
        found = store.query(types.VectorStoreQuery(query_embedding=embed(HOSTILE[at]).tolist(), similarity_top_k=3))
        assert found.similarities == sorted(found.similarities, reverse=True)
        return found.ids

    def render(found, query):
        demonstrations = "".join(nodes[one].metadata["demonstration"] for one in reversed(found))
        return template.format(head=told["head"], demonstrations=demonstrations, query=query)

    assert rendered_like_ours(request, told, find, render) >= 200


def test_haystack_keeps_every_text(haystack, uncentred):
    request, _ = uncentred
    documents = read_as_stated(request, "haystack", Document=haystack.Document)
    assert [(one.id, one.content) for one in documents] == [(row.id, row.text) for row in request.labelled]
    assert [one.meta["label"] for one in documents] == [row.value for row in request.labelled]
    assert [one.embedding for one in documents] == request.vectors.rows.tolist()
    assert haystack.Document.from_dict(documents[0].to_dict()) == documents[0]


def test_haystack_finds_the_nearest_first_and_renders_our_prompt(haystack, uncentred):
    request, embed = uncentred
    stores = imported("haystack.document_stores.in_memory")
    retrievers = imported("haystack.components.retrievers.in_memory")
    builders = imported("haystack.components.builders")
    told = written(request, "haystack")
    store = stores.InMemoryDocumentStore(embedding_similarity_function="cosine")
    store.write_documents([haystack.Document.from_dict(one) for one in told["documents"]])
    retriever = retrievers.InMemoryEmbeddingRetriever(store, top_k=3)
    builder = builders.PromptBuilder(told["template"], required_variables="*")
    documents = {}

    def find(at):
        found = retriever.run(query_embedding=embed(HOSTILE[at]).tolist())["documents"]
        assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
        documents.update({one.id: one for one in found})
        return [one.id for one in found]

    def render(found, query):
        shown = [documents[one] for one in found]
        return builder.run(head=told["head"], documents=shown, query=query)["prompt"]

    assert rendered_like_ours(request, told, find, render) >= 200


@pytest.mark.parametrize("name", FORMATS)
def test_no_text_stands_in_a_template(name):
    told = written(hostile_request()[0], name)
    assert "template" not in told or not any(
        text in told["template"] for text in HOSTILE if len(text) > 3 and not text.isspace()
    )
    assert told["head"].startswith("Use {braces}, 100% of a, b {c} and $5.")
    assert told["query"] == SETTINGS.query
    assert told["schema"] == f"votek.{name}/1"
    assert told["model"] == {"name": "model", "digest": "digest"}


@pytest.mark.parametrize("name", FORMATS)
def test_without_vectors_the_library_makes_its_own(name, llama, haystack):
    request, _ = hostile_request(kind="multi")
    told = written(dataclasses.replace(request, vectors=None), name)
    assert told["model"] is None
    if name == "haystack":
        made = [haystack.Document.from_dict(one) for one in told["documents"]]
        assert [one.meta["label"] for one in made] == [list(row.value) for row in request.labelled]
    else:
        made = [llama.TextNode.from_dict(one) for one in told["nodes"]]
        assert [one.metadata["label"] for one in made] == [list(row.value) for row in request.labelled]
    assert {one.embedding for one in made} == {None}
