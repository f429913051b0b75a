"""The texts that a model is least sure of.

Lewis and Gale 1994, "A sequential algorithm for training text classifiers", arXiv cmp-lg/9407020.
"""

from __future__ import annotations

import numpy as np

from votek.selection.problem import Method, Open, Picks, Problem

__all__ = ["LEAST_CONFIDENCE", "choose"]


def choose(problem: Problem) -> Picks:
    """Pick the `budget` nodes of lowest confidence, equal ones by node; a gain is the confidence, negated."""
    assert problem.confidence is not None
    nodes = np.flatnonzero(problem.eligible)
    order = nodes[np.argsort(problem.confidence[nodes], kind="stable")]
    if not problem.deficit.any():
        picks = order[: problem.budget]
        return Picks(picks, -problem.confidence[picks])
    still = Open(problem)
    picks = np.empty(problem.budget, dtype=np.int64)
    for i in range(problem.budget):
        picks[i] = order[np.argmax(still.mask()[order])]
        still.take(int(picks[i]))
        problem.report(i + 1)
    return Picks(picks, -problem.confidence[picks])


LEAST_CONFIDENCE = Method(
    "least-confidence",
    "Least confidence",
    "Picks the texts that a model is least sure of, wherever they lie.",
    choose,
    paper="Lewis and Gale 1994, arXiv cmp-lg/9407020",
    confidence="needed",
    submodular=True,
)
