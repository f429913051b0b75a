"""What the project set out to reach, and whether a measured row reaches it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["verdict"]

SELECTION_SECONDS = {10_000: 0.020, 100_000: 0.060, 1_000_000: 0.5}
TRUST_MARGIN = 0.005


def verdict(row: Mapping[str, Any]) -> str:
    """The target of a row and "met" or "missed"; empty where none was set."""
    name, size, peer, ratio = (row[key] for key in ("name", "size", "peer", "ratio"))
    if name == "embedding":
        return _said(">= 1.8x", ratio >= 1.8)
    if name == "map":
        ours, default = row["trust"]
        return _said(">= 4x, trust within .005", ratio >= 4 and ours >= default - TRUST_MARGIN)
    if name == "graph" and ratio is not None:
        return _said("<= 1.1 of its time", ratio <= 1.1) if 10_000 <= size <= 100_000 else ""
    if name == "graph + selection" and peer.startswith("loops with lists") and ratio is not None:
        return _said(">= 150x", ratio >= 150) if size == 10_000 else ""
    if peer.startswith("limit"):
        return _said(f"<= {row['peer_s'] * 1000:g} ms", row["ours_s"] <= row["peer_s"])
    if name == "selection alone" and size in SELECTION_SECONDS:
        limit = SELECTION_SECONDS[size]
        return _said(f"<= {limit * 1000:g} ms", row["ours_s"] <= limit)
    return ""


def _said(target: str, met: bool) -> str:
    return f"{target}: {'met' if met else 'MISSED'}"
