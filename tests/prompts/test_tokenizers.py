"""Counting tokens: by name, by file, by an encoding of tiktoken, and as an estimate that says so."""

import hashlib
import importlib.util
import json
import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from votek.embeddings import packaged_tokenizer_path
from votek.errors import InputError, MissingPackageError, UnknownNameError
from votek.prompts import is_estimate, token_counter, tokenizers
from votek.prompts import tiktoken_encodings as encodings


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
    assert token_counter(str(tmp_path)).count(["a b"]).tolist() == [2]  # the folder that holds it


def test_an_unknown_tokenizer_lists_those_there_are(tmp_path):
    with pytest.raises(UnknownNameError, match="wordpiece, characters/4, cl100k_base, o200k_base, or give the path"):
        token_counter("gpt-9")
    with pytest.raises(UnknownNameError):
        token_counter("")
    for name in (str(tmp_path), "\0", "x" * 5000, " "):
        with pytest.raises(UnknownNameError):
            token_counter(name)


@pytest.mark.parametrize("content", [b"not json", b"{}", b'{"model": {"type": "WordPiece"}}', b"\xff\xfe\x00"])
def test_a_file_that_is_no_tokenizer(tmp_path, content):
    path = tmp_path / "tokenizer.json"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"is not a tokenizer\.json"):
        token_counter(str(path))


@pytest.fixture
def vocabularies(vocabulary_folder, monkeypatch):
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(vocabulary_folder))
    return vocabulary_folder


@pytest.mark.parametrize("name", ["cl100k_base", "o200k_base"])
def test_an_encoding_counts_as_the_library_does(vocabularies, name):
    import tiktoken

    texts = 20 * [
        "Text: a\nLabel: b\n\n",
        "",
        "naïve 中 🙂 \u202e",
        "<|endoftext|> <|fim_prefix|>",
        "x" * 3000,
        "\r\r \t",
    ]
    expected = [len(tiktoken.get_encoding(name).encode(text, disallowed_special=())) for text in texts]
    for given_name in (name, "tiktoken:" + name):
        assert token_counter(given_name).count(texts).tolist() == expected
        assert token_counter(given_name).count(texts[:6]).tolist() == expected[:6]
    assert name in tokenizers()


def test_an_encoding_whose_file_is_missing_or_damaged_is_never_fetched(vocabularies, tmp_path, monkeypatch):
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(tmp_path))
    assert "cl100k_base" not in tokenizers()
    with pytest.raises(InputError, match=r"cl100k_base is not on this computer.*TIKTOKEN_CACHE_DIR"):
        token_counter("cl100k_base")
    name = "9b5ad71b2ce5302211f9c61530b329a4922fc6a4"
    shutil.copy(vocabularies / name, tmp_path / name)
    assert "cl100k_base" in tokenizers()
    with (tmp_path / name).open("ab") as file:
        file.write(b"AAAA 1\n")
    with pytest.raises(InputError, match="is damaged"):
        token_counter("cl100k_base")
    assert (tmp_path / name).is_file()


def test_the_files_looked_for_are_those_that_the_library_keeps(vocabularies):
    for name in encodings.ENCODINGS:
        content = encodings._cached(name).read_bytes()
        assert hashlib.sha256(content).hexdigest() == encodings._DIGESTS[name]


def test_without_the_library_its_extra_is_named(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert list(tokenizers()) == ["wordpiece", "characters/4"]
    with pytest.raises(MissingPackageError, match=r"votek\[tiktoken\]"):
        token_counter("o200k_base")


def test_only_offered_encodings_are_opened():
    with pytest.raises(InputError, match="no encoding 'gpt2'; choose one of cl100k_base, o200k_base"):
        token_counter("tiktoken:gpt2")


def test_an_estimate_says_so():
    assert [name for name in ("wordpiece", "characters/4", "cl100k_base", "x.json") if is_estimate(name)] == [
        "characters/4"
    ]
    assert tokenizers()["characters/4"].startswith("An estimate:")
