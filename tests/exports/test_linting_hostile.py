"""The linter says something sensible about any text, and never fails on one."""

import dataclasses

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from votek.datatypes import LabelSpec, Prompt, PromptSettings, TaskSpec
from votek.exports import lint_set, prompt_settings
from votek.prompts import LabelledRow, QueryRow, in_pick_order, lint

ANYTHING = st.text(st.characters(codec=None), max_size=40)


@given(
    texts=st.lists(ANYTHING, max_size=6),
    names=st.lists(ANYTHING, max_size=3),
    words=st.tuples(ANYTHING, ANYTHING, ANYTHING, ANYTHING),
    shown=st.lists(st.lists(st.integers(0, 7), max_size=4), max_size=3),
    kind=st.sampled_from(["single", "multi", "text"]),
    seed=st.integers(0, 9),
)
@settings(max_examples=150, deadline=None)
def test_any_text_anywhere(texts, names, words, shown, kind, seed):
    pool = [
        LabelledRow(text, at, text, (text, *names) if kind == "multi" else text, fields={text: text})
        for at, text in enumerate(texts)
    ]
    queries = [QueryRow(f"q{at}", words[0], row=at) for at in range(len(shown))]
    prompts = [Prompt(f"q{at}", words[0], tuple(rows), "", 5) for at, rows in enumerate(shown)]
    rng = np.random.default_rng(seed)
    report = lint(
        prompts=prompts,
        pool=pool,
        queries=queries,
        settings=PromptSettings(*words, token_budget=70),
        task=TaskSpec(kind, tuple(LabelSpec(name, "#000000") for name in names)),
        pool_vectors=rng.integers(-1, 2, size=(len(pool), 2)) if pool else None,
        query_vectors=rng.integers(-1, 2, size=(len(queries), 2)) if queries else None,
    )
    for finding in report.findings:
        finding.reason.encode()
        finding.fix.encode()


def test_a_prompt_set_is_checked_by_its_manifest(make_project):
    data, rows, prompts, asked = make_project(tests=2)
    report = lint_set(prompts, data)
    assert (report.labelled, report.prompts) == (len(rows), 2)
    assert report.not_checked["leak"].startswith("only equal texts")
    given = {"settings": prompt_settings(prompts.manifest), "task": asked, "ignore": ["template"]}
    again = lint(prompts=prompts.prompts, pool=in_pick_order(rows), **given)
    assert lint_set(prompts, data, ignore=["template"]).findings == again.findings
    shown = prompts.prompts[0].demonstrations[0]
    turned = dataclasses.replace(prompts.prompts[0], id=data.ids[shown], query=data.texts[shown])
    (leak,) = lint_set(dataclasses.replace(prompts, prompts=(turned,)), data, only=["leak"]).findings
    assert leak.item == data.ids[shown]


def test_the_hostile_texts_and_every_rule(hostile, make_project):
    data, rows, prompts, asked = make_project()
    report = lint(
        prompts=prompts.prompts,
        pool=rows,
        settings=PromptSettings(demonstration="{text} {field:city} {label}"),
        task=asked,
    )
    found = {finding.item for finding in report.of("encoding")}
    by_text = {row.text: row.id for row in rows}
    assert {by_text["\ufeffbom"], by_text["\ufffd"], by_text["\x01"]} <= found
    assert not {by_text["plain"] for text in ("plain",) if text in by_text} & found
    assert report.of("missing-class")
    assert len(hostile) == len(data) == report.labelled
    lines = [finding.reason for finding in report.findings]
    assert all("\n" not in line and len(line) < 500 for line in lines)
    same = lint(prompts=prompts.prompts, pool=[dataclasses.replace(row, value="a") for row in rows],
                settings=PromptSettings(), task=asked, only=["conflict"])  # fmt: skip
    assert same.findings == ()
