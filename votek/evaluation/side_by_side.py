"""Several selections of the same data, side by side: what they share, and what each reaches without any label."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from votek.datatypes import read_only
from votek.errors import InputError

if TYPE_CHECKING:
    from votek.datatypes import SimilarityGraph

__all__ = ["Reach", "SideBySide", "side_by_side"]

_BLOCK = 4_096


@dataclass(frozen=True)
class Reach:
    """What one selection reaches, over all distinct texts.

    `similarity`: the mean, over all texts, of the cosine to the nearest pick. `covered`: share of texts that are
    picked or have a pick among their k nearest neighbours. `redundancy`: the mean, over picks, of the cosine to the
    nearest other pick; None for one pick. `groups`: how many groups have a pick; None without groups.
    """

    picks: int
    similarity: float
    covered: float
    redundancy: float | None
    groups: int | None


@dataclass(frozen=True, eq=False)
class SideBySide:
    """`reach` by name, in the order given. `shared` int64 (m, m): how many picks each two have in common.

    `groups_in_all`: how many groups there are, None without groups.
    """

    reach: Mapping[str, Reach]
    shared: NDArray[np.int64]
    k: int
    groups_in_all: int | None

    @property
    def jaccard(self) -> NDArray[np.float64]:
        """float64 (m, m): shared picks over picks of either; 1 on the diagonal (Jaccard 1912)."""
        sizes = np.diag(self.shared)
        either = sizes[:, None] + sizes[None, :] - self.shared
        return self.shared / either


def side_by_side(
    picks: Mapping[str, ArrayLike],
    *,
    graph: SimilarityGraph,
    unit: NDArray[np.float32],
    k: int,
    groups: Sequence[Hashable] | None = None,
) -> SideBySide:
    """Compare selections of the same graph.

    Args:
        picks: name -> int (m,), distinct nodes; at least one each.
        graph: over n nodes; the first `k` neighbours of each count for "covered".
        unit: float32 (n, d), unit vectors.
        groups: one group per node.

    Raises:
        InputError: no selection, an empty one, or groups of another length.

    >>> from votek.graph import build_graph
    >>> unit = np.eye(4, dtype=np.float32)[[0, 0, 1, 1]]
    >>> table = side_by_side({"a": [0, 2], "b": [0, 1]}, graph=build_graph(unit, k=1, centre=False), unit=unit, k=1)
    >>> [(reach.similarity, reach.covered, reach.redundancy) for reach in table.reach.values()]
    [(1.0, 1.0, 0.0), (0.5, 0.5, 1.0)]
    >>> table.shared.tolist()
    [[2, 1], [1, 2]]
    """
    if not picks:
        raise InputError("There is nothing to compare: name at least one method.")
    if groups is not None and len(groups) != len(graph):
        raise InputError(f"groups holds {len(groups)} entries for {len(graph)} texts; give one per text.")
    nodes = {name: np.unique(np.asarray(rows, dtype=np.int64)) for name, rows in picks.items()}
    empty = [name for name, rows in nodes.items() if not rows.size]
    if empty:
        raise InputError(f"The selection {empty[0]!r} holds no picks; give at least one.")
    number = None if groups is None else _numbered(groups)
    reach = {name: _reach(rows, graph, unit, k, number) for name, rows in nodes.items()}
    chosen = np.zeros((len(nodes), len(graph)), dtype=np.int64)
    for place, rows in enumerate(nodes.values()):
        chosen[place, rows] = 1
    shared = read_only(chosen @ chosen.T)
    return SideBySide(reach, shared, k, None if number is None else int(number.max()) + 1)


def _numbered(groups: Sequence[Hashable]) -> NDArray[np.int64]:
    numbers: dict[Hashable, int] = {}
    return np.array([numbers.setdefault(group, len(numbers)) for group in groups], dtype=np.int64)


def _reach(
    rows: NDArray[np.int64],
    graph: SimilarityGraph,
    unit: NDArray[np.float32],
    k: int,
    number: NDArray[np.int64] | None,
) -> Reach:
    picked = np.zeros(len(graph), dtype=np.bool_)
    picked[rows] = True
    near, covered = 0.0, 0
    for start in range(0, len(graph), _BLOCK):
        block = slice(start, start + _BLOCK)
        near += float((unit[block] @ unit[rows].T).max(axis=1).astype(np.float64).sum())
        covered += int((picked[block] | picked[graph.neighbors[block, :k]].any(axis=1)).sum())
    redundancy = None
    if len(rows) > 1:
        among = (unit[rows] @ unit[rows].T).astype(np.float64)
        np.fill_diagonal(among, -np.inf)
        redundancy = float(among.max(axis=1).mean())
    groups = None if number is None else len(set(number[rows].tolist()))
    return Reach(len(rows), near / len(graph), covered / len(graph), redundancy, groups)
