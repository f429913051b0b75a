"""The sample messages are what examples/README.md says: complete, varied, and apart from the test messages."""

from __future__ import annotations

import csv
import re
from collections import Counter
from difflib import SequenceMatcher
from itertools import combinations
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"
COLUMNS = ["id", "text", "intent", "language", "channel"]
INTENTS = {
    "account_access",
    "damaged_item",
    "delivery_status",
    "order_change",
    "payment_problem",
    "product_question",
    "return_refund",
    "voucher_discount",
}

Rows = list[dict[str, str]]


def read(name: str) -> Rows:
    with (EXAMPLES / name).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == COLUMNS
    return rows


def plain(text: str) -> str:
    """The words alone, so that copies with other punctuation or case count as copies."""
    return " ".join(re.findall(r"\w+", text.casefold()))


@pytest.fixture(scope="module")
def pool() -> Rows:
    return read("helpdesk.csv")


@pytest.fixture(scope="module")
def test_items() -> Rows:
    return read("helpdesk_test.csv")


def test_counts_are_those_of_the_readme(pool: Rows, test_items: Rows) -> None:
    readme = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    assert len(pool) >= 330
    assert len(test_items) == 60
    assert f"| `helpdesk.csv` | {len(pool)} |" in readme
    assert f"| `helpdesk_test.csv` | {len(test_items)} |" in readme


def test_ids_are_unique_over_both_files_and_no_cell_is_empty(pool: Rows, test_items: Rows) -> None:
    rows = pool + test_items
    assert len({row["id"] for row in rows}) == len(rows)
    assert all(row[column].strip() for row in rows for column in COLUMNS)


def test_eight_intents_of_uneven_size_in_both_files(pool: Rows, test_items: Rows) -> None:
    sizes = Counter(row["intent"] for row in pool)
    assert set(sizes) == INTENTS
    assert {row["intent"] for row in test_items} == INTENTS
    assert min(sizes.values()) >= 20
    assert max(sizes.values()) >= 2 * min(sizes.values())


def test_no_test_text_is_in_the_pool(pool: Rows, test_items: Rows) -> None:
    assert not {plain(row["text"]) for row in pool} & {plain(row["text"]) for row in test_items}


def test_both_languages_in_both_files(pool: Rows, test_items: Rows) -> None:
    for rows in (pool, test_items):
        share = sum(row["language"] == "de" for row in rows) / len(rows)
        assert {row["language"] for row in rows} == {"en", "de"}
        assert 0.10 <= share <= 0.18


def test_exact_and_near_copies_are_there(pool: Rows) -> None:
    exact = Counter(row["text"] for row in pool)
    assert sum(count - 1 for count in exact.values()) >= 3
    near = [
        (one, other)
        for one, other in combinations(map(plain, exact), 2)
        if abs(len(one) - len(other)) <= 6 and SequenceMatcher(None, one, other, autojunk=False).ratio() >= 0.87
    ]
    assert len(near) >= 12


def test_texts_are_as_awkward_as_real_ones(pool: Rows) -> None:
    texts = [row["text"] for row in pool]
    assert min(len(text.split()) for text in texts) <= 3
    assert max(len(text.split()) for text in texts) >= 45
    for sign in (",", '"', "'", "\n", "{", "$", "%"):
        assert any(sign in text for text in texts), f"no text holds {sign!r}"
    assert any(ord(letter) > 0x1F000 for text in texts for letter in text), "no text holds an emoji"
    assert any(text.startswith(("+", "-")) for text in texts), "no text looks like a spreadsheet formula"
