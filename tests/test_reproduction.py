"""A set made again from its manifest and the file it came from."""

import datetime as dt

import pytest

from votek import pipeline
from votek.datasets import read_dataset
from votek.datatypes import LabelSpec, PromptSettings, TaskSpec
from votek.exports import build_manifest
from votek.prompts import LabelledRow, QueryRow, build_prompts
from votek.reproduction import reproduce


@pytest.mark.parametrize("content", ["text\n{}\n", "text;kind\n{}\n"], ids=["one column", "two columns"])
def test_the_prompts_come_out_letter_for_letter_with_the_instruction_of_the_task(tmp_path, content):
    ending = ";x" if ";" in content else ""
    texts = ["my card is blocked", "book a flight", "hello there", "is my card blocked", "what a nice day"]
    path = tmp_path / "texts.csv"
    path.write_text(content.format("\n".join(text + ending for text in texts)))
    data = read_dataset(path, text="text")
    task = TaskSpec("single", (LabelSpec("bank", "#000000"), LabelSpec("trip", "#111111")))
    settings = PromptSettings(n=2, token_budget=200)
    labelled = [LabelledRow(data.ids[at], at, texts[at], label) for at, label in enumerate(["bank", "trip"])]
    prepared = pipeline.prepare(data.texts, model="all-MiniLM-L6-v2", threshold=0.95, k=pipeline.graph_k("auto"))
    vectors = prepared.embeddings.vectors
    prompts = build_prompts(
        settings, pool=labelled, pool_vectors=vectors[:2], query_vectors=vectors[2:], mean=prepared.embeddings.mean,
        queries=[QueryRow(data.ids[at], texts[at], row=at) for at in (2, 3, 4)], copies=prepared.copies, task=task,
    )  # fmt: skip
    manifest = build_manifest(
        data=data, tests=None, test_ids=data.ids[2:], model="all-MiniLM-L6-v2", labelled=labelled, rounds=[], task=task,
        model_digest=prepared.embeddings.model_digest, near_copy_threshold=0.95, guidelines="", guidelines_version=1,
        settings=settings, prompts=prompts, created=dt.datetime(2024, 1, 1, tzinfo=dt.UTC),
    )  # fmt: skip
    again = reproduce(manifest, path)
    assert again.differences == ()
    assert again.prompts.prompts == prompts
    assert prompts[0].text.startswith("Give the text one of these labels: bank, trip.\n\nText: ")
