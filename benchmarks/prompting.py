"""How long it takes to write the prompts of many test items, by each retrieval and tokenizer."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from benchmarks.corpus import described, messages
from votek.datatypes import PromptSettings
from votek.prompts import LabelledRow, QueryRow, build_prompts, retrievers, tokenizers

__all__ = ["run"]

ITEMS, LABELLED, LABELS, DIMENSIONS = 10_000, 200, 20, 384
BUDGET, FILLED = 2_000, 400
LIMIT_SECONDS = 10.0


def run(sizes: Sequence[int] = ()) -> list[dict[str, Any]]:
    """Rows of the table: 10,000 test items, 200 labelled texts, 8 demonstrations in 2,000 tokens; no `sizes`."""
    del sizes
    texts = messages(ITEMS + LABELLED)
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(len(texts), DIMENSIONS)).astype(np.float32)
    material = {
        "pool": [LabelledRow(str(row), row, texts[row], f"label {row % LABELS}", rank=row) for row in range(LABELLED)],
        "pool_vectors": vectors[:LABELLED],
        "mean": vectors.mean(axis=0),
    }
    queries = [QueryRow(f"t{at}", text) for at, text in enumerate(texts[LABELLED:])]
    rows = []
    for name, chosen in _asked().items():
        start = time.perf_counter()
        prompts = build_prompts(chosen, queries=queries, query_vectors=vectors[LABELLED:], **material)
        seconds = time.perf_counter() - start
        tokens = sum(prompt.tokens for prompt in prompts)
        rows.append(
            _row(f"prompts: {name}", ITEMS, seconds, LIMIT_SECONDS, f"200 labelled; {tokens:,} tokens; {described()}")
        )
    return rows


def _asked() -> dict[str, PromptSettings]:
    """Every retrieval, what narrows it, a budget that every prompt fills, and every tokenizer at hand."""
    usual = PromptSettings(token_budget=BUDGET)
    asked = {name: replace(usual, retrieval=name) for name in retrievers()}  # type: ignore[arg-type]
    asked["balanced, floor and cap"] = replace(usual, retrieval="balanced", floor=0.0, label_cap=2)
    asked["mmr, filled"] = replace(usual, retrieval="mmr", n=LABELLED, token_budget=FILLED)
    others = [name for name in tokenizers() if name != usual.tokenizer]
    return asked | {f"similar, {name}": replace(usual, tokenizer=name) for name in others}


def _row(name: str, size: int, seconds: float, limit: float, note: str) -> dict[str, Any]:
    return {
        "name": name,
        "size": size,
        "ours_s": seconds,
        "peer": "limit",
        "peer_s": limit,
        "ratio": None,
        "note": note,
    }
