"""Counting tokens by an encoding of tiktoken, where that library is installed and the encoding's file is at hand.

The library fetches a vocabulary that it does not find. Counting tokens is no reason to call an address, so here a
missing file is an error that says how to get it.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.util
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from votek.errors import InputError, MissingPackageError

__all__ = ["ENCODINGS", "TiktokenCounter", "encoding_name", "open_encoding", "usable_encodings"]

ENCODINGS = {
    "cl100k_base": "The vocabulary of GPT-4 and GPT-3.5.",
    "o200k_base": "The vocabulary of GPT-4o and later models.",
}
"""Name -> which models read with it."""

_PREFIX = "tiktoken:"
_SEVERAL = 64
"""From so many texts on, starting threads for them is worth the while."""
_DIGESTS = {
    "cl100k_base": "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7",
    "o200k_base": "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d",
}
"""SHA-256 of the published files; the library would fetch one anew that differs."""
_ADDRESS = "https://openaipublic.blob.core.windows.net/encodings/{name}.tiktoken"


class TiktokenCounter:
    """One encoding. What reads like a special token in a text is counted as the text that it is."""

    def __init__(self, encoding: Any) -> None:
        self._encoding = encoding

    def count(self, texts: Sequence[str]) -> NDArray[np.int64]:
        """Tokens of each text, special tokens not included."""
        few = len(texts) < _SEVERAL
        encoded = (
            [self._encoding.encode_ordinary(text) for text in texts]
            if few
            else self._encoding.encode_ordinary_batch(list(texts))
        )
        return np.array([len(tokens) for tokens in encoded], dtype=np.int64)

    def adds_up(self, parts: Sequence[str]) -> bool:
        """Never: a token may take in white space on both sides of where two texts meet."""
        return not any(parts)


def encoding_name(name: str) -> str | None:
    """The encoding that "cl100k_base" or "tiktoken:cl100k_base" names; None for any other name."""
    bare = name.removeprefix(_PREFIX)
    return bare if bare in ENCODINGS or name.startswith(_PREFIX) else None


def usable_encodings() -> dict[str, str]:
    """Those of `ENCODINGS` that can be used here and now."""
    if importlib.util.find_spec("tiktoken") is None:
        return {}
    return {name: about for name, about in ENCODINGS.items() if _cached(name).is_file()}


def open_encoding(name: str) -> TiktokenCounter:
    """The counter of an encoding.

    Raises:
        MissingPackageError: tiktoken is not installed.
        InputError: there is no such encoding, or its file is not on this computer.
    """
    if name not in ENCODINGS:
        raise InputError(f"There is no encoding {name[:80]!r}; choose one of {', '.join(ENCODINGS)}.")
    if importlib.util.find_spec("tiktoken") is None:
        raise MissingPackageError(
            f"The encoding {name} needs the library tiktoken. Install it with votek's extra of that name "
            "(pip install 'votek[tiktoken]'), or choose wordpiece or characters/4."
        )
    path = _cached(name)
    if not path.is_file():
        raise InputError(
            f"The vocabulary of {name} is not on this computer ({path}). Fetch it once, with a network: "
            f"TIKTOKEN_CACHE_DIR=FOLDER python -c \"import tiktoken; tiktoken.get_encoding('{name}')\"; then start "
            "votek with TIKTOKEN_CACHE_DIR set to that folder. Or choose wordpiece or characters/4."
        )
    return _opened(name, path)


@functools.lru_cache(maxsize=len(ENCODINGS))
def _opened(name: str, path: Path) -> TiktokenCounter:
    try:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as problem:
        raise InputError(
            f"The vocabulary of {name} ({path}) cannot be read ({problem.strerror}). Choose wordpiece or characters/4."
        ) from problem
    if digest != _DIGESTS[name]:
        raise InputError(
            f"The vocabulary of {name} ({path}) is damaged. Remove the file and fetch it again, or choose wordpiece or "
            "characters/4."
        )
    import tiktoken

    return TiktokenCounter(tiktoken.get_encoding(name))


def _cached(name: str) -> Path:
    """Where tiktoken keeps the file of an encoding."""
    folder = next(
        (os.environ[key] for key in ("TIKTOKEN_CACHE_DIR", "DATA_GYM_CACHE_DIR") if key in os.environ),
        os.path.join(tempfile.gettempdir(), "data-gym-cache"),
    )
    return Path(folder) / hashlib.sha1(_ADDRESS.format(name=name).encode(), usedforsecurity=False).hexdigest()
