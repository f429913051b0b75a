"""Results in a notebook: short, escaped, and ready for pandas."""

from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest

import votek
from votek.datasets import make_dataset
from votek.datatypes import Prompt, PromptSet

TEXTS = [
    "<script>alert(1)</script>",
    "for $5 & $6",
    "line\nbreak",
    "{text}",
    '"><img src=x onerror=1>',
    "",
    "l " * 999,
]


class _Cells(HTMLParser):
    """Names of the elements, and what a reader sees."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.seen: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.elements.add(tag)

    def handle_data(self, data):
        self.seen.append(data)


def looked_at(value):
    parser = _Cells()
    parser.feed(value._repr_html_())
    assert parser.elements <= {"div", "p", "table", "thead", "tbody", "tr", "th", "td"}
    assert "mathjax_ignore" in value._repr_html_()
    return parser.seen


@pytest.fixture
def data():
    return make_dataset([f"id {at}" for at in range(len(TEXTS))], TEXTS, {"<b>": TEXTS[::-1]}, details={})


def test_a_data_set(data):
    seen = looked_at(data)
    assert "<script>alert(1)</script>" in seen
    assert "for $5 & $6" in seen
    assert max(map(len, seen)) <= 200
    frame = data.to_pandas()
    assert frame["text"].tolist() == list(data.texts)
    assert frame["field:<b>"].tolist() == TEXTS[::-1]
    assert frame.index.name == "row"
    assert len(repr(data)) < 100


def test_a_long_one_is_cut_in_the_middle():
    data = make_dataset([str(at) for at in range(1000)], [f"text {at}" for at in range(1000)], {}, details={})
    seen = looked_at(data)
    assert {"text 0", "text 999", "…"} <= set(seen)
    assert "text 500" not in seen
    assert seen[0] == "1,000 texts, 0 rows refused, 0 exact copies"


def test_a_selection(data):
    picks = votek.select(np.random.default_rng(1).normal(size=(30, 4)).astype(np.float32), budget=12, method="random")
    assert looked_at(picks)[0] == "12 picks by random, best first"
    frame = picks.to_pandas()
    assert frame["row"].tolist() == picks.indices.tolist()
    assert frame["rank"].tolist() == list(range(1, 13))
    few = votek.select(np.eye(7, dtype=np.float32), budget=3, method="random")
    assert few.to_pandas(data)["text"].tolist() == [TEXTS[row] for row in few.indices]
    with pytest.raises(IndexError):
        picks.to_pandas(data)
    assert len(repr(picks)) < 120


def test_a_prompt_set():
    made = PromptSet(tuple(Prompt(f"t{at}", text, (at,), f"{text}!", 3 + at) for at, text in enumerate(TEXTS)), {})
    assert looked_at(made)[0] == "7 prompts"
    frame = made.to_pandas()
    assert frame["prompt"].tolist() == [text + "!" for text in TEXTS]
    assert frame["demonstrations"].tolist() == [(at,) for at in range(7)]
    empty = PromptSet((), {}).to_pandas()
    assert isinstance(empty, pd.DataFrame)
    assert list(empty.columns) == list(frame.columns)
    assert repr(PromptSet((), {})) == "<PromptSet: 0 prompts>"
