"""Counting tokens: the packaged WordPiece vocabulary, any tokenizer.json, or an estimate by characters.

WordPiece is that of the packaged embedding model: right for no chat model, near enough for most, and
always at hand. It counts a word of over 100 characters as one token; where texts hold such words, name the
tokenizer.json of the model the prompts are for.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from votek.embeddings import packaged_tokenizer_path
from votek.errors import InputError, UnknownNameError

__all__ = ["TokenCounter", "token_counter", "tokenizers"]


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


class _TokenizerFile:
    """A tokenizer.json, without the truncation and padding that many of them prescribe."""

    def __init__(self, path: Path) -> None:
        from tokenizers import Tokenizer

        try:
            self._tokenizer: Any = Tokenizer.from_str(path.read_text(encoding="utf-8"))
        except OSError as problem:
            raise InputError(
                f"The tokenizer file {path} cannot be read ({problem.strerror}). Give the path of a tokenizer.json, "
                f"or one of {', '.join(tokenizers())}."
            ) from problem
        except Exception as problem:  # the library raises exactly this class for a file it cannot read
            raise InputError(
                f"The file {path} is not a tokenizer.json. Save it with the `tokenizers` library, "
                f"or choose one of {', '.join(tokenizers())}."
            ) from problem
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._cuts_at_space = _kind(self._tokenizer.pre_tokenizer) == "BertPreTokenizer" and (
            _kind(self._tokenizer.normalizer) == "BertNormalizer"
        )

    def count(self, texts: Sequence[str]) -> NDArray[np.int64]:
        encodings = self._tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
        return np.array([len(encoding) for encoding in encodings], dtype=np.int64)

    def adds_up(self, parts: Sequence[str]) -> bool:
        # BERT's rules cut at white space before they look at words, so no token spans it.
        return self._cuts_at_space and all(not part or part[-1] in " \n\t\r" for part in parts)


def _kind(component: object) -> str:
    return type(component).__name__


def tokenizers() -> dict[str, str]:
    """Name of each built-in tokenizer -> one plain sentence."""
    return {
        "wordpiece": "The packaged WordPiece vocabulary of the embedding model.",
        "characters/4": "An estimate: a quarter of the characters, rounded up.",
    }


def token_counter(name: str) -> TokenCounter:
    """The counter called `name`: "wordpiece", "characters/4", or the path of a tokenizer.json."""
    if name == "characters/4":
        return _Characters()
    if name == "wordpiece":
        return _from_file(packaged_tokenizer_path(), 0)
    path = Path(name)
    if not path.is_file():
        raise UnknownNameError(
            f"There is no tokenizer called {name!r} and no file of that name; choose one of "
            f"{', '.join(tokenizers())}, or give the path of a tokenizer.json."
        )
    return _from_file(path.resolve(), path.stat().st_mtime_ns)


@functools.lru_cache(maxsize=4)
def _from_file(path: Path, modified: int) -> _TokenizerFile:
    return _TokenizerFile(path)
