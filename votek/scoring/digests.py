"""Hashes that name scorers and the requests they were asked."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from votek.scoring.protocol import Request

__all__ = ["digest_of", "request_key"]


def digest_of(content: Any) -> str:
    """SHA-256 over a value that JSON can hold.

    >>> digest_of(["knn", 1])[:12]
    'ba9e042b8a8c'
    """
    written = json.dumps(content, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()


def request_key(request: Request) -> str:
    """SHA-256 over what a language model is shown of a request: prompt, labels and the content-free endings."""
    return digest_of([request.prompt, request.labels, request.blanks])
