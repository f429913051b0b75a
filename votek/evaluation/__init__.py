"""Is the choice of texts any good, and where does it fall short: measures with their intervals."""

from __future__ import annotations

from votek.evaluation.difficulty import Class, Difficulty, difficulty
from votek.evaluation.error_consistency import Consistency, error_consistency
from votek.evaluation.groups import GroupAccuracy, WorstGroup, WorstGroupChange, compare_worst_group, worst_group
from votek.evaluation.intervals import Interval, wilson
from votek.evaluation.poisson_binomial import right_models
from votek.evaluation.predictions import Predictions, match_predictions, read_predictions
from votek.evaluation.pruning import Pruning, centroid_distances, prune
from votek.evaluation.pruning_trial import PruningTrial, TrialRow, try_pruning
from votek.evaluation.stand_ins import STAND_INS, answer_each_in_turn, stand_in_answers

__all__ = [
    "STAND_INS",
    "Class",
    "Consistency",
    "Difficulty",
    "GroupAccuracy",
    "Interval",
    "Predictions",
    "Pruning",
    "PruningTrial",
    "TrialRow",
    "WorstGroup",
    "WorstGroupChange",
    "answer_each_in_turn",
    "centroid_distances",
    "compare_worst_group",
    "difficulty",
    "error_consistency",
    "match_predictions",
    "prune",
    "read_predictions",
    "right_models",
    "stand_in_answers",
    "try_pruning",
    "wilson",
    "worst_group",
]
