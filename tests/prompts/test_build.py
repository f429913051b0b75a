"""What prompts are made of, one by one; `test_ten_thousand` holds them to all promises at once."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.prompts.plain_prompts import DEMONSTRATIONS
from votek.datatypes import PromptSettings
from votek.errors import InputError, UnknownNameError
from votek.prompts import LabelledRow, PromptBuilder, QueryRow, build_prompts, retrievers, token_counter

TEXTS = ["a", "b", "a ", "caf\u00e9", "cafe\u0301", "x" * 40, "long " * 60, "{text}", "{", "%s $x", "", "  "]


@st.composite
def situations(draw):
    """A pool of which some rows are labelled, queries from inside and outside it, and settings."""
    size = draw(st.integers(1, 10))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    texts = [draw(st.sampled_from(TEXTS)) + (str(i) if draw(st.booleans()) else "") for i in range(size)]
    vectors = rng.integers(-2, 3, size=(size, 3)).astype(np.float32)
    copies = np.array([draw(st.integers(0, row)) if draw(st.booleans()) else row for row in range(size)])
    for row in range(size):
        copies[row] = copies[copies[row]]
    labelled = sorted(draw(st.sets(st.integers(0, size - 1))))
    ranks = rng.permutation(len(labelled))
    pool = [
        LabelledRow(f"id{row}", row, texts[row], "L" * draw(st.integers(0, 9)), rank=int(rank) if rank % 3 else None)
        for row, rank in zip(labelled, ranks, strict=True)
    ]
    queries, asked = [], []
    for at in range(draw(st.integers(1, 3))):
        if draw(st.booleans()):
            row = draw(st.integers(0, size - 1))
            queries.append(QueryRow(f"id{row}", texts[row], row=row))
            asked.append(vectors[row])
        else:
            queries.append(QueryRow(f"id{at}", draw(st.sampled_from([*TEXTS, *texts]))))
            asked.append(rng.integers(-2, 3, size=3))
    chosen = PromptSettings(
        instruction=draw(st.sampled_from([None, "", "Do it.", "Do it.\n", "Do it.\n\n"])),
        separator=draw(st.sampled_from(["\n\n", "\n", "", "\n\n---\n\n", " | ", "%s {text}"])),
        demonstration=draw(st.sampled_from(list(DEMONSTRATIONS))),
        query=draw(st.sampled_from(["Text: {text}\nLabel:", "{text}"])),
        retrieval=draw(st.sampled_from(list(retrievers()))),
        n=draw(st.integers(0, 6)),
        token_budget=draw(st.none() | st.integers(1, 60)),
        answer_reserve=0,
        order=draw(st.sampled_from(["ascending", "descending"])),
        tokenizer=draw(st.sampled_from(["characters/4", "wordpiece"])),
        seed=draw(st.integers(0, 3)),
        floor=draw(st.none() | st.floats(-1, 1)),
        label_cap=draw(st.none() | st.integers(1, 3)),
        diversity=draw(st.floats(0, 1)),
    )
    if chosen.token_budget is not None:
        chosen = dataclasses.replace(chosen, answer_reserve=draw(st.integers(0, chosen.token_budget - 1)))
    mean = vectors.mean(axis=0) if draw(st.booleans()) else None
    return chosen, pool, vectors, queries, np.array(asked, dtype=np.float32), mean, copies


def build(situation):
    chosen, pool, vectors, queries, asked, mean, copies = situation
    rows = [row.row for row in pool]
    return build_prompts(
        chosen, pool=pool, pool_vectors=vectors[rows], queries=queries, query_vectors=asked, mean=mean, copies=copies
    )


@settings(max_examples=100, deadline=None)
@given(situations())
def test_the_preview_of_one_item_is_its_prompt_in_the_set(situation):
    chosen, pool, vectors, queries, asked, mean, copies = situation
    for at, prompt in enumerate(build(situation)):
        alone = (chosen, pool, vectors, [queries[at]], asked[at : at + 1], mean, copies)
        assert build(alone) == (prompt,)


@settings(max_examples=100, deadline=None)
@given(situations(), st.randoms(use_true_random=False))
def test_the_order_in_which_labels_arrive_does_not_matter(situation, random):
    chosen, pool, *rest = situation
    shuffled = list(pool)
    random.shuffle(shuffled)
    assert build((chosen, shuffled, *rest)) == build(situation)


ROWS = [LabelledRow(str(i), i, f"text {i}", f"l{i}", rank=10 - i, fields={"shop": f"s{i}"}) for i in range(6)]
VECTORS = np.random.default_rng(1).normal(size=(6, 8))


def made(settings_given, queries=None, query_vectors=None, **options):
    queries = [QueryRow("q", "new", fields={"city": "c"})] if queries is None else queries
    query_vectors = np.ones((len(queries), 8)) if query_vectors is None else query_vectors
    options = {"pool": ROWS, "pool_vectors": VECTORS} | options
    return build_prompts(settings_given, queries=queries, query_vectors=query_vectors, **options)


def test_fixed_keeps_pick_order_and_is_the_same_for_all():
    prompts = made(PromptSettings(retrieval="fixed", n=3), [QueryRow("a", "x"), QueryRow("b", "y")])
    assert [prompt.demonstrations for prompt in prompts] == [(5, 4, 3), (5, 4, 3)]


def test_random_depends_on_seed_and_item_alone():
    queries = [QueryRow(str(i), f"q{i}") for i in range(40)]
    first = made(PromptSettings(retrieval="random", n=3), queries)
    again = made(PromptSettings(retrieval="random", n=3), queries[::-1])[::-1]
    other = made(PromptSettings(retrieval="random", n=3, seed=1), queries)
    assert first == again
    assert len({prompt.demonstrations for prompt in first}) > 20
    assert sum(a.demonstrations != b.demonstrations for a, b in zip(first, other, strict=True)) > 30


def test_random_draws_every_row_about_as_often():
    queries = [QueryRow(str(i), f"q{i}") for i in range(3000)]
    counts = np.bincount(
        [row for prompt in made(PromptSettings(retrieval="random", n=1), queries) for row in prompt.demonstrations]
    )
    assert (np.abs(counts - 500) < 5 * np.sqrt(500)).all()


def test_columns_of_both_sides_can_be_used():
    chosen = PromptSettings(
        demonstration="{field:shop}={label};", query="{field:city}?", separator="", retrieval="fixed", n=1
    )
    assert made(chosen)[0].text == "s5=l5;c?"


@pytest.mark.parametrize("side", ["demonstration", "query"])
def test_an_unknown_column_lists_the_columns_of_that_side(side):
    with pytest.raises(InputError, match="field:shop" if side == "demonstration" else "field:city"):
        made(PromptSettings(**{side: "{field:none}"}))


def test_no_labels_yet_gives_the_query_alone():
    prompt = made(PromptSettings(instruction="Do."), pool=[], pool_vectors=[])[0]
    assert (prompt.text, prompt.demonstrations) == ("Do.\n\nText: new\nLabel:", ())


@pytest.mark.parametrize("ending", ["", "\n", "\n\n"])
def test_a_retyped_template_gives_the_same_prompt_whatever_line_ends_it_has(ending):
    chosen = PromptSettings(
        instruction="Do." + ending, demonstration="Message: {text}\nTopic: {label}" + ending,
        query="Message: {text}\nTopic:", retrieval="fixed", n=2,
    )  # fmt: skip
    assert made(chosen)[0].text == (
        "Do.\n\nMessage: text 5\nTopic: l5\n\nMessage: text 4\nTopic: l4\n\nMessage: new\nTopic:"
    )


@pytest.mark.parametrize("demonstration", ["Text: {text}\nLabel: {label}", "Text: {text}\nLabel: {label}\n"])
def test_the_usual_templates_are_counted_by_their_parts(monkeypatch, demonstration):
    """The instruction, each demonstration and the query are counted once, no prompt as a whole."""
    counted, real = [], token_counter("wordpiece")

    class Watching:
        def count(self, texts):
            counted.extend(texts)
            return real.count(texts)

        def adds_up(self, parts):
            return real.adds_up(parts)

    monkeypatch.setattr("votek.prompts.assembly.token_counter", lambda _: Watching())
    made(PromptSettings(demonstration=demonstration, token_budget=200, instruction="Do."))
    assert len(counted) == len(ROWS) + 2


def test_no_queries_give_no_prompts():
    assert made(PromptSettings(), queries=[], query_vectors=[]) == ()


def test_a_query_too_long_by_itself_is_marked():
    prompt = made(PromptSettings(token_budget=20, answer_reserve=10), [QueryRow("q", "many words " * 50)])[0]
    assert prompt.over_budget
    assert prompt.demonstrations == ()


def test_an_over_long_demonstration_does_not_end_the_prompt():
    rows = [dataclasses.replace(row, text="word " * 500) if row.row == 2 else row for row in ROWS]
    chosen = PromptSettings(token_budget=100, answer_reserve=0, n=6)
    prompt = made(chosen, [QueryRow("q", "new")], VECTORS[2:3] + 0.3, pool=rows, near_copy_threshold=None)[0]
    assert set(prompt.demonstrations) == {0, 1, 3, 4, 5}
    assert prompt.skipped == 1


class Joining:
    """A tokenizer for which two bars that meet cost ten tokens more than each by itself."""

    def count(self, texts):
        return np.array([text.count("|") + 10 * text.count("||") for text in texts], dtype=np.int64)

    def adds_up(self, parts):
        return False


@pytest.mark.parametrize("budget", range(2, 80, 3))
def test_the_joined_text_decides_even_where_parts_promise_room(monkeypatch, budget):
    monkeypatch.setattr("votek.prompts.assembly.token_counter", lambda _: Joining())
    chosen = PromptSettings(
        demonstration="|{text}|",
        query="{text}",
        separator="",
        n=6,
        token_budget=budget,
        answer_reserve=0,
        retrieval="fixed",
    )
    prompt = made(chosen)[0]
    fitting = max(count for count in range(7) if 2 * count + 10 * max(0, count - 1) <= budget)
    assert len(prompt.demonstrations) == fitting
    assert prompt.tokens <= budget


@pytest.mark.parametrize("threshold", [None, 1.5])
def test_the_near_copy_guard_can_be_switched_off(threshold):
    query = [QueryRow("q", "new")]
    assert 2 not in made(PromptSettings(), query, VECTORS[2:3])[0].demonstrations
    assert 2 in made(PromptSettings(), query, VECTORS[2:3], near_copy_threshold=threshold)[0].demonstrations


def test_ids_of_another_file_are_not_ids_of_the_pool():
    assert len(made(PromptSettings(), [QueryRow("3", "new")])[0].demonstrations) == 6
    assert 3 not in made(PromptSettings(), [QueryRow("3", "new", row=3)])[0].demonstrations
    assert 3 not in made(PromptSettings(), [QueryRow("renamed", "new", row=3)])[0].demonstrations


@pytest.mark.parametrize("retrieval", list(retrievers()))
@pytest.mark.parametrize("text", ["text 3", " text\t3 \n", "caf\u00e9", "cafe\u0301"])
def test_an_item_of_another_file_that_is_a_labelled_text_never_stands_in_its_own_prompt(retrieval, text):
    """Whatever its id: the same text (Unicode form and white space aside), and with it the text's copies."""
    rows = [dataclasses.replace(row, text="cafe\u0301") if row.row == 3 and "f" in text else row for row in ROWS]
    copies = np.array([0, 1, 2, 3, 3, 5])
    for item in ("3", "other"):
        (prompt,) = made(PromptSettings(retrieval=retrieval), [QueryRow(item, text)], pool=rows, copies=copies)
        assert set(prompt.demonstrations) == {0, 1, 2, 5}


def test_a_near_copy_takes_its_group_along():
    (prompt,) = made(
        PromptSettings(), [QueryRow("q", "words")], VECTORS[3:4] + 0.01, copies=np.array([0, 1, 2, 3, 3, 5])
    )
    assert set(prompt.demonstrations) == {0, 1, 2, 5}


def test_progress_ends_at_the_number_of_queries():
    seen = []
    made(PromptSettings(), [QueryRow(str(i), "q") for i in range(2500)], progress=lambda *args: seen.append(args))
    assert seen == [("prompts", 1024, 2500), ("prompts", 2048, 2500), ("prompts", 2500, 2500)]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"n": -1}, "number of demonstrations is -1"),
        ({"n": True}, "number of demonstrations is True"),
        ({"order": "sideways"}, "order is 'sideways'"),
        ({"answer_reserve": -1}, "answer reserve is -1"),
        ({"token_budget": 64, "answer_reserve": 64}, "Raise the budget or lower the reserve"),
        ({"answer_reserve": 2.5}, "answer reserve is 2.5"),
        ({"token_budget": 99.5}, "token budget is 99.5"),
        ({"token_budget": True, "answer_reserve": 0}, "token budget is True"),
        ({"retrieval": "best"}, "choose one of similar, mmr, balanced, random, fixed"),
        ({"floor": 1.5}, "least similarity is 1.5; give a cosine from -1 to 1"),
        ({"floor": float("nan")}, "least similarity is nan"),
        ({"floor": "high", "retrieval": "fixed"}, "least similarity is 'high'"),
        ({"label_cap": 0}, "one label are 0; give a whole number, 1 or more"),
        ({"label_cap": 1.0}, "one label are 1.0"),
        ({"diversity": -0.1}, "being unlike is -0.1; give a number from 0"),
        ({"diversity": None}, "being unlike is None"),
        ({"seed": "dice"}, "seed is 'dice'"),
        ({"separator": None}, "separator is None"),
        ({"instruction": 3}, "instruction is 3"),
        ({"query": None}, "query template is None"),
        ({"instruction": "a \ud800"}, "instruction holds characters that no file can carry"),
        ({"demonstration": "{text}\0"}, "demonstration template holds characters that no file can carry"),
        ({"query": "{text}\udcff"}, "query template holds"),
        ({"separator": "\0"}, "separator holds"),
        ({"tokenizer": "none"}, "no tokenizer called 'none'"),
        ({"demonstration": "{texts}"}, "demonstration template"),
        ({"query": "{label}"}, "query template"),
    ],
)
def test_settings_that_cannot_be_used_are_named(change, words):
    with pytest.raises(InputError) as caught:
        made(PromptSettings(**change))
    assert words in str(caught.value)


@pytest.mark.parametrize("retrieval", ["random", "fixed"])
def test_a_setting_that_a_retrieval_does_not_read_is_kept_and_changes_nothing(retrieval):
    plain = PromptSettings(retrieval=retrieval)
    other = dataclasses.replace(plain, floor=0.99, diversity=1.0, order="descending")
    assert made(other) == made(plain)


def test_unknown_names_are_unknown_names():
    with pytest.raises(UnknownNameError):
        made(PromptSettings(retrieval="best"))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"pool_vectors": VECTORS[:5]}, "pool_vectors has 5 rows for 6 texts"),
        ({"query_vectors": np.ones((2, 8))}, "query_vectors has 2 rows for 1 texts"),
        ({"query_vectors": np.ones((1, 7))}, "same model"),
        ({"query_vectors": np.full((1, 8), np.nan)}, "holds NaN"),
        ({"mean": np.ones(3)}, "mean has shape"),
        ({"pool": [ROWS[0]] * 6}, "labelled twice"),
        ({"copies": np.arange(3)}, "one group per row"),
    ],
)
def test_data_that_does_not_fit_together_is_named(options, words):
    with pytest.raises(InputError) as caught:
        made(PromptSettings(), **options)
    assert words in str(caught.value)


@settings(max_examples=60, deadline=None)
@given(situations())
def test_one_query_at_a_time_gives_the_same_prompts(situation):
    chosen, pool, vectors, queries, asked, mean, copies = situation
    labelled = vectors[[row.row for row in pool]]
    kept = {"pool": pool, "pool_vectors": labelled, "mean": mean, "copies": copies}
    together = build_prompts(chosen, queries=queries, query_vectors=asked, **kept)
    builder = PromptBuilder(chosen, **kept)
    assert tuple(builder.build([one], asked[[at]])[0] for at, one in enumerate(queries)) == together
