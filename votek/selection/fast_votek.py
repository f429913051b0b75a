"""Fast vote-k: the texts with the most votes, votes counting less once their voter is served.

Su et al. 2022, "Selective annotation makes language models better few-shot learners", arXiv 2209.01975.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from votek.selection.discounted import whole_rho
from votek.selection.farthest import continue_farthest
from votek.selection.problem import Method, Picks, Problem
from votek.selection.votes import Votes

__all__ = ["FAST_VOTE_K", "choose"]


def choose(problem: Problem) -> Picks:
    """Pick `budget` nodes by the discounted vote.

    score(u) = sum over voters v of u outside L of rho ** -(number of members of L that v votes for).
    Each time the highest goes to L; ties: higher in-degree, then lower node. When nothing has votes
    left, the one farthest from L is next.
    """
    whole = whole_rho(problem.rho)
    votes = Votes(problem.graph, problem.k)
    if not whole or _lazy_is_quicker(len(problem), problem.k, problem.budget):
        nodes, gains = _lazily(problem, votes, whole)
    else:
        nodes, gains = _by_updates(problem, votes, whole)
    if len(nodes) < problem.budget:
        nodes = continue_farthest(problem, nodes, votes.degree)
        gains = np.concatenate([gains, np.zeros(problem.budget - len(gains))])
    return Picks(nodes, gains)


def _lazy_is_quicker(n: int, k: int, budget: int) -> bool:
    """Which of two ways to the same picks costs less, fitted to pools of 1,000 to 100,000.

    Working scores out again grows with the picks and the square of k; keeping all of them up to date
    takes the voters of every text, and a look at every text for each pick.
    """
    return 9 * budget * k * k < n * (3 * k + budget)


def _by_updates(problem: Problem, votes: Votes, whole: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Every score kept up to date: work grows with the votes that picks receive."""
    from votek.selection.updates import pick_by_updates, weight_table

    n, most = len(problem), min(problem.k, problem.budget + len(problem.labeled))
    _, indptr, sources = votes.voters(np.arange(n, dtype=np.int64))
    nodes, gains = pick_by_updates(
        votes.neighbors,
        problem.k,
        votes.degree,
        problem.labeled,
        problem.eligible,
        indptr,
        sources,
        problem.group,
        problem.deficit,
        problem.budget,
        whole,
        *weight_table(whole, n, most),
    )
    return nodes, gains


def _lazily(problem: Problem, votes: Votes, whole: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Scores worked out when they may matter: of many texts, few picks look at a small part."""
    from votek.selection.kernels import pick, rank_by_degree

    order = rank_by_degree(votes.degree, problem.eligible)
    most = min(problem.k, problem.budget + len(problem.labeled))
    owed = (problem.group, problem.deficit, problem.budget)
    rho = problem.rho
    # List the voters of those with most votes, and of more where these turn out not to be enough.
    listed = len(order) if rho < 1 else _likely(votes.degree[order], problem.budget)
    while True:
        voters = votes.voters(np.concatenate([problem.labeled, order[:listed]]))
        nodes, gains, finished = pick(order, listed, votes.degree, problem.labeled, *voters, *owed, rho, whole, most)
        if finished:
            return nodes, gains
        listed = min(len(order), 4 * listed)


def _likely(degrees: NDArray[np.int32], budget: int) -> int:
    """How many of the nodes, sorted by in-degree, to list the voters of at first.

    A last pick seldom has less than a third of the votes that the first one has.
    """
    n = len(degrees)
    third = int(np.searchsorted(-degrees, -(degrees[0] // 3), side="right"))
    return min(n, max(1024 + 16 * budget, min(third, n // 8)))


FAST_VOTE_K = Method(
    "fast-vote-k",
    "Fast vote-k",
    "Picks the texts that most others have among their nearest neighbours, "
    "counting a text less the more of its own neighbours are picked already.",
    choose,
    paper="Su et al. 2022, arXiv 2209.01975",
)
