"""Counting tokens, and which demonstrations fit."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from votek.embeddings import packaged_tokenizer_path
from votek.errors import InputError, UnknownNameError
from votek.prompts import token_counter, tokenizers
from votek.prompts.budget import Limits, choose
from votek.prompts.retrievers.in_order import InOrder


def chosen(sizes, limits, *, bare, joint, queries=1):
    """What `choose` takes of all positions, the lowest first, for `queries` equal queries."""
    found = choose(
        InOrder(np.arange(len(sizes))[None, :]),
        np.ones((queries, len(sizes)), dtype=bool),
        limits,
        bare=np.full(queries, bare),
        joint=lambda _, tried: np.array([joint(positions) for positions in tried], dtype=np.int64),
    )
    assert len(set(map(tuple, found.chosen))) == 1
    return found.chosen[0]


@settings(max_examples=1000, deadline=None)
@given(
    sizes=st.lists(st.integers(0, 30), max_size=12),
    bare=st.integers(0, 40),
    available=st.integers(0, 90),
    n=st.integers(0, 10),
    shrink=st.integers(0, 2),
    mode=st.sampled_from(["sum", "always", "near"]),
)
def test_best_first_while_it_fits_and_over_long_is_passed_over(sizes, bare, available, n, shrink, mode):
    """A joint count that differs from the sum by up to two tokens a join decides, in every mode."""
    shrink = 0 if mode == "sum" else shrink

    def joint(positions):
        return max(0, bare + sum(sizes[place] for place in positions) - shrink * len(positions))

    expected = []
    if bare <= available:
        for place in range(len(sizes)):
            if len(expected) < n and joint([*expected, place]) <= available:
                expected.append(place)
    limits = Limits(n, available, np.array(sizes, dtype=np.int64), adds_up=mode == "sum", always_joint=mode == "always")
    assert chosen(sizes, limits, bare=bare, joint=joint, queries=3) == expected


def test_without_a_budget_the_number_alone_limits():
    limits = Limits(2, None, np.array([1, 1, 1]))
    assert chosen([1, 1, 1], limits, bare=9, joint=lambda _: 0) == [0, 1]


def test_wordpiece_neither_truncates_nor_pads():
    counts = token_counter("wordpiece").count(["hello world", "", "word " * 5000])
    assert counts.tolist() == [2, 0, 5000]


def test_characters_are_an_estimate_rounded_up():
    assert token_counter("characters/4").count(["", "a", "abcd", "abcde"]).tolist() == [0, 1, 1, 2]


pieces = st.text(st.sampled_from("ab é!.,-{}\n\r\t \u00a0\u2028\u0301Σ中🙂𝒳#'\x1c\x00"), max_size=12)


@settings(max_examples=1000, deadline=None)
@given(parts=st.lists(pieces, max_size=5), rest=pieces, name=st.sampled_from(list(tokenizers())))
def test_a_claim_that_counts_add_up_is_true(parts, rest, name):
    counter = token_counter(name)
    if counter.adds_up(parts):
        assert counter.count(["".join([*parts, rest])])[0] == counter.count([*parts, rest]).sum()


def test_default_templates_add_up():
    assert token_counter("wordpiece").adds_up(["Instruction.\n\n", "Text: a\nLabel: b\n\n"])
    assert not token_counter("wordpiece").adds_up(["Text: a"])


def test_any_tokenizer_file(tmp_path):
    words = {"vocab": {"[UNK]": 0, "a": 1, "b": 2}, "type": "WordLevel", "unk_token": "[UNK]"}
    document = json.loads(Path(packaged_tokenizer_path()).read_text(encoding="utf-8"))
    document |= {"model": words, "normalizer": None, "pre_tokenizer": {"type": "WhitespaceSplit"}, "added_tokens": []}
    document |= {"post_processor": None, "decoder": None}
    path = tmp_path / "tokenizer.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    counter = token_counter(str(path))
    assert counter.count(["a b unknown"]).tolist() == [3]
    assert not counter.adds_up(["a "])


def test_an_unknown_tokenizer_lists_those_there_are(tmp_path):
    with pytest.raises(UnknownNameError, match="wordpiece, characters/4, or give the path"):
        token_counter("gpt-9")
    with pytest.raises(UnknownNameError):
        token_counter("")
    with pytest.raises(UnknownNameError):
        token_counter(str(tmp_path))


@pytest.mark.parametrize("content", [b"not json", b"{}", b'{"model": {"type": "WordPiece"}}', b"\xff\xfe\x00"])
def test_a_file_that_is_no_tokenizer(tmp_path, content):
    path = tmp_path / "tokenizer.json"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"is not a tokenizer\.json"):
        token_counter(str(path))
