"""What an encoder is, and which one a model name stands for."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from votek.embeddings.digests import checked_packaged_digest, folder_digest
from votek.embeddings.packaged import DEFAULT_MODEL, PACKAGED_NAMES, packaged_folder
from votek.embeddings.standin import HashEncoder
from votek.errors import ModelError

__all__ = ["Encoder", "model_digest", "open_encoder"]


class Encoder(Protocol):
    """Turns texts into vectors; the same texts in one call give the same bits.

    `name`: as given by the person. `digest`: identifies the weights. Heavy libraries load at the first
    `encode`, so that everything a full cache needs is quick.
    """

    @property
    def name(self) -> str: ...

    @property
    def digest(self) -> str: ...

    @property
    def dimension(self) -> int: ...

    def lengths(self, texts: Sequence[str]) -> NDArray[np.int64]:
        """Tokens per text after truncation, int64 (n,): what a text costs in a batch."""
        ...

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of one batch, float32 (n, dimension)."""
        ...


def open_encoder(model: str = DEFAULT_MODEL, *, device: str = "auto") -> Encoder:
    """The encoder behind a model name or folder; nothing is fetched from a network.

    `model`: "all-MiniLM-L6-v2" (packaged), "votek-hash" (a stand-in without a model, for trials and
    tests), a sentence-transformers folder, or a name already in the local model cache.
    Raises ModelError when the model is not here or its weights are not the expected ones.
    """
    if model == HashEncoder.name:
        return HashEncoder()
    from votek.embeddings.sentence import SentenceEncoder

    if model in PACKAGED_NAMES:
        return SentenceEncoder(DEFAULT_MODEL, packaged_folder(), checked_packaged_digest(), device=device)
    folder = _local_folder(model)
    return SentenceEncoder(model, folder, folder_digest(folder), device=device)


def model_digest(model: str = DEFAULT_MODEL) -> str:
    """SHA-256 (hexadecimal) of a model's weights. Raises ModelError as `open_encoder` does."""
    return open_encoder(model).digest


def _local_folder(model: str) -> Path:
    if not model or "\0" in model:
        raise ModelError(f"{model!r} is no model name. Use {DEFAULT_MODEL!r} or the path of a model folder.")
    path = Path(model).expanduser()
    if path.is_dir():
        return path.resolve()
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    names = [model] if "/" in model else [f"sentence-transformers/{model}", model]
    for name in names:
        try:
            return Path(snapshot_download(name, local_files_only=True))
        except (HFValidationError, LocalEntryNotFoundError, OSError):
            continue  # the next name, or the error below, which says what to do
    raise ModelError(
        f"The embedding model {model!r} is not on this machine, and models are never downloaded on their own. "
        f"Use {DEFAULT_MODEL!r}, which is installed with votek, or the path of a sentence-transformers folder; "
        f"or fetch it once, with a network, by: hf download {names[0]}"
    )
