"""The reasons behind a selection, worked out from the graph when asked for. Needs numpy alone."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from votek.datatypes import Evidence, Explanation, Selection, SimilarityGraph, read_only

__all__ = ["GraphEvidence", "RemappedEvidence", "remap", "voters_of"]

ROWS_AT_ONCE = 1 << 16


def voters_of(graph: SimilarityGraph, k: int, nodes: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """For each of the distinct `nodes`, those that have it among their first k neighbours, ascending."""
    if k == graph.k and "incoming" in vars(graph):
        return [graph.voters(int(node)).astype(np.int64) for node in nodes]
    slot = np.full(len(graph), -1, dtype=np.int32)
    slot[nodes] = np.arange(len(nodes), dtype=np.int32)
    voters, slots = [], []
    for start in range(0, len(graph), ROWS_AT_ONCE):
        found = slot[graph.neighbors[start : start + ROWS_AT_ONCE, :k]]
        rows, columns = np.nonzero(found >= 0)
        voters.append(rows + start)
        slots.append(found[rows, columns])
    slot_of_vote = np.concatenate(slots)
    by_slot = np.argsort(slot_of_vote, kind="stable")
    ends = np.cumsum(np.bincount(slot_of_vote, minlength=len(nodes)))
    return np.split(np.concatenate(voters)[by_slot], ends[:-1])


@dataclass(frozen=True, eq=False)
class GraphEvidence:
    """Evidence in graph nodes: `labeled` and `excluded` ascending, `nodes` and `gains` in pick order.

    `cosines`: from a node to others, where vectors are known; without them only the graph's edges are.
    """

    graph: SimilarityGraph
    k: int
    labeled: NDArray[np.int64]
    excluded: NDArray[np.int64]
    nodes: NDArray[np.int64]
    gains: NDArray[np.float64]
    parameters: Mapping[str, Any]
    cosines: Callable[[int, NDArray[np.int64]], NDArray[np.float32]] | None = None

    @cached_property
    def _voters(self) -> list[NDArray[np.int64]]:
        """Voters of the picks, then of the labelled nodes."""
        return voters_of(self.graph, self.k, np.concatenate([self.nodes, self.labeled]))

    @cached_property
    def _covered_at(self) -> NDArray[np.int64]:
        """For each node the rank of the first pick that covers it: -1 the warm start did, len(nodes) none does."""
        never = len(self.nodes)
        first = np.full(len(self.graph), never, dtype=np.int64)
        for node, voters in zip(self.labeled, self._voters[never:], strict=True):
            first[node] = -1
            first[voters] = -1
        for rank, node in enumerate(self.nodes):
            reach = np.append(self._voters[rank], node)
            first[reach] = np.minimum(first[reach], rank)
        return first

    @cached_property
    def _ranks(self) -> dict[int, int]:
        """Rank of each pick; -1 for labelled nodes."""
        return {int(node): -1 for node in self.labeled} | {int(node): rank for rank, node in enumerate(self.nodes)}

    @cached_property
    def coverage(self) -> NDArray[np.float64]:
        """Share of nodes covered after each pick."""
        newly = np.bincount(self._covered_at + 1, minlength=len(self.nodes) + 1)
        return read_only(np.cumsum(newly)[1 : len(self.nodes) + 1] / len(self.graph))

    @cached_property
    def digest(self) -> str:
        """SHA-256 over the first k neighbours with their similarities, the parameters, and the given rows."""
        content = hashlib.sha256()
        content.update(json.dumps(self.parameters, sort_keys=True).encode())
        neighbors, similarities = self.graph.neighbors[:, : self.k], self.graph.similarities[:, : self.k]
        arrays: tuple[NDArray[Any], ...] = (self.labeled, self.excluded, neighbors, similarities)
        for array in arrays:
            content.update(f"{array.shape} {array.dtype.str}".encode())
            for start in range(0, len(array), ROWS_AT_ONCE):
                content.update(np.ascontiguousarray(array[start : start + ROWS_AT_ONCE]).data)
        return content.hexdigest()

    def explain(self, i: int) -> Explanation:
        """Why pick number `i` was chosen; negative numbers count from the end."""
        rank = range(len(self.nodes))[i]
        node = int(self.nodes[rank])
        voters = self._voters[rank]
        reach = np.union1d(voters, [node])
        nearest, similarity = self._nearest_earlier(node, rank, voters)
        return Explanation(
            rank=rank,
            index=node,
            gain=float(self.gains[rank]),
            voters=tuple(voters.tolist()),
            newly_covered=tuple(reach[self._covered_at[reach] == rank].tolist()),
            nearest_earlier=nearest,
            similarity=similarity,
        )

    def _nearest_earlier(self, node: int, rank: int, voters: NDArray[np.int64]) -> tuple[int | None, float | None]:
        if self.cosines is not None:
            earlier = np.sort(np.concatenate([self.labeled, self.nodes[:rank]]))
            if not earlier.size:
                return None, None
            cosines = self.cosines(node, earlier)
            place = int(np.argmax(cosines))
            return int(earlier[place]), float(cosines[place])
        neighbors, similarities = self.graph.neighbors, self.graph.similarities
        found = {
            int(other): float(cosine)
            for other, cosine in zip(neighbors[node, : self.k], similarities[node, : self.k], strict=True)
            if self._ranks.get(int(other), rank) < rank
        }
        for voter in voters.tolist():
            if self._ranks.get(voter, rank) < rank and voter not in found:
                found[voter] = float(similarities[voter, : self.k][neighbors[voter, : self.k] == node][0])
        if not found:
            return None, None
        nearest = min(found, key=lambda other: (-found[other], other))
        return nearest, found[nearest]


@dataclass(frozen=True, eq=False)
class RemappedEvidence:
    """The same evidence, told in other row numbers."""

    evidence: Evidence
    rows: NDArray[np.int64]

    @property
    def digest(self) -> str:
        """As before: how rows are numbered is no part of it."""
        return self.evidence.digest

    @property
    def coverage(self) -> NDArray[np.float64]:
        """As before: counted over distinct texts."""
        return self.evidence.coverage

    def explain(self, i: int) -> Explanation:
        """The explanation with every row renumbered."""
        told, rows = self.evidence.explain(i), self.rows
        return replace(
            told,
            index=int(rows[told.index]),
            voters=tuple(rows[list(told.voters)].tolist()),
            newly_covered=tuple(rows[list(told.newly_covered)].tolist()),
            nearest_earlier=None if told.nearest_earlier is None else int(rows[told.nearest_earlier]),
        )


def remap(selection: Selection, rows: ArrayLike) -> Selection:
    """The selection with node number i told as `rows[i]`, in its picks and in its explanations."""
    renumbered = np.asarray(rows, dtype=np.int64)
    return replace(
        selection,
        indices=renumbered[selection.indices],
        evidence=RemappedEvidence(selection.evidence, renumbered),
    )
