"""How far a spread goes in 64 worlds at once, compiled. Imported only where it runs: numba loads with it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from votek.graph.compiled import compiled

__all__ = ["Cascades"]

EVERY_WORLD = np.uint64(2**64 - 1)

Worlds = NDArray[np.uint64]


@compiled
def _ones(bits: Any) -> Any:
    """Number of set bits, added up in pairs, fours and bytes."""
    bits = bits - ((bits >> np.uint64(1)) & np.uint64(0x5555555555555555))
    bits = (bits & np.uint64(0x3333333333333333)) + ((bits >> np.uint64(2)) & np.uint64(0x3333333333333333))
    bits = (bits + (bits >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return np.int64((bits * np.uint64(0x0101010101010101)) >> np.uint64(56))


@compiled
def _spread(
    start: int,
    neighbors: NDArray[np.int32],
    live: Worlds,
    reached: Worlds,
    seen: Worlds,
    waiting: Worlds,
    queue: NDArray[np.int64],
    touched: NDArray[np.int64],
) -> Any:
    """Spread from `start` in all worlds where it was not reached: (nodes touched, pairs of node and world added).

    `seen`: where this spread has been; `waiting`: worlds in which a queued node has still to pass on. Both are
    all zero before; afterwards `seen` names the pairs added, over the first so many of `touched`.
    """
    n = neighbors.shape[0]
    fresh = ~reached[start] & EVERY_WORLD
    if fresh == 0:
        return 0, 0
    seen[start] = waiting[start] = fresh
    queue[0] = touched[0] = start
    head, length, count, added = 0, 1, 1, _ones(fresh)
    while length > 0:
        node = queue[head]
        head, length = (head + 1) % n, length - 1
        passing = waiting[node]
        waiting[node] = 0
        for j in range(neighbors.shape[1]):
            other = neighbors[node, j]
            fresh = passing & live[node, j] & ~(seen[other] | reached[other])
            if fresh == 0:
                continue
            if seen[other] == 0:
                touched[count] = other
                count += 1
            if waiting[other] == 0:
                queue[(head + length) % n] = other
                length += 1
            seen[other] |= fresh
            waiting[other] |= fresh
            added += _ones(fresh)
    return count, added


@compiled
def _gains(
    nodes: NDArray[np.int64],
    neighbors: NDArray[np.int32],
    live: Worlds,
    reached: Worlds,
    seen: Worlds,
    waiting: Worlds,
    queue: NDArray[np.int64],
    touched: NDArray[np.int64],
) -> Any:
    found = np.empty(nodes.shape[0], dtype=np.int64)
    for i in range(nodes.shape[0]):
        count, found[i] = _spread(nodes[i], neighbors, live, reached, seen, waiting, queue, touched)
        for j in range(count):
            seen[touched[j]] = 0
    return found


class Cascades:
    """What is reached from all that was taken, and what a node would add: in pairs of node and world.

    `neighbors` int32 (n, k). `live` uint64 (n, k): the worlds in which each edge passes on. What is reached in a
    world has all its successors there reached too, so that a spread may stop at it.
    """

    def __init__(self, neighbors: NDArray[np.int32], live: Worlds) -> None:
        n = len(neighbors)
        self._graph = (np.ascontiguousarray(neighbors), live)
        self._reached = np.zeros(n, dtype=np.uint64)
        self._seen, self._waiting = np.zeros(n, dtype=np.uint64), np.zeros(n, dtype=np.uint64)
        self._queue, self._touched = np.empty(n, dtype=np.int64), np.empty(n, dtype=np.int64)

    @property
    def _state(self) -> tuple[NDArray[Any], ...]:
        return (*self._graph, self._reached, self._seen, self._waiting, self._queue, self._touched)

    def gains(self, nodes: NDArray[np.int64]) -> NDArray[np.int64]:
        """int64 (len(nodes),): what each of `nodes` alone would add."""
        found: NDArray[np.int64] = _gains(nodes, *self._state)
        return found

    def gain(self, node: int) -> int:
        """What `node` would add."""
        return int(self.gains(np.array([node], dtype=np.int64))[0])

    def take(self, node: int) -> None:
        """Add it."""
        count, _ = _spread(node, *self._state)
        touched = self._touched[:count]
        self._reached[touched] |= self._seen[touched]
        self._seen[touched] = 0
