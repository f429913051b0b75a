"""The baseline: texts in a random order."""

from __future__ import annotations

import numpy as np

from votek.selection.problem import Method, Open, Picks, Problem

__all__ = ["RANDOM", "choose"]


def choose(problem: Problem) -> Picks:
    """Walk through one seeded order of all nodes and take what may be picked.

    The order does not depend on what is labelled or excluded, so a raised budget goes on where the
    earlier one stopped.
    """
    order = np.random.default_rng(problem.seed).permutation(len(problem))
    order = order[problem.eligible[order]]
    gains = np.zeros(problem.budget)
    if not problem.deficit.any():
        return Picks(order[: problem.budget].astype(np.int64), gains)
    place = np.full(len(problem), len(problem), dtype=np.int64)
    place[order] = np.arange(len(order))
    still = Open(problem)
    picks = np.empty(problem.budget, dtype=np.int64)
    for i in range(problem.budget):
        picks[i] = np.argmin(np.where(still.mask(), place, len(problem)))
        still.take(int(picks[i]))
    return Picks(picks, gains)


RANDOM = Method("random", "Random", "Picks texts at random: the baseline that every method should beat.", choose)
