"""Ten thousand random prompts, two thousand by each retrieval, against the plain words of `plain_prompts`."""

import dataclasses

import numpy as np
import pytest

from tests.prompts.plain_prompts import DEMONSTRATIONS, Plainly, rendered
from votek.datatypes import PromptSettings
from votek.prompts import LabelledRow, QueryRow, build_prompts, retrievers, token_counter

TEXTS = ["a", "b", "a ", "caf\u00e9", "cafe\u0301", "x-" * 20, "long " * 30, "{text}", "{", "%s $x", "", "  "]
TEXTS += ["<|endoftext|>", "ab\n\n", "\n c", "How do I return it?", "مرحبا", "🙂🙂"]
VALUES = ["yes", "no", "maybe so", ("yes",), ("yes", "no"), ("no", "odd", "maybe so"), ()]
PROMPTS, EACH = 2_000, 20
SITUATIONS = PROMPTS // EACH

OPTIONS = {
    "token_budget": [None, 12, 30, 60, 90, 160, 700],
    "tokenizer": ["characters/4", "wordpiece", "wordpiece", "cl100k_base"],
    "floor": [None, None, -0.3, 0.0, 0.5],
    "label_cap": [None, 1, 2],
    "order": ["ascending", "descending"],
    "n": [0, 1, 2, 3, 4, 5, 6, 8, 30],
    "diversity": [0.0, 0.25, 0.3, 0.5, 0.7, 1.0],
}


@pytest.fixture(scope="module", autouse=True)
def vocabularies(vocabulary_folder):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TIKTOKEN_CACHE_DIR", str(vocabulary_folder))
        yield


def settings(rng, retrieval):
    chosen = {name: values[rng.integers(len(values))] for name, values in OPTIONS.items()}
    budget = chosen["token_budget"]
    return PromptSettings(
        retrieval=retrieval,
        instruction=str(rng.choice(["", "Do it.", "Do it.\n", "Do it.\n\n"])),
        separator=str(rng.choice(["\n\n", "\n", "", "\n\n---\n\n", " | ", "%s {text}"])),
        demonstration=str(rng.choice(list(DEMONSTRATIONS))),
        query=str(rng.choice(["Text: {text}\nLabel:", "{text}"])),
        answer_reserve=0 if budget is None else int(rng.integers(0, budget)) // 3,
        seed=int(rng.integers(4)),
        **chosen,
    )


def situation(rng, retrieval):
    """A pool of 30 texts of which some are labelled, queries from inside and outside it, and settings."""
    size = 30
    texts = [str(rng.choice(TEXTS)) + (str(row) if rng.random() < 0.6 else "") for row in range(size)]
    ties = rng.random() < 0.5
    if ties:
        vectors = rng.integers(-2, 3, size=(size, 3)).astype(np.float32)
    else:
        vectors = rng.normal(size=(size, 8)).astype(np.float32)
    copies = np.where(rng.random(size) < 0.2, rng.integers(0, size, size=size), np.arange(size))
    copies = np.minimum(copies, np.arange(size))
    for row in range(size):
        copies[row] = copies[copies[row]]
    labelled = np.flatnonzero(rng.random(size) < rng.choice([0.1, 0.5, 0.9]))
    values = VALUES[: 3 if rng.random() < 0.6 else None]
    pool = [
        LabelledRow(
            f"id{row}", int(row), texts[row], values[rng.integers(len(values))],
            rank=int(rng.integers(20)) * size + int(row) if rng.random() < 0.7 else None,
        )
        for row in labelled
    ]  # fmt: skip
    queries, asked = [], []
    for at in range(EACH):
        row = int(rng.integers(size))
        inside = rng.random() < 0.5
        text = texts[row] if inside or rng.random() < 0.3 else str(rng.choice(TEXTS))
        queries.append(QueryRow(f"id{row}" if inside else f"id{at}", text, row=row if inside else None))
        near = vectors[row] * 2 + (0 if ties else rng.normal(size=vectors.shape[1]) * 0.2)
        asked.append(vectors[row] if inside else near if rng.random() < 0.5 else rng.permutation(vectors[row]))
    mean = vectors.mean(axis=0).astype(float) if rng.random() < 0.5 else None
    return settings(rng, retrieval), pool, vectors, queries, np.array(asked, dtype=np.float32), mean, copies


def build(chosen, pool, vectors, queries, asked, mean, copies):
    return build_prompts(
        chosen, pool=pool, pool_vectors=vectors[[row.row for row in pool]], queries=queries, query_vectors=asked,
        mean=mean, copies=copies,
    )  # fmt: skip


@pytest.mark.parametrize("retrieval", list(retrievers()))
def test_every_prompt_is_the_one_that_the_plain_words_give(retrieval):
    rng = np.random.default_rng([20, len(retrieval)])
    checked = shown = limited = 0
    for _ in range(SITUATIONS):
        chosen, pool, vectors, queries, asked, mean, copies = situation(rng, retrieval)
        counter = token_counter(chosen.tokenizer)
        available = None if chosen.token_budget is None else chosen.token_budget - chosen.answer_reserve
        by_row = {row.row: row for row in pool}
        everything = dataclasses.replace(chosen, n=len(pool), token_budget=None, label_cap=None)
        draws = build(everything, pool, vectors, queries, asked, mean, copies)
        counted = {}

        def count(text, counter=counter, counted=counted):
            if text not in counted:
                counted[text] = int(counter.count([text])[0])
            return counted[text]

        found = build(chosen, pool, vectors, queries, asked, mean, copies)
        for prompt, query, vector, drawn in zip(found, queries, asked, draws, strict=True):
            plain = Plainly(
                chosen, pool, vectors, query, vector,
                mean=mean, copies=copies, count=count, drawn=drawn.demonstrations,
            )  # fmt: skip
            rows = [by_row[row] for row in prompt.demonstrations]  # a KeyError would be an unlabelled row
            keeps_its_promises(prompt, rows, plain, available)
            expected = plain.taken(available)
            assert rows == plain.arranged(expected)
            without_limit = {row.row for row in plain.taken(None)}
            assert prompt.skipped == len(without_limit - set(prompt.demonstrations))
            checked, shown, limited = checked + 1, shown + len(rows), limited + bool(prompt.skipped)
    assert checked == PROMPTS
    assert shown > PROMPTS  # the settings leave something to look at
    assert PROMPTS / 10 < limited < PROMPTS * 0.9


def keeps_its_promises(prompt, rows, plain, available):
    """What must hold of every prompt, whatever was to be chosen."""
    chosen, query = plain.chosen, plain.query
    assert (prompt.id, prompt.query) == (query.id, query.text)
    assert len(set(prompt.demonstrations)) == len(rows) <= chosen.n
    assert not plain.barred & set(prompt.demonstrations)
    assert prompt.text == rendered(chosen, rows, query)
    assert prompt.text.endswith(prompt.turn)
    assert prompt.tokens == plain.count(prompt.text)
    assert prompt.over_budget == (available is not None and plain.tokens([]) > available)
    assert available is None or prompt.tokens <= available or (prompt.over_budget and not rows)
    close = [plain.close[row.row] for row in rows]
    if plain.similarity:
        assert close == sorted(close, reverse=chosen.order == "descending")
        assert chosen.floor is None or all(one >= chosen.floor for one in close)
    if chosen.retrieval == "fixed":
        places = [(row.rank is None, row.rank or 0, row.row) for row in rows]
        assert places == sorted(places)
    if chosen.label_cap is not None:
        labels = [label for row in rows for label in ([row.value] if isinstance(row.value, str) else row.value)]
        assert all(labels.count(label) <= chosen.label_cap for label in labels)
