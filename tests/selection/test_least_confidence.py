"""Least confidence: the order of the numbers given, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest

import votek
from votek.errors import InputError

VECTORS = np.random.default_rng(0).normal(size=(30, 4))


def test_equals_sorting() -> None:
    rng = np.random.default_rng(1)
    for case in range(60):
        confidence = rng.integers(-6, 6, size=30) / 4
        rows = rng.permutation(30)
        labeled, exclude = rows[: rng.integers(0, 8)].tolist(), rows[10:][: rng.integers(0, 8)].tolist()
        confidence[labeled + exclude] = np.nan
        budget = int(rng.integers(1, 31 - len(labeled) - len(exclude)))
        options = {"labeled": labeled, "exclude": exclude}
        found = votek.select(VECTORS, budget=budget, method="least-confidence", confidence=confidence, **options)
        order = sorted((u for u in range(30) if confidence[u] == confidence[u]), key=lambda u: (confidence[u], u))
        assert found.indices.tolist() == order[:budget], case
        assert found.gains.tolist() == [-confidence[u] for u in order[:budget]]


def test_a_bare_graph_is_enough() -> None:
    graph = votek.build_graph(VECTORS, k=5)
    found = votek.select(graph, budget=3, method="least-confidence", confidence=-np.arange(30.0))
    assert found.indices.tolist() == [29, 28, 27]
    assert found.explain(0).voters == tuple(graph.voters(29).tolist())


def test_with_a_floor_the_owed_come_last_and_in_order() -> None:
    groups = ["rare" if row in (7, 20, 21) else "common" for row in range(30)]
    options = {"confidence": np.arange(30.0), "groups": groups, "floor": 2, "method": "least-confidence"}
    assert votek.select(VECTORS, budget=4, **options).indices.tolist() == [0, 1, 7, 20]
    assert votek.select(VECTORS, budget=9, **options).indices.tolist() == [0, 1, 2, 3, 4, 5, 6, 7, 20]


def test_unusable_confidence_is_named() -> None:
    with pytest.raises(InputError, match="nan at row 4"):
        votek.select(
            VECTORS, budget=2, method="least-confidence", confidence=[np.nan if i == 4 else i for i in range(30)]
        )
    with pytest.raises(InputError, match="says nothing about which are hard"):
        votek.select(VECTORS, budget=2, method="least-confidence", confidence=np.ones(30))
