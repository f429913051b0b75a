"""How long a prompt pack takes for the prompt of a text, embedding included."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

import votek
from benchmarks.corpus import described, messages
from votek.datatypes import LabelSpec, PromptSet, PromptSettings, TaskSpec
from votek.embeddings import DEFAULT_MODEL, embed
from votek.exports import LabelledVectors, save
from votek.prompts import LabelledRow

__all__ = ["measure", "run"]

LABELLED = (200, 2_000)
QUERIES = 200
TARGET_S = 0.050
SETTINGS = PromptSettings(instruction="Give the text one of these labels: {labels}.", token_budget=2_000)


def run(_: Sequence[int]) -> list[dict[str, Any]]:
    """Rows of {name, size, ours_s, peer, peer_s, ratio, note}: 95 of 100 queries take at most `ours_s`."""
    return [_row(size) for size in LABELLED]


def measure(labelled: int, queries: int, *, model: str = DEFAULT_MODEL) -> tuple[float, list[float]]:
    """Seconds that loading takes, and seconds of each query, each text another."""
    texts = messages(labelled + queries)
    with tempfile.TemporaryDirectory() as folder:
        path = _pack(Path(folder) / "pack.zip", texts[:labelled], model)
        start = time.perf_counter()
        pack = votek.load_pack(path, device="cpu")
        loading = time.perf_counter() - start
    times = []
    for text in texts[labelled:]:
        start = time.perf_counter()
        pack.prompt(text)
        times.append(time.perf_counter() - start)
    return loading, times


def _row(labelled: int) -> dict[str, Any]:
    loading, times = measure(labelled, QUERIES)
    middle, high = np.percentile(times, [50, 95])
    return {
        "name": "prompt of a pack",
        "size": labelled,
        "ours_s": float(high),
        "peer": "limit for 95 of 100",
        "peer_s": TARGET_S,
        "ratio": None,
        "note": f"median {middle * 1000:.1f} ms, slowest {max(times) * 1000:.0f} ms of {QUERIES} texts, {SETTINGS.n} "
        f"examples within {SETTINGS.token_budget:,} tokens; loading {loading:.1f} s, the model being there; "
        f"{described()}",
    }


def _pack(path: Path, texts: Sequence[str], model: str) -> Path:
    found = embed(texts, model=model, device="cpu")
    labels = [f"label {at % 20}" for at in range(len(texts))]
    rows = [
        LabelledRow(f"t{at}", at, text, label, rank=at)
        for at, (text, label) in enumerate(zip(texts, labels, strict=True))
    ]
    task = TaskSpec("single", tuple(LabelSpec(name, "#000000") for name in sorted(set(labels))))
    vectors = LabelledVectors(found.vectors, found.mean, np.arange(len(rows)), model, found.model_digest, 0.95)
    manifest = {"prompts": {"settings": asdict(SETTINGS), "order": "most similar last"}}
    save("pack", path, labelled=rows, task=task, prompts=PromptSet((), manifest), vectors=vectors)
    return path
