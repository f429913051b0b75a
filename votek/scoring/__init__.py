"""How sure a model is of its answers, and what it answers: one Protocol, three tiers."""

from __future__ import annotations

from votek.scoring.cached import CachedScorer
from votek.scoring.calibration import CalibratedScorer
from votek.scoring.cost import Cost, estimate_cost
from votek.scoring.knn import KnnScorer
from votek.scoring.opening import open_scorer
from votek.scoring.protocol import Done, Request, Score, Scorer
from votek.scoring.requests import build_requests, labels_of
from votek.scoring.settings import ModelSettings

__all__ = [
    "CachedScorer",
    "CalibratedScorer",
    "Cost",
    "Done",
    "KnnScorer",
    "ModelSettings",
    "Request",
    "Score",
    "Scorer",
    "build_requests",
    "estimate_cost",
    "labels_of",
    "open_scorer",
]
