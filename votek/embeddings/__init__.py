"""Texts to vectors: encoders, the packaged default and its digest check, the chunk cache."""

from __future__ import annotations

from votek.embeddings.encoders import Encoder, model_digest, open_encoder
from votek.embeddings.packaged import DEFAULT_MODEL, packaged_tokenizer_path
from votek.embeddings.pool import embed

__all__ = ["DEFAULT_MODEL", "Encoder", "embed", "model_digest", "open_encoder", "packaged_tokenizer_path"]
