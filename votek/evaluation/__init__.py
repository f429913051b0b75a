"""Is the choice of texts any good, and where does it fall short: measures with their intervals."""

from __future__ import annotations

from votek.evaluation.against import Against, against_random
from votek.evaluation.comparison import Comparison, compare
from votek.evaluation.difficulty import Class, Difficulty, difficulty
from votek.evaluation.error_consistency import Consistency, error_consistency
from votek.evaluation.groups import GroupAccuracy, WorstGroup, WorstGroupChange, compare_worst_group, worst_group
from votek.evaluation.health import Health, pool_health
from votek.evaluation.in_context import Ask, InContext, in_context_accuracy, in_context_requests
from votek.evaluation.intervals import Interval, wilson
from votek.evaluation.poisson_binomial import right_models
from votek.evaluation.predictions import Predictions, match_predictions, read_predictions
from votek.evaluation.proxy import Proxy, proxy_accuracy
from votek.evaluation.pruning import Pruning, centroid_distances, prune
from votek.evaluation.pruning_trial import PruningTrial, TrialRow, try_pruning
from votek.evaluation.stand_ins import STAND_INS, answer_each_in_turn, stand_in_answers
from votek.evaluation.trial import LabelledItems

__all__ = [
    "STAND_INS",
    "Against",
    "Ask",
    "Class",
    "Comparison",
    "Consistency",
    "Difficulty",
    "GroupAccuracy",
    "Health",
    "InContext",
    "Interval",
    "LabelledItems",
    "Predictions",
    "Proxy",
    "Pruning",
    "PruningTrial",
    "TrialRow",
    "WorstGroup",
    "WorstGroupChange",
    "against_random",
    "answer_each_in_turn",
    "centroid_distances",
    "compare",
    "compare_worst_group",
    "difficulty",
    "error_consistency",
    "in_context_accuracy",
    "in_context_requests",
    "match_predictions",
    "pool_health",
    "proxy_accuracy",
    "prune",
    "read_predictions",
    "right_models",
    "stand_in_answers",
    "try_pruning",
    "wilson",
    "worst_group",
]
