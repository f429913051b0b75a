"""The only door to sentence-transformers (and through it to torch)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from votek.embeddings.packaged import DEFAULT_MODEL
from votek.embeddings.weights import check_model_folder
from votek.errors import ModelError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

__all__ = ["SentenceEncoder"]

_SLICE = 4096  # texts tokenised at a time, which bounds memory
_NO_LIMIT = 512  # tokens, where a model states none
_LOAD_ERRORS = (
    OSError,
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    RuntimeError,
    ImportError,
    EOFError,
)  # what damaged or partial folders were seen to raise


class SentenceEncoder:
    """A sentence-transformers model in a local folder, in fp32; a text is cut at the model's longest input."""

    def __init__(self, name: str, folder: Path, digest: str, *, device: str = "auto") -> None:
        self.name = name
        self.digest = digest
        self._folder = folder
        self._device = device

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return int(self._model.get_embedding_dimension() or self.encode([""]).shape[1])

    @property
    def _model(self) -> SentenceTransformer:
        return _load(self.name, self._folder, self._device)

    def lengths(self, texts: Sequence[str]) -> NDArray[np.int64]:
        """Tokens per text after truncation (characters where the model has no fast tokenizer), int64 (n,)."""
        tokenizer = _tokenizer(self.name, self._folder)
        if tokenizer is None:
            return np.array([len(text) for text in texts], dtype=np.int64)
        counts: list[int] = []
        for start in range(0, len(texts), _SLICE):
            counts.extend(len(e) for e in tokenizer.encode_batch_fast(list(texts[start : start + _SLICE])))
        return np.array(counts, dtype=np.int64)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of one batch, float32 (n, dimension). Raises ModelError when the model fails."""
        model = self._model
        try:
            vectors = model.encode(
                list(texts), batch_size=max(len(texts), 1), show_progress_bar=False, convert_to_numpy=True
            )
        except (RuntimeError, ValueError, IndexError) as error:
            raise ModelError(
                f"The embedding model {self.name!r} failed on a batch of {len(texts)} texts: {_line(error)}. "
                f"Use a smaller batch_size, device='cpu', or the model {DEFAULT_MODEL!r}."
            ) from error
        return np.ascontiguousarray(vectors, dtype=np.float32)


@lru_cache(maxsize=2)
def _load(name: str, folder: Path, device: str) -> SentenceTransformer:
    check_model_folder(name, folder)
    with _quiet():
        from safetensors import SafetensorError
        from sentence_transformers import SentenceTransformer

        try:
            model = SentenceTransformer(
                str(folder),
                device=None if device == "auto" else device,
                local_files_only=True,
                trust_remote_code=False,
                model_kwargs={"use_safetensors": True},
            )
        except (*_LOAD_ERRORS, SafetensorError) as error:
            raise _cannot_load(name, folder, error, f" on device {device!r}") from error
    return model.float().eval()


@lru_cache(maxsize=4)
def _tokenizer(name: str, folder: Path) -> Any | None:
    """The model's fast tokenizer without torch, cutting where the model cuts; None where it has none."""
    path = folder / "tokenizer.json"
    if not path.is_file():
        return None
    from tokenizers import Tokenizer

    try:
        json.loads(path.read_bytes())  # the tokenizer's own complaint would be a plain Exception
        longest = _longest_input(folder)
    except _LOAD_ERRORS as error:
        raise _cannot_load(name, folder, error) from error
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_padding()
    tokenizer.enable_truncation(longest)
    return tokenizer


def _longest_input(folder: Path) -> int:
    settings = folder / "sentence_bert_config.json"
    if not settings.is_file():
        return _NO_LIMIT
    return int(json.loads(settings.read_bytes()).get("max_seq_length") or _NO_LIMIT)


def _cannot_load(name: str, folder: Path, error: BaseException, where: str = "") -> ModelError:
    return ModelError(
        f"The embedding model {name!r} in {folder} cannot be loaded{where}: {_line(error)}. It must be a whole "
        f"sentence-transformers folder (modules.json, config.json, weights); models are never downloaded on their "
        f"own. Use {DEFAULT_MODEL!r}, which is installed with votek, or fetch the model again."
    )


@contextmanager
def _quiet() -> Iterator[None]:
    """No progress bars of other libraries while a model loads; their setting is put back afterwards."""
    from transformers.utils import logging

    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        if shown:
            logging.enable_progress_bar()


def _line(error: BaseException) -> str:
    return " ".join(str(error).split())[:300] or type(error).__name__
