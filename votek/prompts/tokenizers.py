"""Counting tokens: the packaged WordPiece vocabulary, a tokenizer.json, an encoding of tiktoken, or an estimate.

WordPiece is that of the packaged embedding model: right for no chat model, near enough for most, and
always at hand. It counts a word of over 100 characters as one token; where texts hold such words, name the
tokenizer.json of the model the prompts are for.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from votek.embeddings import packaged_tokenizer_path
from votek.errors import UnknownNameError
from votek.prompts.tiktoken_encodings import ENCODINGS, encoding_name, open_encoding, usable_encodings
from votek.prompts.tokenizer_files import open_file, tokenizer_path

__all__ = ["TokenCounter", "is_estimate", "token_counter", "tokenizers"]

_WORDPIECE, _CHARACTERS = "wordpiece", "characters/4"


class TokenCounter(Protocol):
    """Counts tokens of texts, special tokens not included."""

    def count(self, texts: Sequence[str]) -> NDArray[np.int64]:
        """Tokens of each text: int64 (len(texts),)."""
        ...

    def adds_up(self, parts: Sequence[str]) -> bool:
        """Whether texts that begin with any of `parts` have exactly the tokens of the part and of the rest."""
        ...


class _Characters:
    """A quarter of the characters, rounded up: the usual estimate for English with a large vocabulary."""

    def count(self, texts: Sequence[str]) -> NDArray[np.int64]:
        return np.array([-(-len(text) // 4) for text in texts], dtype=np.int64)

    def adds_up(self, parts: Sequence[str]) -> bool:
        return all(len(part) % 4 == 0 for part in parts)


def tokenizers() -> dict[str, str]:
    """Name of each tokenizer that can be chosen here without a file -> one plain sentence.

    Encodings of tiktoken are among them where the library is installed and their files are at hand.
    """
    return {
        _WORDPIECE: "The packaged WordPiece vocabulary of the embedding model.",
        _CHARACTERS: "An estimate: a quarter of the characters, rounded up.",
        **usable_encodings(),
    }


def is_estimate(name: str) -> bool:
    """Whether the tokenizer called `name` only estimates, so that a real model may count more.

    >>> is_estimate("characters/4"), is_estimate("wordpiece")
    (True, False)
    """
    return name == _CHARACTERS


def token_counter(name: str) -> TokenCounter:
    """The counter called `name`.

    "wordpiece", "characters/4", an encoding of tiktoken ("cl100k_base", "o200k_base", with or without "tiktoken:"
    before it), or the path of a tokenizer.json or of a folder that holds one. Where people sign in, paths begin in
    the folder VOTEK_MODEL_FOLDER and stay there.

    Raises:
        UnknownNameError: nothing is called so.
        InputError: the file is no tokenizer.json, or that of the encoding is not on this computer.
        MissingPackageError: tiktoken is not installed.
    """
    if name == _CHARACTERS:
        return _Characters()
    if name == _WORDPIECE:
        return open_file(packaged_tokenizer_path())
    encoding = encoding_name(name)
    if encoding is not None:
        return open_encoding(encoding)
    path = tokenizer_path(name)
    if path is None:
        raise UnknownNameError(
            f"There is no tokenizer called {name[:200]!r} and no file of that name; choose one of "
            f"{', '.join([_WORDPIECE, _CHARACTERS, *ENCODINGS])}, or give the path of a tokenizer.json (where people "
            "sign in: from VOTEK_MODEL_FOLDER on)."
        )
    return open_file(path)
