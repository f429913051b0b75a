"""Counting tokens by a tokenizer.json, as the `tokenizers` library writes it."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from votek.access.accounts import accounts_configured
from votek.access.listed import path_inside
from votek.errors import InputError
from votek.settings import Settings

__all__ = ["TokenizerFile", "open_file", "tokenizer_path"]

_NAME = "tokenizer.json"


class TokenizerFile:
    """A tokenizer.json, without the truncation and padding that many of them prescribe."""

    def __init__(self, path: Path) -> None:
        from tokenizers import Tokenizer

        try:
            self._tokenizer: Any = Tokenizer.from_str(path.read_text(encoding="utf-8"))
        except OSError as problem:
            raise InputError(
                f"The tokenizer file {path} cannot be read ({problem.strerror}). Give the path of another "
                "tokenizer.json, or choose wordpiece or characters/4."
            ) from problem
        except Exception as problem:  # the library raises exactly this class for a file it cannot read
            raise InputError(
                f"The file {path} is not a tokenizer.json. Save it with the `tokenizers` library, "
                "or choose wordpiece or characters/4."
            ) from problem
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._cuts_at_space = _kind(self._tokenizer.pre_tokenizer) == "BertPreTokenizer" and (
            _kind(self._tokenizer.normalizer) == "BertNormalizer"
        )

    def count(self, texts: Sequence[str]) -> NDArray[np.int64]:
        """Tokens of each text, special tokens not included."""
        encodings = self._tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
        return np.array([len(encoding) for encoding in encodings], dtype=np.int64)

    def adds_up(self, parts: Sequence[str]) -> bool:
        """Whether no token can span the end of any part."""
        # BERT's rules cut at white space before they look at words, so no token spans it.
        return self._cuts_at_space and all(not part or part[-1] in " \n\t\r" for part in parts)


def tokenizer_path(name: str) -> Path | None:
    """The tokenizer.json that `name` leads to: a file, or a folder that holds one; None when there is none.

    Where people sign in only what lies in VOTEK_MODEL_FOLDER can be named, from there on: what else the
    server could read is nobody's to ask for.
    """
    try:
        path = path_inside(Settings().model_folder, name) if accounts_configured() else Path(name).expanduser()
        found = path / _NAME if path is not None and name.strip() and path.is_dir() else path
        return found.resolve() if found is not None and found.is_file() else None
    except (OSError, ValueError, RuntimeError):
        return None


def open_file(path: Path) -> TokenizerFile:
    """The tokenizer in a file, read once as long as the file stays as it is."""
    return _opened(path, path.stat().st_mtime_ns)


@functools.lru_cache(maxsize=4)
def _opened(path: Path, modified: int) -> TokenizerFile:
    return TokenizerFile(path)


def _kind(component: object) -> str:
    return type(component).__name__
