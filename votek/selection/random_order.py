"""The baseline: texts in a random order."""

from __future__ import annotations

import numpy as np

from votek.selection.problem import Method, Picks, Problem, allowed

__all__ = ["RANDOM", "choose"]


def choose(problem: Problem) -> Picks:
    """Walk through one seeded order of all nodes and take what may be picked.

    The order does not depend on what is labelled or excluded, so a raised budget goes on where the
    earlier one stopped.
    """
    order = np.random.default_rng(problem.seed).permutation(len(problem))
    order = order[problem.eligible[order]]
    gains = np.zeros(problem.budget)
    deficit = problem.deficit.copy()
    if not deficit.any():
        return Picks(order[: problem.budget].astype(np.int64), gains)
    place = np.full(len(problem), len(problem), dtype=np.int64)
    place[order] = np.arange(len(order))
    free = problem.eligible.copy()
    picks = np.empty(problem.budget, dtype=np.int64)
    for i in range(problem.budget):
        open_now = allowed(problem, deficit, problem.budget - i, free)
        picks[i] = np.argmin(np.where(open_now, place, len(problem)))
        free[picks[i]] = False
        group = problem.group[picks[i]]
        deficit[group] = max(deficit[group] - 1, 0)
    return Picks(picks, gains)


RANDOM = Method("random", "Picks texts at random: the baseline that every method should beat.", choose)
