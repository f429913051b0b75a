"""Vote-k in two stages: a tenth by the vote alone, the rest spread over how sure a model is.

Su et al. 2022, "Selective annotation makes language models better few-shot learners", arXiv 2209.01975.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from votek.selection import fast_votek
from votek.selection.discounted import DiscountedVotes
from votek.selection.problem import Method, Open, Picks, Problem

__all__ = ["VOTE_K", "choose", "first_stage"]


def first_stage(total: int) -> int:
    """How many of `total` labels the vote alone decides: a tenth, halves rounded up, and at least one.

    >>> first_stage(18), first_stage(25), first_stage(4)
    (2, 3, 1)
    """
    return max(1, (total + 5) // 10)


def choose(problem: Problem) -> Picks:
    """Pick `budget` nodes; with M = budget + labelled nodes, M in all.

    Stage one is fast vote-k until `first_stage(M)` nodes are in L; labelled nodes count, so where round one
    is labelled already, it is done. Stage two sorts what is left by (confidence, node), cuts it into one
    bucket per pick, least confident first, and takes from each the highest discounted vote, L growing with
    each pick. A bucket in which nothing may be picked any more takes the highest of all that is left.
    """
    start = _by_vote_alone(problem)
    nodes, gains = list(start.nodes), list(start.gains)
    still, votes = Open(problem), DiscountedVotes(problem)
    for node in nodes:
        still.take(int(node))
        votes.take(int(node))
    for bucket in _buckets(problem, still):
        allowed = still.mask()
        candidates = bucket[allowed[bucket]]
        node, gain = votes.best(candidates if candidates.size else np.flatnonzero(allowed))
        nodes.append(np.int64(node))
        gains.append(np.float64(gain))
        still.take(node)
        votes.take(node)
        problem.report(len(nodes))
    return Picks(np.array(nodes, dtype=np.int64), np.array(gains, dtype=np.float64))


def _by_vote_alone(problem: Problem) -> Picks:
    """The first stage's new picks; none where the labelled nodes are enough."""
    labeled = len(problem.labeled)
    wanted = first_stage(problem.budget + labeled) - labeled
    if wanted <= 0:
        return Picks(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float64))
    # What a floor allows depends on the whole budget, of which these are the first picks.
    picks = fast_votek.choose(problem if problem.deficit.any() else replace(problem, budget=wanted))
    return Picks(picks.nodes[:wanted], picks.gains[:wanted])


def _buckets(problem: Problem, still: Open) -> Iterator[NDArray[np.int64]]:
    """One bucket per pick still to come: the most confident tenth of the pool is in none."""
    assert problem.confidence is not None
    left, count = np.flatnonzero(still.free), still.left
    if count == 0:
        return
    by_confidence = left[np.argsort(problem.confidence[left], kind="stable")]
    width = max(1, 9 * len(problem) // (10 * count))
    for start in range(0, count * width, width):
        yield by_confidence[start : start + width]


VOTE_K = Method(
    "vote-k",
    "Vote-k, two stages",
    "Picks a tenth by votes alone; a model that has seen those labels says how sure it is of every other text, "
    "and the rest are the most voted-for at each level of sureness, the surest tenth left out.",
    choose,
    paper="Su et al. 2022, arXiv 2209.01975",
    confidence="needed",
)
