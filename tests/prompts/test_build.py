"""Every prompt: labelled rows only, no leak, never over budget, in the order that was asked for."""

import dataclasses
import time
import unicodedata

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from votek.datatypes import PromptSettings
from votek.errors import InputError, UnknownNameError
from votek.prompts import LabelledRow, PromptBuilder, QueryRow, build_prompts, retrieve, token_counter

TEXTS = ["a", "b", "a ", "caf\u00e9", "cafe\u0301", "x" * 40, "long " * 60, "{text}", "{", "%s $x", "", "  "]

DEMONSTRATIONS = {
    "Text: {text}\nLabel: {label}": lambda text, label: f"Text: {text}\nLabel: {label}",
    "Text: {text}\nLabel: {label}\n\n": lambda text, label: f"Text: {text}\nLabel: {label}\n\n",
    "{text}\n{label}\n": lambda text, label: f"{text}\n{label}\n",
    "{text}{label}": lambda text, label: text + label,
    "{{{label}}}%s ": lambda text, label: "{" + label + "}%s ",
}


def same_text(a, b):
    def plain(text):
        return " ".join(unicodedata.normalize("NFC", text).split())

    return plain(a) == plain(b)


def cosine(a, b):
    norms = np.linalg.norm(a) * np.linalg.norm(b)
    return float(a @ b / norms) if norms else 0.0


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
        retrieval=draw(st.sampled_from(["similar", "random", "fixed"])),
        n=draw(st.integers(0, 6)),
        token_budget=draw(st.none() | st.integers(1, 60)),
        answer_reserve=0,
        order=draw(st.sampled_from(["ascending", "descending"])),
        tokenizer=draw(st.sampled_from(["characters/4", "wordpiece"])),
        seed=draw(st.integers(0, 3)),
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


def rendered(chosen, demonstrations, query):
    """The plainest words: of each part but the last, what the separator begins with is cut, then all are joined."""
    parts = [(chosen.instruction, chosen.instruction)] if chosen.instruction else []
    written = DEMONSTRATIONS[chosen.demonstration]
    parts += [(written(row.text, row.value), written("\x00", "\x00")) for row in demonstrations]
    cut = []
    for text, template in parts:
        sizes = [at for at in range(1, len(chosen.separator) + 1) if template.endswith(chosen.separator[:at])]
        cut.append(text[: len(text) - max(sizes, default=0)])
    return chosen.separator.join([*cut, chosen.query.replace("{text}", query.text)])


def leaks(row, query, vector, vectors, copies):
    """Whether `row` is the query, a copy, or a near-copy (0.95 by raw cosine)."""
    inside = query.row is not None
    return (
        (inside and (row.row == query.row or copies[row.row] == copies[query.row]))
        or same_text(row.text, query.text)
        or cosine(vectors[row.row].astype(float), vector.astype(float)) >= 0.95
    )


@settings(max_examples=1000, deadline=None)
@given(situations())
def test_every_prompt_keeps_every_promise(situation):
    chosen, pool, vectors, queries, asked, mean, copies = situation
    by_row = {row.row: row for row in pool}
    counter = token_counter(chosen.tokenizer)
    available = None if chosen.token_budget is None else chosen.token_budget - chosen.answer_reserve
    for prompt, query, vector in zip(build(situation), queries, asked, strict=True):
        assert (prompt.id, prompt.query) == (query.id, query.text)
        shown = [by_row[row] for row in prompt.demonstrations]  # a KeyError would be an unlabelled row
        assert len(set(prompt.demonstrations)) == len(shown) <= chosen.n
        barred = {row.row for row in pool if leaks(row, query, vector, vectors, copies)}
        barred |= {row.row for row in pool if copies[row.row] in {copies[other] for other in barred}}
        assert not barred & set(prompt.demonstrations)
        assert prompt.text == rendered(chosen, shown, query)
        assert prompt.text.endswith(prompt.turn)
        assert prompt.tokens == counter.count([prompt.text])[0]
        too_long = available is not None and counter.count([rendered(chosen, [], query)])[0] > available
        assert prompt.over_budget == too_long
        if available is not None:
            assert prompt.tokens <= available or not shown
        free = sorted((row for row in pool if row.row not in barred), key=lambda row: row.row)
        ranked = preference(chosen, free, vectors, vector, mean)
        if ranked is not None:
            expected = admitted(chosen, ranked, query, counter, available)
            mirrored = chosen.retrieval == "similar" and chosen.order == "ascending"
            assert list(prompt.demonstrations) == (expected[::-1] if mirrored else expected)
            assert prompt.skipped == len({row.row for row in ranked[: chosen.n]} - set(expected))
        elif available is None:
            assert len(shown) == min(chosen.n, len(free))


def preference(chosen, free, vectors, vector, mean):
    """Rows best first; None where a draw decides."""
    if chosen.retrieval == "random":
        return None
    if chosen.retrieval == "fixed":
        return sorted(free, key=lambda row: (row.rank is None, row.rank, row.row) if row.rank else (True, 0, row.row))
    if not free:
        return []
    found = retrieve(vectors[[row.row for row in free]], vector[None], n=len(free), order="descending", mean=mean)
    return [free[at] for at in found[0]]


def admitted(chosen, ranked, query, counter, available):
    """The rule in the plainest words, on really rendered prompts."""
    kept = []
    mirrored = chosen.retrieval == "similar" and chosen.order == "ascending"
    if available is not None and counter.count([rendered(chosen, [], query)])[0] > available:
        return []
    for row in ranked:
        if len(kept) == chosen.n:
            break
        shown = [*kept, row]
        text = rendered(chosen, shown[::-1] if mirrored else shown, query)
        if available is None or counter.count([text])[0] <= available:
            kept.append(row)
    return [row.row for row in kept]


@settings(max_examples=300, deadline=None)
@given(situations())
def test_the_preview_of_one_item_is_its_prompt_in_the_set(situation):
    chosen, pool, vectors, queries, asked, mean, copies = situation
    for at, prompt in enumerate(build(situation)):
        alone = (chosen, pool, vectors, [queries[at]], asked[at : at + 1], mean, copies)
        assert build(alone) == (prompt,)


@settings(max_examples=300, deadline=None)
@given(situations(), st.randoms(use_true_random=False))
def test_the_order_in_which_labels_arrive_does_not_matter(situation, random):
    chosen, pool, *rest = situation
    shuffled = list(pool)
    random.shuffle(shuffled)
    assert build((chosen, shuffled, *rest)) == build(situation)


@pytest.mark.parametrize("retrieval", ["similar", "random", "fixed"])
@pytest.mark.parametrize("order", ["ascending", "descending"])
def test_ten_thousand_prompts_never_leak_nor_overflow(retrieval, order):
    """Long pools with many copies: 20 pools of 100 labelled rows, 100 items each, for each of five budgets."""
    rng = np.random.default_rng([len(retrieval), len(order)])
    checked = 0
    for _ in range(20):
        base = rng.normal(size=(70, 6)).astype(np.float32)
        copies = np.sort(rng.integers(0, 70, size=250))
        vectors = base[copies] + np.float32(0.01) * rng.normal(size=(250, 6)).astype(np.float32)
        copies = np.searchsorted(copies, copies)
        texts = ["word " * int(rng.integers(0, 30)) + str(row) for row in range(250)]
        labelled = rng.choice(250, size=100, replace=False)
        pool = [LabelledRow(str(row), int(row), texts[row], "label", rank=at) for at, row in enumerate(labelled)]
        rows = rng.choice(250, size=100, replace=False)
        queries = [QueryRow(str(row), texts[row], row=int(row)) for row in rows]
        units = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        for budget in (None, 10, 60, 150, 400):
            chosen = PromptSettings(
                retrieval=retrieval, order=order, token_budget=budget, answer_reserve=5, n=6, tokenizer="characters/4"
            )
            found = build((chosen, pool, vectors, queries, vectors[rows], None, copies))
            for prompt, query in zip(found, queries, strict=True):
                shown = list(prompt.demonstrations)
                assert set(shown) <= set(labelled.tolist()) - {query.row}
                assert (copies[shown] != copies[query.row]).all()
                closeness = units[shown] @ units[query.row]
                assert (closeness < 0.95).all()
                assert budget is None or prompt.over_budget or -(-len(prompt.text) // 4) <= budget - 5
                assert not (prompt.over_budget and shown)
                if retrieval == "similar":
                    assert (np.diff(closeness) * (1 if order == "ascending" else -1) > -1e-6).all()
                elif retrieval == "fixed":
                    places = [labelled.tolist().index(row) for row in shown]
                    assert places == sorted(places)
                checked += 1
    assert checked == 10_000


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


def test_ten_thousand_items_with_two_hundred_labels_take_seconds():
    rng = np.random.default_rng(2)
    words = np.array(
        ["how", "do", "i", "add", "a", "card", "to", "my", "app", "and", "why", "was", "it", "declined", "twice"]
    )
    texts = [" ".join(words[rng.integers(0, len(words), size=12)]) for _ in range(10_200)]
    pool = [LabelledRow(str(i), i, texts[i], "card_linking") for i in range(200)]
    queries = [QueryRow(str(i), texts[i]) for i in range(200, 10_200)]
    vectors = rng.normal(size=(10_200, 384)).astype(np.float32)
    start = time.process_time()
    build_prompts(
        PromptSettings(token_budget=400), pool=pool, pool_vectors=vectors[:200], queries=queries,
        query_vectors=vectors[200:], mean=vectors.mean(axis=0),
    )  # fmt: skip
    assert time.process_time() - start < 20  # processor seconds of two cores; the wall clock shows half


@settings(max_examples=60, deadline=None)
@given(situations())
def test_one_query_at_a_time_gives_the_same_prompts(situation):
    chosen, pool, vectors, queries, asked, mean, copies = situation
    labelled = vectors[[row.row for row in pool]]
    kept = {"pool": pool, "pool_vectors": labelled, "mean": mean, "copies": copies}
    together = build_prompts(chosen, queries=queries, query_vectors=asked, **kept)
    builder = PromptBuilder(chosen, **kept)
    assert tuple(builder.build([one], asked[[at]])[0] for at, one in enumerate(queries)) == together
