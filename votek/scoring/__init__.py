"""How sure a model is of its answers, and what it answers: one Protocol, three tiers."""

from __future__ import annotations

from votek.scoring.protocol import Request, Score, Scorer

__all__ = ["Request", "Score", "Scorer"]
