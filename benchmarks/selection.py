"""Selection and graph against their peers, in one run: `python -m benchmarks.selection [sizes]`.

Random clustered vectors with 384 numbers each, k = 150, 100 picks. Ratios above 1 mean that ours is
faster, but for "graph", where the peer is a part of the work that cannot be left out.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

import votek
from benchmarks.selection_memory import peak_bytes_per_text
from benchmarks.selection_peers import (
    loops_with_lists,
    loops_with_sets,
    neighbors_by_block,
    neighbors_by_row,
    sparse_rounds,
)
from votek.datatypes import SimilarityGraph
from votek.graph import unit_vectors

__all__ = ["main", "run"]

PICKS, K, DIMENSIONS = 100, 150, 384
VOTE_K = "fast-vote-k"
SIZES = (1_000, 3_000, 10_000)
LONGEST_PEERS = 10_000
"""Beyond it the loops take hours; they are left out, and the row says so."""

Row = dict[str, Any]
Peer = tuple[str, Callable[[np.ndarray, int], list[int]], tuple[str, float]]


def clustered_vectors(n: int) -> np.ndarray:
    """77 clusters of unequal size, as the intents of a help desk would give."""
    rng = np.random.default_rng(n)
    share = rng.dirichlet(np.full(77, 2.0))
    centres = rng.normal(size=(77, DIMENSIONS))
    return (centres[rng.choice(77, size=n, p=share)] + 1.5 * rng.normal(size=(n, DIMENSIONS))).astype(np.float32)


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds, and the result."""
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def flat_alone(unit: np.ndarray) -> Any:
    """What faiss needs for the same neighbours: index and search, nothing else."""
    import faiss

    index = faiss.IndexFlatIP(unit.shape[1])
    index.add(unit)
    return index.search(unit, K + 1)


def run(sizes: Sequence[int] = SIZES) -> list[Row]:
    """Rows of {name, size, ours_s, peer, peer_s, ratio, note}; peer_s and ratio are None where left out."""
    rows: list[Row] = []
    for method in (VOTE_K, "auto"):
        votek.select(clustered_vectors(500), budget=3, method=method)  # compiles
    for n in sizes:
        rows += _one_size(n)
    return rows


def _one_size(n: int) -> list[Row]:
    vectors = clustered_vectors(n)
    graph, graph_s, flat_s = _graph_and_flat(vectors)
    alone_s, selection = _picking(graph, VOTE_K)
    usual_s, _ = _picking(graph, "auto")
    both_s = graph_s + alone_s
    rows = [
        {**_row("graph", n, graph_s, "faiss Flat alone", flat_s, note="ratio: ours / peer"), "ratio": graph_s / flat_s},
        _row("graph + usual method", n, graph_s + usual_s, "graph + fast vote-k", both_s),
        _row("usual method alone", n, usual_s, "fast vote-k alone", alone_s),
    ]
    by_block = ("neighbours by block", timed(lambda: neighbors_by_block(vectors, K))[0])
    peers: list[Peer] = [("sparse rounds (scipy)", sparse_rounds, by_block)]
    if n <= LONGEST_PEERS:
        by_row = ("neighbours by row", timed(lambda: neighbors_by_row(vectors, K))[0])
        peers = [
            ("loops with lists", loops_with_lists, by_row),
            ("loops with sets", loops_with_sets, by_row),
            *peers,
        ]
    else:
        rows.append(_row("graph + selection", n, both_s, "loops with lists or sets", None, note="left out: hours"))
    for name, peer, (with_neighbors, neighbors_s) in peers:
        peer_s, picks = timed(lambda peer=peer: peer(graph.neighbors, PICKS))
        same = f"same picks: {np.sum(np.array(picks) == selection.indices)} of {PICKS}"
        whole = f"{name}, {with_neighbors}"
        rows.append(_row("graph + selection", n, both_s, whole, neighbors_s + peer_s, note=same))
        rows.append(_row("selection alone", n, alone_s, name, peer_s, note=same))
    # Buffers of fixed size would be all that shows with fewer texts.
    for stage, size in (peak_bytes_per_text(n) if n >= 10_000 else {}).items():
        rows.append(
            _row(f"memory of {stage}", n, None, "", None, note=f"at most {size / 1000:.2f} KB a text beyond its input")
        )
    return rows


def _picking(graph: SimilarityGraph, method: str) -> tuple[float, Any]:
    """Seconds of the best of nine selections over the graph, and what was selected."""
    runs = [timed(lambda: votek.select(graph, budget=PICKS, k=K, method=method)) for _ in range(9)]
    return min(seconds for seconds, _ in runs), runs[0][1]


def _graph_and_flat(vectors: np.ndarray) -> tuple[SimilarityGraph, float, float]:
    """Our graph, its seconds, and those of faiss alone on normalised vectors; in turn, the best of each."""
    unit = unit_vectors(vectors, centre=True)
    ours, flat = [], []
    graph = votek.build_graph(vectors[:2], k=K)
    for _ in range(5 if len(vectors) <= LONGEST_PEERS else 2):
        seconds, graph = timed(lambda: votek.build_graph(vectors, k=K))
        ours.append(seconds)
        flat.append(timed(lambda: flat_alone(unit))[0])
    return graph, min(ours), min(flat)


def _row(name: str, n: int, ours_s: float | None, peer: str, peer_s: float | None, *, note: str = "") -> Row:
    ratio = peer_s / ours_s if peer_s is not None and ours_s else None
    return {"name": name, "size": n, "ours_s": ours_s, "peer": peer, "peer_s": peer_s, "ratio": ratio, "note": note}


def main(arguments: Sequence[str]) -> None:
    """Print one line per comparison."""
    for row in run([int(size.replace("_", "")) for size in arguments] or SIZES):
        ours, peer, ratio = (
            "" if row[name] is None else f"{row[name]:.{digits}f}"
            for name, digits in (("ours_s", 4), ("peer_s", 4), ("ratio", 2))
        )
        print(f"{row['name']:32} {row['size']:>9,} {ours:>10} {peer:>10} {ratio:>8}  {row['peer']}  {row['note']}")


if __name__ == "__main__":
    main(sys.argv[1:])
