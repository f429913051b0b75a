"""What selections share and reach, against a plain count."""

import numpy as np
import pytest

from votek.errors import InputError
from votek.evaluation.side_by_side import side_by_side
from votek.graph import build_graph, unit_vectors


@pytest.fixture
def pool():
    vectors = np.random.default_rng(3).normal(size=(90, 6)).astype(np.float32)
    unit = unit_vectors(vectors, centre=True)
    return build_graph(vectors, k=12), unit


def test_equal_to_a_plain_count(pool):
    graph, unit = pool
    picks = {"one": [4, 9, 30, 77], "two": [9, 77, 1, 2], "three": [50]}
    groups = [("a", "b", "c")[row % 3] for row in range(90)]
    table = side_by_side(picks, graph=graph, unit=unit, k=7, groups=groups)
    cosines = (unit @ unit.T).astype(float)
    for name, rows in picks.items():
        reach = table.reach[name]
        near = set(rows) | {row for row in range(90) if set(graph.neighbors[row, :7].tolist()) & set(rows)}
        assert reach.covered == pytest.approx(len(near) / 90)
        assert reach.similarity == pytest.approx(cosines[:, rows].max(axis=1).mean(), abs=1e-6)
        assert (reach.picks, reach.groups) == (len(rows), len({groups[row] for row in rows}))
        if len(rows) > 1:
            nearest = [max(cosines[row, other] for other in rows if other != row) for row in rows]
            assert reach.redundancy == pytest.approx(np.mean(nearest), abs=1e-6)
    assert table.reach["three"].redundancy is None
    assert table.groups_in_all == 3
    assert table.shared.tolist() == [[4, 2, 0], [2, 4, 0], [0, 0, 1]]
    assert table.jaccard[0].tolist() == pytest.approx([1, 2 / 6, 0])


def test_more_rows_than_a_block(monkeypatch, pool):
    graph, unit = pool
    whole = side_by_side({"one": [4, 9]}, graph=graph, unit=unit, k=5)
    monkeypatch.setattr("votek.evaluation.side_by_side._BLOCK", 17)
    parts = side_by_side({"one": [4, 9]}, graph=graph, unit=unit, k=5)
    assert parts.reach["one"].covered == whole.reach["one"].covered
    assert parts.reach["one"].similarity == pytest.approx(whole.reach["one"].similarity, abs=1e-6)


@pytest.mark.parametrize(
    ("picks", "groups", "told"),
    [({}, None, "nothing to compare"), ({"a": []}, None, "holds no picks"), ({"a": [1]}, ["g"], "1 entries for 90")],
)
def test_what_cannot_be_compared_is_refused(pool, picks, groups, told):
    graph, unit = pool
    with pytest.raises(InputError, match=told):
        side_by_side(picks, graph=graph, unit=unit, k=3, groups=groups)
