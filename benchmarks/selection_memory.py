"""Peak memory of graph and selection, each in a process of its own, by what the system counts."""

from __future__ import annotations

import subprocess
import sys

__all__ = ["peak_bytes_per_text"]

CODE = """
import sys
import numpy as np
import votek
from votek.datatypes import SimilarityGraph
n, stage = int(sys.argv[1]), sys.argv[2]
rng = np.random.default_rng(0)
warm = rng.normal(size=(5000, 384)).astype(np.float32)
graph = votek.build_graph(warm, k=150)
votek.select(graph, budget=5, k=150, method="fast-vote-k")
del graph
vectors = rng.standard_normal(size=(n, 384), dtype=np.float32)
neighbors = np.empty((n, 150), dtype=np.int32)
if stage == "selection":
    step = rng.integers(1, n, size=150)
    for row in range(n):
        neighbors[row] = (row + step) % n
similarities = np.zeros((n, 150), dtype=np.float32)
def peak():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))
with open("/proc/self/clear_refs", "w") as reset:
    reset.write("5")
before = peak()
if stage == "graph":
    graph = votek.build_graph(vectors, k=150)
else:
    votek.select(SimilarityGraph(neighbors, similarities), budget=100, k=150, method="fast-vote-k")
print(peak() - before)
"""


def peak_bytes_per_text(n: int) -> dict[str, float]:
    """Bytes per text that each stage takes beyond its input, its result included; Linux only."""
    return {
        stage: int(
            subprocess.run(
                [sys.executable, "-c", CODE, str(n), stage], capture_output=True, text=True, check=True
            ).stdout
        )
        / n
        for stage in ("graph", "selection")
    }
