"""What is selected from: distinct texts as graph nodes, and the rows given as labelled or excluded."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from votek.datatypes import Embeddings, Progress, SimilarityGraph
from votek.errors import BudgetError, InputError
from votek.graph import as_vectors, unit_vectors
from votek.graph.build import link
from votek.selection.checks import row_numbers
from votek.selection.collapse import first_of_group, identical_rows
from votek.selection.problem import Method

__all__ = ["Given", "Pool", "open_pool"]


@dataclass(frozen=True, eq=False)
class Pool:
    """`rows` int64 (nodes,): the row each node stands for. `node_of` int64 (given,): the node of each row."""

    rows: NDArray[np.int64]
    node_of: NDArray[np.int64]
    graph: SimilarityGraph | None
    vectors: NDArray[Any] | None

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def given(self) -> int:
        """Rows given, copies included."""
        return len(self.node_of)

    def link(self, k: int, progress: Progress | None) -> tuple[SimilarityGraph, NDArray[np.float32] | None]:
        """The graph with at least k neighbours, and the unit vectors where there are any."""
        if self.vectors is None:
            assert self.graph is not None
            return self.graph, None
        vectors = self.vectors if len(self) == self.given else self.vectors[self.rows]
        unit = unit_vectors(vectors, centre=True)
        graph = link(unit, k, progress=progress) if self.graph is None else self.graph
        return graph, unit


def open_pool(data: SimilarityGraph | Embeddings | ArrayLike, copies: ArrayLike | None, method: Method) -> Pool:
    """Collapse copies to their first row; a bare graph counts as collapsed.

    Raises:
        InputError: vectors that cannot be used, copies that do not fit, or a method that needs vectors.
    """
    if isinstance(data, SimilarityGraph):
        if method.needs_vectors:
            raise InputError(
                f"The method {method.name!r} needs vectors, and a graph alone was given; give the embeddings."
            )
        if copies is not None:
            raise InputError(
                "copies cannot be given with a graph, whose nodes count as distinct texts; "
                "give the vectors, or build the graph on the first row of each group."
            )
        if len(data) == 0:
            raise InputError("The graph has no nodes; there is nothing to pick from.")
        every = np.arange(len(data), dtype=np.int64)
        return Pool(every, every, data, None)
    vectors = as_vectors(data)
    group = identical_rows(vectors) if copies is None else first_of_group(copies)
    if len(group) != len(vectors):
        raise InputError(f"copies holds {len(group)} entries for {len(vectors)} rows; give the group of each row.")
    rows, node_of = np.unique(group, return_inverse=True)
    return Pool(rows, node_of.ravel().astype(np.int64), None, vectors)


class Given:
    """Labelled and excluded rows, and the nodes they stand for; a node with a labelled row is labelled."""

    def __init__(self, pool: Pool, labeled: ArrayLike, exclude: ArrayLike) -> None:
        self.pool = pool
        self.labeled_rows = row_numbers("labeled", labeled, pool.given)
        self.excluded_rows = row_numbers("exclude", exclude, pool.given)
        both = np.intersect1d(self.labeled_rows, self.excluded_rows)
        if both.size:
            raise InputError(f"Row {both[0]} is both in labeled and in exclude; name it in one of them only.")
        self.labeled: NDArray[np.int64] = np.unique(pool.node_of[self.labeled_rows])
        self.excluded: NDArray[np.int64] = np.setdiff1d(pool.node_of[self.excluded_rows], self.labeled)

    @cached_property
    def eligible(self) -> NDArray[np.bool_]:
        """bool (nodes,): what may be picked."""
        eligible = np.ones(len(self.pool), dtype=np.bool_)
        eligible[self.labeled] = False
        eligible[self.excluded] = False
        return eligible

    def check_room(self, budget: int) -> None:
        """BudgetError when there are fewer distinct texts to pick from than the budget."""
        room = int(self.eligible.sum())
        if budget <= room:
            return
        message = f"budget = {budget}, but there are only {room} distinct texts to pick from"
        details = [f"{self.pool.given} rows"]
        if self.pool.given > len(self.pool):
            details.append(f"{self.pool.given - len(self.pool)} of them copies")
        if len(self.labeled):
            details.append(f"{len(self.labeled)} labelled")
        if len(self.excluded):
            details.append(f"{len(self.excluded)} excluded")
        raise BudgetError(f"{message} ({', '.join(details)}). Ask for at most {room}, or add texts.")
