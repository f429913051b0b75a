"""Vectors to the k-nearest-neighbour graph that selection, map and explanations read."""

from __future__ import annotations

from votek.graph.build import build_graph
from votek.graph.vectors import as_vectors, unit_vectors

__all__ = ["as_vectors", "build_graph", "unit_vectors"]
