"""A tiny encoder without a model: deterministic, fast, and good enough to tell texts apart."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["HashEncoder"]

_WORD = re.compile(r"\w+")


class HashEncoder:
    """Sums a fixed pseudo-random direction per word, so that texts with common words are near.

    >>> HashEncoder().encode(["a card", "a card", "rain"]).shape
    (3, 64)
    """

    name = "votek-hash"
    digest = hashlib.sha256(b"votek-hash 1").hexdigest()
    dimension = 64

    def lengths(self, texts: Sequence[str]) -> NDArray[np.int64]:
        """Words per text, int64 (n,)."""
        return np.array([len(_WORD.findall(text)) for text in texts], dtype=np.int64)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of length 1, float32 (n, 64); a text without words gets the direction of no word."""
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float64)
        for row, text in enumerate(texts):
            for word in _WORD.findall(text.lower()) or [""]:
                vectors[row] += self._direction(word)
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        return (vectors / np.where(norms > 0, norms, 1)).astype(np.float32)

    def _direction(self, word: str) -> NDArray[np.float64]:
        raw = hashlib.blake2b(word.encode("utf-8", "surrogatepass"), digest_size=self.dimension).digest()
        return np.frombuffer(raw, dtype=np.uint8).astype(np.float64) - 127.5
