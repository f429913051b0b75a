"""Every export of hostile texts loads in the library it is for, byte for byte."""

import io
import json
import warnings

import pandas as pd
import pyarrow.parquet as pq
import pytest

from votek.exports import write
from votek.exports.labelled import TABLE
from votek.prompts import in_pick_order, label_text

TEXT_COLUMNS = ("id", "text", "label", "field:city", "field:text")


@pytest.fixture(scope="module")
def load_dataset(tmp_path_factory):
    """`datasets.load_dataset` for JSON files, offline, with a cache of its own."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import datasets

    def load(content):
        folder = tmp_path_factory.mktemp("datasets")
        path = folder / "data.jsonl"
        path.write_bytes(content)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return datasets.load_dataset("json", data_files=str(path), cache_dir=str(folder / "cache"))["train"]

    return load


@pytest.fixture(scope="module")
def dspy():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import dspy
    return dspy


def content(project, format, **options):
    _, rows, prompts, task = project
    return write(format, labelled=rows, prompts=prompts, task=task, **options).content


def expected(project):
    return [
        {"id": r.id, "text": r.text, "label": r.value, "field:city": r.fields["city"], "field:text": r.fields["text"]}
        for r in in_pick_order(project[1])
    ]


def columns_of(frame):
    return frame[list(TEXT_COLUMNS)].to_dict("records")


def lines_by_every_rule(raw):
    """The lines of a JSONL file must not depend on what a reader takes for a line end."""
    lines = raw.decode("utf-8").split("\n")[:-1]
    assert raw.decode("utf-8").splitlines() == lines
    assert list(io.TextIOWrapper(io.BytesIO(raw), encoding="utf-8")) == [line + "\n" for line in lines]
    return [json.loads(line) for line in lines]


def test_labelled_jsonl_line_by_line(project):
    records = lines_by_every_rule(content(project, "labelled-jsonl"))
    assert [{name: record[name] for name in TEXT_COLUMNS} for record in records] == expected(project)


def test_labelled_jsonl_in_pandas(project):
    frame = pd.read_json(io.BytesIO(content(project, "labelled-jsonl")), lines=True, dtype=False)
    assert columns_of(frame) == expected(project)


def test_labelled_jsonl_in_datasets(project, load_dataset):
    loaded = load_dataset(content(project, "labelled-jsonl"))
    assert [{name: record[name] for name in TEXT_COLUMNS} for record in loaded] == expected(project)


def test_labelled_csv_in_pandas_without_the_guard(project):
    raw = content(project, "labelled-csv", formula_guard=False)
    assert columns_of(pd.read_csv(io.BytesIO(raw), dtype=str, keep_default_na=False)) == expected(project)


def test_labelled_csv_in_pandas_with_the_guard_differs_by_one_apostrophe(project, hostile):
    raw = content(project, "labelled-csv")
    found = columns_of(pd.read_csv(io.BytesIO(raw), dtype=str, keep_default_na=False))
    changed = set()
    for before, after in zip(expected(project), found, strict=True):
        for name in TEXT_COLUMNS:
            if before[name] != after[name]:
                assert after[name] == "'" + before[name]
                changed.add(before[name])
    starts = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
    assert changed == {text for text in hostile if text.startswith(starts)}
    assert len(changed) >= 10


def test_labelled_csv_quotes_every_cell(project):
    raw = content(project, "labelled-csv").decode()
    names = (*TABLE, "field:text", "field:city")
    assert raw.splitlines()[0] == ",".join(f'"{name}"' for name in names)
    # Outside quotes (a doubled quote leaves and enters them) stand commas and line ends alone.
    outside = "".join(raw.split('"')[::2])
    assert set(outside) == set(",\r\n")
    assert outside.count("\r\n") == len(project[1]) + 1
    assert outside.count(",") == (len(names) - 1) * (len(project[1]) + 1)


def test_labelled_parquet_in_pandas(project):
    frame = pd.read_parquet(io.BytesIO(content(project, "labelled-parquet")))
    assert columns_of(frame) == expected(project)
    ranks = [row.rank for row in in_pick_order(project[1])]
    assert [None if pd.isna(rank) else int(rank) for rank in frame["rank"]] == ranks
    times = [row.time for row in in_pick_order(project[1])]
    assert [None if pd.isna(time) else time.to_pydatetime() for time in frame["time"]] == times


@pytest.mark.parametrize("kind", ["single", "multi"])
def test_what_was_suggested_before_in_every_labelled_format(make_project, kind):
    made = make_project(kind)
    wanted = [row.suggestion and row.suggestion["value"] for row in in_pick_order(made[1])]
    assert any(wanted)
    assert not all(wanted)
    jsonl = lines_by_every_rule(content(made, "labelled-jsonl"))
    assert [record["suggested"] for record in jsonl] == wanted
    table = pq.read_table(io.BytesIO(content(made, "labelled-parquet")))
    assert table.column("suggested").to_pylist() == wanted
    raw = io.BytesIO(content(made, "labelled-csv", formula_guard=False))
    cells = pd.read_csv(raw, dtype=str, keep_default_na=False)["suggested"]
    assert [json.loads(one) if one and kind == "multi" else one or None for one in cells] == wanted


def test_prompts_jsonl(project, load_dataset):
    _, rows, prompts, _ = project
    raw = content(project, "prompts-jsonl")
    by_row = {row.row: row for row in rows}
    for records in (lines_by_every_rule(raw), list(load_dataset(raw))):
        assert [(r["id"], r["text"], r["prompt"], r["tokens"]) for r in records] == [
            (p.id, p.query, p.text, p.tokens) for p in prompts.prompts
        ]
        for record, prompt in zip(records, prompts.prompts, strict=True):
            shown = [by_row[row] for row in prompt.demonstrations]
            assert len(shown) == 3
            assert [(d["id"], d["row"], d["text"], d["label"]) for d in record["demonstrations"]] == [
                (row.id, row.row, row.text, row.value) for row in shown
            ]


def test_openai_chat_jsonl(project, load_dataset):
    _, rows, prompts, _ = project
    raw = content(project, "openai-chat-jsonl")
    by_row = {row.row: row for row in rows}
    for records in (lines_by_every_rule(raw), list(load_dataset(raw))):
        assert [record["id"] for record in records] == [prompt.id for prompt in prompts.prompts]
        for record, prompt in zip(records, prompts.prompts, strict=True):
            turns = [("system", "Use {braces}, 100% and $5.")]
            for row in prompt.demonstrations:
                turns += [("user", by_row[row].text), ("assistant", by_row[row].value)]
            turns.append(("user", prompt.query))
            assert [(message["role"], message["content"]) for message in record["messages"]] == turns


def test_langchain_renders_exactly_our_prompt(project, hostile):
    from langchain_core.prompts import FewShotPromptTemplate, PromptTemplate

    examples = json.loads(content(project, "langchain"))
    rows = in_pick_order(project[1])
    assert [(e["id"], e["text"], e["label"]) for e in examples] == [(r.id, r.text, r.value) for r in rows]
    demonstrations = [f"Text: {r.text}\nCity: {r.fields['city']}\nLabel: {r.value}\n\n" for r in rows]
    for size, queries in ((len(rows), ["plain {query}"]), (3, hostile)):
        ours = FewShotPromptTemplate(
            examples=examples[:size],
            example_separator="\n\n",
            example_prompt=PromptTemplate.from_template("{demonstration_escaped}"),
            suffix="Text: {query}\nLabel:",
        )
        for query in queries:
            assert ours.format(query=query) == "".join(demonstrations[:size]) + f"Text: {query}\nLabel:"


def test_langchain_with_a_template_of_ones_own(project):
    from langchain_core.prompts import FewShotPromptTemplate, PromptTemplate

    rows = in_pick_order(project[1])
    for example, row in zip(json.loads(content(project, "langchain")), rows, strict=True):
        template = FewShotPromptTemplate(
            examples=[example],
            example_prompt=PromptTemplate.from_template("<{text_escaped}> is <{label_escaped}>"),
            suffix="{query}",
        )
        assert template.format(query="{q}") == f"<{row.text}> is <{row.value}>\n\n{{q}}"


def test_dspy_examples(project, dspy):
    rows = in_pick_order(project[1])
    demos = [dspy.Example(**d).with_inputs("text") for d in json.loads(content(project, "dspy"))]
    assert [(demo.text, demo.label) for demo in demos] == [(row.text, row.value) for row in rows]
    assert demos[0].inputs().keys() == ["text"]
    assert demos[0].labels().keys() == ["label"]


def test_several_labels_stay_a_list(make_project, load_dataset, dspy):
    project = make_project("multi")
    rows = in_pick_order(project[1])
    values = [list(row.value) for row in rows]
    assert [record["label"] for record in lines_by_every_rule(content(project, "labelled-jsonl"))] == values
    assert [record["label"] for record in load_dataset(content(project, "labelled-jsonl"))] == values
    parquet = pd.read_parquet(io.BytesIO(content(project, "labelled-parquet")))
    assert [list(value) for value in parquet["label"]] == values
    frame = pd.read_csv(io.BytesIO(content(project, "labelled-csv")), dtype=str, keep_default_na=False)
    assert [json.loads(cell) for cell in frame["label"]] == values
    assert [dspy.Example(**d).label for d in json.loads(content(project, "dspy"))] == values
    assert [e["label"] for e in json.loads(content(project, "langchain"))] == [label_text(row.value) for row in rows]
