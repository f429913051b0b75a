"""The front door of selection: checks everything once, collapses copies, calls the method."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from votek.datatypes import Embeddings, Progress, Selection, SimilarityGraph
from votek.selection.checks import check_budget, check_rho, check_seed, resolve_k
from votek.selection.confidence import check_confidence
from votek.selection.evidence import GraphEvidence, remap
from votek.selection.floors import group_numbers, owed
from votek.selection.pool import Given, Pool, open_pool
from votek.selection.problem import Method, Problem
from votek.selection.registry import find_method

__all__ = ["select", "select_linked"]


def select(
    data: SimilarityGraph | Embeddings | ArrayLike,
    *,
    budget: int,
    method: str = "auto",
    k: int | Literal["auto"] = "auto",
    rho: float = 10.0,
    seed: int = 0,
    labeled: ArrayLike = (),
    exclude: ArrayLike = (),
    copies: ArrayLike | None = None,
    confidence: ArrayLike | None = None,
    groups: Sequence[Hashable] | None = None,
    floor: int = 0,
    progress: Progress | None = None,
) -> Selection:
    """Pick the `budget` texts to label next: always exactly that many, all distinct.

    Args:
        data: a `SimilarityGraph` (of distinct texts), `Embeddings`, or vectors (n, d).
        budget: number of new picks, at least 1.
        method: a name from `methods()`; "auto" is weighted coverage, which reads no more than the graph.
        k: neighbours that count per text; "auto" is N/(2M) clipped to 10..150, with N distinct texts and
            M = budget + len(labeled). At most N - 1, and at most those of a graph that is given.
        rho: for the vote-k methods, the discount of a vote for each of the voter's neighbours that is
            labelled or picked; above 0.
        seed: for methods that draw; from 0 to 2**32 - 1.
        labeled: rows that are labelled already: they discount votes and are never returned.
        exclude: rows never to be picked; they still vote.
        copies: group of each row; each group counts once, as its first row, and a labelled or excluded
            row stands for its group. None: rows of identical vectors. Not with a graph.
        confidence: one number per row, higher where a model is surer of its answer (such as the mean
            log-probability of its output), for methods that read one. Labelled and excluded rows may hold NaN.
        groups: one group per row; `floor`: at least so many of each group, or all of a smaller one,
            are labelled or picked.
        progress: called as ("graph", rows done, rows) and ("select", picks done, picks).

    Returns:
        `Selection`: positions in `data`, in pick order, with the score of each when it was picked.

    Raises:
        BudgetError: more picks than distinct texts that may be picked, or too few for the floors.
        UnknownNameError: no such method.
        InputError: anything else that cannot be used.

    Su et al. 2022, arXiv 2209.01975; each method names its own paper in `docs/methods.md`.

    >>> select([[0, 1], [0, 1.1], [0, 1.2], [1, 0], [1.1, 0.1], [0.9, 0.2]], budget=2, k=2).indices.tolist()
    [1, 5]
    """
    chosen = find_method(method)
    wanted, discount, draw = check_budget(budget), check_rho(rho), check_seed(seed)
    return _select(
        open_pool(data, copies, chosen),
        chosen,
        budget=wanted,
        k=k,
        rho=discount,
        seed=draw,
        labeled=labeled,
        exclude=exclude,
        confidence=confidence,
        groups=groups,
        floor=floor,
        progress=progress,
    )


def select_linked(
    graph: SimilarityGraph,
    vectors: NDArray[Any],
    *,
    budget: int,
    method: str = "auto",
    k: int | Literal["auto"] = "auto",
    rho: float = 10.0,
    seed: int = 0,
    labeled: ArrayLike = (),
    exclude: ArrayLike = (),
    confidence: ArrayLike | None = None,
    groups: Sequence[Hashable] | None = None,
    floor: int = 0,
    progress: Progress | None = None,
) -> Selection:
    """As `select`, for distinct texts whose graph is there already beside their raw vectors (nodes, d)."""
    every = np.arange(len(graph), dtype=np.int64)
    return _select(
        Pool(every, every, graph, vectors),
        find_method(method),
        budget=check_budget(budget),
        k=k,
        rho=check_rho(rho),
        seed=check_seed(seed),
        labeled=labeled,
        exclude=exclude,
        confidence=confidence,
        groups=groups,
        floor=floor,
        progress=progress,
    )


def _select(
    pool: Pool,
    chosen: Method,
    *,
    budget: int,
    k: int | Literal["auto"],
    rho: float,
    seed: int,
    labeled: ArrayLike,
    exclude: ArrayLike,
    confidence: ArrayLike | None,
    groups: Sequence[Hashable] | None,
    floor: int,
    progress: Progress | None,
) -> Selection:
    """Check the rows against the pool, link it, and let the method pick."""
    given = Given(pool, labeled, exclude)
    given.check_room(budget)
    sure = check_confidence(confidence, chosen, pool, given)
    linked = pool.graph.k if pool.graph is not None else None
    neighbors = resolve_k(k, n=len(pool), wanted=budget + len(given.labeled_rows), linked=linked)
    group, least = group_numbers(groups, pool.given, floor)
    deficit = owed(group[pool.rows], least, given.eligible, given.labeled, budget)
    graph, unit = pool.link(neighbors, progress)
    problem = Problem(
        graph,
        neighbors,
        budget,
        given.labeled,
        given.eligible,
        rho,
        seed,
        group[pool.rows],
        deficit,
        unit,
        sure,
        _reporter(progress, budget),
    )
    parameters = {
        "method": chosen.name,
        "version": chosen.version,
        "budget": budget,
        "k": neighbors,
        "k_requested": k if isinstance(k, str) else int(k),
        "rho": rho,
        "seed": seed,
        "floor": least,
        "labeled": len(given.labeled_rows),
        "excluded": len(given.excluded_rows),
        "n": pool.given,
        "distinct": len(pool),
        **({} if sure is None else {"confidence": hashlib.sha256(sure.tobytes()).hexdigest()}),
    }
    selection = _run(chosen, problem, given.excluded, parameters)
    return selection if len(pool) == pool.given else remap(selection, pool.rows)


def _reporter(progress: Progress | None, budget: int) -> Callable[[int], None]:
    return lambda done: progress("select", done, budget) if progress else None


def _run(
    method: Method,
    problem: Problem,
    excluded: NDArray[np.int64],
    parameters: Mapping[str, Any],
) -> Selection:
    """Let the method pick, in graph nodes."""
    problem.report(0)
    picks = method.choose(problem)
    problem.report(problem.budget)
    evidence = GraphEvidence(
        problem.graph, problem.k, problem.labeled, excluded, picks.nodes, picks.gains, parameters, _cosines(problem)
    )
    return Selection(picks.nodes, picks.gains, method.name, parameters, evidence)


def _cosines(problem: Problem) -> Callable[[int, NDArray[np.int64]], NDArray[np.float32]] | None:
    unit = problem.unit
    return None if unit is None else lambda node, others: unit[others] @ unit[node]
