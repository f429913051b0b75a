"""Embeds a pool of texts: each distinct text once, sorted by length, in fixed batches, chunk by chunk.

Sorting by length keeps padding, and with it wasted work, small. The order depends on the texts alone and
the batches on the order alone, so a resumed, cached or shuffled run gives the same bits on one machine.
"""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from votek.datatypes import Embeddings, Progress
from votek.embeddings.encoders import Encoder, open_encoder
from votek.embeddings.packaged import DEFAULT_MODEL
from votek.errors import InputError, ModelError

if TYPE_CHECKING:
    from votek.store.cache import StageCache

__all__ = ["ALGORITHM_VERSION", "CHUNK_BATCHES", "embed"]

ALGORITHM_VERSION = 1
"""Raised when order, batches or arithmetic change, so that no chunk of another version is re-used."""

CHUNK_BATCHES = 8
"""Batches per stored chunk: what a killed job does again."""

log = logging.getLogger(__name__)


def embed(
    texts: Sequence[str],
    *,
    model: str = DEFAULT_MODEL,
    device: str = "auto",
    batch_size: int = 32,
    cache: str | os.PathLike[str] | None = None,
    progress: Progress | None = None,
) -> Embeddings:
    """Sentence vectors of `texts`, in fp32 and repeatable to the bit on one machine.

    Args:
        texts: n strings. Equal texts get equal vectors; a text longer than the model reads (256 tokens
            for the default) is represented by its beginning; an empty text has a vector too.
        model: "all-MiniLM-L6-v2" (packaged), a sentence-transformers folder, or a name in the local cache.
        device: "auto", "cpu", "cuda" or another torch device.
        batch_size: texts encoded together, at least 1; part of the arithmetic, so keep it for equal bits.
        cache: folder that keeps finished chunks, so that a stopped run goes on; damaged chunks are redone.
        progress: called as ("embed", texts done, n) before the first and after each batch; what it raises
            stops the work and leaves the finished chunks.

    Returns:
        `Embeddings`: `vectors` float32 (n, d), `mean` float32 (d,) (summed in float64; zeros when n = 0).

    Raises:
        InputError: `texts` is not a sequence of valid strings, or `batch_size` < 1.
        ModelError: the model is not here, not the expected one, or fails.
        StorageError: the cache folder cannot be written.

    Paper: Reimers and Gurevych 2019, arXiv 1908.10084.

    >>> embed(["a card", "a card", "rain"], model="votek-hash").vectors.shape
    (3, 64)
    """
    _check(texts, batch_size)
    encoder = open_encoder(model, device=device)
    chunks = _open_cache(cache)
    distinct, places, counts = _distinct(texts)
    order = _by_length(distinct, encoder)
    report = progress or _silent
    report("embed", 0, len(texts))

    found = np.empty((len(distinct), encoder.dimension if not distinct else 0), dtype=np.float32)
    done = 0
    for start in range(0, len(order), CHUNK_BATCHES * batch_size):
        members = order[start : start + CHUNK_BATCHES * batch_size]
        chunk = [distinct[i] for i in members]
        key = _key(encoder, device, batch_size, chunk)
        vectors = _stored(chunks, key, len(chunk))
        if vectors is None:
            batches = []
            for at, batch in _batches(encoder, chunk, batch_size):
                batches.append(batch)
                done += int(counts[members[at : at + batch_size]].sum())
                report("embed", done, len(texts))
            vectors = np.concatenate(batches)
            if chunks is not None:
                chunks.put(key, {"vectors": vectors})
        else:
            done += int(counts[members].sum())
            report("embed", done, len(texts))
        if start == 0:
            found = np.empty((len(distinct), vectors.shape[1]), dtype=np.float32)
        found[members] = vectors

    result = found if len(distinct) == len(texts) else found[places]
    mean = result.mean(axis=0, dtype=np.float64) if len(texts) else np.zeros(result.shape[1])
    return Embeddings(result, model, encoder.digest, mean.astype(np.float32))


def _batches(encoder: Encoder, chunk: Sequence[str], batch_size: int) -> Iterator[tuple[int, NDArray[np.float32]]]:
    for at in range(0, len(chunk), batch_size):
        batch = encoder.encode(chunk[at : at + batch_size])
        if not np.isfinite(batch).all():
            raise ModelError(
                f"The embedding model {encoder.name!r} gave NaN or infinite values. "
                f"Its weights may be damaged: fetch it again, or use {DEFAULT_MODEL!r}."
            )
        yield at, batch


def _distinct(texts: Sequence[str]) -> tuple[list[str], NDArray[np.int64], NDArray[np.int64]]:
    """The distinct texts in order of appearance, the place of each text among them, and their counts."""
    first: dict[str, int] = {}
    places = np.fromiter((first.setdefault(text, len(first)) for text in texts), np.int64, len(texts))
    return list(first), places, np.bincount(places, minlength=len(first)).astype(np.int64)


def _by_length(texts: Sequence[str], encoder: Encoder) -> NDArray[np.int64]:
    # Longest first: a batch that does not fit in memory fails at once, and the time left is never understated.
    lengths = encoder.lengths(texts)
    order = sorted(range(len(texts)), key=lambda i: (-lengths[i], texts[i]))
    return np.array(order, dtype=np.int64)


def _key(encoder: Encoder, device: str, batch_size: int, chunk: Sequence[str]) -> str:
    content = hashlib.sha256(f"{encoder.digest}\0{device}\0{ALGORITHM_VERSION}\0{batch_size}\0".encode())
    for text in chunk:
        raw = text.encode()
        content.update(len(raw).to_bytes(8, "little") + raw)
    return f"chunk-{content.hexdigest()}"


def _open_cache(folder: str | os.PathLike[str] | None) -> StageCache | None:
    if folder is None:
        return None
    from votek.store.cache import StageCache
    from votek.store.files import storage_error

    path = Path(folder)
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise storage_error(path, error) from error
    return StageCache(path)


def _stored(chunks: StageCache | None, key: str, rows: int) -> NDArray[Any] | None:
    found = chunks.get(key) if chunks is not None else None
    if found is None:
        return None
    vectors = found.get("vectors")
    if vectors is None or vectors.ndim != 2 or len(vectors) != rows or vectors.dtype != np.float32:
        log.warning("stored %s holds something else than %d vectors; it will be computed again", key, rows)
        return None
    return vectors


def _check(texts: Sequence[str], batch_size: int) -> None:
    if isinstance(texts, str):
        raise InputError("texts is one string; give a list of strings, such as [text].")
    if isinstance(batch_size, bool) or not isinstance(batch_size, int) or batch_size < 1:
        raise InputError(f"batch_size is {batch_size!r}; it must be a whole number of at least 1, such as 32.")
    for row, text in enumerate(texts):
        if not isinstance(text, str):
            raise InputError(
                f"Text {row} is {type(text).__name__} {text!r:.80}; every text must be a string: "
                f"convert it, or leave the row out."
            )
        if not text.isascii():
            try:
                text.encode()
            except UnicodeEncodeError as error:
                raise InputError(
                    f"Text {row} holds half of a character pair (a lone surrogate) at position {error.start}; "
                    f"read the file with its right encoding, or leave the row out."
                ) from error


def _silent(stage: str, done: int, total: int) -> None:
    """Progress that nobody asked for."""
