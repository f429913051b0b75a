"""Fast vote-k: the texts with the most votes, votes counting less once their voter is served.

Su et al. 2022, "Selective annotation makes language models better few-shot learners", arXiv 2209.01975.
"""

from __future__ import annotations

import numpy as np

from votek.datatypes import read_only
from votek.selection.farthest import continue_farthest
from votek.selection.problem import Method, Picks, Problem

__all__ = ["FAST_VOTE_K", "choose"]

LARGEST_WHOLE_RHO = 2**40
"""Beyond it rounding decides what is equal; below it scores are compared exactly, as base-rho numbers."""


def choose(problem: Problem) -> Picks:
    """Pick `budget` nodes by the discounted vote.

    score(u) = sum over voters v of u outside L of rho ** -(number of members of L that v votes for).
    Each time the highest goes to L; ties: higher in-degree, then lower node. When nothing has votes
    left, the one farthest from L is next.
    """
    from votek.selection.kernels import gather_voters, in_degrees, pick, rank_by_degree

    k, rho = problem.k, problem.rho
    neighbors = read_only(np.ascontiguousarray(problem.graph.neighbors))
    degree = in_degrees(neighbors, k)
    order = rank_by_degree(degree, problem.eligible)
    whole = int(rho) if rho == int(rho) and rho <= LARGEST_WHOLE_RHO else 0
    most = min(k, problem.budget + len(problem.labeled))
    owed = (problem.group, problem.deficit, problem.budget)
    # Few nodes are ever evaluated, those with most votes: list the voters of these, of more where needed.
    listed = len(order) if rho < 1 else min(len(order), 1024 + 16 * problem.budget)
    while True:
        voters = gather_voters(neighbors, k, degree, np.concatenate([problem.labeled, order[:listed]]))
        nodes, gains, finished = pick(order, listed, degree, problem.labeled, *voters, *owed, rho, whole, most)
        if finished:
            break
        listed = min(len(order), 4 * listed)
    if len(nodes) < problem.budget:
        nodes = continue_farthest(problem, nodes, degree)
        gains = np.concatenate([gains, np.zeros(problem.budget - len(gains))])
    return Picks(nodes, gains)


FAST_VOTE_K = Method(
    "fast-vote-k",
    "Picks the texts that most others have among their nearest neighbours, "
    "counting a text less the more of its own neighbours are picked already.",
    choose,
)
