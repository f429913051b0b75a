"""Analyses as background work: each is a function from a project's stored data to a table ready for JSON."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from votek.datatypes import Progress
from votek.errors import UnknownNameError
from votek.jobs import (
    analyse_against,
    analyse_difficulty,
    analyse_groups,
    analyse_health,
    analyse_in_context,
    analyse_pruning,
    compare_methods,
    suggest_labels,
    try_model,
)

if TYPE_CHECKING:
    from votek.datatypes import Dataset
    from votek.jobs.context import Context, Pool
    from votek.pipeline import Prepared

__all__ = ["ANALYSES", "Analysis", "Material", "find_analysis", "result_key", "result_kind"]


@dataclass(frozen=True, eq=False)
class Material:
    """What an analysis works with. `options`: as asked for, ready for JSON. `report`: progress, may raise."""

    context: Context
    project_id: str
    pool: Pool
    prepared: Prepared
    options: Mapping[str, Any]
    report: Progress

    @property
    def dataset(self) -> Dataset:
        """The project's texts."""
        return self.pool.dataset


Analysis = Callable[[Material], dict[str, Any]]

ANALYSES: dict[str, Analysis] = {
    analyse_against.NAME: analyse_against.against_project,
    analyse_in_context.NAME: analyse_in_context.in_context_of_project,
    analyse_in_context.COST_NAME: analyse_in_context.in_context_cost_of_project,
    analyse_health.NAME: analyse_health.health_of_project,
    analyse_difficulty.NAME: analyse_difficulty.difficulty_of_project,
    analyse_groups.NAME: analyse_groups.groups_of_project,
    analyse_pruning.NAME: analyse_pruning.prune_project,
    compare_methods.NAME: compare_methods.compare_project,
    suggest_labels.NAME: suggest_labels.suggest_of_project,
    suggest_labels.COST_NAME: suggest_labels.suggest_cost_of_project,
    try_model.NAME: try_model.try_model,
}


def find_analysis(name: str) -> Analysis:
    """The analysis of this name.

    Raises:
        UnknownNameError: there is none.
    """
    found = ANALYSES.get(name)
    if found is None:
        raise UnknownNameError(f"There is no analysis {name!r}; choose one of: {', '.join(ANALYSES)}.")
    return found


def result_kind(name: str) -> str:
    """Under which kind a project keeps the newest result of an analysis."""
    return f"analysis-{name}"


def result_key(name: str, dataset: str, options: Mapping[str, Any]) -> str:
    """One key for the same analysis of the same data."""
    content = json.dumps([name, dataset, options], sort_keys=True).encode()
    return f"analysis-{hashlib.sha256(content).hexdigest()}"
